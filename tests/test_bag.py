"""BagIt files: manifests, Payload-Oxum, and every digest in one reading."""

import hashlib

import pytest
from blake3 import blake3
from hypothesis import given
from hypothesis import strategies as st

from custody.core.bundle.bag import measure, payload_oxum, read_manifest
from custody.core.digest import SMALL
from custody.core.errors import MalformedError

ONE, TWO = "1" * 64, "2" * 64


def test_reads_a_manifest() -> None:
    data = f"{ONE}  data/a b.txt\n{TWO}  data/ü\n".encode()
    assert read_manifest(data, "sha256") == {"data/a b.txt": ONE, "data/ü": TWO}
    assert read_manifest(b"", "sha512") == {}


@pytest.mark.parametrize(
    ("data", "telling"),
    [
        (f"{ONE} data/a\n", "line 1"),
        (f"{ONE} *data/a\n", "line 1"),
        (f"{ONE}  data/a\n{ONE}  data/a\n", "line 2"),
        (f"{ONE}  data/a\n\n", "line 2"),
        (f"{ONE[:-1]}A  data/a\n", "line 1"),
        (f"{ONE}{ONE}  data/a\n", "line 1"),
        (f"{ONE}  data/a\r\n", "line 1"),
        (f"{ONE}  \n", "line 1"),
        (f"{ONE}  data/a", "no end"),
    ],
)
def test_refuses_a_manifest_that_tools_would_read_otherwise(data: str, telling: str) -> None:
    with pytest.raises(MalformedError, match=telling):
        read_manifest(data.encode(), "sha256")


def test_refuses_a_manifest_that_is_not_text() -> None:
    with pytest.raises(MalformedError, match="UTF-8"):
        read_manifest(ONE.encode() + b"  \xff\n", "sha256")


def test_reads_the_oxum() -> None:
    assert payload_oxum(b"Source-Organization: Lab\nPayload-Oxum: 279164409832.1198\n") == (
        279164409832,
        1198,
    )


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"Payload-Oxum: 1.2\nPayload-Oxum: 1.2\n",
        b"Payload-Oxum: 1.2\npayload-oxum: 3.4\n",
        b"Payload-Oxum: 01.2\n",
        b"Payload-Oxum: 1\n",
        b"Payload-Oxum: -1.2\n",
    ],
)
def test_refuses_an_oxum_of_two_meanings(data: bytes) -> None:
    with pytest.raises(MalformedError, match="one Payload-Oxum"):
        payload_oxum(data)


@given(
    st.lists(st.binary(max_size=200), max_size=5),
    st.sampled_from([0, 1, SMALL, SMALL + 1, 1 << 20]),
)
def test_digests_are_those_of_the_whole(chunks: list[bytes], zeros: int) -> None:
    chunks = [*chunks, bytes(zeros)]
    whole = b"".join(chunks)
    sums = measure(iter(chunks), len(whole))
    assert sums.size == len(whole)
    assert sums.sha256 == hashlib.sha256(whole).hexdigest()
    assert sums.sha512 == hashlib.sha512(whole).hexdigest()
    assert sums.blake3 == blake3(whole).hexdigest()
