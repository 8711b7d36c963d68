"""What to do about every code an instance, a request or the endpoint can have.

One table a kind: code → words and a cure. The words are what a user reads, the cure is what the
button beside them does; its text is the same wherever it stands.
"""

from dataclasses import dataclass, replace
from enum import Enum

from PySide6.QtCore import QCoreApplication

from desktop import wording
from desktop.sentences import in_a_row
from desktop.wording import Words
from gateway_engine.public import InstanceStatus, LifeStep, ListenerFailed

translate = QCoreApplication.translate


class Cure(Enum):
    """What a button can do."""

    NONE = 0
    SIGN_IN = 1
    RESTART = 2
    START = 3
    SHOW_LOG = 4
    TEST = 5
    NEXT_PORT = 6
    SETTINGS = 7
    CLIENTS = 8
    REQUESTS = 9
    HEALTH = 10
    PROGRAM = 11


class Kind(Enum):
    """How grave it is."""

    ERROR = 0
    WARNING = 1
    LOGIN = 2
    REST = 3


@dataclass(frozen=True, slots=True)
class Remedy:
    """What is wrong, in words, and what mends it. `second` is another way."""

    words: Words
    cure: Cure = Cure.NONE
    second: Cure = Cure.NONE
    kind: Kind = Kind.ERROR


def cure_text(cure: Cure) -> str:
    """What stands on the button."""
    return {
        Cure.SIGN_IN: translate("Remedy", "Sign in…"),
        Cure.RESTART: translate("Remedy", "Restart it"),
        Cure.START: translate("Remedy", "Start it"),
        Cure.SHOW_LOG: translate("Remedy", "Show the log"),
        Cure.TEST: translate("Remedy", "Test it"),
        Cure.NEXT_PORT: translate("Remedy", "Use the next free port"),
        Cure.SETTINGS: translate("Remedy", "Open the settings"),
        Cure.CLIENTS: translate("Remedy", "Set up the client"),
        Cure.REQUESTS: translate("Remedy", "Show the request"),
        Cure.HEALTH: translate("Remedy", "Show the instances"),
        Cure.PROGRAM: translate("Remedy", "Choose a program…"),
    }.get(cure, "")


ENDS = (LifeStep.ENDED, LifeStep.START_FAILED)


def for_status(status: InstanceStatus) -> Remedy | None:
    """What is wrong with an instance now; None when nothing is."""
    if status.stopped:
        return Remedy(
            Words(
                translate("Remedy", "You stopped it"),
                translate("Remedy", "It takes no requests until it is started again."),
            ),
            Cure.START,
            kind=Kind.REST,
        )
    if not status.last_error:
        return None
    if status.out_of_quota is not None and status.last_error == "upstream_quota":
        until = wording.clock(status.out_of_quota.until)
        at = wording.clock(status.out_of_quota.at)
        return Remedy(
            Words(
                translate("Remedy", "The quota is spent, or requests come too fast"),
                translate(
                    "Remedy",
                    "Last refused at {time}. Nobody says when it comes back: other instances are "
                    "asked first until {until}, and the next answer clears this. "
                    "Another account helps at once.",
                ).format(time=at, until=until),
            ),
            Cure.SIGN_IN,
            Cure.TEST,
            Kind.WARNING,
        )
    # Of one that ran the engine says no more than the words here do.
    ends = (event.step for event in reversed(status.life) if event.step in ENDS)
    has_run = next(ends, None) is LifeStep.ENDED
    message = "" if has_run else status.last_error_message
    return for_instance(status.last_error, message, can_sign_in=status.signs_in)


def for_instance(code: str, message: str, *, can_sign_in: bool = True) -> Remedy:
    """The remedy for a code of an instance; an unknown one is told in the engine's words."""
    known = _instance_table(message).get(code)
    if known is None:
        return for_request(code, message)
    is_login = Cure.SIGN_IN in (known.cure, known.second)
    if is_login and not can_sign_in and message:
        # Its account is the program's own: the engine's sentence names the command to run.
        return replace(known, words=Words(known.words.title, message))
    return known


def instance_words(code: str, message: str) -> Words:
    """Why an instance cannot answer, and what to do."""
    return for_instance(code, message).words


def for_listener(failure: ListenerFailed) -> Remedy:
    """Why the endpoint is not open, and what opens it."""
    by_port = failure.code in ("address_in_use", "forbidden")
    return Remedy(wording.listener_failure(failure), Cure.NEXT_PORT if by_port else Cure.SETTINGS)


def for_request(code: str, message: str) -> Remedy:
    """The remedy for a code of a request."""
    cure, second = REQUEST_CURES.get(code, (Cure.REQUESTS, Cure.NONE))
    return Remedy(wording.error(code, message), cure, second)


REQUEST_CURES: dict[str, tuple[Cure, Cure]] = {
    "login_required": (Cure.SIGN_IN, Cure.NONE),
    "upstream_quota": (Cure.SIGN_IN, Cure.HEALTH),
    "upstream_forbidden": (Cure.SIGN_IN, Cure.NONE),
    "upstream_unavailable": (Cure.HEALTH, Cure.NONE),
    "upstream_error": (Cure.HEALTH, Cure.REQUESTS),
    "upstream_timeout": (Cure.HEALTH, Cure.REQUESTS),
    "busy": (Cure.SETTINGS, Cure.NONE),
    "invalid_api_key": (Cure.CLIENTS, Cure.NONE),
    "forbidden_host": (Cure.SETTINGS, Cure.NONE),
    "forbidden_origin": (Cure.SETTINGS, Cure.NONE),
    "not_enabled": (Cure.SETTINGS, Cure.NONE),
    "request_too_large": (Cure.SETTINGS, Cure.NONE),
    "context_length_exceeded": (Cure.REQUESTS, Cure.NONE),
    "content_filter": (Cure.REQUESTS, Cure.NONE),
    "client_too_slow": (Cure.REQUESTS, Cure.NONE),
    "internal_error": (Cure.REQUESTS, Cure.NONE),
    "invalid_request": (Cure.REQUESTS, Cure.NONE),
    "method_not_allowed": (Cure.CLIENTS, Cure.NONE),
    "not_found": (Cure.CLIENTS, Cure.NONE),
    "websocket_not_served": (Cure.CLIENTS, Cure.NONE),
    "bad_bundle": (Cure.SIGN_IN, Cure.NONE),
    "conflict": (Cure.HEALTH, Cure.NONE),
}


def with_details(words: Words, message: str) -> Words:
    """The words and what was said by whoever failed, where they do not quote it already."""
    if not message or message in words.text:
        return words
    said = translate("Remedy", "Details: {message}").format(message=message)
    return Words(words.title, in_a_row(words.text, said))


def _instance_table(message: str) -> dict[str, Remedy]:
    said = ""
    if message:
        said = translate("Remedy", "Details: {message}").format(message=message)
    return {
        "not_found": Remedy(
            Words(
                translate("Remedy", "The program was not found"),
                translate("Remedy", "Choose another one, or install it again. {said}").format(
                    said=said
                ),
            ),
            Cure.PROGRAM,
            Cure.RESTART,
        ),
        "not_permitted": Remedy(
            Words(
                translate("Remedy", "The system does not let the program start"),
                translate("Remedy", "Check who may run it and write to its folder. {said}").format(
                    said=said
                ),
            ),
            Cure.PROGRAM,
            Cure.RESTART,
        ),
        "refused": Remedy(
            Words(
                translate("Remedy", "The program refuses the gateway"),
                translate(
                    "Remedy",
                    "Start the IDE again, so that it writes its token anew, then restart this "
                    "instance. {said}",
                ).format(said=said),
            ),
            Cure.RESTART,
            Cure.PROGRAM,
        ),
        "exited": Remedy(
            Words(
                translate("Remedy", "The program ended by itself"),
                translate(
                    "Remedy",
                    "It is started again by itself; if that happens often, its log says why. "
                    "{said}",
                ).format(said=said),
            ),
            Cure.SHOW_LOG,
            Cure.RESTART,
        ),
        "connection_lost": Remedy(
            Words(
                translate("Remedy", "The connection to the program was lost"),
                translate("Remedy", "It is started again by itself. Its log may say why."),
            ),
            Cure.RESTART,
            Cure.SHOW_LOG,
        ),
        "not_answering": Remedy(
            Words(
                translate("Remedy", "It gives no sign of life"),
                translate(
                    "Remedy",
                    "It may be busy and come back by itself. If it stays silent it is restarted; "
                    "you need not wait.",
                ),
            ),
            Cure.RESTART,
            Cure.SHOW_LOG,
        ),
        "hung": Remedy(
            Words(
                translate("Remedy", "It stopped answering and is being restarted"),
                translate("Remedy", "If that happens often, its log may say why."),
            ),
            Cure.SHOW_LOG,
            Cure.RESTART,
        ),
        "not_ready_in_time": Remedy(
            Words(
                translate("Remedy", "It takes too long to start"),
                translate(
                    "Remedy",
                    "Look into its log, or raise LINGMA_STARTUP_TIMEOUT if this computer is "
                    "slow. {said}",
                ).format(said=said),
            ),
            Cure.SHOW_LOG,
            Cure.RESTART,
        ),
        "protocol": Remedy(
            Words(
                translate("Remedy", "It speaks in a way the gateway does not understand"),
                translate("Remedy", "Another version of the program may help. {said}").format(
                    said=said
                ),
            ),
            Cure.PROGRAM,
            Cure.SHOW_LOG,
        ),
        "work_dir_in_use": Remedy(
            Words(
                translate("Remedy", "Another program uses its folder"),
                translate("Remedy", "Close that program, or choose another folder. {said}").format(
                    said=said
                ),
            ),
            Cure.RESTART,
            Cure.SETTINGS,
        ),
        "port_in_use": Remedy(
            Words(
                translate("Remedy", "Its port is taken by another program"),
                translate(
                    "Remedy", "Set LINGMA_SOCKET_PORT to another one, or to 0 for any. {said}"
                ).format(said=said),
            ),
            Cure.SETTINGS,
            Cure.RESTART,
        ),
        "internal_error": Remedy(
            Words(
                translate("Remedy", "The gateway made a mistake while starting it"),
                translate("Remedy", "Restart it; please report it if it happens again."),
            ),
            Cure.RESTART,
            Cure.SHOW_LOG,
        ),
        "login_required": Remedy(
            Words(
                translate("Remedy", "Nobody is signed in"),
                translate("Remedy", "Sign in, and it takes requests at once."),
            ),
            Cure.SIGN_IN,
            kind=Kind.LOGIN,
        ),
        "login_expired": Remedy(
            Words(
                translate("Remedy", "The sign-in has expired"),
                translate("Remedy", "Sign in again, and it takes requests at once."),
            ),
            Cure.SIGN_IN,
            kind=Kind.LOGIN,
        ),
        "login_unknown": Remedy(
            Words(
                translate("Remedy", "Whether somebody is signed in is not known"),
                translate("Remedy", "The program cannot ask its login service. {said}").format(
                    said=said
                ),
            ),
            Cure.RESTART,
            Cure.SIGN_IN,
            Kind.LOGIN,
        ),
        "upstream_forbidden": Remedy(
            Words(
                translate("Remedy", "This account may not be used"),
                translate("Remedy", "Sign in with another account. {said}").format(said=said),
            ),
            Cure.SIGN_IN,
            kind=Kind.LOGIN,
        ),
        "upstream_quota": Remedy(
            Words(
                translate("Remedy", "The quota is spent, or requests come too fast"),
                translate("Remedy", "Wait until it comes back, or use another account."),
            ),
            Cure.SIGN_IN,
            Cure.TEST,
            Kind.WARNING,
        ),
        "upstream_error": Remedy(
            Words(
                translate("Remedy", "It has stopped or does not start"),
                said,
            ),
            Cure.RESTART,
            Cure.SHOW_LOG,
        ),
    }
