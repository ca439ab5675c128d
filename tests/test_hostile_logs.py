"""Acquisition logs made to stop an acquisition: read in no time, or refused as a log."""

import time
from collections.abc import Callable

import pytest

from custody.core.errors import MalformedError
from custody.images.logs import read

EWF = "ewfacquire 20140807\nAcquiry started at: now\n"
GUY = "GUYMAGER ACQUISITION INFO FILE\n"
FTK = "Created By AccessData\N{REGISTERED SIGN} FTK\N{REGISTERED SIGN} Imager 4.2.0.13\n"
TOTAL = "Errors:\n\ttotal number: 1\n"


def quick(text: str) -> object:
    began = time.process_time()
    try:
        return read(text.encode())
    except MalformedError as error:
        return error
    finally:
        assert time.process_time() - began < 5


SLOW = {
    "lines of nothing": EWF + TOTAL + "\n" * 100_000,
    "lines of blanks": EWF + TOTAL + " \n" * 100_000,
    "errors without number": EWF + "Errors:\n" + "\n" * 100_000 + "Errors:\n" * 10_000,
    "a name of blanks": GUY
    + "\nGenerated image files and their MD5 hashes\nn/a a"
    + " " * 100_000
    + "\u00a0b\n",
    "many names of blanks": GUY
    + "\nGenerated image files and their MD5 hashes\n"
    + ("n/a" + " " * 50_000 + "\n") * 5,
}


@pytest.mark.parametrize("name", SLOW)
def test_a_log_cannot_keep_the_reader_busy(name: str) -> None:
    quick(SLOW[name])


HUGE = "9" * 5000
SPANS: dict[str, Callable[[str, str], str]] = {
    "ewfacquire": lambda first, last: (
        EWF + TOTAL + f"\tat sector(s): {first} - {last} number: {last} (offset: 0)\n"
    ),
    "ewfacquire total": lambda first, last: EWF + f"Errors:\n\ttotal number: {last}\n",
    "guymager": lambda first, last: (
        GUY + f"During acquisition, 1 bad sectors have been encountered.\n{first}-{last}\n"
    ),
    "guymager count": lambda first, last: (
        GUY + f"During acquisition, {last} bad sectors have been encountered.\n7\n"
    ),
    "ftk": lambda first, last: (
        FTK
        + "The following sector(s) on the source drive could not be read:\n"
        + f"\t{first} through {last}\n"
    ),
}


@pytest.mark.parametrize("tool", SPANS)
@pytest.mark.parametrize(("first", "last"), [("1", HUGE), ("0", str(2**53))])
def test_numbers_that_no_disk_has_are_no_log(tool: str, first: str, last: str) -> None:
    with pytest.raises(MalformedError, match="sectors"):
        read(SPANS[tool](first, last).encode())


@pytest.mark.parametrize("tool", ["guymager", "ftk"])
def test_a_span_that_ends_before_it_begins_is_no_log(tool: str) -> None:
    with pytest.raises(MalformedError, match="sectors"):
        read(SPANS[tool]("9", "3").encode())


@pytest.mark.parametrize("tool", SPANS)
def test_plain_numbers_are_read(tool: str) -> None:
    found = read(SPANS[tool]("3", "3").encode())
    assert found.errors is not None
    assert found.error_count in (None, 1, 3)


def test_sectors_that_are_too_many_together_are_no_log() -> None:
    lines = f"\tat sector(s): 1 - 2 number: {2**47} (offset: 0)\n" * 3
    with pytest.raises(MalformedError, match="sectors"):
        read((EWF + TOTAL + lines).encode())
