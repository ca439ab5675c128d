"""What people try at a desk: register, take in, copy, examine, mend, remark."""

from typing import Any

from tests.bodies import CONTENT, HASH
from tests.modelled.facts import Dossier, Thing
from tests.modelled.tries import tries
from tests.modelled.trying import HASHES, Trying, content

KINDS = ("damage", "missing_item", "seal", "location_unknown")
OUTCOMES = ("explained", "recording_error", "relief_granted", "confirmed", "recovered")
FATES = ("returned", "wiped", "lost", "retained")
MENDED = ("item.registered", "seal.applied", "seal.verified", "note.recorded", "transfer.accepted")
FIELDS = ("serial", "seal_number", "seal_read", "condition", "note", "number", "verdict", "flavour")
REASONS = ("duplicate_entry", "wrong_item", "transcription_error", "system_error")


def troubled(thing: Thing) -> bool:
    return bool(thing.troubles)


@tries(2)
def register(t: Trying, c: int, n: int, w: int, source: int, o: int) -> None:
    case = t.dossier(c, lambda each: not each.closed)
    number = case.things + 1 if n < 28 else n - 27
    whole = t.thing(source, lambda each: each.case == case.tag and each.hands)
    into = t.dossier(o).tag if o > 28 else ""
    lead = t.who(w, whole.hands if source > 24 else None, "H", case.tag)
    t.register(case.tag, number, lead, whole.tag if source > 24 else "", into)


@tries(3)
def take_in(t: Trying, k: int, w: int, b: int, c: int, o: int) -> None:
    """Seized, or received from somebody."""
    thing = t.thing(k, lambda each: not each.origin)
    lead = t.who(w, None, "S", thing.case)
    given: dict[str, Any] = {"authority": t.basis(b, thing.case)}
    if o % 2:
        t.act("item.seized", thing.tag, [(lead, "actor")], given)
        return
    given["received_from"] = "provider" if o % 4 else "owner"
    if c < 24:
        given |= {"content": CONTENT, "supplied": t.pick(c, HASHES)}
    elif c > 29:
        given["supplied"] = "match"
    if given.get("supplied") in HASHES[1:4] and o < 24:
        given["disputed"] = "other"
    t.act("item.received", thing.tag, [(lead, "actor")], given)


@tries(2)
def derive(t: Trying, k: int, w: int, source: int, o: int) -> None:
    thing = t.thing(k, lambda each: not each.origin)
    parent = t.thing(source, lambda each: each.content and each.case == thing.case)
    if parent.tag == thing.tag:
        return
    verdict = "match" if o < 24 else t.pick(o, HASHES[:4])
    given = {
        "content": content(0)["content"],
        "parents": [parent.content or HASH, *([HASH] if o == 30 else [])],
        "parents_verified": verdict,
        "variance": "other" if o % 2 and verdict != "match" else None,
    }
    about = {thing.tag: "item", parent.tag: "source"}
    t.act("item.derived", about, [(t.who(w, None, "X", thing.case), "actor")], given)


@tries(2)
def copy(t: Trying, k: int, w: int, n: int, to: int, o: int) -> None:
    thing = t.thing(k, lambda each: each.content and each.hands and not each.offer)
    given: dict[str, Any] = {"number": thing.issued + 1 if n < 28 else max(1, n - 28)}
    if to % 2:
        given |= {"outside": None, "to": t.who(to, None, "X", thing.case)}
    given["verified"] = "match" if o < 28 else "mismatch"
    lead = t.who(w, thing.hands)
    t.act("copy.issued", thing.tag, [(lead, "actor")], given)


@tries(2, when=lambda t: any(each.copies for each in t.facts.things.values()))
def copy_back(t: Trying, k: int, w: int, c: int, h: int) -> None:
    thing = t.thing(k, lambda each: each.copies)
    copy = t.pick(c, [*thing.copies, *([HASH] if c > 28 else [])] or [HASH])
    had = thing.copies[copy][1] if copy in thing.copies else None
    given = {"copy": copy, "fate": t.pick(c, FATES), "hash": t.pick(h, HASHES)}
    t.act("copy.returned", thing.tag, [(t.who(w, had or thing.hands), "actor")], given)


@tries()
def analyse(t: Trying, k: int, w: int, o: int) -> None:
    thing = t.thing(k, lambda each: each.origin)
    given = {
        "working_copy": ("yes", "no", "not_stated")[o % 3],
        "original": "court_direction" if o > 18 else None,
    }
    having = [to for _, to in thing.copies.values() if to]
    lead = t.who(w, having[0] if having and o % 2 else thing.hands)
    t.act("analysis.recorded", thing.tag, [(lead, "actor")], given)


@tries()
def review(t: Trying, k: int, w: int, e: int) -> None:
    entries = {tag for (tag, _), each in t.facts.entries.items() if each.act[:4] == "anal"}
    thing = t.thing(k, lambda each: each.tag in entries)
    given = {"analysis": t.entry(e, thing.tag, "analysis.recorded")[0]}
    t.act("analysis.reviewed", thing.tag, [(t.who(w, None, "O", thing.case), "actor")], given)


@tries()
def check_content(t: Trying, k: int, w: int, h: int, o: int) -> None:
    thing = t.thing(k, lambda each: each.content)
    verdict = "match" if h < 22 else t.pick(h, HASHES[:7])
    lead = [(t.who(w, None, "K", thing.case), "actor")]
    t.act("integrity.checked", thing.tag, lead, {"verdict": verdict})


@tries()
def find_trouble(t: Trying, k: int, w: int, o: int) -> None:
    thing = t.thing(k, lambda each: each.origin)
    given = {"kind": t.pick(o, KINDS)}
    t.act("discrepancy.opened", thing.tag, [(t.who(w, None, "K", thing.case), "actor")], given)


@tries(4, when=lambda t: any(map(troubled, t.facts.things.values())))
def end_trouble(t: Trying, k: int, w: int, e: int, o: int, two: int, end: int) -> None:
    thing = t.thing(k, troubled)
    found = t.pick(e, thing.troubles) if thing.troubles else None
    given: dict[str, Any] = {
        "discrepancy": found.id if found else HASH,
        "kind": found.kind if found and e < 30 else "key_compromise",
    }
    lead, near = (
        t.who(w, None, "O", thing.case),
        thing.hold() | (found.people if found else set()),
    )
    signers = [(lead, "actor")]
    if end % 4 == 3:
        t.act("discrepancy.updated", thing.tag, signers, given)
        return
    given["outcome"] = t.pick(o, OUTCOMES)
    if given["outcome"] == "relief_granted" or two > 16:
        signers += t.seconds(two, thing.case, lead, near)
    t.act("discrepancy.resolved", thing.tag, signers, given)


@tries(2)
def correct(t: Trying, k: int, w: int, e: int, f: int, o: int, two: int) -> None:
    thing = t.thing(k)
    entry, act = t.entry(e, thing.tag, *MENDED)
    known = t.facts.entries.get((thing.tag, entry))
    lead = t.who(w, known.by if known and o % 2 else None, "O", thing.case)
    given: dict[str, Any] = {"corrects": entry, "act": act if o < 30 else "note.recorded"}
    if f % 4 == 3:
        given |= {"field": None, "annuls": True, "reason": t.pick(f, REASONS)}
    else:
        name = t.pick(f, FIELDS)
        elsewhere = act not in MENDED and name in ("seal_number", "seal_read", "condition")
        given |= {"field": "note" if elsewhere else name, "reason": t.pick(o, REASONS)}
    own = known is not None and known.by == lead
    given["for_absent"] = None if own == (two < 28) else "on_leave"
    signers = [(lead, "actor")]
    signers += t.seconds(two, thing.case, lead, thing.hold()) if two > 14 else []
    t.act("correction.recorded", thing.tag, signers, given)


@tries()
def remark(t: Trying, k: int, w: int, e: int, act: int, o: int) -> None:
    """Notes, numbers of others, and signatures put to entries; on cases too."""
    subject: Thing | Dossier = t.dossier(k) if o % 4 == 3 else t.thing(k)
    kind = "case" if isinstance(subject, Dossier) else "item"
    name = ("note.recorded", "statement.countersigned", "item.reference_assigned")[act % 3]
    if kind == "case" and act % 3 == 2:
        return
    given = {"entry": t.entry(e, subject.tag)[0]} if act % 3 == 1 else {}
    t.act(name, {subject.tag: kind}, [(t.who(w), "actor")], given)
