"""Accounts and bundles in the user's language: what is, and what to do next."""

from PySide6.QtCore import QCoreApplication

from desktop import account_refusals
from desktop.sizes import size
from desktop.slices.accounts import BundleStep, BundleView
from desktop.wording import Words
from gateway_engine.public import SignInState, SignInStatus, known_kinds

translate = QCoreApplication.translate

DEMO = "demo"


def by_command(kind: str) -> bool:
    """Whether accounts of this kind are signed in by a command of its own."""
    known = known_kinds().get(kind)
    return known is not None and known.by_command is not None


def by_browser(kind: str) -> bool:
    """Whether accounts of this kind are signed in here, through a browser."""
    known = known_kinds().get(kind)
    return known is not None and known.has_accounts


def state_title(state: SignInState, kind: str) -> str:
    """The account's state in a word or two."""
    match state:
        case SignInState.LOGGED_OUT:
            return translate("Accounts", "Not signed in")
        case SignInState.WAITING_FOR_BROWSER:
            if by_command(kind):
                return translate("Accounts", "The login command runs")
            return translate("Accounts", "Waiting for the browser")
        case SignInState.SIGNING_IN:
            return translate("Accounts", "Signing in…")
        case SignInState.NEEDS_PERSON:
            return translate("Accounts", "You are needed")
        case SignInState.LOGGED_IN:
            if kind == DEMO:
                return translate("Accounts", "Demo")
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
            if by_command(kind):
                return translate(
                    "Accounts", "Sign in with the agent's own command. Its output is shown here."
                )
            if not by_browser(kind) and kind != DEMO:
                return translate("Accounts", "Sign in with the program itself to use its models.")
            return translate("Accounts", "Sign in to use its models.")
        case SignInState.WAITING_FOR_BROWSER:
            if by_command(kind):
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
                "The site wants something only a person can do. Finish it in the browser's window "
                "if one is open; else cancel and sign in with a browser.",
            )
        case SignInState.LOGGED_IN:
            if kind == DEMO:
                return translate("Accounts", "The demo needs no account: it makes its answers up.")
            return ""
        case SignInState.FAILED:
            return translate("Accounts", "Try again, or take another way to sign in.")
        case SignInState.EXPIRED:
            return translate("Accounts", "Sign in again to use its models.")
        case SignInState.CANCELLED:
            return translate("Accounts", "Nothing has changed. Sign in whenever you like.")


# --- bundles -------------------------------------------------------------------------------------


def bundle_words(view: BundleView, called: str) -> Words | None:
    """What came of the last thing that was done with a bundle, for the instance that is `called`
    so; None for nothing.
    """
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
                ).format(name=called)
                text = f"{text}\n{told}"
            return Words(translate("Bundles", "Nothing was changed. An import would:"), text)
        case BundleStep.IMPORTED:
            return Words(
                translate("Bundles", "{name} is signed in with this login").format(name=called),
                _changes(view),
            )
        case BundleStep.FAILED:
            return Words(
                translate("Bundles", "That did not work"),
                account_refusals.bundle_error(view.code, view.message),
            )


def _inspected(view: BundleView) -> Words:
    facts = view.facts
    if facts is None or (facts.sealed and not facts.files):
        return Words(
            translate("Bundles", "This bundle is encrypted"),
            translate("Bundles", "Enter its passphrase to look into it or import it."),
        )
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
