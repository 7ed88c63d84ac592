"""Compilation of rules.

A rule is a small pure function ``rule(world, *cell)`` that decides one cell of one column: it
changes nothing, logs nothing and reads only the world. Numba compiles it. The watched agents and
the compiled ensembles call the same machine code, so their numbers are equal bit for bit.
"""

import hashlib
import importlib.util
import os
import pickle
import sys
import tempfile
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import platformdirs

from model.atomic_files import write_atomically

UNUSED_IMPORTS = "scipy", "scipy.linalg.cython_blas", "yaml"  # slow imports that Numba tries and no rule uses
HIDDEN_IMPORTS = [name for name in UNUSED_IMPORTS if name not in sys.modules]
sys.modules.update(dict.fromkeys(HIDDEN_IMPORTS))  # type: ignore[arg-type]  # hidden while Numba is imported
import numba  # noqa: E402
import numba.np.arraymath  # noqa: E402
from numba.core import caching  # noqa: E402
from numba.core.compiler_lock import global_compiler_lock  # noqa: E402

for name in HIDDEN_IMPORTS:
    del sys.modules[name]

if hasattr(os, "register_at_fork"):  # a fork waits for compilations to end: a child inherits locked locks
    os.register_at_fork(
        before=global_compiler_lock.acquire,
        after_in_parent=global_compiler_lock.release,
        after_in_child=global_compiler_lock.release,
    )

MODEL_FOLDER = Path(__file__).parent


def source_digest() -> str:
    """Return the digest of the model's source files: twelve hex digits."""
    sources = sorted(MODEL_FOLDER.rglob("*.py"))
    text = b"".join(path.read_bytes() for path in sources) + numba.__version__.encode()
    return hashlib.sha256(text).hexdigest()[:12]


def _cache_folder() -> Path:
    """Return a writable folder named after the source digest, so that an edited rule is never stale."""
    preferred = os.environ.get("DETENTE_CACHE") or platformdirs.user_cache_dir("detente")
    for parent in (Path(preferred), Path(tempfile.gettempdir()) / "detente-cache"):
        folder = parent / source_digest()
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError:
            continue
        if os.access(folder, os.W_OK):
            return folder
    return Path(tempfile.mkdtemp(prefix="detente-"))


CACHE_FOLDER = _cache_folder()
numba.config.CACHE_DIR = str(CACHE_FOLDER)  # type: ignore[attr-defined]  # before the first rule is compiled
COMPILED = not numba.config.DISABLE_JIT  # type: ignore[attr-defined]

if TYPE_CHECKING:  # type checkers see the function, not the dispatcher

    def rule[F: Callable[..., Any]](function: F) -> F:
        """Compile a rule."""
        ...

    def internal[F: Callable[..., Any]](function: F) -> F:
        """Compile a function that only rules call."""
        ...

else:  # never fastmath or parallel; "numpy" errors, since checks for zero division cost time

    class ChecksummedCacheFile(caching.IndexDataCacheFile):
        """Numba's cache of one function with a file per signature and checksums; a damaged file counts as missing.

        Numba's own cache crashes on a damaged file, and two processes can corrupt its index.
        """

        def _path(self, key):
            return self._data_path(self._data_name_pattern.replace("{number:d}", _short(repr(key))))

        def save(self, key, data):
            """Write one compiled function atomically."""
            body = self._dump((self._version, self._source_stamp, key, data))
            with self._open_for_write(self._path(key)) as file:
                file.write(hashlib.sha256(body).digest() + body)

        def load(self, key):
            """Return one compiled function; None if missing, damaged or of other sources."""
            try:
                content = Path(self._path(key)).read_bytes()
            except OSError:
                return None
            if hashlib.sha256(content[32:]).digest() != content[:32]:
                return None
            version, stamp, saved_key, data = pickle.loads(content[32:])
            return data if (version, stamp, saved_key) == (self._version, self._source_stamp, key) else None

    def _short(text):
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    class LazyFunctionCache:
        """The cache of one function, opened at its first call; other rules call most rules."""

        def __init__(self, function):
            self._function = function

        @cached_property
        def _cache(self):
            cache = caching.FunctionCache(self._function)
            cache._cache_file.__class__ = ChecksummedCacheFile
            return cache

        def __getattr__(self, name):
            return getattr(self._cache, name)

    def _compiler(**options):
        def compiler(function):
            dispatcher = numba.njit(**options)(function)
            if COMPILED:
                dispatcher._cache = LazyFunctionCache(function)
            return dispatcher

        return compiler

    options = {"nogil": True, "error_model": "numpy", "no_cfunc_wrapper": True}
    rule = _compiler(**options)
    internal = _compiler(**options, no_cpython_wrapper=True)  # for code that only rules call


def force_inline(function: Callable[..., Any]) -> None:
    """Inline a rule in its only compiled caller; call this before the rule is compiled."""
    if COMPILED:
        function.targetoptions["forceinline"] = True  # type: ignore[attr-defined]


def import_generated(name: str, source: str) -> Any:
    """Import generated code as a file in the cache folder, so that Numba can cache it.

    The file name contains the source digest, because Python detects a change only by file size and
    whole second and could load old bytecode. A damaged file is rewritten.
    """
    name = f"{name}_{hashlib.sha256(source.encode()).hexdigest()[:12]}"
    path = CACHE_FOLDER / f"{name}.py"
    if not path.is_file() or path.read_text("utf-8") != source:
        write_atomically(path, source.encode())
    spec = importlib.util.spec_from_file_location(f"detente_{name}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module
