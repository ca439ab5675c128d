"""What people try with a thing in hand: pass it on, lend it, seal it, image it."""

from typing import Any

from tests.bodies import HASH
from tests.modelled.facts import Thing
from tests.modelled.tries import tries
from tests.modelled.trying import HASHES, SEALS, Trying, content

REFUSALS = ("item_missing", "seal_broken", "hash_mismatch", "undocumented", "other")


def offered(thing: Thing) -> bool:
    return thing.offer is not None


@tries(4)
def release(t: Trying, k: int, h: int, w: int, to: int, two: int) -> None:
    thing = t.thing(k, lambda each: each.holder and not each.offer)
    lead = t.who(w, thing.holder, "H", thing.case)
    given: dict[str, Any] = {"to": t.who(to, None, "H", thing.case)}
    if h % 4 == 3:
        given = {"outside": ("court", "laboratory", "owner")[h % 3]}
    if h == 31:
        given["to"] = t.who(to)
    about = {thing.tag: "item"}
    if two > 20:
        about[t.thing(two, lambda each: each.holder == thing.holder).tag] = "item"
    t.act("transfer.released", about, [(lead, "actor")], given)


@tries(8, when=lambda t: any(map(offered, t.facts.things.values())))
def accept(t: Trying, k: int, w: int, s: int, h: int, o: int) -> None:
    thing = t.thing(k, lambda each: each.offer and each.offer.to)
    offer = thing.offer
    lead = t.who(w, offer.to if offer else None, "H", thing.case)
    given = {"transfer": offer.id if offer and o < 30 else (HASH, None)[o % 2]}
    look(t, "transfer.accepted", thing, lead, (s, h, o), given)


def look(
    t: Trying, act: str, thing: Thing, lead: str, said: tuple[int, int, int], given: Any
) -> None:
    """An act that says what seal and content look like, approved where they are wrong."""
    s, h, o = said
    given |= {"seal": t.sealed(s, thing), "hash": t.hashed(h, thing)}
    signers = [(lead, "actor")]
    if given["hash"] in HASHES[1:6]:
        given["override"] = "urgency" if o < 26 else None
        signers += t.seconds(o, thing.case, lead, thing.near()[0])
    t.act(act, thing.tag, signers, given)


@tries(4, when=lambda t: any(map(offered, t.facts.things.values())))
def end_offer(t: Trying, k: int, w: int, s: int, h: int, o: int, end: int) -> None:
    """Refused, cancelled, acknowledged, lost or returned."""
    end %= 6
    acts = ("refused", "cancelled", "acknowledged", "acknowledged", "lost", "returned")
    act = f"transfer.{acts[end]}"
    thing = t.thing(k, lambda each: each.offer and (end != 0 or each.offer.to))
    if end in (2, 3):
        thing = t.thing(k, lambda each: each.offer and each.offer.outside)
    offer = thing.offer
    giver, receiver = (offer.by, offer.to) if offer else (None, None)
    lead = t.who(w, receiver if end == 0 else giver)
    given: dict[str, Any] = {"transfer": offer.id if offer and o < 30 else HASH}
    if act == "transfer.returned":
        look(t, act, thing, lead, (s, h, o), given)
        return
    if act == "transfer.refused":
        given["reason"] = t.pick(s, REFUSALS)
    t.act(act, thing.tag, [(lead, "actor")], given)


@tries(6, when=lambda t: any(each.outside for each in t.facts.things.values()))
def come_back(t: Trying, k: int, w: int, s: int, h: int, o: int) -> None:
    """From somebody without an account, a court among them."""
    thing = t.thing(k, lambda each: each.outside)
    act = "court.returned" if thing.outside == "court" or o > 28 else "transfer.accepted"
    given: dict[str, Any] = {} if act == "court.returned" else {"transfer": None}
    lead = t.who(w, None, "H", thing.case)
    look(t, act, thing, lead, (s, h, o), given)


@tries(2)
def take_over(t: Trying, k: int, w: int, s: int, h: int, o: int) -> None:
    thing = t.thing(k, lambda each: each.holder)
    lead = t.who(w, None, "H", thing.case)
    given = {
        "observed": ("physically_verified", "not_located")[o > 29],
        "seal": t.sealed(s, thing),
        "hash": t.hashed(h, thing),
    }
    given["override"] = "safety" if given["hash"] in HASHES[1:6] else None
    near = thing.near()[0]
    t.act(
        "custody.assumed",
        thing.tag,
        [(lead, "actor"), *t.seconds(o, thing.case, lead, near)],
        given,
    )


@tries(3)
def check_out(t: Trying, k: int, w: int, to: int, o: int) -> None:
    thing = t.thing(k, lambda each: each.holder and not each.offer and not each.out)
    lead = t.who(w, thing.holder)
    taker = lead if to % 4 == 3 else t.who(to, None, "X", thing.case)
    given = {"to": taker, "purpose": "training" if o == 31 else "analysis"}
    both = [(taker, "counterparty")] if taker != lead and o < 28 else []
    t.act("access.checked_out", thing.tag, [(lead, "actor"), *both], given)


@tries(3, when=lambda t: any(each.out for each in t.facts.things.values()))
def check_in(t: Trying, k: int, w: int, s: int, h: int, o: int) -> None:
    thing = t.thing(k, lambda each: each.out)
    lead = t.who(w, thing.out if o % 2 else thing.holder)
    both = [tag for tag in (thing.out, thing.holder) if tag and tag != lead]
    given = {"seal": t.sealed(s, thing), "hash": t.hashed(h, thing)}
    signers = [(lead, "actor"), *((tag, "counterparty") for tag in both[:1] if o < 28)]
    t.act("access.checked_in", thing.tag, signers, given)


@tries()
def move(t: Trying, k: int, w: int, h: int) -> None:
    thing = t.thing(k, lambda each: each.hands and not each.offer)
    given = {"location": "vault", "hash": t.hashed(h, thing) if h > 20 else None}
    t.act("storage.moved", thing.tag, [(t.who(w, thing.hands), "actor")], given)


@tries(2)
def go_to_court(t: Trying, k: int, w: int, o: int) -> None:
    thing = t.thing(k, lambda each: each.hands and not each.offer)
    given: dict[str, Any] = {"retained": ("yes", "no", "not_stated")[o % 3]}
    given |= {"authority": t.basis(o, thing.case)} if o > 26 else {}
    t.act("court.exhibited", thing.tag, [(t.who(w, thing.hands), "actor")], given)


@tries(3)
def seal(t: Trying, k: int, w: int, act: int, s: int) -> None:
    lead: str | None = None
    given: dict[str, Any] = {"seal_number": "S-1"}
    name = ("seal.applied", "seal.applied", "seal.verified", "seal.broken", "seal.broken")[act % 5]
    if name == "seal.applied":
        thing = t.thing(k, lambda each: each.hands and not each.sealed and not each.offer)
    else:
        thing = t.thing(k, lambda each: each.sealed)
        given = {"verdict": t.sealed(s, thing) or "intact"}
    if name == "seal.broken":
        given = {"verdict": "broken_authorised" if s < 22 else t.pick(s, SEALS)}
    lead = t.who(w, thing.hands, "H", thing.case)
    t.act(name, thing.tag, [(lead, "actor")], given)


@tries(2)
def image(t: Trying, k: int, w: int, source: int, c: int, o: int) -> None:
    thing = t.thing(k, lambda each: not each.origin)
    about, given = {thing.tag: "item"}, content(c)
    given["verified"] = ("yes", "no")[o % 2]
    near: set[str] = set()
    lead = t.who(w, None, "X", thing.case)
    if source > 8:
        whole = t.thing(source, lambda each: each.origin and each.case == thing.case)
        if whole.tag != thing.tag:
            about[whole.tag] = "source"
            lead, near = t.who(w, whole.hands, "X", thing.case), whole.hold()
    given["override"] = "evidence_would_be_lost" if o > 20 else None
    signers = [(lead, "actor")]
    signers += t.seconds(o - 16, thing.case, lead, near) if o > 24 else []
    t.act("item.acquired", about, signers, given)
