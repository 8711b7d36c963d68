"""An answer that the client has begun: the conversation's last message is the assistant's. Pure.

Clients begin an answer to have it in a certain form (`{`), or to go on with one that was cut off,
and put what they get behind what they have (Anthropic API reference, "Prefill Claude's response").
A model that is told to go on may all the same begin from the beginning: `RepeatedBeginning` takes
that away, or the client would have it twice.
"""

from collections.abc import Sequence
from typing import Final

from gateway_engine.conversation import Message, Role, TextPart, ToolCallPart

_MIN_CHARS: Final = 2
_NEVER_TWICE: Final = "{"
"""A beginning of one character is as likely the next one, but for a brace: no key begins so."""


def begun_answer(messages: Sequence[Message]) -> str:
    """Return the text that the answer goes on from, "" when it is to be a whole one."""
    if not messages or messages[-1].role is not Role.ASSISTANT:
        return ""
    parts = messages[-1].parts
    if any(isinstance(part, ToolCallPart) for part in parts):
        return ""
    return "".join(part.text for part in parts if isinstance(part, TextPart)).strip()


class RepeatedBeginning:
    """Takes `begun` away from the start of an answer. Holds text only while it may be that."""

    def __init__(self, begun: str) -> None:
        long_enough = len(begun) >= _MIN_CHARS or begun == _NEVER_TWICE
        self._begun = begun if long_enough else ""
        self._held = ""

    def feed(self, text: str) -> str:
        """Take more of the answer; return what of it is new."""
        if not self._begun:
            return text
        self._held += text
        said = self._held.lstrip()
        if said.startswith(self._begun):
            new = said[len(self._begun) :]
        elif self._begun.startswith(said):
            return ""
        else:
            new = self._held
        self._begun = self._held = ""
        return new

    def finish(self) -> str:
        """The answer is over: return what was held back."""
        held, self._held, self._begun = self._held, "", ""
        return held
