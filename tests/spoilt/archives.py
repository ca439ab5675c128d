"""Zips that one program unpacks in one way and the next in another, or that hurt who unpacks them.

Nothing is read of such a bundle. The rest of the tricks stands in `courier`.
"""

import struct
import zlib
from collections.abc import Callable, Iterable, Mapping

from custody.core.findings import Check
from tests.bundles import TOP
from tests.spoilt import Spoilt, enter
from tests.spoilt.courier import UNREAD, zipped_with
from tests.zips import Entry

Entries = list[Entry]
Trick = Callable[[Entries], Iterable[Entry]]
TEXT = b"more\n"
LINK, PIPE, FOLDER = 0o120777 << 16, 0o010644 << 16, 0x10


def named(name: str | bytes, flags: int = 0) -> Trick:
    """With a file of that name, as it is spelt in the zip."""
    spelt = name.encode() if isinstance(name, str) else name
    return lambda entries: [*entries, Entry(spelt, TEXT, flags=flags)]


def within(name: str | bytes) -> Trick:
    """With a file of that name below the top folder."""
    spelt = name.encode() if isinstance(name, str) else name
    return named(f"{TOP}/".encode() + spelt)


def first(**lies: object) -> Trick:
    """With lies in the headers of the first file."""
    return lambda entries: [entries[0].spoilt(**lies), *entries[1:]]


def more(**members: object) -> Trick:
    """With one more file, and lies in its headers."""
    made = Entry(f"{TOP}/data/reports/more.txt".encode(), TEXT).spoilt(**members)
    return lambda entries: [*entries, made]


def both(**lies: int | bytes) -> Trick:
    return first(central=lies, local=lies)


def squeezed(data: bytes) -> bytes:
    engine = zlib.compressobj(9, zlib.DEFLATED, -15)
    return engine.compress(data) + engine.flush()


def twin(name: str, other: str) -> Trick:
    """With two files whose names mean one place somewhere."""
    return lambda entries: [*named(name)(entries), Entry(other.encode(), b"another\n")]


REPORTS = f"{TOP}/data/reports"
CRC = zlib.crc32(TEXT)
NAMES: Mapping[str, tuple[str, Trick]] = {
    "an_absolute_name": ("Unpacked as root, it becomes a task.", named("/etc/cron.d/job")),
    "a_name_in_its_folder_of_nothing": ("Two slashes.", named(f"{TOP}//data/x")),
    "a_name_in_this_folder": ("A dot for a folder.", named(f"{TOP}/./data/x")),
    "a_backslash": ("On Windows it leaves its folder.", within("data\\..\\..\\autostart")),
    "a_drive_letter": ("On Windows it is on another disk.", named("C:/autostart")),
    "a_stream_behind_a_colon": ("On NTFS it hides in another file.", within("data/x.txt:more")),
    "a_device_name": ("On Windows it is the printer.", within("data/reports/LPT1.txt")),
    "a_device_name_as_a_folder": ("On Windows it is nothing.", within("data/NUL/x")),
    "a_dot_at_the_end_of_a_name": ("On Windows it is another name.", within("data/x.")),
    "a_blank_in_a_name": ("Where manifests are read, it ends there.", within("data/a b")),
    "a_line_end_in_a_name": ("In a manifest it is two lines.", within("data/a\nb")),
    "a_name_that_is_no_utf8": ("Every system shows another name.", within(b"data/\xff")),
    "a_name_in_two_normal_forms": (
        "On macOS both fall together.", twin(f"{REPORTS}/\u00e9", f"{REPORTS}/e\u0301")),
    "a_name_of_300_characters": ("Beyond what disks take.", within("data/" + "x" * 300)),
    "a_path_of_1300_characters": ("Beyond what Windows takes.", within("data/" + "x/" * 650 + "x")),
    "a_file_that_is_a_folder_too": ("Which comes first decides.", within("data/README.txt/more")),
    "folders_that_fall_together": ("Data and data.", within("Data/more")),
    "two_top_folders": ("One reader looks here, the other there.", named("custody/data/x")),
    "a_file_beside_its_top_folder": ("It lands beside.", named("README.txt")),
    "a_folder_of_its_own": ("An entry that is no file.", within("data/empty/")),
}  # fmt: skip
HEADERS: Mapping[str, tuple[str, Trick]] = {
    "an_encrypted_file": ("Who has the password reads something else.", first(flags=1)),
    "masked_headers": ("The list of files is encrypted.", first(flags=0x2000)),
    "an_unknown_packing": ("Only some programs can unpack it.", both(method=12)),
    "a_link_made_on_another_system": (
        "The system that it names has no links.", more(central={"outer": LINK, "made": 0x0014})),
    "a_pipe": ("Who reads it waits for ever.", more(central={"outer": PIPE})),
    "a_folder_by_its_attribute": ("It has content, and is a folder.", more(central={"outer": FOLDER})),
    "a_hidden_file": ("Windows does not show it to who unpacks it.", more(central={"outer": 0x02})),
    "a_text_by_its_attribute": (
        "`unzip -a` writes other line ends, and other bytes.", more(central={"inner": 1})),
    "a_file_that_acts_for_its_owner": (
        "Unpacked by root, it runs as root.", more(central={"outer": 0o104755 << 16})),
    "a_version_of_no_feature": ("Nobody knows what it takes to read it.", both(needs=21)),
    "another_name_in_its_local_header": (
        "Who streams gets another file.", more(local={"name": f"{REPORTS}/less.txt".encode()})),
    "another_size_in_its_local_header": ("Who streams gets less.", more(local={"size": 2})),
    "another_crc_in_its_local_header": ("Who streams finds damage.", more(local={"crc": 7})),
    "another_packing_in_its_local_header": ("Who streams unpacks it.", more(local={"method": 8})),
    "another_date_in_its_local_header": ("It looks older to some.", more(local={"date": 0x22})),
    "a_stored_file_of_two_sizes": (
        "Some read to one end, some to the other.",
        more(central={"size": 9}, local={"size": 9})),
    "a_data_descriptor_that_lies": (
        "What stands behind the data is not what stands in the list.",
        more(described=True, descriptor=struct.pack("<4s3L", b"PK\7\10", CRC, 2, 2))),
    "a_data_descriptor_without_its_mark": (
        "Readers disagree on where the next file begins.",
        more(described=True, descriptor=struct.pack("<3L", CRC, 5, 5))),
    "sizes_before_and_behind_the_data": (
        "Both say how long it is.", more(described=True, local={"size": 5})),
    "a_second_name_in_an_extra_field": (
        "Info-ZIP reads another name.", more(extra=struct.pack("<2H", 0x7075, 9) + b"\1----evil")),
    "zip64_sizes_that_nobody_needs": (
        "Some readers take these.", more(extra=struct.pack("<2HQ", 1, 8, 2))),
    "zip64_sizes_that_are_missing": (
        "The header says that they follow.", more(central={"size": 0xFFFFFFFF})),
    "zip64_sizes_that_lie": (
        "A file of eight exbibytes.",
        more(wide=True, central={"extra": struct.pack("<2H3Q", 1, 24, 2**63, 5, 0)})),
    "a_comment_to_a_file": ("Text that no manifest lists.", more(central={"comments": 4})),
    "a_file_on_another_disk": ("The rest is to follow.", more(central={"disk": 1})),
    "a_gap_before_a_file": ("A program hides there.", more(before=b"MZ")),
    "a_bomb": ("It unpacks to 200 times its size.", more(data=bytes(2 << 20), deflated=True)),
}  # fmt: skip
ENDS: Mapping[str, tuple[str, dict[str, bytes]]] = {
    "a_gap_before_its_directory": ("A program hides there.", {"gap": b"MZ"}),
    "a_comment": ("Where it ends, readers disagree.", {"tail": b"more"}),
}


def tricked(trick: Trick, **end: bytes) -> Callable[[], Spoilt]:
    return lambda: zipped_with(trick, **end)


def untouched(entries: Entries) -> Entries:
    return entries


for _name, (_told, _trick) in {**NAMES, **HEADERS}.items():
    enter(f"zip_with_{_name}", _told, tricked(_trick), Check.STRUCTURE, UNREAD)
for _name, (_told, _end) in ENDS.items():
    enter(f"zip_with_{_name}", _told, tricked(untouched, **_end), Check.STRUCTURE, UNREAD)


def rewritten(change: Callable[[bytes], bytes], *, wide: bool) -> Callable[[], Spoilt]:
    """The good zip, its bytes changed as a whole; `wide`: with zip64 ends."""

    def make() -> Spoilt:
        made = zipped_with(untouched, **({"wide": b"yes"} if wide else {}))
        return made._replace(bundles=(change(made.bundles[0]),))

    return make


def end_of(data: bytes, **fields: int) -> bytes:
    """With these fields in its last record."""
    names = ("magic", "disk", "first", "here", "count", "length", "start", "comment")
    form = struct.Struct("<4s4H2LH")
    values = dict(zip(names, form.unpack(data[-form.size :]), strict=True)) | fields
    return data[: -form.size] + form.pack(*values.values())


WHOLE: Mapping[str, tuple[str, Callable[[bytes], bytes]]] = {
    "a_program_before_it": ("It runs when it is opened.", lambda data: b"#!/bin/sh\n" + data),
    "a_comment_that_its_end_tells": (
        "Text that nobody signed.", lambda data: end_of(data, comment=4) + b"more"),
    "a_file_too_many_in_its_count": (
        "One file is said, and not listed.",
        lambda data: end_of(data, here=data.count(b"PK\1\2") + 1, count=data.count(b"PK\1\2") + 1)),
    "its_end_on_another_disk": ("The rest is to follow.", lambda data: end_of(data, disk=1)),
    "its_end_cut_off": ("A download that broke off.", lambda data: data[:-9]),
    "nothing_but_text": ("No zip at all.", lambda data: b"see the attached file\n" * 9),
}  # fmt: skip
LOCATOR = struct.Struct("<4sLQL")
WIDE: Mapping[str, tuple[str, Callable[[bytes], bytes]]] = {
    "two_ends_that_disagree": (
        "One end lists fewer files than the other.", lambda data: end_of(data, here=1, count=1)),
    "a_zip64_end_that_is_elsewhere": (
        "The locator points into the files.",
        lambda data: data[:-42] + LOCATOR.pack(b"PK\6\7", 0, 30, 1) + data[-22:]),
    "more_files_than_any_bundle_has": (
        "To keep a reader busy with their list.",
        lambda data: end_of(
            data[:-74] + struct.pack("<2Q", 500_001, 500_001) + data[-58:],
            here=0xFFFF, count=0xFFFF)),
    "a_zip64_end_on_another_disk": (
        "The locator says two disks.",
        lambda data: data[:-42] + data[-42:-26] + struct.pack("<L", 2) + data[-22:]),
}  # fmt: skip
for _name, (_told, _change) in WHOLE.items():
    _make = rewritten(_change, wide=False)
    enter(f"zip_with_{_name}", _told, _make, Check.STRUCTURE, UNREAD)
for _name, (_told, _change) in WIDE.items():
    _make = rewritten(_change, wide=True)
    enter(f"zip_with_{_name}", _told, _make, Check.STRUCTURE, UNREAD)
