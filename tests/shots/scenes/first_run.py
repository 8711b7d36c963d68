"""The first steps' scenes. They take the whole window, whatever panel lies behind."""

import time
from dataclasses import replace

from desktop.slices.clients import (
    ClientPlanned,
    ClientsLookedAt,
    ClientsSlice,
    ClientWorkEnded,
)
from desktop.slices.first_run import (
    FirstRunMoved,
    FirstRunRemembered,
    FirstRunState,
    FirstRunStep,
    ProgramsFound,
)
from desktop.state import AppState, reduce_all
from desktop.try_it import TryIt, TryItState
from gateway_engine.public import ClientState, ClientView, InstallChanged, InstallState
from tests.shots.scenes import clients, overview
from tests.shots.scenes.scene import NOT_ASKED, Scene

AGENTS = (
    ("qwen-code", "Qwen Code", "/usr/local/bin/qwen"),
    ("opencode", "opencode", "/home/li/.opencode/bin/opencode"),
)
LINGMA = "/home/li/.lingma/bin/2.5.20/x86_64_linux/Lingma"
ANSWER = TryIt(TryItState.DONE, "Hello! 1, 2, 3, 4, 5", 200, 300, 1900, "kmodel", "inst-0", "demo")


def scenes() -> tuple[Scene, ...]:
    """Every step, and what may be odd about it."""
    known = {scene.name: scene.state for scene in overview.scenes()}
    now = time.time()
    nothing = ProgramsFound("", (), "demo", is_fixed=False)
    both = ProgramsFound(LINGMA, AGENTS, "auto", is_fixed=False)
    fixed = ProgramsFound(LINGMA, (), "auto", is_fixed=True)
    fetching = InstallChanged(
        InstallState.DOWNLOADING, now, 45_000_000, 180_000_000, 5_000_000.0, 27.0
    )
    failed = InstallChanged(
        InstallState.FAILED,
        now,
        error_code="unreachable",
        error_message="marketplace.example.com cannot be reached: check the network, or the proxy.",
    )

    typical = {scene.name: scene.state.clients for scene in clients.scenes()}
    found_clients = ClientsLookedAt(typical["connected"].views)
    no_clients = ClientsLookedAt(_none_of(typical["connected"]))
    plan = ClientPlanned("codex", typical["plan"].plans["claude"])
    refused = ClientWorkEnded("codex", typical["refused"].outcomes["codex"])

    def at(step: FirstRunStep, state: AppState, *events: object) -> AppState:
        opened = FirstRunRemembered(FirstRunState.OPEN, step)
        return reduce_all(state, [opened, *events])  # type: ignore[list-item]

    step = FirstRunStep
    found = (
        _scene("welcome", at(step.WELCOME, AppState())),
        _scene("keyring", at(step.WELCOME, known["keyring"])),
        _scene("program", at(step.PROGRAM, known["ready"], both)),
        _scene("program_missing", at(step.PROGRAM, known["demo"], nothing, failed)),
        _scene("program_fetching", at(step.PROGRAM, known["demo"], nothing, fetching)),
        _scene("program_fixed", at(step.PROGRAM, known["ready"], fixed)),
        _scene("sign_in", at(step.SIGN_IN, known["needs_login"])),
        _scene("sign_in_demo", at(step.SIGN_IN, known["demo"])),
        _scene("sign_in_many", at(step.SIGN_IN, known["overfull"])),
        _scene("sign_in_none", at(step.SIGN_IN, known["no_lingma"])),
        _scene("client", at(step.CLIENT, known["ready"])),
        _scene("client_found", at(step.CLIENT, known["demo"], found_clients)),
        _scene("client_none", at(step.CLIENT, known["demo"], no_clients)),
        _scene("client_plan", at(step.CLIENT, known["demo"], found_clients, plan)),
        _scene("client_refused", at(step.CLIENT, known["demo"], found_clients, refused)),
        _scene("client_closed", at(step.CLIENT, known["port_taken"])),
        _scene("answer", at(step.ANSWER, known["demo"]), ANSWER),
    )
    crowded = at(step.CLIENT, known["demo"], found_clients, plan)
    program = at(step.PROGRAM, known["demo"], nothing, fetching)
    return (
        *found,
        _scene("small", program, size=(900, 600)),
        _scene("large_text_client_plan", crowded, size=(900, 600), scale=2.0),
        *(
            _scene(f"large_text_{s.value}", at(s, known["demo"], both), size=(900, 600), scale=2.0)
            for s in step
        ),
        _scene("wide", reduce_all(program, [FirstRunMoved(step.CLIENT)]), size=(2560, 1440)),
    )


def _none_of(known: ClientsSlice) -> tuple[ClientView, ...]:
    views = known.views
    return tuple(
        replace(view, status=replace(view.status, state=ClientState.NOT_CONNECTED, installed=False))
        for view in views
    )


def _scene(
    name: str,
    state: AppState,
    try_it: TryIt = NOT_ASKED,
    *,
    size: tuple[int, int] = (1160, 860),
    scale: float = 1.0,
) -> Scene:
    scene = Scene(f"first_run_{name}", state, try_it, size=size, type_scale=scale)
    return replace(scene, prompt="Say hello and count to five.")
