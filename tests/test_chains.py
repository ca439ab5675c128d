"""A client at a ledger that lies: altered chains, other names, other tags. Nothing is signed."""

import sqlite3
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from custody import chains
from custody.core import disclosure, record
from custody.core.errors import ProofError, SignatureError
from custody.core.record import Entry
from custody.core.state import Item
from custody.core.state import Subject as State
from custody.core.world import Chain
from custody.drafting import Request
from custody.ledger import Recorded
from custody_schemas.declare import Kind
from tests.bodies import LEAST
from tests.house import House, Wire, asked, house


@pytest.fixture
def home(tmp_path: Path) -> House:
    made = house(tmp_path)
    made.desk().record([*made.seizing(1), *made.seizing(2)], made.keys["ada"])
    return made


@dataclass
class Liar(Wire):
    """A ledger that answers otherwise where a test says so."""

    told: Mapping[str, Callable[[list[Recorded]], list[Recorded]]] = field(default_factory=dict)
    named: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    states: Mapping[str, State] = field(default_factory=dict)
    heads: Mapping[str, Chain] = field(default_factory=dict)

    def history(self, tag: str) -> Iterator[Recorded]:
        found = list(self.ledger.history(tag))
        yield from self.told[tag](found) if tag in self.told else found

    def labels(self, tag: str) -> Mapping[str, str]:
        return self.named.get(tag) or self.ledger.labels(tag)

    def subject(self, tag: str) -> State | None:
        return self.states.get(tag) or self.ledger.subject(tag)

    def chain(self, tag: str) -> Chain | None:
        return self.heads.get(tag) or self.ledger.chain(tag)


def exhibits(recorded: Recorded, name: str) -> Recorded:
    """The same record, but the exhibit reference is disclosed as `name`."""
    texts = [
        disclosure.make("exhibit", name, bytes).text
        if disclosure.read(text).field == "exhibit"
        else text
        for text in recorded.disclosures
    ]
    assert texts != list(recorded.disclosures)
    return recorded._replace(disclosures=tuple(texts))


def test_a_chain_is_told_as_it_was_signed(home: House) -> None:
    item = home.file.item(1).tag
    told = list(chains.chain(home.ledger, item))
    assert [each.statement.name for each in told] == [
        "item.registered",
        "item.seized",
        "seal.applied",
    ]
    assert told[2].opened["seal_number"] == "A-17"


def test_a_disclosure_altered_in_the_database_is_not_believed(home: House) -> None:
    item = home.file.item(1).tag
    told = list(home.ledger.history(item))
    altered = "\n".join(exhibits(told[0], "OTHER/1").disclosures).encode()
    with sqlite3.connect(home.folder / "home/ledger.sqlite") as database:
        (n,) = database.execute("SELECT min(n) FROM place WHERE tag = ?", [bytes.fromhex(item)])
        database.execute(
            "UPDATE disclosure SET texts = ?, generation = 0 WHERE envelope = "
            "(SELECT envelope FROM record WHERE n = ?)",
            (altered, *n),
        )
    database.close()
    with pytest.raises(ProofError, match=r"exhibit .* is not what was signed"):
        list(chains.chain(home.ledger, item))


LIES: dict[str, tuple[Callable[[list[Recorded]], list[Recorded]], str]] = {
    "one record left out": (lambda found: [found[0], found[2]], "does not follow"),
    "the last one left out": (lambda found: found[:-1], "newest record"),
    "all left out": (lambda found: [], "newest record"),
    "another envelope": (
        lambda found: [found[0]._replace(envelope=found[1].envelope), *found[1:]],
        "another entry",
    ),
    "another value": (lambda found: [exhibits(found[0], "X"), *found[1:]], "not what was signed"),
}


@pytest.mark.parametrize("lie", LIES)
def test_a_chain_that_does_not_hold_together_is_not_believed(home: House, lie: str) -> None:
    alter, message = LIES[lie]
    item = home.file.item(1).tag
    with pytest.raises(ProofError, match=message):
        list(chains.chain(Liar(home.ledger, told={item: alter}), item))


def test_a_chain_of_another_subject_is_not_believed(home: House) -> None:
    one, two = home.file.item(1).tag, home.file.item(2).tag
    other = list(home.ledger.history(two))
    with pytest.raises(ProofError, match="another subject"):
        list(chains.chain(Liar(home.ledger, told={one: lambda _: other}), one))


def refuses(home: House, liar: Liar, about: Any, message: str) -> None:
    """A remark on `about` is not signed: nothing is sent, nothing kept."""
    with pytest.raises((ProofError, SignatureError), match=message):
        home.desk(ledger=liar).record([asked("note.recorded", about, note="n")], home.keys["ada"])
    assert liar.sent == []
    assert home.outbox() == []


def test_an_item_under_the_label_of_another_is_not_signed_for(home: House) -> None:
    one = home.file.item(1)
    named = {one.tag: {**home.ledger.labels(one.tag), "exhibit": "JS/99"}}
    refuses(home, Liar(home.ledger, named=named), one, "exhibit.*its signed entries")


def test_an_item_under_the_number_of_another_is_not_signed_for(home: House) -> None:
    one = home.file.item(1)
    state = home.ledger.subject(one.tag)
    assert isinstance(state, Item)
    liar = Liar(home.ledger, states={one.tag: state.but(number=2)})
    refuses(home, liar, one, f"not the tag of item 2 of {home.file.reference}")


def test_a_case_under_the_reference_of_another_is_not_signed_for(home: House) -> None:
    one = home.file.item(1)
    named = {home.case_tag: {**home.ledger.labels(home.case_tag), "reference": "K-1"}}
    refuses(home, Liar(home.ledger, named=named), one, "reference.*its signed entries")


def test_nothing_is_handed_to_a_person_under_anothers_name(home: House) -> None:
    """`find` gives Bo's tag for Lena Lab: her name is not what Bo's signed request says."""
    bo = home.identity("bo").actor
    named = {bo: {**home.ledger.labels(bo), "name": "Lena Lab"}}
    liar = Liar(home.ledger, named=named)
    release = asked("transfer.released", home.file.item(1), to=bo)
    with pytest.raises(ProofError, match=r"name.*its signed entries"):
        home.desk(ledger=liar).record([release], home.keys["ada"])
    assert liar.sent == []


def test_a_chain_that_no_checkpoint_holds_is_not_signed_for(home: House) -> None:
    """Records rewritten so that they hold together, with labels and head to match."""
    one = home.file.item(1)
    told = list(home.ledger.history(one.tag))
    last = record.read(told[-1].record)
    assert isinstance(last, Entry)
    forged = last._replace(at=last.at + 1).encode()
    head = Chain(3, record.record_hash(forged).hex(), 2)
    liar = Liar(
        home.ledger,
        told={one.tag: lambda found: [*found[:-1], found[-1]._replace(record=forged)]},
        heads={one.tag: head},
    )
    refuses(home, liar, one, "is not shown to be|not the record")


def test_signed_labels_are_the_ledgers_own(home: House) -> None:
    bo, one = home.identity("bo").actor, home.file.item(1).tag
    for tag in (bo, one, home.case_tag, home.identity("ada").actor):
        entries = list(chains.chain(home.ledger, tag))
        assert chains.labels(home.ledger, tag, entries) == dict(home.ledger.labels(tag))


def test_corrected_labels_are_the_corrected_ones(home: House) -> None:
    one = home.file.item(1)
    first = next(chains.chain(home.ledger, one.tag)).statement
    given = {
        **LEAST["correction.recorded"],
        "corrects": first.id,
        "act": first.name,
        "field": "exhibit",
        "value": "JS/7",
    }
    fix = Request("correction.recorded", (one,), given)
    home.desk().record([fix], home.keys["ada"])
    entries = list(chains.chain(home.ledger, one.tag))
    assert chains.labels(home.ledger, one.tag, entries)["exhibit"] == "JS/7"
    assert home.ledger.kind(one.tag) is Kind.ITEM
