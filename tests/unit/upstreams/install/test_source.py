"""From where a program may come."""

from pathlib import Path

import pytest

from gateway_engine.config import LoadedSettings, Origin, Settings, SettingsError
from gateway_engine.paths import app_paths
from gateway_engine.plan import EnginePlan
from gateway_engine.programs import given_source, source_of, wants_program
from gateway_engine.upstreams.lingma.binary import Discovery
from gateway_engine.upstreams.lingma.install.source import (
    VsixFile,
    VsixUrl,
    check_sha256,
    from_url,
    marketplace_url,
)
from gateway_engine.upstreams.lingma.install.trouble import InstallError

PIN = "ab" * 32


def test_the_marketplace_by_default() -> None:
    assert source_of(Settings()).url == (
        "https://marketplace.visualstudio.com/_apis/public/gallery/publishers/Alibaba-Cloud"
        "/vsextensions/tongyi-lingma/latest/vspackage"
    )
    assert marketplace_url("https://m/", "a/b", "c?", "1.0").endswith(
        "//m/_apis/public/gallery/publishers/a%2Fb/vsextensions/c%3F/1.0/vspackage"
    )


@pytest.mark.parametrize(
    "url",
    ["https://a.example/x.vsix", "http://127.0.0.1:1/x", "http://[::1]/x", "http://localhost/x"],
)
def test_https_and_this_machine(url: str) -> None:
    assert from_url(url, f"SHA256:{PIN.upper()}") == VsixUrl(url, PIN)


@pytest.mark.parametrize(
    "url",
    [
        "http://a.example/x",
        "http://10.0.0.1/x",
        "http://localhost.a.example/x",
        "ftp://a.example/x",
        "file:///etc/passwd",
        "https:///x",
        "https://user:secret@a.example/x",
        "https://a.example:x/",
        "http://[::1/",
        "x.vsix",
        "",
    ],
)
def test_everything_else_is_refused(url: str) -> None:
    with pytest.raises(InstallError) as caught:
        from_url(url)
    assert caught.value.code == "bad_source"
    assert "secret" not in str(caught.value)


def test_pins() -> None:
    assert check_sha256("") == ""
    for bad in ("ab", PIN + "a", "g" * 64):
        with pytest.raises(InstallError):
            check_sha256(bad)


def test_settings_name_the_source() -> None:
    named = Settings(lingma_vsix_url="https://v/x", lingma_vsix_sha256=PIN)
    assert source_of(named) == VsixUrl("https://v/x", PIN)
    assert given_source(named, file=Path("x")) == VsixFile(Path("x"), PIN)
    assert given_source(Settings(), url="https://u/x") == VsixUrl("https://u/x")
    for wrong in (
        Settings(lingma_source_type="vsix"),
        Settings(lingma_vsix_url="http://v.example/x"),
        Settings(lingma_vsix_url="https://v/x", lingma_vsix_sha256="x"),
        Settings(lingma_marketplace_url="nowhere"),
    ):
        with pytest.raises(SettingsError):
            source_of(wrong)


def planned(settings: Settings, *given: str, named: bool = False, instances: int = 0) -> EnginePlan:
    origins = dict.fromkeys(Settings.__slots__, Origin.DEFAULT)
    origins |= dict.fromkeys(given, Origin.ENV)
    loaded = LoadedSettings(settings, origins, Path("x"))
    paths = app_paths({"LINGMA_GATEWAY_HOME": "/h"}, cwd=Path("/"))
    fake: tuple[object, ...] = ("",) * instances
    plan = EnginePlan(settings, loaded, paths, (), "lingma", Discovery(None, ()), named)
    object.__setattr__(plan, "instances", fake)
    return plan


def test_only_what_somebody_asked_for_is_fetched() -> None:
    assert not wants_program(planned(Settings()))
    for name in ("lingma_source_type", "lingma_vsix_url", "lingma_marketplace_url"):
        assert wants_program(planned(Settings(), name))
        assert not wants_program(planned(Settings(), name, instances=1))
        assert not wants_program(planned(Settings(), name, named=True))
        assert not wants_program(planned(Settings(lingma_bin="/x"), name))
    for refresh in (Settings(lingma_force_refresh=True), Settings(lingma_bootstrap_always=True)):
        assert wants_program(planned(refresh, instances=1))
        assert not wants_program(planned(refresh, named=True))
