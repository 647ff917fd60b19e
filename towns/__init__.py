"""Zhejiang Towns: claims, bounds and verdicts about Zhejiang's characteristic towns."""

from pathlib import Path
from typing import Final

__version__: Final = "0.1.0"

#: Folder that holds app.py, data/ and queries/.
ROOT: Final = Path(__file__).resolve().parent.parent
