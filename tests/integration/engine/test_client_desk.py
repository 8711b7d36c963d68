"""What the desktop asks about client programs, of an engine that runs."""

import json
from pathlib import Path

import pytest

from gateway_engine.connect.catalogue import CLIENTS
from gateway_engine.connect.connections import ConnectError, State
from gateway_engine.connect.desk import ClientView, Deed
from gateway_engine.events import ClientChecked, InstanceState, ProbeState
from tests.integration.engine.running_engine import Gateway, gateway


async def view_of(running: Gateway, name: str) -> ClientView:
    views = await running.engine.clients.look()
    assert [view.status.client.name for view in views] == list(CLIENTS)
    return next(view for view in views if view.status.client.name == name)


async def ended(running: Gateway, name: str) -> ClientChecked:
    def last() -> ClientChecked | None:
        told = [e for e in running.events.seen if isinstance(e, ClientChecked) and e.client == name]
        return told[-1] if told and not told[-1].is_running else None

    return await running.events.until(last)


async def test_from_a_look_to_an_undo(tmp_path: Path) -> None:
    settings = tmp_path / ".claude" / "settings.json"
    async with gateway(tmp_path) as running:
        desk = running.engine.clients
        await running.state(InstanceState.READY)
        assert (await view_of(running, "claude")).status.state is State.NOT_CONNECTED
        shown = await desk.plan("claude", Deed.APPLY)
        assert running.url in shown.diff
        assert not settings.exists()
        pasted = await desk.pastes("claude", with_key=False)
        assert not pasted.has_key
        assert (await view_of(running, "claude")).status.has_key is False
        await desk.do("claude", Deed.APPLY, shown.seen)
        env = json.loads(settings.read_text())["env"]
        assert env["ANTHROPIC_BASE_URL"] == running.url
        pasted = await desk.pastes("claude", with_key=True)
        assert env["ANTHROPIC_AUTH_TOKEN"] in pasted.pastes[0].text
        view = await view_of(running, "claude")
        assert (view.status.state, view.last_seen) == (State.CONNECTED, 0.0)
        async with (
            running.client() as client,
            client.post(
                "/v1/messages",
                headers={"authorization": f"Bearer {env['ANTHROPIC_AUTH_TOKEN']}"},
                json={
                    "model": "x",
                    "max_tokens": 9,
                    "messages": [{"role": "user", "content": "hi"}],
                },
            ) as got,
        ):
            assert got.status == 200, await got.text()
        assert (await view_of(running, "claude")).last_seen > 0
        await desk.revoke("claude")
        assert (await view_of(running, "claude")).status.state is State.REVOKED
        back = await desk.plan("claude", Deed.UNDO)
        await desk.do("claude", Deed.UNDO, back.seen)
        assert not settings.exists()
        with pytest.raises(ConnectError) as refused:
            await desk.plan("claude", Deed.UNDO)
        assert refused.value.code == "nothing"


async def test_who_asked_before_is_known_after_a_new_start(tmp_path: Path) -> None:
    async with gateway(tmp_path) as running:
        await running.state(InstanceState.READY)
        key = (await running.engine.clients.pastes("curl", with_key=True)).pastes[1].text
        async with (
            running.client() as client,
            client.post(
                "/v1/chat/completions",
                headers={"authorization": f"Bearer {key}"},
                json={"model": "x", "messages": [{"role": "user", "content": "hi"}]},
            ) as got,
        ):
            assert got.status == 200
    async with gateway(tmp_path) as running:
        assert (await view_of(running, "curl")).last_seen > 0
        assert (await view_of(running, "sdk")).last_seen == 0


@pytest.mark.deadline(60)
@pytest.mark.parametrize("name", [c.name for c in CLIENTS.values() if not c.blocked])
async def test_everything_a_client_needs_works(tmp_path: Path, name: str) -> None:
    async with gateway(tmp_path) as running:
        await running.state(InstanceState.READY)
        await running.engine.clients.check(name)
        done = await ended(running, name)
        assert [r.probe for r in done.results] == list(CLIENTS[name].probes)
        assert [r for r in done.results if r.state is not ProbeState.PASSED] == []
        assert running.engine.clients.events() == (done,)
        # Asked with the gateway's own key: the client has not been seen by that.
        assert (await view_of(running, name)).last_seen == 0
        assert (await view_of(running, name)).status.has_key is False


async def test_a_check_says_what_fails_and_can_be_stopped(tmp_path: Path) -> None:
    async with gateway(tmp_path, "logged_out") as running:
        await running.state(InstanceState.NEEDS_LOGIN)
        await running.engine.clients.check("codex")
        done = await ended(running, "codex")
        assert (done.results[0].state, done.results[0].status) == (ProbeState.FAILED, 503)
        assert done.results[-1].state is ProbeState.PASSED
        with pytest.raises(ConnectError):
            await running.engine.clients.check("cursor")
    async with gateway(tmp_path / "slow", "never_ready") as running:
        await running.engine.clients.check("codex")
        await running.events.until(
            lambda: next((e for e in running.events.seen if isinstance(e, ClientChecked)), None)
        )
        await running.engine.clients.stop_check("codex")
        done = await ended(running, "codex")
        assert {r.state for r in done.results} == {ProbeState.WAITING}
