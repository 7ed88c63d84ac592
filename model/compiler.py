"""What a rule is, and the arithmetic every rule keeps to.

A rule is a small pure function ``rule(world, *cell)`` that decides one cell of one column: it
changes nothing, logs nothing, and reads only the world. Numba compiles it; the watched agents and
the compiled ensembles call the very same machine code, so their numbers are equal bit for bit.

The arithmetic contract: only ``+ - * /``, ``min max abs sqrt``, comparisons and integers; sums in
written order; ``exp``, ``ln`` and ``normal_quantile`` from this module, never from a system's
library; no powers, no ``sum()``, no ``.mean()``. Each of those was seen to change the last bit
between compilers, processors or libraries.
"""

import hashlib
import importlib.util
import math
import os
import pickle
import sys
import tempfile
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import platformdirs

from model.atomic_files import write_whole

UNUSED = "scipy", "scipy.linalg.cython_blas", "yaml"  # Numba looks for them; no rule uses them; they load slowly
HIDDEN = [name for name in UNUSED if name not in sys.modules]
sys.modules.update(dict.fromkeys(HIDDEN))  # type: ignore[arg-type]  # as if not installed, while Numba looks
import numba  # noqa: E402
import numba.np.arraymath  # noqa: E402
from numba.core import caching  # noqa: E402

for name in HIDDEN:
    del sys.modules[name]

HERE = Path(__file__).parent


def source_digest() -> str:
    """Name the rules as they are now: twelve hex digits over every source file of the model."""
    sources = sorted(HERE.rglob("*.py"))
    text = b"".join(path.read_bytes() for path in sources) + numba.__version__.encode()
    return hashlib.sha256(text).hexdigest()[:12]


def _cache_folder() -> Path:
    """Choose a writable folder named after the sources, so that an edited rule is never stale."""
    wanted = os.environ.get("DETENTE_CACHE") or platformdirs.user_cache_dir("detente")
    for parent in (Path(wanted), Path(tempfile.gettempdir()) / "detente-cache"):
        folder = parent / source_digest()
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError:
            continue
        if os.access(folder, os.W_OK):
            return folder
    return Path(tempfile.mkdtemp(prefix="detente-"))


CACHE = _cache_folder()
numba.config.CACHE_DIR = str(CACHE)  # type: ignore[attr-defined]  # before the first rule is compiled
COMPILED = not numba.config.DISABLE_JIT  # type: ignore[attr-defined]

if TYPE_CHECKING:  # a type checker should see the function, not the dispatcher

    def rule[F: Callable[..., Any]](function: F) -> F:
        """Compile a rule."""
        ...

    def internal[F: Callable[..., Any]](function: F) -> F:
        """Compile a function that only rules call."""
        ...

else:  # never fastmath, never parallel; "numpy" errors, because a zero-division branch costs speed

    class Shelf(caching.IndexDataCacheFile):
        """Numba's cache of one function: a file per signature, and what fails its checksum counts as not there.

        Numba's own crashes on a damaged file, and keeps an index that two processes may mix up.
        """

        def _place(self, key):
            return self._data_path(self._data_name_pattern.replace("{number:d}", _short(repr(key))))

        def save(self, key, data):
            """Write one compiled function, whole or not at all."""
            body = self._dump((self._version, self._source_stamp, key, data))
            with self._open_for_write(self._place(key)) as file:
                file.write(hashlib.sha256(body).digest() + body)

        def load(self, key):
            """Read one compiled function; None if it is not there, damaged or of other sources."""
            try:
                whole = Path(self._place(key)).read_bytes()
            except OSError:
                return None
            if hashlib.sha256(whole[32:]).digest() != whole[:32]:
                return None
            version, stamp, kept, data = pickle.loads(whole[32:])
            return data if (version, stamp, kept) == (self._version, self._source_stamp, key) else None

    def _short(text):
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    class Shelves:
        """The cache of one function, looked for when the function is first called: most are only called by others."""

        def __init__(self, function):
            self._function = function

        @cached_property
        def _cache(self):
            cache = caching.FunctionCache(self._function)
            cache._cache_file.__class__ = Shelf
            return cache

        def __getattr__(self, name):
            return getattr(self._cache, name)

    def _compiler(**options):
        def compiler(function):
            made = numba.njit(**options)(function)
            if COMPILED:
                made._cache = Shelves(function)
            return made

        return compiler

    habits = {"nogil": True, "error_model": "numpy", "no_cfunc_wrapper": True}
    rule = _compiler(**habits)
    internal = _compiler(**habits, no_cpython_wrapper=True)  # for code that only rules call


def called_once(function: Callable[..., Any]) -> None:
    """Have a rule written into its one compiled caller rather than called; say so before it is compiled."""
    if COMPILED:
        function.targetoptions["forceinline"] = True  # type: ignore[attr-defined]


@rule
def clip(value, low, high):
    """Keep a value between two bounds."""
    return min(max(value, low), high)


@rule
def holds(terms):
    """Say whether a condition holds: its terms, added as written, reach the last one, the threshold."""
    total = 0.0
    for place in range(len(terms) - 1):
        total += terms[place]
    return total >= terms[len(terms) - 1]


@rule
def score(terms):
    """Add the terms of a condition as written, leaving out the threshold."""
    total = 0.0
    for place in range(len(terms) - 1):
        total += terms[place]
    return total


LN2_HIGH = 6.93147180369123816490e-01  # ln 2 in two parts, so that k * ln 2 loses no bits
LN2_LOW = 1.90821492927058770002e-10
ATANH = tuple(1.0 / order for order in range(23, 0, -2))  # of the series of atanh(x) / x in x * x


@rule
def exp(x):
    """Raise e to a power, by halving the range and a Taylor sum; relative error below 4e-16."""
    if x < -700.0:
        return 0.0
    x = min(x, 700.0)
    halvings = math.floor(x / 0.6931471805599453 + 0.5)
    rest = (x - halvings * LN2_HIGH) - halvings * LN2_LOW
    total = 1.0
    for order in range(17, 0, -1):
        total = 1.0 + total * rest / order
    return math.ldexp(total, int(halvings))


@rule
def ln(x):
    """Take the natural logarithm of a positive number, by the series of atanh; error below 4e-16."""
    mantissa, exponent = math.frexp(x)
    if mantissa < 0.7071067811865476:
        mantissa *= 2.0
        exponent -= 1
    ratio = (mantissa - 1.0) / (mantissa + 1.0)
    square = ratio * ratio
    total = 0.0
    for term in ATANH:
        total = total * square + term
    return exponent * LN2_HIGH + (2.0 * ratio * total + exponent * LN2_LOW)


@rule
def normal_quantile(u):
    """Turn a uniform draw into a standard normal one (Acklam's rational fit, error below 2e-9)."""
    if u < 0.02425 or u > 0.97575:
        tail = math.sqrt(-2.0 * ln(min(u, 1.0 - u) if u < 1.0 else 1e-17))
        top = -7.784894002430293e-03 * tail - 3.223964580411365e-01
        top = (top * tail - 2.400758277161838) * tail - 2.549732539343734
        top = (top * tail + 4.374664141464968) * tail + 2.938163982698783
        low = 7.784695709041462e-03 * tail + 3.224671290700398e-01
        low = ((low * tail + 2.445134137142996) * tail + 3.754408661907416) * tail + 1.0
        return top / low if u < 0.5 else -top / low
    q = u - 0.5
    r = q * q
    top = -3.969683028665376e01 * r + 2.209460984245205e02
    top = ((top * r - 2.759285104469687e02) * r + 1.383577518672690e02) * r
    top = (top - 3.066479806614716e01) * r + 2.506628277459239
    low = -5.447609879822406e01 * r + 1.615858368580409e02
    low = ((low * r - 1.556989798598866e02) * r + 6.680131188771972e01) * r
    low = (low - 1.328068155288572e01) * r + 1.0
    return top * q / low


def generated(name: str, source: str) -> Any:
    """Import code written by us from declarations, as a file in the cache so that Numba can cache it.

    The file carries the digest of its source in its name: Python tells a changed file only by its size
    and whole second, and would answer an edit by the bytecode of before. It is written whole or not at
    all, and anew if what is there is damaged.
    """
    name = f"{name}_{hashlib.sha256(source.encode()).hexdigest()[:12]}"
    path = CACHE / f"{name}.py"
    if not path.is_file() or path.read_text("utf-8") != source:
        write_whole(path, source.encode())
    spec = importlib.util.spec_from_file_location(f"detente_{name}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module
