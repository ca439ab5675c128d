"""A case of a lost ledger is opened anew, with the legal bases that were on file there."""

import os
from collections.abc import Mapping
from typing import Any, NamedTuple

from custody.chains import Told
from custody.core import tags, times
from custody.core.errors import UsageError
from custody.core.state import Authority
from custody.drafting import Request, Subject, case_subjects
from custody.ledger import Ledger
from custody.recovering import Saved
from custody_cli import names
from custody_cli.errand import Errand
from custody_cli.names import CaseName
from custody_cli.told import chain, text
from custody_schemas import acts
from custody_schemas.declare import Act, Kind


class Reopened(NamedTuple):
    """The case in the new ledger.

    authorities: by the entry in the lost ledger, the entry here of each legal basis.
    asked: whether the signer was asked already whether she wants to sign.
    """

    name: CaseName
    authorities: Mapping[str, str]
    asked: bool


def check_continues(ledger: Ledger, saved: Saved) -> None:
    """Raises UsageError: this ledger does not say that it continues that one."""
    first = next(chain(ledger, tags.ledger_tag(ledger.origin)))
    act = first.statement.act
    continues = act.continues if isinstance(act, acts.LedgerOpened) else None
    if continues is None or (continues.origin, continues.size, continues.root) != (
        saved.home.origin,
        saved.newest.size,
        saved.newest.root.hex(),
    ):
        raise UsageError(
            f"{ledger.origin} does not continue what was saved in {saved.home.folder}: `custody "
            "recover ledger` makes one that does; name it with --home"
        )


def reopened(errand: Errand, saved: Saved, before: CaseName) -> Reopened:
    """The case under the same reference, opened if it is not there, with its legal bases.

    Its key is a new one: whoever has the lost disk, or an old bundle with the old key, must not be
    able to follow the case in the new ledger. What belongs together is said by `former`.
    """
    ledger = errand.run.ledger
    asked = not any(
        found.field == "reference" for found in ledger.find(Kind.CASE, before.reference)
    )
    if asked:
        request = _opening(errand, saved, before)
        summary = f"case {before.reference} opened anew, as it was in {saved.home.origin}"
        errand.unlock([request])
        errand.tell(summary, errand.record([request], summary))
    now = names.find_case(ledger, before.reference)
    return Reopened(now, _authorities(errand, saved, before, now), asked)


def _opening(errand: Errand, saved: Saved, before: CaseName) -> Request:
    key = os.urandom(32)
    first = next(chain(saved.ledger, before.tag))
    members = _members(first, acts.CaseOpened, {"lead_officer"})
    given = errand.given(
        acts.CaseOpened,
        main=False,
        **members,
        note=f"the case {before.reference} of {saved.home.origin}, opened there by "
        f"{names.person(saved.ledger, before.state.opened_by)} {times.spelt(first.entry.at)}",
    )
    about = case_subjects(str(given["reference"]), key)
    return Request(acts.CaseOpened.NAME, about, given, case_key=key)


def _authorities(
    errand: Errand, saved: Saved, before: CaseName, now: CaseName
) -> Mapping[str, str]:
    """Record the legal bases that are not on file here yet; old entries to new ones."""
    ledger = errand.run.ledger
    here = {_same(each.told): each.id for each in names.authorities(ledger, now)}
    states = {each.id: each for each in before.state.authorities}
    found: dict[str, str] = {}
    for each in names.authorities(saved.ledger, before):
        if _same(each.told) not in here:
            here[_same(each.told)] = _put_on_file(errand, saved, each.told, now, found)
        found[each.id] = here[_same(each.told)]
        _end(errand, saved, before, states[each.id], now, found[each.id])
    return found


def _same(told: Told) -> tuple[str, str, str]:
    """What makes a legal basis the same one in both ledgers."""
    kind = str(getattr(told.statement.act, "kind", ""))
    return kind, text(told, "identifier"), text(told, "issuer")


def _put_on_file(
    errand: Errand, saved: Saved, told: Told, now: CaseName, found: Mapping[str, str]
) -> str:
    """Record one legal basis; the id of its entry here."""
    members = _members(told, acts.AuthorityRecorded, {"follows"})
    follows = getattr(told.statement.act, "follows", None)
    note = f"on file in {saved.home.origin} since {times.spelt(told.entry.at)}"
    given = errand.given(
        acts.AuthorityRecorded, main=False, **members, follows=found.get(follows or ""), note=note
    )
    request = Request(acts.AuthorityRecorded.NAME, (Subject(Kind.CASE, now.tag),), given)
    summary = f"legal basis {text(told, 'identifier') or 'without a number'} on file again"
    (done,) = errand.record([request], summary, ask=False)
    errand.tell(summary, [done])
    return done.statement.id


def _end(
    errand: Errand,
    saved: Saved,
    before: CaseName,
    state: Authority,
    now: CaseName,
    entry: str,
) -> None:
    """Record that a legal basis had ended, where it had."""
    present = names.case_of(errand.run.ledger, now.tag).state.authorities
    ended = {each.id: each.ended for each in present}.get(entry)
    if state.ended is None or ended is not None:
        return
    for told in chain(saved.ledger, before.tag):
        act = told.statement.act
        if isinstance(act, acts.AuthorityEnded) and act.authority == state.id:
            members = _members(told, acts.AuthorityEnded, {"authority"})
            given = errand.given(acts.AuthorityEnded, main=False, **members, authority=entry)
            about = (Subject(Kind.CASE, now.tag),)
            summary = "its end on file again"
            errand.record([Request(act.NAME, about, given)], summary, ask=False)


def _members(told: Told, act: type[Act], left: set[str]) -> dict[str, Any]:
    """What the entry itself says, for an entry of the same kind here."""
    made: dict[str, Any] = {}
    for name, field in act.FIELDS.items():
        if name in left or name in acts.Common.FIELDS:
            continue
        value = told.opened.get(name, "") if field.personal else getattr(told.statement.act, name)
        if value not in (None, "", ()):
            made[name] = list(value) if isinstance(value, tuple) else value
    return made
