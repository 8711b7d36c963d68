"""What is said of client programs, in the user's language.

The engine's notes and labels are English; those of the clients known here have their own words,
found by the client's name and place. What this version does not know is shown as it is.
"""

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication

from desktop import refusals
from desktop.sentences import in_a_row, listed
from desktop.slices.clients import Outcome, OutcomeKind
from desktop.wording import Words
from gateway_engine.public import (
    CLIENT_ID_PREFIX,
    CLIENTS,
    ClientState,
    ClientView,
    Hint,
    HintCode,
    ProbeResult,
    Refusal,
)

translate = QCoreApplication.translate


def client_name(client_id: str) -> str:
    """Who called, as records and events have it (`client:claude`, or a User-Agent's name)."""
    name = client_id.removeprefix(CLIENT_ID_PREFIX)
    known = CLIENTS.get(name) if client_id.startswith(CLIENT_ID_PREFIX) else None
    return client_title(name) if known else name


def client_title(name: str) -> str:
    """The name people know the client by."""
    if name == "sdk":
        return translate("Client", "OpenAI and Anthropic SDKs")
    return CLIENTS[name].title


def state_words(view: ClientView) -> Words:
    """How a client stands, and what that means."""
    status = view.status
    title = client_title(status.client.name)
    match status.state:
        case ClientState.BLOCKED:
            return Words(
                translate("Client", "Cannot use localhost"),
                translate(
                    "Client",
                    "Cursor cannot use an endpoint on this computer: its servers make the calls, "
                    "not the program here. Claude Code or Codex in Cursor's terminal work.",
                ),
            )
        case ClientState.CONNECTED if status.elsewhere:
            return Words(
                translate("Client", "Connected elsewhere"),
                translate(
                    "Client",
                    "Its settings name {url}, where this gateway does not answer now. "
                    "Connect again.",
                ).format(url=status.elsewhere),
            )
        case ClientState.CONNECTED:
            return Words(
                translate("Client", "Connected"),
                translate("Client", "Its settings lead here. Restart {client} if it runs.").format(
                    client=title
                ),
            )
        case ClientState.DRIFTED if status.problem:
            return Words(
                translate("Client", "Settings cannot be read"), file_problem(status.problem)
            )
        case ClientState.DRIFTED:
            return Words(
                translate("Client", "Changed since"),
                translate(
                    "Client",
                    "Somebody has changed what was set here: {keys}. Connect it again, "
                    "or undo: what was changed stays as it is.",
                ).format(keys=listed(status.drift)),
            )
        case ClientState.REVOKED:
            return Words(
                translate("Client", "Key revoked"),
                translate(
                    "Client",
                    "Its settings hold a key that opens nothing any more. Connect it again to "
                    "give it a new one, or undo.",
                ),
            )
        case ClientState.NOT_CONNECTED | ClientState.PASTE:
            return _unconnected(view, title)


def _unconnected(view: ClientView, title: str) -> Words:
    status = view.status
    if status.state is ClientState.PASTE and status.has_key:
        if view.last_seen:
            return Words(
                translate("Client", "Connected"),
                translate("Client", "It has asked with the key that was given to it here."),
            )
        return Words(
            translate("Client", "Has a key"),
            translate("Client", "It has not asked with its key yet."),
        )
    if not status.installed:
        return Words(
            translate("Client", "Not found"),
            translate("Client", "{client} was not found on this computer.").format(client=title),
        )
    if status.state is ClientState.PASTE:
        return Words(
            translate("Client", "Not connected"),
            translate("Client", "Copy what is below into {client}.").format(client=title),
        )
    return Words(
        translate("Client", "Not connected"),
        translate(
            "Client", "Found on this computer. Connect edits its settings; Undo takes it back."
        ),
    )


def hint(about: Hint) -> str:
    """One thing to know of a settings file."""
    said = {
        HintCode.LINK: translate("Client", "It is a link: {path} is what gets edited."),
        HintCode.NEW_FOLDER: translate("Client", "The folder {path} is missing and will be made."),
        HintCode.NEW_FILE: translate("Client", "The file does not exist yet and will be made."),
        HintCode.READ_ONLY: translate("Client", "{path} is read-only: make it writable first."),
        HintCode.STRONGER: translate("Client", "{path} counts more than this file."),
        HintCode.DISPLACED: translate(
            "Client", "{path} will not be read any more once this file exists."
        ),
        HintCode.NOT_PLAIN: translate(
            "Client",
            "The client ignores {path} while comments or trailing commas are in it: take them out.",
        ),
    }[about.code]
    return said.format(path=about.path)


def file_problem(refusal: Refusal) -> str:
    """Why a settings file cannot be edited, and what to do."""
    return translate(
        "Client", "It was left as it is ({reason}). Paste the settings below by hand."
    ).format(reason=refusals.words(refusal))


def outcome(name: str, what: Outcome) -> Words:
    """What became of a wish."""
    title = client_title(name)
    match what.kind:
        case OutcomeKind.APPLIED:
            text = translate("Client", "Restart it if it runs.")
            if what.readable:
                more = translate(
                    "Client", "Other users of this computer can read the file and the key in it."
                )
                text = in_a_row(text, more)
            return Words(translate("Client", "{client} is connected").format(client=title), text)
        case OutcomeKind.UNDONE:
            text = translate("Client", "Its key opens nothing any more.")
            if what.kept:
                text = in_a_row(text, kept(what.kept))
            return Words(translate("Client", "{client} is as it was").format(client=title), text)
        case OutcomeKind.REVOKED:
            return Words(
                translate("Client", "The key is revoked"),
                translate("Client", "Requests with it are refused from now on."),
            )
        case OutcomeKind.LAUNCHED:
            return Words(
                translate("Client", "{client} starts in a terminal").format(client=title), ""
            )
        case OutcomeKind.FAILED:
            return _failure(what)


def kept(keys: Sequence[str]) -> str:
    """Which keys an undo leaves alone."""
    return translate("Client", "You have changed these since, they stay: {keys}.").format(
        keys=listed(keys)
    )


def _failure(what: Outcome) -> Words:
    title = translate("Client", "Nothing was changed")
    path = str(what.path or "")
    match what.code:
        case "refused" | "journal":
            return Words(title, file_problem(what.refusal or Refusal(what.code, what.message)))
        case "busy":
            text = translate("Client", "Another program is connecting clients. Try again.")
        case "read_only":
            text = translate("Client", "{path} is read-only: make it writable first.")
        case "changed":
            text = translate("Client", "{path} was changed meanwhile. Look at the change again.")
        case "system":
            text = translate("Client", "The system refuses to write {path}: {message}")
        case "no_address":
            text = translate("Client", "The endpoint is closed and has no fixed port. Open it.")
        case "nothing":
            text = translate("Client", "It is not connected, there is nothing to undo.")
        case "no_terminal":
            return Words(
                translate("Client", "No terminal could be opened"),
                translate("Client", "Copy the command and run it in a terminal of yours."),
            )
        case _:
            return Words(title, what.message)
    return Words(title, text.format(path=path, message=what.message))


def probe_title(result: ProbeResult) -> str:
    """What one golden request asks for."""
    known = {
        "models": translate("Probe", "List of models"),
        "anthropic-models": translate("Probe", "List of models"),
        "ollama-tags": translate("Probe", "List of models"),
        "chat": translate("Probe", "Answer"),
        "responses": translate("Probe", "Answer"),
        "anthropic": translate("Probe", "Answer"),
        "chat-stream": translate("Probe", "Streaming, with usage"),
        "responses-stream": translate("Probe", "Streaming"),
        "anthropic-stream": translate("Probe", "Streaming"),
        "ollama-chat": translate("Probe", "Streaming"),
        "chat-tools": translate("Probe", "Tools"),
        "responses-tools": translate("Probe", "Tools"),
        "anthropic-tools": translate("Probe", "Tools"),
        "chat-reasoning": translate("Probe", "Reasoning"),
        "responses-reasoning": translate("Probe", "Reasoning"),
        "anthropic-thinking": translate("Probe", "Thinking, system messages in between"),
        "chat-image": translate("Probe", "Images"),
        "responses-image": translate("Probe", "Images"),
        "anthropic-image": translate("Probe", "Images"),
        "chat-error": translate("Probe", "Errors in OpenAI's form"),
        "responses-error": translate("Probe", "Errors in OpenAI's form"),
        "anthropic-error": translate("Probe", "Errors in Anthropic's form"),
        "two-at-once": translate("Probe", "Two streams at once"),
        "websocket-refused": translate("Probe", "WebSocket refused as expected"),
        "thread-refused": translate("Probe", "Message threads refused as expected"),
        "count-tokens": translate("Probe", "Counting tokens"),
        "greeting": translate("Probe", "First look at the server"),
        "ollama-version": translate("Probe", "Version"),
    }
    return known.get(result.probe, result.title)


def probe_problem(result: ProbeResult) -> str:
    """What was wrong with the answer."""
    said = {
        "status": translate("Probe", "HTTP {status}: {detail}"),
        "form": translate("Probe", "HTTP {status}, not of the expected form"),
        "empty": translate("Probe", "The answer lacks {detail}"),
        "stream": translate("Probe", "The stream lacks {detail}"),
        "no_call": translate("Probe", "The model did not call the tool"),
        "call_end": translate("Probe", "The answer does not end as a tool call"),
        "call_argument": translate("Probe", "The call lacks its argument"),
        "other_status": translate("Probe", "HTTP {status} instead of {detail}"),
        "unreachable": translate("Probe", "No answer: {detail}"),
    }.get(result.code)
    if said is None:
        return result.detail
    return said.format(status=result.status, detail=result.detail)
