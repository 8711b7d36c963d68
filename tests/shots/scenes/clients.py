"""The clients' scenes."""

import time
from dataclasses import replace
from pathlib import Path

from desktop.slices.clients import (
    ClientChosen,
    ClientPasted,
    ClientPlanned,
    ClientsLookedAt,
    ClientWorkBegan,
    ClientWorkEnded,
    Outcome,
    OutcomeKind,
    Plan,
)
from desktop.state import AppEvent, AppState, EngineCrashed, reduce_all
from gateway_engine.public import (
    CLIENTS,
    PROBES,
    ClientChange,
    ClientChecked,
    ClientState,
    ClientStatus,
    ClientView,
    Deed,
    Hint,
    HintCode,
    ListenerStarted,
    Pasted,
    ProbeResult,
    ProbeState,
    Refusal,
    client_pastes,
)
from tests.shots.scenes.scene import Scene

URL = "http://127.0.0.1:8317"
HOME = Path("/home/li")
FILES = {
    "claude": ".claude/settings.json",
    "codex": ".codex/config.toml",
    "opencode": ".config/opencode/opencode.json",
    "continue": ".continue/config.yaml",
    "zed": ".config/zed/settings.json",
    "aider": ".aider.conf.yml",
    "qwen": ".qwen/settings.json",
}
DIFF = f"""\
--- {HOME}/.claude/settings.json
+++ {HOME}/.claude/settings.json
@@ -1,5 +1,7 @@
 {{
   // 我的设置
   "env": {{
+    "ANTHROPIC_BASE_URL": "{URL}",
+    "ANTHROPIC_AUTH_TOKEN": "***",
     "DISABLE_TELEMETRY": "1"
   }},
"""


def scenes() -> tuple[Scene, ...]:
    """Empty, typical, overfull, error."""
    now = time.time()
    up = ListenerStarted(URL, now)
    typical = _after(
        up,
        _looked(
            _status("claude", ClientState.CONNECTED, installed=True, has_key=True),
            _status("codex", installed=True),
            _status(
                "opencode",
                ClientState.DRIFTED,
                installed=True,
                has_key=True,
                drift=("provider.lingma-gateway.options.baseURL",),
            ),
            _status("qwen", ClientState.REVOKED, installed=True),
            _status("vscode", ClientState.PASTE, installed=True, has_key=True),
            seen={"claude": now - 120, "vscode": now - 4000},
        ),
    )
    return (
        _scene("empty", _after(up), ""),
        _scene("no_engine", _after(EngineCrashed("MemoryError")), ""),
        _scene("connected", typical, "claude"),
        _scene("found", typical, "codex"),
        _scene("plan", typical, "claude", ClientPlanned("claude", Plan(Deed.APPLY, _change()))),
        _scene(
            "undo",
            typical,
            "opencode",
            ClientPlanned(
                "opencode",
                Plan(
                    Deed.UNDO, replace(_change(), kept=("provider.lingma-gateway.options.baseURL",))
                ),
            ),
        ),
        _scene(
            "no_difference",
            typical,
            "claude",
            ClientPlanned("claude", Plan(Deed.APPLY, replace(_change(), diff=""))),
        ),
        _scene("revoked", typical, "qwen"),
        _scene("paste_only", typical, "vscode"),
        _scene("blocked", typical, "cursor"),
        _scene("curl", typical, "curl"),
        _scene("checking", typical, "claude", _checked("claude", 4, is_running=True)),
        _scene("check_done", typical, "sdk", _checked("sdk", 99), size=(1160, 1900)),
        _scene("check_failed", typical, "codex", _failed_check(), size=(1160, 1500)),
        _scene("hints", _hinted(up), "continue"),
        _scene("unreadable", _unreadable(up), "zed"),
        _scene(
            "refused",
            typical,
            "codex",
            ClientWorkEnded(
                "codex",
                Outcome(
                    OutcomeKind.FAILED,
                    "refused",
                    refusal=Refusal("edit_twice", "", {"key": "model_providers"}),
                ),
            ),
        ),
        _scene(
            "applied",
            typical,
            "claude",
            ClientWorkEnded("claude", Outcome(OutcomeKind.APPLIED, readable=True)),
        ),
        _scene("busy", typical, "codex", ClientWorkBegan("codex")),
        _scene("small", typical, "claude", size=(900, 600)),
        _scene(
            "large_text",
            typical,
            "claude",
            ClientPlanned("claude", Plan(Deed.APPLY, _change())),
            size=(1400, 1700),
            type_scale=2.0,
        ),
        _scene("small_large_text", typical, "codex", size=(900, 600), type_scale=2.0),
        _scene("wide", typical, "claude", _checked("claude", 99), size=(2560, 1440)),
    )


def _scene(
    name: str,
    state: AppState,
    client: str,
    *events: AppEvent,
    size: tuple[int, int] = (1160, 860),
    type_scale: float = 1.0,
) -> Scene:
    shown: list[AppEvent] = [ClientChosen(client), *events]
    if client:
        # What was set anew is asked for anew.
        shown.append(ClientPasted(client, Pasted(client_pastes(client, URL), has_key=False)))
    return Scene(name, reduce_all(state, shown), panel="clients", size=size, type_scale=type_scale)


def _after(*events: AppEvent) -> AppState:
    return reduce_all(AppState(), events)


def _status(
    name: str,
    state: ClientState = ClientState.NOT_CONNECTED,
    *,
    installed: bool = False,
    has_key: bool = False,
    drift: tuple[str, ...] = (),
    hints: tuple[Hint, ...] = (),
    problem: Refusal | None = None,
) -> ClientStatus:
    path = HOME / FILES[name] if name in FILES else None
    return ClientStatus(
        CLIENTS[name],
        state,
        path,
        installed,
        drift,
        problem=problem,
        has_key=has_key,
        hints=hints,
    )


def _looked(*known: ClientStatus, seen: dict[str, float] | None = None) -> ClientsLookedAt:
    by_name = {status.client.name: status for status in known}
    views = []
    for name, client in CLIENTS.items():
        plain = ClientState.NOT_CONNECTED if client.file else ClientState.PASTE
        state = ClientState.BLOCKED if client.blocked else plain
        status = by_name.get(name) or _status(name, state, installed=name in ("sdk", "curl"))
        views.append(ClientView(status, (seen or {}).get(name, 0.0)))
    return ClientsLookedAt(tuple(views))


def _change() -> ClientChange:
    return ClientChange(HOME / FILES["claude"], DIFF, seen="x")


def _results(name: str, done: int) -> list[ProbeResult]:
    found = []
    for number, probe in enumerate(PROBES[each] for each in CLIENTS[name].probes):
        state = ProbeState.PASSED if number < done else ProbeState.WAITING
        state = ProbeState.RUNNING if number == done else state
        path = probe.path.partition("?")[0]
        found.append(ProbeResult(probe.name, probe.title, path, state, 120 + 311 * number))
    return found


def _checked(name: str, done: int, *, is_running: bool = False) -> ClientChecked:
    return ClientChecked(name, tuple(_results(name, done)), is_running)


def _failed_check() -> ClientChecked:
    results = _results("codex", 99)
    wrong = (
        ("status", "Lingma is not signed in: sign in with the Lingma plugin of your editor", 503),
        ("stream", "response.completed", 200),
        ("no_call", "", 200),
        ("form", "KeyError", 200),
    )
    for number, (code, detail, status) in enumerate(wrong):
        results[number] = replace(
            results[number], state=ProbeState.FAILED, code=code, detail=detail, status=status
        )
    return ClientChecked("codex", tuple(results), is_running=False)


def _hinted(up: AppEvent) -> AppState:
    folder = HOME / ".continue"
    hints = (
        Hint(HintCode.LINK, HOME / "dotfiles" / "continue" / "config.yaml"),
        Hint(HintCode.NEW_FILE, folder / "config.yaml"),
        Hint(HintCode.DISPLACED, folder / "config.json"),
        Hint(HintCode.READ_ONLY, folder),
        Hint(HintCode.NOT_PLAIN, folder / "config.yaml"),
    )
    return _after(up, _looked(_status("continue", installed=True, hints=hints)))


def _unreadable(up: AppEvent) -> AppState:
    words = "Expecting ',' delimiter: line 14 column 3 (char 412)"
    problem = Refusal("edit_unreadable", words, {"form": "JSON", "words": words})
    status = _status("zed", ClientState.DRIFTED, installed=True, problem=problem)
    return _after(up, _looked(status))
