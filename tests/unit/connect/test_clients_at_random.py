"""Every client, with settings written at random: apply, the user's edits, undo."""

import json
import random
from pathlib import Path
from typing import Any

import pytest
import yaml

from gateway_engine.connect.catalogue import CLIENTS
from gateway_engine.connect.client import Client, Endpoint, Site
from gateway_engine.connect.connections import ConnectError, Connections
from gateway_engine.splicing.edits import Item, leaves
from tests.unit.connect.random_configs import comments, meaning, written

URL = "http://127.0.0.1:8317"
EDITABLE = [client for client in CLIENTS.values() if client.file is not None]
SEEDS = range(30)


def without_ours(tree: Any, client: Client) -> Any:
    """`tree` without the keys that are the gateway's, and containers that are empty then."""
    assert client.file is not None
    whole = json.loads(json.dumps(tree, default=str)) or {}
    head = yaml.safe_load(client.file.seed) if client.file.seed else None
    if head and head.items() <= whole.items():  # only a file that says nothing gets one
        whole = {key: value for key, value in whole.items() if key not in head}
    for edit in leaves(client.file.edits(Endpoint(URL, "k"))):
        _take(whole, edit.path)
    return whole


def _take(tree: Any, path: Any) -> None:
    step, rest = path[0], path[1:]
    if isinstance(step, Item):
        if isinstance(tree, list):
            tree[:] = [
                e for e in tree if not (isinstance(e, dict) and e.get(step.key) == step.value)
            ]
        return
    if not isinstance(tree, dict) or step not in tree:
        return
    if not rest:
        del tree[step]
        return
    _take(tree[step], rest)
    if tree[step] in ({}, [], None):
        del tree[step]


def user_edits(form: str, text: str, seed: int) -> tuple[str, dict[str, Any]]:
    """The user goes on: one more key, at the head or at the end."""
    newline = "\r\n" if "\r\n" in text else "\n"
    key, draw = f"added{seed}", random.Random(seed)
    if form == "jsonc":
        at = text.index("{") + 1
        comma = "," if meaning(form, text) else ""
        return f'{text[:at]}{newline}"{key}": 1{comma} // theirs{newline}{text[at:]}', {key: 1}
    line = f"{key} = 1 # theirs" if form == "toml" else f"{key}: 1 # theirs"
    mark = "\ufeff" if text.startswith("\ufeff") else ""
    if draw.random() < 0.5 and form == "yaml" and not text.endswith("]") and "---" not in text:
        end = "" if text.endswith(("\n", "")) and text.endswith("\n") else newline
        return text + end + line + newline, {key: 1}
    if "---" in text.split(newline):
        return text.replace("---", f"---{newline}{line}", 1), {key: 1}
    return f"{mark}{line}{newline}{text.removeprefix(mark)}", {key: 1}


@pytest.mark.parametrize("client", EDITABLE, ids=lambda client: client.name)
def test_nothing_but_our_keys_ever_changes(client: Client, tmp_path: Path) -> None:
    assert client.file is not None
    form = client.file.form.value
    done = 0
    for seed in SEEDS:
        home = tmp_path / str(seed)
        site = Site(home, {}, "linux")
        connections = Connections(home / "data", site, clock=lambda: 1.0)
        file = client.file.path(site)
        file.parent.mkdir(parents=True, exist_ok=True)
        text = written(form, seed, plain=client.file.plain_json)
        before = text.encode()
        file.write_bytes(before)
        told = f"seed {seed}: {text!r}"
        refused = ""
        try:
            connections.apply(client, URL)
        except ConnectError as error:
            refused = error.code
        if refused:
            assert (refused, file.read_bytes()) == ("refused", before), told
            continue
        done += 1
        applied = file.read_bytes().decode()
        assert URL in applied, told
        assert without_ours(meaning(form, applied), client) == without_ours(
            meaning(form, text), client
        ), told
        assert set(comments(form, text)) <= set(comments(form, applied)), told
        if seed % 3 == 0:
            connections.undo(client)
            assert file.read_bytes() == before, told
            continue
        edited, added = user_edits(form, applied, seed)
        file.write_bytes(edited.encode())
        connections.undo(client)
        left = file.read_bytes().decode()
        head = {} if meaning(form, text) else yaml.safe_load(client.file.seed) or {}
        assert meaning(form, left) == {**head, **(meaning(form, text) or {}), **added}, told
        assert set(comments(form, text)) <= set(comments(form, left)), told
        assert URL not in left, told
    assert done > len(SEEDS) / 2, "most settings can be edited"
