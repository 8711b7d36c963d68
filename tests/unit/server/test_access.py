"""The decisions about Host, Origin and keys, against those who would get around them."""

import pytest

from gateway_engine.server.access import (
    AccessRules,
    host_allowed,
    is_loopback,
    matching_key,
    offered_keys,
    origin_allowed,
)

LOCAL = AccessRules(bound=("127.0.0.1",))
WIDE = AccessRules(
    api_keys=(("main", "k"),),
    bound=("0.0.0.0",),
    allowed_hosts=("gateway.example", "10.0.0.7", "[fd00::7]"),
)


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "localhost:8317",
        "LOCALHOST:8317",
        "LocalHost",
        "localhost.",
        "localhost.:8317",
        "localhost:",
        "127.0.0.1",
        "127.0.0.1:8317",
        "127.0.0.1:65535",
        "127.8.9.1",
        "127.0.0.1.",
        "[::1]",
        "[::1]:8317",
        "[0:0:0:0:0:0:0:1]:8317",
        "[::ffff:127.0.0.1]:8317",
    ],
)
def test_loopback_names_are_ours(host: str) -> None:
    assert host_allowed(LOCAL, host, "127.0.0.1")


@pytest.mark.parametrize(
    "host",
    [
        "",
        " ",
        "evil.com",
        "evil.com:8317",
        "localhost.evil.com",
        "localhost.evil.com:8317",
        "evil-localhost",
        "notlocalhost",
        "127.0.0.1.evil.com",
        "127.0.0.1.evil",
        "127.0.0.1..",
        "localhost..",
        "foo.localhost",
        "127.1",
        "127.000.000.001",
        "0x7f.1",
        "0x7f000001",
        "2130706433",
        "017700000001",
        "0",
        "0.0.0.0",
        "0.0.0.0:8317",
        "[::]",
        "::1",
        "::1:8317",
        "[::1",
        "[127.0.0.1]",
        "[localhost]",
        "[::ffff:10.0.0.1]",
        "[::ffff:7f00:1].evil.com",
        "[::1%25lo]",
        "169.254.169.254",
        "192.168.1.5",
        "localhost:99999",
        "localhost:80:80",
        "localhost:abc",
        "localhost:-1",
        "localhost:٨٠",
        "evil@localhost",
        "localhost@evil.com",
        "localhost/",
        "localhost#",
        "localhost?",
        "localhost\\",
        "http://localhost",
        "localhost,evil.com",
        "localhost evil.com",
        "localhost\x00",
        "localhost\tevil",
        "lоcalhost",
        "ⓛocalhost",
        "localhost。",
        ".",
        ":8317",
        "xn--localhost-",
    ],
)
def test_every_other_name_is_foreign(host: str) -> None:
    assert not host_allowed(LOCAL, host, "127.0.0.1")


@pytest.mark.parametrize(
    ("host", "local", "allowed"),
    [
        ("gateway.example:8317", "192.168.1.5", True),
        ("GATEWAY.example.", "192.168.1.5", True),
        ("sub.gateway.example", "192.168.1.5", False),
        ("10.0.0.7", "192.168.1.5", True),
        ("[fd00::7]:8317", "192.168.1.5", True),
        ("[fd00:0::7]", "192.168.1.5", True),
        ("192.168.1.5:8317", "192.168.1.5", True),
        ("192.168.1.5:8317", "::ffff:192.168.1.5", True),
        ("192.168.1.6", "192.168.1.5", False),
        ("[fe80::1]", "fe80::1%eth0", True),
        ("0.0.0.0", "127.0.0.1", True),
        ("localhost", "127.0.0.1", True),
    ],
)
def test_a_wider_listener_knows_its_own_names(host: str, local: str, allowed: bool) -> None:
    assert host_allowed(WIDE, host, local) is allowed


@pytest.mark.parametrize(
    ("origin", "allowed"),
    [
        ("vscode-webview://1f2k3", True),
        ("VSCODE-WEBVIEW://1f2k3", True),
        ("tauri://localhost", True),
        ("app://obsidian.md", True),
        ("app://-", True),
        ("null", False),
        ("", False),
        ("file://", False),
        ("file:///etc/passwd", False),
        ("http://localhost:8317", False),
        ("http://localhost", False),
        ("http://127.0.0.1:8317", False),
        ("https://evil.com", False),
        ("http://tauri.localhost", False),
        ("chrome-extension://abc", False),
        ("tauri:", False),
        ("tauri://", False),
        ("tauri://localhost/path", False),
        ("tauri://a, https://evil.com", False),
        ("tauri://a https://evil.com", False),
        ("xtauri://localhost", False),
        ("app-evil://x", False),
        ("https://app://x", False),
        ("javascript:app://x", False),
    ],
)
def test_only_installed_programs_may_call_by_default(origin: str, allowed: bool) -> None:
    assert origin_allowed(AccessRules(), origin) is allowed


@pytest.mark.parametrize(
    ("origin", "allowed"),
    [
        ("https://chat.example", True),
        ("https://chat.example:443", True),
        ("HTTPS://Chat.Example", True),
        ("http://chat.example", False),
        ("https://chat.example:8443", False),
        ("https://chat.example.evil.com", False),
        ("https://evil.com/https://chat.example", False),
        ("http://localhost:3000", True),
        ("http://localhost:3001", False),
        ("http://dev.example", True),
        ("http://dev.example:80", True),
        ("null", False),
        ("http://anything", False),
        ("file://x", False),
    ],
)
def test_origins_that_were_named(origin: str, allowed: bool) -> None:
    rules = AccessRules(
        cors_origins=(
            "https://chat.example/",
            "http://localhost:3000",
            "http://dev.example:80",
            "null",
            "http:",
            "file:",
        )
    )
    assert origin_allowed(rules, origin) is allowed


KEYS = AccessRules(api_keys=(("main", "sk-one"), ("second", "schlüssel-zwei")))


@pytest.mark.parametrize(
    ("authorization", "x_api_key", "found"),
    [
        (["Bearer sk-one"], [], "main"),
        (["bearer   sk-one "], [], "main"),
        ([], ["sk-one"], "main"),
        ([], ["schlüssel-zwei"], "second"),
        (["Bearer wrong"], ["sk-one"], "main"),
        (["Bearer sk-one"], ["wrong"], "main"),
        (["Basic sk-one"], [], None),
        (["sk-one"], [], None),
        (["Bearer"], [], None),
        (["Bearer "], [""], None),
        (["Bearer sk-on"], [], None),
        (["Bearer sk-onee"], [], None),
        (["Bearer SK-ONE"], [], None),
        (["Bearer \udcff"], [], None),
        ([], [], None),
    ],
)
def test_a_key_opens_by_either_header(
    authorization: list[str], x_api_key: list[str], found: str | None
) -> None:
    assert matching_key(KEYS, offered_keys(authorization, x_api_key)) == found


def test_without_keys_everybody_is_let_in() -> None:
    assert matching_key(AccessRules(), ["anything"]) == ""
    assert matching_key(AccessRules(), []) == ""


@pytest.mark.parametrize("key", ["", "  "])
def test_an_empty_key_cannot_be_configured(key: str) -> None:
    with pytest.raises(ValueError, match="empty"):
        AccessRules(api_keys=(("main", key),))


@pytest.mark.parametrize(
    ("address", "loopback"),
    [
        ("127.0.0.1", True),
        ("127.5.5.5", True),
        ("localhost", True),
        ("::1", True),
        ("[::1]", True),
        ("0.0.0.0", False),
        ("::", False),
        ("192.168.1.5", False),
        ("", False),
        ("example.com", False),
        ("::ffff:127.0.0.1", True),
    ],
)
def test_what_stays_on_this_machine(address: str, loopback: bool) -> None:
    assert is_loopback(address) is loopback
