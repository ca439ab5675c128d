"""One bit of an exported bundle flipped, anywhere: it fails, or says the same as before. (SPEC §11.1)"""

import random
from collections.abc import Iterable, Mapping
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest

from custody.core.findings import Outcome
from custody.core.trust import TrustFile
from custody.core.verify import verify
from tests.exports import Stage
from tests.flips import Flip, Span, all_of, spans, survivors

# What says nothing of any file: by which program, and with which permissions, it was put there.
FREE = {("central", "version made by"), ("central", "external attributes")}
FREE_BITS = 16 + 12  # permissions, two bits of DOS, and whether it is called regular or nothing
SAMPLE, WHOLE = 40, 20_000


class Exported:
    """A bundle by our exporter, of a device, its image and a note."""

    def __init__(self, folder: Path) -> None:
        stage = Stage(folder)
        self.path: Path = stage.export("bundle.zip", mirror=False).path
        self.trust: TrustFile = stage.trust
        self.data = self.path.read_bytes()
        self.spans = spans(self.data)

    def of(self, *ends: str) -> list[Span]:
        """All that the zip says of these files, and its end."""
        about = [s for s in self.spans if s.part != "data"]
        return [s for s in about if not s.file or s.file.endswith(ends)]

    def somewhere(self, count: int) -> list[Flip]:
        """Single bits of the files' data, the same at each run; every file has its share."""
        drawn = random.Random(11)
        data = [s for s in self.spans if s.part == "data" and s.end > s.start]
        found = []
        for number in range(count):
            span = data[number % len(data)]
            found.append(Flip(drawn.randrange(span.start, span.end), drawn.randrange(8), span))
        return found

    def judge(self, flips: Iterable[Flip]) -> int:
        """How many of them there are that pass; each has to be one that changes nothing."""
        count = 0
        for flip in survivors(self.path, self.trust, flips):
            changed = bytearray(self.data)
            changed[flip.byte] ^= 1 << flip.bit
            assert files(bytes(changed)) == files(self.data), flip
            if (flip.span.part, flip.span.field) not in FREE:
                # Deflated data can be spelt in several ways; a stored byte cannot.
                assert flip.span.field == "deflated", flip
            count += 1
        assert self.path.read_bytes() == self.data
        return count


def files(data: bytes) -> Mapping[str, bytes]:
    with ZipFile(BytesIO(data)) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Exported:
    return Exported(tmp_path_factory.mktemp("flips"))


def test_the_bundle_passes_as_it_is(exported: Exported) -> None:
    assert verify([exported.path], exported.trust).verdict is Outcome.PASSED
    assert {s.field for s in exported.spans if s.part == "data"} == {"stored", "deflated"}


def test_of_the_headers_only_who_packed_it_is_free(exported: Exported) -> None:
    """Of one file that is stored and one that is deflated: all bits of both headers, and the end."""
    found = exported.of("/items/2/0001.dd", "/bag-info.txt")
    free = exported.judge(all_of(found))
    assert free == 2 * FREE_BITS


def test_a_bit_of_any_file_is_noticed(exported: Exported) -> None:
    assert exported.judge(exported.somewhere(SAMPLE)) <= SAMPLE // 20


def test_where_deflated_data_end_the_rest_of_a_byte_is_free(exported: Exported) -> None:
    """Eight bits for each end: those that do not count unpack to the same."""
    ends = [s._replace(start=s.end - 1) for s in exported.spans if s.field == "deflated"][:1]
    assert exported.judge(all_of(ends)) < 8 * len(ends)


@pytest.mark.soak
def test_every_bit_of_the_structure(exported: Exported) -> None:
    heads = [s for s in exported.spans if s.part != "data"]
    members = len({s.file for s in heads if s.file})
    assert exported.judge(all_of(heads)) == members * FREE_BITS


@pytest.mark.soak
def test_twenty_thousand_bits_of_the_files(exported: Exported) -> None:
    exported.judge(exported.somewhere(WHOLE))
