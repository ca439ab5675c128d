"""Names of files in a bundle at the edge of what is allowed, and which of them fall together."""

import pytest

from custody.core.bundle.layout import NAME_BYTES, PART_BYTES, PARTS
from custody.core.bundle.names import Names, check_name
from custody.core.errors import MalformedError


def of_length(total: int) -> str:
    """A name of so many characters, in parts that are not too long."""
    return "/".join("x" * 101 for _ in range(total // 102 + 1))[: total - 1] + "y"


@pytest.mark.parametrize(
    "name",
    [
        of_length(NAME_BYTES),
        "t/" + "x" * PART_BYTES,
        "x" * PART_BYTES + "/y",
        "/".join("x" * PARTS),
    ],
    ids=["name", "last part", "top folder", "parts"],
)
def test_the_longest_name_is_read(name: str) -> None:
    check_name(name)
    Names().add(name)


@pytest.mark.parametrize(
    ("name", "telling"),
    [
        (of_length(NAME_BYTES + 1), "longer than"),
        ("t/" + "x" * (PART_BYTES + 1), "changes on other systems"),
        ("x" * (PART_BYTES + 1) + "/y", "changes on other systems"),
        ("/".join("x" * (PARTS + 1)), f"has more than {PARTS} parts"),
    ],
    ids=["name", "last part", "top folder", "parts"],
)
def test_one_that_is_longer_is_refused(name: str, telling: str) -> None:
    with pytest.raises(MalformedError, match=telling):
        check_name(name)


@pytest.mark.parametrize(
    ("met", "name", "telling"),
    [
        ("t/A/x/1", "t/a/y/2", "folder 't/a' and 't/A' fall together"),
        ("T/x/1", "t/y/2", "folder 't' and 'T' fall together"),
        ("t/a", "t/A/y/2", "folder 't/A' and 't/a' fall together"),
        ("t/A/y/2", "t/a", "file names 't/a' and 't/A' fall together"),
        ("t/a/1", "T/A/1", "file names 'T/A/1' and 't/a/1' fall together"),
    ],
)
def test_folders_fall_together_at_every_level(met: str, name: str, telling: str) -> None:
    names = Names()
    names.add(met)
    with pytest.raises(MalformedError, match=telling):
        names.add(name)
