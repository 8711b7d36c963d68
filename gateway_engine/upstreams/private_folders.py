"""What every process of ours needs on disk before it starts, and the note that it runs."""

import logging
from pathlib import Path

from gateway_engine.upstreams.contract import UpstreamStartError
from gateway_engine.upstreams.processes.leftovers import end_leftover, record_child

logger = logging.getLogger(__name__)


def prepare_folders(workspace: Path, record_file: Path) -> None:
    """Make the private folders and end what an earlier run left alive. Blocks.

    Raises UpstreamStartError.
    """
    for folder in (workspace, record_file.parent):
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise UpstreamStartError(
                "not_permitted", f"cannot make the folder {folder}: {error.strerror}"
            ) from error
    end_leftover(record_file)


def note_child(record_file: Path, pid: int) -> None:
    """Put the process on record, so that the next start can end it if nobody else does."""
    try:
        record_child(record_file, pid)
    except OSError as error:
        logger.info("process %d is not on record: %s", pid, error)
