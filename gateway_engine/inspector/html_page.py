"""Records as one HTML page that needs nothing else: to be kept, sent and read offline. Pure.

Everything that came from a client or an upstream is escaped, there is no script, and a policy in
the page forbids it to load or run anything. Its words are the reader's (`PageWords`).
"""

import datetime
from collections.abc import Iterable, Sequence
from html import escape
from typing import Any, Final

from gateway_engine.inspector.conversation_view import (
    message_text,
    messages_of,
    pair_calls,
    parts_of,
    text_of,
)
from gateway_engine.inspector.page_words import ENGLISH, PROTOCOL_NAMES, PageWords
from gateway_engine.inspector.record import TO_UPSTREAM, Details, KeptText, Record
from gateway_engine.inspector.sent_answer import read_answer
from gateway_engine.inspector.stalls import STALL_MS, turn_times
from gateway_engine.json_text import InvalidJsonError, parse, render_indented
from gateway_engine.version import __version__

POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
_STYLE: Final = """
:root { color-scheme: light dark; --line: #8886; --soft: #8882; }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.3rem; } h2 { font-size: 1.05rem; margin: 2rem 0 .5rem; }
table { border-collapse: collapse; } td, th { padding: .15rem 1rem .15rem 0; text-align: left;
  vertical-align: top; overflow-wrap: anywhere; } th { font-weight: 600; white-space: nowrap; }
pre { background: var(--soft); border-radius: 8px; padding: .75rem; overflow: auto;
  white-space: pre-wrap; overflow-wrap: anywhere; font: 13px/1.45 ui-monospace, monospace; }
details { border: 1px solid var(--line); border-radius: 8px; padding: .4rem .75rem;
  margin: .4rem 0; }
summary { cursor: pointer; } .soft { opacity: .75; }
"""


def html_page(records: Sequence[Record], words: PageWords = ENGLISH) -> str:
    """Return the page: one request open, or several folded, in the order in which they came."""
    in_order = sorted(records, key=lambda record: record.summary.started_at)
    if len(in_order) == 1:
        title = _title(in_order[0], words)
        body = [f"<h1>{_e(title)}</h1>", *_request(in_order[0], words)]
    else:
        title = words.several.format(n=len(in_order))
        body = [f"<h1>{_e(title)}</h1>"]
        body += [_folded(_line(r, words), "\n".join(_request(r, words))) for r in in_order]
    body.append(f'<p class="soft">{_e(words.written_by.format(version=__version__))}</p>')
    return "\n".join(
        [
            "<!doctype html>",
            f'<html lang="{_e(words.language)}">',
            "<head>",
            '<meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{_e(POLICY)}">',
            '<meta name="referrer" content="no-referrer">',
            f"<title>{_e(title)}</title>",
            f"<style>{_STYLE}</style>",
            "</head>",
            "<body>",
            *body,
            "</body>",
            "</html>",
            "",
        ]
    )


def _title(record: Record, words: PageWords) -> str:
    line = record.summary
    protocol = PROTOCOL_NAMES.get(line.protocol, line.protocol)
    return words.one.format(protocol=protocol, id=line.id)


def _line(record: Record, words: PageWords) -> str:
    """What tells one of several from the others."""
    line = record.summary
    total = words.milliseconds.format(n=f"{line.total_ms:.0f}")
    status = f"{line.status} {line.error_code}".strip()
    facts = (_time(line.started_at), line.client, line.model_used, status, total, line.id)
    return " · ".join(fact for fact in facts if fact)


def _request(record: Record, words: PageWords) -> list[str]:
    details = record.details
    facts = _facts(record, words)
    if details is None:
        return [facts, f"<p>{_e(words.not_kept)}</p>"]
    return [facts, *_sections(record, details, words)]


def _facts(record: Record, words: PageWords) -> str:
    line = record.summary
    ttft = words.no_content
    if line.ttft_ms is not None:
        ttft = words.milliseconds.format(n=f"{line.ttft_ms:.0f}")
    rows = [
        (words.time, _time(line.started_at)),
        (words.client, line.client or words.unknown),
        (words.path, line.path),
        (words.model, " → ".join(dict.fromkeys(filter(None, (line.model_asked, line.model_used))))),
        (words.instance, words.instances.get(line.instance, line.instance) or words.none),
        (words.session, words.sessions.get(line.session, line.session) or words.none),
        (words.status, f"{line.status} {line.error_code}".strip()),
        (words.first_content, ttft),
        (words.total, words.milliseconds.format(n=f"{line.total_ms:.0f}")),
        (words.tokens, words.in_and_out.format(n=line.tokens_in, m=line.tokens_out)),
    ]
    if record.details is not None:
        rows.append((words.removed, ", ".join(record.details.removed) or words.none))
        rows.append((words.error, record.details.error_message))
    return _table(row for row in rows if row[1])


def _sections(record: Record, details: Details, words: PageWords) -> list[str]:
    exchange = details.exchange
    answer = read_answer(record.summary.protocol, exchange.response_body.text)
    parts = [_head(words.answer)]
    if answer.reasoning:
        parts.append(_folded(words.reasoning, _pre(answer.reasoning)))
    parts.append(_pre(answer.text) if answer.text else _soft(words.no_text))
    parts += [
        _folded(words.call.format(tool=call.name, id=call.call_id), _pre(_pretty(call.arguments)))
        for call in answer.calls
    ]
    parts += [_head(words.conversation), *_conversation(details, words)]
    parts.append(_head(words.changes))
    changes = [
        (
            f"{c.field}: {words.actions.get(c.action, c.action)}",
            words.reasons.get(c.code) or c.reason,
        )
        for c in details.changes
    ]
    parts.append(_table(changes) if changes else _soft(words.nothing_changed))
    parts += [_head(words.times), _times(record, words)]
    sent, back = exchange.request_body, exchange.response_body
    parts += [
        _head(words.as_sent),
        _folded(words.client_sent, _table(exchange.request_headers) + _body(sent, words)),
        _folded(words.sent_back, _table(exchange.response_headers) + _body(back, words)),
    ]
    for frame in details.frames:
        is_to = frame.direction == TO_UPSTREAM
        head = words.to_upstream if is_to else words.from_upstream
        head = head.format(at=f"{frame.at_ms:.1f}", size=frame.body.size)
        parts.append(_folded(head, _body(frame.body, words)))
    if details.frames_left_out:
        parts.append(_soft(words.frames_left_out.format(n=details.frames_left_out)))
    return parts


def _conversation(details: Details, words: PageWords) -> list[str]:
    messages = messages_of(details.conversation)
    calls = pair_calls(messages)
    shown: list[str] = []
    for number, message in enumerate(messages):
        inner = [_pre(text_of(part)) for part in parts_of(message) if "call" not in part]
        for part in parts_of(message):
            if "call" in part:
                call = calls[str(part["call"])]
                inner.append(f"<p>{_e(words.call.format(tool=call.tool, id=call.call_id))}</p>")
                inner.append(_pre(_pretty(call.arguments)))
                result = words.no_result
                if call.answered_at is not None:
                    result = words.result_at.format(n=call.answered_at)
                inner.append(_soft(result))
        beginning = message_text(message)[:80].replace("\n", " ")
        role = str(message.get("role", ""))
        head = f"{number}. {words.roles.get(role, role)}: {beginning}"
        shown.append(_folded(head, "".join(inner)))
    return shown or [_soft(words.no_conversation)]


def _times(record: Record, words: PageWords) -> str:
    times = turn_times(record)
    rows = [
        (
            words.phase(phase.kind),
            words.from_to.format(
                start=f"{phase.span.start_ms:.0f}", end=f"{phase.span.end_ms:.0f}"
            ),
        )
        for phase in times.phases
    ]
    rows += [
        (
            words.stall,
            words.stall_span.format(
                start=f"{s.start_ms:.0f}", end=f"{s.end_ms:.0f}", most=f"{STALL_MS:.0f}"
            ),
        )
        for s in times.stalls
    ]
    return _table(rows)


def _body(body: KeptText, words: PageWords) -> str:
    cut = _soft(words.cut.format(n=body.size)) if body.cut else ""
    return cut + _pre(_pretty(body.text))


def _time(at: float) -> str:
    return datetime.datetime.fromtimestamp(at, datetime.UTC).isoformat(timespec="milliseconds")


def _pretty(text: str) -> str:
    try:
        value: Any = parse(text)
    except InvalidJsonError:
        return text
    return render_indented(value).decode()


def _table(rows: Iterable[tuple[str, str]]) -> str:
    cells = "".join(f"<tr><th>{_e(name)}</th><td>{_e(value)}</td></tr>" for name, value in rows)
    return f"<table>{cells}</table>"


def _folded(head: str, inner: str) -> str:
    return f"<details><summary>{_e(head)}</summary>{inner}</details>"


def _head(text: str) -> str:
    return f"<h2>{_e(text)}</h2>"


def _soft(text: str) -> str:
    return f'<p class="soft">{_e(text)}</p>'


def _pre(text: str) -> str:
    return f"<pre>{_e(text)}</pre>"


def _e(text: str) -> str:
    return escape(text.replace("\0", "\ufffd"), quote=True)
