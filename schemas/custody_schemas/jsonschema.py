"""Publishes the vocabulary as JSON Schema 2020-12: `python -m custody_schemas.jsonschema`.

One file for each act, the whole statement, and one for each other document that is signed, hashed
or disclosed. The schemas say what a document looks like; what they cannot say (canonical bytes,
sorting, dates that no calendar has, lengths in bytes) stands in SPEC.md and in their descriptions.
"""

import json
import typing
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any

from custody_schemas import acts as _acts  # fills Act.ALL
from custody_schemas.declare import (
    Act,
    Capacity,
    Chars,
    Concern,
    Field,
    Kind,
    Matches,
    Moment,
    Record,
    Several,
    Within,
    field_of,
    words,
)
from custody_schemas.documents import (
    DIGEST,
    HASH,
    OTHERS,
    TIME,
    array,
    document,
    integer,
    member_object,
    text,
)
from custody_schemas.terms import UnlockMethod

assert _acts
FOLDER = Path(__file__).parent / "v1"


def statement(act: type[Act] | None) -> dict[str, Any]:
    """Schema of a statement of that act, or of any statement, also of acts not known here."""
    fields = list(act.FIELDS.values()) if act else []
    about = array(_place(act), 1, 256)
    signers = array(_signer(act), 1, 16)
    if act:
        about["allOf"] = [rule for concern in act.ABOUT for rule in _counts(concern)]
        signers["contains"] = {"properties": {"as": {"const": act.SIGNERS[0]}}}
    members = {
        "v": {"const": 1},
        "ledger": text(1, 500) | {"description": "origin of the ledger it is meant for"},
        "act": {"const": act.NAME} if act else text(pattern=r"[a-z]{1,30}\.[a-z_]{1,30}"),
        "about": about | {"description": "what it concerns, sorted by tag, none twice"},
        "seen": _seen(act),
        "time": TIME | {"description": "when it was signed"},
        "until": TIME | {"description": "not to be recorded after; at most 31 days after time"},
        "nonce": text(pattern="[0-9a-f]{32}"),
        "signers": signers | {"description": "who signs, sorted by key, none twice"},
        "signing": member_object(client=text(1, 500), unlock=_enum(UnlockMethod)),
        "sd": _sd(act, fields),
        "body": record(act) if act else {"type": "object"},
    }
    summary = words(act)[0] if act else "A signed entry of any act (SPEC §2)."
    return member_object(**members) | {"description": summary}


def record(kind: type[Record]) -> dict[str, Any]:
    """Schema of a record, or of an act's body: its members but for the personal ones."""
    fields = [field for field in kind.FIELDS.values() if not field.personal]
    helps = words(kind)[1]
    return {
        "type": "object",
        "description": words(kind)[0],
        "properties": {f.name: _described(_field(f), helps.get(f.name)) for f in fields},
        "required": [f.name for f in fields if not f.optional],
        "additionalProperties": False,
    }


def every() -> dict[str, dict[str, Any]]:
    """All schemas, by file name without its ending."""
    made = {name: statement(act) for name, act in Act.ALL.items()}
    made["statement"] = statement(None)
    made.update(OTHERS)
    return {name: document(name, schema) for name, schema in sorted(made.items())}


def main() -> None:
    """Write them all, and remove those whose declaration is gone."""
    FOLDER.mkdir(exist_ok=True)
    for name, schema in every().items():
        (FOLDER / f"{name}.schema.json").write_text(spelt(schema), encoding="utf-8")
    for path in FOLDER.glob("*.schema.json"):
        if path.name.removesuffix(".schema.json") not in every():
            path.unlink()


def spelt(schema: Mapping[str, Any]) -> str:
    """A schema as its file holds it."""
    return json.dumps(schema, indent=1, ensure_ascii=False) + "\n"


def _field(field: Field) -> dict[str, Any]:
    return _typed(field.type, field.marks, field.name)


def _typed(kind: Any, marks: tuple[Any, ...], name: str) -> dict[str, Any]:
    if typing.get_origin(kind) is tuple:
        bounds = next((m for m in marks if isinstance(m, Several)), Several(0, 10**6))
        element = field_of(name, typing.get_args(kind)[0])
        inner = tuple(m for m in marks if not isinstance(m, Several)) + element.marks
        return array(_typed(element.type, inner, name), *bounds)
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return _enum(kind)
    if isinstance(kind, type) and issubclass(kind, Record):
        return record(kind)
    bare = {str: "string", int: "integer", bool: "boolean", dict: "object"}
    schema: dict[str, Any] = {"type": bare[typing.get_origin(kind) or kind]}
    for mark in marks:
        schema |= _marked(mark)
    return schema


def _marked(mark: Any) -> dict[str, Any]:
    match mark:
        case Matches(pattern, like):
            return {"pattern": f"^(?:{pattern})$", "description": like}
        case Chars(least, most):
            return {"minLength": least, "maxLength": most}
        case Within(low, high):
            return {"minimum": low, "maximum": high}
        case Moment():
            return {"format": "date-time"}
        case _:  # Refers says what to look up, not what to refuse
            return {}


def _described(schema: dict[str, Any], help_: str | None) -> dict[str, Any]:
    return schema | {"description": help_} if help_ else schema


def _enum(kind: type[StrEnum]) -> dict[str, Any]:
    return {"enum": [member.value for member in kind]}


def _place(act: type[Act] | None) -> dict[str, Any]:
    kinds = [kind for concern in act.ABOUT for kind in concern.kinds] if act else list(Kind)
    link = text(pattern="(?:[0-9a-f]{64})?") | {"description": "what the signer knew of its chain"}
    return member_object(
        **{"as": {"enum": [str(kind) for kind in kinds]}, "prev": link, "tag": HASH}
    )


def _counts(concern: Concern) -> list[dict[str, Any]]:
    """How many places of a concern there are, all of one kind."""
    kinds = [str(kind) for kind in concern.kinds]
    stands = {"properties": {"as": {"enum": kinds}}}
    counts: list[dict[str, Any]] = [
        {"contains": stands, "minContains": concern.least, "maxContains": concern.most}
    ]
    if len(kinds) > 1:
        alike = [{"items": {"properties": {"as": {"const": kind}}}} for kind in kinds]
        counts.append({"oneOf": alike})
    return counts


def _signer(act: type[Act] | None) -> dict[str, Any]:
    capacities = [str(capacity) for capacity in (act.SIGNERS if act else Capacity)]
    return member_object(**{"actor": HASH, "as": {"enum": capacities}, "key": HASH})


def _seen(act: type[Act] | None) -> dict[str, Any]:
    opens = act is not None and act.NAME == "ledger.opened"
    size = {"const": 0} if opens else integer(1 if act else 0)
    described = {"description": "the last checkpoint that the signer had verified"}
    return member_object(size=size, root=HASH) | described


def _sd(act: type[Act] | None, fields: list[Field]) -> dict[str, Any]:
    if act is None:
        return {"type": "object", "additionalProperties": DIGEST}
    helps = words(act)[1]
    personal = [field.name for field in fields if field.personal]
    return member_object(**{name: _described(DIGEST, helps.get(name)) for name in personal}) | {
        "description": "digests of disclosures, one for each personal value, also of absent ones"
    }


if __name__ == "__main__":
    main()
