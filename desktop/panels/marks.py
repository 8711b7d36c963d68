"""Which shape and colour a state wears, in every panel alike."""

from desktop.state import AppState
from desktop.theme import Tokens
from desktop.tray_icon import shape_for
from desktop.tray_state import TrayState, tray_state
from desktop.widgets.status_shapes import Shape
from gateway_engine.public import (
    ClientState,
    ClientView,
    InstanceState,
    InstanceStatus,
    ProbeState,
)

Mark = tuple[Shape, str]
"""A shape and its tone: ok, info, warn, error, demo or quiet."""

INSTANCE_MARKS: dict[InstanceState, Mark] = {
    InstanceState.STOPPED: (Shape.RING, "quiet"),
    InstanceState.STARTING: (Shape.ARC, "info"),
    InstanceState.READY: (Shape.CHECK, "ok"),
    InstanceState.NEEDS_LOGIN: (Shape.PADLOCK, "warn"),
    InstanceState.RECONNECTING: (Shape.ARC, "info"),
    InstanceState.FAILED: (Shape.TRIANGLE, "error"),
    InstanceState.CLOSED: (Shape.RING, "quiet"),
}

CLIENT_MARKS: dict[ClientState, Mark] = {
    ClientState.BLOCKED: (Shape.INFO, "quiet"),
    ClientState.PASTE: (Shape.RING, "quiet"),
    ClientState.NOT_CONNECTED: (Shape.RING, "quiet"),
    ClientState.CONNECTED: (Shape.CHECK, "ok"),
    ClientState.DRIFTED: (Shape.TRIANGLE, "warn"),
    ClientState.REVOKED: (Shape.PADLOCK, "warn"),
}

PROBE_MARKS: dict[ProbeState, Mark] = {
    ProbeState.WAITING: (Shape.RING, "quiet"),
    ProbeState.RUNNING: (Shape.ARC, "info"),
    ProbeState.PASSED: (Shape.CHECK, "ok"),
    ProbeState.FAILED: (Shape.TRIANGLE, "error"),
}

TONES = {
    TrayState.STOPPED: "quiet",
    TrayState.STARTING: "info",
    TrayState.READY: "ok",
    TrayState.OUT_OF_QUOTA: "warn",
    TrayState.NEEDS_LOGIN: "warn",
    TrayState.ERROR: "error",
}


def gateway_mark(state: AppState) -> Mark:
    """The mark of the whole gateway; the tray shows the same shape."""
    present = tray_state(state)
    shape = shape_for(present, demo=state.demo)
    return shape, "demo" if shape is Shape.FLASK else TONES[present]


def instance_mark(status: InstanceStatus) -> Mark:
    """The mark of one instance: its state's, but for what makes a running one doubtful."""
    if status.silent_since:
        return Shape.TRIANGLE, "error"
    if status.out_of_quota is not None and status.state is InstanceState.READY:
        return Shape.HOURGLASS, "warn"
    if status.kind == "demo" and status.state is InstanceState.READY:
        return Shape.FLASK, "demo"
    return INSTANCE_MARKS[status.state]


def client_mark(view: ClientView) -> Mark:
    """The mark of one client program."""
    status = view.status
    if status.state is ClientState.CONNECTED and status.elsewhere:
        return Shape.TRIANGLE, "warn"
    if status.state is ClientState.PASTE and status.has_key:
        return (Shape.CHECK, "ok") if view.last_seen else (Shape.ARC, "info")
    return CLIENT_MARKS[status.state]


def tone_colour(tokens: Tokens, tone: str) -> str:
    """The colour a tone has as text or mark."""
    return {
        "ok": tokens.ok,
        "info": tokens.info,
        "warn": tokens.warn,
        "error": tokens.error,
        "demo": tokens.demo,
    }.get(tone, tokens.text_soft)


def tone_surface(tokens: Tokens, tone: str) -> str:
    """The tinted surface of a tone."""
    return {
        "ok": tokens.ok_soft,
        "info": tokens.info_soft,
        "warn": tokens.warn_soft,
        "error": tokens.error_soft,
        "demo": tokens.demo_soft,
    }.get(tone, tokens.sunken)
