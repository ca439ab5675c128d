"""Reads JSON values into the records and acts that the vocabulary declares, and refuses the rest."""

import re
import typing
from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any, NamedTuple, TypeVar

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
# A reader checks one value and gives it back typed. What it raises begins where the value stands:
# ".member", "[3]" or ": what is wrong". So a path is spelt only when something is refused.
Read = Callable[[Any], Any]
SD_DIGEST = re.compile(r"[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]")  # 32 bytes, canonical base64url
IS_DIGEST = SD_DIGEST.fullmatch


class Form(NamedTuple):
    """A declaration, compiled: its members' readers, which must be there, readers of sd's values."""

    readers: Mapping[str, Read]
    required: frozenset[str]
    personal: Mapping[str, Read]

    def members(self, value: Any) -> dict[str, Any]:
        """The members of a JSON object, personal ones left out."""
        if type(value) is not dict:
            raise MalformedError(": not an object")
        if not self.required <= value.keys():
            missing = ", ".join(sorted(self.required - value.keys()))
            raise MalformedError(f": {missing} missing")
        if not value.keys() <= self.readers.keys():
            unknown = ", ".join(map(str, sorted(value.keys() - self.readers.keys())))
            raise MalformedError(f": no member is called {unknown}")
        readers, members, name = self.readers, {}, ""
        try:
            for name, member in value.items():
                members[name] = readers[name](member)
        except MalformedError as error:
            raise MalformedError(f".{name}{error}") from None
        return members


FORMS: dict[type[Record], Form] = {}  # compiled once for each declaration


def read_record(kind: type[R], value: Any, where: str = "") -> R:
    """`value`, a decoded JSON object, as a record of that kind.

    Raises:
        MalformedError: a member is missing, unknown, of another type or beyond its limits.
    """
    return kind(**_located(where or kind.__name__, _form(kind).members, value))


def read_act(name: str, body: Any, sd: Any) -> Act:
    """The act of that name out of a statement's `body` and `sd`; its personal members are Sealed.

    Raises:
        MalformedError: as `read_record`; also where `sd` is not exactly the declared fields.
    """
    kind = Act.ALL[name]
    form = _form(kind)
    if type(sd) is not dict or sd.keys() != form.personal.keys():
        raise MalformedError(f"{name}: sd must hold exactly {', '.join(sorted(form.personal))}")
    members = _located(name, form.members, body)
    for field, digest in sd.items():
        if type(digest) is not str or not IS_DIGEST(digest):
            raise MalformedError(f"{name} sd.{field}: not a digest in base64url")
        members[field] = Sealed(digest)
    return kind(**members)


def open_act(name: str, given: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Check values as people give them: (the body as JSON values, the personal values).

    Personal members that are absent come back as the empty string (SPEC §8).

    Raises:
        MalformedError: a member is missing, unknown, of another type or beyond its limits.
    """
    kind = Act.ALL[name]
    personal: dict[str, Any] = {}
    for field, read in _form(kind).personal.items():
        value = plain(given.get(field, ""))
        empty = value in ("", [], None)
        personal[field] = "" if empty else plain(_located(f"{name}.{field}", read, value))
    body = {k: plain(v) for k, v in given.items() if k not in personal and v is not None}
    _located(name, _form(kind).members, body)
    return body, personal


def check_opened(name: str, field: str, value: Any) -> None:
    """Refuse a disclosed value that does not follow its declaration; empty text is an absent one.

    Of acts that this version does not know, nothing is asked.

    Raises:
        MalformedError: of another type than the act declares for the field, or beyond its limits.
    """
    if value != "" and name in Act.ALL:
        read = _form(Act.ALL[name]).personal[field]
        _located(f"{name}.{field}", read, list(value) if type(value) is tuple else value)


def plain(value: Any) -> Any:
    """A record, enum or tuple as JSON values; absent members are left out."""
    if isinstance(value, Record):
        return {k: plain(v) for k, v in vars(value).items() if v is not None}
    if isinstance(value, (tuple, list)):
        return [plain(v) for v in value]
    return str(value) if isinstance(value, StrEnum) else value


def _located(where: str, read: Read, value: Any) -> Any:
    """What `read` makes of `value`; a refusal says where the value stands."""
    try:
        return read(value)
    except MalformedError as error:
        raise MalformedError(f"{where}{error}") from None


def _form(kind: type[Record]) -> Form:
    if kind not in FORMS:
        fields = kind.FIELDS.values()
        readers = {f.name: _value(f) for f in fields if not f.personal}
        required = frozenset(f.name for f in fields if not (f.personal or f.optional))
        FORMS[kind] = Form(readers, required, {f.name: _value(f) for f in fields if f.personal})
    return FORMS[kind]


def _value(field: Field) -> Read:
    return _typed(field.type, field.marks, field.name)


def _typed(kind: Any, marks: tuple[Any, ...], name: str) -> Read:
    if typing.get_origin(kind) is tuple:
        return _list(kind, marks, name)
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return _enum(kind)
    if isinstance(kind, type) and issubclass(kind, Record):
        form = _form(kind)
        return lambda value: kind(**form.members(value))
    bare = typing.get_origin(kind) or kind
    checks = [check for mark in marks if (check := _check(mark))]

    def read(value: Any) -> Any:
        if type(value) is not bare:
            raise MalformedError(f": {bare.__name__} expected, not {type(value).__name__}")
        for check in checks:
            check(value)
        return value

    return read


def _list(kind: Any, marks: tuple[Any, ...], name: str) -> Read:
    bounds = next((m for m in marks if isinstance(m, Several)), Several(0, 10**6))
    element = field_of(name, typing.get_args(kind)[0])
    inner = tuple(m for m in marks if not isinstance(m, Several)) + element.marks
    each = _typed(element.type, inner, name)

    def read(value: Any) -> tuple[Any, ...]:
        if type(value) is not list or not bounds.least <= len(value) <= bounds.most:
            raise MalformedError(f": a list of {bounds.least} to {bounds.most} is expected")
        return tuple(_located(f"[{place}]", each, one) for place, one in enumerate(value))

    return read


def _enum(kind: type[StrEnum]) -> Read:
    values = {member.value: member for member in kind}

    def read(value: Any) -> StrEnum:
        member = values.get(value) if isinstance(value, str) else None
        if member is None:
            raise MalformedError(f": {value!r} is none of {', '.join(values)}")
        return member

    return read


def _moment(value: str) -> None:
    try:
        times.seconds(value)
    except MalformedError as error:
        raise MalformedError(f": {error}") from None


def _check(mark: Any) -> Callable[[Any], None] | None:
    """What a mark refuses; None for Refers, which only says what to look up."""
    if isinstance(mark, Matches):
        fits = re.compile(mark.pattern).fullmatch

        def matches(value: Any) -> None:
            if not fits(value):
                raise MalformedError(f": {value[:80]!r} is not {mark.like}")

        return matches
    if isinstance(mark, (Chars, Within)):
        low, high = mark

        def bounded(value: Any) -> None:
            size = value if isinstance(value, int) else len(value)
            if not low <= size <= high:
                unit = "" if isinstance(value, int) else " characters"
                raise MalformedError(f": {size}{unit}, allowed are {low} to {high}")

        return bounded
    return _moment if isinstance(mark, Moment) else None
