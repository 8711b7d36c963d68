"""Gives memory back to the system once much of it is no longer used."""

import ctypes
import gc
import sys

from PySide6.QtGui import QPixmapCache

from desktop.icons import line_icon
from desktop.tray_icon import tray_icon


def release_unused_memory() -> None:
    """Drop what can be made again, and return what is free.

    glibc keeps freed memory for later; `malloc_trim` gives it back. Other systems do so themselves.
    """
    line_icon.cache_clear()
    tray_icon.cache_clear()
    QPixmapCache.clear()
    gc.collect()
    if sys.platform == "linux":
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
        if trim is not None:  # musl has none
            trim(0)
