"""Where this program keeps its files. `LINGMA_GATEWAY_HOME` moves all of them under one folder."""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import platformdirs

APP: Final = "lingma-gateway"


@dataclass(frozen=True, slots=True)
class Paths:
    """Absolute folders; none is made by asking for it.

    `other_runtime_dirs`: where this user's gateway may say that it runs when it was started from
    another kind of session (a service, `sudo -u`, `su`).
    """

    config_dir: Path
    data_dir: Path
    state_dir: Path
    runtime_dir: Path
    other_runtime_dirs: tuple[Path, ...] = ()

    @property
    def config_file(self) -> Path:
        """The settings file."""
        return self.config_dir / "config.toml"

    @property
    def log_file(self) -> Path:
        """The newest log; older ones beside it end in .1, .2, …"""
        return self.state_dir / "logs" / "gateway.log"

    @property
    def runtime_file(self) -> Path:
        """How other commands find the running gateway (0600)."""
        return self.runtime_dir / "runtime.json"

    @property
    def programs_dir(self) -> Path:
        """The Lingma programs that were fetched, one folder a version."""
        return self.data_dir / "upstream"

    @property
    def lock_file(self) -> Path:
        """Held by the one process that may change the data folder."""
        return self.data_dir / "gateway.lock"

    def make(self) -> None:
        """Make the folders, readable by their owner only. Raises OSError."""
        for folder in (self.config_dir, self.data_dir, self.state_dir, self.runtime_dir):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)


def app_paths(environ: Mapping[str, str], *, cwd: Path) -> Paths:
    """Return this user's folders, or those under `LINGMA_GATEWAY_HOME` (relative to `cwd`)."""
    home = environ.get("LINGMA_GATEWAY_HOME", "").strip()
    if home:
        # Unlike Path.expanduser this leaves a name that nobody has.
        root = cwd / os.path.expanduser(home)  # noqa: PTH111
        return Paths(root / "config", root / "data", root / "state", root / "runtime")
    dirs = platformdirs.PlatformDirs(APP, appauthor=False)
    state = Path(dirs.user_state_dir)
    # Without a runtime folder of the session there is only /tmp, where others may look and squat.
    runtimes = [state / "run"]
    if environ.get("XDG_RUNTIME_DIR"):
        runtimes.insert(0, Path(environ["XDG_RUNTIME_DIR"]) / APP)
    if sys.platform == "linux":
        runtimes.append(Path(f"/run/user/{os.getuid()}") / APP)
    first, *others = dict.fromkeys(runtimes)
    return Paths(Path(dirs.user_config_dir), Path(dirs.user_data_dir), state, first, tuple(others))
