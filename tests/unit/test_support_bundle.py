"""The support bundle: useful, whole, and without a secret, a prompt, an answer or an account."""

import json
import zipfile
from pathlib import Path

import pytest

from gateway_engine.backpressure import BackPressureStats
from gateway_engine.conversation import InstanceName
from gateway_engine.engine_report import EngineStats, Vitals
from gateway_engine.events import (
    InstanceState,
    InstanceStatus,
    LifeEvent,
    LifeStep,
    QuotaSpent,
)
from gateway_engine.examination import examine
from gateway_engine.plan import EnginePlan, LaunchOptions, prepare
from gateway_engine.support_bundle import SupportFile, support_files, write_bundle

CANARY = "canary-7f3a9c"
KEY = f"lgw-{CANARY}-key"


@pytest.fixture
def plan(tmp_path: Path) -> EnginePlan:
    environ = {
        "LINGMA_GATEWAY_HOME": str(tmp_path / "home"),
        "PATH": str(tmp_path),
        "HOME": str(tmp_path),
        "API_KEYS": KEY,
        "ADMIN_TOKEN": f"{CANARY}-admin",
        "LINGMA_USERNAME": f"{CANARY}@example.com",
        "LINGMA_PASSWORD": f"{CANARY}-password",
        "LINGMA_VSIX_URL": f"https://{CANARY}:pw@example.com/l.vsix?token={CANARY}",
    }
    plan = prepare(LaunchOptions(upstream="demo"), environ=environ, cwd=tmp_path)
    lines = [
        {"level": "INFO", "logger": "gateway_engine.event_log", "message": "the endpoint is open"},
        {"level": "INFO", "logger": "gateway_engine.upstreams.lingma.upstream", "message": CANARY},
        {"level": "WARNING", "logger": "aiohttp.server", "message": f"bad request {CANARY}"},
        {
            "level": "INFO",
            "logger": "gateway_engine.event_log",
            "message": f"inst-0 (lingma): failed: upstream said {CANARY}",
            "state": "failed",
            "code": "upstream_error",
        },
        {
            "level": "ERROR",
            "logger": "gateway_engine.server.streaming",
            "message": f"died of {CANARY}",
            "client": f"{CANARY}/1",
            "exception": 'Traceback (most recent call last):\n  File "a.py", line 3, in f\n'
            f"    g('{CANARY}')\nValueError: {CANARY}",
        },
        {"level": "INFO", "logger": "desktop.app", "message": f"key {KEY} seen"},
    ]
    plan.paths.log_file.parent.mkdir(parents=True)
    text = "\n".join(json.dumps({"time": "2026-01-01T00:00:00Z", **line}) for line in lines)
    plan.paths.log_file.write_text(f"{text}\nnot json {CANARY}\n", encoding="utf-8")
    return plan


def vitals() -> Vitals:
    status = InstanceStatus(
        InstanceName("inst-0"),
        "lingma",
        InstanceState.FAILED,
        1.0,
        account=f"{CANARY}@example.com",
        last_error="upstream_error",
        last_error_message=CANARY,
        plan=CANARY,
        quota=CANARY,
        out_of_quota=QuotaSpent(1.0, 2.0, CANARY),
        life=(LifeEvent(1.0, LifeStep.ENDED, detail=CANARY, exit_code=3),),
    )
    stats = EngineStats(7, BackPressureStats(1, 0, 4, 0, 8), (status,), None)
    return Vitals(1.0, 0.0, stats, ())


def collected(plan: EnginePlan) -> dict[str, bytes]:
    files = support_files(
        plan,
        checks=examine(plan),
        hide=lambda text: text.replace(KEY, "***"),
        vitals=vitals(),
    )
    return {each.name: each.content for each in files}


def test_nothing_private_is_in_it(plan: EnginePlan) -> None:
    files = collected(plan)
    assert [name for name, content in files.items() if CANARY.encode() in content] == []
    home = str(Path.home()).encode()
    assert [name for name, content in files.items() if home + b"/" in content] == []


def test_what_helps_is_in_it(plan: EnginePlan) -> None:
    files = collected(plan)
    assert list(files) == [
        "README.txt",
        "versions.json",
        "settings.json",
        "doctor.json",
        "vitals.json",
        "log.jsonl",
    ]
    assert json.loads(files["versions.json"])["python"]
    assert json.loads(files["settings.json"])["API_KEYS"]["origin"] == "env"
    assert {check["name"] for check in json.loads(files["doctor.json"])} >= {"upstream", "endpoint"}
    pool = json.loads(files["vitals.json"])["stats"]["pool"]
    assert (pool[0]["last_error"], pool[0]["life"][0]["exit_code"]) == ("upstream_error", 3)
    lines = [json.loads(line) for line in files["log.jsonl"].decode().splitlines()]
    assert len(lines) == 6
    assert lines[0]["message"] == "the endpoint is open"
    assert lines[3]["code"] == "upstream_error"
    assert lines[4]["exception"] == ['File "a.py", line 3, in f', "ValueError"]


def test_a_long_log_is_cut_at_a_line(plan: EnginePlan) -> None:
    line = json.dumps({"level": "INFO", "logger": "desktop.app", "message": "x" * 100}) + "\n"
    plan.paths.log_file.write_text(line * 5000, encoding="utf-8")
    log = collected(plan)["log.jsonl"].decode().splitlines()
    assert 1000 < len(log) < 5000
    assert {json.loads(each)["message"] for each in log} == {"x" * 100}


def test_without_a_log_the_rest_is_there(plan: EnginePlan) -> None:
    plan.paths.log_file.unlink()
    assert collected(plan)["log.jsonl"] == b"\n"


def test_it_is_written_as_a_zip_or_not_at_all(tmp_path: Path) -> None:
    file = tmp_path / "bundle.zip"
    write_bundle(file, [SupportFile("a.txt", b"one"), SupportFile("b.txt", b"two")])
    with zipfile.ZipFile(file) as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == {
            "a.txt": b"one",
            "b.txt": b"two",
        }
    assert [each.name for each in tmp_path.iterdir()] == ["bundle.zip"]
    blocker = tmp_path / "file"
    blocker.write_text("", encoding="utf-8")
    with pytest.raises(OSError, match="file"):
        write_bundle(blocker / "below.zip", [])
