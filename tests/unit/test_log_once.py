"""A record is formatted once for all who ask, and never in another's words."""

import json
import logging
import weakref

from gateway_engine.log import JsonLines, Redaction


def record(message: str) -> logging.LogRecord:
    return logging.makeLogRecord({"msg": message, "levelname": "INFO"})


def test_every_record_gets_its_own_line() -> None:
    formatter = JsonLines(Redaction())
    first, second = record("one"), record("two")
    asked = [formatter.format(r) for r in (first, first, second, first)]
    assert [json.loads(line)["message"] for line in asked] == ["one", "one", "two", "one"]


def test_a_record_at_the_address_of_a_dead_one_is_another() -> None:
    formatter = JsonLines(Redaction())
    said = [json.loads(formatter.format(record(str(n))))["message"] for n in range(100)]
    assert said == [str(n) for n in range(100)]


def test_the_last_record_is_not_kept_alive() -> None:
    formatter = JsonLines(Redaction())
    last = record("gone")
    formatter.format(last)
    watched = weakref.ref(last)
    del last
    assert watched() is None
