"""Behind a company's proxy with a company's CA."""

import hashlib
from pathlib import Path

import pytest

from gateway_engine.upstreams.lingma.install.fetch import FetchLimits, fetch
from gateway_engine.upstreams.lingma.install.source import VsixUrl
from gateway_engine.upstreams.lingma.install.trouble import InstallError
from tests.support.company_network import make_authority, proxy
from tests.support.file_server import FileServer, Habit, serving

QUICK = FetchLimits(pause_s=0.001, attempts=3)
CONTENT = bytes(range(256)) * 2000


@pytest.mark.parametrize("variable", ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"])
async def test_the_companys_ca(tmp_path: Path, variable: str) -> None:
    ca_file, tls = make_authority(tmp_path)
    server = FileServer(CONTENT, habits=[Habit(cut=100_000)])
    async with serving(server, tls) as url:
        got = await fetch(
            VsixUrl(url),
            tmp_path / "x",
            limits=QUICK,
            tell=lambda _: None,
            environ={variable: str(ca_file)},
        )
    assert got.sha256 == hashlib.sha256(CONTENT).hexdigest()


async def test_a_stranger_is_refused_at_once(tmp_path: Path) -> None:
    _, tls = make_authority(tmp_path)
    server = FileServer(CONTENT)
    async with serving(server, tls) as url:
        with pytest.raises(InstallError) as caught:
            await fetch(VsixUrl(url), tmp_path / "x", limits=QUICK, tell=lambda _: None, environ={})
    assert caught.value.code == "certificate"
    assert "SSL_CERT_FILE" in str(caught.value)
    assert server.asked == []


async def test_the_systems_proxy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ca_file, tls = make_authority(tmp_path)
    seen: list[str] = []
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    server = FileServer(CONTENT)
    async with serving(server, tls) as url, proxy(seen) as through:
        monkeypatch.setenv("https_proxy", through)
        got = await fetch(
            VsixUrl(url),
            tmp_path / "x",
            limits=QUICK,
            tell=lambda _: None,
            environ={"SSL_CERT_FILE": str(ca_file)},
        )
    assert got.size == len(CONTENT)
    assert seen == [f"CONNECT 127.0.0.1:{server.port} HTTP/1.1"]
