"""A whole answer put together from the same StreamEvents that a stream is encoded from.

The answer that is not streamed cannot differ from the streamed one: both have one source.
"""

from dataclasses import dataclass, field

from gateway_engine.conversation import (
    ReasoningDelta,
    StreamBatch,
    TextDelta,
    ToolCallArguments,
    ToolCallFinished,
    ToolCallStarted,
    TurnFinished,
    TurnRouted,
)


@dataclass(slots=True)
class TextBlock:
    """Text that came without anything in between."""

    pieces: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """All of it."""
        return "".join(self.pieces)


@dataclass(slots=True)
class ReasoningBlock:
    """Reasoning that came without anything in between."""

    pieces: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """All of it."""
        return "".join(self.pieces)


@dataclass(slots=True)
class CallBlock:
    """One tool call; `whole` once its arguments are."""

    index: int
    call_id: str
    name: str
    pieces: list[str] = field(default_factory=list)
    whole: bool = False

    @property
    def arguments(self) -> str:
        """JSON text of an object."""
        return "".join(self.pieces) or "{}"


Block = TextBlock | ReasoningBlock | CallBlock


class CollectedAnswer:
    """Blocks in the order in which they began."""

    def __init__(self) -> None:
        self.routed: TurnRouted | None = None
        self.finished: TurnFinished | None = None
        self.blocks: list[Block] = []
        self._calls: dict[int, CallBlock] = {}

    def add(self, batch: StreamBatch) -> None:
        """Take the next events of the answer."""
        for event in batch:
            match event:
                case TextDelta(text):
                    last = self.blocks[-1] if self.blocks else None
                    if isinstance(last, TextBlock):
                        last.pieces.append(text)
                    else:
                        self.blocks.append(TextBlock([text]))
                case ReasoningDelta(text):
                    last = self.blocks[-1] if self.blocks else None
                    if isinstance(last, ReasoningBlock):
                        last.pieces.append(text)
                    else:
                        self.blocks.append(ReasoningBlock([text]))
                case ToolCallStarted(index, call_id, name):
                    call = CallBlock(index, call_id, name)
                    self._calls[index] = call
                    self.blocks.append(call)
                case ToolCallArguments(index, text):
                    self._calls[index].pieces.append(text)
                case ToolCallFinished(index):
                    self._calls[index].whole = True
                case TurnRouted():
                    # The answer begins, or begins anew: what another instance said is taken back.
                    self.routed = event
                    self.blocks, self._calls = [], {}
                case TurnFinished():
                    self.finished = event

    @property
    def text(self) -> str:
        """All text of the answer, without what stood between."""
        return "".join(block.text for block in self.blocks if isinstance(block, TextBlock))

    @property
    def reasoning(self) -> str:
        """All reasoning of the answer."""
        return "".join(block.text for block in self.blocks if isinstance(block, ReasoningBlock))

    @property
    def calls(self) -> list[CallBlock]:
        """The tool calls, by index."""
        return [self._calls[index] for index in sorted(self._calls)]
