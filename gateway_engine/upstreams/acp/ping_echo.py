"""What agents write to stderr about a ping or a session that they refuse: it is not kept. Pure.

The refusal itself says the same, and what they wrote before says why (of a session that Claude
Code's agent refuses: a sentence, then the echo, which would be all that is shown).

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

from gateway_engine.upstreams.acp.messages import NEW_SESSION, PING

FIRST: Final = "Error handling request"
LAST: Final = "}"
TOLD: Final = (PING, NEW_SESSION)
MOST_LINES: Final = 20


def echo_length(lines: Sequence[str]) -> int:
    """How many of the last lines are what such a call left; 0 when another thing was said."""
    if not lines or lines[-1] != LAST:
        return 0
    is_told = False
    for count, line in enumerate(islice(reversed(lines), MOST_LINES), 1):
        is_told = is_told or any(method in line for method in TOLD)
        if line.startswith(FIRST):
            return count if is_told else 0
    return 0
