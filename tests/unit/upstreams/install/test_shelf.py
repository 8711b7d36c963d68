"""The shelf of versions: what appears, is chosen and goes, does so whole."""

import sys
from pathlib import Path

import pytest

from gateway_engine.upstreams.lingma.binary import find_lingma, platform_name, program_name
from gateway_engine.upstreams.lingma.install.shelf import Installed, Shelf
from gateway_engine.upstreams.lingma.install.trouble import InstallError

PROGRAM = f"{platform_name()}/{program_name()}"


def put(shelf: Shelf, version: str, sha256: str, *, text: str = "x") -> Installed:
    with shelf.staging() as staging:
        program = staging / PROGRAM
        program.parent.mkdir(parents=True)
        program.write_text(text)
        program.chmod(0o755)
        return shelf.put(staging, version, source="s", sha256=sha256, validator="v")


def found(shelf: Shelf, *, prefer: bool = False) -> Path | None:
    nowhere = shelf.root.parent / "home"
    return find_lingma(
        home=nowhere, environ={}, downloads=shelf.root, prefer_downloads=prefer
    ).program


def test_the_newest_is_used_and_the_old_stays(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path / "upstream")
    assert (shelf.versions(), shelf.in_use(), found(shelf)) == ((), None, None)
    put(shelf, "2.9", "a")
    new = put(shelf, "2.10", "b")
    assert [each.name for each in shelf.versions()] == ["2.10", "2.9"]
    assert shelf.in_use() == new
    assert (new.source, new.sha256, new.validator) == ("s", "b", "v")
    assert found(shelf) == new.program
    back = shelf.use("2.9")
    assert shelf.in_use() == back
    assert found(shelf) == back.program
    assert list((shelf.root / ".staging").iterdir()) == []


def test_the_same_vsix_again_is_only_chosen(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    put(shelf, "1.0", "a")
    put(shelf, "2.0", "b")
    assert put(shelf, "1.0", "a", text="other").name == "1.0"
    assert (tmp_path / "1.0" / PROGRAM).read_text() == "x"
    assert shelf.in_use() == shelf.versions()[1]


def test_another_vsix_of_the_same_version_lies_beside(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    put(shelf, "1.0", "a" * 64)
    second = put(shelf, "1.0", "b" * 64)
    assert second.name == "1.0-bbbbbbbb"
    assert len(shelf.versions()) == 2
    assert put(shelf, "../evil", "c" * 64).name == "unknown"


def test_removing(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    for number in "123":
        put(shelf, f"{number}.0", number)
    assert shelf.remove("1.0") == shelf.in_use()
    left = shelf.remove("3.0")
    assert left is not None
    assert left.name == "2.0"
    assert shelf.remove("2.0") is None
    assert found(shelf) is None
    for action in (shelf.use, shelf.remove):
        for name in ("2.0", "..", ".staging", ""):
            with pytest.raises(InstallError) as caught:
                action(name)
            assert caught.value.code == "unknown_version"
    assert tmp_path.is_dir()


def test_a_crash_leaves_the_old_one_in_use(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    old = put(shelf, "1.0", "a")
    half = tmp_path / ".staging" / "crashed" / "version" / PROGRAM
    half.parent.mkdir(parents=True)
    half.write_text("half")
    (tmp_path / "2.0").mkdir()
    assert found(shelf) == old.program
    assert shelf.versions() == (old,)
    shelf.sweep()
    assert not half.exists()
    assert put(shelf, "2.0", "b").name == "2.0-b"


def test_a_choice_that_is_gone_falls_to_the_newest(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    put(shelf, "1.0", "a")
    put(shelf, "2.0", "b")
    for said in (b"9.9\n", b"../../x", b"\xff\xfe", b""):
        (tmp_path / "current").write_bytes(said)
        program = found(shelf)
        assert program is not None
        assert "2.0" in program.parts
        assert shelf.in_use() is None


def test_editors_come_first_unless_downloads_are_preferred(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path / "upstream")
    own = put(shelf, "1.0", "a")
    editor = tmp_path / "home" / ".lingma" / "bin" / "9.0" / PROGRAM
    editor.parent.mkdir(parents=True)
    editor.write_text("x")
    editor.chmod(0o755)
    assert found(shelf) == editor
    assert found(shelf, prefer=True) == own.program


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX modes")
def test_only_its_owner_looks_in(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path / "upstream")
    put(shelf, "1.0", "a")
    assert (shelf.root / ".staging").stat().st_mode & 0o077 == 0
    assert (shelf.root / "1.0" / "origin.json").stat().st_mode & 0o077 == 0
