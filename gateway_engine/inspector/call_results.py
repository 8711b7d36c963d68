"""What came of an answer's tool calls: their results stand in the request of the next turn. Pure.

A result is found by its call's id. Clients may leave ids out or make their own: then by what was
called with which arguments, as long as only one call is meant.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from gateway_engine.inspector.conversation_view import PairedCall, messages_of, pair_calls
from gateway_engine.inspector.sent_answer import SentCall
from gateway_engine.json_text import InvalidJsonError, parse, render


def results_of(
    calls: Sequence[SentCall], following: Mapping[str, Any] | None
) -> list[PairedCall | None]:
    """Return, call by call, how each stands in the conversation of the turn after it: None where
    it is not in there."""
    paired = pair_calls(messages_of(following))
    found = [paired.get(call.call_id) if call.call_id else None for call in calls]
    taken = {each.call_id for each in found if each is not None}
    rest = [each for each in paired.values() if each.call_id not in taken]
    for number, call in enumerate(calls):
        if found[number] is not None:
            continue
        meant = [each for each in rest if _same(call, each)]
        alike = [n for n, other in enumerate(calls) if found[n] is None and _alike(call, other)]
        if len(meant) == len(alike) == 1:
            found[number] = meant[0]
    return found


def _same(call: SentCall, paired: PairedCall) -> bool:
    return call.name == paired.tool and _value(call.arguments) == _value(paired.arguments)


def _alike(call: SentCall, other: SentCall) -> bool:
    return call.name == other.name and _value(call.arguments) == _value(other.arguments)


def _value(arguments: str) -> bytes:
    """The same for the same arguments, however they are spaced and ordered."""
    try:
        value = parse(arguments)
    except InvalidJsonError:
        return arguments.strip().encode("utf-8", "replace")
    if isinstance(value, dict):
        value = dict(sorted(value.items()))
    return render(value)
