"""Columns that are chosen, or have room."""

import pytest

from desktop.models.request_cells import Column
from desktop.panels.requests_columns import WIDTHS_EM, ColumnChoice, parse_choice

HEADS = dict.fromkeys(Column, 40)


def test_what_was_kept_comes_back() -> None:
    choice = ColumnChoice(frozenset({Column.TIME, Column.MODEL}), {Column.MODEL: 300})
    assert parse_choice(choice.text()) == choice
    assert parse_choice(ColumnChoice().text()) == ColumnChoice()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no json",
        "[]",
        '{"shown": 3, "widths": []}',
        '{"shown": ["nothing"]}',
        '{"widths": {"model": -5, "time": "wide", "x": 90, "total": 99999}}',
    ],
)
def test_nonsense_is_ignored(text: str) -> None:
    assert parse_choice(text) == ColumnChoice()


def test_all_columns_are_shown_where_there_is_room() -> None:
    widths = ColumnChoice().fitted(3000, 16, HEADS)
    assert set(widths) == set(Column)
    assert sum(widths.values()) <= 3000


@pytest.mark.parametrize("room", range(120, 2000, 90))
def test_what_is_shown_has_room_and_the_most_important_stays(room: int) -> None:
    widths = ColumnChoice().fitted(room, 16, HEADS)
    assert {Column.TIME, Column.STATUS, Column.MODEL} <= set(widths)
    if room > 400:
        assert sum(widths.values()) <= room


def test_what_the_user_chose_is_shown_as_wide_as_chosen() -> None:
    choice = ColumnChoice(frozenset(Column), {Column.SESSION: 200})
    widths = choice.fitted(300, 16, HEADS)
    assert set(widths) == set(Column)
    assert widths[Column.SESSION] == 200
    assert ColumnChoice().fitted(3000, 16, {**HEADS, Column.SESSION: 150})[Column.SESSION] == 150


def test_what_is_to_spare_goes_to_the_models_first() -> None:
    usual = {column: round(em * 14) for column, em in WIDTHS_EM.items()}
    widths = ColumnChoice().fitted(880, 14, HEADS)
    assert widths[Column.MODEL] > usual[Column.MODEL]
    assert widths[Column.STATUS] == usual[Column.STATUS]


def test_a_model_is_not_cut_for_the_sake_of_a_lesser_column() -> None:
    widths = ColumnChoice().fitted(68 * 15, 15, HEADS)
    assert widths[Column.MODEL] >= round(WIDTHS_EM[Column.MODEL] * 15)
    assert Column.TOKENS_IN not in widths


def test_before_the_timeline_goes_the_model_gives_way() -> None:
    few = (Column.TIME, Column.STATUS, Column.MODEL, Column.TIMELINE)
    whole = sum(round(WIDTHS_EM[column] * 15) for column in few)
    assert Column.TIMELINE in ColumnChoice().fitted(whole - 30, 15, HEADS)
    assert Column.TIMELINE not in ColumnChoice().fitted(whole - 60, 15, HEADS)
