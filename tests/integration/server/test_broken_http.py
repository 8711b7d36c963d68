"""What is no request, or expects what nobody gives: refused in the right form, and never quoted."""

import asyncio
import logging

import pytest

from tests.support.raw_http import READ_TIMEOUT_S, ask, connection
from tests.support.scripted_backend import KEY, endpoint

AUTH = {"Authorization": f"Bearer {KEY}"}
VERSION = {"anthropic-version": "2023-06-01"}


@pytest.mark.parametrize(
    ("path", "extra", "form"),
    [
        ("/api/chat", {}, "ollama"),
        ("/v1/messages", {}, "anthropic"),
        ("/nothing/here", VERSION, "anthropic"),
        ("/v1/chat/completions", {}, "openai"),
    ],
)
async def test_an_unknown_expectation_is_refused_in_the_form_of_its_path(
    path: str, extra: dict[str, str], form: str
) -> None:
    async with endpoint() as server:
        reply = await ask(server.port, "POST", path, {**AUTH, **extra, "Expect": "a\xff"}, b"{}")
    assert reply.status == 400
    error = reply.json["error"]
    assert "100-continue" in (error if form == "ollama" else error["message"])
    assert (reply.json.get("type") == "error") == (form == "anthropic")
    assert ("request-id" in reply.headers) == (form == "anthropic")
    assert reply.headers["x-request-id"].startswith("req_")


async def test_an_expected_continuation_is_given_before_any_answer() -> None:
    async with endpoint() as server, connection(server.port) as wire:
        await wire.request("POST", "/v1/messages", {**AUTH, "Expect": "100-continue"}, b"[]")
        assert (await wire.head())[0] == 100
        assert (await wire.reply()).status == 400


@pytest.mark.parametrize(
    "raw",
    [
        b"GET /v1/models HTTP/1.1\r\nHost: localhost\r\nX-Api-Key: sk-planted"
        + b"y" * 70_000
        + b"\r\n\r\n",
        b"GET http://[::1/v1/models?key=sk-planted HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET http://localhost:none/?key=sk-planted HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET /v1/models HTTP/1.1\r\nHost: localhost\r\nX-Api-Key : sk-planted\r\n\r\n",
        b"GET /v1/models HTTP/1.1\r\nHost: localhost\r\nX-Api-Key: sk-planted\x00\r\n\r\n",
        b"get /sk-planted HTTP/1.1\r\nHost: localhost\r\n\r\n",
    ],
)
async def test_what_is_not_http_is_never_quoted(
    raw: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG, logger="gateway_engine"):
        async with endpoint() as server, connection(server.port) as wire:
            await wire.send(raw)
            reply = await wire.reply()
    assert reply.status == 400
    assert b"planted" not in reply.body
    assert "refused what is not HTTP" in caplog.text
    assert "planted" not in caplog.text


@pytest.mark.parametrize(
    "raw",
    [
        b"NONSENSE\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET /v1/models HTTP/1.1\r\nHost: localhost\r\nBad Header\r\n\r\n",
        b"GET /v1/models HTTP/1.1\r\nHost: localhost\r\nX: a\x00b\r\n\r\n",
        b"GET /v1/models HTTP/1.1\r\nHost: localhost\r\nX: " + b"y" * 70_000 + b"\r\n\r\n",
        b"POST /v1/messages HTTP/1.1\r\nHost: localhost\r\nContent-Length: abc\r\n\r\n",
        b"POST /v1/messages HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n"
        b"Transfer-Encoding: chunked\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET http://[::1/v1/models HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET \xff\xfe HTTP/1.1\r\nHost: localhost\r\n\r\n",
    ],
)
async def test_what_is_not_http_is_a_400_in_json(raw: bytes) -> None:
    async with endpoint() as server, connection(server.port) as wire:
        await wire.send(raw)
        reply = await wire.reply()
        assert reply.status == 400
        assert reply.json["error"]["type"] == "invalid_request_error"
        assert reply.headers["x-request-id"].startswith("req_")
        assert b"Traceback" not in reply.body
        assert reply.headers["server"] == "lingma-gateway"
        assert await wire.at_eof()


async def test_headers_of_many_kilobytes_are_read() -> None:
    async with endpoint() as server:
        reply = await ask(server.port, "GET", "/v1/models", {**AUTH, "X-Long": "y" * 40_000})
    assert reply.status == 200


@pytest.mark.parametrize("begun", [b"", b"POST /v1/mess", b"GET / HTTP/1.1\r\nHost: a\r\nX-A: "])
async def test_a_connection_without_a_request_is_closed(begun: bytes) -> None:
    async with endpoint(client_stall_s=0.2) as server, connection(server.port) as wire:
        await wire.send(begun)
        async with asyncio.timeout(READ_TIMEOUT_S):
            assert await wire.reader.read() == b""


@pytest.mark.parametrize("encoding", [{"Content-Length": "9"}, {"Transfer-Encoding": "chunked"}])
async def test_a_request_whose_rest_does_not_come_is_refused(encoding: dict[str, str]) -> None:
    async with endpoint(client_stall_s=0.2) as server, connection(server.port) as wire:
        await wire.request("POST", "/v1/chat/completions", {**AUTH, **encoding})
        await wire.send(b"3\r\n{")
        reply = await wire.reply()
    assert reply.status == 408
    assert reply.json["error"]["code"] == "client_too_slow"
