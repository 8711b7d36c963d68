"""Session bundles: what goes in comes out; hostile ones are refused before anything is used."""

import base64
import gzip
import hashlib
import hmac
import io
import random
import tarfile
from typing import Any

import pyrage
import pytest
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from gateway_engine.accounts import age
from gateway_engine.accounts.age import seal, unseal
from gateway_engine.accounts.bundle import (
    LOGIN_FILES,
    MAX_BYTES,
    BundleError,
    as_text,
    is_sealed,
    pack,
    unpack,
)

LOGIN = {"cache/id": b"id", "cache/user": b"sealed user", "cache/quota": b"{}"}


def tar(*members: tuple[str, bytes], **odd: Any) -> bytes:
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w:gz") as archive:
        for name, content in members:
            info = tarfile.TarInfo(name)
            info.size = len(content)
            for key, value in odd.items():
                setattr(info, key, value)
            archive.addfile(info, io.BytesIO(content))
    return target.getvalue()


def refusal(data: bytes) -> BundleError:
    with pytest.raises(BundleError) as caught:
        unpack(data)
    return caught.value


def test_there_and_back() -> None:
    packed = pack(LOGIN)
    assert pack(dict(reversed(LOGIN.items()))) == packed
    for form in (packed, as_text(packed).encode(), b"\n" + base64.encodebytes(packed) + b"\n"):
        assert unpack(form) == LOGIN
    urlsafe = base64.urlsafe_b64encode(packed).rstrip(b"=")
    assert unpack(urlsafe) == LOGIN
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        assert [m.name for m in archive] == ["cache/id", "cache/user", "cache/quota"]
        assert {m.mode for m in archive} == {0o600}


def test_what_other_programs_pack(tmp_path: Any) -> None:
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache" / "user").write_bytes(b"u")
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w:gz", format=tarfile.PAX_FORMAT) as archive:
        archive.add(tmp_path, ".")
    assert unpack(target.getvalue()) == {"cache/user": b"u"}


@pytest.mark.parametrize(
    "name",
    [
        "/cache/user", "../cache/user", "cache/../../evil", "cache/other", "cache/user/x", "evil",
        "cache//user", "./../x", "C:\\cache\\user", "cache\\user",
    ],
)  # fmt: skip
def test_other_members(name: str) -> None:
    assert refusal(tar(("cache/user", b"u"), (name, b"x"))).code == "unsafe"


def test_a_name_without_end_is_not_said_whole() -> None:
    error = refusal(tar(("cache/user", b"u"), ("x" * 100_000, b"x")))
    assert error.code == "unsafe"
    assert len(str(error)) < 200


@pytest.mark.parametrize(
    "kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE, tarfile.DIRTYPE]
)
def test_links_and_devices(kind: bytes) -> None:
    odd = tar(("cache/user", b""), type=kind, linkname="/etc/passwd")
    assert refusal(odd).code in ("unsafe", "no_login")


def headed(kind: bytes, content: bytes, name: str = "x") -> bytes:
    info = tarfile.TarInfo(name)
    info.type, info.size = kind, len(content)
    padded = content + b"\0" * (-len(content) % 512)
    return info.tobuf(tarfile.USTAR_FORMAT) + padded


@pytest.mark.parametrize("kind", [b"L", b"K", b"x", b"g"])
def test_headers_of_headers_without_end(kind: bytes) -> None:
    one = headed(kind, b"20 comment=aaaaaaaa\n")
    assert refusal(gzip.compress(one * 4000, 1)).code in ("unsafe", "no_login")


@pytest.mark.timeout(20)
@pytest.mark.parametrize("remark", [b"9" * 4_000_000, b"1 " * 2_000_000], ids=["digits", "pairs"])
def test_remarks_that_would_take_hours_to_read(remark: bytes) -> None:
    login = headed(b"0", b"u", "cache/user")
    assert refusal(gzip.compress(headed(b"x", remark) + login, 1)).code == "unsafe"


def test_a_size_that_is_said_twice_hides_nothing() -> None:
    hidden = headed(b"0", b"x", "evil")
    outer = headed(b"x", b"10 size=0\n") + headed(b"0", hidden, "cache/user")
    assert unpack(gzip.compress(outer)) == {"cache/user": hidden}
    for kind, name in ((b"5", "cache"), (b"0", "cache/")):
        assert refusal(gzip.compress(headed(kind, hidden, name))).code == "unsafe"


@pytest.mark.parametrize(
    "size", [b"-0000000001\0", b"\x80" + b"\xff" * 11, b"99999999999\0", b"x" * 12]
)
def test_sizes_that_are_none(size: bytes) -> None:
    whole = bytearray(headed(b"0", b"u", "cache/user"))
    whole[124:136] = size
    whole[148:156] = b" " * 8
    whole[148:156] = b"%06o\0 " % sum(whole[:512])
    assert refusal(gzip.compress(bytes(whole))).code == "unreadable"


def test_a_header_whose_sum_is_wrong() -> None:
    whole = bytearray(headed(b"0", b"u", "cache/user"))
    whole[100] ^= 1
    assert refusal(gzip.compress(bytes(whole))).code == "unreadable"


def test_a_member_twice() -> None:
    assert refusal(tar(("cache/user", b"a"), ("cache/user", b"b"))).code == "unsafe"


def test_sizes_and_bombs() -> None:
    assert unpack(tar(("cache/user", bytes(MAX_BYTES - 10)))) is not None
    assert refusal(tar(("cache/user", bytes(MAX_BYTES + 1)))).code == "too_large"
    half = bytes(MAX_BYTES // 2 + 1)
    assert refusal(tar(("cache/user", half), ("cache/id", half))).code == "too_large"
    assert refusal(gzip.compress(bytes(200_000_000), 9)).code == "too_large"
    assert refusal(b"A" * (2 * MAX_BYTES + 4)).code == "too_large"
    with pytest.raises(BundleError):
        pack({"cache/user": bytes(MAX_BYTES + 1)})


def test_no_login() -> None:
    assert refusal(tar(("cache/id", b"x"))).code == "no_login"
    assert refusal(tar(("cache/user", b""))).code == "no_login"
    with pytest.raises(BundleError):
        pack({"cache/id": b"x"})


@pytest.mark.parametrize(
    "data",
    [b"", b" \n", b"hello!", b"aGVsbG8=", b"\x1f\x8b", b"\x1f\x8bjunk", b"\xff\xfe", b"===="],
)
def test_what_is_no_bundle(data: bytes) -> None:
    assert refusal(data).code == "unreadable"


def test_cut_off_anywhere() -> None:
    packed = pack(LOGIN)
    text = as_text(packed).encode()
    for whole in (packed, text):
        for end in range(len(whole)):
            data = whole[:end]
            if data.rstrip(b"=") == whole.rstrip(b"="):
                continue  # only the padding is gone
            assert refusal(data).code == "unreadable"
    assert refusal(packed + b"x").code == "unreadable"


@pytest.mark.parametrize("seed", range(50))
def test_tampered_with(seed: int) -> None:
    chance = random.Random(seed)
    packed = bytearray(pack(LOGIN))
    packed[chance.randrange(10, len(packed))] ^= 1 << chance.randrange(8)
    try:
        files = unpack(bytes(packed))
    except BundleError as error:
        code = error.code
    else:
        # A bit between the end of the data and its checksum means nothing.
        code = "harmless" if files == LOGIN else "believed"
    assert code in ("unreadable", "harmless")


def test_sealed() -> None:
    packed = pack(LOGIN)
    sealed = seal(packed, "pass phrase")
    assert is_sealed(sealed)
    assert not is_sealed(packed)
    assert b"cache" not in sealed
    assert unpack(unseal(sealed, "pass phrase")) == LOGIN
    with pytest.raises(BundleError):
        seal(packed, "")


def test_not_opened() -> None:
    packed = pack(LOGIN)
    sealed = in_armour(quickly_sealed(packed, b"pass phrase"))
    assert unseal(sealed, "pass phrase") == packed
    assert unseal(b" \n" + sealed.rstrip(), "pass phrase") == packed
    for passphrase, code in (("wrong", "wrong_passphrase"), ("", "passphrase_needed")):
        with pytest.raises(BundleError) as caught:
            unseal(sealed, passphrase)
        assert caught.value.code == code
    lines = sealed.splitlines()
    tampered = b"\n".join([*lines[:-3], lines[-3][::-1], *lines[-2:]])
    for bad, says in (
        (sealed[: len(sealed) // 2], "cut off"),
        (b"\n" + sealed.strip()[:-1], "cut off"),
        (sealed + b"more", "behind its end"),
        (tampered, "not about the passphrase"),
        (quickly_sealed(packed, b"pass phrase")[:-9], "not about the passphrase"),
    ):
        with pytest.raises(BundleError, match=says) as caught:
            unseal(bad, "pass phrase")
        assert caught.value.code == "unreadable"


def quickly_sealed(data: bytes, passphrase: bytes) -> bytes:
    """As age v1 has it, by other hands than the library's and with next to no work."""
    key, salt, nonce = (bytes([number]) * 16 for number in (1, 2, 3))
    label = b"age-encryption.org/v1/scrypt" + salt
    wrapping = hashlib.scrypt(passphrase, salt=label, n=2**2, r=8, p=1, dklen=32)
    stanza = ChaCha20Poly1305(wrapping).encrypt(bytes(12), key, None)
    header = b"age-encryption.org/v1\n-> scrypt %s 2\n%s\n---" % (bare(salt), bare(stanza))
    mac = hmac.digest(derived(key, bytes(32), b"header"), header, "sha256")
    payload = ChaCha20Poly1305(derived(key, nonce, b"payload"))
    only_chunk = payload.encrypt(bytes(11) + b"\1", data, None)
    return header + b" " + bare(mac) + b"\n" + nonce + only_chunk


def derived(key: bytes, salt: bytes, info: bytes) -> bytes:
    return hmac.digest(hmac.digest(salt, key, "sha256"), info + b"\1", "sha256")


def bare(data: bytes) -> bytes:
    return base64.b64encode(data).rstrip(b"=")


def in_armour(sealed: bytes) -> bytes:
    text = base64.b64encode(sealed)
    lines = [text[at : at + 64] for at in range(0, len(text), 64)]
    ends = (b"-----BEGIN AGE ENCRYPTED FILE-----", b"-----END AGE ENCRYPTED FILE-----\n")
    return b"\n".join([ends[0], *lines, ends[1]])


def of_work_factor(factor: int) -> bytes:
    header = b"age-encryption.org/v1\n-> scrypt " + b"A" * 22 + b" %d\n" % factor + b"A" * 43
    return header + b"\n--- " + b"A" * 43 + b"\n" + b"x" * 48


def test_a_guess_at_a_stalling_machine_is_never_written(monkeypatch: pytest.MonkeyPatch) -> None:
    """The library measures for a moment how much scrypt this machine can do in a second."""

    def measured(_data: bytes, _passphrase: str, *, armored: bool) -> bytes:
        assert armored
        return of_work_factor(next(guesses))

    monkeypatch.setattr(pyrage.passphrase, "encrypt", measured)
    guesses = iter([10, 14, age.MIN_WORK_FACTOR - 1, age.MIN_WORK_FACTOR, 20])
    assert age.work_factor(seal(b"x", "p")) == age.MIN_WORK_FACTOR
    guesses = iter([14] * age.MAX_TRIES)
    with pytest.raises(BundleError) as caught:
        seal(b"x", "p")
    assert caught.value.code == "too_busy_to_seal"


def test_a_machine_that_stalls_is_no_wrong_passphrase(monkeypatch: pytest.MonkeyPatch) -> None:
    """The library refuses by what scrypt takes at this moment; here, what none could do."""
    monkeypatch.setattr(age, "MAX_WORK_FACTOR", 64)
    with pytest.raises(BundleError) as caught:
        unseal(of_work_factor(40), "p")
    assert caught.value.code == "too_busy"


def test_a_moment_of_stalling_is_outlasted(monkeypatch: pytest.MonkeyPatch) -> None:
    def stalls(data: bytes, passphrase: str) -> bytes:
        try:
            next(moments)
        except StopIteration:
            return data + passphrase.encode()
        raise pyrage.DecryptError("Excessive work parameter for passphrase.\nDecryption would …")

    moments = iter(range(age.MAX_TRIES - 1))
    monkeypatch.setattr(pyrage.passphrase, "decrypt", stalls)
    assert unseal(of_work_factor(18), "p").endswith(b"p")


@pytest.mark.parametrize("armoured", [False, True])
@pytest.mark.parametrize("factor", [21, 40, 10**30])
def test_a_work_factor_made_to_take_the_memory(factor: int, armoured: bool) -> None:
    """21 is two gigabytes, which the library would take."""
    sealed = of_work_factor(factor)
    if armoured:
        sealed = in_armour(sealed)
    with pytest.raises(BundleError) as caught:
        unseal(sealed, "p")
    assert caught.value.code == "too_costly"


@pytest.mark.parametrize("armoured", [False, True])
@pytest.mark.parametrize(
    "hostile",
    [
        b"-> X25519 " + b"A" * 43 + b"\n" + b"A" * 43 + b"\n",
        b"-> grease\n" + b"A" * 63 + b"\n",
        b"-> scrypt " + b"A" * 22 + b" 18\n" + b"A" * 43 + b"\n",
        b"\n",
        b"A",
    ],
    ids=["recipients", "stanzas", "passphrases", "lines", "one line"],
)
def test_a_header_that_takes_an_hour_to_read(
    monkeypatch: pytest.MonkeyPatch, hostile: bytes, armoured: bool
) -> None:
    def asked(_data: bytes, _passphrase: str) -> bytes:
        raise AssertionError("the library reads it in a time that grows with its square")

    monkeypatch.setattr(pyrage.passphrase, "decrypt", asked)
    honest = of_work_factor(18)
    sealed = honest.replace(b"\n---", b"\n" + hostile * (4_000_000 // len(hostile)) + b"\n---", 1)
    with pytest.raises(BundleError) as caught:
        unseal(in_armour(sealed) if armoured else sealed, "p")
    assert caught.value.code == "unreadable"


@pytest.mark.parametrize("armoured", [False, True])
def test_sealed_and_cut_off_anywhere(armoured: bool) -> None:
    sealed = of_work_factor(1)
    if armoured:
        sealed = in_armour(sealed)
    for end in range(len(sealed)):
        with pytest.raises(BundleError) as caught:
            unseal(sealed[:end], "p")
        assert caught.value.code in ("unreadable", "wrong_passphrase")


def test_every_file_of_a_login_fits() -> None:
    assert set(unpack(pack(dict.fromkeys(LOGIN_FILES, b"x")))) == set(LOGIN_FILES)
