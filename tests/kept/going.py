"""What people try with dispositions, erasures, inventories, and hand-overs meanwhile."""

from collections.abc import Callable
from inspect import signature
from typing import Any

from tests.bodies import HASH
from tests.kept.facts import Item, longest
from tests.kept.law import DESTROYING, protected
from tests.kept.stage import spelt
from tests.kept.trying import (
    KINDS,
    LIKELY,
    OUTCOMES,
    Trying,
    answer,
    ask,
    assign,
    change,
    hold,
    lift,
    load,
    review,
    status,
    wait,
)

GIVEN: dict[str, Any] = {"to": "owner", "assurance": "paper_countersigned"}


def there(item: Item) -> bool:
    return item.gone is None


def request(t: Trying, i: int, w: int, k: int) -> None:
    given = {"kind": t.pick(k // 2, KINDS)}
    about = t.item(i, lambda each: there(each) and not each.asked).tag
    t.do("disposition.requested", about, [(t.who(w, "TH"), "actor")], given)


def wanted(t: Trying, i: int) -> Item:
    return t.item(i, lambda each: each.asked)


def named(item: Item, o: int = 0) -> str:
    return item.asked.id if item.asked and o < 30 else HASH


def consult(t: Trying, i: int, w: int, o: int) -> None:
    item = wanted(t, i)
    given = {"disposition": named(item, o), "opinion": ("agrees", "objects")[o % 2]}
    t.do("disposition.consulted", item.tag, [(t.who(w, "HK"), "actor")], given)


def approve(t: Trying, i: int, w: int, o: int) -> None:
    item = wanted(t, i)
    given = {"disposition": named(item, o)}
    given |= {"order": t.pick(o, [*t.facts.cases[item.case].bases, HASH])} if o % 4 == 3 else {}
    t.do("disposition.approved", item.tag, [(t.who(w, "O"), "actor")], given)


def reject(t: Trying, i: int, w: int, o: int) -> None:
    item = wanted(t, i)
    by = item.asked.by if item.asked else None
    given = {"disposition": named(item, o)}
    t.do("disposition.rejected", item.tag, [(t.who(w, "O", by if o % 2 else None), "actor")], given)


def begin(t: Trying, i: int, w: int, v: int, o: int) -> None:
    item = wanted(t, i)
    lead = t.who(w, "H", item.out or item.holder)
    signers = [(lead, "actor"), *t.watching(v, lead)]
    t.do("disposition.begun", item.tag, signers, {"disposition": named(item, o)})


def execute(t: Trying, i: int, w: int, v: int, o: int, k: int) -> None:
    """As it was asked for, or otherwise; the light path too."""
    item = t.item(i, lambda each: each.asked or each.copied)
    lead = t.who(w, "H", item.out or item.holder)
    kind = item.asked.kind if item.asked and k < 28 else t.pick(k, KINDS)
    lightly = o % 4 == 3 or item.asked is None
    seconds = t.approvers(v, item, lead) if lightly else t.watching(v, lead)
    burns = kind in DESTROYING
    removal = t.pick(o // 8, ("removed" if item.content and burns else "not_in_vault", "kept"))
    given = {"disposition": None if lightly else named(item, o), "kind": kind, "removal": removal}
    given |= {"to": None, "assurance": None} if burns or k > 29 else GIVEN
    if lightly and k < 28:
        given["kind"] = "return_to_owner"
    sources = [item.parent] if item.parent and k % 2 else []
    t.do("disposition.executed", item.tag, [(lead, "actor"), *seconds], given, sources=sources)


def certify(t: Trying, i: int, w: int, o: int, total: int) -> None:
    item = t.item(i, lambda each: each.gone)
    left = len(item.products) + item.left + (o > 28)
    given = {"executed": item.executed or HASH, "surviving": left}
    given |= {"total": "yes" if total % 2 else "no"}
    t.do("disposition.certified", item.tag, [(t.who(w, "TH"), "actor")], given)


def whole_way(t: Trying, i: int, skip: int, between: int, what: int, k: int, v: int) -> None:
    """A disposition from the request to the certificate; a step left out, something comes between."""
    item = t.item(i, lambda each: there(each) and not stuck(t, each))
    steps: list[Callable[[], object]] = [
        lambda: assign_over(t, item, v),
        lambda: requested(t, item, k),
        lambda: approve_by(t, item, "Judy", what),
        lambda: approve_by(t, item, t.pick(what, ("Rita", "Rita", "Carl", "Olga", "Judy")), 0),
        lambda: begin(t, at_place(t, item), 0, v, 0),
        lambda: execute(t, at_place(t, item), 0, v % 26, 0, k % 26),
        lambda: certify(t, 0, 0, 0, what),
    ]
    for number, step in enumerate(steps):
        if number == (between + 8) % 12:
            interfere(t, item, what, v)
        before = len(t.world.records)
        if number != (skip + 9) % 16:
            step()
            if len(t.world.records) == before and v % 8 < 7:
                return  # one refusal is enough, most of the time


def stuck(t: Trying, item: Item) -> object:
    """What would stop it at once, retention apart."""
    return {*protected(t.facts, item)} - {"E_RETENTION"} or item.offer or item.asked


def at_place(t: Trying, item: Item) -> int:
    """The choice that leads to it among those that were asked for."""
    those = [each for each in t.facts.items.values() if each.asked]
    return next((n for n, each in enumerate(those) if each is t.facts.items[item.tag]), 0)


def assign_over(t: Trying, item: Item, v: int) -> None:
    """One more line that is over; and mostly people wait until the others are."""
    end = longest([line.until for line in t.facts.lines(item, t.facts.now)])
    if end is not None and v % 4 < 3:
        t.passes(max(0, end - t.facts.now))
    given = {"mode": "governance", "retain_until": spelt(t.facts.now - 60)}
    told = {"rule": None, "until": t.facts.now - 60}
    t.do("retention.assigned", item.tag, [("Olga", "actor")], given, told=told)


def requested(t: Trying, item: Item, k: int) -> None:
    given = {"kind": KINDS[k % 3]}
    t.do("disposition.requested", item.tag, [("Paul", "actor")], given)


def approve_by(t: Trying, item: Item, who: str, o: int) -> None:
    given: dict[str, Any] = {"disposition": named(t.facts.items[item.tag])}
    given |= {"order": [*t.facts.cases[item.case].bases][1]} if o % 8 == 7 else {}
    t.do("disposition.approved", item.tag, [(who, "actor")], given)


def interfere(t: Trying, item: Item, what: int, v: int) -> None:
    """Somebody needs it after all, or it is elsewhere, or time passes."""
    number = [*t.facts.items].index(item.tag)
    those: list[Callable[[], object]] = [
        lambda: wait(t, v),
        lambda: hold(t, number, 0, 0, 1),
        lambda: hold(t, 0, 0, v, 0),
        lambda: status(t, 0, v, 0, v, what),
        lambda: t.do("discrepancy.opened", item.tag, [("Pia", "actor")], {}),
        lambda: hand_over(t, number, 0, v, 0),
        lambda: lend(t, number, 0, v, 0),
        lambda: consult(t, at_place(t, item), 0, 1),
        lambda: load(t, 0, v, 0, 0, what),
        lambda: change(t, number, 0, 0, 0, v, 0),
        lambda: ask(t, number, 0, v % 30, 1),
        lambda: ask(t, 0, 0, v % 30, 0),
    ]
    t.pick(what, those)()


def hand_over(t: Trying, i: int, w: int, to: int, o: int) -> None:
    """Offered, taken, or taken back."""
    item = t.item(i, there)
    if item.offer is None:
        lead = t.who(w, "H", item.holder)
        if o % 8 == 7:
            back = {"outside": "owner", "purpose": "return_to_owner"}
            t.do("transfer.released", item.tag, [(lead, "actor")], back, told={"to_name": ""})
            return
        receiver = t.pick(to, ("Carl", "Pia", "Judy", "Olga", "Dora"))
        given = {"to": t.people[receiver].tag}
        told = {"to_name": receiver}
        t.do("transfer.released", item.tag, [(lead, "actor")], given, told=told)
        return
    act = "transfer.accepted" if o % 3 else "transfer.cancelled"
    lead = t.who(w, "H", item.offer[1 if act == "transfer.cancelled" else 2])
    given = {"transfer": item.offer[0]}
    given |= {"hash": "match"} if act == "transfer.accepted" and item.content else {}
    t.do(act, item.tag, [(lead, "actor")], given)


def lend(t: Trying, i: int, w: int, to: int, o: int) -> None:
    """Out to somebody, and back."""
    item = t.item(i, there)
    lead = t.who(w, "H", item.holder)
    receiver = item.out or t.pick(to, ("Eve", "Paul", "Dora", "Ada"))
    others = [(receiver, "counterparty")] if receiver != lead and o < 28 else []
    signers = [(lead, "actor"), *others]
    if item.out:
        given = {"hash": "match"} if item.content else {}
        t.do("access.checked_in", item.tag, signers, given)
        return
    given = {"to": t.people[receiver].tag}
    t.do("access.checked_out", item.tag, signers, given, told={"to_name": receiver})


def find(t: Trying, i: int, w: int, two: int, o: int) -> None:
    """A discrepancy, opened or ended."""
    item = t.item(i, lambda each: each.troubles and there(each))
    lead = t.who(w, "HK")
    if not item.troubles or o % 4 == 3:
        t.do("discrepancy.opened", item.tag, [(lead, "actor")], {})
        return
    which, (kind, _) = next(iter(item.troubles.items()))
    given = {"discrepancy": which, "kind": kind if o < 30 else "custody_gap"}
    t.do("discrepancy.resolved", item.tag, [(lead, "actor"), *t.approvers(two, item, lead)], given)


def erase(t: Trying, i: int, w: int, two: int, o: int) -> None:
    """A remark is written down, erased in part or whole, or kept from leaving."""
    item, lead = t.item(i), t.who(w, "TO")
    if not item.entries or o % 4 == 3:
        t.do("note.recorded", item.tag, [(t.who(w, "HK"), "actor")], {})
        return
    entry, (act, envelope) = t.pick(o, list(item.entries.items()))
    fields = ["verdict"] if o > 29 else ["note"]
    given: dict[str, Any] = {"entry": entry if o < 28 else HASH, "fields": fields}
    if o % 4 == 2:
        t.do("privacy.restricted", item.tag, [(lead, "actor")], given)
        return
    given |= {"act": act, "envelope": envelope, "fields": None} if o % 4 == 1 else {"act": act}
    t.do("privacy.erased", item.tag, [(lead, "actor"), *t.approvers(two, item, lead)], given)


def count(t: Trying, i: int, w: int, o: int) -> None:
    """An inventory: begun, observed in, closed."""
    lead = [(t.who(w, "KH"), "actor")]
    which = t.pick(o, [*t.facts.inventories]) if t.facts.inventories and o < 30 else HASH
    if o % 4 == 3 or not t.facts.inventories:
        t.do("inventory.started", t.ledger, lead, {})
    elif o % 4 == 2:
        t.do("inventory.closed", t.ledger, lead, {"inventory": which, "gone": int(o % 8 == 6)})
    else:
        given = {"inventory": which, "outcome": t.pick(o // 4, OUTCOMES)}
        t.do("inventory.observed", t.item(i).tag, lead, given)


def send_kept(t: Trying, k: int) -> None:
    """What was signed a while ago."""
    if t.kept:
        t.send(*t.kept.pop(k % len(t.kept)), stale=True)


TRIES: list[Callable[..., None]] = [
    *(whole_way, whole_way, whole_way, whole_way, whole_way, whole_way),
    *(wait, load, status, assign, change, hold, lift, approve, begin, execute),
    *(wait, load, status, assign, change, hold, lift, approve, begin, execute),
    *(erase, erase, lift, count, ask, answer, answer),
    *(request, consult, reject, certify, review, hand_over, lend, find, erase, count, send_kept),
]
AFTER_REQUEST = (consult, approve, reject, begin, execute)


def attempt(t: Trying, which: int, choices: tuple[int, ...], keep: bool) -> None:
    """One of them, with as many choices as it takes."""
    run = TRIES[which % len(TRIES)]
    asked = any(each.asked and not each.gone for each in t.facts.items.values())
    gone = any(each.gone for each in t.facts.items.values())
    if (run in AFTER_REQUEST and not asked) or (run is certify and not gone):
        run = whole_way if choices[0] < LIKELY else run
    t.keep = keep
    run(t, *choices[: len(signature(run).parameters) - 1])
    t.keep = False
