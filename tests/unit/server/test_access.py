"""The decisions about Host, Origin and keys, against those who would get around them."""

from dataclasses import replace

import pytest

from gateway_engine.errors import GatewayError, InvalidApiKeyError, NotEnabledError
from gateway_engine.server.access import (
    AccessRules,
    Guard,
    admin_keys,
    admitted,
    host_allowed,
    is_loopback,
    matching_key,
    metrics_keys,
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
    offered = offered_keys(authorization, x_api_key)
    assert matching_key(KEYS.api_keys, offered) == found
    if found is None:
        with pytest.raises(InvalidApiKeyError):
            admitted(KEYS, Guard.KEY, offered)
    else:
        assert admitted(KEYS, Guard.KEY, offered) == found


def test_without_keys_everybody_is_let_in() -> None:
    assert admitted(AccessRules(), Guard.KEY, ["anything"]) == ""
    assert admitted(AccessRules(), Guard.KEY, []) == ""
    assert admitted(WIDE, Guard.NOTHING, []) == ""


def admins(token: str = "", *, keys: bool = True, headless: bool) -> AccessRules:
    """The rules of a gateway with these settings."""
    api_keys = KEYS.api_keys if keys else ()
    return AccessRules(api_keys, admin_keys(token, api_keys, headless=headless))


def opens(rules: AccessRules, guard: Guard, *offered: str) -> str | type[GatewayError]:
    """The id of the key that opened, or why nothing did."""
    try:
        return admitted(rules, guard, offered)
    except GatewayError as error:
        return type(error)


def test_the_admin_token_alone_opens_the_internal_routes() -> None:
    for headless in (True, False):
        rules = admins("root-token", headless=headless)
        assert opens(rules, Guard.ADMIN, "sk-one", "root-token") == "admin"
        assert opens(rules, Guard.ADMIN, "sk-one") is InvalidApiKeyError
        assert opens(rules, Guard.ADMIN) is InvalidApiKeyError
        assert opens(rules, Guard.KEY, "root-token") is InvalidApiKeyError


def test_keys_open_the_internal_routes_only_without_a_window_and_a_token() -> None:
    assert opens(admins(headless=True), Guard.ADMIN, "sk-one") == "main"
    assert opens(admins(headless=True), Guard.ADMIN, "wrong") is InvalidApiKeyError
    assert opens(admins(headless=False), Guard.ADMIN, "sk-one") is NotEnabledError


def test_with_nothing_set_the_internal_routes_are_closed_and_say_what_to_set() -> None:
    for offered in ("", "anything"):
        with pytest.raises(NotEnabledError, match="ADMIN_TOKEN"):
            admitted(admins(keys=False, headless=True), Guard.ADMIN, [offered])


def test_the_users_own_commands_open_the_internal_routes_alone() -> None:
    for keys, others in ((False, NotEnabledError), (True, InvalidApiKeyError)):
        rules = replace(admins(keys=keys, headless=True), command_keys=(("command", "c"),))
        assert opens(rules, Guard.ADMIN, "wrong", "c") == "command"
        assert opens(rules, Guard.ADMIN, "wrong") is others
        assert opens(rules, Guard.METRICS, "c") is NotEnabledError
    assert opens(rules, Guard.KEY, "c") is InvalidApiKeyError


def meters(token: str = "", *, keys: bool = True, public: bool = False) -> AccessRules:
    """The rules of a gateway with these settings."""
    api_keys = KEYS.api_keys if keys else ()
    return AccessRules(api_keys, metrics_keys=metrics_keys(token, api_keys), metrics_public=public)


def test_metrics_open_to_their_token_else_to_every_key_else_if_public() -> None:
    for public in (True, False):
        assert opens(meters("scrape", public=public), Guard.METRICS, "scrape") == "metrics"
        assert opens(meters("scrape", public=public), Guard.METRICS, "sk-one") is InvalidApiKeyError
        assert opens(meters(public=public), Guard.METRICS, "sk-one") == "main"
        assert opens(meters(public=public), Guard.METRICS) is InvalidApiKeyError
    assert opens(meters(keys=False, public=True), Guard.METRICS) == ""
    with pytest.raises(NotEnabledError, match="METRICS_TOKEN, or METRICS_PUBLIC=true"):
        admitted(meters(keys=False), Guard.METRICS, ["anything"])


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
