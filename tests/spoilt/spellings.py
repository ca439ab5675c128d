"""JSON that one reader takes in one way and the next in another. None of it is read.

Twice over: in a line of the ledger's files, which an exporter spells, and in a statement, which
its signer spells and an operator records.
"""

from collections.abc import Callable, Mapping

from custody.core.bundle import layout
from custody.core.findings import Check, Outcome
from tests.spoilt import Spoilt, enter, spoilt
from tests.spoilt.people import note, recorded_unread, spelt
from tests.spoilt.stage import UNREAD, good, of, spoilt_of, stage

FILE = layout.CONSISTENCY
UNSEEN = {(Check.FRESHNESS, Outcome.FAILED): "so what a signer had seen is proved by nothing"}
SIZE = b'"size":%d}'

# By name: what it is, and how the last member of a line, its size, is spelt.
LINES: Mapping[str, tuple[str, bytes]] = {
    "a_member_twice": ("One reader takes the first, another one the last.", b'"size":1,"size":%d}'),
    "a_blank": ("A blank after the colon.", b'"size": %d}'),
    "a_number_as_a_fraction": ("The same number, with a fraction.", b'"size":%d.0}'),
    "a_number_with_an_exponent": ("The same number, with an exponent.", b'"size":%de0}'),
    "a_number_that_is_infinite": ("Beyond all floating point.", b'"size":%de400}'),
    "a_number_with_a_zero_in_front": ("Octal to some.", b'"size":0%d}'),
    "a_number_of_5000_digits": ("To keep a reader busy.", b'"size":' + b"9" * 5000 + b"%d}"),
    "a_number_beyond_2_to_the_53": ("Some readers round it.", b'"size":90071992547410%d}'),
    "minus_nothing": ("Nothing, below zero.", b'"size":-0}'),
    "nothing_at_all": ("There is no null.", b'"size":null}'),
    "a_yes_for_a_number": ("True is one, to some.", b'"size":true}'),
    "deep_nesting": ("To exhaust a reader.", b'"size":' + b"[" * 9999 + b"%d" + b"]" * 9999 + b"}"),
    "a_carriage_return": ("Another line end.", b'"size":%d}\r'),
    "a_mark_at_its_end": ("A byte order mark.", b'"size":%d}\xef\xbb\xbf'),
}


def in_line(spelling: bytes) -> Callable[[], Spoilt]:
    def make() -> Spoilt:
        own, bundle = good()
        size = own.sent(own.last).statement.seen.size
        old = bundle.files[FILE].splitlines()
        at = next(i for i, line in enumerate(old) if line.endswith(SIZE % size))
        new = spelling % size if b"%d" in spelling else spelling
        bundle.files[FILE] = bundle.files[FILE].replace(SIZE % size + b"\n", new + b"\n")
        return spoilt_of(bundle, of(f"{FILE} line {at + 1}"))

    return make


for _name, (_told, _spelling) in LINES.items():
    enter(f"line_with_{_name}", _told, in_line(_spelling), Check.STRUCTURE, UNSEEN)


@spoilt(Check.STRUCTURE)
def line_that_is_empty() -> Spoilt:
    """A line with nothing in it, which some readers pass over."""
    _, bundle = good()
    bundle.files[FILE] = bundle.files[FILE].replace(b"\n", b"\n\n", 1)
    return spoilt_of(bundle, of(f"{FILE} line 2"))


@spoilt(Check.STRUCTURE, also=UNSEEN)
def line_without_its_end() -> Spoilt:
    """The last line is cut off."""
    _, bundle = good()
    lines = bundle.files[FILE].splitlines()
    bundle.files[FILE] = bundle.files[FILE][:-1]
    return spoilt_of(bundle, of(f"{FILE} after line {len(lines) - 1}"))


UNKEYED = {
    (Check.STRUCTURE, Outcome.UNDETERMINED): "so no tag can be recomputed",
    (Check.COMPLETENESS, Outcome.UNDETERMINED): "nor can all items of the case be looked for",
}
KEYS: Mapping[str, tuple[str, bytes, bytes]] = {
    "a_case_twice": ("Which cases there are.", b'{"cases":', b'{"cases":[],"cases":'),
    "its_members_in_disorder": (
        "Sorted otherwise.",
        b'"subjects":[],"v":1',
        b'"v":1,"subjects":[]',
    ),
    "an_escaped_slash": ("JSON allows it.", b"K-2026/17", b"K-2026\\/17"),
    "half_a_surrogate": ("No character at all.", b"K-2026/17", b"K-2026/\\ud800"),
    "a_reversed_text": ("It reads backwards.", b"K-2026/17", "K-\u202e2026/17".encode()),
    "another_encoding": ("Not UTF-8.", b"K-2026/17", b"K-2026/\xff"),
    "a_byte_order_mark": ("Windows writes it.", b'{"cases":', b'\xef\xbb\xbf{"cases":'),
    "another_version": ("Of a later format.", b'"v":1', b'"v":2'),
}


def in_keys(old: bytes, new: bytes) -> Callable[[], Spoilt]:
    def make() -> Spoilt:
        _, bundle = good()
        assert bundle.files[layout.KEYS].count(old) == 1
        bundle.files[layout.KEYS] = bundle.files[layout.KEYS].replace(old, new)
        return spoilt_of(bundle, of(layout.KEYS))

    return make


for _name, (_told, _old, _new) in KEYS.items():
    enter(f"keys_with_{_name}", _told, in_keys(_old, _new), Check.STRUCTURE, UNKEYED)

CLIENT, VERSION = b'"client":"tests 1"', b'"v":1}'
PAYLOADS: Mapping[str, tuple[str, bytes, bytes]] = {
    "a_number_of_5000_digits": ("To keep a reader busy.", VERSION, b'"v":' + b"1" * 5000 + b"}"),
    "a_number_that_is_infinite": ("Beyond all floating point.", VERSION, b'"v":1e400}'),
    "a_number_as_a_fraction": ("The same number.", VERSION, b'"v":1.0}'),
    "deep_nesting": ("To exhaust a reader.", VERSION, b'"v":' + b"[" * 9999 + b"]" * 9999 + b"}"),
    "half_a_surrogate": ("No character at all.", CLIENT, b'"client":"\\ud800"'),
    "a_reversed_text": ("It reads backwards.", CLIENT, '"client":"tests\u202e 1"'.encode()),
    "a_byte_of_nothing": ("Where C strings end.", CLIENT, b'"client":"tests\\u0000 1"'),
    "another_encoding": ("Not UTF-8.", CLIENT, b'"client":"tests\xff"'),
    "nothing_for_a_member": ("There is no null.", CLIENT, b'"client":null'),
    "a_key_in_capitals": ("Keys are in small letters.", b'"client":', b'"Client":'),
    "a_separator_of_lines": ("Some end a line there.", CLIENT, '"client":"\u2028"'.encode()),
    "a_character_of_control": ("A terminal obeys it.", CLIENT, '"client":"\x9b2J"'.encode()),
    "more_than_it_may_hold": ("Too long.", CLIENT, b'"client":"' + b"x" * 300_000 + b'"'),
}


def in_payload(old: bytes, new: bytes) -> Callable[[], Spoilt]:
    def make() -> Spoilt:
        own = stage()
        signed, signer = note(own, own.story.eve), own.story.eve.signer
        assert signed.envelope.payload.count(old) == 1
        return recorded_unread(
            own, spelt(signed, signed.envelope.payload.replace(old, new), signer)
        )

    return make


for _name, (_told, _old, _new) in PAYLOADS.items():
    enter(f"payload_with_{_name}", _told, in_payload(_old, _new), Check.STATEMENT, UNREAD)
