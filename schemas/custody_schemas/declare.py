"""How a record or an act is declared: a frozen class whose annotations carry every limit.

`Record` is the engine's base, `Act` the base of everything that people sign. What interprets a
declaration stands elsewhere: `custody.core.reading` reads and refuses, `jsonschema` publishes,
the command line and the API make options and bodies of it.
"""

import typing
from collections.abc import Callable, Mapping
from enum import StrEnum
from types import MappingProxyType, NoneType, UnionType
from typing import Annotated, Any, ClassVar, NamedTuple, Self, TypeVar, dataclass_transform

T = TypeVar("T")


class Chars(NamedTuple):
    """Length of a string in characters (code points)."""

    least: int
    most: int


class Matches(NamedTuple):
    """The whole string follows `pattern`; `like` shows people an example."""

    pattern: str
    like: str


class Within(NamedTuple):
    """Bounds of an integer, both included."""

    low: int
    high: int


class Several(NamedTuple):
    """Bounds of the length of a list."""

    least: int
    most: int


class Moment(NamedTuple):
    """The string is a time of the calendar: no 30th of February."""


class Kind(StrEnum):
    """What an act can concern: the `as` of a place in `about` (SPEC §2)."""

    ITEM = "item"
    SOURCE = "source"
    CASE = "case"
    REGISTER = "register"
    ACTOR = "actor"
    LEDGER = "ledger"


class Refers(NamedTuple):
    """The value is the tag of a subject of that kind; people type its name."""

    kind: Kind


class Sealed:
    """A personal value as a statement holds it: the digest of a disclosure, never the value."""

    __slots__ = ("digest",)

    def __init__(self, digest: str) -> None:
        self.digest = digest

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sealed) and other.digest == self.digest

    def __hash__(self) -> int:
        return hash(self.digest)

    def __repr__(self) -> str:
        return f"Sealed({self.digest})"


# A rule that used the value of a personal field would not type-check: it may be a Sealed.
Personal = Annotated[T | Sealed, Sealed]


class Field(NamedTuple):
    """One annotated member: its bare type, its marks, and where it stands."""

    name: str
    type: Any
    marks: tuple[Any, ...]
    optional: bool
    personal: bool


def field_of(name: str, annotation: Any) -> Field:
    """Take an annotation apart: Personal, `| None`, Annotated marks, and the bare type."""
    marks: list[Any] = []
    optional = personal = False
    while True:
        origin = typing.get_origin(annotation)
        if origin is Annotated:
            annotation, *more = typing.get_args(annotation)
            personal = personal or Sealed in more
            marks += [mark for mark in more if mark is not Sealed]
        elif origin is typing.Union or origin is UnionType:
            members = typing.get_args(annotation)
            optional = optional or NoneType in members
            (annotation,) = (m for m in members if m not in (NoneType, Sealed))
        else:
            return Field(name, annotation, tuple(marks), optional, personal)


@dataclass_transform(kw_only_default=True, frozen_default=True)
class Record:
    """A frozen value with named members; equal by value; `but` gives a changed copy.

    The constructor trusts its caller (our own code, type-checked); foreign input comes through
    `custody.core.reading`.
    """

    FIELDS: ClassVar[Mapping[str, Field]] = MappingProxyType({})
    ABSENT: ClassVar[Mapping[str, Any]] = {}  # optional members, as None; a dict updates fast

    def __init_subclass__(cls) -> None:
        fields = dict(cls.FIELDS)
        own = cls.__annotations__ if "__annotations__" in vars(cls) else {}
        for name, annotation in own.items():
            origin: Any = typing.get_origin(annotation)
            if origin is not ClassVar:
                fields[name] = field_of(name, annotation)
        cls.FIELDS = MappingProxyType(fields)
        cls.ABSENT = {f.name: None for f in fields.values() if f.optional}

    def __init__(self, **members: Any) -> None:
        own = self.__dict__
        own.update(self.ABSENT)
        own.update(members)
        if len(own) != len(self.FIELDS):
            raise TypeError(
                f"{type(self).__name__} takes {sorted(self.FIELDS)}, not {sorted(members)}"
            )

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"{type(self).__name__} is frozen: use .but({name}=…)")

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and other.__dict__ == self.__dict__

    def __hash__(self) -> int:
        return hash((type(self), tuple(self.__dict__.items())))

    def __repr__(self) -> str:
        members = ", ".join(f"{k}={v!r}" for k, v in self.__dict__.items() if v is not None)
        return f"{type(self).__name__}({members})"

    def but(self, **changes: Any) -> Self:
        """A copy with some members replaced."""
        copy = object.__new__(type(self))
        copy.__dict__.update(self.__dict__, **changes)
        if len(copy.__dict__) != len(self.FIELDS):
            raise TypeError(
                f"{type(self).__name__} has no member {sorted(set(changes) - set(self.FIELDS))}"
            )
        return copy


class Mode(StrEnum):
    """What an act does to a subject it concerns (SPEC §2, prev)."""

    BEGINS = "begins"
    CHANGES = "changes"
    TOUCHES = "touches"


class Concern(NamedTuple):
    """A place, or several alike, in an act's `about`.

    `kinds` lists the kinds that may stand there (all places of one statement take the same one);
    `finding` tells, of a touching act, whether it found something against the subject: then it
    changes it.
    """

    mode: Mode
    kinds: tuple[Kind, ...]
    least: int
    most: int
    finding: Callable[[Any], bool] | None = None

    def changes(self, act: "Act") -> bool:
        """Whether `act` moves the point that later acts must have seen."""
        return self.mode is not Mode.TOUCHES or (self.finding is not None and self.finding(act))


MANY = 255


def begins(kind: Kind) -> Concern:
    """The act is the subject's first record."""
    return Concern(Mode.BEGINS, (kind,), 1, 1)


def changes(*kinds: Kind, many: bool = False, optional: bool = False) -> Concern:
    """The act changes the subject: it cites the present head."""
    return Concern(Mode.CHANGES, kinds, 0 if optional else 1, MANY if many else 1)


def touches(
    *kinds: Kind,
    many: bool = False,
    optional: bool = False,
    finding: Callable[[Any], bool] | None = None,
) -> Concern:
    """The act only touches the subject: it cites any record not older than the last change."""
    return Concern(Mode.TOUCHES, kinds, 0 if optional else 1, MANY if many else 1, finding)


class Capacity(StrEnum):
    """In what capacity somebody signs (SPEC §2, signers)."""

    ACTOR = "actor"
    WITNESS = "witness"
    APPROVER = "approver"
    ENROLLER = "enroller"
    COUNTERPARTY = "counterparty"


class Act(Record):
    """Base of all acts. The class statement names the act, what it concerns and who signs.

    The first of `signers` must sign exactly once, the others may co-sign. The docstring of an act
    is its help everywhere: a sentence, the source in brackets, then `field: words` lines.
    """

    NAME: ClassVar[str] = ""
    ABOUT: ClassVar[tuple[Concern, ...]] = ()
    SIGNERS: ClassVar[tuple[Capacity, ...]] = ()
    ALL: ClassVar[dict[str, type["Act"]]] = {}

    def __init_subclass__(
        cls,
        name: str = "",
        about: tuple[Concern, ...] = (),
        signers: tuple[Capacity, ...] = (Capacity.ACTOR, Capacity.WITNESS, Capacity.APPROVER),
    ) -> None:
        super().__init_subclass__()
        if not name:
            return
        cls.NAME, cls.ABOUT, cls.SIGNERS = name, about, signers
        if name in Act.ALL:
            raise TypeError(f"the act {name} is declared twice")
        Act.ALL[name] = cls

    @classmethod
    def concern(cls, kind: Kind) -> Concern:
        """The concern under which a subject of that kind stands in this act's `about`."""
        return next(c for c in cls.ABOUT if kind in c.kinds)


def words(kind: type[Record]) -> tuple[str, Mapping[str, str]]:
    """Summary and field helps out of a declaration's docstrings, bases first."""
    helps: dict[str, str] = {}
    for base in reversed(kind.__mro__):
        for line in (vars(base).get("__doc__") or "").splitlines():
            name, colon, text = line.strip().partition(": ")
            if colon and name in kind.FIELDS:
                helps[name] = text
    return (kind.__doc__ or "").strip().split("\n\n")[0].replace("\n    ", " "), helps
