"""Linux: .deb, .rpm, a portable archive, and an AppImage where its runtime is given."""

from __future__ import annotations

import gzip
import os
import platform
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Dict, List, Optional, Union

from devtools.release.application import BUILD, NAME
from devtools.release.reproducible import (
    build_environment,
    copy_tree,
    settle,
    source_date,
    write_tar_xz,
)
from devtools.release.system_floor import c_library_of
from devtools.system_packages import install_debian_packages
from devtools.terminal import ROOT, RefusedError, call_quietly, say

FILES = ROOT / "packaging" / "linux"
HOME = Path("usr/lib") / NAME
DEBIAN_ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}
BROWSER = f"{NAME}-browser"
SCRIPTS = ("preinst", "postinst", "prerm", "postrm")
Words = List[Union[str, Path]]


@dataclass(frozen=True)
class Release:
    """What every package says: `floor` is the C library that it needs. `dist` is where it goes."""

    version: str
    machine: str
    floor: str
    dist: Path


def packages(
    folder: Path, browser: Optional[Path], icons: Path, version: str, dist: Path, yes: bool
) -> List[Path]:
    """Everything that this system's tools can make of `folder`."""
    release = Release(version, platform.machine(), c_library_of(folder), dist)
    say(f"build: it needs glibc {release.floor} or newer")
    tree = stage(folder, icons)
    made = [portable(folder, icons, release)]
    wanted = [program for program in ("dpkg-deb", "rpmbuild") if not shutil.which(program)]
    if "rpmbuild" in wanted:
        install_debian_packages(["rpm"], "building the .rpm", yes)
    trees = {NAME: tree}
    if browser is not None:
        trees[BROWSER] = stage_browser(folder, browser)
    for name, each in trees.items():
        if shutil.which("dpkg-deb"):
            made.append(deb(name, each, release))
        if shutil.which("rpmbuild"):
            made.append(rpm(name, each, release))
    runtime = os.environ.get("APPIMAGE_RUNTIME", "")
    if runtime:
        made.append(app_image(tree, Path(runtime), release))
    else:
        say("build: no AppImage (APPIMAGE_RUNTIME names no type-2 runtime)")
    return made


def stage(folder: Path, icons: Path) -> Path:
    """The file system that a package installs."""
    tree = fresh(BUILD / "tree")
    copy_tree(folder, tree / HOME)
    link = tree / "usr/bin" / NAME
    link.parent.mkdir(parents=True)
    link.symlink_to(Path("../lib") / NAME / NAME)
    share(tree / "usr/share", icons)
    unit = tree / "usr/lib/systemd/user"
    unit.mkdir(parents=True)
    shutil.copy(ROOT / "packaging/systemd/lingma-gateway.service", unit)
    settle(tree)
    return tree


def share(folder: Path, icons: Path) -> None:
    """What desktops look for in /usr/share."""
    for source, target in (
        (FILES / f"{NAME}.desktop", f"applications/{NAME}.desktop"),
        (FILES / f"{NAME}.xml", f"mime/packages/{NAME}.xml"),
        (FILES / f"{NAME}.metainfo.xml", f"metainfo/{NAME}.metainfo.xml"),
        (ROOT / "packaging/icons" / f"{NAME}.svg", f"icons/hicolor/scalable/apps/{NAME}.svg"),
        (ROOT / "LICENSE", f"doc/{NAME}/copyright"),
        (ROOT / "THIRD_PARTY_NOTICES.md", f"doc/{NAME}/THIRD_PARTY_NOTICES.md"),
    ):
        (folder / target).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source, folder / target)
    for picture in sorted(icons.glob("*.png")):
        place = folder / f"icons/hicolor/{picture.stem}x{picture.stem}/apps"
        place.mkdir(parents=True)
        shutil.copy(picture, place / f"{NAME}.png")
    manual = folder / "man/man1" / f"{NAME}.1.gz"
    manual.parent.mkdir(parents=True)
    with manual.open("wb") as raw, gzip.GzipFile("", "wb", 9, raw, mtime=0) as packed:
        packed.write((FILES / f"{NAME}.1").read_bytes())


def stage_browser(folder: Path, browser: Path) -> Path:
    """The browser component: the files that the application does not have without it."""
    tree = fresh(BUILD / "tree-browser")
    for path in sorted(browser.rglob("*")):
        where = path.relative_to(browser)
        if (path.is_file() or path.is_symlink()) and not os.path.lexists(folder / where):
            target = tree / HOME / where
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, target, follow_symlinks=False)
    terms = tree / "usr/share/doc" / BROWSER / "copyright"
    terms.parent.mkdir(parents=True)
    shutil.copy(ROOT / "LICENSE", terms)
    settle(tree)
    return tree


def portable(folder: Path, icons: Path, release: Release) -> Path:
    """The application as an archive that runs from any place."""
    root = fresh(BUILD / "portable") / NAME
    copy_tree(folder, root)
    share(root / "share", icons)
    fill(FILES / "PORTABLE.md", root / "README.md", {"GLIBC": release.floor})
    settle(root)
    target = release.dist / f"{NAME}-{release.version}-linux-{release.machine}.tar.xz"
    write_tar_xz(root, target)
    return target


def deb(name: str, tree: Path, release: Release) -> Path:
    """The Debian package."""
    root = fresh(BUILD / "deb") / name
    copy_tree(tree, root)
    architecture = DEBIAN_ARCHITECTURES.get(release.machine, release.machine)
    control = root / "DEBIAN"
    control.mkdir()
    size = sum(p.lstat().st_size for p in tree.rglob("*") if not p.is_dir()) // 1024
    words = {"VERSION": release.version, "GLIBC": release.floor}
    words.update(ARCHITECTURE=architecture, SIZE=str(size))
    fill(FILES / f"{name}.control", control / "control", words)
    profile = FILES / f"{name}.apparmor"
    if profile.exists():
        place = root / "usr/share" / name / "apparmor"
        place.parent.mkdir()
        shutil.copy(profile, place)
    for script in SCRIPTS:
        if (FILES / f"{name}.{script}").exists():
            Path(shutil.copy(FILES / f"{name}.{script}", control / script)).chmod(0o755)
    settle(root)
    target = release.dist / f"{name}_{release.version}_{architecture}.deb"
    command: Words = ["dpkg-deb", "--root-owner-group", "-Zxz", "-z6", "--build", root, target]
    # One thread: with more, xz cuts its blocks by how many processors there are.
    env = {**build_environment(), "DPKG_DEB_THREADS_MAX": "1"}
    if call_quietly(command, env=env):
        raise RefusedError("dpkg-deb failed: its message is above")
    return target


def rpm(name: str, tree: Path, release: Release) -> Path:
    """The RPM package."""
    # Not in BUILD: rpmbuild finds no files where the project's path has a space in it.
    with tempfile.TemporaryDirectory(prefix="rpmbuild-") as folder:
        top = Path(folder)
        spec = top / f"{name}.spec"
        script = (FILES / f"{NAME}.prerm").read_text("utf-8")
        words = {"VERSION": release.version, "GLIBC": release.floor}
        words.update(TREE=str(tree), PRERM=script)
        fill(FILES / f"{name}.spec", spec, words)
        defines = {
            "_topdir": str(top),
            "_buildhost": "reproducible",
            "_binary_payload": "w6.xzdio",
            "use_source_date_epoch_as_buildtime": "1",
            "clamp_mtime_to_source_date_epoch": "1",
            "source_date_epoch_from_changelog": "0",
            "_build_id_links": "none",
        }
        options = [
            word for key, value in defines.items() for word in ("--define", f"{key} {value}")
        ]
        command: Words = ["rpmbuild", "-bb", "--quiet", "--target", release.machine, *options, spec]
        if call_quietly(command, env=build_environment()):
            raise RefusedError("rpmbuild failed: its message is above")
        built = sorted((top / "RPMS").rglob("*.rpm"))
        target = release.dist / built[0].name
        shutil.move(str(built[0]), target)
    return target


def app_image(tree: Path, runtime: Path, release: Release) -> Path:
    """An AppImage: a type-2 runtime with the application as SquashFS behind it."""
    root = fresh(BUILD / "AppDir")
    copy_tree(tree / "usr", root / "usr")
    shutil.copy(FILES / f"{NAME}.desktop", root)
    shutil.copy(ROOT / "packaging/icons" / f"{NAME}.svg", root)
    (root / "AppRun").symlink_to(Path("usr/lib") / NAME / NAME)
    settle(root)
    squash = BUILD / "app.squashfs"
    squash.unlink(missing_ok=True)
    when = str(source_date())
    command: Words = [
        "mksquashfs",
        root,
        squash,
        "-root-owned",
        "-noappend",
        "-comp",
        "xz",
        "-quiet",
    ]
    times = ["-mkfs-time", when, "-all-time", when]
    env = {k: v for k, v in build_environment().items() if k != "SOURCE_DATE_EPOCH"}
    if call_quietly([*command, *times], env=env):
        raise RefusedError("mksquashfs failed: its message is above")
    target = release.dist / f"{NAME}-{release.version}-{release.machine}.AppImage"
    target.write_bytes(runtime.read_bytes() + squash.read_bytes())
    target.chmod(0o755)
    return target


def fill(template: Path, target: Path, words: Dict[str, str]) -> None:
    """Write a template with each @WORD@ replaced."""
    text = template.read_text("utf-8")
    for word, value in words.items():
        text = text.replace(f"@{word}@", value)
    target.write_text(text, "utf-8", newline="\n")


def fresh(folder: Path) -> Path:
    """An empty folder."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder
