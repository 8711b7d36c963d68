"""The gateway in one word, derived from what the desktop knows and never stored.

crashed ─────────────────────────────────────────────► ERROR
the endpoint cannot be opened ───────────────────────► ERROR
engine not up yet, or endpoint wanted but not open ──► STARTING
endpoint switched off ───────────────────────────────► STOPPED
an instance is ready ────────────────────────────────► READY
all that are have spent their quota ─────────────────► OUT_OF_QUOTA
one is starting or reconnecting ─────────────────────► STARTING
one needs a login ───────────────────────────────────► NEEDS_LOGIN
there is none yet, though one is planned ────────────► STARTING
one failed, or no Lingma was found ──────────────────► ERROR
"""

from enum import StrEnum

from desktop.state import AppState, EnginePhase
from gateway_engine.public import InstanceState


class TrayState(StrEnum):
    """The gateway in one word, as the tray and the window's head show it."""

    STOPPED = "stopped"
    STARTING = "starting"
    READY = "ready"
    OUT_OF_QUOTA = "out_of_quota"
    NEEDS_LOGIN = "needs_login"
    ERROR = "error"


def tray_state(state: AppState) -> TrayState:
    """The gateway in one word."""
    if state.phase is EnginePhase.CRASHED or state.endpoint.failure is not None:
        return TrayState.ERROR
    if state.phase is EnginePhase.STOPPING or not state.endpoint.wanted:
        return TrayState.STOPPED
    if state.phase is not EnginePhase.RUNNING or not state.endpoint.url:
        return TrayState.STARTING
    present = {status.state for status in state.instances}
    if InstanceState.READY in present:
        has_quota = any(
            status.state is InstanceState.READY and status.out_of_quota is None
            for status in state.instances
        )
        return TrayState.READY if has_quota else TrayState.OUT_OF_QUOTA
    is_coming = not present and not state.has_no_upstream
    if is_coming or present & {InstanceState.STARTING, InstanceState.RECONNECTING}:
        return TrayState.STARTING
    if InstanceState.NEEDS_LOGIN in present:
        return TrayState.NEEDS_LOGIN
    return TrayState.ERROR
