"""The database file: one thread owns the connection, everybody else hands it closures.

The only module that knows sqlite3. Its errors leave as StorageError. A file that is damaged is set
aside, once, and a new one begun; one of a newer version of this program is left as it is; one of an
older version is copied before it is changed.
"""

import asyncio
import contextlib
import logging
import os
import queue
import sqlite3
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, Final, TypeVar

from gateway_engine.storage.migrations import STEPS

logger = logging.getLogger(__name__)

T = TypeVar("T")

DAMAGED: Final = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
BUSY_TIMEOUT_S: Final = 5.0
CLOSE_TIMEOUT_S: Final = 2.0
INTERRUPT_EVERY_S: Final = 0.1
SET_ASIDE: Final = ".damaged"
COPY: Final = ".before-"
COPY_KEPT_S: Final = 14 * 86_400.0
BESIDE: Final = ("", "-wal", "-shm")
_PRIMARY_CODE: Final = 0xFF


class StorageError(Exception):
    """The database cannot be used; the message says why."""


class NewerDatabaseError(StorageError):
    """The file was written by a newer version of this program."""


class Statements:
    """What a closure may do. Only valid while it runs, on the database's thread."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def rows(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        """Run one statement and return all its rows."""
        return self._connection.execute(sql, values).fetchall()

    def change(self, sql: str, *values: Any) -> int:
        """Run one statement and return how many rows it changed."""
        return self._connection.execute(sql, values).rowcount

    def insert(self, sql: str, *values: Any) -> int:
        """Insert one row and return its rowid, 0 when it was there already."""
        cursor = self._connection.execute(sql, values)
        return cursor.lastrowid or 0 if cursor.rowcount > 0 else 0

    def change_each(self, sql: str, values: Iterable[Sequence[Any]]) -> None:
        """Run one statement for each tuple of values."""
        self._connection.executemany(sql, values)


Job = Callable[[], None]


class Database:
    """One file. `open` before anything else, `aclose` in the end."""

    def __init__(self, file: Path, steps: Sequence[Sequence[str]] = STEPS) -> None:
        self._file = file
        self._steps = steps
        self._jobs: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._connection: sqlite3.Connection | None = None
        self.brought_from = 0
        """The older version that the file had when it was opened, 0 for none."""

    async def open(self) -> None:
        """Open the file, made and brought up to date as needed. Raises StorageError."""
        self._thread = threading.Thread(target=self._work, name="database")
        self._thread.start()
        try:
            await self._hand_over(self._open_or_begin_anew)
        except BaseException:
            await self.aclose()
            raise

    async def run(self, work: Callable[[Statements], T]) -> T:
        """Do `work` in one transaction on the database's thread. Raises StorageError, and what
        `work` raises; then nothing of it was done."""
        return await self._hand_over(lambda: self._again_if_damaged(lambda: self._transact(work)))

    async def shrink(self) -> None:
        """Give all unused space back to the disk, overwritten. Raises StorageError."""
        await self._hand_over(lambda: self._again_if_damaged(self._shrink))

    async def forget_set_aside(self) -> None:
        """Delete damaged files that were set aside and copies of old ones: they hold what is to be
        forgotten too.
        """
        await asyncio.to_thread(self._forget_set_aside)

    async def aclose(self) -> None:
        """Do what was asked for, close the file and end the thread. Safe to call twice.

        What takes longer than CLOSE_TIMEOUT_S, such as shrinking a large file, is interrupted: its
        caller gets a StorageError, and nothing of it was done.
        """
        thread, self._thread = self._thread, None
        if thread is not None:
            self._jobs.put(None)
            await asyncio.to_thread(self._join, thread)

    def _join(self, thread: threading.Thread) -> None:
        thread.join(CLOSE_TIMEOUT_S)
        while thread.is_alive():
            connection = self._connection
            if connection is not None:
                # It may have been closed just now, by the thread that is being waited for.
                with contextlib.suppress(sqlite3.ProgrammingError):
                    connection.interrupt()
            thread.join(INTERRUPT_EVERY_S)

    # --- handing over ---

    async def _hand_over(self, work: Callable[[], T]) -> T:
        if self._thread is None:
            raise StorageError("the database is closed")
        loop = asyncio.get_running_loop()
        done: asyncio.Future[T] = loop.create_future()

        def settle(result: T | None, failure: Exception | None) -> None:
            if done.cancelled():
                return
            if failure is not None:
                done.set_exception(failure)
            else:
                done.set_result(result)  # type: ignore[arg-type]

        def job() -> None:
            result: T | None = None
            failure: Exception | None = None
            try:
                result = work()
            except sqlite3.Error as error:
                failure = StorageError(f"{self._file}: {error}")
            except OSError as error:
                failure = StorageError(f"{self._file}: {error.strerror}")
            except Exception as error:  # noqa: BLE001 - handed to the caller, whatever it is
                failure = error
            loop.call_soon_threadsafe(settle, result, failure)

        self._jobs.put(job)
        return await done

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            job()
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    # --- on the database's thread ---

    def _transact(self, work: Callable[[Statements], T]) -> T:
        connection = self._open()
        connection.execute("BEGIN IMMEDIATE")
        try:
            result = work(Statements(connection))
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise
        return result

    def _shrink(self) -> None:
        connection = self._open()
        connection.execute("VACUUM")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def _again_if_damaged(self, work: Callable[[], T]) -> T:
        try:
            return work()
        except sqlite3.DatabaseError as error:
            if not _is_damage(error):
                raise
            self._set_aside(error)
            return work()

    def _open_or_begin_anew(self) -> None:
        self._again_if_damaged(self._open)

    def _open(self) -> sqlite3.Connection:
        if self._connection is None:
            self._file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            # Made by us, not by SQLite: its journals take the rights of this file.
            os.close(os.open(self._file, os.O_RDWR | os.O_CREAT, 0o600))
            self._forget_copies(older_than=time.time() - COPY_KEPT_S)
            self._file.chmod(0o600)
            connection = sqlite3.connect(self._file, timeout=BUSY_TIMEOUT_S, isolation_level=None)
            try:
                self._prepare(connection)
            except BaseException:
                connection.close()
                raise
            self._connection = connection
        return self._connection

    def _prepare(self, connection: sqlite3.Connection) -> None:
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        if version > len(self._steps):
            raise NewerDatabaseError(
                f"{self._file} was written by a newer Lingma Gateway (version {version}, this"
                f" program knows {len(self._steps)}): update this one, or move the file away"
            )
        if 0 < version < len(self._steps):
            self._copy(connection, version)
        connection.execute("PRAGMA journal_mode = WAL").fetchall()
        connection.execute("PRAGMA synchronous = NORMAL")
        # What is deleted is overwritten: free pages would keep what somebody wiped.
        connection.execute("PRAGMA secure_delete = ON").fetchall()
        for number, statements in enumerate(self._steps[version:], version + 1):
            connection.execute("BEGIN IMMEDIATE")
            try:
                for statement in statements:
                    connection.execute(statement)
                connection.execute(f"PRAGMA user_version = {number}")
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise

    def _copy(self, connection: sqlite3.Connection, version: int) -> None:
        # Whoever goes back to the older program finds the history as it was.
        copy = self._file.with_name(f"{self._file.name}{COPY}{version + 1}")
        part = copy.with_name(copy.name + ".part")
        part.unlink(missing_ok=True)
        os.close(os.open(part, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
        try:
            with contextlib.closing(sqlite3.connect(part)) as target:
                connection.backup(target)
            part.replace(copy)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
        self.brought_from = version
        logger.info(
            "%s is brought from version %d to %d; as it was, it is kept for %d days as %s",
            self._file,
            version,
            len(self._steps),
            COPY_KEPT_S // 86_400,
            copy.name,
        )

    def _forget_copies(self, *, older_than: float) -> None:
        for copy in self._file.parent.glob(f"{self._file.name}{COPY}*"):
            with contextlib.suppress(FileNotFoundError):
                if copy.stat().st_mtime < older_than:
                    copy.unlink()

    def _set_aside(self, error: sqlite3.DatabaseError) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        aside = self._file.with_name(self._file.name + SET_ASIDE)
        logger.error(
            "%s is damaged (%s): it is kept as %s and a new one begun",
            self._file,
            error,
            aside.name,
        )
        for ending in BESIDE:
            from_file = self._file.with_name(self._file.name + ending)
            if from_file.exists():
                from_file.replace(aside.with_name(aside.name + ending))

    def _forget_set_aside(self) -> None:
        self._forget_copies(older_than=float("inf"))
        for ending in BESIDE:
            self._file.with_name(self._file.name + SET_ASIDE + ending).unlink(missing_ok=True)


def _is_damage(error: sqlite3.DatabaseError) -> bool:
    code = getattr(error, "sqlite_errorcode", 0)
    return code & _PRIMARY_CODE in DAMAGED
