"""Whether a request shows that its conversation has gone on without the results of calls. Pure.

It has where the client shows those very calls, by their ids, and does not bring what they wait for:
half of the results, words beside them, a new question, an edited history. And it has where a new
word of the user's follows upon what the calls were made for, as if there had been no answer: the
user has ended that answer and asks on, with the same tools.

It has not where the request ends with that very question, or has another answer to it: several
answers to one question may be on their way at once, each a branch that goes on by itself. Nor where
the key or anything before is another.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from gateway_engine.chat.returned_results import CallsMade, asked_key, asked_scope
from gateway_engine.conversation import COUNTED_ID, ChatRequest, Role, ToolCallPart
from gateway_engine.sessions.key import SeenTurns, SessionKey, tools_fingerprint

_INSTRUCTIONS: Final = (Role.SYSTEM, Role.DEVELOPER)


@dataclass(slots=True)
class Course:
    """The way a conversation has taken, as one request of a client tells it."""

    request: ChatRequest
    key_id: str
    _keys: dict[int, SessionKey] = field(default_factory=dict)
    _tools: str | None = None
    _ids: frozenset[str] | None = None

    def leaves_behind(self, made: CallsMade) -> bool:
        """True when nobody will bring the results of these calls any more.

        The request must not be the one that brings them.
        """
        if self.key_id != made.key_id:
            return False
        if not self._shown().isdisjoint(made.ids):
            return True
        count = made.asked_count
        later = self.request.messages[count:]
        after = next((each for each in later if each.role not in _INSTRUCTIONS), None)
        if after is None:
            return False
        if after.role is Role.ASSISTANT:
            # Calls without ids are known by what they are, and by where they stand.
            ids = [part.call_id for part in after.parts if isinstance(part, ToolCallPart)]
            counted = bool(ids) and all(each.startswith(COUNTED_ID) for each in ids)
            return counted and self._key(count + 1) in made.conversation
        return (
            after.role is Role.USER
            and self._fingerprint() == made.tools
            and self._key(count) == made.asked
        )

    def prepare(self, made: Iterable[CallsMade]) -> None:
        """Work out now, in one go, what `leaves_behind` will ask for about these."""
        self._shown()
        self._fingerprint()
        known = [calls for calls in made if calls.key_id == self.key_id]
        counts = {calls.asked_count + more for calls in known for more in (0, 1)}
        turns, seen = SeenTurns({}), 0
        scope = asked_scope(self.request, self.key_id)
        for count in sorted(counts):
            turns.see(self.request.messages[seen:count])
            seen = max(seen, count)
            self._keys[count] = turns.key(scope)

    def _fingerprint(self) -> str:
        if self._tools is None:
            self._tools = tools_fingerprint(self.request.tools)
        return self._tools

    def _shown(self) -> frozenset[str]:
        if self._ids is None:
            parts = (part for message in self.request.messages for part in message.parts)
            self._ids = frozenset(p.call_id for p in parts if isinstance(p, ToolCallPart))
        return self._ids

    def _key(self, count: int) -> SessionKey:
        if count not in self._keys:
            messages = self.request.messages[:count]
            self._keys[count] = asked_key(self.request, messages, self.key_id)
        return self._keys[count]
