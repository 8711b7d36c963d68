"""Starts the desktop when the user logs in, each system in its own way, and undoes it wholly.

- Linux: `~/.config/autostart/lingma-gateway.desktop` (XDG autostart).
- macOS: `~/Library/LaunchAgents/io.github.lingma-gateway.plist`.
- Windows: a value below HKCU's Run key.

A copy with a LINGMA_GATEWAY_HOME of its own has an entry of its own. What the user has switched off
in the system's settings counts as off.
"""

import contextlib
import hashlib
import os
import plistlib
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

APP = "lingma-gateway"
TITLE = "Lingma Gateway"
AGENT_LABEL = "io.github.lingma-gateway"
RUN_KEY = r"Software\Microsoft\Windows\CurrentVersion\Run"
HOME_VARIABLE = "LINGMA_GATEWAY_HOME"


class AutostartError(Exception):
    """The entry could not be written or removed; the sentence says where and why."""


class Autostart(Protocol):
    """The entry of this installation."""

    def is_on(self) -> bool:
        """Whether the system starts us, whichever command the entry has."""
        ...

    def turn_on(self) -> None:
        """Write the entry, or bring it up to date. Raises AutostartError."""
        ...

    def turn_off(self) -> None:
        """Take it away. Raises AutostartError."""
        ...


def start_command(environ: Mapping[str, str], *, is_frozen: bool, scripts: Path) -> list[str]:
    """How this very installation is started minimised, wherever the system starts it.

    An AppImage is started by its file, for what runs is a temporary mount; an environment by the
    console script in `scripts`.
    """
    arguments = ["desktop", "--minimized"]
    if environ.get("APPIMAGE"):
        return [environ["APPIMAGE"], *arguments]
    if is_frozen:
        return [sys.executable, *arguments]
    script = scripts / (f"{APP}.exe" if sys.platform == "win32" else APP)
    if script.is_file():
        return [str(script), *arguments]
    return [sys.executable, "-m", "desktop", *arguments]


def this_autostart(environ: Mapping[str, str]) -> Autostart | None:
    """The autostart of this system for this installation; None where there is none."""
    scripts = Path(sys.executable).parent
    command = start_command(environ, is_frozen=bool(getattr(sys, "frozen", False)), scripts=scripts)
    own_home = environ.get(HOME_VARIABLE, "").strip()
    own_home = str(Path(own_home).absolute()) if own_home else ""
    suffix = f"-{hashlib.sha256(own_home.encode()).hexdigest()[:8]}" if own_home else ""
    if sys.platform == "win32":
        return RunKey(f"{TITLE}{suffix}", command)
    if sys.platform == "darwin":
        folder = Path.home() / "Library" / "LaunchAgents"
        label = f"{AGENT_LABEL}{suffix}"
        return EntryFile(folder / f"{label}.plist", launch_agent(label, command, own_home))
    config = environ.get("XDG_CONFIG_HOME", "")
    folder = Path(config) if config.startswith("/") else Path.home() / ".config"
    return EntryFile(
        folder / "autostart" / f"{APP}{suffix}.desktop", desktop_entry(command, own_home)
    )


def refresh(autostart: Autostart) -> None:
    """Bring an entry up to date whose program has moved. Raises AutostartError."""
    if autostart.is_on():
        autostart.turn_on()


class EntryFile:
    """An entry that is a file: it is on while the file is there and does not say otherwise."""

    def __init__(self, file: Path, content: bytes) -> None:
        self.file = file
        self._content = content

    def is_on(self) -> bool:
        """Whether the file is there and starts something."""
        try:
            held = self.file.read_bytes()
        except OSError:
            return False
        return not says_off(held)

    def turn_on(self) -> None:
        """Write the file, whole or not at all; one that already says so is left alone."""
        try:
            if self.file.is_file() and self.file.read_bytes() == self._content:
                return
            self.file.parent.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=self.file.parent, prefix=f".{APP}.")
            beside = Path(name)
            try:
                with os.fdopen(handle, "wb") as stream:
                    stream.write(self._content)
                    stream.flush()
                    os.fsync(stream.fileno())
                beside.chmod(0o644)
                beside.replace(self.file)
            except OSError:
                beside.unlink(missing_ok=True)
                raise
        except OSError as error:
            raise AutostartError(f"cannot write {self.file}: {error.strerror}") from error

    def turn_off(self) -> None:
        """Remove the file, and what folders `turn_on` made for it while nothing else is there."""
        try:
            self.file.unlink(missing_ok=True)
        except OSError as error:
            raise AutostartError(f"cannot remove {self.file}: {error.strerror}") from error
        with contextlib.suppress(OSError):  # other programs' files are there
            self.file.parent.rmdir()
            self.file.parent.parent.rmdir()


def says_off(content: bytes) -> bool:
    """Whether a desktop entry or a launch agent is there and yet switched off."""
    lines = {line.strip().lower().replace(b" ", b"") for line in content.splitlines()}
    if {b"hidden=true", b"x-gnome-autostart-enabled=false"} & lines:
        return True
    if content.lstrip().startswith(b"<?xml"):
        with contextlib.suppress(plistlib.InvalidFileException, ValueError):
            return bool(plistlib.loads(content).get("Disabled"))
    return False


class RunKey:
    """A value of the registry's Run key."""

    def __init__(self, name: str, command: Sequence[str]) -> None:
        self._name = name
        self._line = subprocess.list2cmdline(command)

    def is_on(self) -> bool:
        """Whether the value is there."""
        if sys.platform == "win32":
            import winreg

            with (
                contextlib.suppress(OSError),
                winreg.OpenKey(winreg.HKEY_CURRENT_USER, RUN_KEY) as key,
            ):
                winreg.QueryValueEx(key, self._name)
                return True
        return False

    def turn_on(self) -> None:
        """Write the value."""
        if sys.platform == "win32":
            import winreg

            try:
                with winreg.CreateKey(winreg.HKEY_CURRENT_USER, RUN_KEY) as key:
                    winreg.SetValueEx(key, self._name, 0, winreg.REG_SZ, self._line)
            except OSError as error:
                raise AutostartError(f"cannot write the Run key: {error.strerror}") from error

    def turn_off(self) -> None:
        """Remove the value."""
        if sys.platform == "win32":
            import winreg

            try:
                with winreg.CreateKey(winreg.HKEY_CURRENT_USER, RUN_KEY) as key:
                    winreg.DeleteValue(key, self._name)
            except FileNotFoundError:
                return
            except OSError as error:
                raise AutostartError(f"cannot change the Run key: {error.strerror}") from error


def desktop_entry(command: Sequence[str], own_home: str = "") -> bytes:
    """An XDG autostart entry. `own_home` becomes the started program's LINGMA_GATEWAY_HOME."""
    words = [*(["env", f"{HOME_VARIABLE}={own_home}"] if own_home else []), *command]
    lines = [
        "[Desktop Entry]",
        "Type=Application",
        f"Name={TITLE}",
        "Comment=Local gateway in the system tray",
        f"Exec={' '.join(_quoted(word) for word in words)}",
        # Where the program was removed, the entry is as good as none.
        f"TryExec={command[0].replace(chr(92), chr(92) * 2)}",
        f"Icon={APP}",
        "Terminal=false",
        "X-GNOME-Autostart-enabled=true",
    ]
    return ("\n".join(lines) + "\n").encode()


def launch_agent(label: str, command: Sequence[str], own_home: str = "") -> bytes:
    """A macOS launch agent that starts once, at login."""
    entry: dict[str, object] = {
        "Label": label,
        "ProgramArguments": list(command),
        "RunAtLoad": True,
        "ProcessType": "Interactive",
    }
    if own_home:
        entry["EnvironmentVariables"] = {HOME_VARIABLE: own_home}
    return plistlib.dumps(entry)


def _quoted(word: str) -> str:
    """One word of an Exec line (Desktop Entry Specification, "The Exec key").

    Quoted first, then escaped once more as every string of an entry is.
    """
    word = word.replace("%", "%%")
    if word and all(c.isalnum() or c in "-_./=:,+@%" for c in word):
        return word
    for character in ("\\", '"', "`", "$"):
        word = word.replace(character, f"\\{character}")
    return '"' + word.replace("\\", "\\\\") + '"'
