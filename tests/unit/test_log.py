"""The log: JSON lines without secrets, in a private file that is rotated."""

import asyncio
import errno
import io
import json
import logging
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from gateway_engine import log
from gateway_engine.log import JsonLines, Redaction, of_request, start_logging
from tests.support.hygiene import ExpectedLogs


@pytest.fixture(autouse=True)
def root_as_it_was() -> Iterator[None]:
    root = logging.getLogger()
    chatty = [logging.getLogger(name) for name in ("websockets", "aiohttp", "asyncio")]
    before, levels = list(root.handlers), [each.level for each in (root, *chatty)]
    yield
    for handler in [each for each in root.handlers if each not in before]:
        root.removeHandler(handler)
        handler.close()
    for each, level in zip((root, *chatty), levels, strict=True):
        each.setLevel(level)


def line(message: str, *args: object, secrets: tuple[str, ...] = (), **fields: Any) -> str:
    record = logging.getLogger("x").makeRecord(
        "x", logging.INFO, "f", 1, message, args, fields.pop("exc_info", None), extra=fields
    )
    return JsonLines(Redaction(secrets)).format(record)


def test_a_credential_that_somebody_quotes_is_cut_out() -> None:
    text = line("it said: %s", 'bad "Authorization": "Bearer 9f8e7d6c5b4a3f2e"')
    assert json.loads(text)["message"] == 'it said: bad "Authorization": "Bearer ***"'


def test_a_line_is_one_line_of_json() -> None:
    text = line("said %s", "a\nb\u2028c 引擎 \ud83d", instance="inst-0", odd={1})
    assert "\n" not in text
    text.encode("utf-8")
    content = json.loads(text)
    assert content["message"].startswith("said a\nb")
    assert (content["level"], content["logger"]) == ("INFO", "x")
    assert content["instance"] == "inst-0"
    assert content["time"].endswith("Z")


SECRETS = ("sk-abcdef", "sk-abcdef-longer", 'with"quote\\and', "short")


def test_secrets_are_cut_out_wherever_they_stand() -> None:
    try:
        raise ValueError("in an error: sk-abcdef-longer")
    except ValueError:
        info = sys.exc_info()
    text = line(
        'sk-abcdef %s with"quote\\and',
        ["sk-abcdef-longer"],
        secrets=SECRETS,
        header="Bearer sk-abcdef",
        exc_info=info,
    )
    content = json.loads(text)
    assert content["message"] == "*** ['***'] ***"
    assert content["header"] == "Bearer ***"
    assert "abcdef" not in text
    assert "longer" not in text
    assert "ValueError" in content["exception"]


def test_what_is_too_short_to_be_a_secret_stays() -> None:
    assert "short" in line("short", secrets=SECRETS)


def test_secrets_that_come_later_are_cut_out_too() -> None:
    redaction = Redaction(("sk-first-one",))
    lines = JsonLines(redaction)

    def said() -> str:
        return lines.format(logging.makeLogRecord({"msg": "sk-first-one lgw-later-one"}))

    assert "lgw-later-one" in said()
    redaction.add("lgw-later-one", "tiny")
    assert json.loads(said())["message"] == "*** ***"


def test_the_beginning_of_a_long_secret_is_cut_out_too() -> None:
    secret = "lgw-" + "0123456789" * 4
    redaction = Redaction((secret,))
    for shown in (secret, secret[:40], secret[:12]):
        assert redaction.cut(f"a {shown} b") == "a *** b"
    assert "0123" not in redaction.cut(secret * 2)
    assert redaction.cut("lgw-0123") == "lgw-0123"


async def test_the_lines_of_a_request_carry_its_id() -> None:
    lines: list[str | None] = []

    def say() -> None:
        lines.append(json.loads(line("something")).get("request_id"))

    async def answer(name: str) -> None:
        with of_request(name):
            say()
            async with asyncio.TaskGroup() as group:
                group.create_task(asyncio.to_thread(say))
            say()

    async with asyncio.TaskGroup() as group:
        group.create_task(answer("req_1"))
        group.create_task(answer("req_2"))
        say()
    say()
    assert sorted(name for name in lines if name) == ["req_1"] * 3 + ["req_2"] * 3
    assert lines.count(None) == 2
    with of_request("req_3"):
        assert json.loads(line("said", request_id="its own"))["request_id"] == "its own"


@pytest.mark.skipif(sys.platform == "win32", reason="modes of POSIX")
def test_the_file_is_private_and_rotated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log, "MAX_FILE_BYTES", 2000)
    file = tmp_path / "logs" / "gateway.log"
    start_logging(level="INFO", file=file, console=False, redaction=Redaction(("sk-abcdef",)))
    for number in range(100):
        logging.getLogger("gateway_engine.x").info("line %d sk-abcdef", number)
    logging.getLogger("gateway_engine.x").debug("not this")
    files = sorted(file.parent.iterdir())
    assert [each.name for each in files] == [
        "gateway.log",
        *(f"gateway.log.{n}" for n in (1, 2, 3)),
    ]
    for each in files:
        assert each.stat().st_mode & 0o777 == 0o600
        assert each.stat().st_size <= 2000
        assert "sk-abcdef" not in each.read_text("utf-8")
    last = json.loads(file.read_text("utf-8").splitlines()[-1])
    assert last["message"] == "line 99 ***"


def test_a_file_that_cannot_be_written(tmp_path: Path, expected_logs: ExpectedLogs) -> None:
    expected_logs.expect("no log file: cannot write")
    (tmp_path / "logs").write_text("a file")
    assert (
        start_logging(
            level="INFO", file=tmp_path / "logs" / "x.log", console=False, redaction=Redaction()
        )
        is None
    )


class FullDisk(io.StringIO):
    """What a file is on a disk without room, until some is made."""

    full = True

    def flush(self) -> None:
        if self.full:
            raise OSError(errno.ENOSPC, "No space left on device")


def test_a_disk_that_fills_up_is_said_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("x.log cannot be written: No space left on device")
    handler = start_logging(
        level="INFO", file=tmp_path / "x.log", console=True, redaction=Redaction()
    )
    assert isinstance(handler, logging.FileHandler)
    opened, disk = handler.stream, FullDisk()
    assert opened is not None
    handler.stream = disk  # type: ignore[assignment]
    say = logging.getLogger("gateway_engine.x").info
    for number in range(3):
        say("line %d", number)
    said = [json.loads(each)["message"] for each in capsys.readouterr().err.splitlines()]
    assert said == [
        "line 0",
        f"{tmp_path / 'x.log'} cannot be written: No space left on device",
        "line 1",
        "line 2",
    ]
    disk.full = False
    say("there is room")
    disk.full = True
    expected_logs.expect("x.log cannot be written: No space left on device")
    say("full once more")
    assert capsys.readouterr().err.count("cannot be written") == 1
    disk.full = False
    opened.close()


def test_libraries_are_quiet(tmp_path: Path) -> None:
    start_logging(level="DEBUG", file=tmp_path / "x.log", console=False, redaction=Redaction())
    assert not logging.getLogger("websockets").isEnabledFor(logging.INFO)
    assert logging.getLogger("gateway_engine").isEnabledFor(logging.DEBUG)
