"""What a rule is, and how it is compiled.

A rule is a small pure function ``rule(world, *cell)`` that decides one cell of one column: it
changes nothing, logs nothing, and reads only the world. Numba compiles it; the watched agents and
the compiled ensembles call the very same machine code, so their numbers are equal bit for bit.
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

UNUSED_IMPORTS = (
    "scipy",
    "scipy.linalg.cython_blas",
    "yaml",
)  # Numba looks for them; no rule uses them; they load slowly
HIDDEN_IMPORTS = [name for name in UNUSED_IMPORTS if name not in sys.modules]
sys.modules.update(dict.fromkeys(HIDDEN_IMPORTS))  # type: ignore[arg-type]  # as if not installed, while Numba looks
import numba  # noqa: E402
import numba.np.arraymath  # noqa: E402
from numba.core import caching  # noqa: E402

for name in HIDDEN_IMPORTS:
    del sys.modules[name]

MODEL_FOLDER = Path(__file__).parent


def source_digest() -> str:
    """Name the rules as they are now: twelve hex digits over every source file of the model."""
    sources = sorted(MODEL_FOLDER.rglob("*.py"))
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


CACHE_FOLDER = _cache_folder()
numba.config.CACHE_DIR = str(CACHE_FOLDER)  # type: ignore[attr-defined]  # before the first rule is compiled
COMPILED = not numba.config.DISABLE_JIT  # type: ignore[attr-defined]

if TYPE_CHECKING:  # a type checker should see the function, not the dispatcher

    def rule[F: Callable[..., Any]](function: F) -> F:
        """Compile a rule."""
        ...

    def internal[F: Callable[..., Any]](function: F) -> F:
        """Compile a function that only rules call."""
        ...

else:  # never fastmath, never parallel; "numpy" errors, because a zero-division branch costs speed

    class ChecksummedCacheFile(caching.IndexDataCacheFile):
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

    class LazyFunctionCache:
        """The cache of one function, looked for when the function is first called: most are only called by others."""

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
            made = numba.njit(**options)(function)
            if COMPILED:
                made._cache = LazyFunctionCache(function)
            return made

        return compiler

    habits = {"nogil": True, "error_model": "numpy", "no_cfunc_wrapper": True}
    rule = _compiler(**habits)
    internal = _compiler(**habits, no_cpython_wrapper=True)  # for code that only rules call


def force_inline(function: Callable[..., Any]) -> None:
    """Have a rule written into its one compiled caller rather than called; say so before it is compiled."""
    if COMPILED:
        function.targetoptions["forceinline"] = True  # type: ignore[attr-defined]


def import_generated(name: str, source: str) -> Any:
    """Import code written by us from declarations, as a file in the cache so that Numba can cache it.

    The file carries the digest of its source in its name: Python tells a changed file only by its size
    and whole second, and would answer an edit by the bytecode of before. It is written whole or not at
    all, and anew if what is there is damaged.
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
