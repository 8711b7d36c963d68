"""Edits of the settings file: only what is asked for changes, whatever else stands there."""

import tomllib
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway_engine.config import load_settings
from gateway_engine.instances_edit import (
    InstanceEntry,
    arranged,
    with_instance,
    with_instance_fields,
    without_instance,
)
from gateway_engine.setting_specs import setting_specs
from gateway_engine.setting_values import AccountSettings, InstanceSettings
from gateway_engine.settings_edit import (
    SettingsChange,
    changed_text,
    conflicts,
    exported_text,
)
from gateway_engine.settings_proof import plain
from gateway_engine.splicing.edits import RefusedEditError
from tests.unit.test_config import EVERY

COMMENTS = ("", "# mine", "  # port = 9", '# [[instances]] "', "#")
OURS = {
    "port": ("9000", "1_234", "0x1f"),
    "host": ('"127.0.0.1"', "'::1'"),
    "log_level": ('"DEBUG"', '"""\nDEBUG"""'),
    "api_keys": ('["a", "b"]', '[\n  "a", # first\n  "b",\n]', '"a,b"'),
    "model_aliases": ('{ "gpt-*" = "m" }', '{a="b"}'),
    "idle_timeout_sec": ("1.5", "3"),
    "metrics_public": ("true",),
}


@st.composite
def files(draw: st.DrawFn) -> str:
    """Settings files as people keep them."""
    newline = draw(st.sampled_from(("\n", "\r\n")))
    lines = [draw(st.sampled_from(COMMENTS))]
    for name in draw(st.permutations(list(OURS))):
        if draw(st.booleans()):
            space = draw(st.sampled_from((" = ", "=", "   =  ")))
            comment = draw(st.sampled_from(("", " # why", "\t#")))
            lines.append(f"{name}{space}{draw(st.sampled_from(OURS[name]))}{comment}")
            lines.append(draw(st.sampled_from(COMMENTS)))
    if not any(line.startswith("model_aliases") for line in lines) and draw(st.booleans()):
        lines += ["[model_aliases] # names", 'old = "x"', "# between", '"gpt-*" = "y"']
    for number in range(draw(st.integers(0, 3))):
        lines += ["", "# the next", f"[[instances]] # {number}", f'name = "n{number}"']
        if draw(st.booleans()):
            lines += ["# its program", 'command="/x" # there']
        if draw(st.booleans()):
            lines += ["[instances.env]", 'A = "1"', "# of A"]
    mark = draw(st.sampled_from(("", "\ufeff")))
    return mark + newline.join(lines) + draw(st.sampled_from(("", newline)))


VALUES: dict[str, st.SearchStrategy[Any]] = {
    "port": st.integers(0, 65535),
    "host": st.sampled_from(("0.0.0.0", 'a"b\\c', "é😀", "x\x7fy")),
    "log_level": st.just("ERROR"),
    "api_keys": st.lists(st.sampled_from(("k", "l#", "m,")), max_size=3).map(tuple),
    "model_aliases": st.dictionaries(st.sampled_from(("old", "a b", "gpt-*")), st.just("z")),
    "idle_timeout_sec": st.sampled_from((0.0, 0.25, 90.0)),
    "metrics_public": st.booleans(),
    "heartbeat_sec": st.just(2.0),
    "lingma_accounts": st.just((AccountSettings("u", "p"),)),
}
MANY = settings(max_examples=150, deadline=None)


def read(text: str) -> dict[str, Any]:
    return tomllib.loads(text.removeprefix("\ufeff").replace("\r\n", "\n"))


def other_lines(text: str, names: tuple[str, ...]) -> list[str]:
    """The lines that do not belong to these settings."""
    kept, inside = [], False
    for line in text.splitlines():
        word = line.strip().strip("\ufeff").split("=")[0].strip()
        if line.lstrip("\ufeff").startswith("["):
            inside = word.split("#")[0].strip() in [f"[{name}]" for name in names]
        if word not in names and not inside and not line.startswith((" ", "]", "DEBUG")):
            kept.append(line.removeprefix("\ufeff"))
    return [line for line in kept if line.strip()]


@MANY
@given(files(), st.data())
def test_only_what_is_asked_for_changes(text: str, data: st.DataObject) -> None:
    names = data.draw(st.lists(st.sampled_from(list(VALUES)), unique=True, max_size=4))
    reset = tuple(name for name in names if data.draw(st.booleans()))
    values = {name: data.draw(VALUES[name]) for name in names if name not in reset}
    done = changed_text(text, SettingsChange(values, reset))
    said = read(done)
    for name, value in values.items():
        assert said[name] == plain(value)
    assert not set(reset) & set(said)
    before = {k: v for k, v in read(text).items() if k not in names}
    assert {k: v for k, v in said.items() if k not in names} == before
    kept = other_lines(done, tuple(names))
    assert [line for line in other_lines(text, tuple(names)) if line not in kept] == []
    assert ("\r\n" in text) == ("\r\n" in done) or "\n" not in text
    assert done.startswith("\ufeff") == text.startswith("\ufeff")
    assert changed_text(done, SettingsChange(values, reset)) == done


@MANY
@given(files(), st.data())
def test_instances_come_and_go(text: str, data: st.DataObject) -> None:
    before = read(text).get("instances", [])
    new = InstanceSettings("new", "acp", "qwen-code", ("--x", ""), {"K": 'v"'}, id="inst-7")
    more = with_instance(text, new)
    assert read(more)["instances"] == [*before, plain(new)]
    back = without_instance(more, len(before))
    assert read(back) == read(text)
    assert other_lines(back, ()) == other_lines(text, ())
    if before:
        index = data.draw(st.integers(0, len(before) - 1))
        fewer = without_instance(text, index)
        assert read(fewer).get("instances", []) == [*before[:index], *before[index + 1 :]]
        edited = with_instance_fields(text, index, {"name": "other", "env": {"B": "2"}})
        assert read(edited)["instances"][index]["env"] == {"B": "2"}
        bare = with_instance_fields(edited, index, {"env": {}, "command": ""})
        assert read(bare)["instances"][index] == {"name": "other"}


def test_instances_on_one_line_are_edited_too() -> None:
    text = 'port = 1 # mine\ninstances = [{ name = "a" }, { name = "b" }] # two\n'
    more = with_instance(text, InstanceSettings("c"))
    assert [each["name"] for each in read(more)["instances"]] == ["a", "b", "c"]
    assert more.startswith("port = 1 # mine\n")
    assert more.endswith("# two\n")
    assert read(with_instance_fields(text, 1, {"mode": "m"}))["instances"][1]["mode"] == "m"
    one = without_instance(without_instance(text, 0), 0)
    assert one == "port = 1 # mine\n# two\n"
    assert read(with_instance("instances = []\n", InstanceSettings("c")))["instances"]


def test_comments_inside_a_list_outlive_it() -> None:
    text = (
        'port = 1\r\napi_keys = [ # of mine\r\n  "a#b", # the first\r\n  "c",\r\n] # all\r\n'
        'instances = [\r\n  { name = "a" }, # at home\r\n  { name = "b" }\r\n]\r\n'
    )
    kept = ["# of mine", "# the first", "# all", "# at home"]
    instances = (InstanceSettings("a"), InstanceSettings("b"))
    for done in (
        changed_text(text, SettingsChange({"api_keys": ("x",)})),
        changed_text(text, SettingsChange(reset=("api_keys",))),
        with_instance(text, InstanceSettings("c")),
        with_instance_fields(text, 1, {"mode": "m"}),
        without_instance(text, 0),
        without_instance(without_instance(text, 0), 0),
        arranged(text, instances, [InstanceEntry(instances[1], 1), InstanceEntry(instances[0], 0)]),
    ):
        assert [done.count(each) for each in kept] == [1, 1, 1, 1]
        read(done)


def test_comments_inside_a_field_of_an_instance_outlive_it() -> None:
    text = '[[instances]]\nname = "a"\nkind = "acp"\ncommand = "x"\nargs = [ # why\n "y" ]\n'
    done = with_instance_fields(text, 0, {"args": ("z",)})
    assert '# why\nargs = ["z"]\n' in done


def test_every_setting_can_be_set_reset_and_read_back(tmp_path: Path) -> None:
    text = "# head\n"
    for name, (_, _, value) in EVERY.items():
        changed = changed_text(text, SettingsChange({name: value}))
        loaded = load_settings(file=tmp_path / "x", environ={}, dotenv=None, cli={}, text=changed)
        assert getattr(loaded.settings, name) == value
        assert changed_text(changed, SettingsChange(reset=(name,))) == text


def test_a_text_that_is_no_toml_is_left_alone() -> None:
    for bad in ("port = ", "[[[", "a = 1\na = 2", "x = '"):
        with pytest.raises(RefusedEditError):
            changed_text(bad, SettingsChange({"port": 1}))


def test_what_changed_meanwhile_is_a_conflict_only_where_it_matters() -> None:
    seen = {"port": 1}
    change = SettingsChange({"port": 5}, ("host",), seen)
    assert conflicts(change, {"port": 1}) == ()
    assert conflicts(change, {"port": 5}) == ()
    assert conflicts(change, {"port": 2, "log_level": "DEBUG"}) == ("port",)
    assert conflicts(change, {"port": 1, "host": "x"}) == ("host",)
    assert conflicts(SettingsChange({"port": 5}), {"port": 2}) == ()


def test_an_export_leaves_secrets_out_unless_asked() -> None:
    in_file = {
        "port": 1,
        "api_keys": ("hidden",),
        "lingma_accounts": (AccountSettings("u", "hidden"),),
        "instances": (InstanceSettings("a", env={"TOKEN": "hidden"}),),
    }
    text = exported_text(in_file, 1, secrets=False)
    assert "hidden" not in text
    assert "api_keys, lingma_accounts" in text
    assert read(text) == {"version": 1, "port": 1, "instances": [{"name": "a", "kind": "lingma"}]}
    whole = exported_text(in_file, 1, secrets=True)
    assert whole.count("hidden") == 3
    assert read(whole)["instances"][0]["env"] == {"TOKEN": "hidden"}


def test_every_setting_says_where_it_belongs_and_when_it_counts() -> None:
    specs = setting_specs()
    assert all(spec.about and spec.group and spec.effect for spec in specs)
    assert {spec.name for spec in specs if spec.file_only} == {"instances"}
    for spec in specs:
        assert spec.read(plain(spec.default)) == spec.default


def test_a_table_of_an_instance_has_every_field() -> None:
    full = InstanceSettings("a", "acp", "x", ("1",), {"K": "v"}, "w", ("m",), "mode", "in", "i")
    assert list(plain(full)) == [f.name for f in fields(full)]
