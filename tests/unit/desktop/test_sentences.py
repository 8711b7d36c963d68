"""Sentences in a row: a space between them, where their language has one."""

from desktop.sentences import in_a_row, listed, remarked, titled


def test_a_space_between_sentences_and_none_after_chinese_punctuation() -> None:
    assert in_a_row("It is so.", "", "It stays so.") == "It is so. It stays so."
    assert in_a_row("就这样。", "保持不变。") == "就这样。保持不变。"
    assert in_a_row("", "") == ""
    assert in_a_row("Alone.") == "Alone."


def test_a_title_ends_before_what_follows_it() -> None:
    assert titled("Nothing was changed", "Try again.") == "Nothing was changed. Try again."
    assert titled("Nothing was changed", "") == "Nothing was changed"


def test_a_list_and_a_remark_have_the_comma_of_their_language() -> None:
    assert listed(["Port", "Admin token", "Mode {x}"]) == "Port, Admin token, Mode {x}"
    assert listed([]) == ""
    assert remarked("Timeline", "20 s") == "Timeline, 20 s"
