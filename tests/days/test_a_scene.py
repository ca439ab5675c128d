"""(a) A scene without network: everything is typed hours later, and says so."""

from tests.days.day import Day, Question

EARLIER = "--at '{hours_ago}' --late-reason no_network --place 'Harbour Street 9, flat 3'"


def test_a_scene_without_network(day: Day) -> None:
    day.keep(hours_ago=day.ago(hours=9), later=day.ago(hours=8))
    # A laptop, on and encrypted: its memory goes first.
    day.types(
        "ada",
        f"custody seize K-7 --exhibit AB/1 --type computer --make Lenovo --model T14 {EARLIER}"
        " --state on,encrypted,networked --volatile-captured yes --volatile-reason 'disk encrypted'"
        " --network-isolated yes --position 'desk in the kitchen' --found-by 'PC Ivers'"
        " --possessor 'J. Roe' --receipt-given yes --receipt-to 'J. Roe'"
        " --receipt-signature refused_to_sign",
        "AB/1",
    )
    day.file("memory.lime", bytes(range(256)) * 4096)
    day.types(
        "ada",
        "custody acquire K-7 memory.lime --exhibit AB/1-MEM --type memory_image --source AB/1"
        " --method memory --tool 'LiME 1.9.1' --source-changed yes --encryption encrypted_unlocked"
        " --changes 'kernel module loaded by A. Byron, needed to read memory'"
        " --at '{later}' --late-reason no_network",
        "AB/1-MEM",
    )
    # Two phones and a stick, typed into a spreadsheet on the way back.
    day.file(
        "phones.csv",
        b"exhibit,type,make,state,seal,position\n"
        b'AB/2,mobile,Nokia,"on,locked",S-302,sofa\n'
        b"AB/3,mobile,Pixel,off,S-303,bedroom\n"
        b"AB/4,flash_drive,,off,S-304,jacket of J. Roe\n",
    )
    day.types("ada", f"custody seize K-7 --from phones.csv {EARLIER}", "AB/2", "AB/3", "AB/4")
    day.types(
        "ada", "custody seal apply AB/1 --seal S-301 --type bag --condition powered_off", "S-301"
    )

    # Forgetting to say why it is late is no way round it, and a sealed bag stays shut.
    day.refused(
        "ada",
        "custody seize K-7 --exhibit AB/5 --type mobile --at '2026-01-01 10:00' --state off",
        "E_TIME",
        "late",
    )
    day.file("again.raw", b"x" * 70_000)
    day.refused("ada", "custody acquire K-7 again.raw --source AB/1 --method physical", "E_SEAL")

    day.types(
        "ada",
        "custody print property-receipt AB/1 AB/2 AB/3 AB/4 --to 'J. Roe' --refused-to-sign"
        " -o receipt.html",
    )
    paper = (day.folder / "receipt.html").read_text()
    for words in ("AB/1", "AB/4", "J. Roe", "refused to sign"):
        assert words in paper, words
    day.in_the_evening(
        asked=(
            Question(
                "Was the laptop on, and what was done to it before it was switched off?",
                "custody item history AB/1",
                ("on; encrypted; networked", "disk encrypted", "AB/1-MEM"),
            ),
            Question(
                "What was changed on it, by whom?",
                "custody item history AB/1-MEM",
                ("kernel module loaded by A. Byron", "LiME 1.9.1"),
            ),
            Question(
                "When was it taken, and when was that written down?",
                "custody item history AB/2",
                ("late no network", "typed in"),
            ),
            Question("Under what authority?", "custody authority list K-7", ("W-1",)),
        ),
        cannot=(
            "what happened to a device before it was seized, and in the hours before the first entry",
            "whether the memory that was captured is the memory that was there",
        ),
    )
