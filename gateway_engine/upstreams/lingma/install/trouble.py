"""What can go wrong on the way to a Lingma program, with a stable code each."""

import errno


class InstallError(Exception):
    """The program could not be installed; what was there before is untouched.

    `code`: bad_source, bad_pin, unreadable, unreachable, refused (by the server), certificate,
    too_large, no_space, checksum, not_a_vsix, damaged, perhaps_cut (nobody said its length),
    unsafe, no_program (for this machine), too_small, not_permitted, unknown_version. The message
    says what to do; `detail` is what stands in no table of messages: a host and its answer, a hash,
    bytes, what the system said.
    """

    def __init__(self, code: str, message: str, *, detail: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.detail = detail


def not_written(what: str, error: OSError) -> InstallError:
    """Why `what` could not be done: the disk is full, or this user may not."""
    said = error.strerror or str(error)
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return InstallError("no_space", f"{what}: {said}; free some space and try again")
    return InstallError("not_permitted", f"{what}: {said}", detail=said)
