"""The log: JSON lines, one an event, on stderr and in a file that is rotated. Secrets are cut out.

Fields: time (UTC, ISO 8601), level, logger, message, whatever the call gave as `extra`, and the
request_id of the request that the line belongs to: whoever answers one says so with
`of_request`, and everything that is done for it inherits that, its tasks and threads included.
"""

import contextlib
import contextvars
import datetime
import io
import json
import logging
import logging.handlers
import re
import sys
import weakref
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Final

from gateway_engine.credential_text import without_credentials
from gateway_engine.plan import EnginePlan
from gateway_engine.setting_secrets import secret_values

logger = logging.getLogger(__name__)

MAX_FILE_BYTES: Final = 5 * 1024 * 1024
KEPT_FILES: Final = 3
MIN_SECRET_CHARS: Final = 6
BEGINNING_CHARS: Final = 12

_STANDARD: Final = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}

_request_id: contextvars.ContextVar[str] = contextvars.ContextVar("request_id", default="")


@contextlib.contextmanager
def of_request(request_id: str) -> Iterator[None]:
    """Within the block, every line of the log carries this request's id."""
    token = _request_id.set(request_id)
    try:
        yield
    finally:
        _request_id.reset(token)


class Redaction:
    """The secrets that never stand in the log. More may be added at any time, from any thread."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._known: frozenset[str] = frozenset()
        self._pattern: re.Pattern[str] | None = None
        self.add(*secrets)

    def add(self, *secrets: str) -> None:
        """Cut these out of every line from now on; what is too short to be a secret stays."""
        self._known |= {s for s in secrets if len(s) >= MIN_SECRET_CHARS}
        # As they stand in JSON text; the longest first, for one may begin with another.
        written = {json.dumps(s, ensure_ascii=False)[1:-1] for s in self._known} | self._known
        cuts = [re.escape(s) for s in sorted(written, key=len, reverse=True)]
        # A line may hold no more than the beginning of one: what comes from outside is shortened.
        cuts += [
            re.escape(s[:BEGINNING_CHARS]) + r"[\w.+/=~-]*"
            for s in sorted(written)
            if len(s) >= 2 * BEGINNING_CHARS
        ]
        self._pattern = re.compile("|".join(cuts)) if cuts else None

    def cut(self, text: str) -> str:
        """Return `text` without any of them."""
        return text if self._pattern is None else self._pattern.sub("***", text)


class JsonLines(logging.Formatter):
    """Formats a record as one line of JSON, without known secrets and credentials told as such."""

    def __init__(self, redaction: Redaction) -> None:
        super().__init__()
        self._redaction = redaction
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
        # A handler formats where the line was logged: in the context of its request.
        if request_id := _request_id.get():
            line["request_id"] = request_id
        line |= {k: v for k, v in vars(record).items() if k not in _STANDARD}
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        text = self._redaction.cut(json.dumps(line, ensure_ascii=False, default=str))
        text = without_credentials(text)
        return text.encode("utf-8", "replace").decode("utf-8")


class _PrivateFile(logging.handlers.RotatingFileHandler):
    """Every file it opens, those after a rotation included, is its owner's only.

    When it cannot be written, on a full disk say, that is said once; the lines go on elsewhere.
    """

    _fails = False
    _has_said = False

    def emit(self, record: logging.LogRecord) -> None:
        self._fails = False
        super().emit(record)
        if not self._fails:
            self._has_said = False

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's name
        """Instead of a traceback a line, which a full disk would bring."""
        error = sys.exception()
        if not isinstance(error, OSError):
            super().handleError(record)
            return
        self._fails = True
        if not self._has_said:
            self._has_said = True  # this very line comes here too
            reason = error.strerror or error
            logger.warning("%s cannot be written: %s", self.baseFilename, reason)

    def _open(self) -> io.TextIOWrapper:
        stream = super()._open()
        Path(self.baseFilename).chmod(0o600)
        return stream


def start_logging(
    *, level: str, file: Path | None, console: bool, redaction: Redaction
) -> logging.Handler | None:
    """Send the root logger's records to stderr and to `file`. Returns the file's handler.

    A file that cannot be opened is said on stderr and does not stop the program.
    """
    root = logging.getLogger()
    formatter = JsonLines(redaction)
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
    set_level(level)
    if problem:
        logger.warning("no log file: %s", problem)
    return kept


def set_level(level: str) -> None:
    """Log what is of this level or above from now on; chatty libraries from WARNING."""
    root = logging.getLogger()
    root.setLevel(level)
    for chatty in ("websockets", "aiohttp", "asyncio"):
        logging.getLogger(chatty).setLevel(max(logging.WARNING, root.level))


def configure_logging(plan: EnginePlan, *, console: bool) -> Redaction:
    """Start the log as the plan's settings say.

    Returns its redaction, which knows the secrets of the settings: add those that come later.
    """
    redaction = Redaction(secret_values(plan.settings))
    start_logging(
        level=plan.settings.log_level,
        file=plan.paths.log_file,
        console=console,
        redaction=redaction,
    )
    return redaction
