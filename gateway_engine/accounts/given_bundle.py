"""The bundle that the settings give an account: as text, or by the name of a file."""

import logging
from pathlib import Path

from gateway_engine.accounts.bundle import MAX_TEXT_BYTES
from gateway_engine.setting_values import AccountSettings

logger = logging.getLogger(__name__)


def bundle_of(account: AccountSettings | None) -> bytes:
    """The bundle as it was given, b"" when there is none; a file that cannot be read is logged."""
    if account is None:
        return b""
    if account.session_bundle:
        return account.session_bundle.encode()
    if not account.session_bundle_file:
        return b""
    file = Path(account.session_bundle_file).expanduser()
    try:
        with file.open("rb") as stream:
            return stream.read(MAX_TEXT_BYTES + 1)
    except OSError as error:
        logger.error("the session bundle %s cannot be read: %s", file, error.strerror)  # noqa: TRY400 - told whole
        return b""
