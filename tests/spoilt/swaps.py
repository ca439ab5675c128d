"""What an exporter can add or swap, and then sign as hers. She holds no log key."""

from hashlib import sha256
from typing import Any

from custody.core import canonical, disclosure
from custody.core.bundle import layout
from custody.core.findings import Check, Outcome
from custody.core.state import Case, Item, Register
from tests.bundles import Bundle, zipped
from tests.spoilt import Spoilt, spoilt
from tests.spoilt.stage import (
    CASE,
    REPORT,
    UNREAD,
    Stage,
    alter,
    drop,
    env_of,
    good,
    handed,
    of,
    spoilt_of,
    stage,
)

ITEM_2 = f"item 2 of {CASE}"
FILE_2, FILE_3 = "data/items/2/0001.dd", "data/items/3/0001.txt"

UNANNOUNCED = {
    (Check.COMPLETENESS, Outcome.UNDETERMINED): "so nobody says what the bundle should hold",
}


@spoilt(Check.COMPLETENESS)
def index_proof_of_another_subject() -> Spoilt:
    """The count of one chain comes with the proof of another."""
    own, bundle = good()
    alter(bundle, layout.SUBJECTS, lambda v: v["tag"] == own.image, proof=["ab" * 32])
    return spoilt_of(bundle, of(ITEM_2))


@spoilt(Check.COMPLETENESS)
def count_of_less_than_nothing() -> Spoilt:
    """A count that no chain can have."""
    own, bundle = good()
    alter(bundle, layout.SUBJECTS, lambda v: v["tag"] == own.image, count=-1)
    return spoilt_of(bundle, of(ITEM_2))


@spoilt(Check.INCLUSION)
def inclusion_proof_altered() -> Spoilt:
    """A record comes with the proof of another one."""
    _, bundle = good()
    alter(bundle, layout.PROOFS, lambda v: v["n"] == 12, path=bundle.path(13))
    return spoilt_of(bundle, of("record 12"))


@spoilt(
    Check.INCLUSION,
    also={
        (Check.CHAIN, Outcome.FAILED): "the next record names what stood there",
        (Check.COMPLETENESS, Outcome.FAILED): "and so does the tally",
    },
)
def record_backdated() -> Spoilt:
    """The newest record of an item says another time than the log's."""
    own, bundle = good()
    last = own.first(own.last)
    at = bundle.read[last - 1].at
    alter(bundle, layout.RECORDS, lambda v: v["n"] == last, at=at)
    return spoilt_of(bundle, of(f"record {last}"))


@spoilt(Check.STRUCTURE)
def records_out_of_order() -> Spoilt:
    """Two records have changed places in their file."""
    _, bundle = good()
    lines = bundle.files[layout.RECORDS].splitlines()
    lines[12], lines[13] = lines[13], lines[12]
    bundle.lines(layout.RECORDS, lines)
    return spoilt_of(bundle, of(f"{layout.RECORDS} line 14"))


@spoilt(
    Check.STATEMENT,
    also={
        (Check.STRUCTURE, Outcome.FAILED): "the name of its file is the digest of another",
        **UNREAD,
    },
)
def envelope_swapped_for_another() -> Spoilt:
    """In the place of the last entry stands an older one, properly signed."""
    own, bundle = good()
    path = layout.ENVELOPE.format(env_of(own.sent(own.last)))
    older = layout.ENVELOPE.format(env_of(own.sent(own.release)))
    bundle.files[path] = bundle.files[older]
    return spoilt_of(bundle, f"record {own.first(own.last)}")


@spoilt(Check.STATEMENT)
def envelope_that_was_never_recorded() -> Spoilt:
    """A signed note that the ledger never took in lies among those that it did."""
    own, bundle = good()
    given = {"note": "never recorded"}
    draft = own.fork().world.draft(
        "note.recorded", [own.story.laptop], given, signers=[own.story.eve]
    )
    env = env_of(draft)
    bundle.files[layout.ENVELOPE.format(env)] = draft.envelope.encode()
    return spoilt_of(bundle, of(f"envelope {env}"))


@spoilt(Check.EVIDENCE)
def evidence_swapped_between_items() -> Spoilt:
    """Two items have changed their files, and the exporter signs it."""
    _, bundle = good()
    files = bundle.files
    files[FILE_2], files[FILE_3] = files[FILE_3], files[FILE_2]
    return spoilt_of(bundle, of(f"{ITEM_2}: {FILE_2}"), of(f"item 3 of {CASE}: {FILE_3}"))


@spoilt(Check.EVIDENCE)
def evidence_beside_that_of_an_item() -> Spoilt:
    """A second file lies beside the one that was acquired."""
    _, bundle = good()
    bundle.files["data/items/2/0002.dd"] = b"planted"
    return spoilt_of(bundle, of(f"{ITEM_2}: data/items/2/0002.dd"))


@spoilt(Check.EVIDENCE)
def evidence_of_no_item() -> Spoilt:
    """A file of an item that nobody registered."""
    _, bundle = good()
    bundle.files["data/items/9/0001.dd"] = b"planted"
    return spoilt_of(bundle, of("data/items/9/0001.dd"))


@spoilt(Check.STRUCTURE)
def file_spare_in_the_ledger() -> Spoilt:
    """A file among the ledger's that the formats do not name."""
    _, bundle = good()
    bundle.files["data/ledger/notes.txt"] = b"believe me\n"
    return spoilt_of(bundle, of("data/ledger/notes.txt"))


@spoilt(Check.STRUCTURE)
def document_under_the_digest_of_another() -> Spoilt:
    """The warrant was rewritten, and keeps the digest that an entry names as its file name."""
    _, bundle = good()
    path = f"data/documents/{'ab' * 32}.pdf"
    bundle.files[path] = b"%PDF another warrant"
    return spoilt_of(bundle, of(path))


def disclosed(bundle: Bundle, own: Stage, name: str, text: str) -> Spoilt:
    """With this as what is opened under `name` of the case's first entry."""
    opening = next(run for run in own.world.runs if run.signed.statement.name == "case.opened")
    env = env_of(opening.signed)
    drop(bundle, layout.DISCLOSURES, lambda v: v["env"] == env and v["name"] == name)

    def add(values: list[Any]) -> None:
        values.append({"env": env, "name": name, "disclosure": text})
        values.sort(key=lambda v: (v["env"], v["name"]))

    bundle.edit(layout.DISCLOSURES, add)
    return spoilt_of(bundle, f"record {opening.first}")


def opened_of(own: Stage, name: str) -> str:
    """What opens that field of the case's first entry."""
    texts = own.sent_of("case.opened").disclosures
    return next(text for text in texts if disclosure.read(text).field == name)


@spoilt(Check.REDACTIONS)
def disclosure_altered() -> Spoilt:
    """The title that is opened is not the one that was signed."""
    own, bundle = good()
    text = disclosure.make("title", "a harmless matter", own.fork().world.entropy).text
    return disclosed(bundle, own, "title", text)


@spoilt(Check.REDACTIONS)
def disclosure_of_another_field() -> Spoilt:
    """What was signed as the reference is shown as the title."""
    own, bundle = good()
    return disclosed(bundle, own, "title", opened_of(own, "reference"))


@spoilt(Check.REDACTIONS)
def disclosure_of_a_field_that_nobody_signed() -> Spoilt:
    """A field is opened that the statement does not have."""
    own, bundle = good()
    text = disclosure.make("verdict", "guilty", own.fork().world.entropy).text
    return disclosed(bundle, own, "verdict", text)


@spoilt(Check.REDACTIONS)
def disclosure_of_another_type() -> Spoilt:
    """A list of photographs is signed, and disclosed, as a number."""
    own = stage()
    made = disclosure.make("attachments", 3, own.world.entropy).text
    story, subject = own.story, own.next
    own.world.record("note.recorded", [story.laptop], signers=[story.dora], disclosed=[made])
    return spoilt_of(own.bundle(), subject)


@spoilt(Check.STRUCTURE)
def disclosure_twice() -> Spoilt:
    """One field is opened in two lines."""
    own, bundle = good()
    env = env_of(own.sent_of("case.opened"))
    lines = bundle.files[layout.DISCLOSURES].splitlines()
    at = next(i for i, line in enumerate(lines) if env.encode() in line)
    bundle.lines(layout.DISCLOSURES, [*lines[: at + 1], *lines[at:]])
    return spoilt_of(bundle, of(f"{layout.DISCLOSURES} line {at + 2}"))


@spoilt(Check.REDACTIONS)
def disclosure_of_an_entry_that_is_not_shown() -> Spoilt:
    """A field of somebody else's entry is opened to a reader who is not to see the entry."""
    own = stage()
    bundle = own.bundle(own.story.laptop)
    signed = next(
        run.signed
        for run in own.world.runs
        if run.signed.statement.name == "item.acquired"
        and any(place.tag == own.text for place in run.signed.statement.about)
    )
    env, text = env_of(signed), signed.disclosures[0]

    def add(values: list[Any]) -> None:
        name = disclosure.read(text).field
        values.append({"env": env, "name": name, "disclosure": text})
        values.sort(key=lambda v: (v["env"], v["name"]))

    bundle.edit(layout.DISCLOSURES, add)
    return spoilt_of(bundle, f"envelope {env}")


@spoilt(
    Check.STRUCTURE,
    Outcome.UNDETERMINED,
    also={(Check.COMPLETENESS, Outcome.UNDETERMINED): "nor does it show that there are no others"},
)
def case_key_of_another_case() -> Spoilt:
    """The key of the case opens none of its tags."""
    own, bundle = good()
    reference, _ = own.world.case_keys[own.story.case]
    keys = {"v": 1, "cases": [{"key": bytes(32).hex(), "reference": reference}], "subjects": []}
    bundle.files[layout.KEYS] = canonical.encode(keys)
    tags = [tag for tag, s in own.world.states.items() if isinstance(s, Item | Case | Register)]
    return spoilt_of(bundle, *(f"tag of subject {tag:.12}" for tag in tags))


@spoilt(Check.FIXITY)
def bundle_signed_by_another() -> Spoilt:
    """Eve signs the bundle that Olga prepared."""
    own, bundle = good()
    bundle.exporter = own.story.eve
    return spoilt_of(bundle, of(layout.SIGNATURE))


@spoilt(Check.FIXITY)
def bundle_signed_for_another_checkpoint() -> Spoilt:
    """The exporter's signature is about an earlier state of the log."""
    _, bundle = good()
    files = bundle.bag(checkpoint={"size": bundle.size - 1, "root": "ab" * 32})
    return handed(files, bundle, of(layout.SIGNATURE))


@spoilt(Check.FIXITY, Outcome.UNDETERMINED, also=UNANNOUNCED)
def bundle_of_an_entry_that_is_no_export() -> Spoilt:
    """The signature names another entry of the exporter's, that promises nothing."""
    own, bundle = good()
    opening = own.sent_of("case.opened").id
    return handed(bundle.bag(export=opening), bundle, of(layout.SIGNATURE))


@spoilt(Check.FIXITY, Outcome.UNDETERMINED, also=UNANNOUNCED)
def bundle_of_an_export_that_nobody_prepared() -> Spoilt:
    """The signature names an entry that is not there."""
    _, bundle = good()
    return handed(bundle.bag(export="ab" * 32), bundle, of(layout.SIGNATURE))


@spoilt(Check.FIXITY)
def bundle_made_anew_after_it_was_put_on_file() -> Spoilt:
    """The ledger has the digest of the bundle that was made; a second one says something else."""
    own = stage()
    first = own.bundle()
    made = zipped(first.bag())
    given = {"export": first.export, "sha256": sha256(made).hexdigest(), "size": len(made)}
    own.world.record("export.created", [own.story.case], given, signers=[own.story.olga])
    later = own.bundle()
    first.files[REPORT] = b"another register\n"
    return spoilt_of(first, of(layout.SIGNATURE))._replace(
        bundles=(zipped(first.bag()), zipped(later.bag()))
    )
