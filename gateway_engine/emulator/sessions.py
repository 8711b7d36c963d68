"""What a chat session remembers, in memory and in ``db/`` (prompts stay there until deleted)."""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
from collections import OrderedDict
from dataclasses import asdict, dataclass, field
from pathlib import Path

from gateway_engine.emulator.instructions import read_prompt
from gateway_engine.emulator.tokens import count_tokens
from gateway_engine.emulator.work_dir import write_private

MAX_SESSIONS = 256
MAX_STORED = 4096
MAX_REMEMBERED_CHARS = 60


@dataclass(frozen=True, slots=True)
class PastTurn:
    """One finished turn."""

    prompt: str
    answer: str
    prompt_tokens: int
    answer_tokens: int
    summary: str
    teaches_tools: bool


@dataclass(slots=True)
class Session:
    """One conversation upstream."""

    id: str
    turns: list[PastTurn] = field(default_factory=list)

    @property
    def tokens(self) -> int:
        """What the remembered turns cost."""
        return sum(turn.prompt_tokens + turn.answer_tokens for turn in self.turns)

    @property
    def teaches_tools(self) -> bool:
        """Whether an earlier turn taught a tool contract."""
        return any(turn.teaches_tools for turn in self.turns)

    def memories(self) -> list[str]:
        """One line a turn, for a person and for tests."""
        return [turn.summary for turn in self.turns]

    def remember(self, prompt: str, answer: str) -> None:
        """Add a finished turn."""
        read = read_prompt(prompt)
        summary = f"user: {_short(read.user_text)} -> assistant: {_short(answer)}"
        costs = count_tokens(prompt), count_tokens(answer)
        self.turns.append(PastTurn(prompt, answer, *costs, summary, read.teaches_tools))


class SessionStore:
    """The sessions of one workDir.

    The least recently used ones leave memory first; the disk keeps more of what this process wrote.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._sessions: OrderedDict[str, Session] = OrderedDict()
        self._stored: OrderedDict[Path, None] = OrderedDict()

    def open(self, session_id: str, *, continued: bool) -> Session:
        """The session to answer in: the remembered one when continued, else a new one."""
        session = self._find(session_id) if continued else None
        if session is None:
            session = Session(session_id)
        self._sessions[session_id] = session
        self._sessions.move_to_end(session_id)
        while len(self._sessions) > MAX_SESSIONS:
            self._sessions.popitem(last=False)
        return session

    def save(self, session: Session) -> None:
        """Write the session to disk; it is the program's chat history."""
        content = json.dumps(
            {"id": session.id, "turns": [asdict(turn) for turn in session.turns]},
            ensure_ascii=False,
        )
        path = self._path(session.id)
        with contextlib.suppress(OSError):
            write_private(path, content)
            self._stored[path] = None
            self._stored.move_to_end(path)
            if len(self._stored) > MAX_STORED:
                self._stored.popitem(last=False)[0].unlink(missing_ok=True)

    def delete(self, session_id: str) -> bool:
        """Forget the session everywhere; False when it was not known."""
        known = self._sessions.pop(session_id, None) is not None
        path = self._path(session_id)
        on_disk = path.exists()
        path.unlink(missing_ok=True)
        self._stored.pop(path, None)
        return known or on_disk

    def _find(self, session_id: str) -> Session | None:
        session = self._sessions.get(session_id)
        if session is not None:
            return session
        try:
            stored = json.loads(self._path(session_id).read_text(encoding="utf-8"))
            return Session(session_id, [PastTurn(**turn) for turn in stored["turns"]])
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def _path(self, session_id: str) -> Path:
        name = session_id
        if not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", name):
            name = hashlib.sha256(session_id.encode("utf-8")).hexdigest()
        return self._folder / f"session-{name}.json"


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= MAX_REMEMBERED_CHARS else line[:MAX_REMEMBERED_CHARS] + "…"
