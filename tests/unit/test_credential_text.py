"""Credentials in prose: what is written as one goes, and every other word stays."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway_engine.credential_text import path_without_credentials, without_credentials
from gateway_engine.errors import UpstreamError

TOKEN = "9f8e7d6c5b4a3f2e1d0c"


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        (f"token {TOKEN}; Authorization: Bearer {TOKEN}", "token ***; Authorization: Bearer ***"),
        (f"bearer {TOKEN} is unknown", "bearer *** is unknown"),
        ("Incorrect API key provided: sk-proj-abc123def456ghi", "Incorrect API key provided: ***"),
        (f"cosy-access-token: {TOKEN}, next", "cosy-access-token: ***, next"),
        ("https://a.example/x?api_key=abc12345&b=1", "https://a.example/x?api_key=***&b=1"),
        ("Basic dXNlcjpwYXNzd29yZDE=", "Basic ***"),
        ("jwt eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2ln was refused", "jwt *** was refused"),
        ("Set-Cookie: sid=abc123456789; Path=/", "Set-Cookie: ***"),
        (r"{\"apiKey\": \"k1234567\"}", r"{\"apiKey\": \"***\"}"),
        ("passphrase is=no; password: P@ss:w0rd!x", "passphrase is=no; password: ***"),
        ("the key LTAI5tQ8examplekey1 has no rights", "the key *** has no rights"),
    ],
)
def test_what_is_written_as_a_credential_goes(said: str, kept: str) -> None:
    assert without_credentials(said) == kept
    assert str(UpstreamError(said)) == kept
    assert UpstreamError("it failed", detail=said).detail == kept


@pytest.mark.parametrize(
    "said",
    [
        "prompt tokens: 12345 > 8192 maximum",
        "token limit exceeded, token count=4096, token max_count=4096",
        "authorization: required; see token: https://help.example/page/123456",
        "send `Authorization: Bearer YOUR_KEY`",
        "API key qwen3-coder-plus, the basic qwen3-coder-plus plan",
        "skill-based2-thing12345 in risk-0123456789abcdef",
        "request_id 0123456789abcdef0123456789abcdef",
    ],
)
def test_every_other_word_stays(said: str) -> None:
    assert without_credentials(said) == said


@given(st.text(alphabet="aAtokenBbearer =:\"'\\12-_.;", max_size=80))
def test_a_second_look_finds_nothing_new(text: str) -> None:
    once = without_credentials(text)
    assert without_credentials(once) == once


def test_a_key_in_the_path_of_nothing() -> None:
    assert path_without_credentials(f"/v1/{TOKEN}/models") == "/v1/***/models"
    path = "/v1/v1/chat/completions/qwen2.5"
    assert path_without_credentials(path) == path
