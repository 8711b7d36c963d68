"""Connects clients and takes that back: plan, apply, undo, and what has become of it since.

Order of every change, so that a crash leaves nothing unknown: the client's key, the journal, the
settings file; back, the settings file, the key, the journal.
"""

import contextlib
import difflib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

from gateway_engine.connect.client import Client, Endpoint, SettingsFile, Site
from gateway_engine.connect.client_keys import FILE_NAME, ClientKeys
from gateway_engine.connect.journal import Entry, Journal, JournalError
from gateway_engine.connect.merge import undo
from gateway_engine.connect.splice import Leaf, apply_edits, drifted
from gateway_engine.connect.target import Target, read_target, replace_target
from gateway_engine.running import change_lock
from gateway_engine.splicing.edits import RefusedEditError, leaves, spelled, tree_of

JOURNAL_FOLDER: Final = "connections"
LOCK_FILE: Final = "connections.lock"
SHOWN_FOR_SECRET: Final = "***"  # noqa: S105 - stands in the place of one

_SECRET_LINE: Final = re.compile(
    r"""((?:[\w-]*(?:api[_-]?key|token(?!s)|secret|passw|bearer)[\w-]*)["']?\s*[:=]\s*["']?)"""
    r"""(?!(?-i:[A-Z][A-Z0-9_]*)\b)([^"',\s{}\[\]]{6,})""",
    re.IGNORECASE,
)
"""A line that may hold a secret; the name of a variable is none."""


class ConnectError(Exception):
    """It was not done, and nothing was changed. The message says why and what to do."""


class State(StrEnum):
    """How a client stands."""

    BLOCKED = "blocked"
    PASTE = "paste"
    NOT_CONNECTED = "not_connected"
    CONNECTED = "connected"
    DRIFTED = "drifted"


@dataclass(frozen=True, slots=True)
class Status:
    """`path`: its settings file, None without one. `drift`: our keys that somebody has changed;
    `elsewhere`: connected, but to an address that is not the present one."""

    client: Client
    state: State
    path: Path | None = None
    installed: bool = False
    drift: tuple[str, ...] = ()
    elsewhere: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """What apply or undo does. `diff` shows no secret. `kept`: keys of ours the user has changed,
    which stay as they are. `readable`: other users of this machine can read the file."""

    path: Path
    diff: str
    kept: tuple[str, ...] = ()
    readable: bool = False


class Connections:
    """The clients of one user and one data folder. `clock` gives seconds UTC.

    Blocks on files: call it off the loops.
    """

    def __init__(self, data_dir: Path, site: Site, *, clock: Callable[[], float]) -> None:
        self._data_dir = data_dir
        self._site = site
        self._clock = clock
        self.keys = ClientKeys(data_dir / FILE_NAME)
        self._journal = Journal(data_dir / JOURNAL_FOLDER)

    def key(self, client: Client) -> str:
        """The key of `client`, made now when it has none. Raises ConnectError."""
        with self._changing():
            return self.keys.make(client.name)

    def status(self, client: Client, url: str = "") -> Status:
        """How `client` stands; `url` is where the gateway answers, "" when that is not known."""
        if client.blocked:
            return Status(client, State.BLOCKED)
        if client.file is None:
            return Status(client, State.PASTE)
        path = None
        try:
            path = client.file.path(self._site)
            entry = self._journal.read(client.name)
            if entry is None:
                return Status(client, State.NOT_CONNECTED, path, path.parent.exists())
            text = read_target(entry.path).text
            drift = tuple(spelled(p) for p in drifted(text, entry.form, entry.leaves))
        except (RefusedEditError, JournalError, OSError) as error:
            return Status(client, State.DRIFTED, path, installed=True, problem=str(error))
        state = State.DRIFTED if drift else State.CONNECTED
        elsewhere = entry.url if url and entry.url != url else ""
        return Status(client, state, entry.path, True, drift, elsewhere)

    def apply(self, client: Client, url: str, *, dry_run: bool = False) -> Change:
        """Connect `client` to `url`; again, when it is connected. Raises ConnectError."""
        file = _file_of(client)
        with self._changing():
            known = self.keys.get(client.name)
            key = known or (SHOWN_FOR_SECRET if dry_run else self.keys.make(client.name))
            done = False
            try:
                change, entry, target = self._planned(client, file, Endpoint(url, key))
                if not dry_run:
                    self._journal.write(entry)
                    if entry.after != target.content:
                        replace_target(target, entry.after)
                done = True
                return change
            finally:
                if not (done or known or dry_run or self._has_entry(client)):
                    self.keys.revoke(client.name)

    def undo(self, client: Client, *, dry_run: bool = False) -> Change:
        """Take back what `apply` did, and revoke the client's key. Raises ConnectError."""
        with self._changing():
            entry = self._journal.read(client.name)
            if entry is None:
                if not dry_run and self.keys.get(client.name):  # made for `launch` or a paste
                    self.keys.revoke(client.name)
                    return Change(Path(), "")
                raise ConnectError(f"{client.title} is not connected, there is nothing to undo")
            target = read_target(entry.path)
            secrets = {self.keys.get(client.name), *_secrets(entry)}
            text, kept = _undone(entry, target)
            removed = text is None
            if not dry_run:
                content = None if text is None else text.encode()
                if content != target.content:
                    replace_target(target, content)
                self.keys.revoke(client.name)
                self._journal.remove(client.name)
            diff = _diff(target.text, text or "", entry.path, secrets, gone=removed)
            return Change(entry.path, diff, kept, target.others_can_read)

    def _planned(
        self, client: Client, file: SettingsFile, endpoint: Endpoint
    ) -> tuple[Change, Entry, Target]:
        earlier = self._journal.read(client.name)
        target = read_target(earlier.path if earlier else file.path(self._site))
        text = target.text
        base: str | None = None if target.content is None else text
        if earlier is not None:
            base, _ = _undone(earlier, target)
        edits = file.edits(endpoint)
        applied = apply_edits(file.seed if base is None else base, file.form, edits)
        ours = {leaf.path: leaf.ours for leaf in earlier.leaves} if earlier else {}
        entry = Entry(
            client=client.name,
            path=target.path,
            form=file.form,
            at=self._clock(),
            url=endpoint.url,
            before=None if base is None else base.encode(),
            after=applied.text.encode(),
            leaves=tuple(
                Leaf(edit.path, (tree_of(edit.value), *ours.get(edit.path, ())[:1]), before)
                for edit, before in zip(leaves(edits), applied.before, strict=True)
            ),
            made=applied.made,
        )
        keys = [edit.path for edit in leaves(edits) if edit.value == endpoint.key]
        replaced = {str(b.source).strip("\"'") for b in applied.before if b.path in keys}
        secrets = {endpoint.key, *_secrets(entry), *replaced}
        diff = _diff(text, applied.text, target.path, secrets)
        return Change(target.path, diff, readable=target.others_can_read), entry, target

    def _has_entry(self, client: Client) -> bool:
        with contextlib.suppress(JournalError, OSError):
            return self._journal.read(client.name) is not None
        return True

    @contextlib.contextmanager
    def _changing(self) -> Iterator[None]:
        """One process at a time, and every way of failing as a ConnectError."""
        try:
            self._data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
            with change_lock(self._data_dir / LOCK_FILE):
                yield
        except (RefusedEditError, JournalError) as error:
            raise ConnectError(str(error)) from None
        except TimeoutError:
            raise ConnectError("another program is connecting clients; try again") from None
        except OSError as error:
            where = error.filename or self._data_dir
            raise ConnectError(f"cannot change {where}: {error.strerror}") from None


def _file_of(client: Client) -> SettingsFile:
    if client.blocked:
        raise ConnectError(client.blocked)
    if client.file is None:
        raise ConnectError(
            f"{client.title} keeps its settings where they cannot be edited; see"
            f" `lingma-gateway clients show {client.name}` for what to paste"
        )
    return client.file


def _undone(entry: Entry, target: Target) -> tuple[str | None, tuple[str, ...]]:
    """The text without what `entry` did (None: no file), and which keys stay as they are."""
    if target.content is None:
        return None, tuple(spelled(leaf.path) for leaf in entry.leaves)
    if entry.before is None and target.content == entry.after:
        return None, ()
    result = undo(
        target.text,
        entry.form,
        before=(entry.before or b"").decode(),
        after=entry.after.decode(),
        found=entry.leaves,
        made=entry.made,
    )
    return result.text, tuple(spelled(path) for path in result.kept)


def _secrets(entry: Entry) -> set[str]:
    """Whatever the file held that may be one, of ours or of the user's."""
    texts = (entry.after, entry.before or b"")
    return {m[2] for text in texts for m in _SECRET_LINE.finditer(text.decode())}


def _diff(before: str, after: str, path: Path, secrets: set[str], *, gone: bool = False) -> str:
    lines = difflib.unified_diff(
        before.splitlines(),
        after.splitlines(),
        str(path),
        "(removed)" if gone else str(path),
        lineterm="",
    )
    shown = "\n".join(lines)
    for secret in sorted(secrets, key=len, reverse=True):
        if len(secret) >= len(SHOWN_FOR_SECRET) + 3:
            shown = shown.replace(secret, SHOWN_FOR_SECRET)
    return _SECRET_LINE.sub(lambda m: m[1] + SHOWN_FOR_SECRET, shown) if shown else ""
