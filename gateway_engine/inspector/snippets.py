"""A record as a program in Python or JavaScript that sends the request again. Pure.

What a client sent stands there as one literal that nothing in it can leave. The key is read from
the environment variable LINGMA_GATEWAY_API_KEY. Python speaks through the vendor's SDK where there
is one; what that does not know of goes along unchanged, in the extra body and query.
"""

import json
import pprint
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

from gateway_engine.inspector.curl import KEY_VARIABLE, SENT_HEADERS
from gateway_engine.inspector.record import NOT_KEPT, Exchange, Record
from gateway_engine.json_text import InvalidJsonError, parse

MAX_LITERAL_CHARS: Final = 100_000
"""A longer body is written as the text it came as: laying it out would take seconds."""


@dataclass(frozen=True, slots=True)
class _Sdk:
    """How a vendor's SDK is called for one protocol."""

    module: str
    client: str
    base: str
    method: str
    required: tuple[str, ...]
    show: tuple[str, ...]
    whole: str


_OPENAI: Final = ("openai", "OpenAI", "/v1")
_SDKS: Final = {
    "openai_chat": _Sdk(
        *_OPENAI,
        "chat.completions.create",
        ("model", "messages"),
        (
            "for choice in event.choices:",
            '    print(choice.delta.content or "", end="", flush=True)',
        ),
        "answer.choices[0].message",
    ),
    "openai_completions": _Sdk(
        *_OPENAI,
        "completions.create",
        ("model", "prompt"),
        ("for choice in event.choices:", '    print(choice.text or "", end="", flush=True)'),
        "answer.choices[0].text",
    ),
    "openai_responses": _Sdk(
        *_OPENAI,
        "responses.create",
        (),
        (
            'if event.type == "response.output_text.delta":',
            '    print(event.delta, end="", flush=True)',
        ),
        "answer.output",
    ),
    "anthropic_messages": _Sdk(
        "anthropic",
        "Anthropic",
        "",
        "messages.create",
        ("model", "max_tokens", "messages"),
        (
            'if event.type == "content_block_delta":',
            '    print(getattr(event.delta, "text", ""), end="", flush=True)',
        ),
        "answer.content",
    ),
}


def python(record: Record) -> str:
    """Return a program for Python 3.9 and later."""
    lines, exchange = _head(record, "#")
    if exchange is None:
        return "\n".join([*lines, ""])
    body = _object(exchange)
    sdk = _SDKS.get(record.summary.protocol)
    if body is None or sdk is None or any(name not in body for name in sdk.required):
        return "\n".join([*lines, *_plain_python(exchange, body), ""])
    return "\n".join([*lines, *_sdk_python(sdk, exchange, body), ""])


def javascript(record: Record) -> str:
    """Return a program for Node 18 and later, and for Deno and Bun."""
    lines, exchange = _head(record, "//")
    if exchange is None:
        return "\n".join([*lines, ""])
    headers = {"Content-Type": "application/json", **_sent_headers(exchange)}
    lines += [
        f"const response = await fetch({_js(exchange.url)}, {{",
        f"  method: {_js(exchange.method)},",
        "  headers: {",
        f"    Authorization: `Bearer ${{process.env.{KEY_VARIABLE}}}`,",
        *(f"    {_js(name)}: {_js(value)}," for name, value in headers.items()),
        "  },",
    ]
    if exchange.request_body.text:
        lines.append(f"  body: {_js_body(exchange)},")
    lines += [
        "});",
        "if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);",
        "for await (const piece of response.body) process.stdout.write(piece);",
        "",
    ]
    return "\n".join(lines)


def _head(record: Record, mark: str) -> tuple[list[str], Exchange | None]:
    details = record.details
    if details is None:
        return [f"{mark} {NOT_KEPT}: it cannot be sent again"], None
    obstacle = " ".join(details.obstacle.split())
    told = [f"{mark} cannot be replayed as it was: {obstacle}"] if obstacle else []
    return told, details.exchange


def _sdk_python(sdk: _Sdk, exchange: Exchange, body: dict[str, Any]) -> list[str]:
    url = urlsplit(exchange.url)
    imports = ["import json", "import os"] if _is_long(exchange) else ["import os"]
    lines = [
        *imports,
        "",
        f"from {sdk.module} import {sdk.client}  # pip install {sdk.module}",
        "",
        f"client = {sdk.client}(",
        f"    base_url={f'{url.scheme}://{url.netloc}{sdk.base}'!r},",
        f'    api_key=os.environ["{KEY_VARIABLE}"],',
        ")",
        f"body = {_python_value(exchange, body)}",
        "",
    ]
    streams = body.get("stream") is True
    given = [f"    {name}=body[{name!r}]," for name in sdk.required]
    if streams:
        given.append("    stream=True,")
    given.append("    extra_body=body,")
    headers, query = _sent_headers(exchange), dict(parse_qsl(url.query, keep_blank_values=True))
    if headers:
        given.append(f"    extra_headers={headers!r},")
    if query:
        given.append(f"    extra_query={query!r},")
    lines += [f"answer = client.{sdk.method}(", *given, ")"]
    if streams:
        lines += ["for event in answer:", *(f"    {line}" for line in sdk.show), "print()"]
    else:
        lines.append(f"print({sdk.whole})")
    return lines


def _plain_python(exchange: Exchange, body: dict[str, Any] | None) -> list[str]:
    headers = {"Content-Type": "application/json", **_sent_headers(exchange)}
    if body is None:
        value = f"{exchange.request_body.text!r}.encode()"
    else:
        value = f"json.dumps({_python_value(exchange, body)}).encode()"
    return [
        "import json",
        "import os",
        "import urllib.request",
        "",
        f"body = {value}",
        f"headers = {headers!r}",
        f'headers["Authorization"] = "Bearer " + os.environ["{KEY_VARIABLE}"]',
        "request = urllib.request.Request(",
        f"    {exchange.url!r},",
        "    data=body or None,",
        "    headers=headers,",
        f"    method={exchange.method!r},",
        ")",
        "with urllib.request.urlopen(request) as answer:",
        "    for line in answer:",
        '        print(line.decode(), end="", flush=True)',
    ]


def _object(exchange: Exchange) -> dict[str, Any] | None:
    try:
        value = parse(exchange.request_body.text)
    except InvalidJsonError:
        return None
    return value if isinstance(value, dict) else None


def _is_long(exchange: Exchange) -> bool:
    return len(exchange.request_body.text) > MAX_LITERAL_CHARS


def _python_value(exchange: Exchange, body: dict[str, Any]) -> str:
    if _is_long(exchange):
        return f"json.loads({exchange.request_body.text!r})"
    return pprint.pformat(body, width=96, sort_dicts=False)


def _js_body(exchange: Exchange) -> str:
    text = exchange.request_body.text
    body = _object(exchange)
    # An object's member of this name would be its prototype, not a member.
    if body is None or _is_long(exchange) or "__proto__" in text or "\\u" in text:
        return _js(text)
    laid_out = json.dumps(body, indent=2, ensure_ascii=False).replace("\n", "\n  ")
    return f"JSON.stringify({laid_out})"


def _sent_headers(exchange: Exchange) -> dict[str, str]:
    return {
        name: " ".join(value.split())
        for name, value in exchange.request_headers
        if name in SENT_HEADERS and name != "accept"
    }


def _js(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
