"""What the HTTP server needs of the rest of the engine: Protocols, declared where used."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

from gateway_engine.conversation import Caller, ChatRequest, InstanceName, Model, StreamBatch
from gateway_engine.engine_report import (
    EffectiveSetting,
    EngineStats,
    SettingsReadAgain,
    SettingsStanding,
    SmokeReport,
)
from gateway_engine.events import InstanceStatus, PrintedLine, SignInStatus
from gateway_engine.inspector.query import RecordPage, RecordQuery
from gateway_engine.inspector.record import Record
from gateway_engine.inspector.recorder import Listening
from gateway_engine.inspector.trace import Arrival, Trace


class ChatBackend(Protocol):
    """Answers chat requests."""

    def ask(self, request: ChatRequest, caller: Caller) -> AsyncGenerator[StreamBatch, None]:
        """Stream one answer: first `TurnRouted`, last `TurnFinished`.

        Raises a GatewayError instead of ending when the turn fails. The caller must exhaust or
        `aclose()` it; closing early (the client went away) stops the upstream turn.
        """
        ...

    async def count_tokens(self, request: ChatRequest, *, large: bool = False) -> int:
        """Return how many input tokens `request` would be said to have. Asks no upstream."""
        ...

    async def models(self) -> Sequence[Model]:
        """All models of the ready instances, deduplicated, the default first.

        Waits for an instance that is starting. Raises LoginRequiredError or
        UpstreamUnavailableError when there is none to ask.
        """
        ...


class ResponseStore(Protocol):
    """Keeps what clients of the Responses API may go on from, as opaque JSON documents.

    Entries belong to the API key (`key_id`, "" when there is none) that made them and are not found
    under another. What was not touched (by put or get) for an age limit is gone, and so is the
    oldest when there is too much. Trouble with the storage is logged, never raised: an answer is
    worth more than its copy.
    """

    async def get(self, key_id: str, response_id: str) -> bytes | None:
        """Return the document, None when there is none (any more)."""
        ...

    async def put(self, key_id: str, response_id: str, document: bytes) -> None:
        """Keep `document`; it can be got as soon as this returns."""
        ...

    async def delete(self, key_id: str, response_id: str) -> bool:
        """Forget a document; False when there was none."""
        ...


class RecordBackend(Protocol):
    """Records requests and shows the records. Trouble with the storage is logged, not raised."""

    def begin(self, arrival: Arrival) -> Trace:
        """A request came that is to be recorded: return what goes along with it."""
        ...

    def finish(self, trace: Trace) -> None:
        """It is over. Never waits, never raises."""
        ...

    async def find(self, query: RecordQuery) -> RecordPage:
        """Return one page, the newest first; what was just answered is in it."""
        ...

    async def get(self, record_id: str) -> Record | None:
        """Return one record, None when there is none (any more)."""
        ...

    async def wipe(self) -> None:
        """Forget everything, on the disk too. Raises GatewayError when that is not possible."""
        ...

    def listen(self) -> AbstractContextManager[Listening]:
        """Hear of every record from now on."""
        ...


class AdminBackend(Protocol):
    """Tells about the engine itself."""

    def instances(self) -> tuple[InstanceStatus, ...]:
        """Every instance of the pool, in order."""
        ...

    def upstream(self) -> str:
        """What answers here: lingma, acp, mixed or demo."""
        ...

    def stats(self) -> EngineStats:
        """The figures of this moment."""
        ...

    def effective_config(self) -> Mapping[str, EffectiveSetting]:
        """Every setting in force by its environment name, secrets hidden."""
        ...

    def metrics(self) -> tuple[bytes, str]:
        """The figures for Prometheus, and their content type."""
        ...

    async def raw_models(self, name: InstanceName) -> Any:
        """What one instance's upstream says of its models now, as JSON values without secrets.

        Raises NotFoundError for an unknown instance, and the upstream's GatewayErrors.
        """
        ...

    async def smoke(self, name: InstanceName) -> SmokeReport:
        """Try one instance from end to end. Raises NotFoundError for an unknown one."""
        ...


class SettingsBackend(Protocol):
    """The settings file, as far as a route may concern itself with it."""

    async def standing(self) -> SettingsStanding:
        """The file, and whether what it says is in force."""
        ...

    async def read_again(self) -> SettingsReadAgain:
        """Put in force what the sources say now. Raises GatewayErrors: then nothing has changed."""
        ...


class AccountBackend(Protocol):
    """Signs accounts in and out, and carries logins. All but `sign_ins` raise GatewayErrors."""

    def sign_ins(self) -> tuple[SignInStatus, ...]:
        """The account of every instance, in order."""
        ...

    async def begin_sign_in(self, name: InstanceName, *, switch: bool) -> str:
        """Start a sign-in; returns the address to open in a browser."""
        ...

    async def begin_sign_in_command(self, name: InstanceName) -> None:
        """Run the login command of an agent; returns once it has been started."""
        ...

    def sign_in_printed(self, name: InstanceName) -> tuple[PrintedLine, ...]:
        """The last lines that command has printed. Raises NotFoundError."""
        ...

    async def deliver_sign_in(self, name: InstanceName, address: str) -> None:
        """Take the last address of a browser on another machine."""
        ...

    async def cancel_sign_in(self, name: InstanceName) -> None:
        """Give up the sign-in that is under way, if there is one."""
        ...

    async def sign_out(self, name: InstanceName) -> None:
        """Let the account be forgotten."""
        ...

    async def start_auto_login(
        self, name: InstanceName, *, username: str, password: str, remember: bool
    ) -> None:
        """Sign in with this password, or the one that is there ("" both); returns once that has
        begun. `remember`: keep it in the system's keyring.
        """
        ...

    async def export_session(self, name: InstanceName, passphrase: str) -> Mapping[str, Any]:
        """The login of an instance: {instance, bundle_b64 | bundle_age, files, bytes}."""
        ...

    async def import_session(
        self, name: InstanceName, data: bytes, *, passphrase: str, replace: bool, dry_run: bool
    ) -> Mapping[str, Any]:
        """Put a login in place: {instance, changes, logged_in}."""
        ...
