"""The steps from an empty database to the present one. A step that was released never changes."""

from typing import Final

STEPS: Final[tuple[tuple[str, ...], ...]] = (
    (
        """
        CREATE TABLE requests (
            seq INTEGER PRIMARY KEY AUTOINCREMENT,
            id TEXT NOT NULL UNIQUE,
            started_at REAL NOT NULL,
            protocol TEXT NOT NULL,
            path TEXT NOT NULL,
            client TEXT NOT NULL,
            model_asked TEXT NOT NULL,
            model_used TEXT NOT NULL,
            instance TEXT NOT NULL,
            session TEXT NOT NULL,
            status INTEGER NOT NULL,
            error_code TEXT NOT NULL,
            ttft_ms REAL,
            total_ms REAL NOT NULL,
            tokens_in INTEGER NOT NULL,
            tokens_out INTEGER NOT NULL,
            stream INTEGER NOT NULL,
            tools INTEGER NOT NULL,
            bytes INTEGER NOT NULL
        )
        """,
        # Apart from the lines, so that reading those stays quick.
        "CREATE TABLE searched (seq INTEGER PRIMARY KEY, text TEXT NOT NULL)",
        "CREATE TABLE details (seq INTEGER PRIMARY KEY, content BLOB NOT NULL)",
        """
        CREATE TABLE responses (
            seq INTEGER PRIMARY KEY,
            key_id TEXT NOT NULL,
            response_id TEXT NOT NULL,
            used_at REAL NOT NULL,
            bytes INTEGER NOT NULL,
            UNIQUE (key_id, response_id)
        )
        """,
        # Apart from what says when it was used last, which is written at every use.
        "CREATE TABLE documents (seq INTEGER PRIMARY KEY, document BLOB NOT NULL)",
        "CREATE INDEX responses_by_age ON responses (used_at)",
    ),
    (
        # What is pinned outlives the tidying. Lists are read by when requests started.
        "ALTER TABLE requests ADD COLUMN pinned INTEGER NOT NULL DEFAULT 0",
        "CREATE INDEX requests_by_start ON requests (started_at)",
        "CREATE INDEX requests_pinned ON requests (started_at) WHERE pinned",
    ),
)
"""`PRAGMA user_version` counts the steps that were taken."""
