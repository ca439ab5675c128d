"""What a bundle opens of people: who they are, and not how to reach them or what is on file."""

import json
import zipfile
from pathlib import Path

import pytest

from custody import exporting
from custody.core import disclosure
from custody.exporting import Wish
from custody.opening import open_vault, read_home
from tests.house import House, asked, house


@pytest.fixture
def home(tmp_path: Path) -> House:
    made = house(tmp_path)
    made.desk().record(made.seizing(1), made.keys["ada"])
    item = made.file.item(1)
    release = asked("transfer.released", item, to=made.identity("bo").actor)
    made.desk().record([release], made.keys["ada"])
    return made


@pytest.mark.parametrize("whole", [True, False])
def test_a_bundle_opens_of_people_their_name_and_organisation(
    home: House, tmp_path: Path, whole: bool
) -> None:
    ledger = home.ledger
    items = () if whole else (home.file.item(1).tag,)
    given = {**asked("export.prepared").given, "recipient": "Defence"}
    wish = Wish(home.case_tag, items, given, tmp_path / "out.zip", evidence=False, mirror=False)
    vault = open_vault(read_home(home.folder / "home"))
    exporting.export(home.desk(), ledger, vault, home.keys["ada"], wish)  # type: ignore[arg-type]
    with zipfile.ZipFile(tmp_path / "out.zip") as made:
        (name,) = [n for n in made.namelist() if n.endswith("disclosures.jsonl")]
        opened = [
            disclosure.read(json.loads(line)["disclosure"]) for line in made.read(name).splitlines()
        ]
        everything = b"".join(made.read(each) for each in made.namelist())
    said = {(each.field, each.value) for each in opened}
    assert ("name", "Bo") in said
    assert ("organisation", "Store") in said
    assert ("seal_number", "A-17") in said
    assert ("recipient", "Defence") in said
    assert not {"contact", "staff_number", "appointed_by", "competence"} & {f for f, _ in said}
    assert b"bo@example" not in everything
