"""What a signer can put into a statement that no ledger should record: one defect a member.

Eve signs each with her own key, and an operator records it.
"""

from collections.abc import Callable, Mapping
from typing import Any

from custody.core import canonical, times
from custody.core.findings import Check, Outcome
from tests.spoilt import Also, Spoilt, enter
from tests.spoilt.people import UNSIGNED, note, recorded_unread, spelt
from tests.spoilt.stage import UNREAD, Stage, stage

OTHER = "ab" * 32
NOTHING = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
LONG = 32 * 86_400  # seconds
Change = Callable[[dict[str, Any], Stage], object]


def signed_so(change: Change) -> Callable[[], Spoilt]:
    """A remark on the laptop, its statement changed before it was signed."""

    def make() -> Spoilt:
        own = stage()
        signed = note(own, own.story.eve)
        value = canonical.decode(signed.envelope.payload, canonical.STATEMENT_LIMIT)
        change(value, own)
        return recorded_unread(own, spelt(signed, canonical.encode(value), own.story.eve.signer))

    return make


def to(**members: Any) -> Change:
    """These members of the statement."""
    return lambda value, own: value.update(members)


def within(where: str, **members: Any) -> Change:
    """These members of a member, or of its first element."""

    def change(value: dict[str, Any], own: Stage) -> None:
        found = value[where]
        (found[0] if isinstance(found, list) else found).update(members)

    return change


def twice(where: str) -> Change:
    return lambda value, own: value[where].append(dict(value[where][0]))


# What cannot be read: nothing is asked of it but STATEMENT.
MALFORMED: Mapping[str, tuple[str, Change]] = {
    "v_of_the_future": ("It is of a version that nobody knows.", to(v=2)),
    "act_of_no_form": ("The act is no name.", to(act="Note")),
    "act_of_other_members": ("It is called an act that has other members.", to(act="item.seized")),
    "about_nothing": ("It is about nothing.", to(about=[])),
    "about_a_place_twice": ("One item stands there twice.", twice("about")),
    "about_places_out_of_order": (
        "The greater tag stands first.",
        lambda value, own: value.update(about=sorted(
            (value["about"][0] | {"tag": tag} for tag in (own.story.laptop, own.text)),
            key=lambda place: str(place["tag"]), reverse=True))),
    "about_257_places": (
        "More than a hand-over of many items takes.",
        lambda value, own: value.update(
            about=[value["about"][0] | {"tag": f"{n:064x}"} for n in range(257)])),
    "about_the_laptop_as_a_person": ("An item in a person's place.", within("about", **{"as": "actor"})),
    "about_another_item": (
        "What it names is not what its record names.",
        lambda value, own: value["about"][0].update(tag=own.text)),
    "seen_nothing": ("The signer had seen no state at all.", to(seen={"size": 0, "root": NOTHING})),
    "time_that_no_calendar_has": ("The 30th of February.", to(time="2026-02-30T00:00:00Z")),
    "time_with_a_fraction": ("Half a second.", to(time="2026-09-21T14:13:20.5Z")),
    "time_after_its_end": ("Signed after it may be recorded.", to(time="2031-01-01T00:00:00Z")),
    "until_before_it_was_signed": ("It had expired at once.", to(until="2020-01-01T00:00:00Z")),
    "until_beyond_a_month": (
        "A bearer instrument for more than 31 days.",
        lambda value, own: value.update(until=times.spelt(own.world.now + LONG))),
    "nonce_too_short": ("The nonce has 30 digits.", to(nonce="ab" * 15)),
    "signers_none": ("Nobody signs.", to(signers=[])),
    "signers_twice": ("Eve stands there twice.", twice("signers")),
    "signers_out_of_order": (
        "The greater key stands first.",
        lambda value, own: value.update(signers=sorted(
            (value["signers"][0] | {"key": key} for key in (OTHER, OTHER[::-1])),
            key=lambda claim: str(claim["key"]), reverse=True))),
    "signer_in_two_capacities": (
        "Eve approves what she does.",
        lambda value, own: value.update(signers=[
            value["signers"][0] | {"as": part, "key": key}
            for part, key in (("actor", OTHER), ("witness", OTHER[::-1]))])),
    "signers_17": (
        "More than may stand there.",
        lambda value, own: value.update(
            signers=[value["signers"][0] | {"key": f"{n:064x}"} for n in range(17)])),
    "signer_in_no_capacity": ("She signs as a bystander.", within("signers", **{"as": "bystander"})),
    "signer_as_a_witness_alone": ("Nobody leads.", within("signers", **{"as": "witness"})),
    "client_without_name": ("Nobody says what signed.", within("signing", client="")),
    "unlock_of_no_kind": ("The key was guessed.", within("signing", unlock="guessed")),
    "sd_without_a_field": ("One field is not committed to.", lambda value, own: value["sd"].pop("note")),
    "sd_with_a_field_too_many": ("A field that no remark has.", within("sd", verdict="A" * 43)),
    "sd_that_is_no_digest": ("A field is committed to in the open.", within("sd", note="a remark")),
    "body_with_a_member_too_many": ("A verdict in a remark.", within("body", verdict="guilty")),
    "body_without_a_member": ("It happened at no time.", lambda value, own: value["body"].pop("occurred")),
    "body_with_a_term_of_no_list": (
        "It happened roughly then.",
        lambda value, own: value["body"]["occurred"].update(precision="roughly")),
    "member_too_many": ("A member beside the others.", to(more=1)),
    "member_missing": ("No nonce.", lambda value, own: value.pop("nonce")),
}  # fmt: skip

# What can be read, and does not fit: by the check that says so.
UNFIT: Mapping[str, tuple[str, Change, Check, Also]] = {
    "ledger_of_another_name": (
        "It was signed for another ledger.", to(ledger="other.example"), Check.STATEMENT,
        {(Check.RULES, Outcome.UNDETERMINED): "the rules of the other ledger are not shown"}),
    "prev_of_no_record": (
        "It follows what never was.", within("about", prev=OTHER), Check.STATEMENT, {}),
    "prev_of_a_first_record": (
        "It is the item's first entry, says its signer.", within("about", prev=""),
        Check.STATEMENT, {}),
    "seen_of_another_size": (
        "That root was that of more records.", within("seen", size=3), Check.FRESHNESS, {}),
    "seen_of_another_root": (
        "Of that size the log had another root.", within("seen", root=OTHER), Check.FRESHNESS, {}),
    "signer_with_a_key_of_nobody": (
        "The key that it names is no key of hers.", within("signers", key=OTHER), Check.KEY,
        UNSIGNED),
    "signer_who_is_another": (
        "Eve signs as Dora.",
        lambda value, own: value["signers"][0].update(actor=own.story.dora.tag), Check.KEY,
        UNSIGNED),
    "sd_of_another_field": (
        "The digest of the place stands for the remark.",
        lambda value, own: value["sd"].update(note=value["sd"]["place"]), Check.REDACTIONS, {}),
}  # fmt: skip

for _name, (_told, _change) in MALFORMED.items():
    enter(f"statement_{_name}", _told, signed_so(_change), Check.STATEMENT, UNREAD)
for _name, (_told, _change, _check, _also) in UNFIT.items():
    enter(f"statement_{_name}", _told, signed_so(_change), _check, _also)
