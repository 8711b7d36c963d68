"""The words of one cell of the table of requests, and the mark and phases that it is drawn with."""

import time
from dataclasses import dataclass
from enum import IntEnum

from PySide6.QtCore import QCoreApplication, QDateTime, QLocale

from desktop import wording
from desktop.client_wording import client_name
from desktop.durations import duration
from desktop.slices.live_requests import RequestPhase
from desktop.widgets.status_shapes import Shape
from gateway_engine.public import PROTOCOL_NAMES, Summary

translate = QCoreApplication.translate

CLIENT_LEFT = 499
NONE = "–"
BECAME = " → "
"""Between the model asked for and the one that answered."""
PROTOCOLS = {**PROTOCOL_NAMES, "anthropic_messages": "Anthropic"}
"""As short as its column."""


class Column(IntEnum):
    """The columns, from left to right."""

    TIME = 0
    STATUS = 1
    CLIENT = 2
    PROTOCOL = 3
    MODEL = 4
    INSTANCE = 5
    SESSION = 6
    FIRST_TOKEN = 7
    TOTAL = 8
    TOKENS_IN = 9
    TOKENS_OUT = 10
    TIMELINE = 11


FIGURES = (Column.FIRST_TOKEN, Column.TOTAL, Column.TOKENS_IN, Column.TOKENS_OUT)


@dataclass(frozen=True, slots=True)
class Row:
    """One request as the table shows it."""

    line: Summary
    phase: RequestPhase = RequestPhase.OVER
    title: str = ""
    """What the settings of today call its instance, "" where that has no other name."""

    @property
    def runs(self) -> bool:
        """Whether it is being answered."""
        return self.phase is not RequestPhase.OVER

    def elapsed_ms(self, now: float) -> float:
        """How long it took, or has taken so far."""
        return max(0.0, (now - self.line.started_at) * 1000) if self.runs else self.line.total_ms


def title(column: Column) -> str:
    """The head of a column."""
    match column:
        case Column.TIME:
            return translate("Requests", "Time")
        case Column.STATUS:
            return translate("Requests", "Status")
        case Column.CLIENT:
            return translate("Requests", "Client")
        case Column.PROTOCOL:
            return translate("Requests", "Protocol")
        case Column.MODEL:
            return translate("Requests", "Model")
        case Column.INSTANCE:
            return translate("Requests", "Instance")
        case Column.SESSION:
            return translate("Requests", "Session")
        case Column.FIRST_TOKEN:
            return translate("Requests", "First words")
        case Column.TOTAL:
            return translate("Requests", "Total")
        case Column.TOKENS_IN:
            return translate("Requests", "Tokens in")
        case Column.TOKENS_OUT:
            return translate("Requests", "Tokens out")
        case Column.TIMELINE:
            return translate("Requests", "Timeline")


def explanation(column: Column) -> str:
    """What stands in a column, for its head's tooltip."""
    match column:
        case Column.MODEL:
            return translate("Requests", "The model the client asked for → the one that answered")
        case Column.SESSION:
            return translate(
                "Requests", "Hit: the answer went on in a session the upstream already knew"
            )
        case Column.FIRST_TOKEN:
            return translate("Requests", "From the request to the first content of its answer")
        case Column.TIMELINE:
            return translate(
                "Requests", "Outline: waiting. Full: answering. All bars have the same scale."
            )
        case _:
            return title(column)


def text(column: Column, row: Row, now: float) -> str:
    """The words of a cell."""
    line = row.line
    match column:
        case Column.TIME:
            return started(line.started_at, now)
        case Column.STATUS:
            return status(row)
        case Column.CLIENT:
            return client_name(line.client) or NONE
        case Column.PROTOCOL:
            return PROTOCOLS.get(line.protocol, line.protocol)
        case Column.MODEL:
            return model(line) or NONE
        case Column.INSTANCE:
            return wording.called(line.instance, {line.instance: row.title}) or NONE
        case Column.SESSION:
            return session(line.session)
        case Column.FIRST_TOKEN:
            return NONE if line.ttft_ms is None else duration(line.ttft_ms)
        case Column.TOTAL:
            return duration(row.elapsed_ms(now))
        case Column.TOKENS_IN:
            return NONE if not line.tokens_in else QLocale().toString(line.tokens_in)
        case Column.TOKENS_OUT:
            return NONE if not line.tokens_out else QLocale().toString(line.tokens_out)
        case Column.TIMELINE:
            return _phases(row, now)


def started(at: float, now: float) -> str:
    """The time of day; the date as well when it was another day."""
    clock = time.strftime("%H:%M:%S", time.localtime(at))
    if _is_today(at, now):
        return clock
    date = QDateTime.fromSecsSinceEpoch(int(at)).date()
    return f"{QLocale().toString(date, QLocale.FormatType.ShortFormat)} {clock}"


def _is_today(at: float, now: float) -> bool:
    moment, today = time.localtime(at), time.localtime(now)
    return moment.tm_yday == today.tm_yday and moment.tm_year == today.tm_year


def model(line: Summary) -> str:
    """Asked → used, or the one name when they are the same; "" while it asks for none."""
    if not line.model_used or line.model_used == line.model_asked:
        return line.model_asked
    return f"{line.model_asked}{BECAME}{line.model_used}"


def session(use: str) -> str:
    """Whether a session was gone on with."""
    return {
        "hit": translate("Requests", "Hit"),
        "miss": translate("Requests", "Miss"),
        "off": translate("Requests", "Off"),
    }.get(use, NONE)


def status(row: Row) -> str:
    """How it is going, or how it ended: the HTTP status, and what went wrong."""
    line = row.line
    if row.phase is RequestPhase.WAITING:
        return translate("Requests", "Waiting")
    if row.phase is RequestPhase.STREAMING:
        return translate("Requests", "Answering")
    if line.status == CLIENT_LEFT:
        return translate("Requests", "{status} Client left").format(status=line.status)
    if line.error_code:
        return f"{line.status} {wording.error(line.error_code, '').title}"
    return str(line.status)


def short(column: Column, row: Row, now: float) -> str:
    """The words for a cell that has no room for `text`, "" where there are no shorter ones."""
    match column:
        case Column.STATUS:
            return short_status(row)
        case Column.INSTANCE:
            return row.title
        case Column.TIME if not _is_today(row.line.started_at, now):
            return time.strftime("%m-%d %H:%M", time.localtime(row.line.started_at))
        case _:
            return ""


def short_status(row: Row) -> str:
    """The same in the number and a word, where `status` has no room."""
    line = row.line
    if row.runs or not line.error_code or line.status == CLIENT_LEFT:
        return status(row)
    return f"{line.status} {_short_error(line.error_code)}"


def _short_error(code: str) -> str:
    known = {
        "busy": translate("Requests", "Busy"),
        "client_too_slow": translate("Requests", "Slow"),
        "content_filter": translate("Requests", "Filtered"),
        "context_length_exceeded": translate("Requests", "Too long"),
        "forbidden_host": translate("Requests", "Kept out"),
        "forbidden_origin": translate("Requests", "Kept out"),
        "internal_error": translate("Requests", "Mistake"),
        "invalid_api_key": translate("Requests", "Bad key"),
        "invalid_request": translate("Requests", "Invalid"),
        "login_required": translate("Requests", "Sign-in"),
        "method_not_allowed": translate("Requests", "Method"),
        "not_enabled": translate("Requests", "Not open"),
        "not_found": translate("Requests", "Not there"),
        "request_too_large": translate("Requests", "Too large"),
        "upstream_error": translate("Requests", "Broke off"),
        "upstream_forbidden": translate("Requests", "Refused"),
        "upstream_quota": translate("Requests", "Quota"),
        "upstream_timeout": translate("Requests", "Timed out"),
        "upstream_unavailable": translate("Requests", "Not ready"),
        "websocket_not_served": translate("Requests", "Sent on"),
    }
    return known.get(code) or translate("Requests", "Failed")


def mark(row: Row) -> tuple[Shape, str]:
    """The shape and the tone that say the same as `status`."""
    if row.phase is RequestPhase.WAITING:
        return Shape.RING, "quiet"
    if row.phase is RequestPhase.STREAMING:
        return Shape.ARC, "info"
    if row.line.status == CLIENT_LEFT:
        return Shape.RING, "warn"
    if row.line.error_code or row.line.status >= 400:
        return Shape.TRIANGLE, "error"
    return Shape.CHECK, "ok"


def _phases(row: Row, now: float) -> str:
    elapsed = row.elapsed_ms(now)
    if row.line.ttft_ms is None:
        return translate("Requests", "waited {wait}").format(wait=duration(elapsed))
    return translate("Requests", "waited {wait}, answered for {rest}").format(
        wait=duration(row.line.ttft_ms), rest=duration(max(0.0, elapsed - row.line.ttft_ms))
    )
