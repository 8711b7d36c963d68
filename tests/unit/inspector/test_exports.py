"""HAR and cURL: valid for those who read them, whatever a client sent."""

import datetime
import shlex
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway_engine.inspector.curl import MAX_ARGUMENT_CHARS, curl, quoted
from gateway_engine.inspector.har import har
from gateway_engine.inspector.record import Record
from gateway_engine.inspector.writing import write_record
from tests.unit.inspector.samples import NO_SECRETS, record, trace

NAME_VALUE = {"name": str, "value": str}
HAR: dict[str, Any] = {
    "log": {
        "version": str,
        "creator": {"name": str, "version": str},
        "entries": [
            {
                "startedDateTime": str,
                "time": float,
                "request": {
                    "method": str,
                    "url": str,
                    "httpVersion": str,
                    "cookies": [NAME_VALUE],
                    "headers": [NAME_VALUE],
                    "queryString": [NAME_VALUE],
                    "postData": {"mimeType": str, "params": [NAME_VALUE], "text": str},
                    "headersSize": int,
                    "bodySize": int,
                },
                "response": {
                    "status": int,
                    "statusText": str,
                    "httpVersion": str,
                    "cookies": [NAME_VALUE],
                    "headers": [NAME_VALUE],
                    "content": {"size": int, "mimeType": str},
                    "redirectURL": str,
                    "headersSize": int,
                    "bodySize": int,
                },
                "cache": {},
                "timings": {"send": float, "wait": float, "receive": float},
            }
        ],
    }
}
"""What HAR 1.2 wants to be there, by hand from its specification."""


def check(value: Any, wanted: Any, path: str = "har") -> None:
    """Fail where `value` has not what is `wanted`."""
    if isinstance(wanted, dict):
        assert isinstance(value, dict), path
        for name, inner in wanted.items():
            assert name in value, f"{path}.{name}"
            check(value[name], inner, f"{path}.{name}")
    elif isinstance(wanted, list):
        assert isinstance(value, list), path
        for item in value:
            check(item, wanted[0], f"{path}[]")
    elif wanted is float:
        assert isinstance(value, int | float), path
        assert value >= 0, path
    else:
        assert type(value) is wanted, path


@pytest.mark.parametrize("made", [record(), record(bodies=False)], ids=["whole", "line"])
def test_har_is_valid(made: Record) -> None:
    document = har(made)
    check(document, HAR)
    assert document["log"]["version"] == "1.2"
    (entry,) = document["log"]["entries"]
    assert datetime.datetime.fromisoformat(entry["startedDateTime"]).timestamp() == 1_800_000_000
    timings = [t for t in entry["timings"].values() if t >= 0]
    assert entry["time"] == pytest.approx(sum(timings))
    assert set(document["log"]) <= {"version", "creator", "entries", "comment"}


def test_har_says_what_was_asked_and_answered() -> None:
    (entry,) = har(record())["log"]["entries"]
    assert entry["request"]["queryString"] == [{"name": "beta", "value": "true"}]
    assert entry["request"]["postData"]["text"].startswith('{"model"')
    assert entry["request"]["postData"]["mimeType"] == "application/json"
    assert {"name": "authorization", "value": "***"} in entry["request"]["headers"]
    assert entry["response"]["content"]["mimeType"] == "text/event-stream"
    assert entry["timings"] == {"send": 0, "wait": 120.0, "receive": 780.0}
    assert entry["comment"] == ""


def made_with(body: bytes, *, headers: tuple[tuple[str, str], ...] = ()) -> Record:
    told = trace(headers=headers)
    told.received(body)
    return write_record(told, NO_SECRETS)


def words(command: str) -> list[str]:
    """The words a POSIX shell would make of it, without expanding anything."""
    return shlex.split(command, posix=True)


def test_curl_reads_the_key_from_the_environment() -> None:
    command = curl(record())
    assert '-H "Authorization: Bearer $LINGMA_GATEWAY_API_KEY"' in command
    assert words(command)[:3] == ["curl", "-sS", "-N"]
    assert "http://127.0.0.1:8317/v1/chat/completions?beta=true" in words(command)
    assert words(command)[-2:] == ["--data-raw", '{"model": "gpt-4o", "messages": []}']


@given(body=st.text(st.characters(exclude_characters="\0", codec="utf-8"), min_size=1))
def test_the_body_is_one_word_that_nothing_in_it_can_leave(body: str) -> None:
    command = curl(made_with(body.encode()))
    assert words(command)[-1] == body
    assert words(command)[-2] == "--data-raw"
    assert command.count("$") == 1 + body.count("$")


@given(text=st.text(st.characters(exclude_characters="\0", codec="utf-8")))
def test_a_quoted_word_is_one_word(text: str) -> None:
    assert shlex.split(quoted(text)) == [text]


def test_large_bodies_come_from_a_document_that_nothing_ends_early() -> None:
    body = '{"a": "$(rm -rf ~) `id` END_OF_BODY\nEND_OF_BODY\n' + "x" * MAX_ARGUMENT_CHARS + '"}'
    command = curl(made_with(body.encode()))
    first, _, rest = command.partition("\n")
    assert first.endswith("--data-binary @- <<'END_OF_BODY_'")
    assert rest == f"{body}\nEND_OF_BODY_\n"


def test_only_headers_that_mean_something_are_sent_again() -> None:
    headers = (("anthropic-version", "2023-06-01"), ("User-Agent", "x"), ("Host", "h"))
    command = curl(made_with(b"{}", headers=headers))
    assert "-H 'anthropic-version: 2023-06-01'" in command
    assert "User-Agent" not in command
    assert "host" not in command


def test_a_header_cannot_bring_a_line_of_its_own() -> None:
    command = curl(made_with(b"{}", headers=(("accept", "a\nrm -rf ~\n'b"),)))
    assert len(command.splitlines()) == 1
    assert "accept: a rm -rf ~ 'b" in words(command)
