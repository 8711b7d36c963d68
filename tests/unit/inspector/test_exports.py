"""HAR, cURL, HTML and raw answers: valid for those who read them, whatever a client sent."""

import datetime
import io
import shlex
import zipfile
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway_engine.conversation import Change
from gateway_engine.inspector.curl import MAX_ARGUMENT_CHARS, curl, quoted
from gateway_engine.inspector.exports import ExportKind, export
from gateway_engine.inspector.har import har
from gateway_engine.inspector.html_page import html_page
from gateway_engine.inspector.page_words import PageWords
from gateway_engine.inspector.record import TO_UPSTREAM, Frame, KeptText, Record
from gateway_engine.inspector.redaction import SecretFinder
from gateway_engine.inspector.snippets import javascript, python
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
    assert entry["timings"] == {"blocked": -1, "send": 0, "wait": 120.0, "receive": 780.0}
    assert entry["comment"] == ""
    assert entry["_resourceType"] == "fetch", "a browser would list an event stream as a script"


def test_har_tells_the_wait_for_an_instance_from_that_for_the_model() -> None:
    made = record()
    assert made.details is not None
    asked = Frame(30.0, TO_UPSTREAM, KeptText('{"method": "chat/ask"}', 22))
    (entry,) = har(replace(made, details=replace(made.details, frames=(asked,))))["log"]["entries"]
    assert entry["timings"] == {"blocked": 30.0, "send": 0, "wait": 90.0, "receive": 780.0}
    assert sum(entry["timings"].values()) == entry["time"]


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


def test_har_of_several_is_valid_and_in_order() -> None:
    late, early = record(at=1_800_000_060.0), record(at=1_800_000_000.0)
    document = har(late, early, record(bodies=False))
    check(document, HAR)
    times = [entry["startedDateTime"] for entry in document["log"]["entries"]]
    assert times == sorted(times)
    assert all(e["request"]["url"].startswith("http://") for e in document["log"]["entries"])


# --- the HTML page ---


class Reader(HTMLParser):
    """The elements of a page, and whatever could load or run something."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.words: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_data(self, data: str) -> None:
        self.words.append(data)


PLAIN_TAGS = {"html", "head", "meta", "title", "style", "body", "h1", "h2", "p", "pre"}
PLAIN_TAGS |= {"table", "tr", "th", "td", "details", "summary"}


@given(
    text=st.text(st.characters(codec="utf-8", exclude_characters="\0\r"))
    | st.sampled_from(["</pre><script>alert(1)</script>", "<img src=x onerror=alert(1)>", "&lt;"])
)
def test_nothing_a_client_sent_becomes_part_of_the_page(text: str) -> None:
    made = made_with(text.encode(), headers=(("accept", text),))
    for page in (html_page([made]), html_page([made, record()])):
        check_page(page, text)


def check_page(page: str, text: str) -> None:
    read = Reader(page)
    assert read.tags <= PLAIN_TAGS
    assert read.attributes <= {"lang", "charset", "http-equiv", "content", "name", "class"}
    assert text in "".join(read.words)


def test_the_page_forbids_itself_everything_and_tells_the_whole_story() -> None:
    page = html_page([record()])
    assert "default-src 'none'" in page.replace("&#x27;", "'")
    for told in ("qwen", "chat/ask", "Hello", "data: [DONE]", "req_"):
        assert told in page
    assert "only figures were kept" in html_page([record(bodies=False)])


def test_a_model_that_was_asked_for_by_its_own_name_is_named_once() -> None:
    made = record()
    own = replace(made, summary=replace(made.summary, model_asked="qwen", model_used="qwen"))
    assert "qwen → qwen" not in html_page([own])
    other = replace(made, summary=replace(made.summary, model_asked="gpt-4o", model_used="qwen"))
    assert "gpt-4o → qwen" in html_page([other])


# --- what leaves ---


@pytest.mark.parametrize(
    ("kind", "ending"),
    [(ExportKind.HAR, ".har"), (ExportKind.HTML, ".html"), (ExportKind.RAW_ANSWER, ".sse")],
)
def test_an_export_says_what_is_in_it(kind: ExportKind, ending: str) -> None:
    made = export([record("req_7")], kind)
    assert made.file_name == f"lingma-gateway-req_7{ending}"
    assert (made.requests, made.without_details, made.cut) == (1, 0, False)
    assert made.answer_bytes == len(b'data: {"choices":[{"delta":{"content":"Hi"}}]}\n\n') + 14
    assert bool(made.sent_bytes) is (kind is not ExportKind.RAW_ANSWER)
    assert bool(made.frames) is (kind is ExportKind.HTML)


def test_the_raw_answer_is_what_the_client_got() -> None:
    made = export([record()], ExportKind.RAW_ANSWER)
    assert made.content.decode().endswith("data: [DONE]\n\n")
    assert export([record(bodies=False)], ExportKind.RAW_ANSWER).content == b""


def test_several_make_one_file_of_every_kind() -> None:
    late, early = record("req_b", at=1_800_000_060.0), record("req_a", at=1_800_000_000.0)
    figures = record("req_c", bodies=False, at=1_800_000_090.0)
    made = export([late, early, figures], ExportKind.HAR)
    assert (made.requests, made.without_details) == (3, 1)
    page = export([late, early, figures], ExportKind.HTML)
    assert page.file_name == "lingma-gateway-3-requests.html"
    text = page.content.decode()
    assert text.index("req_a") < text.index("req_b") < text.index("req_c")
    packed = export([late, early, figures], ExportKind.RAW_ANSWER)
    assert packed.file_name == "lingma-gateway-3-requests.zip"
    with zipfile.ZipFile(io.BytesIO(packed.content)) as archive:
        assert archive.namelist() == ["1-req_a.sse", "2-req_b.sse"]
        assert archive.read("1-req_a.sse").endswith(b"data: [DONE]\n\n")
    with pytest.raises(ValueError, match="nothing"):
        export([], ExportKind.HAR)


def test_a_page_says_it_in_the_words_it_is_given() -> None:
    made = record()
    assert made.details is not None
    changed = replace(made, details=replace(made.details, changes=(CHANGE,)))
    words = PageWords(
        language="zh-CN", answer="回答", roles={"user": "用户"}, reasons={"not_taken": "不支持"}
    )
    page = export([changed], ExportKind.HTML, words).content.decode()
    assert '<html lang="zh-CN">' in page
    for said in ("<h2>回答</h2>", "0. 用户: Hello", "不支持"):
        assert said in page
    assert "in English" not in page
    assert "in English" in html_page([changed])


def test_a_page_calls_an_instance_as_it_is_told() -> None:
    made = record()
    name = made.summary.instance
    assert name
    page = html_page([made], PageWords(instances={name: f"Work · {name}"}))
    assert f"<td>Work · {name}</td>" in page


def test_a_page_names_the_protocol_of_its_request() -> None:
    made = record()
    for key, name in (("openai_responses", "OpenAI Responses"), ("a_later_one", "a_later_one")):
        page = html_page([replace(made, summary=replace(made.summary, protocol=key))])
        assert f"<title>{name} request {made.summary.id}</title>" in page


CHANGE = Change("temperature", "dropped", "in English", "not_taken")
CANARY = "sk-Canary/0123456789abcdef"


def test_a_planted_secret_is_in_no_export() -> None:
    told = trace(
        headers=(("Authorization", f"Bearer {CANARY}"), ("accept", CANARY)),
        url=f"http://127.0.0.1:8317/v1/chat/completions?key={CANARY}",
    )
    told.received(f'{{"model": "m", "messages": [{{"content": "{CANARY}"}}]}}'.encode())
    told.to_upstream(f'{{"params":{{"token":"{CANARY}"}}}}'.encode())
    told.answered(f'data: {{"choices":[{{"delta":{{"content":"{CANARY}"}}}}]}}\n\n'.encode())
    told.outcome.headers = (("x-request-id", CANARY),)
    made = write_record(told, SecretFinder.of([CANARY]))
    written = [export([made], kind).content.decode() for kind in ExportKind]
    written += [html_page([made, made])]
    written += [curl(made), python(made), javascript(made)]
    for text in written:
        assert "0123456789abcdef" not in text
        assert "Canary" not in text
    assert export([made], ExportKind.HAR).removed
