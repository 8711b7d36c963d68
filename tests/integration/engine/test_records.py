"""Records of real requests: both sides are there, no secret is, and they outlive the gateway."""

import asyncio
import base64
import json
import os
import sqlite3
import subprocess
import time
import zlib
from contextlib import closing
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from gateway_engine.credential_text import MARK
from gateway_engine.events import HistoryNote, HistoryNoted, InstanceState, RequestFinished
from gateway_engine.server.app import ALL_ROUTES
from gateway_engine.storage.migrations import STEPS
from tests.integration.cli.commands import started
from tests.integration.engine.running_engine import KEY, Gateway, gateway
from tests.support.hygiene import ExpectedLogs

LIST = "/internal/debug/requests"
ADMIN = "root-Canary-0123456789"
METRICS = "scrape-Canary-0123456789"


async def get(running: Gateway, path: str, *, method: str = "GET", token: str = KEY) -> Any:
    """The JSON (or text) of an internal route."""
    async with running.client() as client:
        headers = {"Authorization": f"Bearer {token}"}
        async with client.request(method, path, headers=headers) as response:
            assert response.status == 200, await response.text()
            is_json = response.content_type == "application/json"
            return await (response.json() if is_json else response.text())


async def newest(running: Gateway, token: str = KEY) -> dict[str, Any]:
    """The whole record of the newest request."""
    page = await get(running, f"{LIST}?limit=1", token=token)
    found: dict[str, Any] = await get(running, f"{LIST}/{page['requests'][0]['id']}", token=token)
    return found


def said(record: dict[str, Any], direction: str) -> list[dict[str, Any]]:
    """The messages of one direction."""
    frames = record["upstream"]["frames"]
    return [json.loads(f["body"]) for f in frames if f["direction"] == direction]


def on_disk(folder: Path) -> bytes:
    """Everything in the database's files, and what is packed in them."""
    found = b"".join(path.read_bytes() for path in folder.glob("history.db*"))
    with closing(sqlite3.connect(folder / "history.db")) as database:
        for (content,) in database.execute("SELECT content FROM details"):
            found += zlib.decompress(content)
    return found


async def test_a_record_has_both_sides_and_what_was_changed(tmp_path: Path) -> None:
    async with gateway(tmp_path) as running:
        answer = await running.ask(
            "think about rain",
            temperature=0.3,
            no_such_field=1,
            messages=[
                {"role": "system", "content": "x-anthropic-billing-header: cch=1\nBe brief."},
                {
                    "role": "user",
                    "content": [
                        {"type": "text", "text": "think about rain"},
                        {
                            "type": "image_url",
                            "image_url": {"url": "data:image/png;base64,iVBORw0KGgo="},
                        },
                    ],
                },
            ],
        )
        record = await newest(running)
    assert record["id"] == answer.headers["x-request-id"]
    assert (record["protocol"], record["path"]) == ("openai_chat", "/v1/chat/completions")
    assert (record["status"], record["error_code"], record["stream"]) == (200, "", True)
    assert (record["model_asked"], record["model_used"]) == ("any", "demo-auto")
    assert (record["instance"], record["session"], record["key_id"]) == ("inst-0", "miss", "key-1")
    assert 0 < record["ttft_ms"] <= record["total_ms"]
    assert record["tokens_out"] > 0
    assert json.loads(record["request"]["body"])["temperature"] == 0.3
    assert ["authorization", MARK] in record["request"]["headers"]
    changes = {(c["field"], c["action"]): c["reason"] for c in record["changes"]}
    assert ("temperature", "dropped") in changes
    assert changes["no_such_field", "dropped"] == "unknown field"
    assert "billing line" in changes["messages[0]", "dropped"]
    assert any(action == "degraded" for _, action in changes)
    (asked,) = said(record, "to_upstream")
    assert asked["method"] == "chat/ask"
    assert "think about rain" in asked["params"]["text"]
    came = said(record, "from_upstream")
    assert came[0]["id"] == asked["id"]
    text = "".join(m["params"]["text"] for m in came if m.get("method") == "chat/answer")
    assert answer.text in text
    assert came[-1]["method"] == "chat/finish"
    assert record["response"]["body"].endswith("data: [DONE]\n\n")
    assert ["x-gateway-model", "demo-auto"] in record["response"]["headers"]
    assert record["replayable"]
    assert record["removed"] == []


@pytest.mark.parametrize(
    ("path", "protocol", "body"),
    [
        ("/v1/messages", "anthropic_messages", {"max_tokens": 9, "messages": None}),
        ("/v1/responses", "openai_responses", {"input": "count to 3"}),
        ("/v1/completions", "openai_completions", {"prompt": "count to 3"}),
        ("/api/chat", "ollama", {"messages": None, "stream": False}),
        ("/api/generate", "ollama", {"prompt": "count to 3"}),
    ],
)
async def test_every_protocol_is_recorded(
    tmp_path: Path, path: str, protocol: str, body: dict[str, Any]
) -> None:
    if "messages" in body:
        body = body | {"messages": [{"role": "user", "content": "count to 3"}]}
    async with gateway(tmp_path) as running, running.client() as client:
        async with client.post(path, json={"model": "any", **body}) as response:
            text = await response.text()
            assert response.status == 200
        record = await newest(running)
        assert record["protocol"] == protocol
        assert len(said(record, "to_upstream")) == 1
        assert json.loads(record["request"]["body"])["model"] == "any"
        assert record["response"]["body"] == text
        listed = await get(running, f"{LIST}?protocol={protocol}&status=2xx&q=count+TO")
        assert [line["id"] for line in listed["requests"]] == [record["id"]]
        assert (await get(running, f"{LIST}?protocol=nothing"))["requests"] == []


def test_every_route_that_asks_a_model_is_recorded() -> None:
    asking = ("/chat/completions", "/v1/completions", "/v1/responses", "/messages", "/api/chat")
    for route in ALL_ROUTES:
        asks = route.method == "POST" and route.path.endswith((*asking, "/api/generate"))
        assert bool(route.recorded_as) == asks, route.path


async def test_failures_are_recorded_with_their_reason(tmp_path: Path) -> None:
    async with gateway(tmp_path) as running, running.client() as client:
        async with client.post("/v1/chat/completions", data=b'{"model": ') as response:
            assert response.status == 400
        broken = await newest(running)
        assert (broken["status"], broken["error_code"]) == (400, "invalid_request")
        assert broken["request"]["body"] == '{"model": '
        assert "not valid JSON" in broken["error_message"]
        assert "not valid JSON" in broken["response"]["body"]
        assert broken["conversation"] is None
        assert broken["upstream"]["frames"] == []
        failed = await running.ask("error 500")
        assert failed.status == 502
        record = await newest(running)
        assert (record["status"], record["error_code"]) == (502, "upstream_error")
        assert said(record, "from_upstream")[-1]["params"]["statusCode"] == 500
        in_band = await running.ask("error 500 after 5")
        assert in_band.status == 200
        record = await newest(running)
        assert (record["status"], record["error_code"]) == (200, "upstream_error")
        page = await get(running, f"{LIST}?status=failed")
        assert len(page["requests"]) == 3
        page = await get(running, f"{LIST}?status=failed&limit=1")
        assert page["next"] == page["requests"][0]["id"]


def ended(running: Gateway) -> RequestFinished | None:
    """How the first request that ended did so."""
    return next((e for e in running.events.seen if isinstance(e, RequestFinished)), None)


async def test_a_client_that_leaves_is_recorded_with_what_it_saw(tmp_path: Path) -> None:
    async with gateway(tmp_path) as running:
        body = {"model": "any", "stream": True}
        body["messages"] = [{"role": "user", "content": "count to 500 every 20 ms"}]
        async with running.client() as client:
            response = await client.post("/v1/chat/completions", json=body)
            await response.content.readany()
            response.close()
        await running.events.until(lambda: ended(running))
        page = await get(running, f"{LIST}?status=499")
        record = await get(running, f"{LIST}/{page['requests'][0]['id']}")
        assert record["error_code"] == "client_gone"
        assert record["response"]["body"].startswith("data: ")
        assert "[DONE]" not in record["response"]["body"]


def login_tokens(work_dir: Path) -> list[str]:
    """The tokens of the emulator's login, as it keeps them."""
    found: list[str] = []
    for path in sorted((work_dir / "cache").iterdir()):
        raw = path.read_bytes()
        for text in (raw, _decoded(raw)):
            try:
                value = json.loads(text)
            except ValueError:
                continue
            if isinstance(value, dict):
                found += [str(value[n]) for n in ("token", "refreshToken") if value.get(n)]
    return found


def _decoded(raw: bytes) -> bytes:
    try:
        return base64.b64decode(raw, validate=True)
    except ValueError:
        return b""


async def test_no_canary_reaches_a_file_or_an_export(tmp_path: Path) -> None:
    """The gateway's own secrets and upstream's tokens, said aloud by a user and echoed back."""
    async with gateway(tmp_path, ADMIN_TOKEN=ADMIN, METRICS_TOKEN=METRICS) as running:
        await running.state(InstanceState.READY)
        tokens = login_tokens(running.work_dir)
        assert len(tokens) == 2
        canaries = [KEY, ADMIN, METRICS, *tokens]
        shown: list[Any] = []
        async with running.client() as client:
            for stream in (True, False):
                for canary in canaries:
                    answer = await running.ask(f"echo: it is {canary}.", stream=stream, user=canary)
                    assert canary in answer.text
                    record = await newest(running, ADMIN)
                    shown.append(record)
                    assert not record["replayable"]
                    assert "request.body" in record["obstacle"]
                    at = f"{LIST}/{record['id']}"
                    shown.append(await get(running, f"{at}/har", token=ADMIN))
                    command = await get(running, f"{at}/curl", token=ADMIN)
                    assert command.startswith("# cannot be replayed")
                    shown.append(command)
                    frames = said(record, "from_upstream")
                    texts = [f["params"].get("text", "") for f in frames if "params" in f]
                    shown.append("".join(texts))
                    assert MARK in shown[-1]
            body = {"model": "any", "input": f"echo: {KEY}", "store": True}
            async with client.post("/v1/responses", json=body) as response:
                stored = await response.json()
            async with client.get(f"/v1/responses/{stored['id']}") as response:
                assert MARK in await response.text()
        folder = running.plan.paths.data_dir
        files = on_disk(folder)
        shown += [await get(running, LIST, token=ADMIN)]
        text = json.dumps(shown)
    files += on_disk(folder)
    assert b"it is" in files
    for canary in canaries:
        assert canary not in text
        assert canary.encode() not in files


async def test_the_log_of_a_whole_life_holds_no_key(tmp_path: Path) -> None:
    async with started(tmp_path, "serve", "--upstream", "demo", LOG_LEVEL="DEBUG") as command:
        await command.ready()
        await command.upstreams()
        assert KEY in await command.ask(f"echo: {KEY}")
        process = command.process
        process.terminate()
        _, err = await command.rest()
    home = tmp_path / "home"
    files = on_disk(home / "data")
    log = (home / "state" / "logs" / "gateway.log").read_text("utf-8")
    assert b"echo" in files
    assert KEY.encode() not in files
    assert KEY not in err
    assert KEY not in log


async def test_records_and_stored_responses_outlive_the_gateway(tmp_path: Path) -> None:
    async with gateway(tmp_path) as running, running.client() as client:
        await running.ask("count to 3")
        body = {"model": "any", "input": "count to 4", "store": True}
        async with client.post("/v1/responses", json=body) as response:
            first = await response.json()
        before = await newest(running)
    async with gateway(tmp_path) as running, running.client() as client:
        assert await newest(running) == before
        listed = await get(running, LIST)
        assert [line["protocol"] for line in listed["requests"]] == [
            "openai_responses",
            "openai_chat",
        ]
        body = {"model": "any", "input": "history", "previous_response_id": first["id"]}
        async with client.post("/v1/responses", json=body) as response:
            assert response.status == 200
        at = f"/v1/responses/{first['id']}"
        async with client.delete(at) as response:
            assert response.status == 200
        async with client.get(at) as response:
            assert response.status == 404
        assert await get(running, LIST, method="DELETE") == {"wiped": True}
        assert (await get(running, LIST))["requests"] == []
    assert b"count to" not in on_disk(running.plan.paths.data_dir)


async def test_without_bodies_only_figures_are_kept(tmp_path: Path) -> None:
    async with gateway(tmp_path, RECORD_BODIES="false") as running:
        await running.ask("echo: a secret of mine")
        record = await newest(running)
        assert record["bodies_kept"] is False
        assert record["tokens_out"] > 0
        assert "request" not in record
        assert "RECORD_BODIES" in await get(running, f"{LIST}/{record['id']}/curl")
        assert (await get(running, f"{LIST}?q=mine"))["requests"] == []
        assert b"mine" not in on_disk(running.plan.paths.data_dir)


async def test_the_command_asks_again(tmp_path: Path) -> None:
    """The copied command, run by a real shell; only curl itself is stood in for."""
    question = "echo: $(id) `id` 'quoted' \"twice\" \\ $HOME\n漢字 ! # done"
    stand_in = 'curl() { for word in "$@"; do printf "%s\\0" "$word"; done; }\n'
    async with gateway(tmp_path) as running:
        await running.ask(question)
        record = await newest(running)
        command = await get(running, f"{LIST}/{record['id']}/curl")
    done = subprocess.run(
        ["/bin/sh", "-c", stand_in + command],
        env={"LINGMA_GATEWAY_API_KEY": "the-key", "PATH": os.environ["PATH"]},
        capture_output=True,
        check=True,
    )
    words = done.stdout.decode().split("\0")
    assert done.stderr == b""
    assert "Authorization: Bearer the-key" in words
    assert record["request"]["url"] in words
    body = json.loads(words[words.index("--data-raw") + 1])
    assert body == json.loads(record["request"]["body"])
    assert body["messages"][0]["content"] == question


async def test_the_stream_tells_of_records_as_they_come(tmp_path: Path) -> None:
    async with (
        gateway(tmp_path) as running,
        running.client() as client,
        client.get("/internal/debug/stream") as stream,
    ):
        assert stream.content_type == "text/event-stream"
        answer = await running.ask("count to 3")
        line = await stream.content.readline()
        told = json.loads(line.removeprefix(b"data: "))
        assert told["id"] == answer.headers["x-request-id"]
        assert told["status"] == 200
        async with asyncio.timeout(3):
            await running.engine.close_listener()
            assert await stream.content.read() == b"\n"


async def test_a_head_of_the_stream_ends(tmp_path: Path) -> None:
    async with (
        gateway(tmp_path) as running,
        running.client() as client,
        client.head("/internal/debug/stream") as response,
    ):
        assert response.status == 200


async def test_records_of_other_programs_are_not_found(tmp_path: Path) -> None:
    async with gateway(tmp_path, ADMIN_TOKEN=ADMIN) as running, running.client() as client:
        for path in (
            LIST,
            f"{LIST}/x",
            f"{LIST}/x/har",
            f"{LIST}/x/curl",
            "/internal/debug/stream",
        ):
            async with client.get(path) as response:
                assert response.status == 401
        admin = {"Authorization": f"Bearer {ADMIN}"}
        for path in (f"{LIST}/x", f"{LIST}/x/har", f"{LIST}/x/curl"):
            async with client.get(path, headers=admin) as response:
                assert response.status == 404
        for query in ("limit=0", "limit=501", "limit=x", "status=2x", "status=okay"):
            async with client.get(f"{LIST}?{query}", headers=admin) as response:
                assert response.status == 400


async def test_a_newer_database_is_left_alone_and_said(
    tmp_path: Path, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("newer Lingma Gateway", logger="gateway_engine.keeping", level=30)
    file = tmp_path / "data" / "history.db"
    file.parent.mkdir(parents=True)
    with closing(sqlite3.connect(file)) as database:
        database.execute("PRAGMA user_version = 99")
    before = file.read_bytes()
    async with gateway(tmp_path) as running:
        answer = await running.ask("count to 3")
        assert answer.text == "1\n2\n3\n"
        assert (await newest(running))["tokens_out"] > 0
        assert noted(running) == [HistoryNote.NEWER]
    assert file.read_bytes() == before


async def test_an_older_database_is_brought_up_to_date_and_a_copy_kept(tmp_path: Path) -> None:
    file = tmp_path / "data" / "history.db"
    file.parent.mkdir(parents=True)
    with closing(sqlite3.connect(file)) as database:
        for statement in STEPS[0]:
            database.execute(statement)
        database.execute(
            "INSERT INTO requests VALUES (1, 'req_old', ?, 'openai_chat', '/v1/x', 'curl', 'm',"
            " 'm', 'inst-0', 'off', 200, '', 1.0, 2.0, 3, 4, 1, 0, 300)",
            (time.time(),),
        )
        database.execute("PRAGMA user_version = 1")
        database.commit()
    async with gateway(tmp_path) as running:
        async with running.client() as client, client.get(LIST) as response:
            listed = await response.json()
        assert [each["id"] for each in listed["requests"]] == ["req_old"]
        assert noted(running) == [HistoryNote.UPGRADED]
    with closing(sqlite3.connect(file.with_name("history.db.before-2"))) as copy:
        assert copy.execute("PRAGMA user_version").fetchone() == (1,)
        assert copy.execute("SELECT id FROM requests").fetchall() == [("req_old",)]


def noted(running: Gateway) -> list[HistoryNote]:
    """What was told of the history's file."""
    return [event.note for event in running.events.seen if isinstance(event, HistoryNoted)]


async def test_a_damaged_database_costs_only_the_history(
    tmp_path: Path, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("is damaged", logger="gateway_engine.storage")
    file = tmp_path / "data" / "history.db"
    file.parent.mkdir(parents=True)
    file.write_bytes(b"\xa5" * 50_000)
    async with gateway(tmp_path) as running:
        await running.ask("count to 3")
        assert (await newest(running))["status"] == 200
        assert file.with_name("history.db.damaged").exists()


async def test_a_slow_reader_of_the_stream_delays_nobody(tmp_path: Path) -> None:
    async with gateway(tmp_path) as running, running.client() as client:
        timeout = aiohttp.ClientTimeout(5)
        async with client.get("/internal/debug/stream", timeout=timeout):
            for _ in range(5):
                assert (await running.ask("count to 2")).text == "1\n2\n"
            listed = await get(running, LIST)
            assert len(listed["requests"]) == 5
