"""(d) Twelve items by courier to another laboratory, whose people have no account; eleven arrive."""

from tests.days.day import Day, Question

ALL = " ".join(f"CX/{number}" for number in range(1, 13))
ARRIVED = " ".join(f"CX/{number}" for number in range(1, 13) if number != 7)


def test_twelve_items_to_a_laboratory_without_account(day: Day) -> None:
    rows = "".join(f"CX/{n},flash_drive,off,C-{n:03}\n" for n in range(1, 13))
    day.file("items.csv", b"exhibit,type,state,seal\n" + rows.encode())
    day.types("ada", "custody seize K-7 --from items.csv --place 'Warehouse 3'", "CX/12")

    day.types(
        "ada",
        f"custody transfer release {ALL} --to-outside 'Dr Okafor' --outside laboratory"
        " --to-organisation 'Northern Laboratory' --purpose laboratory_examination --by courier"
        " --carrier 'Swift Couriers' --tracking SC-4711 --protection 'two boxes, sealed'"
        " --expected-by 2099-01-01",
        "Dr Okafor",
    )
    day.types("ada", "custody print courier-sheet CX/1 CX/2 -o courier.txt")
    assert "SC-4711" in (day.folder / "courier.txt").read_text()
    day.types("ada", "custody transfer list", "CX/7", "Dr Okafor")

    # The laboratory sends the countersigned sheet back: eleven pieces.
    day.file("countersigned.pdf", b"%PDF-1.4 a scan")
    day.types(
        "ada",
        f"custody transfer acknowledge {ARRIVED} --assurance paper_countersigned"
        " --received-by 'Dr Okafor, Northern Laboratory' --condition good"
        " --attach countersigned.pdf",
        "CX/12",
    )
    day.types(
        "ada",
        "custody transfer lost CX/7 --details 'not in either box; the carrier is searching'"
        " --notified 'Swift Couriers, claim 88'",
        "CX/7",
    )
    day.types("ada", "custody item show CX/7", "missing item", "Ada Byron")
    day.types("ada", "custody item show CX/1", "laboratory")

    # Nobody hands on what is not there.
    day.refused(
        "ada", "custody transfer release CX/1 --to 'Bo Peep' --purpose storage", "E_NOT_HOLDER"
    )
    day.in_the_evening(
        asked=(
            Question(
                "Which of the twelve items reached the laboratory, and how is that known?",
                "custody item history CX/8",
                ("Dr Okafor", "paper countersigned"),
            ),
            Question(
                "What became of CX/7?",
                "custody item history CX/7",
                ("lost", "the carrier is searching", "SC-4711"),
            ),
        ),
        cannot=(
            "where an item was between two people without accounts",
            "that a person without an account signed: the scan of a paper is what we hold",
        ),
    )
