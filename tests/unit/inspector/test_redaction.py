"""Planted canaries: no secret survives, in whatever form it is written; all the rest does."""

import itertools
import json
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from gateway_engine.credential_text import MARK
from gateway_engine.inspector.redaction import (
    BEGINNING_CHARS,
    MAX_KNOWN,
    MAX_REACH,
    MIN_ANYWHERE_CHARS,
    Redactor,
    SecretFinder,
    Secrets,
    sensitive_name,
)

KEY = "lgw-Canary_0123456789"
TOKEN = 'pt"odd\\token/ü-987'


def redactor(*secrets: str) -> Redactor:
    return Redactor(SecretFinder.of(secrets or (KEY, TOKEN)))


def strings_of(value: Any) -> list[str]:
    """Every string in a JSON value, names included."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [s for k, v in value.items() for s in (k, *strings_of(v))]
    return [s for v in value for s in strings_of(v)] if isinstance(value, list) else []


SECRETS = st.text(
    st.characters(codec="utf-8", exclude_characters="*", exclude_categories=["Cs", "Z", "Cc"]),
    min_size=MIN_ANYWHERE_CHARS,
    max_size=30,
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner),
    max_leaves=8,
)


@given(secret=SECRETS, around=st.tuples(st.text(max_size=20), st.text(max_size=20)))
def test_a_secret_in_plain_text_goes_and_the_rest_stays(
    secret: str, around: tuple[str, str]
) -> None:
    before, after = around
    assume(secret not in before + after)
    cleaned = SecretFinder.of([secret]).clean(before + secret + after)
    assert secret not in cleaned
    assert MARK in cleaned
    if not set(secret) & set(before + after):
        assert cleaned == before + MARK + after


@given(text=st.text(max_size=200), secret=SECRETS)
def test_text_without_secrets_is_left_alone(text: str, secret: str) -> None:
    assume(not SecretFinder.of([secret]).spans(text))
    assert SecretFinder.of([secret]).clean(text) == text


@given(secret=SECRETS, value=VALUES, ascii_only=st.booleans(), data=st.data())
def test_no_json_holds_a_secret_however_it_is_written(
    secret: str, value: Any, ascii_only: bool, data: st.DataObject
) -> None:
    planted = data.draw(
        st.sampled_from(
            [
                {"a": value, "text": f"say {secret} now"},
                {"list": [value, {"deep": [secret]}]},
                {f"name-{secret}": value},
                {"nested": json.dumps({"inner": f"<{secret}>"}, ensure_ascii=ascii_only)},
                secret,
            ]
        )
    )
    text = json.dumps(planted, ensure_ascii=ascii_only)
    if "\\" not in text and data.draw(st.booleans()):
        text = "".join(f"\\u{ord(c):04x}" if c in "0aA-e" else c for c in text)
        try:
            json.loads(text)
        except ValueError:  # a name of JSON's own, such as false, was hit
            text = json.dumps(planted)
    one = redactor(secret)
    cleaned = one.json(text, "place")
    assert one.removed == ["place"]
    assert secret not in cleaned
    assert all(secret not in s for s in strings_of(json.loads(cleaned)))


@given(secret=SECRETS, data=st.data(), prefix=st.text(max_size=5))
def test_no_stream_spells_a_secret_piece_by_piece(
    secret: str, data: st.DataObject, prefix: str
) -> None:
    said = f"{prefix}{secret}!"
    cuts = data.draw(st.lists(st.integers(0, len(said)), max_size=6))
    bounds = [0, *sorted(cuts), len(said)]
    pieces = [said[a:b] for a, b in itertools.pairwise(bounds)]
    frames = [json.dumps({"method": "chat/answer", "params": {"text": p}}) for p in pieces]
    frames.insert(1, '{"method": "chat/think", "params": {"text": "hm"}}')
    one = redactor(secret)
    cleaned = one.stream(frames, "frames")
    spoken = "".join(
        frame["params"]["text"]
        for frame in map(json.loads, cleaned)
        if frame["method"] == "chat/answer"
    )
    assert secret not in spoken
    assert MARK in spoken
    assert one.removed == ["frames"]
    assert cleaned[1] == frames[1] or secret in "hm"


def test_what_holds_no_secret_keeps_every_byte() -> None:
    text = '{ "b" : 1,\n "a" : "h\\u00e9 \\/ 12.50" , "n": 12.50 }'
    plain = '{ "b" : 1,\n "a" : "x" , "n": 12.50 }'
    one = redactor()
    assert one.json(plain, "body") == plain
    assert json.loads(one.json(text, "body")) == json.loads(text)
    assert one.json("no json {", "body") == "no json {"
    assert one.removed == []


@pytest.mark.parametrize(
    "text",
    [
        f'{{"a": "{KEY}", "a": "x"}}',
        f'{{"a": "{KEY}", "b": ',
        '{"a": "\\u006cgw-Canary_0123456789", "a": "x"}',
        '{"a": "\\u006cgw-Canary_0123456789", "broken',
        f"http://h/?key={KEY}&x=1",
        "pt%22odd%5Ctoken%2F%C3%BC-987",
        json.dumps(json.dumps(TOKEN)),
        json.dumps(TOKEN, ensure_ascii=True),
        json.dumps(TOKEN).replace("/", "\\/"),
    ],
)
def test_hiding_places(text: str) -> None:
    cleaned = redactor().json(text, "x")
    for spelling in (KEY, TOKEN, "Canary", "987", "odd"):
        assert spelling not in cleaned
        assert spelling not in cleaned.encode().decode("unicode_escape")


def test_a_secret_that_is_a_number_in_json() -> None:
    assert "123456789" not in redactor("123456789").json('{"user": 123456789}', "x")


def test_overlapping_secrets_go_as_one() -> None:
    assert SecretFinder.of(["abcdefgh", "efghijkl"]).clean("<abcdefghijkl>") == f"<{MARK}>"


def test_short_secrets_go_as_words_only() -> None:
    finder = SecretFinder.of(["sk", "1"])
    assert finder.clean("sk asks sky; key=sk, 1 of 10") == "*** asks sky; key=***, *** of 10"


def test_a_mark_that_completes_another_secret() -> None:
    finder = SecretFinder.of(["secret-one", "***tail"])
    assert "***tail" not in finder.clean("secret-onetail")


@pytest.mark.parametrize("kept", [12, 18, 23])
def test_a_key_of_two_dozen_characters_goes_when_half_of_it_is_left(kept: int) -> None:
    key = "sk-0123456789abcdefghijk"
    assert SecretFinder.of([key]).clean(f"a title: {key[:kept]}…") == f"a title: {MARK}…"


def test_a_long_secret_that_was_cut_off_goes_from_its_beginning() -> None:
    bundle = "H4sIAAAAAAAAA" + "abcDEF0123+/" * 5000 + "=="
    finder = SecretFinder.of([bundle])
    assert finder.clean(f"take {bundle}, please") == f"take {MARK}, please"
    assert finder.clean(f'{{"bundle_b64": "{bundle[:700]}') == f'{{"bundle_b64": "{MARK}'
    assert finder.clean(f"{bundle[: BEGINNING_CHARS - 1]}!") != MARK
    assert finder.reach == MAX_REACH


def test_no_secrets_no_work() -> None:
    assert SecretFinder.of([]).clean(KEY) == KEY
    assert Secrets(["", "  "]).finder().spellings == ()


def test_learnt_secrets_are_bounded_and_given_ones_stay() -> None:
    secrets = Secrets([KEY])
    for number in range(MAX_KNOWN + 10):
        secrets.learn([f"token-number-{number:05}"])
    finder = secrets.finder()
    assert finder.clean(KEY) == MARK
    assert finder.clean(f"token-number-{MAX_KNOWN:05}") == MARK
    assert finder.clean("token-number-00000") != MARK
    same = secrets.finder()
    secrets.learn([KEY, f"token-number-{MAX_KNOWN:05}", ""])
    assert secrets.finder() is same


TELLING = """
    token refreshToken securityOauthToken refresh_token Cosy-MachineToken password user_password
    authorization Set-Cookie apiKey x-api-key secret clientSecret tokenString
    dashscopeApiKey accessKey db_passwd sessionCookie
"""
PLAIN = """
    key name usedTokens tokens author authors text cookies_ok
"""


def test_telling_names() -> None:
    assert [name for name in TELLING.split() if not sensitive_name(name)] == []
    assert [name for name in PLAIN.split() if sensitive_name(name)] == []


def test_what_an_upstream_keeps_under_a_telling_name_goes() -> None:
    frame = json.dumps(
        {
            "result": {
                "token": "unknown-1",
                "nested": [{"refresh_token": {"deep": "unknown-2"}, "usedTokens": 7}],
                "expireToken": 12,
                "password": "",
                "text": '{"token": "what a user wrote"}',
            }
        }
    )
    one = redactor()
    kept = json.loads(one.json(frame, "frames", by_name=True))["result"]
    assert kept["token"] == kept["nested"][0]["refresh_token"] == MARK
    assert (kept["nested"][0]["usedTokens"], kept["expireToken"], kept["password"]) == (7, 12, "")
    assert kept["text"] == '{"token": "what a user wrote"}'
    assert one.removed == ["frames"]
    assert "unknown" in redactor().json(frame, "body")


def test_telling_names_in_a_frame_that_was_cut() -> None:
    cut = '{"result": {"name": "Ann", "refreshToken": "unknown-2", "token":"unkno'
    kept = redactor().json(cut, "frames", by_name=True)
    assert "unk" not in kept
    assert '"name": "Ann"' in kept


def test_a_credential_quoted_where_an_upstream_says_why_it_failed() -> None:
    said = "HTTP 401 for Authorization: Bearer 9f8e7d6c5b4a3f2e"
    written = "curl -H 'Authorization: Bearer 9f8e7d6c5b4a3f2e'"
    frame = json.dumps({"params": {"reason": said, "error": {"message": said}, "text": written}})
    one = redactor()
    kept = json.loads(one.json(frame, "frames", by_name=True))["params"]
    assert (
        kept["reason"] == kept["error"]["message"] == f"HTTP 401 for Authorization: Bearer {MARK}"
    )
    assert kept["text"] == written, "an answer is the user's"
    assert one.removed == ["frames"]
    assert redactor().json(frame, "body") == frame


def test_a_credential_in_a_line_of_an_upstreams_log() -> None:
    line = "12:00 retry with api_key=sk-9f8e7d6c5b4a3f2e of 3"
    assert redactor().json(line, "log", by_name=True) == f"12:00 retry with api_key={MARK} of 3"


def test_nesting_as_deep_as_a_parser_lets_it() -> None:
    text = "[" * 900 + f'"{KEY}"' + "]" * 900
    assert redactor().json(text, "x") == text.replace(KEY, MARK)


@pytest.mark.parametrize(
    ("query", "kept"),
    [
        ("?key=AIzaSomebodyElses", "?key=***"),
        ("?beta=true&api_key=sk-other&limit=2", "?beta=true&api_key=***&limit=2"),
        ("?access%5Ftoken=abc&x=1", "?access%5Ftoken=***&x=1"),
        ("?limit=2&after_id=m&key=", "?limit=2&after_id=m&key="),
    ],
)
def test_an_address_holds_nothing_under_a_name_that_keys_have(query: str, kept: str) -> None:
    cleaning = redactor()
    assert cleaning.url(f"http://127.0.0.1:1/v1/models{query}", "url").endswith(kept)
    assert cleaning.removed == ([] if query == kept else ["url"])
