"""Errors: each has a code that is explained, and carries what its catcher needs."""

from collections.abc import Iterator

import pytest

from custody.core import errors
from custody.core.errors import AmbiguousError, CustodyError, MissingExtraError, RuleError
from custody_schemas.codes import CODES


def kinds(base: type[CustodyError] = CustodyError) -> Iterator[type[CustodyError]]:
    for kind in base.__subclasses__():
        if kind.__module__ == errors.__name__:
            yield kind
            yield from kinds(kind)


@pytest.mark.parametrize("kind", list(kinds()), ids=lambda kind: kind.__name__)
def test_every_error_stands_in_the_tree_and_has_a_code_of_its_own(kind: type[CustodyError]) -> None:
    assert f"── {kind.__name__}  " in (errors.__doc__ or "")
    if kind is not RuleError:  # whose code is its rule's
        assert kind.code in CODES
    if "code" in vars(kind):  # and not that of the error which it is a case of
        own = [other.code for other in kinds() if "code" in vars(other)]
        assert own.count(kind.code) == 1


def test_names_of_several_things_are_carried_with_the_error() -> None:
    error = AmbiguousError("which of them", ["K-1/2", "K-1/3"])
    assert (str(error), error.candidates) == ("which of them", ("K-1/2", "K-1/3"))


def test_a_missing_package_says_how_to_get_it() -> None:
    error = MissingExtraError("reading E01 images", "images")
    assert str(error) == "reading E01 images needs more packages: pip install 'custody[images]'"
    assert error.extra == "images"


def test_a_refusal_has_the_code_of_its_rule() -> None:
    error = RuleError("E_SEAL", "the bag is sealed")
    assert (error.code, str(error)) == ("E_SEAL", "the bag is sealed")
