"""The Lingma program in the user's language: how far it is, and why there is none."""

from PySide6.QtCore import QCoreApplication, QUrl

from desktop.durations import time_left
from desktop.sentences import in_a_row
from desktop.sizes import size
from gateway_engine.public import InstallChanged, InstallState

translate = QCoreApplication.translate


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


def origin(source: str) -> str:
    """Where a version came from, in a few words: the host of an address, else the file's name."""
    return QUrl(source).host() or source


def install_figures(event: InstallChanged) -> str:
    """Bytes, speed, time left; as far as they are known."""
    if not event.bytes_done and not event.bytes_total:
        return ""
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
    return refusal(event.error_code, event.error_message, event.error_detail)


def refusal(code: str, message: str, detail: str = "") -> str:
    """Why a program was not fetched, chosen or removed: in our words where the code is known.

    `detail` is what no translation can know; where there is none, its sentence stands without.
    """
    words = _known().get(code, message)
    behind = _with_detail().get(code, "") if detail else ""
    return in_a_row(words, behind.format(detail=detail))


def _known() -> dict[str, str]:
    return {
        "bad_source": translate(
            "Programs", "A VSIX is fetched from an https address without a password in it."
        ),
        "bad_pin": translate(
            "Programs", "LINGMA_VSIX_SHA256 is no SHA-256, which has 64 hexadecimal digits."
        ),
        "bad_setting": translate(
            "Programs",
            "LINGMA_MARKETPLACE_URL, LINGMA_VSIX_URL or LINGMA_VSIX_SHA256 cannot be used. "
            "Correct them in the settings.",
        ),
        "unreadable": translate("Programs", "The file cannot be read."),
        "unreachable": translate(
            "Programs",
            "The server cannot be reached. Check the network and the proxy, then go on: what has "
            "come is kept.",
        ),
        "refused": translate(
            "Programs",
            "The server does not hand this file out. Check the address, or choose a .vsix file.",
        ),
        "certificate": translate(
            "Programs",
            "The server's certificate is not valid. In a company network, install the company's "
            "certificate in the system.",
        ),
        "too_large": translate(
            "Programs", "The server sends more than a Lingma extension can be. Check the address."
        ),
        "no_space": translate(
            "Programs", "There is not enough room on the disk. Free some and try again."
        ),
        "checksum": translate(
            "Programs", "The file is not the one that was pinned by LINGMA_VSIX_SHA256."
        ),
        "no_program": translate("Programs", "This VSIX holds no Lingma program for this computer."),
        "not_a_vsix": translate("Programs", "This is no VSIX. Check the address or the file."),
        "damaged": translate("Programs", "The file is damaged. Fetch it again."),
        "perhaps_cut": translate(
            "Programs",
            "The file is not whole: the connection may have broken before its end, which this "
            "server gives no means to notice. Try again.",
        ),
        "unsafe": translate(
            "Programs", "This VSIX holds what no Lingma has. It was refused, nothing was changed."
        ),
        "too_small": translate(
            "Programs", "The program in this VSIX is too small to be Lingma. It was refused."
        ),
        "not_permitted": translate(
            "Programs",
            "The folder of the programs cannot be changed. Check who may write there; a version "
            "that runs may have to be stopped first.",
        ),
        "unknown_version": translate("Programs", "This version is no longer here."),
        "settings_changed": translate(
            "Programs", "The settings file was changed meanwhile. Try again."
        ),
    }


def _with_detail() -> dict[str, str]:
    said = translate("Programs", "({detail})")
    return {
        "unreadable": said,
        "refused": said,
        "certificate": said,
        "not_permitted": said,
        "no_space": translate("Programs", "(free / needed: {detail})"),
        "checksum": translate("Programs", "Its SHA-256 is {detail}."),
    }
