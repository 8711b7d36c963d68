"""The database file: whose it is, how it grows up, and what happens when it is ill."""

import asyncio
import logging
import os
import sqlite3
import stat
import threading
import time
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any

import pytest

from gateway_engine.storage import database as module
from gateway_engine.storage.database import (
    Database,
    NewerDatabaseError,
    Statements,
    StorageError,
)
from gateway_engine.storage.migrations import STEPS
from tests.support.hygiene import ExpectedLogs

STEP_1 = ("CREATE TABLE notes (text TEXT NOT NULL)",)
STEP_2 = ("ALTER TABLE notes ADD COLUMN stars INTEGER NOT NULL DEFAULT 3",)
LOGGER = "gateway_engine.storage"


@asynccontextmanager
async def opened(file: Path, steps: Any = (STEP_1,)) -> AsyncIterator[Database]:
    database = Database(file, steps)
    await database.open()
    try:
        yield database
    finally:
        await database.aclose()


def write(text: str) -> Any:
    return lambda statements: statements.insert("INSERT INTO notes (text) VALUES (?)", text)


def read(statements: Statements) -> list[str]:
    return [row[0] for row in statements.rows("SELECT text FROM notes ORDER BY rowid")]


async def test_it_is_its_owners_only_journals_too(tmp_path: Path) -> None:
    file = tmp_path / "folder" / "history.db"
    async with opened(file) as database:
        await database.run(write("a"))
        found = list(file.parent.iterdir())
        assert len(found) == 3
        assert {stat.S_IMODE(path.stat().st_mode) for path in found} == {0o600}
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


async def test_a_file_that_others_could_read_is_closed_to_them(tmp_path: Path) -> None:
    file = tmp_path / "history.db"
    file.touch(0o644)
    async with opened(file):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600


async def test_closures_run_one_by_one_on_one_thread(tmp_path: Path) -> None:
    async with opened(tmp_path / "history.db") as database:
        names = await asyncio.gather(
            *(database.run(lambda _: threading.current_thread().name) for _ in range(20))
        )
        assert set(names) == {"database"}
        await asyncio.gather(*(database.run(write(str(n))) for n in range(20)))
        assert await database.run(read) == [str(n) for n in range(20)]


async def test_what_fails_was_not_done(tmp_path: Path) -> None:
    def half(statements: Statements) -> None:
        statements.insert("INSERT INTO notes (text) VALUES ('half')")
        raise LookupError("stop")

    async with opened(tmp_path / "history.db") as database:
        with pytest.raises(LookupError):
            await database.run(half)
        with pytest.raises(StorageError, match="no such table"):
            await database.run(lambda s: s.rows("SELECT * FROM nobody"))
        assert await database.run(read) == []


async def test_a_caller_that_gives_up_harms_nobody(tmp_path: Path) -> None:
    held = threading.Event()
    async with opened(tmp_path / "history.db") as database:
        task = asyncio.get_running_loop().create_task(database.run(lambda _: held.wait(10)))
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        held.set()
        await database.run(write("after"))
        assert await database.run(read) == ["after"]


async def test_it_grows_up_step_by_step_and_keeps_what_is_in_it(tmp_path: Path) -> None:
    file = tmp_path / "history.db"
    async with opened(file) as database:
        await database.run(write("old"))
    async with opened(file, (STEP_1, STEP_2)) as database:
        assert await database.run(lambda s: s.rows("SELECT * FROM notes")) == [("old", 3)]
    async with opened(file, (STEP_1, STEP_2)) as database:
        assert await database.run(lambda s: s.rows("PRAGMA user_version")) == [(2,)]


async def test_an_older_file_is_copied_before_it_is_changed(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger=LOGGER)
    file, copy = tmp_path / "history.db", tmp_path / "history.db.before-2"
    async with opened(file) as database:
        await database.run(write("old"))
    assert not copy.exists()
    async with opened(file, (STEP_1, STEP_2)) as database:
        await database.run(write("new"))
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert "from version 1 to 2" in caplog.text
    # The older program goes on with it.
    async with opened(copy) as database:
        assert await database.run(read) == ["old"]
    async with opened(file, (STEP_1, STEP_2)) as database:
        assert copy.exists()
        await database.forget_set_aside()
        assert not copy.exists()
        assert await database.run(read) == ["old", "new"]


async def test_a_copy_does_not_outlive_its_days(tmp_path: Path) -> None:
    file, copy = tmp_path / "history.db", tmp_path / "history.db.before-2"
    for age_s, stays in ((module.COPY_KEPT_S - 60, True), (module.COPY_KEPT_S + 60, False)):
        copy.touch()
        then = time.time() - age_s
        os.utime(copy, (then, then))
        async with opened(file):
            assert copy.exists() is stays


async def test_a_step_that_fails_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    file = tmp_path / "history.db"
    async with opened(file) as database:
        await database.run(write("old"))
    bad = ("ALTER TABLE notes ADD COLUMN stars INTEGER", "CREATE TABLE broken (")
    with pytest.raises(StorageError):
        await Database(file, (STEP_1, bad)).open()
    async with opened(file, (STEP_1, STEP_2)) as database:
        assert await database.run(lambda s: s.rows("SELECT * FROM notes")) == [("old", 3)]


async def test_a_newer_file_is_refused_and_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "history.db"
    async with opened(file, (STEP_1, STEP_2)) as database:
        await database.run(write("new"))
    before = file.read_bytes()
    with pytest.raises(NewerDatabaseError, match=r"newer Lingma Gateway \(version 2, .*knows 1"):
        await Database(file, (STEP_1,)).open()
    assert file.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["history.db"]


@pytest.mark.parametrize("content", [b"this was never a database" * 500, b"SQLite format 3\0" * 99])
async def test_a_damaged_file_is_set_aside_and_a_new_one_begun(
    tmp_path: Path, content: bytes, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("history.db is damaged .*history.db.damaged", logger=LOGGER)
    file = tmp_path / "history.db"
    file.write_bytes(content)
    async with opened(file) as database:
        await database.run(write("fresh"))
        assert await database.run(read) == ["fresh"]
        assert (tmp_path / "history.db.damaged").read_bytes() == content
        await database.forget_set_aside()
        assert not (tmp_path / "history.db.damaged").exists()


async def test_damage_found_later_costs_only_what_was_in_the_file(
    tmp_path: Path, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("is damaged", logger=LOGGER)
    file = tmp_path / "history.db"
    async with opened(file) as database:
        for number in range(500):
            await database.run(write(f"{number:0500}"))
    content = bytearray(file.read_bytes())
    content[4096:] = b"\xa5" * (len(content) - 4096)
    file.write_bytes(content)
    async with opened(file) as database:
        assert await database.run(read) == []
        await database.run(write("fresh"))
        assert await database.run(read) == ["fresh"]


async def test_a_full_disk_is_an_error_that_passes(tmp_path: Path) -> None:
    async with opened(tmp_path / "history.db") as database:
        pages = (await database.run(lambda s: s.rows("PRAGMA page_count")))[0][0]
        await database.run(lambda s: s.rows(f"PRAGMA max_page_count = {pages + 2}"))
        await database.run(write("before"))
        with pytest.raises(StorageError, match="full"):
            await database.run(write("x" * 100_000))
        await database.run(write("small"))
        await database.run(lambda s: s.rows("PRAGMA max_page_count = 100000"))
        await database.run(write("y" * 100_000))
        assert [text[:6] for text in await database.run(read)] == ["before", "small", "yyyyyy"]


@pytest.mark.parametrize("kind", ["a folder in its place", "a file for its folder"])
async def test_a_place_that_cannot_be_written(tmp_path: Path, kind: str) -> None:
    file = tmp_path / "in" / "history.db"
    if kind == "a folder in its place":
        file.mkdir(parents=True)
    else:
        file.parent.write_text("")
    database = Database(file)
    with pytest.raises(StorageError, match=r"history\.db"):
        await database.open()
    with pytest.raises(StorageError, match="closed"):
        await database.run(read)
    await database.aclose()


async def test_the_steps_make_a_sound_database(tmp_path: Path) -> None:
    file = tmp_path / "history.db"
    async with opened(file, STEPS) as database:
        assert await database.run(lambda s: s.rows("PRAGMA integrity_check")) == [("ok",)]
        mode = await database.run(lambda s: s.rows("PRAGMA journal_mode"))
        assert mode == [("wal",)]
    with closing(sqlite3.connect(file)) as other:
        assert other.execute("PRAGMA user_version").fetchone() == (len(STEPS),)


async def test_a_crash_in_the_middle_loses_no_more_than_the_transaction(tmp_path: Path) -> None:
    """The files as a killed process leaves them: with a journal that was never merged."""
    file = tmp_path / "history.db"
    crashed = tmp_path / "crashed"
    crashed.mkdir()
    async with opened(file) as database:
        await database.run(write("kept"))

        def in_the_middle(statements: Statements) -> None:
            statements.insert("INSERT INTO notes (text) VALUES ('lost')")
            for path in tmp_path.glob("history.db*"):
                (crashed / path.name).write_bytes(path.read_bytes())

        await database.run(in_the_middle)
    async with opened(crashed / "history.db") as database:
        assert await database.run(read) == ["kept"]


async def test_its_log_is_quiet_when_all_is_well(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    async with opened(tmp_path / "history.db"):
        assert caplog.records == []


async def test_closing_interrupts_what_takes_too_long(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "CLOSE_TIMEOUT_S", 0.1)
    database = Database(tmp_path / "notes.db", (STEP_1,))
    await database.open()
    began = threading.Event()

    def endless(statements: Statements) -> None:
        write("not kept")(statements)
        began.set()
        statements.rows(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT COUNT(*) FROM n"
        )

    async with asyncio.timeout(10), asyncio.TaskGroup() as group:
        running = group.create_task(_failure(database.run(endless)))
        await asyncio.to_thread(began.wait)
        await database.aclose()
    assert isinstance(running.result(), StorageError)
    async with opened(tmp_path / "notes.db") as again:
        assert await again.run(lambda statements: statements.rows("SELECT * FROM notes")) == []


async def _failure(work: Awaitable[object]) -> StorageError | None:
    try:
        await work
    except StorageError as error:
        return error
    return None
