"""The support bundle: what helps somebody else to see what is wrong here, and nothing private.

No secret, prompt, answer, account or home folder is in it. Of the log only what this program says
by itself is kept: lines that may quote an upstream or a client keep their time, level and codes and
lose their words.
"""

import json
import platform
import re
import sys
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from importlib.metadata import PackageNotFoundError, version
from io import BytesIO
from pathlib import Path
from typing import Any, Final

from gateway_engine.atomic_file import write_private
from gateway_engine.effective_config import effective_config
from gateway_engine.engine_report import Vitals
from gateway_engine.examination import Check
from gateway_engine.file_tail import tail_lines
from gateway_engine.plan import EnginePlan
from gateway_engine.version import __version__

LOG_BYTES: Final = 256 * 1024
LEFT_OUT: Final = "(left out: it may quote somebody)"
OWN_WORDS: Final = ("gateway_engine.", "desktop.")
QUOTING: Final = ("gateway_engine.upstreams.", "gateway_engine.accounts.", "gateway_engine.chat.")
"""Of our own loggers, those whose lines may hold what upstream, a page or a client said."""
KEPT_FIELDS: Final = (
    "time", "level", "logger", "request_id", "instance", "state", "code", "status", "tray",
    "protocol", "total_ms", "ttft_ms",
)  # fmt: skip
PACKAGES: Final = (
    "PySide6-Essentials", "qasync", "aiohttp", "websockets", "orjson", "keyring", "playwright",
)  # fmt: skip
README: Final = """\
A support bundle of Lingma Gateway. It holds versions, the settings in force without secrets, what
`lingma-gateway doctor` says, figures, and the end of the log without anybody's words. There is no
key, password, prompt, answer, account name or home folder in it. Look for yourself before you send
it: every file is plain text.
"""

Hide = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class SupportFile:
    """One file of the bundle."""

    name: str
    content: bytes


def support_files(
    plan: EnginePlan, *, checks: Sequence[Check], hide: Hide, vitals: Vitals | None = None
) -> tuple[SupportFile, ...]:
    """Everything the bundle would hold. Reads the log; blocks.

    `hide` cuts the secrets it knows out of a text; `vitals` are those of a gateway that runs.
    """
    home = str(Path.home())

    def clean(text: str) -> str:
        return _without_addresses(hide(text)).replace(home, "~")

    def as_json(value: Any) -> bytes:
        return clean(json.dumps(value, indent=2, ensure_ascii=False, default=str)).encode()

    settings = {name: asdict(each) for name, each in effective_config(plan.loaded).items()}
    files = [
        SupportFile("README.txt", README.encode()),
        SupportFile("versions.json", as_json(_versions(plan))),
        SupportFile("settings.json", as_json(_without_accounts(settings))),
        SupportFile("doctor.json", as_json([asdict(check) for check in checks])),
    ]
    if vitals is not None:
        files.append(SupportFile("vitals.json", as_json(_vitals(vitals))))
    log = "\n".join(clean(line) for line in _log_lines(plan.paths.log_file))
    files.append(SupportFile("log.jsonl", (log + "\n").encode()))
    return tuple(files)


def write_bundle(file: Path, files: Iterable[SupportFile]) -> None:
    """Write a zip, whole or not at all, readable by its owner only. Raises OSError."""
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for each in files:
            archive.writestr(each.name, each.content)
    write_private(file, packed.getvalue())


def _versions(plan: EnginePlan) -> dict[str, Any]:
    return {
        "lingma_gateway": __version__,
        "python": sys.version,
        "system": platform.platform(),
        "frozen": bool(getattr(sys, "frozen", False)),
        "upstream": plan.upstream,
        "instances": [each.kind for each in plan.instances],
        "packages": {name: _package_version(name) for name in PACKAGES},
    }


def _package_version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


ACCOUNT_SETTINGS: Final = ("LINGMA_USERNAME", "LINGMA_ACCOUNTS", "LINGMA_SESSION_BUNDLE_FILE")


def _without_accounts(settings: dict[str, Any]) -> dict[str, Any]:
    for name in ACCOUNT_SETTINGS:
        if settings.get(name, {}).get("value"):
            settings[name]["value"] = "***"
    return settings


def _vitals(vitals: Vitals) -> dict[str, Any]:
    """The figures, without accounts and without what upstream said in words."""
    pool = tuple(
        replace(
            status,
            account="***" if status.account else "",
            last_error_message="",
            quota="***" if status.quota else "",
            plan="***" if status.plan else "",
            out_of_quota=None,
            life=tuple(replace(event, detail="") for event in status.life),
        )
        for status in vitals.stats.pool
    )
    return asdict(replace(vitals, stats=replace(vitals.stats, pool=pool)))


def _log_lines(file: Path) -> Iterator[str]:
    for line in tail_lines(file, LOG_BYTES):
        try:
            said = json.loads(line)
        except ValueError:
            continue
        if isinstance(said, dict):
            yield json.dumps(_without_quotes(said), ensure_ascii=False)


def _without_quotes(line: Mapping[str, Any]) -> dict[str, Any]:
    kept = {name: line[name] for name in KEPT_FIELDS if name in line}
    logger = f"{line.get('logger', '')}."
    is_own = logger.startswith(OWN_WORDS) and not logger.startswith(QUOTING)
    # A state's message goes on in upstream's words; its code says the same.
    is_plain = is_own and not line.get("code") and line.get("level") in ("DEBUG", "INFO", "WARNING")
    kept["message"] = str(line.get("message", "")) if is_plain else LEFT_OUT
    if "exception" in line:
        kept["exception"] = _places(str(line["exception"]))
    return kept


def _places(traceback: str) -> list[str]:
    """Where it happened and what kind of error it was; its words may quote somebody."""
    lines = traceback.splitlines()
    places = [line.strip() for line in lines if line.lstrip().startswith('File "')]
    kind = re.match(r"[\w.]+", lines[-1]) if lines else None
    return [*places, kind.group() if kind else ""]


def _without_addresses(text: str) -> str:
    """URLs without the parts that may carry a key: user, query, fragment."""
    text = re.sub(r"(\w+://)[^/@\s\"]+@", r"\1***@", text)
    return re.sub(r"(\w+://[^\s\"?#]+)[?#][^\s\"]*", r"\1?***", text)
