"""The number of processors that this process may use, and state that each process creates for itself."""

import math
import os
from collections.abc import Callable, Iterator
from pathlib import Path

CGROUPS = Path("/sys/fs/cgroup")
MEMBERSHIP = Path("/proc/self/cgroup")


def processor_count(cgroups: Path = CGROUPS, membership: Path = MEMBERSHIP) -> int:
    """Return the number of processors that this process may use, at least 1.

    That is the number of processors in its affinity mask, at most the limit of its control groups (of its container),
    rounded up.
    cgroups: the folder of the control groups. membership: the file that lists those of this process.
    """
    limits = [math.ceil(limit) for folder in _control_groups(cgroups, membership) for limit in _cpu_limits(folder)]
    return max(min([os.process_cpu_count() or 1, *limits]), 1)


def _control_groups(cgroups: Path, membership: Path) -> Iterator[Path]:
    """Yield the folders of the control groups of this process, and of all groups that contain them.

    A line of the file is ``number:controllers:path``, without controllers for version 2. In a container, the path can
    be that of the host, which does not exist there.
    """
    try:
        lines = membership.read_text("utf-8", "replace").splitlines()
    except OSError:
        return
    for line in lines:
        _, controllers, path = line.split(":", 2) if line.count(":") > 1 else ("", "none", "")
        if controllers and "cpu" not in controllers.split(","):
            continue
        for base in (cgroups / "cpu", cgroups / controllers) if controllers else (cgroups, cgroups / "unified"):
            group = base / path.lstrip("/")
            yield from (group, *(each for each in group.parents if each.is_relative_to(base)))


def _cpu_limits(folder: Path) -> Iterator[float]:
    """Yield the limit of a control group in processors, if it has one."""
    for quota_file, period_file in (("cpu.max", "cpu.max"), ("cpu.cfs_quota_us", "cpu.cfs_period_us")):
        try:
            quota = int((folder / quota_file).read_text().split()[0])
            period = int((folder / period_file).read_text().split()[-1])
        except (OSError, ValueError, IndexError):  # no such file, or "max"
            continue
        if quota > 0 and period > 0:
            yield quota / period


def in_each_process[Start: Callable[[], None]](start: Start) -> Start:
    """Call a function now, and again in every process that is forked from this one.

    A forked process has the locks of its parent in the state of that moment, and none of its threads: a lock that one
    of them held would stay locked, and a job that waits for one would never run.
    """
    start()
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=start)
    return start
