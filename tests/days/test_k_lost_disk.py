"""(k) The disk is lost; last week's backup is restored and continued under a new name."""

import shutil

import pytest

from tests.days.day import Day, Question


@pytest.mark.needs("faketime")
def test_a_lost_disk(day: Day) -> None:
    day.types("ada", "custody seize K-7 --exhibit LD/1 --type mobile --state off --seal S-1101")
    day.types("ada", "custody seize K-7 --exhibit LD/2 --type flash_drive --state off")
    day.file("ld2.raw", b"sector" * 20_000)
    day.types(
        "ada", "custody acquire K-7 ld2.raw --exhibit LD/2-IMG --source LD/2 --method physical"
    )
    day.types("ada", "custody trust show -o old-trust.txt")
    day.types("ada", "custody backup backup")
    day.types("ada", "custody backup keys keys")

    # A week's work, of which one bundle leaves the house.
    day.days_gone = 6
    day.types("ada", "custody note LD/1 --note 'shown to the owner'")
    out = "--recipient 'Prosecutor Pell' --outside prosecutor --purpose adjudication"
    day.types("ada", f"custody export K-7 {out} -o pell.zip")
    shutil.rmtree(day.folder / "home")
    shutil.copytree(day.folder / "backup", day.folder / "home")

    # Without its keys nobody can read it, and it is older than what Ada saw: it does not go on as if
    # nothing had been.
    day.types("ada", "custody note LD/1 --note 'again'", "E_KEYSTORE", "backup keys", status=5)
    day.types("ada", "custody recover check home", "E_KEYSTORE", status=5)
    shutil.copytree(day.folder / "keys", day.folder / "home" / "keys")
    day.types("ada", "custody note LD/1 --note 'again'", "E_ROLLBACK", "recover", status=5)
    day.types("ada", "custody recover check home")
    shutil.move(day.folder / "home", day.folder / "old")
    day.home = "new"
    who = "ada-byron"  # her key in the new ledger
    day.types(
        who,
        "custody recover ledger old --origin agency.example/evidence-2"
        " --name 'Ada Byron' --organisation Lab",
        "evidence-2",
    )
    day.types(
        who,
        "custody recover items old K-7 --all --not-seen LD/2 --seal-read LD/1=S-1101"
        " --received-from police",
        "LD/1",
        "LD/2",
    )
    # The week between: the bundle that left the house proves what was recorded.
    day.types(who, "custody verify pell.zip --trust old-trust.txt", "PROVED")
    day.types(
        who,
        "custody note LD/1 --note 'shown to the owner; recorded before, see pell.zip' --attach pell.zip",
    )
    day.types(who, "custody seal apply LD/1 --seal S-1102 --type bag --condition good")
    day.in_the_evening(
        who=who,
        asked=(
            Question(
                "Is this the telephone of the old record?",
                "custody item history LD/1",
                ("former ledger", "S-1101"),
            ),
            Question(
                "What did the old record say of it?",
                "custody recover history old LD/1",
                ("SEIZED", "S-1101"),
            ),
            Question(
                "Does the ledger hide that it begins anew?",
                "custody verify bundle.zip --trust trust.txt",
                ("agency.example/evidence",),
            ),
        ),
        cannot=("what was recorded after the last backup, where nobody outside has a proof of it",),
    )
