"""What may leave the gateway as a file, made whole before anybody is asked where to put it. Pure.

An `Export` knows what is in it: whoever gives it away is shown that first. Records hold no secret,
so no export does; `removed` names the places where one stood.
"""

import datetime
import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from gateway_engine.inspector.har import har
from gateway_engine.inspector.html_page import html_page
from gateway_engine.inspector.page_words import ENGLISH, PageWords
from gateway_engine.inspector.record import Record
from gateway_engine.json_text import render_indented


class ExportKind(StrEnum):
    """The forms of an export."""

    HAR = "har"
    RAW_ANSWER = "raw_answer"
    HTML = "html"


@dataclass(frozen=True, slots=True)
class Export:
    """`file_name` is a suggestion; sizes are bytes.

    `sent_bytes` is what clients sent (prompts, tools, images), `answer_bytes` what they got, of
    which `frames` and their bytes are upstream's own words. `cut`: parts of bodies are missing;
    `without_details`: requests of which only figures were kept.
    """

    kind: ExportKind
    file_name: str
    content: bytes
    requests: int
    sent_bytes: int = 0
    answer_bytes: int = 0
    frames: int = 0
    frame_bytes: int = 0
    removed: tuple[str, ...] = ()
    cut: bool = False
    without_details: int = 0


def export(records: Sequence[Record], kind: ExportKind, words: PageWords = ENGLISH) -> Export:
    """Return the export of these; raw answers of several are packed, a file each.

    `words` are those of a web page. Raises ValueError when there are none.
    """
    if not records:
        raise ValueError("nothing to export")
    first = records[0]
    name = f"lingma-gateway-{first.summary.id}"
    if len(records) > 1:
        name = f"lingma-gateway-{len(records)}-requests"
    match kind:
        case ExportKind.HAR:
            content, ending = render_indented(har(*records)), "har"
        case ExportKind.RAW_ANSWER if len(records) == 1:
            content, ending = _raw_answer(first), _ending(first)
        case ExportKind.RAW_ANSWER:
            content, ending = _packed(records), "zip"
        case ExportKind.HTML:
            content, ending = html_page(records, words).encode("utf-8", "replace"), "html"
    has_request = kind is not ExportKind.RAW_ANSWER
    has_frames = kind is ExportKind.HTML
    kept = [record.details for record in records if record.details is not None]
    sent = [d.exchange.request_body for d in kept] if has_request else []
    answers = [d.exchange.response_body for d in kept]
    frames = [frame for d in kept for frame in d.frames] if has_frames else []
    return Export(
        kind,
        f"{name}.{ending}",
        content,
        len(records),
        sent_bytes=sum(len(body.text.encode("utf-8", "replace")) for body in sent),
        answer_bytes=sum(len(body.text.encode("utf-8", "replace")) for body in answers),
        frames=len(frames),
        frame_bytes=sum(len(frame.body.text.encode("utf-8", "replace")) for frame in frames),
        removed=tuple(dict.fromkeys(place for d in kept for place in d.removed)),
        cut=any(body.cut for body in (*sent, *answers)),
        without_details=len(records) - len(kept),
    )


def _raw_answer(record: Record) -> bytes:
    details = record.details
    text = "" if details is None else details.exchange.response_body.text
    return text.encode("utf-8", "replace")


def _packed(records: Sequence[Record]) -> bytes:
    """A zip of the answers that were kept, numbered in the order in which they were asked for."""
    packed = io.BytesIO()
    in_order = sorted(records, key=lambda record: record.summary.started_at)
    digits = len(str(len(in_order)))
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, record in enumerate(in_order, 1):
            if record.details is None:
                continue
            at = datetime.datetime.fromtimestamp(record.summary.started_at, datetime.UTC)
            name = f"{number:0{digits}}-{record.summary.id}.{_ending(record)}"
            when = (max(at.year, 1980), at.month, at.day, at.hour, at.minute, at.second)
            entry = zipfile.ZipInfo(name, when)
            archive.writestr(entry, _raw_answer(record), zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def _ending(record: Record) -> str:
    headers = record.details.exchange.response_headers if record.details is not None else ()
    kind = next((value for name, value in headers if name.lower() == "content-type"), "")
    if "event-stream" in kind:
        return "sse"
    return "ndjson" if "ndjson" in kind else "json"
