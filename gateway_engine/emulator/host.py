"""What every connection of one emulator process shares."""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass, field

from gateway_engine.emulator.account import Account
from gateway_engine.emulator.ids import Ids
from gateway_engine.emulator.journal import Journal
from gateway_engine.emulator.options import Options
from gateway_engine.emulator.scenario import Scenario
from gateway_engine.emulator.sessions import SessionStore
from gateway_engine.emulator.work_dir import WorkDir

DEFAULT_ENDPOINT = "https://lingma.emulator.invalid"
MAX_IMAGES = 64


@dataclass(slots=True)
class Stats:
    """What this process has seen; the ``stats`` instruction shows it, tests read it."""

    connections: int = 0
    prompts: int = 0
    in_flight: int = 0
    finished: int = 0
    stopped: int = 0
    abandoned: int = 0
    sessions_deleted: int = 0
    requests_sent: int = 0
    requests_answered: int = 0
    unexpected_answers: int = 0
    invalid_messages: int = 0


@dataclass(slots=True)
class Host:
    """The process's one state; it is touched from one event loop only."""

    options: Options
    scenario: Scenario
    work_dir: WorkDir
    account: Account
    sessions: SessionStore
    ids: Ids
    journal: Journal
    endpoint: str = DEFAULT_ENDPOINT
    http_port: int = 0
    stats: Stats = field(default_factory=Stats)
    images: OrderedDict[str, str] = field(default_factory=OrderedDict)
    pushes: set[Callable[[], Awaitable[None]]] = field(default_factory=set)

    def login_url(self, nonce: str) -> str:
        """The page that signs in with this nonce."""
        return f"http://127.0.0.1:{self.http_port}/login?nonce={nonce}"

    def set_endpoint(self, endpoint: str) -> None:
        """Use another endpoint and keep it for the next start."""
        self.endpoint = endpoint
        self.work_dir.write_config(self.work_dir.read_config() | {"endpoint": endpoint})

    def keep_image(self, url: str, about: str) -> None:
        """Remember an uploaded image by its URL."""
        self.images[url] = about
        while len(self.images) > MAX_IMAGES:
            self.images.popitem(last=False)

    def stats_json(self) -> str:
        """The figures as JSON."""
        return json.dumps(asdict(self.stats), indent=2) + "\n"

    async def report_account(self) -> None:
        """Push ``auth/report`` to every client."""
        if "quiet_login" in self.scenario:
            return
        self.journal.note(f"auth/report status={self.account.status}")
        for push in tuple(self.pushes):
            await push()
