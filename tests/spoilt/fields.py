"""Members of lines, keys and disclosures that an exporter can change, and sign as hers; limits.

One defect for each member that the other modules leave out. She holds no log key.
"""

from collections.abc import Callable, Mapping
from functools import partial
from hashlib import sha256
from typing import Any

from custody.core import canonical
from custody.core.bundle import layout
from custody.core.findings import Check, Outcome
from custody.core.state import Case, Item, Register
from tests.spoilt import Also, Spoilt, enter, spoilt
from tests.spoilt.archives import within
from tests.spoilt.courier import UNREAD as UNOPENED
from tests.spoilt.courier import zipped_with
from tests.spoilt.lines import FAR, OTHER
from tests.spoilt.paths import BESIDE, accompanied
from tests.spoilt.people import note, recorded_unread, spelt
from tests.spoilt.spellings import UNKEYED, UNSEEN
from tests.spoilt.stage import CASE, alter, env_of, good, of, spoilt_of, stage
from tests.spoilt.swaps import disclosed, opened_of

UNACCOMPANIED: Also = {(Check.COMPLETENESS, Outcome.FAILED): "so the entry is not all there"}
ALONE: Also = BESIDE | {(Check.STATEMENT, Outcome.FAILED): "and it is a companion of nothing"}
ITEM_2 = f"item 2 of {CASE}"
COMPANIONS: Mapping[str, tuple[str, Any, Check, Also]] = {
    "kind": ("It is called of a later version's kind.", "other", Check.INCLUSION, ALONE),
    "n": ("It says that it stands elsewhere.", FAR, Check.STRUCTURE, UNACCOMPANIED),
    "v": ("It is of a version that nobody knows.", 2, Check.STRUCTURE, UNACCOMPANIED),
}


def companion(member: str, value: Any, check: Check) -> Spoilt:
    """The companion's record with that member, in its own line."""
    _, bundle, n = accompanied()
    lines = bundle.files[layout.COMPANIONS].splitlines()
    at = next(i for i, line in enumerate(lines, 1) if line.startswith(f'{{"n":{n},'.encode()))
    record = {**canonical.decode(bundle.records[n], canonical.RECORD_LIMIT), member: value}
    alter(bundle, layout.COMPANIONS, lambda v: v["n"] == n, record=record)
    unread = check is Check.STRUCTURE
    return spoilt_of(bundle, of(f"{layout.COMPANIONS} line {at}" if unread else f"record {n}"))


for _name, (_told, _value, _check, _also) in COMPANIONS.items():
    _make = partial(companion, _name, _value, _check)
    enter(f"companion_with_another_{_name}", _told, _make, _check, _also)


def respelt(change: Callable[[str], str]) -> Spoilt:
    """The title of the case, what opens it spelt otherwise."""
    own, bundle = good()
    return disclosed(bundle, own, "title", change(opened_of(own, "title")))


DISCLOSURES: Mapping[str, tuple[str, Callable[[str], str]]] = {
    "with_an_end_too_many": ("It is padded.", lambda text: text + "="),
    "that_is_no_list": (
        "An object in its place.", lambda text: canonical.to_base64url(b'{"title":"x"}')),
    "of_nothing": ("There is nothing to open.", lambda text: ""),
}  # fmt: skip
for _name, (_told, _change) in DISCLOSURES.items():
    enter(f"disclosure_{_name}", _told, partial(respelt, _change), Check.REDACTIONS)


@spoilt(Check.REDACTIONS)
def disclosure_with_a_short_salt() -> Spoilt:
    """It was signed so: whoever has the digest can guess the words by trying them."""
    own = stage()
    signed, eve = note(own, own.story.eve), own.story.eve.signer
    text = canonical.to_base64url(canonical.encode(["A" * 22, "note", "guilty"]))
    value = canonical.decode(signed.envelope.payload, canonical.STATEMENT_LIMIT)
    value["sd"]["note"] = canonical.to_base64url(sha256(text.encode()).digest())
    made = spelt(signed, canonical.encode(value), eve)
    others = [each for each in made.disclosures if b'"note"' not in canonical.from_base64url(each)]
    return recorded_unread(own, made._replace(disclosures=(*others, text)))


def moved(**changes: str) -> Spoilt:
    """The line that opens the title of the case stands under another entry or name."""
    own, bundle = good()
    env = env_of(own.sent_of("case.opened"))

    def change(values: list[Any]) -> None:
        (found,) = (v for v in values if (v["env"], v["name"]) == (env, "title"))
        found.update(changes)
        values.sort(key=lambda v: (v["env"], v["name"]))

    bundle.edit(layout.DISCLOSURES, change)
    n = own.last if "env" in changes else own.sent_of("case.opened").id
    return spoilt_of(bundle, f"record {own.first(n)}")


@spoilt(Check.REDACTIONS)
def disclosure_under_another_entry() -> Spoilt:
    """What was said of the case is shown as said of the image."""
    own, _ = good()
    return moved(env=env_of(own.sent(own.last)))


@spoilt(Check.REDACTIONS)
def disclosure_under_another_name() -> Spoilt:
    """The line calls the title a verdict."""
    return moved(name="verdict")


NUMBERED: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "key": ("It is the key of nothing here.", {"key": OTHER}),
    "kind": ("An item's key is called a register's.", {"kind": "register", "number": None}),
    "number": ("It is called that of another item.", {"number": 4}),
    "reference": ("It is called that of an item of another case.", {"reference": "K-9"}),
}


def subject_key(**changes: Any) -> Spoilt:
    """Keys of two chosen items, that of the note changed; None takes a member away."""
    own = stage()
    bundle = own.bundle(own.story.laptop, own.text)
    keys = bundle.keys()
    (found,) = (key for key in keys["subjects"] if key.get("number") == 3)
    keys["subjects"].remove(found)
    changed = {name: value for name, value in (found | changes).items() if value is not None}
    keys["subjects"].append(changed)
    bundle.files[layout.KEYS] = canonical.encode(keys)
    return spoilt_of(bundle, f"tag of subject {own.text:.12}")


for _name, (_told, _changes) in NUMBERED.items():
    _make = partial(subject_key, **_changes)
    _unsure = Outcome.UNDETERMINED
    enter(f"subject_key_with_another_{_name}", _told, _make, Check.STRUCTURE, {}, _unsure)


@spoilt(
    Check.STRUCTURE,
    Outcome.UNDETERMINED,
    also={(Check.COMPLETENESS, Outcome.UNDETERMINED): "nor does it show that there are no others"},
)
def case_key_under_another_reference() -> Spoilt:
    """The true key of the case is called that of another one."""
    own, bundle = good()
    _, key = own.world.case_keys[own.story.case]
    keys = {"v": 1, "cases": [{"key": key.hex(), "reference": "K-9"}], "subjects": []}
    bundle.files[layout.KEYS] = canonical.encode(keys)
    tags = [tag for tag, s in own.world.states.items() if isinstance(s, Item | Case | Register)]
    return spoilt_of(bundle, *(f"tag of subject {tag:.12}" for tag in tags))


@spoilt(Check.STRUCTURE, also=UNKEYED)
def keys_of_17_cases() -> Spoilt:
    """With each of them all numbers of its items would be tried."""
    _, bundle = good()
    keys = bundle.keys()
    keys["cases"] += [{"key": f"{n:02x}" * 32, "reference": f"K-{n}"} for n in range(16)]
    bundle.files[layout.KEYS] = canonical.encode(keys)
    return spoilt_of(bundle, of(layout.KEYS))


def in_proof(change: Callable[[list[str]], object]) -> Spoilt:
    """The image's proof of its count, changed."""
    own, bundle = good()

    def within_line(values: list[Any]) -> None:
        (found,) = (value for value in values if value["tag"] == own.image)
        assert len(found["proof"]) > 1
        change(found["proof"])

    bundle.edit(layout.SUBJECTS, within_line)
    return spoilt_of(bundle, of(ITEM_2))


@spoilt(Check.COMPLETENESS)
def index_proof_altered() -> Spoilt:
    """One of its siblings is another."""
    return in_proof(lambda path: path.__setitem__(0, OTHER))


@spoilt(Check.COMPLETENESS)
def index_proof_reversed() -> Spoilt:
    """It is written from the entry to the root."""
    return in_proof(lambda path: path.reverse())


@spoilt(Check.STRUCTURE, also=UNSEEN)
def line_of_more_than_it_may_hold() -> Spoilt:
    """A path of 23,000 hashes, to fill a reader's memory."""
    own, bundle = good()
    seen = own.sent(own.last).statement.seen.size
    path = [canonical.to_base64(sha256(b"%d" % n).digest()) for n in range(23_000)]
    at = [value["size"] for value in lines_of(bundle.files[layout.CONSISTENCY])].index(seen) + 1
    alter(bundle, layout.CONSISTENCY, lambda v: v["size"] == seen, path=path)
    return spoilt_of(bundle, of(f"{layout.CONSISTENCY} line {at}"))


def lines_of(data: bytes) -> list[dict[str, Any]]:
    return [canonical.decode(line, layout.LINE_BYTES) for line in data.splitlines()]


@spoilt(Check.STRUCTURE)
def lines_of_1000_faults() -> Spoilt:
    """After so many the rest is left unread."""
    _, bundle = good()
    good_ones = len(lines_of(bundle.files[layout.CONSISTENCY]))
    bundle.files[layout.CONSISTENCY] += b"x\n" * (layout.FAULTS + 1)
    last = good_ones + layout.FAULTS
    faulty = (of(f"{layout.CONSISTENCY} line {n}") for n in range(good_ones + 1, last + 1))
    return spoilt_of(bundle, *faulty, of(f"{layout.CONSISTENCY} after line {last}"))


enter(
    "zip_with_a_path_of_17_parts",
    "Deeper than anything that a bundle holds.",
    lambda: zipped_with(within("data/" + "x/" * 15 + "x")),
    Check.STRUCTURE,
    UNOPENED,
)
