"""What an exporter can change in proofs and companions, and sign as hers. She holds no log key.

One defect for each field of index proofs, inclusion proofs, earlier checkpoints and companions.
"""

from collections.abc import Callable, Mapping
from typing import Any

from custody.core.bundle import layout
from custody.core.findings import Check, Outcome
from tests.bundles import Bundle
from tests.spoilt import Also, Spoilt, enter, spoilt
from tests.spoilt.lines import FAR, OTHER, OUT_OF_ORDER, own_entry
from tests.spoilt.stage import (
    CASE,
    Stage,
    accompany,
    alter,
    chain_of,
    drop,
    good,
    of,
    spoilt_of,
    stage,
)

ITEM_2 = f"item 2 of {CASE}"
INDEX: Mapping[str, tuple[str, dict[str, Any]]] = {
    "index_proof_of_a_lower_count": ("The count is that of an earlier day.", {"count": 2}),
    "index_proof_of_a_count_beyond_all": ("More than there can be.", {"count": 2**53 - 1}),
    "index_proof_of_another_head": ("It counts to another record.", {"head": OTHER}),
    "index_proof_cut_off": ("Nothing leads from the chain to the index.", {"proof": []}),
    "index_proof_beside_nothing": (
        "It says that the chain has no neighbour.", {"proof": ["00" * 32]}),
    "index_proof_longer_than_a_tag": (
        "A tag has 256 bits, the proof more steps.", {"proof": [OTHER] * 257}),
}  # fmt: skip


def in_subjects(changes: dict[str, Any]) -> Callable[[], Spoilt]:
    """With these members in the line of the image."""

    def make() -> Spoilt:
        own, bundle = good()
        alter(bundle, layout.SUBJECTS, lambda v: v["tag"] == own.image, **changes)
        return spoilt_of(bundle, of(ITEM_2))

    return make


for _name, (_told, _changes) in INDEX.items():
    enter(_name, _told, in_subjects(_changes), Check.COMPLETENESS)


@spoilt(
    Check.COMPLETENESS,
    also={
        (Check.STATEMENT, Outcome.FAILED): "the entry on her chain belongs to nothing counted",
        (Check.REDACTIONS, Outcome.FAILED): "nor does what is opened of it",
    },
)
def index_proof_of_another_tag() -> Spoilt:
    """Count and head of Pia's chain are called somebody else's."""
    own, bundle = good()
    pia = own.story.pia.tag
    (n,) = chain_of(bundle, pia)
    alter(bundle, layout.SUBJECTS, lambda v: v["tag"] == pia, tag=OTHER)
    bundle.edit(layout.SUBJECTS, lambda values: values.sort(key=lambda v: str(v["tag"])))
    return spoilt_of(bundle, of(f"record {n}"), of(f"subject {OTHER:.12}"))


INCLUSION: Mapping[str, tuple[str, Callable[[Bundle, int], list[str]]]] = {
    "inclusion_proof_cut_off": ("A record comes with no path.", lambda bundle, n: []),
    "inclusion_proof_too_long": (
        "A path leads beyond the root.", lambda bundle, n: [*bundle.path(n), bundle.path(0)[0]]),
    "inclusion_proof_reversed": (
        "The path is written from root to leaf.", lambda bundle, n: bundle.path(n)[::-1]),
}  # fmt: skip


def in_proofs(path: Callable[[Bundle, int], list[str]]) -> Callable[[], Spoilt]:
    """With that path of the image's last record."""

    def make() -> Spoilt:
        own, bundle = good()
        n = own_entry(own)
        alter(bundle, layout.PROOFS, lambda v: v["n"] == n, path=path(bundle, n))
        return spoilt_of(bundle, of(f"record {n}"))

    return make


for _name, (_told, _path) in INCLUSION.items():
    enter(_name, _told, in_proofs(_path), Check.INCLUSION)


@spoilt(Check.INCLUSION, also=OUT_OF_ORDER)
def inclusion_proof_under_another_number() -> Spoilt:
    """The proof stands under a number that no record has."""
    own, bundle = good()
    n = own_entry(own)
    alter(bundle, layout.PROOFS, lambda v: v["n"] == n, n=FAR)
    return spoilt_of(bundle, of(f"record {n}"), of(f"record {FAR}"))


@spoilt(Check.INCLUSION)
def inclusion_proof_withheld() -> Spoilt:
    """A record comes without its proof."""
    own, bundle = good()
    drop(bundle, layout.PROOFS, lambda v: v["n"] == own_entry(own))
    return spoilt_of(bundle, of(f"record {own_entry(own)}"))


def in_consistency(size: int, changes: dict[str, Any]) -> Callable[[], Spoilt]:
    """With these members in what the last entry's signer had seen; `size`: or else its own."""

    def make() -> Spoilt:
        own, bundle = good()
        seen = own.sent(own.last).statement.seen.size
        alter(bundle, layout.CONSISTENCY, lambda v: v["size"] == seen, **changes)
        named = of(f"checkpoint of {size or seen} records")
        return spoilt_of(bundle, named, f"record {own_entry(own)}")

    return make


SEEN: Mapping[str, tuple[str, int, dict[str, Any], Also]] = {
    "earlier_checkpoint_of_another_root": ("Its root is another.", 0, {"root": OTHER}, {}),
    "earlier_checkpoint_without_a_path": ("Nothing leads on from it.", 0, {"path": []}, {}),
    "earlier_checkpoint_of_another_size": (
        "It is larger than the log.", FAR, {"size": FAR}, OUT_OF_ORDER),
}  # fmt: skip
for _name, (_told, _size, _changes, _also) in SEEN.items():
    enter(_name, _told, in_consistency(_size, _changes), Check.FRESHNESS, _also)


def accompanied() -> tuple[Stage, Bundle, int]:
    """An export of the laptop, an entry on which also concerned the note; that record's number."""
    own = stage()
    about = [own.story.laptop, own.text]
    note = own.world.record("note.recorded", about, signers=[own.story.dora])
    bundle = own.bundle(own.story.laptop)
    return own, bundle, own.first(note) + sorted(about).index(own.text)


def companion(**changes: Any) -> Callable[[], Spoilt]:
    """With other members in that companion's record."""

    def make() -> Spoilt:
        _, bundle, n = accompanied()

        def change(values: list[Any]) -> None:
            (found,) = (value for value in values if value["n"] == n)
            found["record"].update(changes)

        bundle.edit(layout.COMPANIONS, change)
        return spoilt_of(bundle, of(f"record {n}"))

    return make


BESIDE = {(Check.CHAIN, Outcome.FAILED): "the records beside it name what stood there"}
UNLIKE = {(Check.STATEMENT, Outcome.FAILED): "nor is it what the signed entry says"}
COMPANION: Mapping[str, tuple[str, Any, Also]] = {
    "at": ("It was recorded at another time.", 0, BESIDE | UNLIKE),
    "chain": ("It names another record of the log before it.", OTHER, BESIDE),
    "env": ("It is another entry's.", OTHER, BESIDE | UNLIKE),
    "prev": ("It names another record of its subject before it.", OTHER, BESIDE),
    "seq": ("It has another place in its chain.", 7, BESIDE),
    "tag": ("It is another subject's.", OTHER, BESIDE | UNLIKE),
}
for _name, (_told, _value, _also) in COMPANION.items():
    _make = companion(**{_name: _value})
    enter(f"companion_with_another_{_name}", _told, _make, Check.INCLUSION, _also)


@spoilt(Check.INCLUSION)
def companion_with_another_path() -> Spoilt:
    """It comes with the path of another record."""
    _, bundle, n = accompanied()
    alter(bundle, layout.COMPANIONS, lambda v: v["n"] == n, path=bundle.path(0))
    return spoilt_of(bundle, of(f"record {n}"))


@spoilt(
    Check.STRUCTURE, also={(Check.COMPLETENESS, Outcome.FAILED): "so the entry is not all there"}
)
def companion_under_another_number() -> Spoilt:
    """Its line and its record say two numbers."""
    _, bundle, n = accompanied()
    lines = bundle.files[layout.COMPANIONS].splitlines()
    at = next(i for i, line in enumerate(lines, 1) if line.startswith(f'{{"n":{n},'.encode()))
    alter(bundle, layout.COMPANIONS, lambda v: v["n"] == n, n=FAR)
    return spoilt_of(bundle, of(f"{layout.COMPANIONS} line {at}"))


@spoilt(Check.STATEMENT)
def companion_of_nothing_shown() -> Spoilt:
    """A record of another item comes with nobody's entry."""
    own, bundle, _ = accompanied()
    n = chain_of(bundle, own.text)[0]
    accompany(bundle, n)
    return spoilt_of(bundle, of(f"record {n}"))
