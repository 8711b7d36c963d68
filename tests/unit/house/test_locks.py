"""The locks: hashes for everything, no index anywhere, each larger than the one before."""

import itertools
import re
import tomllib

import pytest

from devtools.environment import BUILD_LOCKS, LOCKS
from devtools.locks import dependency_digest
from tests.support.house_rules import ROOT

ALL_LOCKS = sorted({*LOCKS, *BUILD_LOCKS})
HASHES = re.compile(r"--hash=sha256:[0-9a-f]{64}")


def pins(lock: str) -> dict[str, list[str]]:
    """Requirement line → its hashes."""
    text = (ROOT / "requirements" / lock).read_text("utf-8")
    text = "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("#"))
    entries = text.replace("\\\n", " ").splitlines()
    return {HASHES.sub("", entry).strip(): HASHES.findall(entry) for entry in entries if entry}


def names(lock: str) -> set[str]:
    return {requirement.partition("==")[0] for requirement in pins(lock)}


@pytest.mark.parametrize("lock", ALL_LOCKS)
def test_everything_is_pinned_with_hashes_and_names_no_host(lock: str) -> None:
    for requirement, hashes in pins(lock).items():
        assert re.match(r"[a-z0-9-]+==\S+( ; .+)?$", requirement), requirement
        assert hashes, requirement
    text = (ROOT / "requirements" / lock).read_text("utf-8")
    assert "://" not in text
    assert not re.search(r"^\s*-", re.sub(r"^\s+--hash=.*$", "", text, flags=re.M), re.M)


@pytest.mark.parametrize(
    ("smaller", "larger"), [*itertools.pairwise(LOCKS), ("run.txt", "build.txt")]
)
def test_a_lock_holds_all_of_the_one_before(smaller: str, larger: str) -> None:
    missing = names(smaller) - names(larger)
    assert not missing
    versions = [{r.partition(" ;")[0] for r in pins(lock)} for lock in (smaller, larger)]
    assert versions[0] <= versions[1]


@pytest.mark.parametrize("lock", ALL_LOCKS)
def test_the_lock_was_resolved_from_the_dependencies_as_they_are(lock: str) -> None:
    pyproject = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    text = (ROOT / "requirements" / lock).read_text("utf-8")
    word = dependency_digest(pyproject)
    assert f"# resolved from {word}\n" in text, "run `python3 dev.py lock`"


def test_another_dependency_would_ask_for_a_new_lock() -> None:
    pyproject = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    before = dependency_digest(pyproject)
    pyproject["project"]["dependencies"].append("six")
    assert dependency_digest(pyproject) != before


def test_what_is_heavy_stays_out_of_what_everybody_installs() -> None:
    heavy = {"playwright", "pyside6-addons", "pyside6-webengine", "pyinstaller"}
    assert heavy <= names("dev.txt")
    # The ways to sign in are tested with the real Playwright and the real QtWebEngine.
    assert heavy & names("test.txt") == {"playwright", "pyside6-addons", "pyside6-webengine"}
    assert not heavy & names("run.txt")
    assert "pyside6-essentials" not in names("base.txt")


def test_pyside6_is_below_612_on_python_311_and_not_elsewhere() -> None:
    # docs/adr/0003: 6.12 corrupts None's reference count on 3.11.
    found = [r for r in pins("run.txt") if r.startswith("pyside6-essentials==")]
    old = [r for r in found if "python_full_version < '3.12'" in r]
    assert len(found) == 2
    assert len(old) == 1
    minor = int(old[0].split("==6.")[1].split(".")[0])
    assert 9 <= minor < 12


@pytest.mark.parametrize("library", ["aiohttp", "orjson", "psutil", "websockets", "shiboken6"])
def test_compiled_libraries_have_wheels_for_three_systems_and_three_pythons(library: str) -> None:
    # One wheel for each of 3 systems at least; those without a stable ABI have one for each Python.
    count = sum(len(h) for r, h in pins("run.txt").items() if r.startswith(f"{library}=="))
    assert count >= (6 if library == "shiboken6" else 9)
