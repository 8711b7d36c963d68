"""When the automatic sign-in begins, how often it tries, and what becomes of it."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import psutil
import pytest

from gateway_engine.accounts import auto_login
from gateway_engine.accounts.auto_login import AutoLogin, AutoLoginRules, Credentials
from gateway_engine.accounts.browser.installed import find_browser
from gateway_engine.accounts.browser.order import Order, Outcome, Said
from gateway_engine.accounts.desk import AccountDesk
from gateway_engine.accounts.signed_out import SignedOut
from gateway_engine.conversation import InstanceName
from gateway_engine.errors import ConflictError, NotFoundError
from gateway_engine.events import (
    EngineEvent,
    InstanceChanged,
    InstanceState,
    InstanceStatus,
    SignInChanged,
    SignInState,
    SignInStatus,
)
from gateway_engine.upstreams.contract import Login, LoginState
from gateway_engine.upstreams.processes.guard import OrphanGuard
from tests.integration.emulator.running_program import until
from tests.integration.engine.running_engine import gateway
from tests.support.held_passwords import HeldPasswords
from tests.support.hygiene import ExpectedLogs
from tests.support.sign_in_site import PASSWORD, USER, SignInSite, served

PATH = {"PATH": "/usr/bin:/usr/local/bin:/snap/bin"}
ME = InstanceName("inst-0")
pytestmark = [
    pytest.mark.deadline(120),
    pytest.mark.skipif(
        not find_browser(PATH, platform=sys.platform), reason="needs an installed browser"
    ),
]


class Upstream:
    """An upstream whose sign-in is at a site of ours; signed in once its callback was asked."""

    def __init__(self, site_url: str) -> None:
        self.site_url = site_url
        self.account = Login(LoginState.LOGGED_OUT)
        self.begun = 0

    async def sign_in_url(self) -> str:
        self.begun += 1
        return self.site_url

    async def finish_sign_in(self, address: str) -> None:
        raise AssertionError(address)

    async def sign_out(self) -> None:
        self.account = Login(LoginState.LOGGED_OUT)

    async def check_login(self) -> Login:
        return self.account


class Instance:
    """Fits gateway_engine.accounts.desk.AccountInstance."""

    def __init__(self, upstream: Upstream) -> None:
        self.name = ME
        self.signing_in = upstream
        self.state = InstanceState.NEEDS_LOGIN
        self.generation = 1
        self.stopped = False

    @property
    def login(self) -> Login:
        return self.signing_in.account

    def hold(self) -> None:
        raise AssertionError

    async def pause(self) -> None:
        raise AssertionError

    def resume(self) -> None:
        raise AssertionError

    def changed(self) -> InstanceChanged:
        usable = self.login.usable
        state = InstanceState.READY if usable else InstanceState.NEEDS_LOGIN
        return InstanceChanged(InstanceStatus(ME, "lingma", state, 1.0, logged_in=usable))


class Setting:
    """A desk, an automatic sign-in and one instance."""

    def __init__(self, folder: Path, url: str, guard: OrphanGuard, rules: AutoLoginRules) -> None:
        self.told: list[SignInStatus] = []
        self._news = asyncio.Event()
        self.upstream = Upstream(url)
        self.instance = Instance(self.upstream)
        self.desk = AccountDesk(emit=self._emit, wall_clock=lambda: 1.0, poll_s=0.1)
        self.desk.serve([(self.instance, folder / "work")])
        self.memory = HeldPasswords({})
        self.hidden: list[str] = []
        self.signed_out = SignedOut(folder)

        def make() -> AutoLogin:
            return AutoLogin(
                self.desk,
                rules,
                guard,
                pictures=folder / "pics",
                passwords=self.memory,
                signed_out=self.signed_out,
                hide=self.hidden.extend,
                environ=PATH,
            )

        self._make = make
        self.auto = self._make()
        self.auto.serve({ME: Credentials(USER, PASSWORD)})

    async def restart(self) -> None:
        """Another life of the automatic sign-in; it serves nobody yet."""
        await self.auto.aclose()
        self.auto = self._make()

    def _emit(self, event: EngineEvent) -> None:
        if isinstance(event, SignInChanged):
            self.told.append(event.status)
            self._news.set()

    def notice(self) -> None:
        """As the engine does with every event of an instance."""
        event = self.instance.changed()
        self.desk.take(event)
        self.auto.consider(event.status)

    async def until(self, *states: SignInState) -> SignInStatus:
        while not self.told or self.told[-1].state not in states:
            self._news.clear()
            await self._news.wait()
        return self.told[-1]


@asynccontextmanager
async def setting(folder: Path, site: SignInSite, *, max_retry: int = 2) -> AsyncIterator[Setting]:
    guard = OrphanGuard()
    rules = AutoLoginRules(timeout_s=60, max_retry=max_retry, pause_s=0.01)
    async with served(site) as url:
        made = Setting(folder, url, guard, rules)
        try:
            yield made
        finally:
            await made.auto.aclose()
            await made.desk.aclose()
            guard.close()
    left = [p.name() for p in psutil.Process().children(recursive=True)]
    assert not [name for name in left if "chrom" in name or "node" in name]


async def test_by_itself_with_a_real_engine(tmp_path: Path) -> None:
    who = {"LINGMA_USERNAME": "ann", "LINGMA_PASSWORD": "never-written-anywhere"}
    async with gateway(tmp_path, "logged_out", **who) as running:
        status = await running.events.until(
            lambda: next(
                (s for s in running.engine.accounts.desk.statuses() if s.account == "ann"), None
            ),
            deadline_s=60,
        )
        assert status.state is SignInState.LOGGED_IN
        assert (await running.ask("hello")).text
    states = [e.status.state for e in running.events.seen if isinstance(e, SignInChanged)]
    assert states == [SignInState.SIGNING_IN, SignInState.LOGGED_IN]
    files = [p for p in tmp_path.rglob("*") if p.is_file()]
    assert not [p for p in files if b"never-written-anywhere" in p.read_bytes()]


async def test_a_wrong_password_is_told_and_not_tried_again(
    tmp_path: Path, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("ended", logger="gateway_engine.accounts.auto_login")
    site = SignInSite("/one", callback=str, password="another")
    async with setting(tmp_path, site) as made:
        made.notice()
        status = await made.until(SignInState.FAILED)
        assert status.error_code == "wrong_password"
        assert PASSWORD not in status.error_message
        made.notice()
        await asyncio.sleep(0.1)
        assert (made.upstream.begun, len(site.tries)) == (1, 1)


@pytest.mark.parametrize("known", ["settings", "kept", "nowhere"])
async def test_a_refused_password_is_not_sent_again_by_itself_nor_hides_a_known_one(
    tmp_path: Path, expected_logs: ExpectedLogs, monkeypatch: pytest.MonkeyPatch, known: str
) -> None:
    sent: list[str] = []

    async def drive(order: Order, guard: OrphanGuard, waits: object) -> Said:
        sent.append(order.password)
        return Said(Outcome.WRONG_PASSWORD, "refused", final=True, submitted=True)

    monkeypatch.setattr(auto_login, "drive_aside", drive)
    expected_logs.expect("ended", logger="gateway_engine.accounts.auto_login")
    async with setting(tmp_path, SignInSite("/one", callback=str)) as made:
        if known != "settings":
            made.memory.kept = {ME: (USER, PASSWORD)} if known == "kept" else {}
            made.auto.serve({})

        async def asked(times: int) -> None:
            while made.auto.under_way() or len(sent) < times:  # noqa: ASYNC110 - no event of it
                await asyncio.sleep(0.01)
            await asyncio.sleep(0.05)

        def login_is_lost() -> None:
            for state in (LoginState.LOGGED_IN, LoginState.LOGGED_OUT):
                made.upstream.account = Login(state, "ann")
                made.notice()

        known_before = dict(made.memory.kept or {})
        await made.auto.start(ME, Credentials(USER, "mistyped"), remember=True)
        assert made.memory.kept == {ME: (USER, "mistyped")}
        await made.until(SignInState.FAILED)
        assert made.memory.kept == known_before
        await asked(1)
        login_is_lost()
        if known == "nowhere":
            await asked(1)
            assert sent == ["mistyped"]
            return
        await asked(2)
        assert sent == ["mistyped", PASSWORD]
        login_is_lost()  # the other one is refused as well
        await asked(2)
        assert sent == ["mistyped", PASSWORD]


async def test_a_password_for_who_is_signed_in_is_neither_used_nor_kept(tmp_path: Path) -> None:
    async with setting(tmp_path, SignInSite("/one", callback=str)) as made:
        made.upstream.account = Login(LoginState.LOGGED_IN, "ann")
        with pytest.raises(ConflictError, match="sign out first") as caught:
            await made.auto.start(ME, Credentials("bob", "another"), remember=True)
        assert (caught.value.code, made.memory.kept) == ("already_logged_in", {})
        await made.auto.start(ME)  # what is wanted is so already
        assert made.told == []


async def test_a_captcha_waits_for_a_person(tmp_path: Path, expected_logs: ExpectedLogs) -> None:
    expected_logs.expect("ended", logger="gateway_engine.accounts.auto_login")
    async with setting(tmp_path, SignInSite("/captcha", callback=str)) as made:
        await made.auto.start(ME)
        status = await made.until(SignInState.NEEDS_PERSON)
        assert status.error_code == "captcha"
        made.upstream.account = Login(LoginState.LOGGED_IN, "ann")
        assert (await made.until(SignInState.LOGGED_IN)).account == "ann"


async def test_a_page_out_of_order_is_tried_again_some_times(
    tmp_path: Path, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("ended", logger="gateway_engine.accounts.auto_login")
    async with setting(tmp_path, SignInSite("/one", callback=str), max_retry=1) as made:
        made.upstream.site_url = "http://127.0.0.1:9/"
        made.notice()
        status = await made.until(SignInState.FAILED)
        assert status.error_code == "unreachable"
        assert made.upstream.begun == 2


async def test_a_password_that_the_site_was_given_is_not_sent_again(
    tmp_path: Path, expected_logs: ExpectedLogs, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A site that says nothing of a wrong one got it once a try, and accounts get locked."""

    async def drive(order: Order, guard: OrphanGuard, waits: object) -> Said:
        return Said(Outcome.STUCK, "the page does not go on", final=True, submitted=True)

    monkeypatch.setattr(auto_login, "drive_aside", drive)
    expected_logs.expect("ended", logger="gateway_engine.accounts.auto_login")
    async with setting(tmp_path, SignInSite("/one", callback=str), max_retry=2) as made:
        made.notice()
        assert (await made.until(SignInState.FAILED)).error_code == "stuck"
        assert made.upstream.begun == 1


async def test_cancelled_or_lost_the_browser_goes(tmp_path: Path) -> None:
    site = SignInSite("/one", callback=str, hang=True)
    async with setting(tmp_path, site) as made:
        made.desk.take(made.instance.changed())
        for end in (SignInState.CANCELLED, SignInState.FAILED):
            await made.auto.start(ME)
            await made.until(SignInState.SIGNING_IN)
            if end is SignInState.CANCELLED:
                await made.desk.cancel(ME)
            else:
                made.instance.generation += 1
                made.notice()
            await made.until(end)
            while "inst-0" in made.auto.under_way():  # noqa: ASYNC110 - a browser ends
                await asyncio.sleep(0.02)


async def test_without_a_password_or_an_instance(tmp_path: Path) -> None:
    async with setting(tmp_path, SignInSite("/one", callback=str)) as made:
        made.auto.serve({})
        made.notice()
        with pytest.raises(ConflictError) as caught:
            await made.auto.start(ME)
        assert caught.value.code == "no_credentials"
        with pytest.raises(NotFoundError):
            await made.auto.start(InstanceName("inst-9"))
        assert made.upstream.begun == 0


async def test_a_password_that_was_given_or_kept(
    tmp_path: Path, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("not at hand", logger="gateway_engine.accounts.auto_login")
    expected_logs.allow("ended", logger="gateway_engine.accounts.auto_login")
    async with setting(tmp_path, SignInSite("/captcha", callback=str), max_retry=0) as made:
        made.auto.serve({})
        given = Credentials(USER, PASSWORD)
        made.memory.kept = None
        with pytest.raises(ConflictError) as caught:
            await made.auto.start(ME, given, remember=True)
        assert caught.value.code == "no_keyring"
        made.auto.serve({}, [ME])
        await asyncio.sleep(0.05)
        assert made.upstream.begun == 0
        made.memory.kept = {}
        await made.auto.start(ME, given, remember=True)
        await made.until(SignInState.NEEDS_PERSON)
        assert made.memory.kept == {ME: (USER, PASSWORD)}
        while made.auto.under_way():  # noqa: ASYNC110 - a browser ends
            await asyncio.sleep(0.02)
        # After a restart the keyring tells it, and the sign-in begins by itself.
        await made.desk.cancel(ME)
        made.upstream.account = Login(LoginState.LOGGED_IN, "ann")
        made.notice()
        made.upstream.account = Login(LoginState.EXPIRED, "ann")
        made.auto._credentials.clear()
        made.auto.serve({}, [ME])
        made.notice()
        await made.until(SignInState.SIGNING_IN)
        assert made.upstream.begun == 2
        assert made.hidden == [PASSWORD] * 3


async def test_without_a_browser(tmp_path: Path, expected_logs: ExpectedLogs) -> None:
    expected_logs.expect("apt install chromium", logger="gateway_engine.accounts.auto_login")
    guard = OrphanGuard()
    made = Setting(tmp_path, "http://127.0.0.1:9/", guard, AutoLoginRules())
    made.auto = AutoLogin(
        made.desk,
        AutoLoginRules(),
        guard,
        pictures=tmp_path,
        passwords=made.memory,
        signed_out=made.signed_out,
        environ={"PATH": str(tmp_path)},
    )
    made.auto.serve({ME: Credentials(USER, PASSWORD)})
    await made.auto.start(ME)
    assert (await made.until(SignInState.FAILED)).error_code == "browser_missing"
    await made.auto.aclose()
    await made.desk.aclose()
    guard.close()


@pytest.mark.parametrize("remembered", [True, False], ids=["remembered", "of the settings"])
async def test_who_has_signed_out_stays_so_over_a_start(tmp_path: Path, remembered: bool) -> None:
    """Unless it is the settings that say who is to be signed in."""
    async with setting(tmp_path, SignInSite("/one", callback=str, hang=True)) as made:
        who, others = ({}, [ME]) if remembered else ({ME: Credentials(USER, PASSWORD)}, [])
        made.memory.kept = {ME: (USER, PASSWORD)}
        made.upstream.account = Login(LoginState.LOGGED_IN, "ann")
        made.notice()
        await made.auto.hold(ME)
        made.notice()
        assert made.signed_out.names() == {ME}  # until it is done it is signed in, which is no news
        made.upstream.account = Login(LoginState.LOGGED_OUT)
        made.notice()
        await made.restart()
        made.auto.serve(who, others)
        await until(lambda: ME in made.auto._credentials)
        made.notice()
        assert made.upstream.begun == 0
        assert bool(made.auto.under_way()) is not remembered
        if remembered:
            made.upstream.account = Login(LoginState.LOGGED_IN, "ann")
            made.notice()
            await until(lambda: not made.signed_out.names())
            made.upstream.account = Login(LoginState.EXPIRED, "ann")
            made.notice()
        await until(lambda: made.upstream.begun)


async def test_why_a_passphrase_is_refused(tmp_path: Path) -> None:
    async with setting(tmp_path, SignInSite("/one", callback=str)) as made:
        for reason, code in (("", "wrong_passphrase"), ("too_busy", "too_busy")):
            made.memory.reason = reason
            with pytest.raises(ConflictError) as caught:
                await made.auto.unlock("phrase", ME)
            assert caught.value.code == code
        made.memory.kept = None
        given = Credentials(USER, PASSWORD)
        for reason, kept, gone in (
            ("", "no_keyring", "not_forgotten"),
            ("too_busy", "too_busy", "too_busy"),
        ):
            made.memory.reason = reason
            with pytest.raises(ConflictError) as caught:
                await made.auto.start(ME, given, remember=True)
            assert caught.value.code == kept
            with pytest.raises(ConflictError) as caught:
                await made.auto.forget(ME)
            assert caught.value.code == gone
