"""(j) An audit: all that one person did in a month, over all cases, and what was never stated."""

import csv

import pytest

from tests.days.day import Day, Question


@pytest.mark.needs("faketime")
def test_an_audit(day: Day) -> None:
    day.types("ada", "custody case open K-8 --title 'Second case'")
    day.types("ada", "custody authority record K-8 --kind consent --identifier C-1")
    day.types("ada", "custody seize K-7 --exhibit AU/1 --type mobile --seal S-1001")
    day.types("ada", "custody seize K-8 --exhibit AU/2 --type mobile --state off --condition good")
    day.types(
        "cy",
        "custody case open K-9 --title 'Third case' --lead-officer 'Cy Twombly'"
        " --form case --severity minor --sensitivity normal",
    )
    day.days_gone = 40
    day.types("ada", "custody note K-7 --note 'a month later' --confirm-clock")

    month = "--from {began} --to {ended}"
    day.keep(began=day.ago(hours=24), ended=day.ago(hours=-24 * 30))
    ada = f"custody log --person 'Ada Byron' {month}"
    day.types("di", ada, "AU/1", "AU/2", never=("a month later", "K-9"))
    day.types("di", f"{ada} --act item.seized --case K-8", "AU/2", never=("AU/1",))
    day.types("di", f"{ada} --not-stated", "never stated", "condition")
    day.types("di", f"{ada} --csv ada.csv")
    with (day.folder / "ada.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert {"item.seized", "case.opened", "authority.recorded"} <= {row["act"] for row in rows}
    assert all("Ada Byron" in str(row) for row in rows)

    # The record-keeping is examined from record 0 on.
    day.types("di", "custody verify --full", "passed: STRUCTURE", "RULES")
    day.in_the_evening(
        asked=(
            Question(
                "What did Ada Byron sign in that month?",
                ada,
                ("AU/1", "AU/2"),
            ),
            Question(
                "What was left unsaid?",
                "custody log --not-stated --case K-7",
                ("never stated",),
            ),
        ),
        cannot=(
            "what people looked at and did not sign for",
            "what was done and never entered",
        ),
    )
