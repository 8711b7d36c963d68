"""What the window knows of accounts and programs beyond their states.

Addresses of sign-ins are here while their sign-in is under way and no longer.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from gateway_engine.public import (
    AccountsKnown,
    BundleFacts,
    EngineEvent,
    FileChange,
    InstanceName,
    InstanceRemoved,
    PrintedLine,
    ProgramsKnown,
    SignInBegan,
    SignInChanged,
    SignInPrinted,
    SignInState,
    SignInStatus,
)

UNDER_WAY = (SignInState.WAITING_FOR_BROWSER, SignInState.SIGNING_IN, SignInState.NEEDS_PERSON)
SIGN_IN_ACTIONS = ("sign-in", "deliver", "cancel")
"""What is done about the sign-in of an account, as `NAME/ACTION`."""


class BundleStep(StrEnum):
    """What was last done with a bundle."""

    NOTHING = "nothing"
    WORKING = "working"
    INSPECTED = "inspected"
    TRIED = "tried"
    IMPORTED = "imported"
    EXPORTED = "exported"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class BundleView:
    """The outcome of it. `facts` with INSPECTED, `changes` with TRIED and IMPORTED; `code` and
    `message` with FAILED.
    """

    step: BundleStep = BundleStep.NOTHING
    file: str = ""
    instance: InstanceName | None = None
    facts: BundleFacts | None = None
    changes: tuple[FileChange, ...] = ()
    logged_in: bool = False
    sealed: bool = False
    code: str = ""
    message: str = ""


@dataclass(frozen=True, slots=True)
class AccountsSlice:
    """`printed` is what each agent's login command has written last, `addresses` where a sign-in
    that is under way can be gone on with; `asked` the programs were looked for.
    """

    printed: Mapping[InstanceName, tuple[PrintedLine, ...]] = field(default_factory=dict)
    addresses: Mapping[InstanceName, str] = field(default_factory=dict, repr=False)
    known: AccountsKnown = field(default_factory=AccountsKnown)
    programs: ProgramsKnown | None = None
    bundle: BundleView = BundleView()
    has_window: bool = False
    """The sign-in can be shown in a window of our own."""
    keyring_asked: frozenset[InstanceName] = frozenset()
    """Whose password waits for a keyring that does not answer at once."""


# --- what only the desktop learns ----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class AccountsLearned:
    """The engine was asked for what no event tells."""

    known: AccountsKnown
    programs: ProgramsKnown
    has_window: bool


@dataclass(frozen=True, slots=True)
class KeyringAwaited:
    """A keyring that is to keep this account's password lets us wait; or no longer."""

    instance: InstanceName
    waits: bool


@dataclass(frozen=True, slots=True)
class BundleTold:
    """Something was done with a bundle."""

    view: BundleView


AccountsEvent = AccountsLearned | KeyringAwaited | BundleTold


def is_mended(action: str, status: SignInStatus) -> bool:
    """Whether this action, which has failed, was about a sign-in that has succeeded since."""
    actions = [f"{status.instance}/{each}" for each in SIGN_IN_ACTIONS]
    return status.state is SignInState.LOGGED_IN and action in actions


def reduce_accounts(accounts: AccountsSlice, event: EngineEvent | AccountsEvent) -> AccountsSlice:
    """The slice after `event`; the same object when nothing of it has changed."""
    match event:
        case SignInPrinted(instance, lines):
            return replace(accounts, printed={**accounts.printed, instance: lines})
        case SignInBegan(instance, url) if url:
            return replace(accounts, addresses={**accounts.addresses, instance: url})
        case SignInBegan(instance):
            return _without_address(accounts, instance)
        case SignInChanged(status):
            if status.state in UNDER_WAY:
                return accounts
            return _without_address(_without_praise(accounts, status), status.instance)
        case InstanceRemoved(name):
            return replace(
                accounts,
                printed={k: v for k, v in accounts.printed.items() if k != name},
                addresses={k: v for k, v in accounts.addresses.items() if k != name},
            )
        case AccountsLearned(known, programs, has_window):
            return replace(accounts, known=known, programs=programs, has_window=has_window)
        case KeyringAwaited(instance, waits):
            rest = accounts.keyring_asked - {instance}
            asked = rest | {instance} if waits else rest
            return replace(accounts, keyring_asked=asked)
        case BundleTold(view):
            return replace(accounts, bundle=view)
        case _:
            return accounts


def _without_praise(accounts: AccountsSlice, status: SignInStatus) -> AccountsSlice:
    """Whoever is signed out again is not said to be signed in by a bundle any more."""
    view = accounts.bundle
    is_true = view.step is not BundleStep.IMPORTED or view.instance != status.instance
    if is_true or status.state is SignInState.LOGGED_IN:
        return accounts
    return replace(accounts, bundle=BundleView())


def _without_address(accounts: AccountsSlice, name: InstanceName) -> AccountsSlice:
    if name not in accounts.addresses:
        return accounts
    return replace(accounts, addresses={k: v for k, v in accounts.addresses.items() if k != name})
