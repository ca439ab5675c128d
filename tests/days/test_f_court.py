"""(f) Produced in court under another number, the bag opened there, given back."""

from tests.days.day import Day, Question


def test_before_a_court_and_back(day: Day) -> None:
    day.types("ada", "custody seize K-7 --exhibit JD/1 --type mobile --state off --seal S-501")
    day.types("ada", "custody item ref JD/1 --kind laboratory --reference LAB-26-0077")
    day.types(
        "ada", "custody item ref JD/1 --kind prosecution --reference ST-4/26 --given-by 'A. Quist'"
    )
    day.types("ada", "custody item show LAB-26-0077", "JD/1", "ST-4/26")

    # The court gives its own number; the bag is opened in the courtroom.
    day.refused("bo", "custody court exhibit JD/1 --court 'District Court'", "E_NOT_HOLDER")
    day.types(
        "ada",
        "custody court exhibit ST-4/26 --court 'District Court' --hearing 'Ks 4/26'"
        " --court-number P-12 --produced-by 'A. Quist' --not-retained --condition good",
        "JD/1",
    )
    day.types(
        "ada",
        "custody seal break P-12 --seal-read S-501"
        " --reason 'opened by order of the presiding judge' --place 'courtroom 3'",
    )
    day.types("ada", "custody seal apply P-12 --seal S-502 --type bag --condition good")
    # On the second day the court keeps it over the recess.
    day.types(
        "ada",
        "custody court exhibit P-12 --court 'District Court' --hearing 'Ks 4/26' --retained"
        " --received-by 'clerk M. Lind' --condition good",
    )
    day.refused(
        "ada", "custody transfer release P-12 --to 'Bo Peep' --purpose storage", "E_NOT_HOLDER"
    )
    day.types("bo", "custody item show P-12", "court")
    day.types(
        "bo",
        "custody court return P-12 --court 'District Court' --from-name 'clerk M. Lind'"
        " --seal-read S-502 --condition good --location evidence_room --storage 'shelf 2'",
        "seal resealed",
    )
    day.types("bo", "custody item list", "LAB-26-0077", "ST-4/26", "P-12")
    day.in_the_evening(
        asked=(
            Question(
                "Is the court's P-12 the phone that was seized as JD/1?",
                "custody item history P-12",
                ("SEIZED", "JD/1", "P-12", "ST-4/26"),
            ),
            Question(
                "Who opened the bag, where, on whose order?",
                "custody item history JD/1",
                ("courtroom 3", "opened by order of the presiding judge", "S-502"),
            ),
            Question(
                "Who had it over the recess?",
                "custody item history JD/1",
                ("clerk M. Lind", "District Court"),
            ),
        ),
        cannot=("what a court did with an item while it kept it",),
    )
