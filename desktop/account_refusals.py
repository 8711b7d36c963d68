"""Why something about an account or a bundle was not done, in the user's language.

The one place that words it: for the accounts' page, and for `desktop.refusals`, which asks here.
"""

from PySide6.QtCore import QCoreApplication

from desktop.sentences import in_a_row
from gateway_engine.public import SignInStatus

translate = QCoreApplication.translate

WITH_DETAILS = ("upstream_error", "upstream_forbidden")
"""Codes whose message is the vendor's own, or nearly."""


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
    return in_a_row(words, said)


def _sign_in_errors() -> dict[str, str]:
    return {
        "wrong_password": translate(
            "Accounts", "The site refuses this name or password. Correct them and try again."
        ),
        "captcha": translate("Accounts", "The site wants a captcha solved."),
        "second_factor": translate("Accounts", "The site wants a second factor."),
        "agreement": translate(
            "Accounts", "The site wants its terms accepted, and no box to tick was found."
        ),
        "stuck": translate(
            "Accounts",
            "The page does not go on by itself. Sign in with a browser, or name its fields in "
            "AUTO_LOGIN_SELECTORS_FILE.",
        ),
        "page_timeout": translate("Accounts", "The sign-in page did not load in time."),
        "unreachable": translate(
            "Accounts", "The sign-in page cannot be reached. Check the network and the proxy."
        ),
        "page_error": translate(
            "Accounts",
            "The sign-in page answers with an error. Try again later, or sign in with a browser to "
            "see what it says.",
        ),
        "http_password": translate(
            "Accounts",
            "The site asks for a name and password outside of its page, which the automatic "
            "sign-in does not answer. Use the system's browser.",
        ),
        "certificate": translate(
            "Accounts",
            "The site cannot prove who it is: its certificate is not trusted. Check the address "
            "and this computer's clock; in a company network its certificate has to be installed.",
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


NOT_KEPT = ("no_keyring", "too_busy", "too_busy_to_seal")
"""Codes of what keeps a password from being kept, not from being used."""


def not_kept(code: str) -> str:
    """A password was to be kept and could not; one of NOT_KEPT says why."""
    if code == "no_keyring":
        return of_accounts()[code]
    return translate(
        "Accounts",
        "The password was not kept: this computer is too busy to encrypt it now. Enter it once "
        "more when less is running.",
    )


def _refusals() -> dict[str, str]:
    return {
        **of_accounts(),
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
    }


def of_accounts() -> dict[str, str]:
    """By code, what is said of accounts wherever it comes up."""
    return {
        "no_keyring": translate(
            "Accounts",
            "The password was not kept: this computer has no usable keyring, or it is locked. "
            "Unlock it, or give a passphrase to encrypt the password with. It is never kept in "
            "plain text.",
        ),
        "wrong_passphrase": translate(
            "Accounts", "This is not the passphrase that the passwords were encrypted with."
        ),
        "too_busy": translate(
            "Accounts",
            "This computer is too busy to decrypt now. The passphrase was not tried: try again "
            "when less is running.",
        ),
        "too_busy_to_seal": translate(
            "Accounts",
            "This computer is too busy to encrypt well enough now, so nothing was written. Try "
            "again when less is running.",
        ),
        "no_passphrase": translate(
            "Accounts", "The passwords kept here are encrypted: enter their passphrase first."
        ),
        "passwords_damaged": translate(
            "Accounts",
            "The file of the encrypted passwords (passwords.age in the data folder) is damaged or "
            "cannot be read. Remove it, then have the passwords remembered again.",
        ),
        "not_forgotten": translate(
            "Accounts",
            "The password is still kept: the keyring is locked or does not answer. Unlock it, then "
            "remove the password again.",
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
            "What answers was chosen under Who should answer, or with --upstream. Choose Lingma "
            "there, or start without --upstream.",
        ),
    }


def bundle_error(code: str, message: str) -> str:
    """Why something about a bundle was not done."""
    return _bundle_errors().get(code) or refusal(code, message)


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
        "too_costly": translate(
            "Bundles",
            "Opening this file would take more memory than a login is worth. It was refused and "
            "nothing was changed.",
        ),
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
