"""Who a client says it is."""

import pytest

from gateway_engine.server.access import CLIENT_KEY
from gateway_engine.server.service import client_name


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        ("claude-cli/2.0 (external)", "claude-cli"),
        ("", ""),
        ("x" * 100, "x" * 40),
        ("\udcff\x00curl/8", "curl"),
    ],
)
def test_the_first_product_is_the_name(user_agent: str, name: str) -> None:
    assert client_name(user_agent) == name


@pytest.mark.parametrize("user_agent", ["client:codex/1", "client:client:codex", "::client:a b"])
def test_no_name_looks_like_the_id_of_a_key(user_agent: str) -> None:
    assert not client_name(user_agent).startswith(CLIENT_KEY)
