"""Codes and states in the user's language. The only place where the window words what happened.

The engine's messages are English; where a code is known here, its translated text is shown
instead, and the English one only for codes this version does not know.
"""

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, QDateTime, QLocale

from desktop.state import NO_UPSTREAM, AppState, EnginePhase
from desktop.tray_state import TrayState, tray_state
from gateway_engine.public import InstanceState, InstanceStatus, ListenerFailed, known_kinds

translate = QCoreApplication.translate

MINUTE_S = 60
HOUR_S = 60 * MINUTE_S
DAY_S = 24 * HOUR_S


@dataclass(frozen=True, slots=True)
class Words:
    """What happened, and what to do about it."""

    title: str
    text: str


def state_title(state: AppState) -> str:
    """The gateway in a word or two."""
    present = tray_state(state)
    match present:
        case TrayState.STOPPED:
            return translate("State", "Stopped")
        case TrayState.STARTING:
            return translate("State", "Starting…")
        case TrayState.READY:
            if state.demo:
                return translate("State", "Ready – demo answers")
            return translate("State", "Ready")
        case TrayState.OUT_OF_QUOTA:
            return translate("State", "Out of quota")
        case TrayState.NEEDS_LOGIN:
            return translate("State", "Sign-in needed")
        case TrayState.ERROR:
            return translate("State", "Not working")


def state_text(state: AppState) -> str:
    """One sentence below the title: what that means now."""
    match tray_state(state):
        case TrayState.STOPPED:
            if state.phase is EnginePhase.STOPPING:
                return translate("State", "Closing what runs and leaving.")
            return translate("State", "The local endpoint is off. Clients cannot connect.")
        case TrayState.STARTING:
            if state.phase is EnginePhase.WAITING_FOR_KEYRING:
                return translate(
                    "State", "Waiting for the system's key store. Unlock it if it asks you to."
                )
            if state.demo:
                return translate("State", "The demo is starting.")
            return translate(
                "State", "The instances are starting. Requests wait until one is ready."
            )
        case TrayState.READY:
            return translate("State", "Clients can connect to {url}").format(url=state.endpoint.url)
        case TrayState.OUT_OF_QUOTA:
            return translate(
                "State", "Every account that is signed in has spent its quota. Another one helps."
            )
        case TrayState.NEEDS_LOGIN:
            return translate(
                "State",
                "No instance is signed in. Sign in on the accounts page.",
            )
        case TrayState.ERROR:
            return _error_text(state)


def _error_text(state: AppState) -> str:
    if state.phase is EnginePhase.CRASHED:
        return translate("State", "The gateway's engine has stopped.")
    if state.endpoint.failure is not None:
        return listener_failure(state.endpoint.failure).title
    if state.has_no_upstream:
        return translate("State", "No Lingma was found on this computer.")
    return translate("State", "No instance can answer.")


def instance_name(status: InstanceStatus) -> str:
    """What the settings call an instance, and what the gateway calls it."""
    return called(status.name, {str(status.name): status.title})


def name_of(instances: Iterable[InstanceStatus], name: str) -> str:
    """The same of the instance that the gateway calls `name`; one that is gone has no other."""
    return called(name, instance_titles(instances))


def instance_titles(instances: Iterable[InstanceStatus]) -> dict[str, str]:
    """What the settings call those that they give another name than the gateway."""
    return {str(status.name): status.title for status in instances if status.title}


def called(name: str, titles: Mapping[str, str]) -> str:
    """Both names of an instance that has two."""
    title = titles.get(name, "")
    return f"{title} · {name}" if title else name


def instance_state(state: InstanceState) -> str:
    """The state of one instance."""
    match state:
        case InstanceState.STOPPED:
            return translate("Instance", "Stopped")
        case InstanceState.STARTING:
            return translate("Instance", "Starting")
        case InstanceState.READY:
            return translate("Instance", "Ready")
        case InstanceState.NEEDS_LOGIN:
            return translate("Instance", "Sign-in needed")
        case InstanceState.RECONNECTING:
            return translate("Instance", "Reconnecting")
        case InstanceState.FAILED:
            return translate("Instance", "Failed")
        case InstanceState.CLOSED:
            return translate("Instance", "Closed")


def instance_kind(kind: str) -> str:
    """What kind of program an instance is; of a kind that has no word here, its own title."""
    words = {"demo": translate("Instance", "Demo"), "lingma": "Lingma", "acp": "ACP"}
    known = known_kinds().get(kind)
    return words.get(kind) or (known.title if known is not None else kind)


def any_program(kind: str, title: str, *, others: bool) -> tuple[str, str]:
    """How a choice of programs calls one of this kind that it does not know by name, and what such
    a one is called in short. `others`: it knows some by name.
    """
    if kind == "acp":
        return translate("Instance", "Another agent (ACP)"), translate("Instance", "Agent")
    if others:
        return translate("Instance", "Another one ({kind})").format(kind=title), title
    return title, title


def listener_failure(failure: ListenerFailed) -> Words:
    """Why the endpoint is not open."""
    if failure.code == "address_in_use":
        return Words(
            translate("Endpoint", "Port {port} is taken by another program").format(
                port=failure.port
            ),
            translate(
                "Endpoint",
                "Close that program and try again, or use another port. "
                "Clients then need the new address.",
            ),
        )
    if failure.code == "address_not_available":
        return Words(
            translate("Endpoint", "This computer has no address {host}").format(host=failure.host),
            translate("Endpoint", "Set HOST to 127.0.0.1 in the settings file and start again."),
        )
    if failure.code == "forbidden":
        return Words(
            translate("Endpoint", "The system does not allow port {port}").format(
                port=failure.port
            ),
            translate("Endpoint", "Use another port; those below 1024 are reserved."),
        )
    return Words(translate("Endpoint", "The endpoint could not be opened"), failure.message)


def crash(reason: str) -> Words:
    """The engine's thread has died of `reason`, an English line."""
    return Words(
        translate("Error", "The gateway's engine has stopped"),
        translate("Error", "Start it again; the log file has the details: {reason}").format(
            reason=reason
        ),
    )


def no_instances(state: AppState) -> str:
    """Why there is no instance to show."""
    if state.phase is EnginePhase.CRASHED:
        return translate("Instance", "None: the gateway's engine has stopped.")
    if state.phase is EnginePhase.WAITING_FOR_KEYRING:
        return translate(
            "Instance",
            "None yet: the system's key store is locked. Unlock it in the window that asks for its "
            "password.",
        )
    if state.has_no_upstream:
        return translate("Instance", "None: no Lingma was found on this computer.")
    return translate("Instance", "None yet. They appear here as soon as the engine starts them.")


def error(code: str, message: str) -> Words:
    """A failed request or instance: what happened and what to do."""
    known = _known_errors().get(code)
    if known is not None:
        return known
    title = _told_by_the_engine().get(code)
    if title is not None:
        return Words(title, message)
    return Words(translate("Error", "Something went wrong ({code})").format(code=code), message)


def _told_by_the_engine() -> dict[str, str]:
    """Titles of what only the engine's own sentence says precisely."""
    return {
        "invalid_request": translate("Error", "A client asked for what is not possible"),
        "not_found": translate("Error", "A client asked for what is not there"),
        "method_not_allowed": translate("Error", "A client asked in a way that is not served"),
        "websocket_not_served": translate("Error", "A client was sent on to plain HTTP"),
        "request_too_large": translate("Error", "A request was larger than allowed"),
        "forbidden_host": translate("Error", "A client used an address that is not allowed"),
        "forbidden_origin": translate("Error", "A web page was kept out"),
        "not_enabled": translate("Error", "A client asked for what is not switched on"),
        "bad_bundle": translate("Error", "This login cannot be used"),
        "conflict": translate("Error", "That cannot be done now"),
    }


def _known_errors() -> dict[str, Words]:
    return {
        "login_required": Words(
            translate("Error", "Nobody is signed in"),
            translate("Error", "Sign in on the accounts page."),
        ),
        "upstream_unavailable": Words(
            translate("Error", "No instance could answer"),
            translate("Error", "Wait until one is ready, or restart it below."),
        ),
        "upstream_error": Words(
            translate("Error", "The answer broke off"),
            translate("Error", "Ask again. If it happens often, restart the instance."),
        ),
        "upstream_timeout": Words(
            translate("Error", "No answer came in time"),
            translate("Error", "Check the network connection, then ask again."),
        ),
        "upstream_quota": Words(
            translate("Error", "The quota is used up"),
            translate("Error", "Wait until it is renewed, or use another account."),
        ),
        "upstream_forbidden": Words(
            translate("Error", "This account is refused"),
            translate("Error", "Check the account's licence, or sign in with another one."),
        ),
        "busy": Words(
            translate("Error", "Too many requests at once"),
            translate("Error", "The client should try again in a moment."),
        ),
        "invalid_api_key": Words(
            translate("Error", "A client used a wrong key"),
            translate("Error", "Copy the key from here into the client's settings."),
        ),
        "context_length_exceeded": Words(
            translate("Error", "The conversation is longer than the model takes"),
            translate("Error", "Start a new conversation or choose a model with more room."),
        ),
        "content_filter": Words(
            translate("Error", "The content filter refused"),
            translate("Error", "Word the request differently."),
        ),
        "client_too_slow": Words(
            translate("Error", "A client read its answer too slowly"),
            translate("Error", "Its connection was closed so that the others are not held up."),
        ),
        "internal_error": Words(
            translate("Error", "The gateway made a mistake"),
            translate("Error", "The log file has the details. Please report it."),
        ),
    }


def notice(code: str) -> Words | None:
    """A notice of the plan; None for those that are not for users."""
    if code == NO_UPSTREAM:
        return Words(
            translate("Notice", "No Lingma was found on this computer"),
            translate(
                "Notice",
                "Lingma can be fetched and chosen here. If you install its plugin in VS Code or a "
                "JetBrains editor, start the gateway again.",
            ),
        )
    said = {
        "history_upgraded": (
            translate("Notice", "The history was brought up to date"),
            translate("Notice", "A copy as it was is kept beside it for two weeks."),
        ),
        "history_newer": (
            translate("Notice", "The history is of a newer version"),
            translate(
                "Notice",
                "It is left as it is, and requests are kept in memory only: update this program.",
            ),
        ),
        "settings_upgraded": (
            translate("Notice", "The settings were brought up to date"),
            translate(
                "Notice",
                "The file as it was is kept beside it, with its version at the end of its name.",
            ),
        ),
        "preferences_newer": (
            translate("Notice", "What this window remembers is of a newer version"),
            translate(
                "Notice",
                "It is left as it is: changes of language, theme or layout last until you quit. "
                "Update this program.",
            ),
        ),
        "history_unavailable": (
            translate("Notice", "The history cannot be used"),
            translate("Notice", "Requests are kept in memory only; the log says why."),
        ),
    }.get(code)
    return Words(*said) if said is not None else None


def since(at: float, now: float | None = None) -> str:
    """How long ago, in words that stay true for a while."""
    seconds = max(0.0, (time.time() if now is None else now) - at)
    if seconds < MINUTE_S:
        return translate("Time", "just now")
    if seconds < HOUR_S:
        return translate("Time", "for {n} min").format(n=int(seconds // MINUTE_S))
    if seconds < DAY_S:
        return translate("Time", "for {n} h").format(n=int(seconds // HOUR_S))
    return translate("Time", "since {date}").format(date=clock(at, with_date=True))


def clock(at: float, *, with_date: bool = False) -> str:
    """A moment to the minute: 24 hours as in the tables, the day in the user's own form."""
    moment = QDateTime.fromSecsSinceEpoch(int(at))
    time_of_day = moment.toString("HH:mm")
    if not with_date:
        return time_of_day
    return f"{QLocale().toString(moment.date(), QLocale.FormatType.ShortFormat)} {time_of_day}"
