"""Vectors of SPEC §8.4 and §11.8: a bundle without what was erased, which withholds as announced.

What is open is decided here by the letter of the text, and not by our exporter.
"""

import json
from collections.abc import Iterator
from hashlib import sha256
from typing import Any

from custody.core.retention import DAY
from custody.core.statement import Statement
from custody.core.tags import ledger_tag
from custody_schemas.acts import CorrectionRecorded
from custody_schemas.declare import Capacity, Kind
from tests.memory import Run
from tests.vectors.bundle import DISCLOSURES, Export
from tests.vectors.keeping import pack
from tests.vectors.scribe import DAN2, IDA, JAN
from tests.vectors.story import RULES, Story

APPROVER = Capacity.APPROVER
OPENS = [
    *("name", "title", "serial", "exhibit", "note", "tool", "seal_number", "from_name", "place"),
    *("item.acquired.files", "privacy.erased.reason", "item.received.use_terms"),
]
ANNOUNCED: dict[str, Any] = {
    "pack": "example",
    "pack_version": 3,
    "profile": "court",
    "redacted": ["item.seized.place", "seal_number", "tool"],
    "restricted": ["item.received.from_name"],
    "ground": "What others keep secret stays so.",
}


class Withheld(Export):
    """The whole case some weeks later, by a profile; two entries in a row, the first erased."""

    def __init__(self, story: Story) -> None:
        s = story.scribe
        s.now += 15 * DAY  # the version of the pack that was to come is in force
        self.ledger, self.laptop = (
            [(Kind.LEDGER, ledger_tag(s.origin))],
            [(Kind.ITEM, story.laptop)],
        )
        self.ida, self.jan = s.person("Ida Brandt", IDA), s.person("Jan Kovac", JAN)
        self._profiled(story)
        self.first = self._erased(story)
        self.hidden = self._restricted(story)
        super().__init__(story, mirror=False, **ANNOUNCED)

    def _profiled(self, story: Story) -> None:
        s, dan = story.scribe, story.scribe.person("Dan Ruiz", DAN2)
        dan = dan._replace(tag=next(t for t, a in s.states.items() if _has(a, DAN2.key.id)))
        given: dict[str, Any] = {"rules": RULES}
        s.record(s.draft("ledger.rules_changed", self.ledger, given, story.ada, (dan, APPROVER)))
        profile = {"name": "court", "text": "for courts", "opens": OPENS, "ground": "§ 475 StPO"}
        given = {"pack": {**pack(3, 0), "profiles": [profile]}, "source": "ab" * 32}
        s.record(s.draft("pack.loaded", self.ledger, given, self.ida, (story.ada, APPROVER)))

    def _erased(self, story: Story) -> Run:
        """Ben notes something and looks at the seal; the note, which the look cites, goes."""
        s, ben = story.scribe, story.ben
        given: dict[str, Any] = {"request": story.preserve, "outcome": "released"}
        s.record(s.draft("request.ended", [(Kind.CASE, story.case)], given, story.ada))
        noted = s.draft("note.recorded", self.laptop, {"note": "A child's."}, ben)
        given = {"verdict": "intact", "seal_read": "A-0017"}
        before = {story.laptop: noted.id}
        looked = s.draft("seal.verified", self.laptop, given, ben, prev=before)
        s.submit(noted)
        s.record(looked)
        env = sha256(noted.envelope.encode()).hexdigest()
        given = {"entry": noted.id, "act": "note.recorded", "envelope": env, "reason": "Asked for."}
        given |= {"ground": "request_of_person", "method": "value_and_salt"}
        approved = (self.ida, APPROVER), (self.jan, APPROVER)
        s.record(s.draft("privacy.erased", self.laptop, given, story.ada, *approved))
        return next(run for run in s.runs if run.signed.id == noted.id)

    def _restricted(self, story: Story) -> dict[tuple[str, str], str]:
        """Why fields are closed, by the entry's id and their name, as entries say."""
        s, phone = story.scribe, [(Kind.ITEM, story.phone)]
        of = {(run.signed.statement.name, run.signed.statement.about[0].tag): run for run in s.runs}
        registered = next(
            run.signed.id
            for (act, _), run in of.items()
            if act == "item.registered"
            and story.laptop in {place.tag for place in run.signed.statement.about}
        )
        received = of["item.received", story.phone].signed.id
        for about, entry, field in (
            (self.laptop, registered, "exhibit"),
            (phone, received, "from_name"),
        ):
            given = {"entry": entry, "fields": [field], "ground": "legal_obligation"}
            s.record(s.draft("privacy.restricted", about, {**given, "lifted": False}, story.ada))
        given = {"corrects": registered, "act": "item.registered", "field": "exhibit"}
        given |= {"reason": "transcription_error", "value": "BO/1a"}
        s.record(s.draft("correction.recorded", self.laptop, given, story.ben))
        erased = {
            (run.signed.statement.act.entry, field): "erased"  # type: ignore[attr-defined]
            for run in s.runs
            if run.signed.statement.name == "privacy.erased"
            for field in run.signed.statement.act.fields or ()  # type: ignore[attr-defined]
        }
        return {**erased, (registered, "exhibit"): "restricted"}

    def _statements(self, envs: set[str]) -> None:
        self.envs = envs
        super()._statements(envs)
        gone = sha256(self.first.signed.envelope.encode()).hexdigest()
        del self.files[f"data/ledger/envelopes/{gone}.json"]
        closed = {(each["env"], each["field"]) for each in self.withheld()}
        lines = self.files[DISCLOSURES].splitlines(keepends=True)
        self.all = [(_place(line), line) for line in lines if _place(line)[0] != gone]
        self.files[DISCLOSURES] = b"".join(line for at, line in self.all if at not in closed)

    def listed(self) -> dict[str, dict[str, list[str]]]:
        """Fields that are closed, by why they are, by the digest of the envelope."""
        found: dict[str, dict[str, list[str]]] = {}
        for each in self.withheld():
            found.setdefault(each["env"], {}).setdefault(each["why"], []).append(each["field"])
        return found

    def withheld(self) -> Iterator[dict[str, str]]:
        """Each field that is closed, and why."""
        for run in self.scribe.runs:
            made, env = run.signed.statement, sha256(run.signed.envelope.encode()).hexdigest()
            shown = env in self.envs and run is not self.first
            for field in made.sd if shown else ():
                if why := self._why(made, field):
                    yield {"env": env, "field": field, "why": why}

    def _why(self, made: Statement, field: str) -> str:
        """The reasons of §11.8, in their order; what every bundle withholds; what was erased."""
        named = {field, f"{made.name}.{field}"}
        corrected = isinstance(made.act, CorrectionRecorded) and field in ("value", "values")
        original, meant = (made.id, field), named
        if corrected and made.act.field:  # type: ignore[attr-defined]
            act: Any = made.act
            meant, original = {act.field, f"{act.act}.{act.field}"}, (act.corrects, act.field)
        needed = (made.name == "case.opened" and field == "reference") or (
            made.id == self.export and field == "ground"
        )
        if needed or (
            field.startswith("content_") and made.id in (self.story.acquired, self.story.derived)
        ):
            return ""
        if "restricted" in (self.hidden.get(original), self.hidden.get((made.id, field))):
            return "restricted"
        if not (named | meant).isdisjoint(ANNOUNCED["redacted"]):
            return "redacted"
        if meant.isdisjoint(OPENS):
            return "profile"
        of_people = all(place.kind in (Kind.ACTOR, Kind.LEDGER) for place in made.about)
        if of_people and field not in ("name", "organisation"):
            return "always"
        return self.hidden.get((made.id, field), "")

    def spoilt(self) -> Iterator[dict[str, str]]:
        """A field opened against the announcement, and one closed without a word."""
        closed = {(each["env"], each["field"]): each["why"] for each in self.withheld()}
        for why in ("restricted", "redacted", "profile"):
            k = next(k for k, (at, _) in enumerate(self.all) if closed.get(at) == why)
            after = next(line for at, line in self.all[k:] if at not in closed).decode()
            opened = self.all[k][1].decode()
            yield _spoilt(f"a field opened that is withheld: {why}", after, opened + after)
        shut = next(line for at, line in self.all if at not in closed).decode()
        yield _spoilt("a field withheld that nothing said", shut, "")


def _spoilt(why: str, old: str, new: str) -> dict[str, str]:
    told = {"file": "redacted.zip", "why": why, "path": DISCLOSURES, "old": old, "new": new}
    return {**told, "failed": "REDACTIONS"}


def _place(line: bytes) -> tuple[str, str]:
    value = json.loads(line)
    return value["env"], value["name"]


def _has(state: Any, key: str) -> bool:
    return any(each.id == key for each in getattr(state, "keys", ()))
