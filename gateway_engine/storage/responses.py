"""Stored responses of the Responses API in the database: bounded in number, size and age."""

import asyncio
import logging
from collections.abc import Callable
from typing import Final

from gateway_engine.inspector.redaction import Redactor, Secrets
from gateway_engine.storage.database import Database, Statements, StorageError

logger = logging.getLogger(__name__)

MAX_ENTRIES: Final = 10_000
MAX_BYTES: Final = 256 * 1024 * 1024
MAX_DOCUMENT_BYTES: Final = 32 * 1024 * 1024
MAX_AGE_S: Final = 30 * 24 * 3600.0
"""As long as the vendor keeps them."""


class SqliteResponseStore:
    """A ResponseStore (gateway_engine.server.contracts). Secrets are removed before writing."""

    def __init__(
        self,
        database: Database,
        secrets: Secrets,
        *,
        clock: Callable[[], float],
        max_entries: int = MAX_ENTRIES,
        max_bytes: int = MAX_BYTES,
        max_age_s: float = MAX_AGE_S,
    ) -> None:
        self._database = database
        self._secrets = secrets
        self._clock = clock
        self._max_entries = max_entries
        self._max_bytes = max_bytes
        self._max_age_s = max_age_s

    async def get(self, key_id: str, response_id: str) -> bytes | None:
        """Return the document and make it young again."""
        now = self._clock()

        def work(statements: Statements) -> bytes | None:
            self._expire(statements, now)
            seq = _seq(statements, key_id, response_id)
            if seq is None:
                return None
            statements.change("UPDATE responses SET used_at = ? WHERE seq = ?", now, seq)
            found = statements.rows("SELECT document FROM documents WHERE seq = ?", seq)
            return bytes(found[0][0]) if found else None

        try:
            return await self._database.run(work)
        except StorageError as error:
            logger.warning("a stored response cannot be read: %s", error)
            return None

    async def put(self, key_id: str, response_id: str, document: bytes) -> None:
        """Keep the document, and delete the oldest ones for it."""
        if len(document) > min(MAX_DOCUMENT_BYTES, self._max_bytes):
            logger.info("a response of %d bytes is too large to be stored", len(document))
            return
        now = self._clock()
        clean = await asyncio.to_thread(self._without_secrets, document)

        def work(statements: Statements) -> None:
            self._expire(statements, now)
            before = _seq(statements, key_id, response_id)
            if before is not None:
                _delete(statements, before)
            seq = statements.insert(
                "INSERT INTO responses (key_id, response_id, used_at, bytes) VALUES (?, ?, ?, ?)",
                key_id,
                response_id,
                now,
                len(clean),
            )
            statements.insert("INSERT INTO documents VALUES (?, ?)", seq, clean)
            self._make_room(statements)

        try:
            await self._database.run(work)
        except StorageError as error:
            logger.warning("a response was not stored: %s", error)

    async def delete(self, key_id: str, response_id: str) -> bool:
        """Forget the document."""
        now = self._clock()

        def work(statements: Statements) -> bool:
            self._expire(statements, now)
            seq = _seq(statements, key_id, response_id)
            if seq is not None:
                _delete(statements, seq)
            return seq is not None

        try:
            return await self._database.run(work)
        except StorageError as error:
            logger.warning("a stored response cannot be deleted: %s", error)
            return False

    def _without_secrets(self, document: bytes) -> bytes:
        text = document.decode("utf-8", "replace")
        return Redactor(self._secrets.finder()).json(text, "response").encode()

    def _expire(self, statements: Statements, now: float) -> None:
        old = statements.rows("SELECT seq FROM responses WHERE used_at < ?", now - self._max_age_s)
        for (seq,) in old:
            _delete(statements, seq)

    def _make_room(self, statements: Statements) -> None:
        count, size = statements.rows("SELECT COUNT(*), TOTAL(bytes) FROM responses")[0]
        while count > self._max_entries or size > self._max_bytes:
            seq, freed = statements.rows(
                "SELECT seq, bytes FROM responses ORDER BY used_at, seq LIMIT 1"
            )[0]
            _delete(statements, seq)
            count, size = count - 1, size - freed


def _seq(statements: Statements, key_id: str, response_id: str) -> int | None:
    found = statements.rows(
        "SELECT seq FROM responses WHERE key_id = ? AND response_id = ?", key_id, response_id
    )
    return int(found[0][0]) if found else None


def _delete(statements: Statements, seq: int) -> None:
    statements.change("DELETE FROM responses WHERE seq = ?", seq)
    statements.change("DELETE FROM documents WHERE seq = ?", seq)
