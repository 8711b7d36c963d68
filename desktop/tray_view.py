"""What the tray shows for a state: computed here, without Qt's widgets."""

from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, QLocale

from desktop import health_wording, remedies, wording
from desktop.sentences import listed
from desktop.slices.glance import LastError
from desktop.state import AppState
from desktop.tray_state import TrayState, tray_state
from gateway_engine.public import InstanceName, InstanceState, InstanceStatus

translate = QCoreApplication.translate

DEMO = "demo"
LINE_CHARACTERS = 60
TOOLTIP_CHARACTERS = 120
"""Windows cuts a longer tooltip off."""


@dataclass(frozen=True, slots=True)
class InstanceEntry:
    """An instance's submenu: its title, and what can be done with it."""

    name: InstanceName
    title: str
    account: str
    quota: str
    can_sign_in: bool
    can_sign_out: bool
    by_browser: bool
    """Signing in opens a browser; otherwise the accounts panel knows how."""


@dataclass(frozen=True, slots=True)
class ErrorEntry:
    """A line of the recent errors, of an instance or of a request; "" for the other."""

    title: str
    instance: InstanceName
    request: str


@dataclass(frozen=True, slots=True)
class TrayView:
    """Everything the tray shows; "" for lines that are left out."""

    state: TrayState
    demo: bool
    tooltip: str
    state_line: str
    quota_line: str
    error_line: str
    endpoint_on: bool
    can_switch: bool
    can_copy_url: bool
    can_copy_key: bool
    instances: tuple[InstanceEntry, ...]
    errors: tuple[ErrorEntry, ...]


def tray_view(state: AppState) -> TrayView:
    """What the tray shows for `state`."""
    title = wording.state_title(state)
    rate = state.glance.per_minute
    facts = [title]
    if state.in_flight:
        facts.append(translate("Tray", "{n} in flight").format(n=state.in_flight))
    if rate:
        facts.append(translate("Tray", "{n} per minute").format(n=QLocale().toString(rate)))
    quota = _quota_line(state)
    tooltip = [f"Lingma Gateway – {title}", state.endpoint.url, " · ".join(facts[1:]), quota]
    error = state.last_error
    return TrayView(
        state=tray_state(state),
        demo=state.demo,
        tooltip="\n".join(filter(None, tooltip))[:TOOLTIP_CHARACTERS],
        state_line=" · ".join(facts),
        quota_line=quota,
        error_line=_error_title(error) if error is not None else "",
        endpoint_on=state.endpoint_on,
        can_switch=state.can_switch,
        can_copy_url=bool(state.endpoint.url),
        can_copy_key=bool(state.access.api_key),
        instances=tuple(map(_instance_entry, state.instances)),
        errors=tuple(map(_error_entry, state.glance.errors)),
    )


def _error_entry(error: LastError) -> ErrorEntry:
    instance, request = (error.source, "") if error.of_instance else ("", error.source)
    return ErrorEntry(_error_title(error), InstanceName(instance), request)


def _error_title(error: LastError) -> str:
    worded = remedies.instance_words if error.of_instance else wording.error
    title = worded(error.code, error.message).title
    return _cut(f"{wording.clock(error.at)}  {title}")


def _quota_line(state: AppState) -> str:
    spent = [
        wording.instance_name(status)
        for status in state.instances
        if status.out_of_quota is not None
    ]
    if spent:
        return translate("Tray", "Quota used up: {names}").format(names=_cut(listed(spent)))
    told = [status for status in state.instances if status.quota and status.kind != DEMO]
    return _quota_words(told[0]) if len(told) == 1 else ""


def _quota_words(status: InstanceStatus) -> str:
    if status.out_of_quota is not None:
        return translate("Tray", "Quota used up")
    if status.quota:
        return translate("Tray", "Quota: {words}").format(words=_cut(status.quota))
    return ""


def _instance_entry(status: InstanceStatus) -> InstanceEntry:
    kind = wording.instance_kind(status.kind)
    is_out = status.state is InstanceState.NEEDS_LOGIN
    is_demo = status.kind == DEMO
    return InstanceEntry(
        status.name,
        f"{wording.instance_name(status)} ({kind}) – {health_wording.instance_title(status)}",
        _cut(status.account) or (translate("Tray", "not signed in") if is_out else ""),
        "" if is_demo else _quota_words(status),
        can_sign_in=is_out,
        can_sign_out=status.signs_in and status.logged_in and not is_demo,
        by_browser=status.signs_in,
    )


def _cut(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LINE_CHARACTERS else f"{line[: LINE_CHARACTERS - 1]}…"
