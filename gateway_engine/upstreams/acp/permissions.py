"""The answer to `session/request_permission`: which of the agent's options says yes or no. Pure.

Leave is given once at a time where the agent lets us: what is always allowed outlives the setting
that allowed it. With no fitting option the request is answered as cancelled, which is a no.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

_ALLOW: Final = ("allow_once", "allow_always")
_REJECT: Final = ("reject_once", "reject_always")


def pick_option(options: Sequence[Mapping[str, Any]], *, allow: bool) -> dict[str, Any]:
    """The result to answer with. Without options: cancelled."""
    for kind in _ALLOW if allow else _REJECT:
        for option in options:
            if option.get("kind") == kind and isinstance(option.get("optionId"), str):
                return {"outcome": {"outcome": "selected", "optionId": option["optionId"]}}
    return {"outcome": {"outcome": "cancelled"}}
