"""What an entry says beside who, when, why and from whom to whom: its other members, in words."""

from collections.abc import Callable, Iterator, Mapping
from typing import Protocol

from custody.core.disclosure import Value
from custody.core.statement import Statement
from custody.reports.wording import plain, text
from custody_schemas.acts import (
    CopyReturned,
    CorrectionRecorded,
    Former,
    ItemReceived,
    StatementCountersigned,
)
from custody_schemas.declare import Act, Kind, Record, Refers
from custody_schemas.fields import Content, Media

TOLD_APART = frozenset(  # members that stand elsewhere in a line, or in its heading
    (
        *("occurred", "late", "late_reason", "request", "content", "media", "former"),
        *("content_sha256", "content_blake3", "media_sha256", "media_blake3"),
        *("case", "number", "seal", "hash", "verdict", "stored_hash", "supplied"),
        *("to", "to_name", "from_name", "received_by", "place", "purpose", "purpose_text"),
        *("reason", "details", "trigger", "override_reason", "seal_read", "seal_number"),
        *("act", "corrects", "field", "value", "values", "annuls", "entry"),
    )
)
# Members that have a column of their own in most acts, and not in these.
TOLD_HERE = {("copy.issued", "number"), ("court.exhibited", "received_by")}
TOLD_HERE |= {("request.ended", "request")}
NAMED = {"for_absent": "for a signer who is absent", "working_copy": "on a working copy"}
Name = Callable[[str], str]  # an actor's tag to what people call her


class Told(Protocol):
    """A statement with what is opened of it."""

    @property
    def statement(self) -> Statement: ...
    @property
    def opened(self) -> dict[str, Value]: ...


def details(told: Told, name: Name, cited: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Every other member that says something.

    cited: words for other entries, by statement id
    """
    act = told.statement.act
    for member, declared in type(act).FIELDS.items():
        if member not in TOLD_APART or (act.NAME, member) in TOLD_HERE:
            value = told.opened.get(member) if declared.personal else getattr(act, member)
            if said := _member(value, declared.marks, name, cited):
                yield NAMED.get(member, member.replace("_", " ")), said
    for member in ("content", "media"):
        value = getattr(act, member, None)
        if isinstance(value, Content | Media):
            yield member, _digests(value, told, member)
    if isinstance(act, ItemReceived) and act.former is not None:
        yield "continues", _former(act.former)
    if isinstance(act, CopyReturned) and act.hash is not None:
        yield "copy compared", plain(act.hash)
    if isinstance(act, StatementCountersigned):
        yield "countersigns", named(act.entry, cited)
    if isinstance(act, CorrectionRecorded):
        yield _corrects(act, told, cited)


def named(entry: str, cited: Mapping[str, str]) -> str:
    """Words for an entry that another one cites."""
    return cited.get(entry, f"the entry {entry:.12} …")


def _corrects(act: CorrectionRecorded, told: Told, cited: Mapping[str, str]) -> tuple[str, str]:
    entry = named(act.corrects, cited)
    if act.field is None:
        return "annuls", entry
    value = told.opened.get("value") or told.opened.get("values", "(withheld)")
    return "corrects", f"{entry}: {act.field.replace('_', ' ')} is to read: {text(value)}"


def _former(former: Former) -> str:
    return (
        f"an item of the lost ledger {former.origin}: {former.count} entries there, the last of "
        f"them {former.head:.16} …; item {former.tag:.16} …"
    )


def _member(value: object, marks: tuple[object, ...], name: Name, cited: Mapping[str, str]) -> str:
    if value is None or isinstance(value, Record):
        return ""
    if isinstance(value, str) and value in cited:
        return cited[value]
    if isinstance(value, str) and Refers(Kind.ACTOR) in marks:
        return name(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return text(value)


def _digests(value: Content | Media, told: Told, member: str) -> str:
    found = [f"{value.size} bytes"]
    for algorithm in ("sha256", "blake3"):
        digest = getattr(value, algorithm) or told.opened.get(f"{member}_{algorithm}", "")
        found.append(f"{algorithm} {digest or '(withheld)'}")
    for legacy in ("stored_md5", "stored_sha1"):
        if stored := getattr(value, legacy, None):
            found.append(f"{legacy.replace('_', ' ')} (legacy, compared only) {stored}")
    return ", ".join(found)


def verdict(act: Act) -> str:
    """What was found of the content: computed verdicts."""
    if act.NAME == "integrity.checked":
        return plain(getattr(act, "verdict", ""))
    found = []
    stored = getattr(act, "stored_hash", None)
    if stored is not None and not (isinstance(act, ItemReceived) and stored == "not_applicable"):
        found.append(f"hash in the image: {plain(stored)}")
    if isinstance(act, ItemReceived) and act.content is not None:
        came = plain(act.supplied) if act.supplied else "none came"
        found.append(f"digests that came with it: {came}")
    compared = getattr(act, "hash", None) or getattr(act, "parents_verified", None)
    if not found and compared and not isinstance(act, CopyReturned):
        found.append(plain(compared))
    return ", ".join(found)
