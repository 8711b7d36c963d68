"""Python set up for two loops in one process, neither of which may ever stand still."""

import sys
from typing import Final

from gateway_engine.public import exempt_loaded_modules

SWITCH_S: Final = 0.0005
"""How soon a thread that works gives the interpreter's lock to one that waits for it: Qt gives it
away at every call, and a window that waits 5 ms for each stands still. Both loops gain by it."""


def tune_interpreter() -> None:
    """Call once, when all is imported and before anything is built that may go again."""
    sys.setswitchinterval(SWITCH_S)
    exempt_loaded_modules()
