"""(h) Two examiners on one machine; a lost key; an examiner who leaves with items in her hands."""

from tests.days.day import Day, Question


def test_keys_and_people_who_leave(day: Day) -> None:
    # Eve comes to the same machine: a key of her own, enrolled by another person.
    day.types(
        "ada",
        "custody identity create eve --name 'Eve Fox' --organisation Lab -o eve.json",
    )
    day.types("ada", "custody actor enrol eve.json --role examiner --identity-checked in_person")
    day.types("ada", "custody seize K-7 --exhibit EF/1 --type mobile --state off --seal S-801")
    day.types("eve", "custody seize K-7 --exhibit EF/2 --type mobile --state off --seal S-802")
    day.types("eve", "custody item history EF/2", "Eve Fox")
    # One machine, two people: neither acts for the other.
    day.refused(
        "ada", "custody transfer release EF/2 --to 'Bo Peep' --purpose storage", "E_NOT_HOLDER"
    )
    day.types("eve", "custody transfer release EF/2 --to 'Eve Fox' --purpose storage", status=4)

    # Bo's stick with the key is lost: Ada checks who he is, and gives him a new key.
    day.types(
        "bo",
        "custody identity create bo-2 --for 'Bo Peep' --name 'Bo Peep' --organisation Lab"
        " -o bo-2.json",
    )
    people = day.answers("ada", "custody key list 'Bo Peep'")["people"]
    old = people[0]["keys"][0]["key"]
    day.keep(old=old)
    day.types(
        "ada",
        "custody key rotate 'Bo Peep' bo-2.json --replaces {old} --reason lost"
        " --identity-checked in_person",
    )
    day.types("bo", "custody note K-7 --note 'signed with the lost key'", status=4)
    day.types("bo-2", "custody note K-7 --note 'signed with the new key'")

    # Eve leaves, holding EF/2 and with EF/1 on its way to her.
    day.types("ada", "custody transfer release EF/1 --to 'Eve Fox' --purpose storage")
    day.types("ada", "custody actor leave 'Eve Fox'", "EF/2", "EF/1", "custody takeover")
    day.types("eve", "custody transfer accept EF/1 --seal-read EF/1=S-801", status=4)
    day.types("ada", "custody transfer cancel EF/1 --reason 'Eve Fox has left'")
    taken = (
        "custody takeover EF/2 --reason left_service --observed sealed_container_verified"
        " --seal-read S-802 --condition good --location evidence_room"
    )
    day.refused("bo-2", taken, "E_TWO_PERSON")
    day.types("bo-2", f"{taken} --with cy:approver", "EF/2", "Cy Twombly")
    day.types("bo-2", "custody item show EF/2", "Bo Peep")
    day.in_the_evening(
        asked=(
            Question(
                "Who had EF/2 after Eve Fox left, and who says so?",
                "custody item history EF/2",
                ("TAKEN OVER", "left service", "Cy Twombly"),
            ),
            Question(
                "With which key did Bo Peep sign, and since when?",
                "custody log --act key.rotated",
                ("Bo Peep", "Ada Byron"),
            ),
            Question(
                "What did Eve Fox sign, all in all?",
                "custody log --person 'Eve Fox'",
                ("EF/2",),
            ),
        ),
        cannot=("who was at the keyboard: a key signs, not a face",),
    )
