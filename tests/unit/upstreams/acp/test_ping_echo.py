"""What a refused ping leaves on an agent's stderr is not kept; anything else is."""

import pytest

from gateway_engine.upstreams.acp.messages import PING
from gateway_engine.upstreams.acp.ping_echo import MOST_LINES, echo_length

QWEN = f"""\
Error handling request {{ jsonrpc: '2.0', id: 10, method: '{PING}', params: {{}} }} {{
  code: -32601,
  message: '"Method not found": {PING}',
  data: {{ method: '{PING}' }}
}}""".splitlines()
OPENCODE = f"""\
Error handling request {{
  jsonrpc: "2.0",
  id: 10,
  method: "{PING}",
  params: {{}},
}} {{
  code: -32601,
  message: "\\"Method not found\\": {PING}",
  data: {{
    method: "{PING}",
  }},
}}""".splitlines()

CLAUDE = """\
Error handling request {
  jsonrpc: '2.0',
  id: 2,
  method: 'session/new',
  params: { cwd: '/work', mcpServers: [] }
} {
  code: -32603,
  message: 'Internal error',
  data: { details: 'Query closed before response received' }
}""".splitlines()


def kept(lines: list[str]) -> list[str]:
    found: list[str] = []
    for line in lines:
        found.append(line)
        del found[len(found) - echo_length(found) :]
    return found


@pytest.mark.parametrize("echo", [QWEN, OPENCODE])
def test_pings_leave_nothing_between_what_was_said(echo: list[str]) -> None:
    assert kept(["hello", *echo, *echo, "{", "}", *echo, "bye"]) == ["hello", "{", "}", "bye"]


@pytest.mark.parametrize("echo", [QWEN, OPENCODE])
def test_another_call_that_failed_is_kept(echo: list[str]) -> None:
    other = [line.replace(PING, "session/prompt") for line in echo]
    assert kept([*echo, *other, *echo]) == other


def test_why_a_session_was_refused_is_all_that_is_kept() -> None:
    assert kept(["not as root", "", *CLAUDE]) == ["not as root", ""]


def test_the_end_of_something_long_takes_nothing_along() -> None:
    long = [QWEN[0], *["  more"] * MOST_LINES, "}"]
    assert kept(long) == long


def test_nothing_said_yet() -> None:
    assert echo_length([]) == 0
