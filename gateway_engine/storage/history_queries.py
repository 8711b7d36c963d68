"""What is read of the history's tables. Everything here runs on the database's thread."""

from dataclasses import fields
from typing import Any, Final

from gateway_engine.inspector.query import (
    CLIENT_LEFT,
    FAILED,
    GOOD,
    MAX_CHOICES,
    RecordPage,
    RecordQuery,
    Survey,
    status_range,
)
from gateway_engine.inspector.record import Summary
from gateway_engine.storage.database import Statements

COLUMNS: Final = tuple(f.name for f in fields(Summary))
_SELECT: Final = f"SELECT {', '.join(COLUMNS)} FROM requests"  # noqa: S608 - our own names


def find(statements: Statements, query: RecordQuery) -> RecordPage:
    """Return one page, in the order that the query wants."""
    where, values = _conditions(query)
    if query.before:
        where.append("seq < (SELECT seq FROM requests WHERE id = ?)")
        values.append(query.before)
    if query.after:
        where.append("seq > (SELECT seq FROM requests WHERE id = ?)")
        values.append(query.after)
    order = "ASC" if query.after else "DESC"
    sql = f"{_SELECT}{_where(where)} ORDER BY seq {order} LIMIT ?"
    found = statements.rows(sql, *values, query.limit + 1)
    page = tuple(_summary(row) for row in found[: query.limit])
    return RecordPage(page, page[-1].id if len(found) > len(page) else "")


def survey(statements: Statements, query: RecordQuery, locate: str) -> Survey:
    """Return how many there are now, and where `locate` is among them."""
    where, values = _conditions(query)
    count = "SELECT COUNT(*) FROM requests"
    place = None
    one = statements.rows(
        f"SELECT started_at, seq FROM requests{_where([*where, 'id = ?'])}",  # noqa: S608
        *values,
        locate,
    )
    if one:
        newer = [*where, "(started_at, seq) > (?, ?)"]
        place = statements.rows(f"{count}{_where(newer)}", *values, *one[0])[0][0]
    return Survey(
        total=statements.rows(f"{count}{_where(where)}", *values)[0][0],
        anchor=statements.rows("SELECT MAX(seq) FROM requests")[0][0] or 0,
        place=place,
        protocols=_names(statements, "protocol"),
        clients=_names(statements, "client"),
        instances=_names(statements, "instance"),
    )


def stretch(
    statements: Statements, query: RecordQuery, anchor: int, offset: int, limit: int
) -> tuple[Summary, ...]:
    """Return what stands from `offset` on among what was there at `anchor`."""
    where, values = _conditions(query)
    # Without a condition on other columns the skipped ones are counted in the index alone.
    sql = f"{_SELECT}{_where([*where, 'seq <= ?'])} ORDER BY started_at DESC, seq DESC"
    found = statements.rows(f"{sql} LIMIT ? OFFSET ?", *values, anchor, limit, offset)
    return tuple(_summary(row) for row in found)


def get(statements: Statements, record_id: str) -> tuple[Summary, bytes | None] | None:
    """Return one record's line and its packed details."""
    found = statements.rows(f"{_SELECT} WHERE id = ?", record_id)
    if not found:
        return None
    content = statements.rows(
        "SELECT content FROM details WHERE seq = (SELECT seq FROM requests WHERE id = ?)", record_id
    )
    return _summary(found[0]), content[0][0] if content else None


def _conditions(query: RecordQuery) -> tuple[list[str], list[Any]]:
    where: list[str] = []
    values: list[Any] = []
    if query.status == FAILED:
        where.append(f"error_code <> '' AND status <> {CLIENT_LEFT}")
    elif query.status == GOOD:
        where.append("error_code = ''")
    elif query.status:
        where.append("status BETWEEN ? AND ?")
        values += status_range(query.status)
    for column in ("protocol", "client", "instance"):
        value = getattr(query, column)
        if value:
            where.append(f"{column} = ?")
            values.append(value)
    if query.pinned:
        where.append("pinned")
    if query.since:
        where.append("started_at >= ?")
        values.append(query.since)
    if query.text:
        where.append("instr((SELECT text FROM searched s WHERE s.seq = requests.seq), ?) > 0")
        values.append(query.text.casefold())
    return where, values


def _where(conditions: list[str]) -> str:
    return f" WHERE {' AND '.join(conditions)}" if conditions else ""


def _names(statements: Statements, column: str) -> tuple[str, ...]:
    found = statements.rows(
        f"SELECT DISTINCT {column} FROM requests WHERE {column} <> ''"  # noqa: S608 - our own names
        f" ORDER BY {column} LIMIT {MAX_CHOICES}"
    )
    return tuple(name for (name,) in found)


def _summary(row: tuple[Any, ...]) -> Summary:
    values = dict(zip(COLUMNS, row, strict=True))
    return Summary(**values | {"stream": bool(values["stream"]), "pinned": bool(values["pinned"])})
