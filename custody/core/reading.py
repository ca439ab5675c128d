"""Reads JSON values into the records and acts that the vocabulary declares, and refuses the rest."""

import re
import typing
from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any, TypeVar

from custody.core import times
from custody.core.errors import MalformedError
from custody_schemas import acts as _acts  # fills Act.ALL
from custody_schemas.declare import (
    Act,
    Chars,
    Field,
    Matches,
    Moment,
    Record,
    Sealed,
    Several,
    Within,
    field_of,
)

assert _acts
R = TypeVar("R", bound=Record)
Read = Callable[[Any, str], Any]
Members = Callable[[Any, str], dict[str, Any]]
READERS: dict[type[Record], Members] = {}  # compiled once for each declaration
SD_DIGEST = re.compile(r"[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]")  # 32 bytes, canonical base64url


def read_record(kind: type[R], value: Any, where: str = "") -> R:
    """`value`, a decoded JSON object, as a record of that kind.

    Raises:
        MalformedError: a member is missing, unknown, of another type or beyond its limits.
    """
    return typing.cast(R, _record(kind)(value, where or kind.__name__))


def read_act(name: str, body: Any, sd: Any) -> Act:
    """The act of that name out of a statement's `body` and `sd`; its personal members are Sealed.

    Raises:
        MalformedError: as `read_record`; also where `sd` is not exactly the declared fields.
    """
    kind = Act.ALL[name]
    if type(sd) is not dict or sd.keys() != _personal(kind):
        raise MalformedError(f"{name}: sd must hold exactly {', '.join(sorted(_personal(kind)))}")
    members = _members(kind)(body, name)
    for field, digest in sd.items():
        members[field] = Sealed(_sd_digest(digest, f"{name} sd.{field}"))
    return kind(**members)


def open_act(name: str, given: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Check values as people give them: (the body as JSON values, the personal values).

    Personal members that are absent come back as the empty string (SPEC §8).

    Raises:
        MalformedError: a member is missing, unknown, of another type or beyond its limits.
    """
    kind = Act.ALL[name]
    personal: dict[str, Any] = {}
    for field in _personal(kind):
        value = plain(given.get(field, ""))
        empty = value in ("", [], None)
        personal[field] = "" if empty else plain(_value(kind.FIELDS[field])(value, name))
    body = {k: plain(v) for k, v in given.items() if k not in personal and v is not None}
    _members(kind)(body, name)
    return body, personal


def plain(value: Any) -> Any:
    """A record, enum or tuple as JSON values; absent members are left out."""
    if isinstance(value, Record):
        return {k: plain(v) for k, v in vars(value).items() if v is not None}
    if isinstance(value, (tuple, list)):
        return [plain(v) for v in value]
    return str(value) if isinstance(value, StrEnum) else value


def _personal(kind: type[Record]) -> frozenset[str]:
    return frozenset(f.name for f in kind.FIELDS.values() if f.personal)


def _sd_digest(value: Any, where: str) -> str:
    if type(value) is not str or not SD_DIGEST.fullmatch(value):
        raise MalformedError(f"{where}: not a digest in base64url")
    return value


def _members(kind: type[Record]) -> Members:
    if kind not in READERS:
        READERS[kind] = _compiled(kind.FIELDS)
    return READERS[kind]


def _compiled(fields: Mapping[str, Field]) -> Members:
    readers = {f.name: _value(f) for f in fields.values() if not f.personal}
    required = {n for n in readers if not fields[n].optional}

    def read(value: Any, where: str) -> dict[str, Any]:
        if type(value) is not dict:
            raise MalformedError(f"{where}: not an object")
        if not required <= value.keys():
            raise MalformedError(f"{where}: {', '.join(sorted(required - value.keys()))} missing")
        if not value.keys() <= readers.keys():
            unknown = ", ".join(map(str, sorted(value.keys() - readers.keys())))
            raise MalformedError(f"{where}: no member is called {unknown}")
        return {name: readers[name](member, where) for name, member in value.items()}

    return read


def _record(kind: type[Record]) -> Read:
    members = _members(kind)
    return lambda value, where: kind(**members(value, where))


def _value(field: Field) -> Read:
    """A reader of one member; messages name it as `where.member`."""
    read = _typed(field.type, field.marks, field.name)

    def named(value: Any, where: str) -> Any:
        return read(value, f"{where}.{field.name}" if where else field.name)

    return named


def _typed(kind: Any, marks: tuple[Any, ...], name: str) -> Read:
    if typing.get_origin(kind) is tuple:
        return _list(kind, marks, name)
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return _enum(kind)
    if isinstance(kind, type) and issubclass(kind, Record):
        return _record(kind)
    bare = typing.get_origin(kind) or kind
    checks = [_check(mark) for mark in marks]

    def read(value: Any, where: str) -> Any:
        if type(value) is not bare:
            raise MalformedError(f"{where}: {bare.__name__} expected, not {type(value).__name__}")
        for check in checks:
            check(value, where)
        return value

    return read


def _list(kind: Any, marks: tuple[Any, ...], name: str) -> Read:
    bounds = next((m for m in marks if isinstance(m, Several)), Several(0, 10**6))
    element = field_of(name, typing.get_args(kind)[0])
    inner = tuple(m for m in marks if not isinstance(m, Several)) + element.marks
    each = _typed(element.type, inner, name)

    def read(value: Any, where: str) -> tuple[Any, ...]:
        if type(value) is not list or not bounds.least <= len(value) <= bounds.most:
            raise MalformedError(f"{where}: a list of {bounds.least} to {bounds.most} is expected")
        return tuple(each(v, f"{where}[{i}]") for i, v in enumerate(value))

    return read


def _enum(kind: type[StrEnum]) -> Read:
    values = {member.value: member for member in kind}

    def read(value: Any, where: str) -> StrEnum:
        member = values.get(value) if isinstance(value, str) else None
        if member is None:
            raise MalformedError(f"{where}: {value!r} is none of {', '.join(values)}")
        return member

    return read


def _moment(value: str, where: str) -> None:
    try:
        times.seconds(value)
    except MalformedError as error:
        raise MalformedError(f"{where}: {error}") from None


def _check(mark: Any) -> Callable[[Any, str], None]:
    if isinstance(mark, Matches):
        pattern = re.compile(mark.pattern)

        def matches(value: Any, where: str) -> None:
            if not pattern.fullmatch(value):
                raise MalformedError(f"{where}: {value[:80]!r} is not {mark.like}")

        return matches
    if isinstance(mark, (Chars, Within)):
        low, high = mark

        def bounded(value: Any, where: str) -> None:
            size = value if isinstance(value, int) else len(value)
            if not low <= size <= high:
                unit = "" if isinstance(value, int) else " characters"
                raise MalformedError(f"{where}: {size}{unit}, allowed are {low} to {high}")

        return bounded
    if isinstance(mark, Moment):
        return _moment
    return lambda value, where: None  # Refers says what to look up, not what to refuse
