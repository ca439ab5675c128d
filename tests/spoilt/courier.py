"""What somebody can do who holds no key: carry the file, and change it on the way."""

import zlib
from collections.abc import Callable, Iterable

from custody.core.bundle import layout
from custody.core.findings import Check, Outcome
from tests.bundles import TOP, trust_in
from tests.spoilt import Spoilt, spoilt
from tests.spoilt.stage import NAME, REPORT, good, handed, of, rebagged
from tests.zips import Entry, zip_of

IMAGE_FILE = "data/items/2/0001.dd"
BY_CONTENT = {
    (Check.EVIDENCE, Outcome.FAILED): "the file is an item's, whose digests people signed"
}


UNREAD = {(Check.KEY, Outcome.UNDETERMINED): "no record 0 can be read"}


def flipped(data: bytes) -> bytes:
    return bytes([data[0] ^ 1]) + data[1:]


def replaced(path: str, data: bytes) -> Spoilt:
    """Another file in its place, and every manifest agrees with it."""
    _, bundle = good()
    return handed(rebagged({**bundle.bag(), path: data}), bundle, of(layout.SIGNATURE))


@spoilt(Check.FIXITY, also=BY_CONTENT)
def evidence_byte_flipped() -> Spoilt:
    """A bit of an evidence file changes, and the zip is made anew around it."""
    _, bundle = good()
    files = bundle.bag()
    files[IMAGE_FILE] = flipped(files[IMAGE_FILE])
    return handed(files, bundle, of(IMAGE_FILE))


@spoilt(Check.FIXITY, also=BY_CONTENT)
def evidence_replaced_under_new_manifests() -> Spoilt:
    """The evidence is another, and every manifest agrees with it."""
    return replaced(IMAGE_FILE, bytes(76_800))


@spoilt(Check.FIXITY)
def report_replaced_under_new_manifests() -> Spoilt:
    """The printed register tells another story, and every manifest agrees with it."""
    return replaced(REPORT, b"nothing was ever handed over\n")


@spoilt(Check.FIXITY)
def readme_replaced_under_new_manifests() -> Spoilt:
    """The README tells the reader to check nothing."""
    return replaced(layout.README, b"This bundle was checked already.\n")


@spoilt(Check.FIXITY)
def file_added_that_no_manifest_lists() -> Spoilt:
    """A page is slipped in; only the count in bag-info.txt was mended."""
    _, bundle = good()
    before = bundle.bag()
    lists = {path: before[path] for path in layout.MANIFESTS.values()}
    more = "data/reports/more.txt"
    return handed(rebagged({**before, more: b"more\n"}, lists), bundle, of(more))


@spoilt(Check.FIXITY)
def manifest_line_missing() -> Spoilt:
    """One of the two manifests does not list the register."""
    _, bundle = good()
    files, path = bundle.bag(), layout.MANIFESTS["sha256"]
    lines = files[path].splitlines(keepends=True)
    kept = b"".join(line for line in lines if REPORT.encode() not in line)
    signature = of(layout.SIGNATURE)
    return handed(rebagged(files, {path: kept}), bundle, of(REPORT), signature)


@spoilt(
    Check.FIXITY,
    also={(Check.STRUCTURE, Outcome.FAILED): "a README must be there, and the count is wrong"},
)
def readme_missing() -> Spoilt:
    """A listed file is gone."""
    _, bundle = good()
    files = bundle.bag()
    del files[layout.README]
    return handed(files, bundle, of(layout.README))


def zipped_with(change: Callable[[list[Entry]], Iterable[Entry]], **more: bytes) -> Spoilt:
    """The good files in a zip made by hand."""
    _, bundle = good()
    entries = [Entry(f"{TOP}/{path}".encode(), data) for path, data in bundle.bag().items()]
    data = zip_of(*change(entries), **more)  # type: ignore[arg-type]
    return Spoilt(frozenset((NAME,)), (data,), trust_in(bundle.world))


def the(entries: list[Entry], path: str) -> int:
    return next(i for i, entry in enumerate(entries) if entry.name.endswith(path.encode()))


@spoilt(Check.STRUCTURE, also=UNREAD)
def zip_with_a_file_twice() -> Spoilt:
    """One zip reader takes the first register, another one the second."""

    def twice(entries: list[Entry]) -> list[Entry]:
        return [*entries, Entry(f"{TOP}/{REPORT}".encode(), b"another register\n")]

    return zipped_with(twice)


@spoilt(Check.STRUCTURE, also=UNREAD)
def zip_with_two_names_that_fall_together() -> Spoilt:
    """On Windows one register overwrites the other."""

    def twice(entries: list[Entry]) -> list[Entry]:
        return [*entries, Entry(f"{TOP}/{REPORT.upper()}".encode(), b"another register\n")]

    return zipped_with(twice)


@spoilt(Check.STRUCTURE, also=UNREAD)
def zip_with_a_name_beyond_ascii() -> Spoilt:
    """Whether it falls together with another name depends on who asks, and in which year."""
    name = Entry(f"{TOP}/data/reports/\N{KELVIN SIGN}".encode(), b"x", flags=0x800)
    return zipped_with(lambda entries: [*entries, name])


@spoilt(Check.STRUCTURE, also=UNREAD)
def zip_with_a_path_out_of_its_folder() -> Spoilt:
    """Unpacked carelessly, a file lands elsewhere on the reader's disk."""
    return zipped_with(lambda entries: [*entries, Entry(f"{TOP}/../autostart".encode(), b"x")])


@spoilt(Check.STRUCTURE, also=UNREAD)
def zip_with_a_symbolic_link() -> Spoilt:
    """A link that leads out of the bundle."""
    link = Entry(
        f"{TOP}/data/reports/link".encode(), b"/etc/passwd", central={"outer": 0o120777 << 16}
    )
    return zipped_with(lambda entries: [*entries, link])


@spoilt(Check.STRUCTURE, also=UNREAD)
def zip_with_overlapping_files() -> Spoilt:
    """Two entries of the directory share their data."""

    def shared(entries: list[Entry]) -> list[Entry]:
        return [*entries, entries[0].spoilt(name=f"{TOP}/data/reports/more".encode(), offset=0)]

    return zipped_with(shared)


@spoilt(Check.STRUCTURE, also=UNREAD)
def zip_with_bytes_after_its_end() -> Spoilt:
    """Something follows the zip, where one reader finds another directory."""
    return zipped_with(lambda entries: entries, tail=b"PK\5\6" + bytes(18))


@spoilt(Check.STRUCTURE, also=UNREAD)
def zip_with_a_file_that_its_directory_hides() -> Spoilt:
    """A streaming reader finds a file that others do not see."""
    hidden = Entry(f"{TOP}/data/reports/more".encode(), b"more\n", hidden=True)
    return zipped_with(lambda entries: [entries[0], hidden, *entries[1:]])


@spoilt(
    Check.FIXITY,
    also={(Check.STRUCTURE, Outcome.FAILED): "a file of the ledger cannot be read to its end"},
)
def zip_with_a_checksum_that_is_wrong() -> Spoilt:
    """The packed records are damaged."""

    def damaged(entries: list[Entry]) -> list[Entry]:
        at = the(entries, layout.RECORDS)
        wrong = zlib.crc32(entries[at].data) ^ 1
        lies: dict[str, int | bytes] = {"crc": wrong}
        entries[at] = entries[at].spoilt(central=lies, local=lies)
        return entries

    return zipped_with(damaged)._replace(subjects=frozenset((of(layout.RECORDS),)))


@spoilt(
    Check.FIXITY,
    also={
        (
            Check.STRUCTURE,
            Outcome.FAILED,
        ): "the files do not have the bytes together that they state"
    },
)
def zip_with_a_size_that_is_wrong() -> Spoilt:
    """A report unpacks to more than every header says."""

    def shortened(entries: list[Entry]) -> list[Entry]:
        at = the(entries, REPORT)
        lies: dict[str, int | bytes] = {"size": len(entries[at].data) - 1}
        entries[at] = entries[at].spoilt(deflated=True, central=lies, local=lies)
        return entries

    return zipped_with(shortened)._replace(subjects=frozenset((of(REPORT),)))
