"""Edits of the `[[instances]]` of a settings file, by splicing: comments stay. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, Final

from gateway_engine.setting_values import InstanceSettings, instance_ids
from gateway_engine.settings_proof import plain, prove
from gateway_engine.splicing import toml_lists, toml_tables, toml_text
from gateway_engine.splicing.edits import RefusedEditError
from gateway_engine.splicing.toml_text import content_of

INSTANCES: Final = "instances"


@dataclass(frozen=True, slots=True)
class InstanceEntry:
    """One instance as it shall be; `place` is where it stands in the file now, None if nowhere."""

    settings: InstanceSettings
    place: int | None = None


@dataclass(frozen=True, slots=True)
class InstanceMove:
    """What befalls an instance: it comes, it goes, or its `fields` get other values; nothing of
    that where only their order is another.
    """

    name: str
    comes: bool = False
    goes: bool = False
    fields: tuple[str, ...] = ()


def instance_moves(
    before: Sequence[InstanceSettings], after: Sequence[InstanceSettings]
) -> tuple[InstanceMove, ...]:
    """Tell what is different, by what the gateway calls the instances."""
    old = dict(zip(instance_ids(tuple(before)), before, strict=True))
    new = dict(zip(instance_ids(tuple(after)), after, strict=True))
    found = []
    for name, own in new.items():
        if name not in old:
            found.append(InstanceMove(own.name, comes=True))
            continue
        changed = tuple(field for field in _changes(old[name], own) if field != "id")
        if changed:
            found.append(InstanceMove(old[name].name, fields=changed))
    found += [InstanceMove(own.name, goes=True) for name, own in old.items() if name not in new]
    return tuple(found)


def with_instance(text: str, instance: InstanceSettings) -> str:
    """Return `text` with one more entry of `[[instances]]`. Raises RefusedEditError."""
    entry = plain(instance)
    before = content_of(text)
    present = list(before.get(INSTANCES, []))
    if present and not toml_tables.count(text, INSTANCES):
        done = _with_list(text, [*present, entry])
    else:
        if not present:
            text = _without_list(text)  # an empty one would be in the way
        done = toml_tables.add(text, INSTANCES, entry)
    prove(done, before | {INSTANCES: [*present, entry]})
    return done


def without_instance(text: str, index: int) -> str:
    """Return `text` without this entry of `[[instances]]`. Raises RefusedEditError."""
    before = content_of(text)
    left = [e for number, e in enumerate(before.get(INSTANCES, [])) if number != index]
    if toml_tables.count(text, INSTANCES):
        done = toml_tables.remove(text, INSTANCES, index)
    elif left:
        done = _with_list(text, left)
    else:
        done = _without_list(text)
    wanted = {k: v for k, v in before.items() if k != INSTANCES}
    prove(done, wanted | ({INSTANCES: left} if left else {}))
    return done


def with_instance_fields(text: str, index: int, changes: Mapping[str, Any]) -> str:
    """Return `text` with fields of this entry set; what is "" or empty leaves it. Raises
    RefusedEditError.
    """
    before = content_of(text)
    entries = [dict(entry) for entry in before.get(INSTANCES, [])]
    if not 0 <= index < len(entries):
        raise RefusedEditError(f"there is no instance {index} in the file")
    done = text
    for key, value in changes.items():
        if value:
            entries[index][key] = plain(value)
        else:
            entries[index].pop(key, None)
        if toml_tables.count(text, INSTANCES):
            edit = toml_tables.put if value else toml_tables.drop
            arguments = (plain(value),) if value else ()
            done = edit(done, INSTANCES, index, key, *arguments)
    if not toml_tables.count(text, INSTANCES):
        done = _with_list(text, entries)
    prove(done, before | {INSTANCES: entries})
    return done


def arranged(
    text: str, present: Sequence[InstanceSettings], entries: Sequence[InstanceEntry]
) -> str:
    """Return `text` with these instances in this order, `present` being those that it has.

    Of an entry that stays only the fields that differ are written; it moves with its comments.
    Raises RefusedEditError.
    """
    for entry in entries:
        if entry.place is not None:
            changes = _changes(present[entry.place], entry.settings)
            text = with_instance_fields(text, entry.place, changes) if changes else text
    kept = [entry.place for entry in entries if entry.place is not None]
    order = [*kept]
    for place in reversed(range(len(present))):
        if place not in kept:
            text = without_instance(text, place)
            order = [each - (each > place) for each in order]
    count, wanted = len(kept), iter(order)
    final: list[int] = []
    for entry in entries:
        if entry.place is not None:
            final.append(next(wanted))
            continue
        text = with_instance(text, entry.settings)
        final.append(count)
        count += 1
    return _in_order(text, final)


def _changes(before: InstanceSettings, after: InstanceSettings) -> dict[str, Any]:
    names = [f.name for f in fields(InstanceSettings)]
    return {n: getattr(after, n) for n in names if getattr(before, n) != getattr(after, n)}


def _in_order(text: str, order: Sequence[int]) -> str:
    if list(order) == sorted(order):
        return text
    before = content_of(text)
    moved = [before[INSTANCES][index] for index in order]
    if toml_tables.count(text, INSTANCES):
        done = toml_tables.arrange(text, INSTANCES, order)
    else:
        done = _with_list(text, moved)
    prove(done, before | {INSTANCES: moved})
    return done


def _with_list(text: str, entries: Sequence[Any]) -> str:
    """All of them in one list, in its own layout."""
    return toml_lists.put(text, INSTANCES, entries)


def _without_list(text: str) -> str:
    return toml_text.drop(toml_text.comments_above(text, (INSTANCES,)), (INSTANCES,))
