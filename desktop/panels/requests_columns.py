"""Which columns of the table are shown and how wide: chosen by the user, else what has room."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from desktop.models.request_cells import Column

WIDTHS_EM = {
    Column.TIME: 7.2,
    Column.STATUS: 9.0,
    Column.CLIENT: 7.0,
    Column.PROTOCOL: 9.2,
    Column.MODEL: 11.5,
    Column.INSTANCE: 5.0,
    Column.SESSION: 4.0,
    Column.FIRST_TOKEN: 5.6,
    Column.TOTAL: 5.0,
    Column.TOKENS_IN: 5.0,
    Column.TOKENS_OUT: 5.2,
    Column.TIMELINE: 6.5,
}
"""Usual widths in line heights of the type; the timeline takes what is left."""
FIRST_TO_GO = (
    Column.SESSION,
    Column.INSTANCE,
    Column.TOKENS_IN,
    Column.PROTOCOL,
    Column.TOKENS_OUT,
    Column.FIRST_TOKEN,
    Column.CLIENT,
    Column.TOTAL,
    Column.TIMELINE,
)
MOST_EM = {Column.MODEL: 16.0, Column.STATUS: 18.0, Column.CLIENT: 11.0, Column.PROTOCOL: 10.5}
"""So wide these may grow where there is room, in this order: a status has a short form, a model
that answered in place of another has none."""
MODEL_GIVES_EM = 2.5
"""So much narrower the model stands before the timeline goes."""
LEAST_EM = 5.0
TIMELINE_SHARE = 0.13
LEAST_PX, MOST_PX = 32, 2000


@dataclass(frozen=True, slots=True)
class ColumnChoice:
    """`shown` None: as many as have room. `widths` are those the user has drawn, in pixels."""

    shown: frozenset[Column] | None = None
    widths: Mapping[Column, int] = field(default_factory=dict)

    def fitted(self, room: int, em: int, heads: Mapping[Column, int]) -> dict[Column, int]:
        """The columns to show in `room` pixels, and their widths.

        A line of the type is `em` pixels high, and the heads need that much.
        """
        widths = {
            column: self.widths.get(column, max(round(WIDTHS_EM[column] * em), heads[column]))
            for column in Column
            if self.shown is None or column in self.shown
        }
        if self.shown is None:
            for column in FIRST_TO_GO:
                over = sum(widths.values()) - room
                if column is Column.TIMELINE and Column.MODEL not in self.widths:
                    widths[Column.MODEL] -= min(max(0, over), round(MODEL_GIVES_EM * em))
                if sum(widths.values()) > room:
                    del widths[column]
            last = max(widths)
            narrow = room - sum(widths.values()) + widths[last]
            widths[last] = min(widths[last], max(narrow, round(LEAST_EM * em)))
        kept = max(widths.get(Column.TIMELINE, 0), round(room * TIMELINE_SHARE))
        spare = room - kept - sum(widths[each] for each in widths if each is not Column.TIMELINE)
        for column, most in MOST_EM.items():
            if column in widths and column not in self.widths and spare > 0:
                more = min(spare, max(0, round(most * em) - widths[column]))
                widths[column] += more
                spare -= more
        return widths

    def text(self) -> str:
        """To be kept."""
        shown = None if self.shown is None else _names(self.shown)
        widths = {column.name.lower(): width for column, width in self.widths.items()}
        return json.dumps({"shown": shown, "widths": widths})


def parse_choice(text: str) -> ColumnChoice:
    """What was kept; nonsense is ignored."""
    try:
        kept = json.loads(text)
    except ValueError:
        return ColumnChoice()
    if not isinstance(kept, dict):
        return ColumnChoice()
    columns = {column.name.lower(): column for column in Column}
    names, widths = kept.get("shown"), kept.get("widths")
    shown = None
    if isinstance(names, list):
        shown = frozenset(columns[name] for name in names if name in columns) or None
    return ColumnChoice(
        shown,
        {
            columns[name]: width
            for name, width in (widths.items() if isinstance(widths, dict) else ())
            if name in columns and isinstance(width, int) and LEAST_PX <= width <= MOST_PX
        },
    )


def _names(columns: Iterable[Column]) -> list[str]:
    return [column.name.lower() for column in sorted(columns)]
