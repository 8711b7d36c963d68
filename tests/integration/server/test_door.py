"""What stands before every route: keys, Host, Origin, ids, forms of errors, bodies."""

import asyncio
import json
from dataclasses import replace
from typing import Any

import pytest

from gateway_engine import errors
from gateway_engine.events import RequestFinished, RequestRefused, RequestStarted
from gateway_engine.inspector.query import RecordQuery
from gateway_engine.server.access import AccessRules
from tests.support.hygiene import ExpectedLogs
from tests.support.raw_http import ask, connection
from tests.support.scripted_backend import KEY, RULES, ScriptedBackend, endpoint

AUTH = {"Authorization": f"Bearer {KEY}"}
CHAT = b'{"model":"m","messages":[{"role":"user","content":"Hi"}]}'
JSON = {"Content-Type": "application/json"}
VERSION = {"anthropic-version": "2023-06-01"}


def code(body: Any) -> str:
    """The stable code of an error of the OpenAI form."""
    return str(body["error"]["code"])


@pytest.mark.parametrize(
    "headers", [AUTH, {"x-api-key": KEY}, {"authorization": f"bearer {KEY}"}], ids=str
)
@pytest.mark.parametrize("path", ["/v1/models", "/v1/models/qwen-max"])
async def test_either_header_carries_the_key(path: str, headers: dict[str, str]) -> None:
    async with endpoint() as server:
        assert (await ask(server.port, "GET", path, headers)).status == 200


@pytest.mark.parametrize(
    "headers", [{}, {"x-api-key": "wrong"}, {"Authorization": "Bearer \udce4\udcff"}], ids=str
)
async def test_without_a_key_nothing_but_probes_answers(headers: dict[str, str]) -> None:
    async with endpoint() as server:
        for method, path in [
            ("GET", "/v1/models"),
            ("POST", "/v1/chat/completions"),
            ("POST", "/v1/messages"),
        ]:
            reply = await ask(server.port, method, path, headers)
            assert reply.status == 401
            assert reply.json["error"]["type"] == "authentication_error"
        for path in ("/healthz", "/readyz", "/"):
            assert (await ask(server.port, "GET", path, headers)).status == 200
    assert not server.backend.asked


@pytest.mark.parametrize("host", ["evil.com", "localhost.evil.com", "127.0.0.1.evil", "0x7f.1"])
async def test_a_foreign_host_is_refused_everywhere_but_at_the_probes(host: str) -> None:
    async with endpoint() as server:
        reply = await ask(server.port, "GET", "/v1/models", {**AUTH, "Host": host})
        assert (reply.status, code(reply.json)) == (403, "forbidden_host")
        reply = await ask(server.port, "GET", "/", {"Host": host})
        assert reply.status == 403
        for path in ("/healthz", "/readyz"):
            assert (await ask(server.port, "GET", path, {"Host": host})).status == 200


async def test_a_target_in_absolute_form_names_a_host_too() -> None:
    async with endpoint() as server:
        reply = await ask(server.port, "GET", "http://evil.com/v1/models", AUTH)
        assert (reply.status, code(reply.json)) == (403, "forbidden_host")
        reply = await ask(server.port, "GET", f"http://127.0.0.1:{server.port}/v1/models", AUTH)
        assert reply.status == 200


async def test_a_host_is_needed() -> None:
    async with endpoint() as server:
        for version, status in ((b"1.0", 403), (b"1.1", 400)):
            async with connection(server.port) as wire:
                await wire.send(b"GET /v1/models HTTP/" + version + b"\r\n\r\n")
                assert (await wire.reply()).status == status


async def test_two_hosts_are_refused() -> None:
    async with endpoint() as server, connection(server.port) as wire:
        await wire.send(b"GET /v1/models HTTP/1.1\r\nHost: localhost\r\nHost: evil.com\r\n\r\n")
        assert (await wire.reply()).status in (400, 403)


@pytest.mark.parametrize("second", ["tauri://localhost", "https://evil.com"])
async def test_two_origins_are_refused_without_cors_headers(second: str) -> None:
    async with endpoint() as server, connection(server.port) as wire:
        await wire.send(
            b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nOrigin: tauri://localhost\r\n"
            b"Origin: " + second.encode() + b"\r\n\r\n"
        )
        reply = await wire.reply()
    assert (reply.status, code(reply.json)) == (403, "forbidden_origin")
    assert not [name for name in reply.headers if name.startswith("access-control")]


@pytest.mark.parametrize("origin", ["null", "http://localhost:3000", "https://evil.com", "file://"])
async def test_a_foreign_page_is_refused_without_cors_headers(origin: str) -> None:
    async with endpoint() as server:
        for method in ("POST", "OPTIONS"):
            reply = await ask(
                server.port,
                method,
                "/v1/chat/completions",
                {**AUTH, **JSON, "Origin": origin, "Access-Control-Request-Method": "POST"},
                CHAT,
            )
            assert (reply.status, code(reply.json)) == (403, "forbidden_origin")
            assert not any(name.startswith("access-control") for name in reply.headers)
    assert not server.backend.asked


async def test_an_app_gets_its_preflight_without_a_key_and_its_answer_with_one() -> None:
    origin = "vscode-webview://abc"
    async with endpoint() as server:
        preflight = await ask(
            server.port,
            "OPTIONS",
            "/v1/messages",
            {
                "Origin": origin,
                "Access-Control-Request-Method": "POST",
                "Access-Control-Request-Headers": "x-api-key, content-type",
                "Access-Control-Request-Private-Network": "true",
            },
        )
        assert preflight.status == 204
        assert preflight.headers["access-control-allow-origin"] == origin
        assert "POST" in preflight.headers["access-control-allow-methods"]
        assert preflight.headers["access-control-allow-headers"] == "x-api-key, content-type"
        assert preflight.headers["access-control-allow-private-network"] == "true"
        assert "Origin" in preflight.headers["vary"]
        for auth, status in ((AUTH, 200), ({}, 401)):
            for stream in (b"false", b"true"):
                body = CHAT[:-1] + b',"stream":' + stream + b"}"
                reply = await ask(
                    server.port,
                    "POST",
                    "/v1/chat/completions",
                    {**auth, **JSON, "Origin": origin},
                    body,
                )
                assert reply.status == status
                assert reply.headers["access-control-allow-origin"] == origin
                assert "x-request-id" in reply.headers["access-control-expose-headers"]


@pytest.mark.parametrize(
    ("method", "path", "headers", "status", "form"),
    [
        ("GET", "/nowhere", {}, 404, "openai"),
        ("POST", "/v1/embeddings", AUTH, 404, "openai"),
        ("GET", "/nowhere", VERSION, 404, "anthropic"),
        ("GET", "/v1/messages/batches", {}, 404, "anthropic"),
        ("POST", "/api/chat", {}, 401, "ollama"),
        ("POST", "/api/embed", {}, 404, "ollama"),
        ("GET", "/v1/chat/completions", AUTH, 405, "openai"),
        ("DELETE", "/v1/messages", AUTH, 405, "anthropic"),
        ("OPTIONS", "/v1/messages", AUTH, 405, "anthropic"),
        ("HEAD", "/v1/messages", AUTH, 405, None),
        ("POST", "/v1/models", AUTH, 405, "openai"),
        ("POST", "/v1/models", {**AUTH, **VERSION}, 405, "anthropic"),
        ("PATCH", "/v1/models", AUTH, 405, "openai"),
        ("GET", "/v1/models/nobody", AUTH, 404, "openai"),
        ("GET", "/v1/models/no/body", {**AUTH, **VERSION}, 404, "anthropic"),
        ("GET", "/v1/models?limit=0", {**AUTH, **VERSION}, 400, "anthropic"),
        ("GET", "/%00", {}, 404, "openai"),
        ("GET", "/%ff%fe", {}, 404, "openai"),
        ("GET", "/%zz", {}, 404, "openai"),
        ("GET", "/v1/models/%ff", AUTH, 404, "openai"),
        ("GET", "/v1/models/%zz", AUTH, 404, "openai"),
        ("GET", "//v1/models", AUTH, 404, "openai"),
    ],
)
async def test_each_path_has_its_form_of_error(
    method: str, path: str, headers: dict[str, str], status: int, form: str | None
) -> None:
    async with endpoint() as server:
        reply = await ask(server.port, method, path, headers)
    assert reply.status == status
    assert reply.headers["content-type"] == "application/json"
    assert reply.headers["x-request-id"].startswith("req_")
    assert ("request-id" in reply.headers) == (form == "anthropic" or path == "/v1/messages")
    if status == 405:
        assert reply.headers["allow"]
    match form:
        case "openai":
            assert set(reply.json["error"]) == {"message", "type", "param", "code"}
            assert reply.json["error"]["type"] == "invalid_request_error"
        case "anthropic":
            assert reply.json["type"] == "error"
            assert reply.json["request_id"] == reply.headers["request-id"]
        case "ollama":
            assert isinstance(reply.json["error"], str)


@pytest.mark.parametrize(
    ("headers", "body", "says"),
    [
        (JSON, b"", "no body"),
        (JSON, None, "no body"),
        (JSON, b"{", "not valid JSON"),
        (JSON, b'{"a":NaN}', "not valid JSON"),
        (JSON, b"\xff\xfe{\x00}\x00", "not valid JSON"),
        (JSON, b"[" * 100_000, "not valid JSON"),
        (JSON, b'"\\ud800' + b"[" * 100_000, "not valid JSON"),
        (JSON, b"[]", "must be a JSON object"),
        (JSON, b'"text"', "must be a JSON object"),
        (JSON, b"null", "must be a JSON object"),
        (JSON, b"{}", "model"),
        ({**JSON, "Content-Encoding": "gzip"}, b"not gzip at all", ""),
    ],
)
@pytest.mark.parametrize("path", ["/v1/chat/completions", "/v1/messages"])
async def test_a_bad_body_is_a_clear_400(
    path: str, headers: dict[str, str], body: bytes | None, says: str
) -> None:
    async with endpoint() as server:
        reply = await ask(server.port, "POST", path, {**AUTH, **headers}, body)
    assert reply.status == 400
    assert reply.json["error"]["type"] == "invalid_request_error"
    assert says in reply.json["error"]["message"]


@pytest.mark.parametrize(
    ("path", "extra", "form"),
    [
        ("/api/chat", {}, "ollama"),
        ("/api/show?x=1", {}, "ollama"),
        ("/v1/messages", {}, "anthropic"),
        ("/v1/models", VERSION, "anthropic"),
        ("/v1/chat/completions", {}, "openai"),
    ],
)
async def test_what_breaks_before_its_route_is_told_in_the_form_of_its_path(
    path: str, extra: dict[str, str], form: str
) -> None:
    async with endpoint() as server:
        for odd in ({"Content-Encoding": "br"}, {"Content-Length": "-5"}):
            reply = await ask(server.port, "POST", path, {**AUTH, **JSON, **extra, **odd}, b"x")
            assert reply.status == 400
            error = reply.json["error"]
            told = error if form == "ollama" else error["message"]
            assert "Content-" in told
            assert "install" not in told
            assert (reply.json.get("type") == "error") == (form == "anthropic")
            assert ("request-id" in reply.headers) == (form == "anthropic")


@pytest.mark.parametrize(
    "kind",
    [
        "",
        "application/json",
        "application/json; charset=utf-8",
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "nonsense",
    ],
)
async def test_a_json_body_is_read_whatever_it_calls_itself(kind: str) -> None:
    async with endpoint() as server:
        reply = await ask(
            server.port, "POST", "/v1/chat/completions", {**AUTH, "Content-Type": kind}, CHAT
        )
    assert reply.status == 200


@pytest.mark.parametrize("path", ["/v1/chat/completions", "/v1/messages"])
@pytest.mark.parametrize("chunked", [False, True])
async def test_a_body_over_the_limit_is_413_in_form(path: str, chunked: bool) -> None:
    body = b'{"model":"' + b"x" * 5000 + b'"}'
    async with endpoint(max_body_bytes=1000) as server:
        headers = {**AUTH, **JSON}
        if chunked:
            headers["Transfer-Encoding"] = "chunked"
            headers["Content-Length"] = ""
            body = b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)
        reply = await ask(server.port, "POST", path, headers, body)
    assert reply.status == 413
    if path == "/v1/messages":
        assert reply.json["error"]["type"] == "request_too_large"
    else:
        assert code(reply.json) == "request_too_large"


@pytest.mark.parametrize("path", ["/v1/models/", "/v1/chat/completions/", "/v1/messages/"])
async def test_a_trailing_slash_is_no_other_path(path: str) -> None:
    async with endpoint() as server:
        method = "GET" if "models" in path else "POST"
        body = CHAT[:-1] + b',"max_tokens":5}' if method == "POST" else None
        reply = await ask(server.port, method, path, {**AUTH, **JSON}, body)
    assert reply.status == 200


@pytest.mark.parametrize("path", ["/", "/healthz", "/readyz", "/v1/models"])
async def test_head_is_get_without_a_body(path: str) -> None:
    async with endpoint() as server, connection(server.port) as wire:
        await wire.request("HEAD", path, AUTH)
        reply = await wire.reply(to_head=True)
        assert reply.status == 200
        await wire.request("GET", "/healthz")  # nothing of a body stands in its way
        assert (await wire.reply()).json["ok"] is True


@pytest.mark.parametrize(
    ("path", "status"), [("/healthz", 200), ("/v1/models", 401), ("/nothing", 404)]
)
async def test_no_answer_says_what_this_server_is_made_of(path: str, status: int) -> None:
    async with endpoint() as server:
        reply = await ask(server.port, "GET", path)
    assert (reply.status, reply.headers["server"]) == (status, "lingma-gateway")


async def test_ollama_clients_find_what_they_look_for() -> None:
    async with endpoint() as server:
        reply = await ask(server.port, "GET", "/", {"User-Agent": "ollama-python/0.4"})
        assert reply.body == b"Ollama is running"
        reply = await ask(server.port, "GET", "/", {"User-Agent": "curl/8"})
        assert reply.json["name"] == "lingma-gateway"


async def test_readiness_is_a_status() -> None:
    async with endpoint() as server:
        server.admin.statuses = ()
        assert (await ask(server.port, "GET", "/readyz")).status == 503
        reply = await ask(server.port, "GET", "/healthz")
        assert reply.status == 200
        assert reply.json["ok"] is False
        assert reply.json["instances"] == []


@pytest.mark.parametrize("path", ["/v1/chat/completions", "/v1/messages", "/v1/models"])
async def test_a_bug_is_a_500_without_its_traceback(path: str, expected_logs: ExpectedLogs) -> None:
    expected_logs.expect("unexpected failure", logger="gateway_engine.server")
    secret = RuntimeError("the secret of the traceback")
    backend = ScriptedBackend(script=[secret], models_error=secret)
    async with endpoint(backend=backend) as server:
        method = "GET" if "models" in path else "POST"
        body = CHAT[:-1] + b',"max_tokens":5}' if method == "POST" else None
        reply = await ask(server.port, method, path, {**AUTH, **JSON}, body)
    assert reply.status == 500
    assert b"secret" not in reply.body
    assert "Traceback" not in reply.body.decode()
    assert reply.json["error"]["type"] in ("server_error", "api_error")


async def test_models_fail_with_the_backends_reason() -> None:
    backend = ScriptedBackend(models_error=errors.LoginRequiredError("sign in first"))
    async with endpoint(backend=backend) as server:
        reply = await ask(server.port, "GET", "/v1/models", AUTH)
    assert (reply.status, code(reply.json)) == (503, "login_required")


async def test_requests_on_one_connection_have_ids_of_their_own() -> None:
    async with endpoint() as server, connection(server.port) as wire:
        ids = set()
        for _ in range(3):
            await wire.request("GET", "/v1/models", AUTH)
            ids.add((await wire.reply()).headers["x-request-id"])
        assert len(ids) == 3


async def test_a_body_of_16_megabytes_is_read() -> None:
    text = "häuser " * (16 * 1024 * 1024 // 8)
    body = json.dumps(
        {"model": "m", "messages": [{"role": "user", "content": text}]}, ensure_ascii=False
    ).encode()
    async with endpoint() as server:
        async with asyncio.timeout(10):
            reply = await ask(server.port, "POST", "/v1/chat/completions", {**AUTH, **JSON}, body)
        assert reply.status == 200
        part = server.backend.asked[0][0].messages[0].parts[0]
    assert getattr(part, "text", "") == text


async def test_without_keys_the_loopback_is_open() -> None:
    async with endpoint(rules=AccessRules(bound=("127.0.0.1",))) as server:
        assert (await ask(server.port, "GET", "/v1/models")).status == 200
    assert RULES.api_keys


@pytest.mark.parametrize("depth", [200, 400, 900, 1020, 5000])
async def test_nesting_is_read_or_refused(depth: int) -> None:
    nested = b'{"a":' * depth + b"{}" + b"}" * depth
    block = b'{"type":"tool_use","id":"x","name":"y","input":' + nested + b"}"
    body = (
        b'{"model":"m","max_tokens":5,"messages":[{"role":"assistant","content":[' + block + b"]}]}"
    )
    async with endpoint() as server:
        reply = await ask(server.port, "POST", "/v1/messages", {**AUTH, **JSON}, body)
    assert reply.status in (200, 400)
    assert (reply.status == 200) == bool(server.backend.asked)


async def test_each_request_is_one_line_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", logger="gateway_engine.server")
    async with endpoint() as server:
        good = await ask(
            server.port,
            "POST",
            "/v1/chat/completions?secret=1",
            {**AUTH, **JSON, "User-Agent": "OpenAI/Python 3.52.0"},
            CHAT[:-1] + b',"stream":true}',
        )
        bad = await ask(server.port, "GET", "/v1/models", {"x-api-key": "sk-wrong"})
        await ask(server.port, "GET", "/healthz")
    lines = [record for record in caplog.records if record.levelname == "INFO"]
    assert [line.getMessage() for line in lines] == ["request", "request"]
    fields = [vars(line) for line in lines]
    for field, reply, error_code in zip(fields, (good, bad), ("", "invalid_api_key"), strict=True):
        assert field["request_id"] == reply.headers["x-request-id"]
        assert field["status"] == reply.status
        assert field["error_code"] == error_code
    assert fields[0]["path"] == "/v1/chat/completions"
    assert fields[0]["client"] == "OpenAI/Python"
    assert fields[0]["key_id"] == "main"
    assert KEY not in str(fields)
    assert "sk-wrong" not in str(fields)


RECORDS = "/internal/debug/requests"


async def test_the_internal_routes_ask_for_the_admin_token() -> None:
    rules = replace(RULES, admin_keys=(("admin", "root-0123456789"),))
    async with endpoint(rules=rules) as server:
        for headers in (
            {"x-api-key": "root-0123456789"},
            {"Authorization": "Bearer root-0123456789"},
        ):
            reply = await ask(server.port, "GET", RECORDS, headers)
            assert (reply.status, reply.json) == (200, {"requests": [], "next": None})
        for headers in (AUTH, {}):
            reply = await ask(server.port, "GET", RECORDS, headers)
            assert (reply.status, code(reply.json)) == (401, "invalid_api_key")


async def test_without_an_admin_token_the_internal_routes_say_what_to_set() -> None:
    async with endpoint() as server:
        reply = await ask(server.port, "GET", RECORDS, AUTH)
        assert (reply.status, code(reply.json)) == (403, "not_enabled")
        assert "ADMIN_TOKEN" in reply.json["error"]["message"]


RECORDED = [
    ("/v1/chat/completions", "openai_chat"),
    ("/v1/responses", "openai_responses"),
    ("/v1/completions", "openai_completions"),
    ("/v1/messages", "anthropic_messages"),
    ("/api/chat", "ollama"),
    ("/api/generate", "ollama"),
]


@pytest.mark.parametrize(("path", "protocol"), RECORDED)
async def test_a_request_that_never_started_is_told_as_refused(path: str, protocol: str) -> None:
    async with endpoint() as server:
        await ask(server.port, "POST", path, AUTH, b"{no JSON")
        await ask(server.port, "POST", path, {"x-api-key": "wrong"}, CHAT)
        await ask(server.port, "GET", path + "/nowhere/at/all", AUTH)
    told = [e for e in server.events if isinstance(e, RequestRefused)]
    assert [(e.protocol, e.error_code) for e in told] == [
        (protocol, "invalid_request"),
        (protocol, "invalid_api_key"),
    ]
    assert not [e for e in server.events if isinstance(e, RequestStarted | RequestFinished)]


@pytest.mark.parametrize(("path", "protocol"), RECORDED)
async def test_one_that_started_is_told_under_the_name_of_its_record(
    path: str, protocol: str
) -> None:
    body = {"model": "qwen-max", "max_tokens": 50, "stream": False}
    said = {"messages": [{"role": "user", "content": "Hi"}]} | (
        {"input": "Hi"} if protocol == "openai_responses" else {"prompt": "Hi"}
    )
    async with endpoint() as server:
        reply = await ask(server.port, "POST", path, AUTH, json.dumps(body | said).encode())
        (record,) = (await server.records.find(RecordQuery())).summaries
    assert reply.status == 200
    (started,) = [e for e in server.events if isinstance(e, RequestStarted)]
    assert started.protocol == record.protocol == protocol
    assert not [e for e in server.events if isinstance(e, RequestRefused)]
