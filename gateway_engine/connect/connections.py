"""Connects clients and takes that back: plan, apply, undo, and what has become of it since.

Order of every change, so that a crash leaves nothing unknown: the client's key, the journal, the
settings file; back, the settings file, the key, the journal.
"""

import contextlib
import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Final

from gateway_engine.connect.client import Client, Endpoint, SettingsFile, Site
from gateway_engine.connect.client_keys import FILE_NAME, ClientKeys
from gateway_engine.connect.journal import Entry, Journal, JournalError
from gateway_engine.connect.merge import undo
from gateway_engine.connect.seeding import seeded, unseeded
from gateway_engine.connect.showing import SHOWN_FOR_SECRET, masked_diff, secrets_in
from gateway_engine.connect.splice import Leaf, apply_edits, drifted, forget
from gateway_engine.connect.surroundings import Hint, hints, is_found, locked_part
from gateway_engine.connect.target import (
    Target,
    missing_folders,
    read_target,
    remove_empty,
    replace_target,
)
from gateway_engine.errors import Refusal
from gateway_engine.running import change_lock
from gateway_engine.splicing.edits import RefusedEditError, leaves, spelled, tree_of

JOURNAL_FOLDER: Final = "connections"
LOCK_FILE: Final = "connections.lock"


class ConnectError(Exception):
    """It was not done, and nothing was changed. The message says why and what to do.

    `code`: refused (not to be edited safely, `refusal` says why), journal, busy, read_only, changed
    (since it was shown), system (`path` and the system's words), blocked, paste_only, nothing.
    """

    def __init__(
        self,
        code: str,
        message: str,
        path: Path | None = None,
        refusal: Refusal | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.path = path
        self.refusal = refusal or Refusal(code, message)


class State(StrEnum):
    """How a client stands."""

    BLOCKED = "blocked"
    PASTE = "paste"
    NOT_CONNECTED = "not_connected"
    CONNECTED = "connected"
    DRIFTED = "drifted"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True)
class Status:
    """`path`: its settings file, None without one. `drift`: our keys that somebody has changed;
    `elsewhere`: connected, but to an address that is not the present one. `has_key`: it has one
    that opens the gateway; REVOKED is a client whose settings hold one that does not."""

    client: Client
    state: State
    path: Path | None = None
    installed: bool = False
    drift: tuple[str, ...] = ()
    elsewhere: str = ""
    problem: Refusal | None = None
    has_key: bool = False
    hints: tuple[Hint, ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """What apply or undo does. `diff` shows no secret. `kept`: keys of ours the user has changed,
    which stay as they are. `readable`: other users of this machine can read the file. `seen` stands
    for what the file was when the change was planned."""

    path: Path
    diff: str
    kept: tuple[str, ...] = ()
    readable: bool = False
    seen: str = ""


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

    def revoke(self, client: Client) -> None:
        """Let the client's key open nothing any more; its settings stay. Raises ConnectError."""
        with self._changing():
            self.keys.revoke(client.name)

    def status(self, client: Client, url: str = "") -> Status:
        """How `client` stands; `url` is where the gateway answers, "" when that is not known."""
        installed = is_found(client, self._site)
        if client.blocked:
            return Status(client, State.BLOCKED, installed=installed)
        key = self.keys.get(client.name)
        bare = Status(client, State.PASTE, installed=installed, has_key=bool(key))
        if client.file is None:
            return bare
        path = None
        try:
            path = client.file.path(self._site)
            entry = self._journal.read(client.name)
            about = hints(client.file, path if entry is None else entry.path, self._site)
            bare = replace(bare, path=path, hints=about)
            if entry is None:
                return replace(bare, state=State.NOT_CONNECTED)
            text = read_target(entry.path).text
            drift = tuple(spelled(p) for p in drifted(text, entry.form, entry.leaves))
            forget()
        except (RefusedEditError, JournalError, OSError) as error:
            forget()
            return replace(
                bare, state=State.DRIFTED, path=path, installed=True, problem=_why(error)
            )
        state = State.DRIFTED if drift else State.CONNECTED
        # Zed's settings hold no key of ours; of all others, another key than the present one.
        if not key or (_holds_key(client.file) and key.encode() not in entry.after):
            state = state if drift else State.REVOKED
        elsewhere = entry.url if url and entry.url != url else ""
        return replace(
            bare, state=state, path=entry.path, installed=True, drift=drift, elsewhere=elsewhere
        )

    def apply(self, client: Client, url: str, *, dry_run: bool = False, seen: str = "") -> Change:
        """Connect `client` to `url`; again, when it is connected. Raises ConnectError.

        `seen`: what the change was shown for; when that has changed since, nothing is done.
        """
        file = _file_of(client)
        with self._changing():
            known = self.keys.get(client.name)
            key = known or (SHOWN_FOR_SECRET if dry_run else self.keys.make(client.name))
            done = False
            try:
                earlier = self._journal.read(client.name)
                change, entry, target = self._planned(client, file, Endpoint(url, key), earlier)
                _check(seen, change, target, dry_run=dry_run)
                if not dry_run:
                    self._journal.write(entry)
                    if entry.after != target.content:
                        self._replace(target, entry, earlier)
                done = True
                return change
            finally:
                if not (done or known or dry_run or self._has_entry(client)):
                    self.keys.revoke(client.name)

    def _replace(self, target: Target, entry: Entry, earlier: Entry | None) -> None:
        """Write the settings; where that fails, the journal says what it said before."""
        try:
            replace_target(target, entry.after)
        except (RefusedEditError, OSError):
            if not _says(target.path, entry.after):
                if earlier is None:
                    self._journal.remove(entry.client)
                else:
                    self._journal.write(earlier)
                remove_empty(entry.folders)
            raise

    def undo(self, client: Client, *, dry_run: bool = False, seen: str = "") -> Change:
        """Take back what `apply` did, and revoke the client's key. Raises ConnectError."""
        with self._changing():
            entry = self._journal.read(client.name)
            if entry is None:
                if not dry_run and self.keys.get(client.name):  # made for `launch` or a paste
                    self.keys.revoke(client.name)
                    return Change(Path(), "")
                raise ConnectError(
                    "nothing", f"{client.title} is not connected, there is nothing to undo"
                )
            target = read_target(entry.path)
            secrets = {self.keys.get(client.name), *_secrets(entry)}
            text, kept = _undone(entry, target, client.file)
            diff = masked_diff(target.text, text or "", entry.path, secrets, gone=text is None)
            change = Change(entry.path, diff, kept, target.others_can_read, _seen(target))
            _check(seen, change, target, dry_run=dry_run)
            if not dry_run:
                content = None if text is None else text.encode()
                if content != target.content:
                    replace_target(target, content)
                if content is None:
                    remove_empty(entry.folders)
                self.keys.revoke(client.name)
                self._journal.remove(client.name)
            return change

    def _planned(
        self, client: Client, file: SettingsFile, endpoint: Endpoint, earlier: Entry | None
    ) -> tuple[Change, Entry, Target]:
        target = read_target(earlier.path if earlier else file.path(self._site))
        text = target.text
        base: str | None = None if target.content is None else text
        if earlier is not None:
            base, _ = _undone(earlier, target, file)
        edits = file.edits(endpoint)
        start = seeded(base, file.form, file.seed)
        applied = apply_edits(start.text, file.form, edits)
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
            folders=earlier.folders if earlier else missing_folders(target.path),
            seed=start.seed or (earlier.seed if earlier else ""),
        )
        keys = [edit.path for edit in leaves(edits) if edit.value == endpoint.key]
        replaced = {str(b.source).strip("\"'") for b in applied.before if b.path in keys}
        secrets = {endpoint.key, *_secrets(entry), *replaced}
        diff = masked_diff(text, applied.text, target.path, secrets)
        change = Change(target.path, diff, (), target.others_can_read, _seen(target))
        return change, entry, target

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
        except RefusedEditError as error:
            raise ConnectError("refused", str(error), refusal=_why(error)) from None
        except JournalError as error:
            raise ConnectError("journal", str(error)) from None
        except TimeoutError:
            raise ConnectError("busy", "another program is connecting clients; try again") from None
        except OSError as error:
            where = Path(error.filename or self._data_dir)
            said = f"cannot change {where}: {error.strerror}"
            raise ConnectError("system", said, where) from None
        finally:
            forget()


def _why(error: Exception) -> Refusal:
    if isinstance(error, RefusedEditError):
        return Refusal(error.code, str(error), error.facts)
    if isinstance(error, OSError) and error.filename and error.strerror:
        facts = {"file": str(error.filename), "why": error.strerror}
        return Refusal("unreadable", str(error), facts)
    return Refusal("journal", str(error))


def _check(seen: str, change: Change, target: Target, *, dry_run: bool) -> None:
    """Refuse to write what was not shown, or what somebody has locked."""
    if seen and seen != change.seen:
        said = f"{target.path} was changed since the change was shown; look at it again"
        raise ConnectError("changed", said, target.path)
    locked = None if dry_run or not change.diff else locked_part(target.path)
    if locked is not None:
        said = f"{locked} is read-only: make it writable, then try again"
        raise ConnectError("read_only", said, locked)


def _says(path: Path, content: bytes) -> bool:
    """Whether the file was written all the same, and only what comes after that has failed."""
    try:
        return read_target(path).content == content
    except (RefusedEditError, OSError):
        return False


def _seen(target: Target) -> str:
    content = b"none" if target.content is None else b"file" + target.content
    return hashlib.sha256(str(target.path).encode() + b"\0" + content).hexdigest()


def _holds_key(file: SettingsFile) -> bool:
    """Whether the client's key stands in its settings."""
    mark = "the-key-itself"
    return any(mark in repr(edit.value) for edit in file.edits(Endpoint("http://x", mark)))


def _file_of(client: Client) -> SettingsFile:
    if client.blocked:
        raise ConnectError("blocked", client.blocked)
    if client.file is None:
        raise ConnectError(
            "paste_only",
            f"{client.title} keeps its settings where they cannot be edited; see"
            f" `lingma-gateway clients show {client.name}` for what to paste",
        )
    return client.file


def _undone(
    entry: Entry, target: Target, file: SettingsFile | None
) -> tuple[str | None, tuple[str, ...]]:
    """The text without what `entry` did (None: no file), and which keys stay as they are."""
    if target.content is None:
        return None, tuple(spelled(leaf.path) for leaf in entry.leaves)
    if target.content == entry.after:
        return entry.before.decode() if entry.before is not None else None, ()
    before = None if entry.before is None else entry.before.decode()
    result = undo(
        target.text,
        entry.form,
        before=seeded(before, entry.form, entry.seed).text,
        after=entry.after.decode(),
        found=entry.leaves,
        made=entry.made,
        needed=() if file is None else file.needed,
    )
    text: str | None = unseeded(result.text, entry.form, entry.seed)
    if before is None and entry.seed and text is not None and not text.strip():
        text = None  # nobody has written into what was our file
    return text, tuple(spelled(path) for path in result.kept)


def _secrets(entry: Entry) -> set[str]:
    """Whatever the file held that may be one, of ours or of the user's."""
    return secrets_in(entry.after.decode()) | secrets_in((entry.before or b"").decode())
