"""The program out of every shape of VSIX; hostile ones leave nothing behind."""

import io
import random
import stat
import struct
import sys
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from gateway_engine.upstreams.lingma.binary import platform_name, program_name
from gateway_engine.upstreams.lingma.install.archive import ArchiveLimits, Unpacked, unpack
from gateway_engine.upstreams.lingma.install.trouble import InstallError
from tests.support.vsix import LOCAL_NAME, SMALL, make_vsix, zip_of

HERE = platform_name()


def opened(
    folder: Path,
    content: bytes,
    *,
    limits: ArchiveLimits = SMALL,
    free: int = 10**12,
    tick: Callable[[int, int], None] = lambda done, total: None,
) -> Unpacked:
    folder.mkdir(exist_ok=True)
    vsix, staging = folder / "x.vsix", folder / "stage" / "version"
    vsix.write_bytes(content)
    staging.mkdir(parents=True)
    return unpack(
        vsix,
        staging,
        platform=HERE,
        program=program_name(),
        limits=limits,
        tick=tick,
        free_bytes=lambda _: free,
    )


def refused(folder: Path, content: bytes, **more: object) -> InstallError:
    with pytest.raises(InstallError) as caught:
        opened(folder, content, **more)  # type: ignore[arg-type]
    inside = {p.relative_to(folder).parts[0] for p in folder.rglob("*")}
    assert inside <= {"x.vsix", "stage"}
    assert [p for p in (folder / "stage").iterdir() if p.name != "version"] == []
    return caught.value


@pytest.mark.parametrize("nested", [True, False])
@pytest.mark.parametrize("wrapped", [True, False])
def test_every_shape(tmp_path: Path, nested: bool, wrapped: bool) -> None:
    ticks: list[tuple[int, int]] = []
    content = make_vsix(nested=nested, wrapped=wrapped)
    got = opened(tmp_path, content, tick=lambda *at: ticks.append(at))
    assert (got.version, got.has_runtime) == ("2.5.20", True)
    names = {str(p.relative_to(got.folder)) for p in got.folder.rglob("*") if p.is_file()}
    assert {Path(name).as_posix() for name in names} == {
        f"{HERE}/{program_name()}",
        f"{HERE}/{LOCAL_NAME}",
        "extension/main.js",
    }
    assert (got.folder / HERE / program_name()).read_bytes() == b"#" * 3000
    if sys.platform != "win32":
        assert (got.folder / HERE / program_name()).stat().st_mode & stat.S_IXUSR
        assert (got.folder / HERE / LOCAL_NAME).stat().st_mode & stat.S_IXUSR
        assert not (got.folder / "extension/main.js").stat().st_mode & stat.S_IXUSR
    assert ticks[-1] == (3307, 3307)


def test_deeper_down_and_without_the_runtime(tmp_path: Path) -> None:
    inner = zip_of({"lingma-9.zip": make_vsix(version="9.1", runtime=False)})
    got = opened(tmp_path, inner)
    assert (got.version, got.has_runtime) == ("9.1", False)


def test_the_newest_of_several(tmp_path: Path) -> None:
    files = {}
    for version in ("2.9.0", "2.10.1", "1.99"):
        files[f"{version}/{HERE}/{program_name()}"] = version.encode().ljust(3000)
        files[f"{version}/{HERE}/{LOCAL_NAME}"] = b"l" * 300
    got = opened(tmp_path, zip_of({"lingma.zip": zip_of(files)}))
    assert got.version == "2.10.1"
    assert (got.folder / HERE / program_name()).read_bytes().startswith(b"2.10.1")


@pytest.mark.parametrize(
    "name",
    ["../evil", "a/../../evil", "/evil", "C:/evil", "c:evil", "a//b", "./a", "a\\..\\evil", "a/.."],
)
@pytest.mark.parametrize("where", ["outer", "inner"])
def test_a_name_that_leads_elsewhere(tmp_path: Path, name: str, where: str) -> None:
    if where == "outer":
        content = make_vsix(more={name: b"x"})
    else:
        content = zip_of({"lingma-1.0.zip": make_vsix(nested=False, more={name: b"x"})})
    assert refused(tmp_path, content).code == "unsafe"


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR])
def test_links_and_devices(tmp_path: Path, kind: int) -> None:
    target = io.BytesIO(make_vsix(nested=False))
    with zipfile.ZipFile(target, "a") as archive:
        link = zipfile.ZipInfo(f"extension/resources/bin/{HERE}/link")
        link.external_attr = (kind | 0o777) << 16
        archive.writestr(link, "../../../../etc/passwd")
    assert refused(tmp_path, target.getvalue()).code == "unsafe"


def test_a_member_twice(tmp_path: Path) -> None:
    target = io.BytesIO(make_vsix(nested=False))
    with zipfile.ZipFile(target, "a") as archive:
        archive.writestr(f"extension/resources/bin/{HERE.upper()}/x", "")
        archive.writestr(f"extension/resources/bin/{HERE}/{program_name().upper()}", "evil")
    assert refused(tmp_path, target.getvalue()).code == "unsafe"


def test_bombs(tmp_path: Path) -> None:
    limits = replace(SMALL, max_unpacked_bytes=1_000_000)
    big = make_vsix(more={"extension/zeros": bytes(2_000_000)})
    assert refused(tmp_path / "a", big, limits=limits).code == "unsafe"
    wrapped = make_vsix(wrapped=True, more={"a": random.Random(1).randbytes(1_100_000)})
    assert refused(tmp_path / "b", wrapped, limits=limits).code == "unsafe"
    many = make_vsix(more={f"extension/{n}": b"" for n in range(60)})
    assert refused(tmp_path / "c", many, limits=replace(SMALL, max_members=50)).code == "unsafe"
    nest = zip_of({"readme": b""})
    for _ in range(6):
        nest = zip_of({"inner.zip": nest})
    assert refused(tmp_path / "d", nest).code == "unsafe"


def test_a_declared_size_that_is_a_lie(tmp_path: Path) -> None:
    content = bytearray(make_vsix(nested=False))
    # In the central directory, the program's size becomes one byte more than it has.
    name = f"extension/resources/bin/{HERE}/{program_name()}".encode()
    entry = content.rindex(name) - 46
    assert content[entry : entry + 4] == b"PK\x01\x02"
    (size,) = struct.unpack_from("<I", content, entry + 24)
    struct.pack_into("<I", content, entry + 24, size - 1)
    assert refused(tmp_path, bytes(content)).code in ("damaged", "unsafe")


def test_what_is_no_vsix(tmp_path: Path) -> None:
    for number, content in enumerate([b"", b"PK", b"<html>not found</html>", b"\x1f\x8bjunk"]):
        assert refused(tmp_path / str(number), content).code in ("not_a_vsix", "damaged")


def test_no_program_for_this_machine(tmp_path: Path) -> None:
    assert refused(tmp_path, make_vsix(platform="z80_cpm")).code == "no_program"


def test_sizes(tmp_path: Path) -> None:
    assert refused(tmp_path, make_vsix(program=b"#" * 1999)).code == "too_small"
    real = ArchiveLimits()
    assert (real.min_program_bytes, real.min_local_bytes) == (50 * 2**20, 5 * 2**20)


def test_the_local_program_must_be_beside_it(tmp_path: Path) -> None:
    inner = zip_of({f"1.0/{HERE}/{program_name()}": b"#" * 3000})
    assert refused(tmp_path, zip_of({"lingma-1.0.zip": inner})).code == "no_program"


def test_no_room(tmp_path: Path) -> None:
    assert refused(tmp_path, make_vsix(nested=False), free=100).code == "no_space"


@pytest.mark.parametrize("seed", range(40))
def test_damage_anywhere_is_noticed_or_harmless(tmp_path: Path, seed: int) -> None:
    """Flipped bytes and cut ends: a clean refusal, or the very program."""
    chance = random.Random(seed)
    program = random.Random(0).randbytes(3000)
    content = bytearray(make_vsix(program=program, wrapped=seed % 2 == 0))
    if seed % 4 < 2:
        content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
    else:
        del content[chance.randrange(len(content)) :]
    got, code = None, ""
    try:
        got = opened(tmp_path, bytes(content))
    except InstallError as error:
        code = error.code
    if got is None:
        assert code in ("damaged", "not_a_vsix", "unsafe", "no_program", "too_small")
    else:
        assert (got.folder / HERE / program_name()).read_bytes() == program
