"""A record as one HTML page that needs nothing else: to be kept, sent and read offline. Pure.

Everything that came from a client or an upstream is escaped, there is no script, and a policy in
the page forbids it to load or run anything. English, like the other exports.
"""

import datetime
from collections.abc import Iterable
from html import escape
from typing import Any, Final

from gateway_engine.inspector.conversation_view import (
    message_text,
    messages_of,
    pair_calls,
    parts_of,
    text_of,
)
from gateway_engine.inspector.record import NOT_KEPT, TO_UPSTREAM, Details, KeptText, Record
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


def html_page(record: Record) -> str:
    """Return the page."""
    line, details = record.summary, record.details
    title = f"{line.protocol} request {line.id}"
    body = [f"<h1>{_e(title)}</h1>", _facts(record)]
    if details is None:
        body.append(f"<p>{_e(NOT_KEPT)}</p>")
    else:
        body += _sections(record, details)
    body.append(f'<p class="soft">Written by lingma-gateway {_e(__version__)}.</p>')
    return "\n".join(
        [
            "<!doctype html>",
            '<html lang="en">',
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


def _facts(record: Record) -> str:
    line = record.summary
    at = datetime.datetime.fromtimestamp(line.started_at, datetime.UTC)
    ttft = "no content" if line.ttft_ms is None else f"{line.ttft_ms:.0f} ms"
    rows = [
        ("Time", at.isoformat(timespec="milliseconds")),
        ("Client", line.client or "unknown"),
        ("Path", line.path),
        ("Model", f"{line.model_asked} → {line.model_used}"),
        ("Instance", line.instance or "none"),
        ("Session", line.session or "none"),
        ("Status", f"{line.status} {line.error_code}".strip()),
        ("First content", ttft),
        ("Total", f"{line.total_ms:.0f} ms"),
        ("Tokens", f"{line.tokens_in} in, {line.tokens_out} out"),
    ]
    if record.details is not None:
        rows.append(("Removed secrets", ", ".join(record.details.removed) or "none"))
        rows.append(("Error", record.details.error_message))
    return _table(row for row in rows if row[1])


def _sections(record: Record, details: Details) -> list[str]:
    exchange = details.exchange
    answer = read_answer(record.summary.protocol, exchange.response_body.text)
    parts = ["<h2>Answer</h2>"]
    if answer.reasoning:
        parts.append(_folded("Reasoning", _pre(answer.reasoning)))
    parts.append(_pre(answer.text) if answer.text else '<p class="soft">No text.</p>')
    parts += [
        _folded(f"Call of {call.name} ({call.call_id})", _pre(_pretty(call.arguments)))
        for call in answer.calls
    ]
    parts += ["<h2>Conversation</h2>", *_conversation(details)]
    parts.append("<h2>Changes</h2>")
    changes = [(f"{c.field}: {c.action}", c.reason) for c in details.changes]
    parts.append(_table(changes) if changes else '<p class="soft">Nothing was changed.</p>')
    parts += ["<h2>Where the time went</h2>", _times(record)]
    parts += [
        "<h2>As it was sent</h2>",
        _folded("Client sent", _headers(exchange.request_headers) + _body(exchange.request_body)),
        _folded("Sent back", _headers(exchange.response_headers) + _body(exchange.response_body)),
    ]
    for frame in details.frames:
        arrow = "to" if frame.direction == TO_UPSTREAM else "from"
        head = f"{frame.at_ms:.1f} ms, {arrow} upstream, {frame.body.size} bytes"
        parts.append(_folded(head, _body(frame.body)))
    if details.frames_left_out:
        parts.append(f'<p class="soft">{details.frames_left_out} frames were not kept.</p>')
    return parts


def _conversation(details: Details) -> list[str]:
    messages = messages_of(details.conversation)
    calls = pair_calls(messages)
    shown: list[str] = []
    for number, message in enumerate(messages):
        inner = [_pre(text_of(part)) for part in parts_of(message) if "call" not in part]
        for part in parts_of(message):
            if "call" in part:
                call = calls[str(part["call"])]
                inner.append(f"<p>Call of {_e(call.tool)} ({_e(call.call_id)})</p>")
                inner.append(_pre(_pretty(call.arguments)))
                where = "no result" if call.answered_at is None else f"message {call.answered_at}"
                inner.append(f'<p class="soft">Its result: {_e(where)}</p>')
        words = message_text(message)[:80].replace("\n", " ")
        head = f"{number}. {message.get('role', '')}: {words}"
        shown.append(_folded(head, "".join(inner)))
    return shown or ['<p class="soft">The request was refused before it had one.</p>']


def _times(record: Record) -> str:
    times = turn_times(record)
    rows = [
        (phase.kind.value, f"{phase.span.start_ms:.0f} to {phase.span.end_ms:.0f} ms")
        for phase in times.phases
    ]
    rows += [
        ("stall", f"{s.start_ms:.0f} to {s.end_ms:.0f} ms, longer than {STALL_MS:.0f} ms")
        for s in times.stalls
    ]
    return _table(rows)


def _body(body: KeptText) -> str:
    cut = f'<p class="soft">Not all of {body.size} bytes was kept.</p>' if body.cut else ""
    return cut + _pre(_pretty(body.text))


def _headers(headers: Iterable[tuple[str, str]]) -> str:
    return _table(headers)


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


def _pre(text: str) -> str:
    return f"<pre>{_e(text)}</pre>"


def _e(text: str) -> str:
    return escape(text.replace("\0", "\ufffd"), quote=True)
