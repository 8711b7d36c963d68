"""How an answer is spelled as events."""

from gateway_engine.emulator.instructions import ToolUse
from gateway_engine.emulator.replies import Reply, Say, Think, UseTool
from gateway_engine.emulator.scenario import Scenario
from gateway_engine.emulator.spelling import Delta, Spelled, spell

REPLY = Reply((Think(("hm", "m")), Say(("a", "b", "c", "d"))))


def spelled(names: str, reply: Reply = REPLY) -> Spelled:
    return spell(reply, Scenario.parse(names))


def visible(result: Spelled) -> str:
    text = ""
    for event in result.events:
        if isinstance(event, Delta) and not event.step:
            text = event.text if event.overwrite else text + event.text
    return text


def test_plain() -> None:
    result = spelled("")
    thinking = (Delta("hm", "start"), Delta("m", "start"), Delta("", "done"))
    assert result.events == (*thinking, Delta("a"), Delta("b"), Delta("c"), Delta("d"))
    assert (result.status_code, result.reason, result.silent) == (200, "stop", False)


def test_reasoning_in_the_text() -> None:
    assert visible(spelled("think_tag")) == "<think>hmm</think>\n\nabcd"
    assert visible(spelled("think_fence")) == "````think::1234\nhmm\n````\n\nabcd"
    assert all(len(e.text) <= 3 for e in spelled("think_tag").events if isinstance(e, Delta))


def test_overwriting_ends_with_the_whole_answer() -> None:
    for style in ("replace", "first", "extend"):
        result = spelled(f"overwrite={style}")
        assert visible(result) == "abcd", style
        assert any(isinstance(e, Delta) and e.overwrite for e in result.events)


def test_overwriting_keeps_everything_else() -> None:
    call = UseTool((ToolUse("f", {}),), runs_here=True)
    result = spelled("overwrite", Reply((*REPLY.steps, call)))
    assert call in result.events
    assert Delta("", "done") in result.events


def test_quota_filter_and_size() -> None:
    assert spelled("quota").events == ()
    assert spelled("quota=429").status_code == 429
    cut = spelled("filtered")
    assert cut.status_code == 406
    assert cut.events[-1] == Delta("", filtered=True)
    assert len(visible(spelled("huge_message=1000"))) == 1000


def test_silence() -> None:
    assert spelled("full_answer_only").silent
