"""What the tests share: builders of worlds, and the two ways of running one."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
