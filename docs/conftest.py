"""The browser in which other tests look at a page looks at the site as well.

What makes the pages is a folder of scripts; each finds the others beside it.
"""

import sys
from pathlib import Path

from safety_tests.tests.browser import chromium

sys.path.insert(0, str(Path(__file__).parent / "make"))

__all__ = ["chromium"]
