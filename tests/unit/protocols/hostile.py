"""Bodies that are nearly right: any subtree of a good one replaced, removed, doubled or nested."""

import copy
from typing import Any

from hypothesis import strategies as st

NONSENSE: list[Any] = [
    None,
    True,
    False,
    0,
    -1,
    1,
    2.5,
    10**40,
    "",
    " ",
    "x",
    "\ud800",
    "\u0000",
    [],
    {},
    [[]],
    [None],
    [{}],
    ["text"],
    {"type": "text"},
    {"type": "message"},
    {"type": None, "text": 1},
    {"": {}},
]


@st.composite
def mutated(draw: st.DrawFn, good: dict[str, Any]) -> dict[str, Any]:
    """Return `good` with one to four places changed."""
    body = copy.deepcopy(good)
    for _ in range(draw(st.integers(1, 4))):
        places = list(_places(body))
        if not places:
            break
        holder, key = draw(st.sampled_from(places))
        match draw(st.sampled_from(("replace", "replace", "remove", "wrap", "double"))):
            case "replace":
                holder[key] = copy.deepcopy(draw(st.sampled_from(NONSENSE)))
            case "remove":
                del holder[key]
            case "wrap":
                holder[key] = draw(st.sampled_from(([holder[key]], {"type": holder[key]})))
            case "double" if isinstance(holder, list):
                holder.append(copy.deepcopy(holder[key]))
    return body


def _places(value: Any) -> Any:
    if isinstance(value, dict):
        for key in list(value):
            yield value, key
            yield from _places(value[key])
    elif isinstance(value, list):
        for index in range(len(value) - 1, -1, -1):
            yield value, index
            yield from _places(value[index])
