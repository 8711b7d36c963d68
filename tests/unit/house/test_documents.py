"""ARCHITECTURE.md, the READMEs and the pages of docs stay true."""

import re
from dataclasses import fields
from pathlib import Path

import pytest

from gateway_engine.cli.main import build_parser
from gateway_engine.config import Settings
from gateway_engine.server.openapi import WORDS

ROOT = Path(__file__).parents[3]
PAGES = sorted(
    path.relative_to(ROOT).as_posix()
    for pattern in ("*.md", "docs/*.md", "docs/adr/*.md", "packaging/**/*.md")
    for path in ROOT.glob(pattern)
)


def paths_named(text: str) -> set[str]:
    """Every path of ours that a document names."""
    return set(
        re.findall(
            r"\b(?:gateway_engine|desktop|resources|docs|devtools|packaging|tests)(?:/[\w.-]+)+",
            text,
        )
    )


def anchors(text: str) -> set[str]:
    """What a page's headings can be linked by."""
    heads = re.findall(r"^#+ (.+)$", text, re.M)
    return {re.sub(r"[^\w\- ]", "", head.lower()).strip().replace(" ", "-") for head in heads}


def broken_links(page: Path) -> list[str]:
    """The links of a page that lead to no file of ours, or to no heading in it."""
    text = re.sub(r"^```.*?^```", "", page.read_text("utf-8"), flags=re.M | re.S)
    broken = []
    for link in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"[a-z]+:", link):
            continue
        file, _, anchor = link.partition("#")
        target = page.parent / file if file else page
        if not target.exists() or (anchor and anchor not in anchors(target.read_text("utf-8"))):
            broken.append(link)
    return broken


def test_architecture_names_only_what_exists() -> None:
    named = paths_named((ROOT / "ARCHITECTURE.md").read_text("utf-8"))
    assert len(named) > 20
    assert sorted(path for path in named if not (ROOT / path).exists()) == []


def test_architecture_names_every_room() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text("utf-8")
    rooms = [
        p.parent.relative_to(ROOT).as_posix()
        for code in ("gateway_engine", "gateway_engine/upstreams", "desktop")
        for p in (ROOT / code).glob("*/__init__.py")
    ]
    unnamed = [room for room in rooms if room not in text]
    assert unnamed == [], "what is changed there?"


def test_architecture_is_one_page() -> None:
    assert len((ROOT / "ARCHITECTURE.md").read_text("utf-8").splitlines()) <= 140


@pytest.mark.parametrize("name", ["docs/settings.md", "docs/settings.zh-CN.md"])
def test_every_setting_has_its_row(name: str) -> None:
    text = (ROOT / name).read_text("utf-8")
    missing = [f.name.upper() for f in fields(Settings) if f"`{f.name.upper()}`" not in text]
    assert missing == [], f"{name} needs a row for each"


def defaults_told(text: str) -> dict[str, str]:
    """What the tables of a page on settings give as defaults, by the settings' names."""
    told: dict[str, str] = {}
    for first, second in re.findall(r"^\| (`[A-Z].+?) \| (.*?) \| ", text, re.M):
        settings = re.findall(r"`([A-Z0-9_]+)`", first)
        given = [second] if len(settings) == 1 else re.split(r", |、", second)
        told.update(zip(settings, given, strict=False))
    return told


def default_in_words(value: object) -> str:
    """A default as a page writes it."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return ", ".join(map(str, value))
    return f"{value:g}" if isinstance(value, float) else str(value)


@pytest.mark.parametrize("name", ["docs/settings.md", "docs/settings.zh-CN.md"])
def test_settings_pages_tell_the_defaults_that_hold(name: str) -> None:
    told = defaults_told((ROOT / name).read_text("utf-8"))
    # What is empty is told in words ("found"), and so is the one address.
    in_words = {"LINGMA_MARKETPLACE_URL"}
    wanted = {
        f.name.upper(): default_in_words(value)
        for f in fields(Settings)
        if (value := getattr(Settings(), f.name)) not in ("", (), {})
    }
    assert len(wanted) > 30
    assert {n: told[n] for n in wanted if n not in in_words and told[n] != wanted[n]} == {}


@pytest.mark.parametrize("name", ["docs/commands.md", "docs/commands.zh-CN.md"])
def test_every_command_has_its_row(name: str) -> None:
    text = (ROOT / name).read_text("utf-8")
    commands = [*build_parser().commands, "--self-test", "--version"]
    assert len(commands) > 8
    told = re.findall(r"^\| (.+?) \| ", text, re.M)
    missing = [c for c in commands if not any(re.search(rf"`[^`]*{c}\b", row) for row in told)]
    assert missing == [], f"{name} needs a row for each"


@pytest.mark.parametrize("name", ["docs/api.md", "docs/api.zh-CN.md"])
def test_every_kind_of_route_is_told(name: str) -> None:
    text = (ROOT / name).read_text("utf-8")
    kinds = {"/".join(path.split("{")[0].split("/")[:3]).rstrip("/") for _, path in WORDS} - {""}
    assert len(kinds) > 20
    untold = [kind for kind in sorted(kinds) if f"`{kind}" not in text]
    assert untold == [], f"{name} says nothing of these"


def test_every_page_has_its_translation_and_both_lead_to_each_other() -> None:
    pages = [p for p in (*ROOT.glob("docs/*.md"), ROOT / "README.md") if "zh-CN" not in p.name]
    assert len(pages) > 5
    for page in pages:
        other = page.with_name(f"{page.stem}.zh-CN.md")
        assert f"]({other.name})" in page.read_text("utf-8"), page
        assert f"]({page.name})" in other.read_text("utf-8"), other
        same = [len(re.findall(r"^#+ |^\| ", p.read_text("utf-8"), re.M)) for p in (page, other)]
        assert same[0] == same[1], f"{page.name} and its translation have other sections or rows"


@pytest.mark.parametrize("name", PAGES)
def test_links_to_files_of_ours_lead_somewhere(name: str) -> None:
    assert broken_links(ROOT / name) == []


def test_a_link_that_leads_nowhere_is_found(tmp_path: Path) -> None:
    (tmp_path / "b.md").write_text("# Two words, and (more)\n", "utf-8")
    page = tmp_path / "a.md"
    page.write_text(
        "# Here\n[1](b.md#two-words-and-more) [2](b.md#nothing) [3](c.md) ![4](d.png) [5](#here)"
        "[6](#there) [7](https://example.org/x)\n```sh\n[8](not-a-link.md)\n```\n",
        "utf-8",
    )
    assert broken_links(page) == ["b.md#nothing", "c.md", "d.png", "#there"]


def test_decisions_have_numbers_of_their_own_and_say_them() -> None:
    files = sorted((ROOT / "docs/adr").glob("*.md"))
    numbers = [file.name[:4] for file in files]
    assert numbers == [f"{number:04}" for number in range(1, len(files) + 1)]
    heads = [file.read_text("utf-8").split(" ", 2)[1] for file in files]
    assert heads == numbers
