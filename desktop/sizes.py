"""Amounts of data in the user's language, in one form: at most three figures, one unit."""

from typing import Final

from PySide6.QtCore import QCoreApplication, QLocale

translate = QCoreApplication.translate

STEP: Final = 1024
UNITS: Final = ("KB", "MB", "GB")
WHOLE_FROM: Final = 99.95
"""From here on, rounded, decimals say nothing."""


def size(count: int) -> str:
    """Bytes, as a person says them: 640 bytes, 4.8 MB, 172 MB."""
    locale = QLocale()
    if count == 1:
        return translate("Size", "1 byte")
    if count < STEP:
        return translate("Size", "{n} bytes").format(n=locale.toString(count))
    amount, unit = count / STEP, UNITS[0]
    for larger in UNITS[1:]:
        if round(amount) < STEP:
            break
        amount, unit = amount / STEP, larger
    return f"{locale.toString(amount, 'f', 0 if amount >= WHOLE_FROM else 1)} {unit}"
