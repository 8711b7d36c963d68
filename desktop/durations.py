"""Lengths of time in the user's language, everywhere in one form: three figures, one unit.

840 ms, 1.24 s, 12.4 s, 2:05 min, 1:02:05 h. What still takes is told in whole seconds or minutes.
"""

from PySide6.QtCore import QCoreApplication, QLocale

translate = QCoreApplication.translate

SECOND_MS = 1000
MINUTE_S = 60
HOUR_S = 3600
ROUGHLY_S = 90
"""From here on the seconds of what still takes are no longer told."""


def duration(ms: float) -> str:
    """How long something took."""
    whole_ms = round(ms)
    if whole_ms < SECOND_MS:
        return _milliseconds(QLocale().toString(whole_ms))
    for digits, end_s in ((2, 10), (1, MINUTE_S)):
        rounded = round(ms / SECOND_MS, digits)
        if rounded < end_s:
            return _seconds(QLocale().toString(rounded, "f", digits))
    hours, rest = divmod(round(ms / SECOND_MS), HOUR_S)
    minutes, seconds = divmod(rest, MINUTE_S)
    if hours:
        return translate("Time", "{n} h").format(n=f"{hours}:{minutes:02}:{seconds:02}")
    return translate("Time", "{n} min").format(n=f"{minutes}:{seconds:02}")


def on_scale(ms: float, whole_ms: float) -> str:
    """A round moment on a scale that ends at `whole_ms`: all of a scale have one unit."""
    locale = QLocale()
    if whole_ms < SECOND_MS:
        return _milliseconds(locale.toString(round(ms)))
    digits = next((n for n in (0, 1, 2) if round(ms / SECOND_MS, n) == ms / SECOND_MS), 3)
    return _seconds(locale.toString(ms / SECOND_MS, "f", digits))


def time_left(seconds: float) -> str:
    """About how long it still takes."""
    if seconds < ROUGHLY_S:
        return translate("Time", "{n} s left").format(n=max(1, round(seconds)))
    return translate("Time", "{n} min left").format(n=round(seconds / MINUTE_S))


def _milliseconds(figure: str) -> str:
    return translate("Time", "{n} ms").format(n=figure)


def _seconds(figure: str) -> str:
    return translate("Time", "{n} s").format(n=figure)
