"""What an announcement may name, and which fields of people a bundle opens."""

from custody.core.announced import is_shown, unknown
from tests.rulings import stage


def test_names_that_no_personal_field_has() -> None:
    known = ["note", "note.recorded.note", "item.registered.serial", "serial"]
    assert unknown(known) == []
    assert unknown(["mood", *known, "note.recorded.serial", "item.registered.number"]) == [
        "mood",
        "note.recorded.serial",
        "item.registered.number",
    ]


def test_of_a_correction_on_a_person_only_a_name_is_shown() -> None:
    s = stage()
    entry = next(
        run.signed.id for run in s.world.runs if run.signed.statement.about[0].tag == s.dora.tag
    )

    def made(field: str) -> object:
        given = {"corrects": entry, "act": "actor.registered", "field": field, "value": "x"}
        return s.world.draft("correction.recorded", [s.dora.tag], given, signers=[s.ada]).statement

    assert is_shown(made("name"), "value")  # type: ignore[arg-type]
    assert not is_shown(made("name"), "details")  # type: ignore[arg-type]
    assert not is_shown(made("staff_number"), "value")  # type: ignore[arg-type]
