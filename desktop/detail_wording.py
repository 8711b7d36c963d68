"""What is said of one recorded request, in the user's language."""

from PySide6.QtCore import QCoreApplication, QDateTime, QLocale

from desktop.sentences import listed
from desktop.sizes import size
from gateway_engine.public import PROTOCOL_NAMES, PhaseKind, Record, Summary

translate = QCoreApplication.translate


def protocol(key: str) -> str:
    """A protocol by its own name."""
    return PROTOCOL_NAMES.get(key, key)


def moment(at: float) -> str:
    """Day and time, to the second."""
    when = QDateTime.fromMSecsSinceEpoch(round(at * 1000))
    locale = QLocale()
    day = locale.toString(when.date(), QLocale.FormatType.ShortFormat)
    return f"{day} {when.toString('HH:mm:ss')}"


def session(use: str) -> str:
    """Whether the session of an earlier turn was gone on with, and what that means."""
    known = {
        "hit": translate("Detail", "Reused: only what is new was sent to the model"),
        "miss": translate("Detail", "New: the whole conversation was sent"),
        "off": translate("Detail", "Sessions are not reused: the whole conversation was sent"),
    }
    return known.get(use, "")


def phase(kind: PhaseKind) -> str:
    """A part of a request's time."""
    match kind:
        case PhaseKind.PLACING:
            return translate("Detail", "Waiting for an instance")
        case PhaseKind.THINKING:
            return translate("Detail", "Until the first words")
        case PhaseKind.ANSWERING:
            return translate("Detail", "Answering")


def role(name: str) -> str:
    """Who speaks in a message."""
    known = {
        "system": translate("Detail", "System"),
        "developer": translate("Detail", "Developer"),
        "user": translate("Detail", "User"),
        "assistant": translate("Detail", "Assistant"),
        "tool": translate("Detail", "Tool"),
    }
    return known.get(name, name)


def absence(record: Record | None, summary: Summary | None, *, is_missing: bool = False) -> str:
    """Why there is nothing to show of a request; "" when there is. `is_missing`: it was looked
    for, and the history has it no more.
    """
    if record is not None:
        if record.details is not None:
            return ""
        return translate(
            "Detail",
            "Only the figures of this request were kept: recording of contents was switched off, "
            "or too many requests ended at once.",
        )
    if summary is None:
        return translate("Detail", "Choose a request to see everything about it.")
    if not summary.status:
        return translate(
            "Detail", "This request is still running. Its details come as soon as it is over."
        )
    if is_missing:
        return translate(
            "Detail",
            "There is no record of this request (any more): what is too old, or too much for the "
            "size of the history, is deleted unless it is pinned.",
        )
    return translate("Detail", "Loading…")


def left_out(code: str) -> str:
    """What a protocol had no place for."""
    known = {
        "images": translate("Detail", "images"),
        "audio": translate("Detail", "sounds"),
        "files": translate("Detail", "files that are no text"),
        "reasoning": translate("Detail", "earlier reasoning"),
        "tools": translate("Detail", "tools"),
        "settings": translate("Detail", "some settings"),
    }
    return known.get(code, code)


def replay_failure(code: str) -> str:
    """Why a replay came to nothing, where only a replay can fail so; "" for other reasons."""
    known = {
        "endpoint_closed": translate("Detail", "The endpoint is closed: nothing was sent."),
        "connection_refused": translate("Detail", "Nothing answers at the endpoint's address."),
        "connection_failed": translate("Detail", "The connection broke before an answer came."),
        "stream_cut": translate("Detail", "The answer was cut off before its end."),
        "malformed_event": translate("Detail", "The answer has a part that cannot be read."),
        "replay_unreadable": translate(
            "Detail", "The request was malformed: it can only be sent again in its own protocol."
        ),
        "replay_nothing_left": translate(
            "Detail", "Nothing of the conversation can be asked in this protocol."
        ),
        "not_enabled": translate(
            "Detail", "This window may not choose the instance: start the engine again."
        ),
        "not_found": translate("Detail", "The instance or the model is not there any more."),
    }
    return known.get(code, "")


def obstacle(record: Record) -> str:
    """Why a request cannot be sent again as it was; "" when it can."""
    details = record.details
    if details is None:
        return translate("Detail", "It cannot be sent again: only its figures were kept.")
    if not details.obstacle:
        return ""
    body = details.exchange.request_body
    if body.cut:
        return translate(
            "Detail", "It cannot be sent again: its body ({size}) was too large to be kept whole."
        ).format(size=size(body.size))
    if details.removed:
        places = listed(details.removed)
        return translate(
            "Detail", "It cannot be sent again: secrets were removed from it ({places})."
        ).format(places=places)
    return translate("Detail", "It cannot be sent again: its body is not plain text.")
