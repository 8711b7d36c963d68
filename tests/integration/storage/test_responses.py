"""Stored responses on disk: each key its own, bounded, without secrets, and they outlive us."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from gateway_engine.credential_text import MARK
from gateway_engine.inspector.redaction import Secrets
from gateway_engine.storage.database import Database
from gateway_engine.storage.responses import MAX_AGE_S, SqliteResponseStore
from tests.support.hygiene import ExpectedLogs

KEY = "lgw-Canary_0123456789"


class At:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@asynccontextmanager
async def opened(
    file: Path, clock: At | None = None, **limits: Any
) -> AsyncIterator[SqliteResponseStore]:
    database = Database(file)
    await database.open()
    try:
        yield SqliteResponseStore(database, Secrets([KEY]), clock=clock or At(), **limits)
    finally:
        await database.aclose()


async def test_what_was_put_is_got_by_its_key_alone_and_after_a_restart(tmp_path: Path) -> None:
    file = tmp_path / "history.db"
    async with opened(file) as store:
        await store.put("a", "resp_1", b'{"one": "\xc3\xa9"}')
        await store.put("b", "resp_1", b'{"two":2}')
        await store.put("a", "resp_1", b'{"three":3}')
    async with opened(file) as store:
        assert await store.get("a", "resp_1") == b'{"three":3}'
        assert await store.get("b", "resp_1") == b'{"two":2}'
        assert await store.get("c", "resp_1") is None
        assert not await store.delete("c", "resp_1")
        assert await store.delete("a", "resp_1")
        assert await store.get("a", "resp_1") is None
        assert await store.get("b", "resp_1") == b'{"two":2}'


async def test_what_nobody_touches_is_gone_in_the_end(tmp_path: Path) -> None:
    clock = At()
    async with opened(tmp_path / "history.db", clock) as store:
        await store.put("a", "old", b"{}")
        await store.put("a", "used", b"{}")
        clock.now += MAX_AGE_S * 0.7
        assert await store.get("a", "used") == b"{}"
        clock.now += MAX_AGE_S * 0.7
        assert await store.get("a", "old") is None
        assert await store.get("a", "used") == b"{}"
        clock.now += MAX_AGE_S * 1.1
        assert not await store.delete("a", "used")


async def test_the_oldest_make_room(tmp_path: Path) -> None:
    clock = At()
    async with opened(tmp_path / "history.db", clock, max_entries=3, max_bytes=100) as store:
        for number in range(5):
            clock.now += 1
            await store.put("a", f"r{number}", b"x" * 10)
        assert [await store.get("a", f"r{n}") is not None for n in range(5)] == [
            False,
            False,
            True,
            True,
            True,
        ]
        clock.now += 1
        await store.put("a", "large", b"y" * 90)
        assert [await store.get("a", n) is not None for n in ("r2", "r3", "r4", "large")] == [
            False,
            False,
            True,
            True,
        ]
        await store.put("a", "too large", b"z" * 101)
        assert await store.get("a", "too large") is None


async def test_no_secret_is_stored(tmp_path: Path) -> None:
    async with opened(tmp_path / "history.db") as store:
        await store.put("a", "r", b'{"text":"my key is ' + KEY.encode() + b'","n":1.0}')
        assert await store.get("a", "r") == b'{"text":"my key is ' + MARK.encode() + b'","n":1.0}'
        for path in tmp_path.iterdir():
            assert KEY.encode() not in path.read_bytes()


async def test_trouble_is_logged_and_never_raised(
    tmp_path: Path, expected_logs: ExpectedLogs
) -> None:
    for words in ("was not stored", "cannot be read", "cannot be deleted"):
        expected_logs.expect(words, logger="gateway_engine.storage", level=logging.WARNING)
    async with opened(tmp_path / "history.db") as store:
        pass
    await store.put("a", "r", b"{}")
    assert await store.get("a", "r") is None
    assert not await store.delete("a", "r")
