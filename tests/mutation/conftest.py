"""Makes `killing` importable for the tests beside it, whose plays wait for no disk."""

import sys
from pathlib import Path

from playing import no_disk

sys.path.insert(0, str(Path(__file__).parent))

__all__ = ["no_disk"]
