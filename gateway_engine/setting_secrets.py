"""Which settings hold secrets, and these secrets: what nobody else may see. Pure."""

import re
from collections.abc import Mapping
from dataclasses import fields
from typing import Final

from gateway_engine.config import Settings

OTHER_SECRETS: Final = (
    "LINGMA_PASSWORD",
    "LINGMA_ACCOUNTS",
    "LINGMA_SESSION_BUNDLE",
    "LINGMA_GATEWAY_API_KEY",
)
_SECRET_NAME: Final = re.compile(r"key|token|secret|passw|credential|cookie", re.IGNORECASE)


def secret_names() -> tuple[str, ...]:
    """Environment names of settings that no other program may see."""
    return tuple(f.name.upper() for f in fields(Settings) if f.metadata.get("secret"))


def without_secrets(environ: Mapping[str, str]) -> dict[str, str]:
    """`environ` without the secrets among our settings: no child needs to know them."""
    hidden = {*secret_names(), *OTHER_SECRETS}
    return {name: value for name, value in environ.items() if name not in hidden}


def secret_values(settings: Settings) -> tuple[str, ...]:
    """The secrets among the settings, and what instances are given as such in their environment:
    they are cut out of whatever is written.
    """
    found: list[str] = []
    for f in fields(Settings):
        if f.metadata.get("secret"):
            value = getattr(settings, f.name)
            if f.name == "lingma_accounts":
                found += [
                    secret for each in value for secret in (each.password, each.session_bundle)
                ]
            else:
                found += [value] if isinstance(value, str) else value
    for instance in settings.instances:
        found += [value for name, value in instance.env.items() if _SECRET_NAME.search(name)]
    return tuple(value for value in found if value)
