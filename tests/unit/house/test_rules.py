"""The rules of tests/support/house_rules.py hold for every file, and each of them can fail."""

from collections.abc import Callable, Iterator

import pytest

from tests.support import house_rules as rules

TextRule = Callable[[str, str], Iterator[str]]

# Each rule with a text it must refuse and one it must let pass.
CODE_RULES: list[tuple[TextRule, str, str]] = [
    (rules.too_long, "x = 1\n" * (rules.MAX_LINES + 1), "x = 1\n" * rules.MAX_LINES),
    (
        rules.silent_except,
        "try:\n    f()\nexcept ValueError:\n    pass\n",
        "try:\n    f()\nexcept ValueError:\n    g()\n",
    ),
    (rules.silent_except, "try:\n    f()\nexcept ValueError:\n    ...\n", "def f(): ...\n"),
]
TEXT_RULES: list[tuple[TextRule, str, str]] = [
    (rules.unfinished, f"# {rules.UNFINISHED[0]}: later", "todo list"),
    (rules.registry_host, f"https://{rules.REGISTRY_HOSTS[0]}/simple", "https://example.org"),
    (rules.machine_path, f"see {rules.MACHINE_PATHS[0]}main", "docs/work/main"),
    (rules.machine_path, f"see {rules.ROOT}", "/opt/homebrew/bin"),
]


def _id(case: object) -> str:
    return getattr(case, "__name__", "")


def _rules(cases: list[tuple[TextRule, str, str]]) -> list[TextRule]:
    return list(dict.fromkeys(rule for rule, _, _ in cases))


@pytest.mark.parametrize(("rule", "bad", "good"), [*CODE_RULES, *TEXT_RULES], ids=_id)
def test_the_rule_can_fail(rule: TextRule, bad: str, good: str) -> None:
    assert list(rule("module.py", bad))
    assert not list(rule("module.py", good))


@pytest.mark.parametrize("name", ["a/utils.py", "a/base/x.py", "connection_manager.py"])
def test_a_vague_name_is_refused(name: str) -> None:
    assert list(rules.vague_name(name))


def test_a_name_that_says_something_is_not_refused() -> None:
    assert not list(rules.vague_name("gateway_engine/database.py"))


@pytest.mark.parametrize("rule", _rules(CODE_RULES), ids=_id)
def test_every_module_keeps(rule: TextRule) -> None:
    found = [
        problem
        for path in rules.modules()
        for problem in rule(path.relative_to(rules.ROOT).as_posix(), path.read_text("utf-8"))
    ]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("rule", _rules(TEXT_RULES), ids=_id)
def test_every_tracked_text_keeps(rule: TextRule) -> None:
    found: list[str] = []
    for path in rules.tracked_files():
        try:
            text = path.read_text("utf-8")
        except UnicodeDecodeError:
            continue  # a picture or a recorded byte stream
        found += rule(path.relative_to(rules.ROOT).as_posix(), text)
    assert not found, "\n".join(found)


def test_every_module_is_named_for_what_is_in_it() -> None:
    names = [path.relative_to(rules.ROOT).as_posix() for path in rules.modules()]
    assert names
    found = [problem for name in names for problem in rules.vague_name(name)]
    assert not found, "\n".join(found)


def test_a_long_module_has_a_reason_and_is_still_long() -> None:
    for name, reason in rules.LONG_MODULES.items():
        text = (rules.ROOT / name).read_text("utf-8")
        assert len(reason) > 20, f"{name}: the reason says too little"
        assert len(text.splitlines()) > rules.MAX_LINES, f"{name} needs no entry any more"


@pytest.mark.parametrize("folder", ["packaging", "tests/packaging"])
def test_nothing_shadows_the_packaging_library(folder: str) -> None:
    # A folder of that name with an __init__.py hides the library that pip and PyInstaller import.
    assert not list((rules.ROOT / folder).rglob("__init__.py"))


def test_allowed_skips_name_files_that_exist() -> None:
    from tests.support.strict_outcomes import DEFAULT_LIST, parse_allowed_skips

    for entry in parse_allowed_skips(DEFAULT_LIST.read_text("utf-8")):
        file = entry.pattern.partition("::")[0]
        assert list(rules.ROOT.glob(file)), f"no test file {file}"
