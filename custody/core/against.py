"""Which acts, and which values of their members, speak against the record-keeping, and in what words.

What an act says only in view of what stood before it is in `circumstances`.
"""

from collections.abc import Iterator, Mapping

from custody.core import times
from custody.core.checks.merged import Told
from custody_schemas import acts, terms
from custody_schemas.declare import Record, Sealed
from custody_schemas.fields import Content, Occurred
from custody_schemas.terms import (
    Answer,
    Condition,
    IntegrityVerdict,
    RevocationReason,
    SealState,
    Signature,
    StoredHash,
    UseLimit,
)

UNKNOWN = "not_stated"  # as the terms of all acts spell it
NOT_STATED = "not stated"
# Which words of the entry explain a fact of that kind.
REASONS: Mapping[str, tuple[str, ...]] = {
    "override": ("override_reason",),
    "seal": ("reason", "remarks"),
    "digest": ("override_reason", "variance", "remarks"),
    "discrepancy": ("details",),
    "correction": ("details",),
    "takeover": ("details",),
    "key": ("details",),
    "authority": ("details",),
    "use limit": ("use_terms",),
    "transfer": ("details", "remarks"),
    "copy": ("details",),
    "source": ("changes", "loss"),
    "objection": ("remarks",),
    "rules": ("details",),
    "closed case": ("details",),
    "disposition": ("method",),
    "erased": ("reason",),
    "hold": ("reason",),
    "request": ("details",),
    "retention": ("basis",),
    "proceedings": ("details",),
}
# The order in which facts are told: what weighs most comes first.
KINDS = (
    *("seal", "digest", "unread", "discrepancy", "override", "takeover", "gap", "lost ledger"),
    *("disposition", "erased", "hold", "request", "retention", "proceedings"),
    *("key", "authority", "use limit", "transfer", "copy", "source", "analysis", "received"),
    *("objection", "same enroller", "correction", "rules", "closed case", "late", "possessor"),
    *("place", "condition", NOT_STATED),
)


def spaced(value: str) -> str:
    """A term as words."""
    return value.replace("_", " ")


SEALS: Mapping[SealState, str] = {
    SealState.BROKEN_AUTHORISED: "the seal was opened, as authorised",
    SealState.BROKEN_UNAUTHORISED: "the seal was broken, and nobody had authorised it",
    SealState.MISSING: "the seal was missing",
    SealState.NUMBER_MISMATCH: "the number read off the bag differs from the number on file",
    SealState.NOT_SEALED: "the item was found not sealed",
}


MISREAD = SEALS[SealState.NUMBER_MISMATCH]
COMPARED = [  # and not found equal
    verdict
    for verdict in IntegrityVerdict
    if verdict not in (IntegrityVerdict.MATCH, IntegrityVerdict.NOT_STATED)
]
USE: Mapping[UseLimit, str] = {
    UseLimit.SPECIALTY: "it may be used for nothing but what it was given for",
    UseLimit.NO_ONWARD_TRANSFER: "it may not be passed on",
    UseLimit.ONWARD_TRANSFER_WITH_CONSENT: "it may be passed on only if the giver consents",
    UseLimit.DELETE_BY: "the giver wants it deleted by a certain day",
    UseLimit.HANDLING_CODE: "the giver set a handling code",
    UseLimit.OTHER: "the giver set a limit to its use",
}
# Seconds after which an entry is late, however lax the rules of its ledger are.
UNEXCUSED = 2 * 86_400
UNSIGNED: Mapping[Signature, str] = {
    Signature.REFUSED_TO_SIGN: "the possessor refused to sign for what was taken",
    Signature.UNABLE_TO_SIGN: "the possessor could not sign for what was taken",
    Signature.ABSENT: "the possessor was absent, and signed for nothing that was taken",
}
# Members whose value speaks against the record, whatever act they stand in.
VALUES: Mapping[tuple[str, str], tuple[str, str]] = {
    **{
        (member, state): ("seal", words)
        for member in ("verdict", "seal")
        for state, words in SEALS.items()
    },
    **{
        (member, verdict): ("digest", f"comparison with the digests on file: {spaced(verdict)}")
        for member in ("verdict", "hash", "parents_verified")
        for verdict in COMPARED
    },
    **{
        ("supplied", verdict): (
            "digest",
            f"comparison with the digests that came with it: {spaced(verdict)}",
        )
        for verdict in COMPARED
    },
    **{("use_limits", limit): ("use limit", words) for limit, words in USE.items()},
    **{("receipt_signature", why): ("possessor", words) for why, words in UNSIGNED.items()},
    **{
        ("condition", each): ("condition", f"condition: {spaced(each)}")
        for each in Condition
        if each in (Condition.DAMAGED, Condition.WET, Condition.TAMPER_SUSPECTED)
        or each is Condition.CONTENTS_NOT_INVENTORIED
    },
    ("stored_hash", StoredHash.ABSENT): ("digest", "the image holds no hash of its media"),
    ("stored_hash", StoredHash.MISMATCH): ("digest", "the media does not match its stored hash"),
    ("destructive", Answer.YES): ("source", "acquiring it destroyed something"),
    ("source_changed", Answer.YES): ("source", "the source was changed"),
    ("verified", Answer.NO): ("digest", "the copy was not compared with its source"),
    ("reproducible", Answer.NO): ("source", "the same steps do not give the same bytes"),
    ("contents_inventoried", Answer.NO): ("condition", "the contents were not looked through"),
    ("where", terms.ContentPlace.IN_PLACE): ("place", "the content is not in the vault"),
    ("signature_valid", Answer.NO): (
        "received",
        "the signature or seal of the package was not checked, or does not hold",
    ),
    ("intelligence_only", Answer.YES): (
        "use limit",
        "it may not be used as evidence until a formal request allows it",
    ),
    ("validated", Answer.NO): ("analysis", "the method was not validated for this use"),
    ("receipt_given", Answer.NO): ("possessor", "no property receipt was given for what was taken"),
    ("reason", RevocationReason.LOST): ("key", "a key was withdrawn because it was lost"),
    ("reason", RevocationReason.COMPROMISED): (
        "key",
        "a key was withdrawn because others may have used it",
    ),
}
# Members that are there only where something was out of order.
PRESENT = {
    "override": ("override", "a contradiction was overridden"),
    "variance": ("override", "a parent that does not match was used"),
    "disputed": ("override", "recorded in spite of a mismatch"),
    "compromised_from": ("key", "a key was in other hands"),
    "consent": ("use limit", "given out on the giver's consent, which was cited for it"),
}
# Members whose value says something else in that act; `circumstances` tells what.
ELSEWHERE = {(acts.CopyReturned, "hash")}
SPOKEN_FOR = {
    acts.DiscrepancyOpened: ("discrepancy", "a discrepancy was opened"),
    acts.TransferRefused: ("transfer", "a receiver refused the item"),
    acts.TransferAcknowledged: ("transfer", "received by one without an account, as stated"),
    acts.TransferLost: ("transfer", "released, and lost on the way"),
    acts.TransferReturned: ("transfer", "came back without having been accepted"),
    acts.CourtReturned: ("transfer", "taken back from a court, on the receiver's word alone"),
    acts.PrivacyErased: ("erased", "personal data of the record was erased"),
    acts.PrivacyRestricted: (
        "erased",
        "what may be shown of the record was restricted, or again not",
    ),
}


def of_act(told: Told) -> Iterator[tuple[str, str]]:
    """Kind and words of each fact that the act states by itself."""
    act = told.statement.act
    if type(act) in SPOKEN_FOR:
        yield SPOKEN_FOR[type(act)]
    if isinstance(act, acts.PrivacyErased) and act.fields is None:
        yield "erased", f"a whole entry was erased: {act.act}"
    if isinstance(act, acts.TransferAccepted) and act.transfer is None:
        yield "transfer", "taken back from one without an account, on the receiver's word alone"
    if isinstance(act, acts.DispositionExecuted):
        yield "disposition", f"it left custody for good, and cannot be examined: {spaced(act.kind)}"
        if act.disposition is None:
            yield "disposition", "it left on the word of its holder and of one approver"
    if isinstance(act, acts.DispositionApproved) and act.order is not None:
        yield "disposition", "an order on file was counted as one of the approvals"
    if isinstance(act, acts.CourtExhibited) and act.retained is Answer.YES:
        yield "transfer", "left with a court, on the word of who produced it"
    if isinstance(act, acts.ItemAcquired | acts.ItemDerived | acts.ItemReceived) and act.unread:
        many = "entries" if act.unread > 1 else "entry"
        yield "unread", f"{act.unread} {many} of the folder could not be read or opened"
    if isinstance(act, acts.AuthorityRecorded):
        yield from _dated(act)
    yield from _of_members(act)
    yield from _late(told)


def _dated(act: acts.AuthorityRecorded) -> Iterator[tuple[str, str]]:
    """R14: without a day it covers whatever was done before; so does one set before its issue."""
    kind = spaced(act.kind)
    if act.valid_from is None and act.issued_at is None:
        yield NOT_STATED, f"from when the {kind} holds"
    elif act.valid_from and act.issued_at and act.valid_from < act.issued_at:
        yield (
            "authority",
            f"the {kind}, issued at {act.issued_at}, is to hold from {act.valid_from}",
        )


def _of_members(value: Record) -> Iterator[tuple[str, str]]:
    for name, member in vars(value).items():
        if member is None or isinstance(member, Sealed):
            continue
        if name in PRESENT:
            yield PRESENT[name]
        for each in member if isinstance(member, tuple) else (member,):
            if isinstance(each, Content | Occurred):
                yield from _of_members(each)
            elif each == UNKNOWN:
                yield NOT_STATED, spaced(name)
            elif (type(value), name) in ELSEWHERE:
                continue
            elif isinstance(each, str) and (name, each) in VALUES:
                yield VALUES[name, each]


def _late(told: Told) -> Iterator[tuple[str, str]]:
    """R60: when it happened, how long it took until it was recorded, and why."""
    act = told.statement.act
    if not isinstance(act, acts.Common):
        return
    ended = act.occurred.until or act.occurred.at
    passed = span(told.at - times.seconds(ended))
    if act.late is None:
        if told.at - times.seconds(ended) > UNEXCUSED:
            yield (
                "late",
                f"happened {ended}, recorded {passed} later; the rules asked for no reason",
            )
        return
    why = ": ".join(filter(None, (spaced(act.late), told.text("late_reason"))))
    yield "late", f"a late entry: happened {ended}, recorded {passed} later ({why})"


def span(seconds: int) -> str:
    """A duration in words, rounded down; the smallest unit that needs no long number."""
    for unit, length in (("day", 86_400), ("hour", 3600), ("minute", 60)):
        if seconds >= 3 * length or (seconds >= length and unit == "minute"):
            count = seconds // length
            return f"{count} {unit}{'s' if count > 1 else ''}"
    return "less than a minute"
