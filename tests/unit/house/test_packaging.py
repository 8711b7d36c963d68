"""What packages are made of: it parses, it fits together, and two builds give the same bytes."""

import json
import os
import plistlib
import re
import shutil
import subprocess
import sys
import tarfile
import tomllib
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
import yaml

import resources
from devtools.release import application, linux, parts_list
from devtools.release.command import parts_list_name
from devtools.release.notes import notes_of
from devtools.release.reproducible import contents, settle, source_date, write_tar_xz
from devtools.release.system_floor import c_library_of
from devtools.terminal import RefusedError
from gateway_engine.cli.main import build_parser
from tests.support.house_rules import ROOT
from tests.unit.house.test_locks import names

PACKAGING = ROOT / "packaging"
WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))


@pytest.fixture(autouse=True)
def one_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")


def folder(place: Path, order: list[str]) -> Path:
    root = place / "app"
    for name in order:
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(name, "utf-8")
    (root / "link").symlink_to("b/c")
    (root / order[0]).chmod(0o700)
    return root


def test_an_archive_is_the_same_however_its_files_came(tmp_path: Path) -> None:
    packed = []
    for number, order in enumerate((["a", "b/c", "b/d"], ["b/d", "b/c", "a"])):
        place = tmp_path / str(number)
        root = folder(place, order)
        (root / "a").chmod(0o755)
        (root / "b/d").chmod(0o600)
        settle(root)
        write_tar_xz(root, place / "app.tar.xz")
        packed.append((place / "app.tar.xz").read_bytes())
    assert packed[0] == packed[1]
    with tarfile.open(tmp_path / "0/app.tar.xz") as archive:
        members = archive.getmembers()
    assert [m.name for m in members] == ["app", "app/a", "app/b", "app/b/c", "app/b/d", "app/link"]
    assert {(m.uid, m.uname, m.mtime) for m in members} == {(0, "root", 1700000000)}
    assert {m.name: oct(m.mode) for m in members if m.isfile()}["app/a"] == "0o755"


@pytest.mark.skipif(sys.platform == "win32", reason="its python is a shell script")
def test_the_library_of_debians_python_is_installed_or_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    python, wanted = tmp_path / "python3", list[str]()
    # Like Debian's: it loads its library where that is installed.
    python.write_text(f"#!/bin/sh\ntest -e '{tmp_path}/installed'\n", "utf-8")
    python.chmod(0o755)

    def install(packages: list[str], why: str, yes: bool) -> bool:
        wanted.extend(packages)
        if yes:
            (tmp_path / "installed").touch()
        return yes

    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(application, "install_debian_packages", install)
    with pytest.raises(RefusedError, match=r"install libpython3\.11$"):
        application.ensure_shared_library(python, (3, 11), yes=False)
    application.ensure_shared_library(python, (3, 11), yes=True)
    application.ensure_shared_library(python, (3, 11), yes=False)
    assert wanted == ["libpython3.11"] * 2


def test_without_git_the_time_must_be_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert source_date() == 1700000000
    monkeypatch.delenv("SOURCE_DATE_EPOCH")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(RefusedError, match="SOURCE_DATE_EPOCH"):
        source_date()


def test_two_folders_are_compared_by_what_they_hold(tmp_path: Path) -> None:
    first = list(contents(folder(tmp_path / "1", ["a", "b/c"])))
    second = folder(tmp_path / "2", ["b/c", "a"])
    assert first == list(contents(second))
    (second / "a").write_text("other", "utf-8")
    assert first != list(contents(second))


def test_the_browser_component_is_what_the_application_does_not_have(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(linux, "BUILD", tmp_path / "build")
    base = folder(tmp_path / "base", ["a", "b/c"])
    full = folder(tmp_path / "full", ["a", "b/c", "b/web", "e/f"])
    tree = linux.stage_browser(base, full)
    home = tree / linux.HOME
    found = [p.relative_to(home).as_posix() for p in sorted(home.rglob("*"))]
    assert found == ["b", "b/web", "e", "e/f"]
    assert (tree / "usr/share/doc/lingma-gateway-browser/copyright").is_file()


def test_the_bill_names_what_is_installed_with_its_hashes() -> None:
    lock = (ROOT / "requirements/run.txt").read_text("utf-8")
    notices = (ROOT / "THIRD_PARTY_NOTICES.md").read_text("utf-8")
    bill = parts_list.document(lock, notices, "lingma-gateway", "1.2.3")
    assert bill == parts_list.document(lock, notices, "lingma-gateway", "1.2.3")
    assert json.loads(json.dumps(bill)) == bill
    libraries = {c["name"]: c for c in bill["components"] if c["type"] == "library"}
    assert {"aiohttp", "orjson", "psutil"} <= set(libraries) <= names("run.txt")
    assert all(c["properties"] and c.get("licenses") for c in libraries.values())
    refs = {c["bom-ref"] for c in bill["components"]}
    assert set(bill["dependencies"][0]["dependsOn"]) == refs


def test_each_build_of_a_release_has_a_bill_of_a_name_of_its_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    names_made = []
    for system, machine in (
        ("linux", "x86_64"),
        ("linux", "aarch64"),
        ("win32", "AMD64"),
        ("darwin", "arm64"),
        ("darwin", "x86_64"),
    ):
        monkeypatch.setattr(sys, "platform", system)
        monkeypatch.setattr("platform.machine", lambda machine=machine: machine)
        names_made.append(parts_list_name("1.2.3"))
    assert len(set(names_made)) == len(names_made)
    assert names_made[0] == "lingma-gateway-1.2.3-linux-x86_64.cdx.json"


def test_the_notes_are_the_version_s_own_section() -> None:
    log = "# C\n\n## [Unreleased]\n- u\n\n## [1.1.0] - 2030-01-01\n- b\n\n## [1.0.0]\n- a\n"
    assert notes_of("1.1.0", log) == "- b\n"
    assert notes_of("1.0.0", log) == "- a\n"
    for missing in ("2.0.0", "1.1"):
        with pytest.raises(RefusedError):
            notes_of(missing, log)


def test_templates_leave_no_word_open(tmp_path: Path) -> None:
    words = {"VERSION": "1", "ARCHITECTURE": "amd64", "SIZE": "1", "TREE": "/t", "PRERM": "p"}
    words["GLIBC"] = "2.34"
    kinds = ("*.control", "*.spec", "*.md")
    templates = [file for kind in kinds for file in PACKAGING.glob(f"linux/{kind}")]
    assert len(templates) == 5
    for template in templates:
        linux.fill(template, tmp_path / "out", words)
        assert not re.search(r"@[A-Z]+@", (tmp_path / "out").read_text("utf-8")), template


def test_packages_ask_for_the_c_library_that_their_programs_ask_for(tmp_path: Path) -> None:
    names = (b"GLIBC_2.4", b"GLIBC_2.17", b"GLIBC_2.3.4", b"GLIBC_PRIVATE", b"GLIBCXX_3.4.30")
    (tmp_path / "lib").write_bytes(b"\x7fELF" + b"\0".join((b"", *names, b"")))
    (tmp_path / "text").write_bytes(b"\0GLIBC_2.99\0")
    assert c_library_of(tmp_path) == "2.17"
    (tmp_path / "lib").unlink()
    with pytest.raises(RefusedError):
        c_library_of(tmp_path)


@pytest.mark.skipif(not shutil.which("dpkg-deb"), reason="makes a real Debian package")
def test_debian_packages_have_their_scripts_and_the_browser_its_profile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(linux, "BUILD", tmp_path / "build")
    release = linux.Release("1.2.3", "x86_64", "2.17", tmp_path)
    tree = folder(tmp_path, ["usr/share/x", "b/c"])
    for name in (application.NAME, linux.BROWSER):
        package = linux.deb(name, tree, release)
        held = tmp_path / name
        subprocess.run(["dpkg-deb", "-e", package, held], check=True)
        scripts = {file.name for file in held.iterdir()} - {"control"}
        written = {file.suffix[1:] for file in (PACKAGING / "linux").glob(f"{name}.p*")}
        assert scripts == written
        assert all(os.access(held / script, os.X_OK) for script in scripts)
        told = (held / "control").read_text("utf-8")
        assert "Version: 1.2.3" in told
    listed = subprocess.run(["dpkg-deb", "-c", package], stdout=subprocess.PIPE, check=True)
    assert b" ./usr/share/lingma-gateway-browser/apparmor\n" in listed.stdout


@pytest.mark.skipif(not shutil.which("dpkg-deb"), reason="makes real packages")
def test_packages_are_the_same_from_every_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    packers = [linux.deb, *([linux.rpm] if shutil.which("rpmbuild") else [])]
    made: dict[str, set[bytes]] = {}
    for place in (tmp_path / "a", tmp_path / "another, longer place" / "b"):
        place.mkdir(parents=True)
        monkeypatch.setattr(linux, "BUILD", place / "build")
        release = linux.Release("1.2.3", "x86_64", "2.17", place)
        files = ["usr/lib/lingma-gateway/b/c", "usr/share/doc/lingma-gateway-browser/copyright"]
        tree = folder(place, files)
        (tree / "link").unlink()
        settle(tree)
        for package in [pack(linux.BROWSER, tree, release) for pack in packers]:
            made.setdefault(package.name, set()).add(package.read_bytes())
    assert {name: len(contents) for name, contents in made.items()} == dict.fromkeys(made, 1)
    assert len(made) == len(packers)


@pytest.mark.parametrize("comes", [True, False])
def test_a_system_without_binutils_gets_them_or_is_told(
    comes: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    asked: list[str] = []
    monkeypatch.setattr(application, "ensure_system_libraries", lambda *_: asked.append("qt"))
    monkeypatch.setattr(
        application, "install_debian_packages", lambda names, *_: asked.extend(names)
    )
    monkeypatch.setattr(
        shutil,
        "which",
        lambda name: name if comes and "binutils" in asked else None,
    )
    if comes:
        application.ensure_tools(yes=True)
    else:
        with pytest.raises(RefusedError, match="install binutils"):
            application.ensure_tools(yes=True)
    assert asked == ["qt", "binutils"]


def test_macos_is_told_of_a_menu_bar_application_with_a_bundle_of_its_own() -> None:
    told = plistlib.loads((PACKAGING / "macos/Info.plist").read_bytes())
    assert told["LSUIElement"] is True
    kinds = told["UTExportedTypeDeclarations"][0]
    assert told["CFBundleDocumentTypes"][0]["LSItemContentTypes"] == [kinds["UTTypeIdentifier"]]
    rights = plistlib.loads((PACKAGING / "macos/entitlements.plist").read_bytes())
    assert all(value is True for value in rights.values())
    assert not any("get-task-allow" in right for right in rights)


def test_desktops_are_told_the_same_in_every_file() -> None:
    text = (PACKAGING / "linux/lingma-gateway.desktop").read_text("utf-8")
    told = dict(line.split("=", 1) for line in text.splitlines()[1:])
    assert told["Exec"].split()[:2] == ["lingma-gateway", "desktop"]
    assert {"Name[zh_CN]", "Comment[zh_CN]", "TryExec", "Icon"} <= set(told)
    for name in ("lingma-gateway.xml", "lingma-gateway.metainfo.xml"):
        ET.parse(PACKAGING / "linux" / name)  # noqa: S314 - our own file
    icon = PACKAGING / "icons/lingma-gateway.svg"
    ET.parse(icon)  # noqa: S314 - our own file
    # Notifications show the same one, installed or not.
    assert icon.read_bytes() == resources.path("icons", "product.svg").read_bytes()


def test_the_manual_names_every_command() -> None:
    text = (PACKAGING / "linux/lingma-gateway.1").read_text("utf-8")
    text = re.sub(r"\\f[BIR]|\\", "", text)
    missing = [name for name in build_parser().commands if not re.search(rf"\b{name}\b", text)]
    assert missing == []


def test_the_unit_runs_a_command_that_exists_and_gains_no_rights() -> None:
    text = (PACKAGING / "systemd/lingma-gateway.service").read_text("utf-8")
    command = re.search(r"^ExecStart=/usr/bin/lingma-gateway (\S+)$", text, re.M)
    assert command is not None
    assert command[1] in build_parser().commands
    assert "\nNoNewPrivileges=yes\n" in text


def test_the_container_runs_as_nobody_special_on_a_file_system_it_cannot_write() -> None:
    service = yaml.safe_load((PACKAGING / "container/compose.yaml").read_text("utf-8"))["services"]
    gateway = service["gateway"]
    assert gateway["read_only"] is True
    assert gateway["cap_drop"] == ["ALL"]
    assert not gateway["user"].startswith("0")
    assert gateway["ports"] == ["127.0.0.1:8317:8317"]
    text = (PACKAGING / "container/Containerfile").read_text("utf-8")
    assert f"USER {gateway['user']}" in text
    assert "HEALTHCHECK" in text
    copied = re.findall(r"^COPY ([\w./ ]+) \S+$", text, re.M)
    sources = [name for line in copied for name in line.split()]
    assert [name for name in sources if not (ROOT / name).exists()] == []
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    wheel = project["tool"]["hatch"]["build"]["targets"]["wheel"]
    assert {*wheel["packages"], *wheel["force-include"], project["project"]["readme"]} <= set(
        sources
    )


@pytest.mark.parametrize("file", WORKFLOWS, ids=lambda file: file.name)
def test_workflows_pin_their_actions_and_ask_for_few_rights(file: Path) -> None:
    workflow = yaml.safe_load(file.read_text("utf-8"))
    assert workflow["permissions"] == {"contents": "read"}
    for job in workflow["jobs"].values():
        assert job["timeout-minutes"] <= 120
        used = [step["uses"] for step in job["steps"] if "uses" in step]
        assert all(re.fullmatch(r"actions/[\w-]+@(v\d+|[0-9a-f]{40})", one) for one in used), used


def test_both_workflows_are_there() -> None:
    assert [file.name for file in WORKFLOWS] == ["ci.yml", "release.yml"]


def test_a_library_without_its_notice_stops_the_build(tmp_path: Path) -> None:
    inside = tmp_path / "_internal"
    inside.mkdir()
    for name in ("libz.so.1", "libpython3.12.so.1.0", "libQt6Core.so.6", "libnew-2.0.so.0", "a.so"):
        (inside / name).touch()
    for name in ("libpulsecommon-16.1.so", "libnss3.so"):  # the browser's
        (inside / name).touch()
    notices = (ROOT / "THIRD_PARTY_NOTICES.md").read_text("utf-8")
    assert application.unnamed_libraries(tmp_path, notices) == ["libnew-2.0"]


def test_the_application_carries_what_is_new_in_every_language() -> None:
    spec = (PACKAGING / "gateway.spec").read_text("utf-8")
    found = re.search(r"^datas = (\[\n.*?^\])", spec, re.M | re.S)
    assert found is not None
    carried = eval(found[1], {"ROOT": ROOT})  # noqa: S307 our own build's list
    news = {Path(path).name for path, place in carried if place == str(Path("resources/news"))}
    assert news == {path.name for path in (ROOT / "resources/news").iterdir()} != set()
