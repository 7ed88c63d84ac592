"""A command answers sooner if Python does not look for garbage while it imports, nor when it ends."""

import atexit
import gc

gc.set_threshold(100_000)
atexit.register(gc.freeze)
