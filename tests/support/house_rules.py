"""The house's rules that no linter knows, as data and functions over text.

tests/unit/house applies them to every tracked file and proves that each can fail.
"""

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PACKAGES = ("gateway_engine", "desktop", "resources", "devtools", "tests")

MAX_LINES = 500
# Modules above MAX_LINES, each with the reason why it is still one idea.
LONG_MODULES: dict[str, str] = {}

VAGUE_NAMES = ("utils", "util", "helpers", "helper", "common", "manager", "handler", "base", "misc")

# Spelled in pieces, so that this file holds none of what it forbids.
UNFINISHED = tuple("".join(parts) for parts in (("TO", "DO"), ("FIX", "ME"), ("XX", "X")))
REGISTRY_HOSTS = tuple(
    ".".join(parts)
    for parts in (
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("npmjs", "org"),
        ("npmjs", "com"),
        ("deb", "debian", "org"),
        ("aliyun", "com/pypi"),
        ("tuna", "tsinghua", "edu"),
    )
)
MACHINE_PATHS = tuple("/" + "/".join(parts) for parts in (("work", ""), ("root", ""), ("opt", "")))
# Places where an absolute path is somebody's standard, not this machine's.
ALLOWED_PATHS = ("/opt/homebrew/",)
# A lock names no host; its hashes may spell anything.
HASH = re.compile(r"sha256:[0-9a-f]{64}")


def tracked_files() -> list[Path]:
    """Every file that git tracks, in a work tree; without git every file that is not generated."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        check=True,
    )
    names = listed.stdout.decode().split("\0")
    return [ROOT / name for name in names if name and (ROOT / name).is_file()]


def modules() -> list[Path]:
    """Every Python file that git tracks."""
    return [path for path in tracked_files() if path.suffix == ".py"]


def too_long(name: str, text: str) -> Iterator[str]:
    """Say when a module is longer than the house allows without a reason."""
    lines = len(text.splitlines())
    if lines > MAX_LINES and name not in LONG_MODULES:
        yield f"{name} has {lines} lines: split it, or give the reason in LONG_MODULES"


def vague_name(name: str) -> Iterator[str]:
    """Say when a module or package is called something that says nothing."""
    for part in Path(name).with_suffix("").parts:
        if part.lower() in VAGUE_NAMES or any(part.lower().endswith(f"_{v}") for v in VAGUE_NAMES):
            yield f"{name}: {part} says nothing about what is in it"


def silent_except(name: str, text: str) -> Iterator[str]:
    """Say where an exception is swallowed: `except: pass`, whatever it catches."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ExceptHandler):
            body = [s for s in node.body if not isinstance(s, ast.Pass) and not _is_ellipsis(s)]
            if not body:
                yield f"{name}:{node.lineno}: use contextlib.suppress, or say what happens"


def _is_ellipsis(statement: ast.stmt) -> bool:
    return (
        isinstance(statement, ast.Expr)
        and isinstance(statement.value, ast.Constant)
        and statement.value.value is ...
    )


def unfinished(name: str, text: str) -> Iterator[str]:
    """Say where a note of unfinished work was left."""
    for number, line in enumerate(text.splitlines(), 1):
        for word in UNFINISHED:
            if re.search(rf"\b{word}\b", line):
                yield f"{name}:{number}: {word} (file an issue instead)"


def registry_host(name: str, text: str) -> Iterator[str]:
    """Say where a package registry is named: whose pip it is decides that."""
    for number, line in enumerate(text.splitlines(), 1):
        for host in REGISTRY_HOSTS:
            if host in line:
                yield f"{name}:{number}: names the registry host {host}"


def machine_path(name: str, text: str) -> Iterator[str]:
    """Say where an absolute path of one machine is written."""
    for number, line in enumerate(text.splitlines(), 1):
        rest = line
        for allowed in ALLOWED_PATHS:
            rest = rest.replace(allowed, "")
        for path in (*MACHINE_PATHS, str(ROOT)):
            if re.search(rf"(?<![\w.]){re.escape(path)}", rest):
                yield f"{name}:{number}: holds a path of one machine: {path}"
