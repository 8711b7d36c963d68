"""What real clients sent in one task, turn by turn: every later turn goes on in its session.

`tests/golden/clients` holds recordings of real programs (shortened, without what names a person or
a machine): the body, what each turn sent as the conversation, and what the model had answered. The
task is the same everywhere: read a file, edit it, run it, report.
"""

from pathlib import Path
from typing import Any

import pytest

from gateway_engine.conversation import ChatRequest, SessionUse, TextDelta, TurnRouted
from gateway_engine.json_text import parse as parse_json
from gateway_engine.protocols.anthropic_messages import request as anthropic_messages
from gateway_engine.protocols.ollama import request as ollama
from gateway_engine.protocols.openai_chat import request as openai_chat
from gateway_engine.protocols.openai_responses import request as openai_responses
from tests.unit.chat.test_shaped_answers import Script, answer_to, service

RECORDINGS = {
    path.stem: path for path in (Path(__file__).parents[2] / "golden" / "clients").glob("*.json")
}
LONGEST_FOLLOW_UP = 600


def requests(recording: dict[str, Any]) -> list[ChatRequest]:
    found = []
    for turn in recording["turns"]:
        said = {name: turn[name] for name in ("messages", "input") if name in turn}
        body = {**recording["body"], **said}
        match recording["path"]:
            case "/v1/messages":
                found.append(anthropic_messages.parse(body).request)
            case "/v1/responses":
                found.append(openai_responses.parse(body).request)
            case "/v1/chat/completions":
                found.append(openai_chat.parse(body).request)
            case "/api/chat":
                found.append(ollama.parse_chat(body).request)
    return found


@pytest.mark.parametrize("name", RECORDINGS)
async def test_only_the_first_turn_is_a_transcript(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    recording: Any = parse_json(RECORDINGS[name].read_bytes())
    asked = requests(recording)
    assert len(asked) == 4
    script = Script(*(turn["answer"] for turn in recording["turns"]))
    uses = []
    async with service(script, monkeypatch) as chat:
        for request in asked:
            events = await answer_to(chat, request)
            assert isinstance(events[0], TurnRouted)
            uses.append(events[0].session)
    assert uses == [SessionUse.MISS, SessionUse.HIT, SessionUse.HIT, SessionUse.HIT]
    last = "".join(event.text for event in events if isinstance(event, TextDelta))
    assert last.startswith("Done. calc.py was edited and run; it prints OUTPUT:84.")

    assert "calc.py" in script.asked[0].prompt
    for ask in script.asked[1:]:
        assert "```tool result " in ask.prompt
        assert "Assistant:" not in ask.prompt
        assert len(ask.prompt) < LONGEST_FOLLOW_UP
    assert len({ask.session_id for ask in script.asked[1:]}) == 1
