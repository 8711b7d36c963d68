"""The log: JSON lines, one an event, on stderr and in a file that is rotated. Secrets are cut out.

Fields: time (UTC, ISO 8601), level, logger, message, and whatever the call gave as `extra`.
"""

import datetime
import io
import json
import logging
import logging.handlers
import sys
import weakref
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final

from gateway_engine.config import secret_values
from gateway_engine.plan import EnginePlan

MAX_FILE_BYTES: Final = 5 * 1024 * 1024
KEPT_FILES: Final = 3
MIN_SECRET_CHARS: Final = 6

_STANDARD: Final = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


class JsonLines(logging.Formatter):
    """Formats a record as one line of JSON, with every known secret replaced."""

    def __init__(self, secrets: Iterable[str]) -> None:
        super().__init__()
        known = {s for s in secrets if len(s) >= MIN_SECRET_CHARS}
        # As they stand in JSON text; the longest first, for one may begin with another.
        written = {json.dumps(s, ensure_ascii=False)[1:-1] for s in known} | known
        self._secrets = tuple(sorted(written, key=len, reverse=True))
        self._last: tuple[Callable[[], logging.LogRecord | None], str] = (lambda: None, "")

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, without its newline."""
        # Asked three times for each record: by two handlers, and by the rotation for its length.
        last, line = self._last
        if last() is not record:
            line = self._format(record)
            self._last = (weakref.ref(record), line)
        return line

    def _format(self, record: logging.LogRecord) -> str:
        at = datetime.datetime.fromtimestamp(record.created, datetime.UTC)
        line: dict[str, object] = {
            "time": at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        line |= {k: v for k, v in vars(record).items() if k not in _STANDARD}
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        text = json.dumps(line, ensure_ascii=False, default=str)
        for secret in self._secrets:
            text = text.replace(secret, "***")
        return text.encode("utf-8", "replace").decode("utf-8")


class _PrivateFile(logging.handlers.RotatingFileHandler):
    """Every file it opens, those after a rotation included, is its owner's only."""

    def _open(self) -> io.TextIOWrapper:
        stream = super()._open()
        Path(self.baseFilename).chmod(0o600)
        return stream


def start_logging(
    *, level: str, file: Path | None, console: bool, secrets: Iterable[str]
) -> logging.Handler | None:
    """Send the root logger's records to stderr and to `file`. Returns the file's handler.

    A file that cannot be opened is said on stderr and does not stop the program.
    """
    root = logging.getLogger()
    root.setLevel(level)
    formatter = JsonLines(secrets)
    handlers: list[logging.Handler] = []
    if console and sys.stderr is not None:
        handlers.append(logging.StreamHandler(sys.stderr))
    kept: logging.Handler | None = None
    problem = ""
    if file is not None:
        try:
            file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            kept = _PrivateFile(
                file, maxBytes=MAX_FILE_BYTES, backupCount=KEPT_FILES, encoding="utf-8"
            )
            handlers.append(kept)
        except OSError as error:
            problem = f"cannot write {file}: {error.strerror}"
    for handler in handlers:
        handler.setFormatter(formatter)
        root.addHandler(handler)
    for chatty in ("websockets", "aiohttp", "asyncio"):
        logging.getLogger(chatty).setLevel(max(logging.WARNING, root.level))
    if problem:
        logging.getLogger(__name__).warning("no log file: %s", problem)
    return kept


def configure_logging(plan: EnginePlan, *, console: bool, secrets: Iterable[str] = ()) -> None:
    """Start the log as the plan's settings say; `secrets` are those that are not in the
    settings.
    """
    settings = plan.settings
    start_logging(
        level=settings.log_level,
        file=plan.paths.log_file,
        console=console,
        secrets=(*secret_values(settings), *secrets),
    )
