"""Accounts, programs and bundles in the user's language: what is, and what to do next."""

from PySide6.QtCore import QCoreApplication, QLocale

from desktop.durations import time_left
from desktop.slices.accounts import BundleStep, BundleView
from desktop.wording import Words
from gateway_engine.public import InstallChanged, InstallState, SignInState, SignInStatus

translate = QCoreApplication.translate

AGENT = "acp"


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
    """Why a sign-in came to nothing: our words where the code is known, else the engine's."""
    known = {
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
    }
    return known.get(status.error_code, status.error_message)


def refusal(code: str, message: str) -> str:
    """Why something about an account was not done: in our words where the code is known."""
    known = {
        "no_keyring": translate(
            "Accounts",
            "The password was not kept: this computer has no usable keyring, or it is locked. "
            "Unlock it, or give a passphrase to encrypt the password with. It is never kept in "
            "plain text.",
        ),
        "wrong_passphrase": translate(
            "Accounts", "This is not the passphrase that the passwords were encrypted with."
        ),
        "no_credentials": translate("Accounts", "There is no password for this account yet."),
        "sign_in_unavailable": translate(
            "Accounts",
            "Signing in is not possible now: its program does not run, or it signs in by itself.",
        ),
        "already_logged_in": translate(
            "Accounts", "This account is signed in already. Switch it, or sign it out first."
        ),
        "upstream_timeout": translate(
            "Accounts", "Its program did not answer in time. Try again, or restart it."
        ),
        "not_in_file": translate(
            "Accounts",
            "This account is not in the settings file: it runs because of an environment variable, "
            "or because a Lingma program was found.",
        ),
        "upstream_named": translate(
            "Accounts",
            "The gateway was started with --upstream, which says what runs. Start it without.",
        ),
    }
    return known.get(code, message)


# --- the program ---------------------------------------------------------------------------------


def install_title(event: InstallChanged) -> str:
    """What is being done with a program, in a line."""
    match event.state:
        case InstallState.CHECKING:
            return translate("Programs", "Looking at the source…")
        case InstallState.DOWNLOADING:
            return translate("Programs", "Downloading")
        case InstallState.UNPACKING:
            return translate("Programs", "Unpacking")
        case InstallState.DONE:
            return translate("Programs", "Lingma {version} is installed").format(
                version=event.version
            )
        case InstallState.FAILED:
            return translate("Programs", "The download has failed")
        case InstallState.CANCELLED:
            return translate("Programs", "Cancelled: what has come is kept")


def install_figures(event: InstallChanged) -> str:
    """Bytes, speed, time left; as far as they are known."""
    if not event.bytes_done and not event.bytes_total:
        return ""
    locale = QLocale()
    size = locale.formattedDataSize
    parts = [size(event.bytes_done)]
    if event.bytes_total:
        parts = [
            translate("Programs", "{done} of {total}").format(
                done=size(event.bytes_done), total=size(event.bytes_total)
            )
        ]
    if event.bytes_per_s:
        speed = size(int(event.bytes_per_s))
        parts.append(translate("Programs", "{speed}/s").format(speed=speed))
    if event.seconds_left is not None:
        parts.append(time_left(event.seconds_left))
    return " · ".join(parts)


def install_error(event: InstallChanged) -> str:
    """Why there is no program."""
    known = {
        "unreachable": translate(
            "Programs",
            "The server cannot be reached. Check the network and the proxy, then go on: what has "
            "come is kept.",
        ),
        "certificate": translate(
            "Programs",
            "The server's certificate is not valid. In a company network, install the company's "
            "certificate in the system.",
        ),
        "no_space": translate("Programs", "There is not enough room on the disk."),
        "checksum": translate(
            "Programs", "The file is not the one that was pinned by LINGMA_VSIX_SHA256."
        ),
        "no_program": translate("Programs", "This VSIX holds no Lingma program for this computer."),
        "not_a_vsix": translate("Programs", "This is no VSIX. Check the address or the file."),
        "damaged": translate("Programs", "The file is damaged. Fetch it again."),
    }
    return known.get(event.error_code, event.error_message)


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
    known = {
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
    }
    return known.get(view.code, view.message)
