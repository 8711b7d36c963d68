"""Accounts and bundles in the user's language: what is, and what to do next."""

from PySide6.QtCore import QCoreApplication, QLocale

from desktop import refusals
from desktop.slices.accounts import BundleStep, BundleView
from desktop.wording import Words
from gateway_engine.public import SignInState, SignInStatus

translate = QCoreApplication.translate

AGENT = "acp"
WITH_DETAILS = ("upstream_error", "upstream_forbidden")
"""Codes whose message is the vendor's own, or nearly."""


def state_title(state: SignInState, kind: str) -> str:
    """The account's state in a word or two."""
    match state:
        case SignInState.LOGGED_OUT:
            return translate("Accounts", "Not signed in")
        case SignInState.WAITING_FOR_BROWSER:
            if kind == AGENT:
                return translate("Accounts", "The login command runs")
            return translate("Accounts", "Waiting for the browser")
        case SignInState.SIGNING_IN:
            return translate("Accounts", "Signing in…")
        case SignInState.NEEDS_PERSON:
            return translate("Accounts", "You are needed")
        case SignInState.LOGGED_IN:
            return translate("Accounts", "Signed in")
        case SignInState.FAILED:
            return translate("Accounts", "Sign-in failed")
        case SignInState.EXPIRED:
            return translate("Accounts", "Sign-in expired")
        case SignInState.CANCELLED:
            return translate("Accounts", "Sign-in cancelled")


def next_step(status: SignInStatus, kind: str) -> str:
    """What its user does now."""
    match status.state:
        case SignInState.LOGGED_OUT:
            if kind == AGENT:
                return translate(
                    "Accounts", "Sign in with the agent's own command. Its output is shown here."
                )
            return translate("Accounts", "Sign in to use its models.")
        case SignInState.WAITING_FOR_BROWSER:
            if kind == AGENT:
                return translate("Accounts", "Follow what the agent's command says below.")
            return translate(
                "Accounts",
                "Finish the sign-in in the browser. If it runs on another machine, paste the "
                "address it ends at below.",
            )
        case SignInState.SIGNING_IN:
            return translate("Accounts", "This takes a moment. There is nothing to do.")
        case SignInState.NEEDS_PERSON:
            return translate(
                "Accounts",
                "The site wants something only a person can do. Finish it in the window that is "
                "open, or cancel and sign in with a browser.",
            )
        case SignInState.LOGGED_IN:
            return ""
        case SignInState.FAILED:
            return translate("Accounts", "Try again, or take another way to sign in.")
        case SignInState.EXPIRED:
            return translate("Accounts", "Sign in again. Requests wait for nobody meanwhile.")
        case SignInState.CANCELLED:
            return translate("Accounts", "Nothing has changed. Sign in whenever you like.")


def sign_in_error(status: SignInStatus) -> str:
    """Why a sign-in came to nothing: our words where the code is known, else the engine's.

    What the vendor said itself stands behind ours, as it was said.
    """
    words = _sign_in_errors().get(status.error_code, "")
    if not words:
        return refusal(status.error_code, status.error_message)
    return _with_details(words, status.error_code, status.error_message)


def _with_details(words: str, code: str, message: str) -> str:
    if code not in WITH_DETAILS or not message:
        return words
    said = translate("Accounts", "Details: {message}").format(message=message)
    return f"{words} {said}"


def _sign_in_errors() -> dict[str, str]:
    return {
        "wrong_password": translate(
            "Accounts", "The site refuses this name or password. Correct them and try again."
        ),
        "captcha": translate("Accounts", "The site wants a captcha solved."),
        "second_factor": translate("Accounts", "The site wants a second factor."),
        "stuck": translate(
            "Accounts",
            "The page does not go on by itself. Sign in with a browser, or name its fields in "
            "AUTO_LOGIN_SELECTORS_FILE.",
        ),
        "page_timeout": translate("Accounts", "The sign-in page did not load in time."),
        "unreachable": translate(
            "Accounts", "The sign-in page cannot be reached. Check the network and the proxy."
        ),
        "timed_out": translate("Accounts", "Nobody finished the sign-in in time. Start it again."),
        "upstream_gone": translate(
            "Accounts",
            "The Lingma process ended during the sign-in. It starts again by itself; then sign in "
            "again.",
        ),
        "upstream_forbidden": translate(
            "Accounts", "This account may not use Lingma. Check its licence, or switch accounts."
        ),
        "browser_broken": translate(
            "Accounts",
            "The browser window ended unexpectedly. Try again, or use the system's browser.",
        ),
        "browser_missing": translate(
            "Accounts",
            "Signing in with a password needs Chrome, Edge or Chromium on this computer. Install "
            "one, or sign in with a browser yourself.",
        ),
        "playwright_missing": translate(
            "Accounts",
            "Signing in with a password needs a gateway that pip installed, with an extra part: "
            "pip install 'lingma-gateway[auto-login]'. Or sign in with a browser yourself.",
        ),
        "not_signed_in": translate(
            "Accounts",
            "The command has ended, but the agent still says that nobody is signed in. Run it in a "
            "terminal: it may want to ask something.",
        ),
        "login_command_failed": translate(
            "Accounts", "The agent's login command has failed. Its last words are below."
        ),
        "bad_selectors": translate(
            "Accounts",
            "AUTO_LOGIN_SELECTORS_FILE cannot be used. Correct the file, or sign in with a "
            "browser yourself.",
        ),
    }


def refusal(code: str, message: str) -> str:
    """Why something about an account was not done: in our words where the code is known."""
    known = _refusals().get(code) or _bundle_errors().get(code)
    return message if known is None else _with_details(known, code, message)


def not_kept() -> str:
    """A password was to be kept and could not."""
    return refusals.of_accounts()["no_keyring"]


def _refusals() -> dict[str, str]:
    return {
        **refusals.of_accounts(),
        "bad_callback": translate(
            "Accounts",
            "This is not the address a sign-in ends at. Copy the whole address "
            "http://127.0.0.1:…/auth/callback?… from the browser.",
        ),
        "callback_refused": translate(
            "Accounts",
            "Lingma refuses this address: it was used before, or it belongs to another sign-in. "
            "Begin a new sign-in.",
        ),
        "upstream_error": translate(
            "Accounts", "Its program could not do that. Restart it and try again."
        ),
        "upstream_unavailable": translate(
            "Accounts", "Its program does not run. Restart it and try again."
        ),
        "not_found": translate("Accounts", "This account is no longer here."),
        "settings_changed": translate(
            "Accounts", "The settings file was changed meanwhile. Try again."
        ),
    }


# --- bundles -------------------------------------------------------------------------------------


def bundle_words(view: BundleView) -> Words | None:
    """What came of the last thing that was done with a bundle; None for nothing."""
    match view.step:
        case BundleStep.NOTHING:
            return None
        case BundleStep.WORKING:
            return Words(translate("Bundles", "Working…"), view.file)
        case BundleStep.EXPORTED:
            text = translate("Bundles", "Encrypted with the passphrase: {file}")
            if not view.sealed:
                text = translate(
                    "Bundles",
                    "{file} is not encrypted. Whoever has it is signed in as you: keep it like a "
                    "password.",
                )
            return Words(translate("Bundles", "The login is exported"), text.format(file=view.file))
        case BundleStep.INSPECTED:
            return _inspected(view)
        case BundleStep.TRIED:
            text = _changes(view)
            if view.logged_in:
                told = translate(
                    "Bundles", "{name} is signed in now: that login would be replaced."
                ).format(name=view.instance)
                text = f"{text}\n{told}"
            return Words(translate("Bundles", "Nothing was changed. An import would:"), text)
        case BundleStep.IMPORTED:
            return Words(
                translate("Bundles", "{name} is signed in with this login").format(
                    name=view.instance
                ),
                _changes(view),
            )
        case BundleStep.FAILED:
            return Words(translate("Bundles", "That did not work"), _bundle_error(view))


def _inspected(view: BundleView) -> Words:
    facts = view.facts
    if facts is None or (facts.sealed and not facts.files):
        return Words(
            translate("Bundles", "This bundle is encrypted"),
            translate("Bundles", "Enter its passphrase to look into it or import it."),
        )
    size = QLocale().formattedDataSize
    lines = "\n".join(f"{name} – {size(count)}" for name, count in facts.files)
    title = translate("Bundles", "A login, encrypted; it holds")
    if not facts.sealed:
        title = translate("Bundles", "A login, not encrypted; it holds")
    return Words(title, lines)


def _changes(view: BundleView) -> str:
    words = {
        "add": translate("Bundles", "add {file}"),
        "replace": translate("Bundles", "replace {file}"),
        "same": translate("Bundles", "leave {file}, which is the same"),
        "remove": translate("Bundles", "remove {file}"),
    }
    return "\n".join(words[each.change].format(file=each.file) for each in view.changes)


def _bundle_error(view: BundleView) -> str:
    return _bundle_errors().get(view.code) or refusal(view.code, view.message)


def _bundle_errors() -> dict[str, str]:
    return {
        "wrong_passphrase": translate(
            "Bundles", "The passphrase is wrong, or the file was tampered with."
        ),
        "passphrase_needed": translate(
            "Bundles", "This bundle is encrypted. Enter its passphrase."
        ),
        "unsafe": translate(
            "Bundles",
            "This file holds more than a login (links or other files). It was refused and nothing "
            "was changed.",
        ),
        "unreadable": translate(
            "Bundles", "This is no bundle, or it is cut off or damaged. Nothing was changed."
        ),
        "too_large": translate("Bundles", "This file is too large for a login."),
        "no_login": translate("Bundles", "There is no login in this bundle."),
        "already_logged_in": translate(
            "Bundles",
            "This account is signed in already. Try it first, or import and replace that login.",
        ),
        "not_logged_in": translate(
            "Bundles", "This account is not signed in: there is nothing to export."
        ),
        "not_accepted": translate(
            "Bundles",
            "Lingma does not accept this login, and the one before is back. A login is tied to the "
            "machine it was made on.",
        ),
        "not_written": translate("Bundles", "The file could not be written. Choose another place."),
        "instance_stopped": translate(
            "Bundles",
            "This account's program is stopped, so nobody could say whether the login is good. "
            "Start it first.",
        ),
    }
