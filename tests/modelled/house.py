"""What the office tries: cases, legal bases, people, keys, rules, exports; and time passes."""

from typing import Any

from custody.core import tags
from tests.bodies import LEAST
from tests.modelled.tries import tries
from tests.modelled.trying import CASES, Trying

ROLES = ("courier", "examiner", "custodian_primary", "lab_receiver", "peer_reviewer")
KINDS = ("search_warrant", "consent", "exigent_circumstances", "not_stated")
PAUSES = (60, 3600, 6 * 3600, 20 * 3600, 3 * 86_400)


@tries()
def open_case(t: Trying, n: int, w: int) -> None:
    t.open_case(t.pick(n, CASES), t.who(w, None, "C"))


@tries()
def authorise(t: Trying, c: int, w: int, b: int, o: int) -> None:
    case = t.dossier(c)
    lead = [(t.who(w, None, "C", case.tag), "actor")]
    if o > 20:
        given: dict[str, Any] = {"authority": t.basis(b, case.tag) or "0" * 64}
        given["ended_at"] = t.ago(-86_400 if o == 31 else 60)
        t.act("authority.ended", {case.tag: "case"}, lead, given)
        return
    given = {"kind": t.pick(o, KINDS)}
    given |= {"valid_to": t.ago(-b * 600)} if b % 2 else {}
    given |= {"ratify_by": t.ago(-86_400)} if b < 24 else {}
    given |= {"follows": t.basis(b, case.tag)} if o > 16 else {}
    t.act("authority.recorded", {case.tag: "case"}, lead, given)


@tries()
def close_case(t: Trying, c: int, w: int, act: int, o: int) -> None:
    reopen = bool(act % 2) or o < 16
    case = t.dossier(c, lambda each: each.closed == reopen)
    lead = [(t.who(w, None, "O" if reopen else "C", case.tag), "actor")]
    t.act("case.reopened" if reopen else "case.closed", {case.tag: "case"}, lead)


@tries()
def appoint(t: Trying, k: int, w: int, o: int, r: int) -> None:
    """Roles, for all cases or one, for good or for a while; granted and withdrawn."""
    human, lead = t.who(k), t.who(w, None, "E")
    given: dict[str, Any] = {"role": t.pick(r, ROLES)}
    if o > 12:
        given["case"] = t.dossier(o).tag
    roles = t.facts.humans[human].roles
    if o % 4 == 3 and roles and human != t.named("Ada"):
        role = t.pick(r, roles)
        given = {"role": role.name, "case": role.case or None}
        t.act("role.revoked", {human: "actor"}, [(lead, "enroller")], given)
        return
    given |= {"valid_to": t.ago(-r * 900)} if o % 4 == 2 else {}
    t.act("role.granted", t.appointed(human, given["role"]), [(lead, "enroller")], given)


@tries()
def rekey(t: Trying, k: int, w: int, n: int, o: int) -> None:
    """Further keys, new ones for old, keys withdrawn; now and then another person's key."""
    human = t.who(k)
    if human == t.named("Ada"):
        return
    person, own = t.people[human].name, t.facts.humans[human]
    lead = t.who(w, None, "E")
    old = t.pick(n, own.keys + own.ended)
    if o % 3 == 2:
        lead = human if n % 2 else lead
        t.act("key.revoked", {human: "actor"}, [(lead, "actor")], {"key": old})
        return
    name = f"{person} {n % 4}" if n < 26 else t.people[t.who(n)].name
    asker = human if n < 30 else t.who(n)
    act = ("key.registered", "key.rotated")[o % 3]
    given = {"replaces": old} if act == "key.rotated" else {}
    t.request(act, human, name, lead, asker, **given)


@tries()
def enrol(t: Trying, n: int, w: int, r: int) -> None:
    t.enrol(t.pick(n, ("Zoe", "Yan", "Xia", "Dora")), t.pick(r, ROLES), t.who(w, None, "E"))


@tries()
def change_rules(t: Trying, w: int, two: int, o: int) -> None:
    rules = dict(LEAST["ledger.rules_changed"]["rules"])
    rules |= {"late_after": (7200, 86_400)[o % 2], "approvers": 2 + (o % 3 == 2)}
    lead = t.who(w, None, "E")
    ledger = tags.ledger_tag(t.world.origin)
    seconds = t.seconds(two, "", lead, set())
    t.act(
        "ledger.rules_changed",
        {ledger: "ledger"},
        [(lead, "actor"), *seconds],
        {"rules": rules},
    )


@tries()
def wait(t: Trying, k: int) -> None:
    t.passes(t.pick(k, PAUSES))


@tries(3, when=lambda t: t.drafts)
def send_what_was_kept(t: Trying, k: int, both: int) -> None:
    first = t.drafts.pop(k % len(t.drafts))
    t.send(*[first, t.drafts.pop(0)] if both % 2 and t.drafts else [first])


@tries(when=lambda t: t.refused)
def send_what_was_refused(t: Trying, k: int) -> None:
    """It is refused for ever, whatever has changed since."""
    t.send(t.pick(k, t.refused)[0])


@tries(when=lambda t: t.sent)
def send_again(t: Trying, k: int) -> None:
    t.again(t.pick(k, t.sent))


@tries()
def export(t: Trying, c: int, w: int, i: int, mirror: int) -> None:
    case = t.dossier(c)
    items = [each.tag for each in t.facts.things.values() if each.case == case.tag]
    chosen = items[: i % 4] if i > 16 else []
    lead = t.who(w, None, "P", case.tag)
    if not t.export(case.tag, chosen, lead, mirror > 28) or i % 2:
        return
    given = {"export": t.entry(i, case.tag, "export.prepared")[0]}
    t.act("export.created", {case.tag: "case"}, [(lead, "actor")], given)
