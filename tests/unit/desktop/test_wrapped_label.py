"""The end of a paragraph stays together; what is read of it is what was said."""

import pytest

from desktop.widgets.wrapped_label import with_its_end_together


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("仅您本人可读。", "仅您本人\u2060可\u2060读。"),
        ("浏览器在另一台机器上）", "浏览器在另一台机\u2060器\u2060上）"),
        ("Its answer streams in here.", "Its answer streams in\u00a0here."),
        ("Longest delay, 15 s", "Longest delay, 15\u00a0s"),
        ("It ends with a long-winded one", "It ends with a long-winded\u00a0one"),
        ("It ends with something", "It ends with\u00a0something"),
        ("It ends with instructions", "It ends with instructions"),
        ("/home/li/a-folder/local-secrets.json it", "/home/li/a-folder/local-secrets.json it"),
        ("", ""),
    ],
)
def test_a_last_line_is_never_one_character_or_a_short_word(said: str, shown: str) -> None:
    together = with_its_end_together(said)
    assert together == shown
    assert together.replace("\u2060", "").replace("\u00a0", " ") == said


def test_each_paragraph_ends_so() -> None:
    assert with_its_end_together("使用文件中的值。\n在另一台机器上").count("\u2060") == 4
    assert with_its_end_together("It is so.\nIt stays so.").count("\u00a0") == 2
