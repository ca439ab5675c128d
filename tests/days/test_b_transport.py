"""(b) Transport and intake by another person: one seal broken, one item not delivered."""

from tests.days.day import Day, Question


def test_transport_and_intake(day: Day) -> None:
    for exhibit, seal in (("AB/1", "S-201"), ("AB/2", "S-202"), ("AB/3", "S-203")):
        day.types(
            "ada",
            f"custody seize K-7 --exhibit {exhibit} --type mobile --state on,locked --seal {seal}",
            f"sealed with {seal}",
        )
    day.types(
        "ada",
        "custody transfer release AB/1 AB/2 AB/3 --to 'Bo Peep' --purpose storage --by hand",
        "released to Bo Peep",
    )
    day.types("ada", "custody mine", "Bo Peep")  # she answers for them until Bo accepts

    # On the counter stand two bags, and one of them is torn.
    day.types(
        "bo",
        "custody transfer accept AB/1 --seal-found AB/1=intact",
        "only broken_unauthorised or missing can be stated",  # "fine" is computed, never typed
        status=2,
    )
    day.types(
        "bo",
        "custody transfer accept AB/1 AB/2 --seal-read AB/1=S-201"
        " --seal-found AB/2=broken_unauthorised --condition AB/1=locked,good --condition AB/2=locked"
        " --location evidence_room --storage 'shelf 4' --remarks 'AB/2: bag torn along the side'",
        "K-7/1 (AB/1), seal intact",
        "K-7/2 (AB/2), seal broken unauthorised",
    )
    day.types(
        "bo",
        "custody transfer refuse AB/3 --reason item_missing --details 'only two bags were handed in'",
        "AB/3",
    )
    day.types("bo", "custody item show AB/2", "broken unauthorised", "seal")
    day.types("ada", "custody item show AB/3", "Ada Byron", "missing item")
    day.refused("bo", "custody seal apply AB/3 --seal S-900", "E_NOT_HOLDER")

    # Bo puts AB/2 into a new bag; the old break stays in the history.
    day.types("bo", "custody seal apply AB/2 --seal S-204 --type bag", "S-204")
    day.in_the_evening(
        asked=(
            Question(
                "In what state did AB/2 reach the evidence room, and who saw it?",
                "custody item history AB/2",
                ("broken unauthorised", "Bo Peep", "bag torn along the side", "S-204"),
            ),
            Question(
                "Where is AB/3?",
                "custody item history AB/3",
                ("REFUSED", "item missing", "only two bags were handed in"),
            ),
            Question("Who answers for AB/3?", "custody item show AB/3", ("Ada Byron",)),
        ),
        cannot=("who broke a seal, and whether anything was taken out or put in",),
    )
