"""(g) A typing mistake found three weeks later, an entry on the wrong item, a stick that turns up."""

import pytest

from tests.days.day import Day, Question


@pytest.mark.needs("faketime")
def test_mistakes_and_a_missing_stick(day: Day) -> None:
    seized = "custody seize K-7 --type flash_drive --state off"
    day.types("ada", f"{seized} --exhibit MT/1 --serial 4C530O01 --seal S-701")
    day.types("ada", f"{seized} --exhibit MT/2 --seal S-702")
    day.types("ada", f"{seized} --exhibit MT/3 --seal S-703")
    day.types("ada", "custody transfer release MT/1 MT/2 MT/3 --to 'Bo Peep' --purpose storage")
    day.types(
        "bo",
        "custody transfer accept MT/1 MT/2 MT/3 --seal-read MT/1=S-701 --seal-read MT/2=S-7O2"
        " --seal-read MT/3=S-703 --location evidence_room",
        "K-7/2 (MT/2), seal number mismatch",
    )

    day.days_gone = 21
    # The serial number: an O that is a zero. Both values stay readable.
    day.types(
        "ada",
        "custody correct MT/1 '#1' --field serial --value 4C530001 --reason transcription_error"
        " --details 'read again off the stick' --confirm-clock",
    )
    day.types("ada", "custody item history MT/1", "4C530O01", "4C530001")
    # The seal of MT/2 was read right and typed wrong: not Bo's word alone undoes that.
    day.refused(
        "bo", "custody discrepancy resolve MT/2 '#5' --outcome recording_error", "E_TWO_PERSON"
    )
    day.types(
        "cy",
        "custody discrepancy resolve MT/2 '#5' --outcome recording_error"
        " --details 'looked at the bag with Bo: S-702, the letter O was typed for a zero'",
    )
    day.types("bo", "custody seal verify MT/2 --seal-read S-702", "intact")
    # A remark that belongs to MT/3 was put to MT/1: annulled there, made again here.
    day.types("bo", "custody note MT/1 --note 'casing cracked'")
    day.types("bo", "custody correct MT/1 '#7' --annul --reason wrong_item", "annulled")
    day.types("bo", "custody note MT/3 --note 'casing cracked'")
    day.types("bo", "custody item history MT/1", "annulled", "casing cracked")
    # MT/3 is not on its shelf …
    day.types(
        "bo",
        "custody discrepancy open MT/3 --kind missing_item --details 'not on shelf 4 at the count'",
    )
    day.types(
        "bo",
        "custody discrepancy update MT/3 '#7' --inquiry IQ-12 --actions 'all shelves searched'",
    )
    # … and turns up behind it six days later.
    day.days_gone = 27
    day.refused("bo", "custody discrepancy resolve MT/3 '#7' --outcome recovered", "E_TWO_PERSON")
    day.types(
        "cy",
        "custody discrepancy resolve MT/3 '#7' --outcome recovered --inquiry IQ-12"
        " --details 'found behind the shelf by B. Peep and C. Twombly'",
    )
    day.types("bo", "custody seal verify MT/3 --seal-read S-703", "intact")
    day.in_the_evening(
        asked=(
            Question(
                "Which serial number was written down first, and who changed it, why?",
                "custody item history MT/1",
                ("4C530O01", "read again off the stick", "Ada Byron"),
            ),
            Question(
                "Was the stick ever out of hand?",
                "custody item history MT/3",
                ("not on shelf 4 at the count", "found behind the shelf", "IQ-12"),
            ),
            Question(
                "Was the bag of MT/2 ever another one?",
                "custody item history MT/2",
                ("number mismatch", "the letter O was typed for a zero"),
            ),
        ),
        cannot=("where an item was while it was missing, and who had it",),
    )
