"""ARCHITECTURE.md and the READMEs stay true."""

import re
from dataclasses import fields
from pathlib import Path

import pytest

from gateway_engine.config import Settings
from gateway_engine.server.openapi import WORDS

ROOT = Path(__file__).parents[3]
READMES = ("README.md", "README.zh-CN.md")


def paths_named(text: str) -> set[str]:
    """Every path of ours that a document names."""
    return set(
        re.findall(r"\b(?:gateway_engine|desktop|resources|docs|devtools)(?:/[\w.-]+)+", text)
    )


def test_architecture_names_only_what_exists() -> None:
    named = paths_named((ROOT / "ARCHITECTURE.md").read_text("utf-8"))
    assert len(named) > 20
    assert sorted(path for path in named if not (ROOT / path).exists()) == []


def test_architecture_names_every_room() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text("utf-8")
    rooms = [p.parent.name for p in (ROOT / "gateway_engine").glob("*/__init__.py")]
    unnamed = [room for room in rooms if f"gateway_engine/{room}" not in text]
    assert unnamed == []


def test_architecture_is_one_page() -> None:
    assert len((ROOT / "ARCHITECTURE.md").read_text("utf-8").splitlines()) <= 100


@pytest.mark.parametrize("name", READMES)
def test_every_setting_has_its_row(name: str) -> None:
    text = (ROOT / name).read_text("utf-8")
    missing = [f.name.upper() for f in fields(Settings) if f"`{f.name.upper()}`" not in text]
    assert missing == []


@pytest.mark.parametrize("name", [*READMES, "CONTRIBUTING.md", "ARCHITECTURE.md"])
def test_links_to_files_of_ours_lead_somewhere(name: str) -> None:
    links = re.findall(r"\]\(([^)#:]+)\)", (ROOT / name).read_text("utf-8"))
    assert [link for link in links if not (ROOT / link).exists()] == []


@pytest.mark.parametrize("name", READMES)
def test_every_kind_of_internal_route_is_told(name: str) -> None:
    text = (ROOT / name).read_text("utf-8")
    kinds = {"/".join(path.split("/")[:3]) for _, path in WORDS if path.startswith("/internal/")}
    assert len(kinds) > 5
    assert [kind for kind in sorted(kinds) if f"`{kind}" not in text] == []


def test_decisions_have_numbers_of_their_own_and_say_them() -> None:
    files = sorted((ROOT / "docs/adr").glob("*.md"))
    numbers = [file.name[:4] for file in files]
    assert numbers == [f"{number:04}" for number in range(1, len(files) + 1)]
    heads = [file.read_text("utf-8").split(" ", 2)[1] for file in files]
    assert heads == numbers
