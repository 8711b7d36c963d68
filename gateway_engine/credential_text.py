"""Credentials quoted in prose, by those who fail: nobody told the gateway of them, but how they are
written gives them away. Pure.

An upstream's error may repeat what it was called with: `Authorization: Bearer …`, `api key sk-…`.
A value counts as a credential where a telling word, a scheme or a well-known beginning stands
before it and it has letters and digits, so that "token limit exceeded" and "tokens: 8192" stay.
"""

import re
from typing import Final

MARK: Final = "***"
MIN_CHARS: Final = 8
MIN_BARE_CHARS: Final = 16
"""So long is a credential that follows its name after nothing but a space."""
MIN_SEGMENT_CHARS: Final = 12

_NAME: Final = (
    r"(?:proxy[-_])?authorization|pass(?:word|wd|phrase)|signature"
    r"|(?:[a-z]{1,20}[-_ ]?)?(?:api[-_ ]?key|access[-_ ]?key(?:[-_ ]?(?:id|secret))?"
    r"|private[-_ ]?key|secret(?:[-_ ]?key)?|token)"
)
_UUID: Final = r"[0-9a-f]{8}-[0-9a-f-]{27}"
_WRITTEN: Final = re.compile(
    rf"""
    (?P<before>(?<![a-z0-9])(?:
        (?:{_NAME})\\*["']?\s*[:=]\s*\\*["']?(?:(?:bearer|basic|digest|token)\s+)?
        (?=(?!https?:)[^\s"'\\,;&<>()]{{{MIN_CHARS}}})
      | bearer\s+(?=[\w.~+/-]{{{MIN_CHARS}}})
      | (?:basic|(?:{_NAME})(?:\s+is)?)\s+(?=[a-z0-9_+/]{{{MIN_BARE_CHARS}}}|{_UUID})
      | (?:set-)?cookie\\*["']?\s*:\s*\\*["']?(?=(?P<cookies>[^"'\\\r\n]{{{MIN_CHARS},}}))
    ))
    (?P<value>(?(cookies)(?P=cookies)|[^\s"'\\,;&<>()]+))
    """,
    re.IGNORECASE | re.VERBOSE,
)
_BEGINNING: Final = re.compile(
    r"\b(?:(?:sk|pk|rk|lg)[-_]|gh[opsu]_|github_pat_|xox[abps]-|AKIA|LTAI|AIza|eyJ(?=[\w-]+\.))"
    r"[\w.-]{12,}"
)

_HINTS: Final = (
    *("authorization", "pass", "signature", "secret", "token", "bearer", "basic", "cookie"),
    *("apikey", "api-key", "api_key", "api key", "access", "private"),
    *("sk-", "sk_", "pk-", "pk_", "rk-", "rk_", "lg-", "lg_"),
    *("gho_", "ghp_", "ghs_", "ghu_", "github_pat_", "xox", "akia", "ltai", "aiza", "eyj"),
)
"""One of them stands in every credential: whoever has none is not looked at closely."""


def without_credentials(text: str) -> str:
    """Return `text` with `***` for each value that is written as a credential."""
    small = text.lower()
    if not any(hint in small for hint in _HINTS):
        return text
    return _BEGINNING.sub(_hidden, _WRITTEN.sub(_hidden, text))


def path_without_credentials(path: str) -> str:
    """Return the path of an address nobody serves, with `***` for each long segment that has
    letters and digits: somebody may have put a key where a path belongs."""
    return "/".join(
        MARK if len(segment) >= MIN_SEGMENT_CHARS and _is_mixed(segment) else segment
        for segment in path.split("/")
    )


def _hidden(match: re.Match[str]) -> str:
    named = match.re is _WRITTEN
    value = match["value"] if named else match[0]
    if not _is_mixed(value):
        return match[0]
    return (match["before"] if named else "") + MARK


def _is_mixed(value: str) -> bool:
    return any(c.isdigit() for c in value) and any(c.isalpha() for c in value)
