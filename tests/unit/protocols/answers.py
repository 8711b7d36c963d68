"""Answers as sequences of StreamEvents: some by name, and any by hypothesis."""

from itertools import pairwise

from hypothesis import strategies as st

from gateway_engine.conversation import (
    FinishReason,
    InstanceName,
    ModelId,
    ReasoningDelta,
    SessionUse,
    StreamEvent,
    TextDelta,
    ToolCallArguments,
    ToolCallFinished,
    ToolCallStarted,
    TurnFinished,
    TurnRouted,
    Usage,
)

ROUTED = TurnRouted(
    InstanceName("inst-0"), ModelId("qwen"), "demo", SessionUse.HIT, 30, cached_tokens=10
)

NAMED: dict[str, list[StreamEvent]] = {
    "text": [
        ROUTED,
        TextDelta("Hello"),
        TextDelta(' "wörld"\n\n'),
        TextDelta("🎉"),
        TurnFinished(FinishReason.STOP, Usage(30, 5, cached_tokens=10)),
    ],
    "reasoning_then_text": [
        ROUTED,
        ReasoningDelta("Let me"),
        ReasoningDelta(" think."),
        TextDelta("42"),
        TurnFinished(FinishReason.STOP, Usage(30, 9, reasoning_tokens=4)),
    ],
    "prose_between_calls": [
        ROUTED,
        TextDelta("First."),
        ToolCallStarted(0, "call_a", "read"),
        ToolCallArguments(0, '{"path":'),
        ToolCallArguments(0, '"/tmp/ü"}'),
        ToolCallFinished(0),
        TextDelta("Then."),
        ToolCallStarted(1, "call_b", "ls"),
        ToolCallFinished(1),
        TurnFinished(FinishReason.TOOL_CALLS, Usage(30, 20)),
    ],
    "empty": [ROUTED, TurnFinished(FinishReason.STOP, Usage(30, 0))],
    "stop_sequence": [
        ROUTED,
        TextDelta("one"),
        TurnFinished(FinishReason.STOP_SEQUENCE, Usage(30, 1), stop_sequence="END"),
    ],
    "content_filter": [
        ROUTED,
        TextDelta("I"),
        TurnFinished(FinishReason.CONTENT_FILTER, Usage(30, 1)),
    ],
}

TEXTS = st.text(st.characters(codec="utf-8"), min_size=1, max_size=8)
ARGUMENTS = ["{}", '{"a": 1}', '{"text": "ä\\n\\"", "list": [1, 2.5, null]}']


@st.composite
def answers(draw: st.DrawFn) -> list[StreamEvent]:
    """Any answer a backend may give; the events of different calls and texts may interleave."""
    lanes: list[list[StreamEvent]] = []
    for index in range(draw(st.integers(0, 3))):
        whole = draw(st.sampled_from(["", *ARGUMENTS]))
        cuts = sorted(draw(st.lists(st.integers(0, len(whole)), max_size=3)))
        edges = [0, *cuts, len(whole)]
        pieces = [whole[a:b] for a, b in pairwise(edges) if a < b]
        lanes.append(
            [
                ToolCallStarted(index, f"call_{index}", f"tool_{index}"),
                *(ToolCallArguments(index, piece) for piece in pieces),
                ToolCallFinished(index),
            ]
        )
    prose: list[StreamEvent] = [
        TextDelta(draw(TEXTS)) if is_text else ReasoningDelta(draw(TEXTS))
        for is_text in draw(st.lists(st.booleans(), max_size=6))
    ]
    events = _interleave(draw, lanes, prose)
    usage = Usage(draw(st.integers(10, 99)), draw(st.integers(0, 99)), cached_tokens=10)
    reason = draw(st.sampled_from(FinishReason))
    stop = "END" if reason is FinishReason.STOP_SEQUENCE else ""
    routed = [ROUTED] * draw(st.integers(1, 2))
    return [*routed, *events, TurnFinished(reason, usage, stop_sequence=stop)]


def _interleave(
    draw: st.DrawFn, calls: list[list[StreamEvent]], prose: list[StreamEvent]
) -> list[StreamEvent]:
    """Calls begin in the order of their indices; everything else may mix."""
    events: list[StreamEvent] = []
    begun = 0
    lanes = [list(lane) for lane in calls]
    rest = list(prose)
    while rest or any(lanes):
        choices = [i for i, lane in enumerate(lanes) if lane and i <= begun]
        if rest:
            choices.append(-1)
        chosen = draw(st.sampled_from(choices))
        if chosen == -1:
            events.append(rest.pop(0))
        else:
            if chosen == begun:
                begun += 1
            events.append(lanes[chosen].pop(0))
    return events


@st.composite
def batches(draw: st.DrawFn, events: list[StreamEvent]) -> list[list[StreamEvent]]:
    """The same events, cut into batches anywhere."""
    cuts = sorted(draw(st.lists(st.integers(0, len(events)), max_size=4)))
    edges = [0, *cuts, len(events)]
    return [events[a:b] for a, b in pairwise(edges) if a < b]
