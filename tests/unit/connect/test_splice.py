"""Edits of settings files: nothing but our keys changes, whatever else stands there."""

import json
import tomllib
from collections.abc import Sequence
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway_engine.connect import jsonc, yaml_text
from gateway_engine.connect.merge import undo
from gateway_engine.connect.splice import (
    Applied,
    Format,
    Leaf,
    Reverted,
    apply_edits,
    drifted,
    load,
    revert,
)
from gateway_engine.splicing import toml_text
from gateway_engine.splicing.edits import Edit, Item, RefusedEditError, leaves, tree_of
from tests.unit.connect import configs

CASES = {
    Format.JSONC: (configs.jsonc_texts(), configs.JSON_EDITS),
    Format.TOML: (configs.toml_texts(), configs.TOML_EDITS),
    Format.YAML: (configs.yaml_texts(), configs.YAML_EDITS),
}
ADDITION = {
    Format.JSONC: '"added by user": [1, 2], // theirs\n',
    Format.TOML: "added_by_user = 1 # theirs\n",
    Format.YAML: "added_by_user: [1] # theirs\n",
}
MODULES: dict[Format, Any] = {
    Format.JSONC: jsonc, Format.TOML: toml_text, Format.YAML: yaml_text
}  # fmt: skip
SPOILS = (
    "", "{", "}", '"', "'", "#", "//", "\n", ":", "- ", "[", "=", "\x00", "&a ", "*a", "/*", "\\",
    ",", "\u2028",
)  # fmt: skip
MANY = settings(max_examples=60)


def leaves_of(edits: Sequence[Edit], applied: Applied) -> tuple[Leaf, ...]:
    return tuple(
        Leaf(edit.path, (tree_of(edit.value),), before)
        for edit, before in zip(leaves(edits), applied.before, strict=True)
    )


def undone(current: str, form: Format, before: str, edits: Sequence[Edit]) -> Reverted:
    applied = apply_edits(before, form, edits)
    found = leaves_of(edits, applied)
    return undo(current, form, before=before, after=applied.text, found=found, made=applied.made)


def some_edits(data: st.DataObject, form: Format) -> list[Edit]:
    return data.draw(
        st.lists(st.sampled_from(CASES[form][1]), min_size=1, unique_by=lambda e: e.path)
    )


def is_subsequence(part: Sequence[str], whole: Sequence[str]) -> bool:
    rest = iter(whole)
    return all(each in rest for each in part)


@pytest.mark.parametrize("form", list(Format))
@MANY
@given(data=st.data())
def test_apply_keeps_every_line_that_is_not_ours(form: Format, data: st.DataObject) -> None:
    text = data.draw(CASES[form][0])
    edits = some_edits(data, form)
    applied = apply_edits(text, form, edits)
    # What was there is still there, character by character and in order, but for values of ours.
    then, now = text, applied.text
    for before in applied.before:
        if before.source is not None:
            then = MODULES[form].put_source(then, before.path, "0")
            now = MODULES[form].put_source(now, before.path, "0")
    assert is_subsequence(then, now)
    if form is Format.JSONC:
        assert configs.jsonc_comments(now) == configs.jsonc_comments(then)
    assert ("\r\n" in applied.text) >= ("\r\n" in text)
    assert applied.text.startswith("\ufeff") == text.startswith("\ufeff")
    again = apply_edits(applied.text, form, edits)
    assert load(again.text, form) == load(applied.text, form)


@pytest.mark.parametrize("form", list(Format))
@MANY
@given(data=st.data())
def test_undo_without_further_edits_gives_the_same_bytes(form: Format, data: st.DataObject) -> None:
    text = data.draw(CASES[form][0])
    edits = some_edits(data, form)
    assert undone(apply_edits(text, form, edits).text, form, text, edits) == Reverted(text, ())


@pytest.mark.parametrize("form", list(Format))
@MANY
@given(data=st.data())
def test_undo_key_by_key_says_what_was_said_before(form: Format, data: st.DataObject) -> None:
    """The way that is taken when a client has written its file anew."""
    text = data.draw(CASES[form][0])
    edits = some_edits(data, form)
    applied = apply_edits(text, form, edits)
    result = revert(applied.text, form, leaves_of(edits, applied), applied.made)
    assert result.kept == ()
    assert load(result.text, form) == load(text, form)
    if form is Format.JSONC:
        assert configs.jsonc_comments(result.text) == configs.jsonc_comments(text)
    # Where there was no value at all, an empty one stays.
    spare = ["{}"] if load(text, form) == tree_of({}) and "{" not in text else []
    assert result.text.split() in (text.split(), [*text.split(), *spare])


@pytest.mark.parametrize("form", list(Format))
@MANY
@given(data=st.data())
def test_what_the_user_adds_survives(form: Format, data: st.DataObject) -> None:
    text = data.draw(CASES[form][0])
    edits = some_edits(data, form)
    addition = ADDITION[form]
    wanted = configs.edited(text, addition)
    try:
        load(wanted, form)
    except RefusedEditError:
        return  # the mark stood where no member of theirs can stand
    after = apply_edits(text, form, edits).text
    if configs.MARK in text and configs.MARK not in after:
        return  # it stood in an old value of our keys, where nobody goes on editing
    current = configs.edited(after, addition)
    try:
        load(current, form)
    except RefusedEditError:
        return
    result = undone(current, form, text, edits)
    assert load(result.text, form) == load(wanted, form)
    assert result.text.split() == wanted.split()


@MANY
@given(text=configs.jsonc_texts(), data=st.data())
def test_a_client_that_writes_its_file_anew_loses_nothing(text: str, data: st.DataObject) -> None:
    edits = some_edits(data, Format.JSONC)
    current = plain(apply_edits(text, Format.JSONC, edits).text)
    if not isinstance(current, dict):
        return
    written = json.dumps({"first": 1, **current, "last": {"env": {}}})
    result = undone(written, Format.JSONC, text, edits)
    assert result.kept == ()
    assert plain(result.text) == {"first": 1, **plain(text), "last": {"env": {}}}


def plain(text: str) -> Any:
    """Another reading of JSONC, of the tests' own."""
    kept, position, string = "", 0, False
    while position < len(text):
        two = text[position : position + 2]
        if string:
            kept += two if two[0] == "\\" else two[0]
            position += 2 if two[0] == "\\" else 1
            string = two[0] != '"'
            continue
        if two == "//":
            position = text.find("\n", position) if "\n" in text[position:] else len(text)
        elif two == "/*":
            position = text.index("*/", position) + 2
        else:
            string = two[0] == '"'
            if two[0] in "]}":
                kept = kept.rstrip().removesuffix(",")
            kept += two[0] if two[0] != "\ufeff" else ""
            position += 1
    return json.loads(kept) if kept.strip() else {}


def test_a_key_the_user_changed_stays() -> None:
    edits = configs.JSON_EDITS[:2]
    text = '{\n  // mine\n  "env": {"URL": "old"}\n}\n'
    current = apply_edits(text, Format.JSONC, edits).text.replace("http://127.0.0.1:8317", "else")
    result = undone(current, Format.JSONC, text, edits)
    assert result.kept == (("env", "URL"),)
    assert result.text == '{\n  // mine\n  "env": {"URL": "else"}\n}\n'
    applied = apply_edits(text, Format.JSONC, edits)
    assert drifted(current, Format.JSONC, leaves_of(edits, applied)) == (("env", "URL"),)
    assert drifted(applied.text, Format.JSONC, leaves_of(edits, applied)) == ()


def test_what_the_user_put_into_our_own_entry_stays() -> None:
    edits = [configs.JSON_EDITS[2]]
    current = apply_edits("{}\n", Format.JSONC, edits).text.replace(
        '"npm": "n",', '"npm": "n", "mine": true,'
    )
    result = undone(current, Format.JSONC, "{}\n", edits)
    assert json.loads(result.text) == {"provider": {"ours": {"mine": True}}}


def test_codex_as_people_keep_it() -> None:
    text = '# mine\nmodel = "o3" # best\n\n[projects."/x"]\ntrust_level = "trusted"\n'
    done = apply_edits(text, Format.TOML, configs.TOML_EDITS[:4]).text
    assert tomllib.loads(done)["model_providers"]["ours"]["name"] == 'Our "own"'
    assert done.startswith('# mine\nmodel = "auto" # best\nmodel_provider = "ours"\n')


@pytest.mark.parametrize(
    ("form", "text", "words"),
    [
        (Format.JSONC, "{", "no JSON"),
        (Format.JSONC, '{"env": [1]}', "no object"),
        (Format.JSONC, '{"env": {"URL": 1, "URL": 2}}', "twice"),
        (Format.JSONC, "{} {}", "no JSON"),
        (Format.JSONC, "[" * 500, "no JSON"),
        (Format.JSONC, '{"a": }', "no "),
        (Format.TOML, "model = ", "no TOML"),
        (Format.TOML, "model_providers = {}", "stands where"),
        (Format.TOML, "model_providers = { ours = { url = 'x' } }", "stands where"),
        (Format.YAML, "- 1\n", "no mapping"),
        (Format.YAML, "{a: 1}\n", "in braces"),
        (Format.YAML, "a: 1\n---\nb: 1\n", "no YAML"),
        (Format.YAML, "model: [a]\n", "no plain value"),
        (Format.YAML, "model: a\nmodel: b\n", "twice"),
        (Format.YAML, "a: &a [*a]\n", "aliases"),
        (Format.YAML, "models: text\n", "no list"),
    ],
)
def test_what_cannot_be_edited_safely_is_refused(form: Format, text: str, words: str) -> None:
    with pytest.raises(RefusedEditError, match=words):
        apply_edits(text, form, CASES[form][1])


def test_strict_comparison() -> None:
    assert len({tree_of(value) for value in (1, 1.0, True, "1", None, "None")}) == 6
    assert tree_of({"a": 1, "b": 2}) != tree_of({"b": 2, "a": 1})


def test_an_entry_of_ours_is_replaced_whole() -> None:
    text = "models:\n  - name: Ours\n    url: old\n  - name: z\n"
    edit = Edit(("models", Item("name", "Ours")), {"name": "Ours", "url": "new"})
    done = apply_edits(text, Format.YAML, [edit]).text
    assert yaml.safe_load(done) == {"models": [{"name": "Ours", "url": "new"}, {"name": "z"}]}


@pytest.mark.parametrize("form", list(Format))
@MANY
@given(data=st.data())
def test_spoilt_files_are_edited_safely_or_refused(form: Format, data: st.DataObject) -> None:
    """Nothing but a refusal comes of any text; what comes of an edit passes its own proof."""
    text = data.draw(CASES[form][0])
    edits = some_edits(data, form)
    after = apply_edits(text, form, edits).text
    for spoilt in (spoilt_text(data, text), spoilt_text(data, after)):
        try:
            applied = apply_edits(spoilt, form, edits)
            result = undone(spoilt_text(data, applied.text), form, spoilt, edits)
        except RefusedEditError:
            continue
        assert isinstance(result.text, str)


def spoilt_text(data: st.DataObject, text: str) -> str:
    """`text` with a few characters taken out, doubled or put in."""
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(text)))
        end = data.draw(st.integers(at, min(len(text), at + 5)))
        put = data.draw(st.sampled_from(SPOILS))
        text = text[:at] + put + text[end:]
    return text


def test_what_the_user_added_after_a_last_line_without_an_end_keeps_its_own_line() -> None:
    text = "[tui]\ntheme = 'x'"
    current = apply_edits(text, Format.TOML, configs.TOML_EDITS).text + "# mine\n"
    result = undone(current, Format.TOML, text, configs.TOML_EDITS)
    assert result.text == "[tui]\ntheme = 'x'\n# mine\n"


def test_a_container_of_ours_that_the_user_emptied_goes() -> None:
    edits = [configs.JSON_EDITS[2]]
    current = json.loads(apply_edits("{}", Format.JSONC, edits).text)
    del (
        current["provider"]["ours"]["options"]["url"],
        current["provider"]["ours"]["options"]["list"],
    )
    current["provider"]["mine"] = 1
    result = undone(json.dumps(current, indent=1), Format.JSONC, "{}", edits)
    assert json.loads(result.text) == {"provider": {"mine": 1}}


def test_keys_join_a_table_that_is_made_by_dots() -> None:
    edits = configs.TOML_EDITS[2:4]
    for text in (
        "model_providers.ours.extra = 1 # mine\n[tui]\n",
        "[model_providers]\n  other.url = 'x'\n  ours.extra = 1\n\n[tui]\na = 1\n",
        "model_providers.ours.headers.X = 'y'",
    ):
        done = apply_edits(text, Format.TOML, edits).text
        assert tomllib.loads(done)["model_providers"]["ours"]["name"] == 'Our "own"'
        assert is_subsequence(text.split(), done.split())
        assert undone(done + "# more", Format.TOML, text, edits).text.split() == [
            *text.split(), "#", "more"
        ]  # fmt: skip


def test_a_yaml_file_that_ends_in_a_text_block_is_added_to_at_its_head() -> None:
    text = "# mine\nrules:\n  - |\n    Be brief.\n    Always."
    done = apply_edits(text, Format.YAML, configs.YAML_EDITS).text
    assert done.endswith(text.removeprefix("# mine\n"))
    assert yaml.safe_load(done)["rules"] == ["Be brief.\nAlways."]
    assert undone(done + "\n", Format.YAML, text, configs.YAML_EDITS).text == text + "\n"


def test_an_entry_with_a_comment_behind_it_is_replaced_and_restored() -> None:
    edits = [Edit(("models", Item("name", "Ours")), {"name": "Ours", "url": "new"})]
    text = "models:\n  - name: Ours\n    url: old # mine\n  - name: z\n"
    done = apply_edits(text, Format.YAML, edits).text
    assert yaml.safe_load(done) == {"models": [{"name": "Ours", "url": "new"}, {"name": "z"}]}
    assert "# mine" in done
    current = done.replace('"new"', '"new"  # and here')
    back = undone(current, Format.YAML, text, edits).text
    assert yaml.safe_load(back) == yaml.safe_load(text)
    assert "# mine" in back
    assert "# and here" in back
