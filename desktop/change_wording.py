"""What was changed of a request on its way, in the user's language."""

from PySide6.QtCore import QCoreApplication

from gateway_engine.public import Change

translate = QCoreApplication.translate


def action(code: str) -> str:
    """What became of the field."""
    known = {
        "dropped": translate("Change", "Left out"),
        "degraded": translate("Change", "Passed on in part"),
        "kept_here": translate("Change", "Kept here"),
    }
    return known.get(code, code)


def reason(change: Change) -> str:
    """Why."""
    return change.reason
