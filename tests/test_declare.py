"""Declarations: what a record is, how an annotation is taken apart, what the vocabulary promises."""

from typing import Annotated

import pytest

from custody_schemas import acts
from custody_schemas.declare import (
    Act,
    Capacity,
    Chars,
    Kind,
    Mode,
    Record,
    Sealed,
    Several,
    changes,
    field_of,
    touches,
    words,
)

assert acts  # fills Act.ALL


class Point(Record):
    """A point.

    x: how far to the right
    """

    x: int
    y: int | None = None


class Named(Point):
    """A point with a name.

    name: what it is called
    """

    name: str


def test_a_record_is_equal_by_value_and_hashable() -> None:
    assert Point(x=1) == Point(x=1, y=None) != Point(x=1, y=2)
    assert hash(Point(x=1)) == hash(Point(x=1, y=None))
    assert Named(x=1, name="a") != Point(x=1)
    assert repr(Point(x=1)) == "Point(x=1)"


def test_a_record_is_frozen_and_but_makes_a_copy() -> None:
    point = Point(x=1)
    with pytest.raises(AttributeError, match=r"Point is frozen: use \.but\(x=…\)"):
        point.x = 2  # type: ignore[misc]
    assert (point.but(x=2).x, point.x) == (2, 1)
    with pytest.raises(TypeError, match="Point has no member"):
        point.but(z=1)


def test_a_record_takes_exactly_its_members() -> None:
    with pytest.raises(TypeError, match=r"Point takes \['x', 'y'\], not \['y'\]"):
        Point(y=1)  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="Point takes"):
        Point(x=1, z=2)  # type: ignore[call-arg]


def test_members_are_inherited() -> None:
    assert list(Named.FIELDS) == ["x", "y", "name"]
    assert words(Named) == (
        "A point with a name.",
        {"x": "how far to the right", "name": "what it is called"},
    )


def test_an_annotation_is_taken_apart() -> None:
    text = Annotated[str, Chars(0, 5)]
    assert field_of("a", text | None) == ("a", str, (Chars(0, 5),), True, False)
    personal = Annotated[str | Sealed, Sealed, Chars(0, 5)]
    assert field_of("a", personal) == ("a", str, (Chars(0, 5),), False, True)
    lines = Annotated[tuple[str, ...], Several(1, 2)]
    assert field_of("a", lines).marks == (Several(1, 2),)


def test_a_sealed_value_is_equal_by_digest() -> None:
    assert Sealed("a") == Sealed("a") != Sealed("b")
    assert hash(Sealed("a")) == hash(Sealed("a"))
    assert Sealed("a") != "a" and repr(Sealed("a")) == "Sealed(a)"


def test_an_act_is_declared_once() -> None:
    with pytest.raises(TypeError, match=r"note\.recorded is declared twice"):

        class Again(Act, name="note.recorded"):
            """Never."""


def test_a_finding_makes_a_touch_a_change() -> None:
    class Found(Act):
        """Something that was looked at."""

        bad: bool

    looks = touches(Kind.ITEM, finding=lambda act: act.bad)
    assert looks.changes(Found(bad=True)) and not looks.changes(Found(bad=False))
    assert not touches(Kind.ITEM).changes(Found(bad=True))
    assert changes(Kind.ITEM).changes(Found(bad=False))


@pytest.mark.parametrize("name", sorted(Act.ALL))
def test_acts_keep_what_the_formats_promise(name: str) -> None:
    act = Act.ALL[name]
    assert (
        name == act.NAME
        and act.ABOUT
        and act.SIGNERS[0]
        in (
            Capacity.ACTOR,
            Capacity.ENROLLER,
        )
    )
    kinds = [kind for concern in act.ABOUT for kind in concern.kinds]
    assert len(kinds) == len(set(kinds)), "a kind would stand for two concerns"
    assert sum(concern.most for concern in act.ABOUT) <= 256
    for kind in kinds:
        assert kind in act.concern(kind).kinds
    assert {c.mode for c in act.ABOUT} & {Mode.BEGINS, Mode.CHANGES, Mode.TOUCHES}


def test_personal_fields_are_text_and_body_fields_are_not() -> None:
    """SPEC §2: free text stands in sd; the body holds enums, numbers, digests, times and ids."""
    for name, act in Act.ALL.items():
        for field in act.FIELDS.values():
            if field.personal:
                assert field.type in (str, tuple[str, ...]), (name, field.name)
                assert not field.optional, (name, field.name)
            elif field.type is str:
                assert any(type(mark).__name__ == "Matches" for mark in field.marks), (
                    f"{name}.{field.name} would put free text in the open"
                )
