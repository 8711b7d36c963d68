"""What can go wrong on the way to a Lingma program, with a stable code each."""


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
