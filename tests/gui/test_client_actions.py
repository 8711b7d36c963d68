"""What a user asks about clients, and what of it comes into the state."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from desktop.client_actions import ClientActions
from desktop.slices.clients import OutcomeKind
from gateway_engine.public import ClientState, ConnectError, Deed
from tests.gui.conftest import RunOnQt
from tests.gui.fake_clients import KEY
from tests.gui.test_engine_thread import House


def run(run_on_qt: RunOnQt[None], scenario: Callable[..., object]) -> None:
    async def whole() -> None:
        house = House()
        house.thread.start()
        try:
            await house.until(lambda: bool(house.store.state.endpoint.url))
            await scenario(house)  # type: ignore[misc]
        finally:
            await house.close()

    run_on_qt(whole())


def test_from_a_look_to_an_undo(run_on_qt: RunOnQt[None]) -> None:
    async def scenario(house: House) -> None:
        actions, store = house.actions.clients, house.store

        def state(name: str) -> ClientState | None:
            view = store.state.clients.view(name)
            return view.status.state if view else None

        actions.look()
        await house.until(lambda: state("claude") is ClientState.NOT_CONNECTED)
        actions.plan("claude", Deed.APPLY)
        assert "claude" in store.state.clients.busy
        await house.until(lambda: "claude" in store.state.clients.plans)
        assert not store.state.clients.busy
        actions.do("claude")
        await house.until(lambda: state("claude") is ClientState.CONNECTED)
        assert store.state.clients.outcomes["claude"].kind is OutcomeKind.APPLIED
        assert store.state.clients.plans == {}
        actions.plan("claude", Deed.UNDO)
        await house.until(lambda: "claude" in store.state.clients.plans)
        actions.put_aside("claude")
        assert store.state.clients.plans == {}
        actions.plan("claude", Deed.UNDO)
        await house.until(lambda: "claude" in store.state.clients.plans)
        actions.do("claude")
        await house.until(lambda: state("claude") is ClientState.NOT_CONNECTED)
        assert store.state.clients.outcomes["claude"].kept == ("env.URL",)
        actions.dismiss("claude")
        assert store.state.clients.outcomes == {}
        assert [each for each in house.engine.asked if "claude" in each] == [
            "plan apply claude",
            "apply claude as-shown",
            "plan undo claude",
            "plan undo claude",
            "undo claude as-shown",
        ]

    run(run_on_qt, scenario)


def test_what_is_refused_is_said_and_the_plan_stays(run_on_qt: RunOnQt[None]) -> None:
    async def scenario(house: House) -> None:
        actions, store = house.actions.clients, house.store
        actions.plan("codex", Deed.APPLY)
        await house.until(lambda: "codex" in store.state.clients.plans)
        house.engine.clients.refusal = ConnectError("changed", "look again", Path("/x"))
        actions.do("codex")
        await house.until(lambda: "codex" in store.state.clients.outcomes)
        outcome = store.state.clients.outcomes["codex"]
        assert (outcome.kind, outcome.code, outcome.path) == (
            OutcomeKind.FAILED,
            "changed",
            Path("/x"),
        )
        assert not store.state.clients.busy
        assert "codex" in store.state.clients.plans
        assert store.state.action_error == ""

    run(run_on_qt, scenario)


def test_copying_makes_the_key_and_revoking_takes_it(
    run_on_qt: RunOnQt[None], qapp: QApplication
) -> None:
    async def scenario(house: House) -> None:
        actions, store = house.actions.clients, house.store
        qapp.clipboard().setText("")
        actions.show_pastes("curl")
        await house.until(lambda: "curl" in store.state.clients.pasted)
        assert not store.state.clients.pasted["curl"].has_key
        actions.copy_paste("curl", 1)
        await house.until(lambda: bool(store.state.clients.views))
        assert qapp.clipboard().text() == KEY
        assert qapp.clipboard().mimeData().hasFormat("x-kde-passwordManagerHint")
        view = store.state.clients.view("curl")
        assert view is not None
        assert view.status.has_key
        assert KEY not in repr(store.state)
        actions.revoke("curl")
        await house.until(lambda: "curl" in store.state.clients.outcomes)
        assert store.state.clients.outcomes["curl"].kind is OutcomeKind.REVOKED
        await house.until(lambda: "curl" in store.state.clients.pasted)
        assert "revoke curl" in house.engine.asked

    run(run_on_qt, scenario)


def test_looks_do_not_pile_up(run_on_qt: RunOnQt[None]) -> None:
    async def scenario(house: House) -> None:
        for _ in range(20):
            house.actions.clients.look()
        await house.until(lambda: bool(house.store.state.clients.views))
        for _ in range(20):
            await asyncio.sleep(0)
        assert 1 <= house.engine.asked.count("look") <= 2

    run(run_on_qt, scenario)


def test_without_an_engine_a_look_asks_nobody() -> None:
    house = House()
    house.actions.attach(None)
    house.actions.clients.look()
    house.actions.clients.show_pastes("curl")
    assert len(house.tasks) == 0
    house.bridge.close()


@pytest.mark.parametrize("opens", [True, False])
def test_a_launch_says_whether_a_terminal_opened(run_on_qt: RunOnQt[None], opens: bool) -> None:
    async def scenario(house: House) -> None:
        launched: list[tuple[str, Path]] = []

        async def launcher(name: str, folder: Path) -> bool:
            launched.append((name, folder))
            return opens

        actions = ClientActions(house.actions.asker, launcher=launcher)
        actions.launch("claude", Path("/work"))
        await house.until(lambda: "claude" in house.store.state.clients.outcomes)
        outcome = house.store.state.clients.outcomes["claude"]
        assert outcome.kind is (OutcomeKind.LAUNCHED if opens else OutcomeKind.FAILED)
        assert launched == [("claude", Path("/work"))]

    run(run_on_qt, scenario)


def test_a_check_is_begun_and_stopped(run_on_qt: RunOnQt[None]) -> None:
    async def scenario(house: House) -> None:
        house.actions.clients.check("codex")
        house.actions.clients.stop_check("codex")
        house.engine.clients.refusal = None
        house.actions.clients.look()
        await house.until(lambda: bool(house.store.state.clients.views))
        assert {"check codex", "stop check codex"} <= set(house.engine.asked)

    run(run_on_qt, scenario)
