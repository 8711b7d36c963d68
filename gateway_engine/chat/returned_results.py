"""Which calls a request brings results for, and whether it goes on exactly where they were made.

Pure. A request goes on with a parked turn when nothing but results is new in it, one for each call
of its last answer, and everything before is the conversation that turn was asked in, by the same
API key, for the same model, with the same tools or none. Anything else is another conversation:
half of the results, words of the user beside them, an edited history, another key.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from gateway_engine.conversation import (
    COUNTED_ID,
    ChatRequest,
    Message,
    ModelId,
    ToolCallPart,
    ToolResultPart,
)
from gateway_engine.sessions.key import (
    SessionKey,
    SessionScope,
    session_key,
    split_follow_up,
    tools_fingerprint,
)


@dataclass(frozen=True, slots=True)
class CallsMade:
    """The calls an answer ended with: `ids` as the client was given them, in their order.

    `asked` is the conversation up to that answer, of `asked_count` messages.
    """

    ids: tuple[str, ...]
    conversation: frozenset[SessionKey]
    key_id: str
    tools: str
    asked: SessionKey
    asked_count: int


@dataclass(frozen=True, slots=True)
class ReturnedResults:
    """What a request brings after its last answer. `results` stand in the order of its calls.

    `whole` is True when that is one result for each call and nothing else.
    """

    ids: tuple[str, ...]
    results: tuple[ToolResultPart, ...]
    whole: bool
    conversation: frozenset[SessionKey]
    key_id: str
    tools: str

    def answers(self, made: CallsMade) -> bool:
        """True when this request goes on exactly where these calls were made."""
        same_calls = self.ids == made.ids or all(i.startswith(COUNTED_ID) for i in self.ids)
        return (
            self.whole
            and same_calls
            and self.key_id == made.key_id
            and not self.conversation.isdisjoint(made.conversation)
            and self.tools in ("", made.tools)
        )


def calls_made(request: ChatRequest, answer: Message, ids: Sequence[str], key_id: str) -> CallsMade:
    """Return what must come back for calls that ended `answer`."""
    return CallsMade(
        tuple(ids),
        _conversation(request, (*request.messages, answer), key_id),
        key_id,
        tools_fingerprint(request.tools),
        asked_key(request, request.messages, key_id),
        len(request.messages),
    )


def returned_results(request: ChatRequest, key_id: str) -> ReturnedResults | None:
    """Return what this request brings for the calls of its last answer; None when nothing."""
    follow_up = split_follow_up(request.messages)
    if follow_up is None:
        return None
    seen, new = follow_up
    ids = tuple(part.call_id for part in seen[-1].parts if isinstance(part, ToolCallPart))
    parts = [part for message in new for part in message.parts]
    results = [part for part in parts if isinstance(part, ToolResultPart)]
    if not ids or not results:
        return None
    by_id = {result.call_id: result for result in results}
    whole = len(results) == len(parts) == len(ids) == len(by_id) and set(by_id) == set(ids)
    return ReturnedResults(
        ids,
        tuple(by_id[call_id] for call_id in ids) if whole else (),
        whole,
        _conversation(request, seen, key_id),
        key_id,
        tools_fingerprint(request.tools),
    )


def asked_key(request: ChatRequest, messages: Sequence[Message], key_id: str) -> SessionKey:
    """Return what tells a conversation of these messages from others, whatever its tools."""
    return session_key(messages, asked_scope(request, key_id))


def asked_scope(request: ChatRequest, key_id: str) -> SessionScope:
    """Return what else must be the same in such a conversation."""
    return SessionScope(ModelId(request.model), key_id=key_id)


def _conversation(
    request: ChatRequest, messages: Sequence[Message], key_id: str
) -> frozenset[SessionKey]:
    """Return what tells this conversation from others: as it stands, and without the arguments that
    are mere defaults, which only a request that declares its tools can tell.
    """
    scope = asked_scope(request, key_id)
    schemas = {tool.name: tool.schema for tool in request.tools}
    as_it_stands = asked_key(request, messages, key_id)
    return frozenset({as_it_stands, session_key(messages, scope, schemas)})
