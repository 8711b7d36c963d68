"""The words of an HTML page, in English; whoever has other ones hands them in. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from gateway_engine.inspector.record import NOT_KEPT
from gateway_engine.inspector.stalls import PhaseKind

PROTOCOL_NAMES: Final[Mapping[str, str]] = {
    "openai_chat": "OpenAI Chat",
    "openai_responses": "OpenAI Responses",
    "openai_completions": "OpenAI Completions",
    "anthropic_messages": "Anthropic Messages",
    "ollama": "Ollama",
}
"""Names, the same in every language; one that is not here is shown as it was recorded."""


@dataclass(frozen=True, slots=True)
class PageWords:
    """Words with `{names}` are filled in. `roles`, `sessions`, `actions` and `reasons` are by code,
    `instances` by name; what is not among them is shown as it was recorded.
    """

    language: str = "en"
    one: str = "{protocol} request {id}"
    several: str = "{n} requests"
    not_kept: str = NOT_KEPT
    written_by: str = "Written by lingma-gateway {version}."
    time: str = "Time"
    client: str = "Client"
    path: str = "Path"
    model: str = "Model"
    instance: str = "Instance"
    session: str = "Session"
    status: str = "Status"
    first_content: str = "First content"
    total: str = "Total"
    tokens: str = "Tokens"
    removed: str = "Removed secrets"
    error: str = "Error"
    unknown: str = "unknown"
    none: str = "none"
    no_content: str = "no content"
    in_and_out: str = "{n} in, {m} out"
    milliseconds: str = "{n} ms"
    from_to: str = "{start} to {end} ms"
    answer: str = "Answer"
    reasoning: str = "Reasoning"
    no_text: str = "No text."
    call: str = "Call of {tool} ({id})"
    result_at: str = "Its result: message {n}"
    no_result: str = "Its result: none yet"
    conversation: str = "Conversation"
    no_conversation: str = "The request was refused before it had one."
    changes: str = "Changes"
    nothing_changed: str = "Nothing was changed."
    times: str = "Where the time went"
    stall: str = "Stall"
    stall_span: str = "{start} to {end} ms, longer than {most} ms"
    as_sent: str = "As it was sent"
    client_sent: str = "Client sent"
    sent_back: str = "Sent back"
    to_upstream: str = "{at} ms, to upstream, {size} bytes"
    from_upstream: str = "{at} ms, from upstream, {size} bytes"
    frames_left_out: str = "Messages not kept: {n}."
    cut: str = "Not all of {n} bytes was kept."
    placing: str = "Waiting for an instance"
    thinking: str = "Until the first words"
    answering: str = "Answering"
    instances: Mapping[str, str] = field(default_factory=dict)
    roles: Mapping[str, str] = field(default_factory=dict)
    sessions: Mapping[str, str] = field(default_factory=dict)
    actions: Mapping[str, str] = field(default_factory=dict)
    reasons: Mapping[str, str] = field(default_factory=dict)

    def phase(self, kind: PhaseKind) -> str:
        """A part of a request's time."""
        match kind:
            case PhaseKind.PLACING:
                return self.placing
            case PhaseKind.THINKING:
                return self.thinking
            case PhaseKind.ANSWERING:
                return self.answering


ENGLISH = PageWords()
