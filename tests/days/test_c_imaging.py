"""(c) A disk is imaged into split E01, copied, analysed, reviewed; the report is an item too."""

import os
import subprocess

import pytest

from tests.days.day import Day, Question


@pytest.mark.needs("ewfacquire")
def test_imaging_analysis_review_report(day: Day) -> None:
    day.types(
        "ada",
        "custody seize K-7 --exhibit HD/1 --type storage_media --serial WD-1 --state off --seal S-1",
    )
    # The bag is opened for imaging, and closed again with another seal.
    day.types(
        "ada",
        "custody seal break HD/1 --seal-read S-1 --reason 'for imaging'",
    )
    day.file("disk.raw", os.urandom(1 << 20) * 5)
    _ewfacquire(day)
    day.types(
        "ada",
        "custody acquire K-7 image.E01 --exhibit HD/1-IMG --source HD/1 --method physical"
        " --log acquire.log --write-blocker 'T35u, serial 8, tested today' --verified yes",
        "HD/1-IMG",
        "SHA-256 of the media",
    )
    day.types("ada", "custody seal apply HD/1 --seal S-2 --type bag --condition good")
    # The original rests from now on.
    day.refused(
        "ada",
        "custody analysis record HD/1 --question 'any invoices?' --method 'keyword search'",
        "E_ORIGINAL",
    )

    day.file("bench/.keep", b"")
    day.types(
        "ada",
        "custody copy issue HD/1-IMG --to bench --purpose analysis --medium 'SSD bench 4'",
        "copy 1",
    )
    day.types(
        "ada",
        "custody analysis record HD/1-IMG --working-copy yes --question 'Are there invoices of Roe?'"
        " --method 'keyword search, SOP-12 v3' --method-validation VAL-12 --validated yes"
        " --tool 'bulk_extractor 2.1.1' --tool 'classifier 0.9' --automation ai_assisted"
        " --ai-model 'doc-classifier 0.9' --ai-role 'ranks documents' --human-review yes"
        " --human-reviewer 'A. Byron' --result 'three invoices' --limitations 'no deleted files'",
    )
    day.refused("ada", "custody analysis review HD/1-IMG '#4' --outcome confirmed", "E_SAME_PERSON")
    day.types(
        "di",
        "custody analysis review HD/1-IMG '#4' --outcome confirmed_with_remarks --repeated yes"
        " --remarks 'the fourth hit is a draft'",
    )
    day.file("report.pdf", b"%PDF-1.7 the report\n" * 5000)
    day.types(
        "ada",
        "custody derive HD/1-IMG report.pdf --kind report --exhibit HD/1-REP --tool 'LaTeX 2026'",
        "HD/1-REP",
    )
    day.types(
        "ada", "custody copy return HD/1-IMG 1 --fate wiped --details 'SSD bench 4 overwritten'"
    )
    day.types("ada", "custody check --mine", "HD/1-IMG", "HD/1-REP", "match")
    day.in_the_evening(
        asked=(
            Question(
                "Is the image what was on the disk, as far as can be known?",
                "custody item history HD/1-IMG",
                ("hash in the image: match", "T35u", "keyword search, SOP-12 v3"),
            ),
            Question(
                "What did a machine decide, and who looked at it?",
                "custody item history HD/1-IMG",
                ("doc-classifier 0.9", "ranks documents", "A. Byron"),
            ),
            Question(
                "Who else examined it?",
                "custody item history HD/1-IMG",
                ("Di Prima", "the fourth hit is a draft"),
            ),
            Question("Where are copies?", "custody copy list HD/1-IMG", ()),
            Question("What is the report made of?", "custody item history HD/1-REP", ("HD/1-IMG",)),
        ),
        cannot=(
            "whether a medium that is said to be wiped was wiped",
            "whether a method was the right one, and its result true",
        ),
    )


def _ewfacquire(day: Day) -> None:
    """The disk into segments of 2 MiB, and a log, by the tool that examiners use."""
    command = (
        "ewfacquire -u -S 2MiB -C K-7 -E HD/1 -e Byron -d sha1 -l acquire.log -t image disk.raw"
    )
    subprocess.run(command.split(), cwd=day.folder, check=True, capture_output=True, timeout=60)
