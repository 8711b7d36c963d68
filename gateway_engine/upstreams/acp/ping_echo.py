"""What agents write to stderr about a ping that they refuse, so that it is not kept. Pure.

Agents on ACP's TypeScript library (qwen 0.15, opencode 1.18) print the refused call and the refusal
as two objects, on five or on twelve lines:

    Error handling request { jsonrpc: '2.0', id: 10, method: '_lingma-gateway/ping', params: {} } {
      code: -32601,
      message: '"Method not found": _lingma-gateway/ping',
      data: { method: '_lingma-gateway/ping' }
    }
"""

from collections.abc import Sequence
from itertools import islice
from typing import Final

from gateway_engine.upstreams.acp.messages import PING

FIRST: Final = "Error handling request"
LAST: Final = "}"
MOST_LINES: Final = 20


def echo_length(lines: Sequence[str]) -> int:
    """How many of the last lines are what a ping left behind; 0 when another thing was said."""
    if not lines or lines[-1] != LAST:
        return 0
    is_ping = False
    for count, line in enumerate(islice(reversed(lines), MOST_LINES), 1):
        is_ping = is_ping or PING in line
        if line.startswith(FIRST):
            return count if is_ping else 0
    return 0
