"""The data folder of a command that writes there, and what it says when it cannot have it."""

from collections.abc import Iterator
from contextlib import contextmanager

from gateway_engine.config import SettingsError
from gateway_engine.paths import Paths
from gateway_engine.running import AlreadyRunningError


@contextmanager
def data_folder(paths: Paths) -> Iterator[None]:
    """Make it; within, it is locked and written. Raises SettingsError."""
    try:
        paths.make()
        yield
    except AlreadyRunningError as error:
        raise SettingsError(str(error)) from None
    except OSError as error:
        raise SettingsError(
            f"cannot use {error.filename or paths.data_dir}: {error.strerror};"
            " set LINGMA_GATEWAY_HOME to a folder this user may write"
        ) from None
