"""What may stand in settings as a host, an origin or an address: exactly what can ever be met."""

import pytest

from gateway_engine.server.access import AccessRules, host_allowed, origin_allowed
from gateway_engine.setting_texts import is_host, is_key, is_origin, is_url

ORIGINS = {
    "https://example.com": "https://example.com",
    "https://example.com/": "https://example.com",
    "HTTP://Example.com:8080": "http://example.com:8080",
    "http://[::1]:3000": "http://[::1]:3000",
    "tauri:": "tauri://localhost",
    "vscode-webview:": "vscode-webview://0abc",
    "app://obsidian.md": "app://obsidian.md",
}
NO_ORIGINS = (
    "*",
    "null",
    "example.com",
    "https:",
    "http:",
    "file:",
    "https://",
    "https://example.com/path",
    "https://example.com?x",
    "https://*.example.com",
    "https://example.com:99999",
    "https://example.com:0",
    "https://user@example.com",
    "https://例子.com",
    "https://a b",
)
HOSTS = {
    "a.lan": "a.lan:8317",
    "MY-box": "my-box",
    "my_box.": "my_box",
    "10.0.0.7": "10.0.0.7:8317",
    "[fd00::7]": "[fd00::7]:8317",
    "fd00::7": "[fd00::7]",
}
NO_HOSTS = ("*", "*.lan", "http://a.lan", "a.lan:8317", "a.lan/x", "a b", "[::1]:80", "例子.lan")


@pytest.mark.parametrize("entry", ORIGINS)
def test_an_origin_that_may_stand_there_lets_a_page_in(entry: str) -> None:
    assert is_origin(entry)
    assert origin_allowed(AccessRules(cors_origins=(entry,)), ORIGINS[entry])


@pytest.mark.parametrize("entry", NO_ORIGINS)
def test_what_would_let_nobody_in_may_not_stand_there(entry: str) -> None:
    assert not is_origin(entry)


@pytest.mark.parametrize("entry", HOSTS)
def test_a_host_that_may_stand_there_can_be_asked_for(entry: str) -> None:
    assert is_host(entry)
    assert host_allowed(AccessRules(allowed_hosts=(entry,)), HOSTS[entry], "192.0.2.1")


@pytest.mark.parametrize("entry", NO_HOSTS)
def test_what_no_client_can_ask_for_may_not_stand_there(entry: str) -> None:
    assert not is_host(entry)


def test_addresses_of_the_web() -> None:
    for good in ("https://d.example", "http://127.0.0.1:8080/x?y=1", "https://[::1]/"):
        assert is_url(good)
    for bad in ("d.example", "ftp://d.example", "https://", "https:///x", "https://a b", "h"):
        assert not is_url(bad)


def test_keys_are_what_a_header_can_carry() -> None:
    for good in ("lgw-abc", "my key", "钥匙"):
        assert is_key(good)
    for bad in ("one\ntwo", "one\r", "a\tb", "a\u200bb", "a\x7f"):
        assert not is_key(bad)
