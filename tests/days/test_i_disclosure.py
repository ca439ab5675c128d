"""(i) The case goes to the prosecutor, two items to the defence; the two bundles are compared."""

from tests.days.day import Day, Question

PROSECUTOR = "--recipient 'Office of the Prosecutor' --outside prosecutor --purpose adjudication"
DEFENCE = "--recipient 'Counsel Roe' --outside defence --purpose disclosure_to_defence"


def test_disclosure_to_both_sides(day: Day) -> None:
    for exhibit, kind in (("RM/1", "computer"), ("RM/2", "mobile"), ("RM/3", "flash_drive")):
        day.types("ada", f"custody seize K-7 --exhibit {exhibit} --type {kind} --seal S-{exhibit}")
    day.file("chat.json", b'{"from": "Roe", "text": "tomorrow, pier 9"}\n' * 4000)
    day.types(
        "ada",
        "custody acquire K-7 chat.json --exhibit RM/4 --type message_export --method logical",
        "chat.json",
    )
    day.types("ada", "custody trust show -o trust.txt")

    day.types("ada", f"custody export K-7 {PROSECUTOR} -o prosecutor.zip")
    day.types("ada", "custody note RM/4 --note 'counsel asked for the original export'")
    day.types("ada", f"custody export RM/2 RM/4 {DEFENCE} -o defence.zip")

    # Each side checks what it got, and what it got tells nothing of what the other has.
    day.types("ada", "custody verify prosecutor.zip --trust trust.txt", "PROVED")
    day.types(
        "ada",
        "custody verify defence.zip --trust trust.txt",
        "item 2 (RM/2) of case K-7",
        never=("RM/1", "RM/3"),
    )
    # Somebody who has both compares them: one ledger, nothing shown to one and denied to the other.
    day.types(
        "ada",
        "custody verify prosecutor.zip defence.zip --trust trust.txt",
        "prosecutor.zip",
        "defence.zip",
    )
    # A bundle that is changed on the way is found out, whoever changed it.
    spoilt = bytearray((day.folder / "defence.zip").read_bytes())
    spoilt[spoilt.index(b"pier 9") if b"pier 9" in spoilt else len(spoilt) // 2] ^= 1
    day.file("changed.zip", bytes(spoilt))
    day.types("ada", "custody verify changed.zip --trust trust.txt", "FAILED", status=1)

    day.in_the_evening(
        asked=(
            Question(
                "What was disclosed, to whom, and when?",
                "custody log --act export.prepared",
                ("Counsel Roe", "Office of the Prosecutor", "disclosure to defence"),
            ),
            Question(
                "Is what the defence has part of the same record as what the prosecutor has?",
                "custody verify prosecutor.zip defence.zip bundle.zip --trust trust.txt",
                ("PROVED",),
            ),
        ),
        cannot=("what was shown on a screen, read out or photographed, and never exported",),
    )
