"""What people try: mostly what fits, often what does not; alone, too late, under holds, unwatched."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from tests.bodies import HASH, PACK
from tests.kept.facts import DAY, PEOPLE, Case, Item, Rule
from tests.kept.law import case_of
from tests.kept.stage import YEAR, Stage, spelt

T = TypeVar("T")
Signs = list[tuple[str, str]]
LIKELY = 26  # of 32 choices, so many take what fits
NONE: tuple[int, int, int] = (0, 0, 0)
ALL = ("device", "image")
SCHEDULES: tuple[tuple[Rule, ...], ...] = (
    (Rule("reg", ALL, "registration", (0, 0, 10), "governance"),),
    (
        Rule("reg", ALL, "registration", (1, 0, 0), "governance"),
        Rule("acq", ("device",), "acquittal", (0, 1, 0), "compliance", ("acquitted", "closed")),
    ),
    (Rule("end", ALL, "appeal_end", (0, 6, 1), "governance"),),
    (Rule("copy", ("device",), "copy_verified", NONE, "governance"),
     Rule("good", ("image",), "registration", None, "indefinite")),
    (),
)  # fmt: skip
STATUSES = ("acquitted", "open", "appeal", "convicted", "closed", "post_conviction_review")
PAUSES = (3600, DAY, 11 * DAY, 31 * DAY, YEAR, 3 * YEAR, 9 * YEAR)
KINDS = ("destroy", "return_to_owner", "secure_erase", "auction", "not_stated")
REQUESTS = ("mla", "preservation", "content")
ENDS = ("answered", "withdrawn", "expired", "released", "produced", "refused", "partially_produced",
        "impossible", "not_stated")  # fmt: skip
OUTCOMES = ("physically_verified", "not_located", "unexpectedly_present", "not_yet_checked")


class Trying(Stage):
    """Choices are integers from 0 to 31: small ones fit, and are what failures shrink to."""

    keep = False
    """Whether the next entry is signed and kept back."""

    def pick(self, k: int, these: Sequence[T]) -> T:
        return these[k % len(these)]

    def who(self, k: int, rights: str = "", fit: str | None = None) -> str:
        """The fitting one, somebody with one of the rights, or just anybody."""
        if fit and k < LIKELY:
            return fit
        able = [name for name, (_, has) in PEOPLE.items() if {*rights} & {*has}]
        return self.pick(k, able if able and k < LIKELY else list(PEOPLE))

    def item(self, k: int, fits: Callable[[Item], object] = lambda _: True) -> Item:
        everything = list(self.facts.items.values())
        fitting = [each for each in everything if fits(each)] or everything
        return self.pick(k, fitting if k < LIKELY else everything)

    def case(self, k: int) -> Case:
        return self.pick(k // 3, list(self.facts.cases.values()))

    def approvers(self, k: int, item: Item | None, lead: str) -> Signs:
        """Enough who are free; or fewer, the involved, witnesses, two accounts with one key."""
        hands = item.hands() if item else set()
        able = [n for n in ("Carl", "Judy", "Rita", "Olga") if n not in hands | {lead}]
        if k < 16:
            return [(each, "approver") for each in able[:2]]
        if k < 19:
            return [(each, "approver") for each in able[:1]]
        if k < 22:
            return [(each, "witness") for each in able[:2]]
        if k < 25:
            return [(each, "approver") for each in ("Rita", "Ruth") if each != lead]
        if k < 28:
            return [(each, "approver") for each in sorted(hands - {lead})]
        return [(each, "approver") for each in [*PEOPLE][k % 5 :: 3] if each != lead]

    def watching(self, k: int, lead: str) -> Signs:
        """Somebody who looks on; seldom nobody, or one who approves only."""
        if k > 28:
            return []
        names = [each for each in ("Pia", "Paul", "Ruth", "Eve", "Dora", "Carl") if each != lead]
        return [(self.pick(k, names), "approver" if k > 26 else "witness")]

    def basis(self, k: int, case: str) -> str | None:
        bases = [*self.facts.cases[case].bases]
        return self.pick(k, bases) if k < LIKELY else self.pick(k, [HASH, None])

    def do(
        self, act: str, about: str, signers: Signs, given: dict[str, Any], **more: Any
    ) -> str | None:
        """Try an act; its id where it was recorded."""
        keep, self.keep = self.keep, False
        return self.act(act, [about], signers, given, keep=keep, **more)

    def load(self, number: int, which: int, cooling: int, signers: Signs, **listed: Any) -> None:
        """A version of the one pack."""
        rules = self.pick(which, SCHEDULES)
        members = {"cooling_off_days": cooling, **listed}
        pack = {**PACK, **members, "version": number, "retention": [declared(r) for r in rules]}
        told = {"number": number, "rules": rules, "members": members}
        self.do("pack.loaded", self.ledger, signers, {"pack": pack}, told=told)


def declared(rule: Rule) -> dict[str, Any]:
    """A rule as a pack says it."""
    years, months, days = rule.keep or NONE
    return {
        "code": rule.code,
        "text": "kept",
        "source": "house",
        "lines": list(rule.lines),
        "trigger": rule.trigger,
        "mode": rule.mode,
        **({"keep": {"years": years, "months": months, "days": days}} if rule.keep else {}),
        **({"statuses": list(rule.statuses)} if rule.statuses else {}),
    }


def wait(t: Trying, k: int) -> None:
    t.passes(t.pick(k, PAUSES))


def load(t: Trying, n: int, which: int, w: int, two: int, more: int) -> None:
    last = max((each.number for each in t.facts.packs), default=0)
    lead = t.who(w, "O")
    listed: dict[str, Any] = {"light": ["computer", "mobile"]} if more % 2 else {}
    listed |= {"orders": ["court_order"]} if more % 3 == 0 else {}
    listed |= {"outside_witness": ["computer"]} if more % 4 == 0 else {}
    number = max(1, last + (1 if n < LIKELY else 0))
    cooling = t.pick(more, (0, 30, 1))
    t.load(number, which, cooling, [(lead, "actor"), *t.approvers(two, None, lead)], **listed)


def status(t: Trying, c: int, s: int, w: int, d: int, o: int) -> None:
    """Where the proceedings stand; with a deadline of an appeal, its end, a release to come."""
    case, now = t.case(c), t.facts.now
    said: dict[str, Any] = {"since": now - (d * DAY if o < 30 else -DAY)}
    said |= {"deadline": now + (d - 6) * 5 * DAY} if o % 3 == 1 else {}
    said |= {"appeal_over": now - d * 60} if o % 3 == 2 else {}
    said |= {"released": now + d * 30 * DAY} if o % 5 == 3 else {}
    names = {"since": "effective_at", "deadline": "appeal_deadline",
             "appeal_over": "appeal_ended", "released": "release_at"}  # fmt: skip
    given = {names[name]: spelt(at) for name, at in said.items()}
    given["status"] = t.pick(s, STATUSES)
    t.do("case.status_changed", case.tag, [(t.who(w, "CT"), "actor")], given, told=said)


def assign(t: Trying, i: int, w: int, d: int, o: int) -> None:
    """A further line: a rule of the pack, a date, or for good."""
    item, lead, now = t.item(i, lambda each: not each.gone), t.who(w, "T"), t.facts.now
    version = t.facts.in_force(now)
    given: dict[str, Any]
    told: dict[str, Any]
    if o % 3 == 2 and version and version.rules:
        rule = t.pick(d, version.rules)
        number = version.number + (o > 28)
        given = {"pack": "house", "pack_version": number, "rule": rule.code,
                 "retain_until": None, "mode": rule.mode}  # fmt: skip
        told = {"rule": rule.code, "until": None}
    else:
        mode = t.pick(o // 3, ("governance", "governance", "compliance", "indefinite"))
        until = None if mode == "indefinite" and d < 31 else now + t.pick(d, (-60, 10, 9 * DAY))
        given = {"mode": mode, "retain_until": spelt(until)}
        told = {"rule": None, "until": until}
    given |= {"authority": t.basis(o, item.case)} if d > 20 else {}
    t.do("retention.assigned", item.tag, [(lead, "actor")], given, told=told)


def change(t: Trying, i: int, w: int, two: int, d: int, n: int, b: int) -> None:
    """One line's date moves, earlier more often than later."""
    item, lead = t.item(i, lambda each: not each.gone), t.who(w, "T")
    lines = t.facts.lines(item, t.facts.now)
    key = t.pick(n, [line.key for line in lines]) if lines and n < 30 else HASH
    until = t.facts.now + t.pick(d, (-60, 0, 3 * DAY, YEAR, -YEAR))
    end = None if d > 29 else until
    named: dict[str, Any] = (
        {"pack": "house", "rule": key[1:], "assigned": None} if key[0] == ":" else {"assigned": key}
    )
    given = {**named, "retain_until": spelt(end), "authority": t.basis(b, item.case)}
    signers = [(lead, "actor"), *t.approvers(two, item, lead)]
    t.do("retention.changed", item.tag, signers, given, told={"key": key, "until": end})


def review(t: Trying, i: int, w: int) -> None:
    given = {"next_review": spelt(t.facts.now + YEAR)}
    t.do("retention.reviewed", t.item(i).tag, [(t.who(w, "T"), "actor")], given)


def hold(t: Trying, i: int, w: int, q: int, o: int) -> None:
    """On an item, on a case, or on what a query catches of it; now and then looked at again."""
    subject: Item | Case = t.item(i) if o % 2 else t.case(i)
    queries: tuple[dict[str, Any], ...] = (
        {}, {"lines": ["image"]}, {"types": ["mobile"]}, {"types": ["computer"], "lines": ["device"]})  # fmt: skip
    given = dict(queries[q % 4] if isinstance(subject, Case) or q > 28 else {})
    told = {name: tuple(value) for name, value in given.items()}
    lead = [(t.who(w, "KH"), "actor")]
    if o > 24 and subject.holds:
        given |= {"hold": t.pick(q, sorted(subject.holds))}
        t.do("hold.amended", subject.tag, lead, given, told=told)
        return
    t.do("hold.placed", subject.tag, lead, given, told=told)


def ask(t: Trying, i: int, w: int, k: int, o: int) -> None:
    """Another authority asks for an item or a whole case, or is asked."""
    subject: Item | Case = t.item(i, lambda each: not each.gone) if o % 2 else t.case(i)
    days = (None, None, t.facts.now + 5 * DAY, t.facts.now - DAY, t.facts.now + YEAR)
    respond, expires = t.pick(k, days), t.pick(k // 5, days)
    given: dict[str, Any] = {"kind": t.pick(k, REQUESTS) if k < 31 else "not_stated"}
    given |= {"direction": ("in", "out")[w % 2] if k < 30 else "not_stated"}
    given |= {"respond_by": spelt(respond), "expires_at": spelt(expires)}
    given |= {"authority": t.basis(o, case_of(subject))} if o > 20 else {}
    told: dict[str, Any] = {"last": max(filter(None, (respond, expires)), default=None)}
    if o > 28:
        told["received"] = t.facts.now + DAY
        given["received_at"] = spelt(told["received"])
    t.do("request.recorded", subject.tag, [(t.who(w, "KH"), "actor")], given, told=told)


def answer(t: Trying, i: int, w: int, k: int, o: int) -> None:
    """A request ends."""
    those: list[Item | Case] = [x for x in t.facts.items.values() if x.requests]
    those += [each for each in t.facts.cases.values() if each.requests]
    subject = t.pick(i, those) if those else t.item(i)
    which = t.pick(o, [*subject.requests]) if subject.requests and o < 30 else HASH
    given: dict[str, Any] = {"request": which, "outcome": t.pick(k, ENDS)}
    given |= {"ground": "incomplete"} if o % 5 == 4 else {}
    t.do("request.ended", subject.tag, [(t.who(w, "CT"), "actor")], given)


def lift(t: Trying, i: int, w: int, two: int, o: int) -> None:
    """A hold ends."""
    held: list[Item | Case] = [x for x in t.facts.items.values() if x.holds and not x.gone]
    held += [each for each in t.facts.cases.values() if each.holds]
    subject = t.pick(i, held) if held else t.item(i)
    which = t.pick(o, sorted(subject.holds)) if subject.holds and o < 30 else HASH
    lead = t.who(w, "KH")
    item = subject if isinstance(subject, Item) else None
    signers = [(lead, "actor"), *t.approvers(two, item, lead)]
    t.do("hold.released", subject.tag, signers, {"hold": which})
