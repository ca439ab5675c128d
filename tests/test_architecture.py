"""The house keeps its shape: what imports what, and what lands on somebody's machine."""

import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
BLOCKED = ("sqlmodel", "sqlalchemy", "pydantic", "fastapi", "starlette", "click", "rich", "alembic")
ALLOWED = {"cryptography", "blake3", "custody", "custody_schemas", "_cffi_backend", "cffi"}

IMPORT_BLOCKED = """
import sys
class Block:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {blocked!r}:
            raise ImportError(name + " is blocked")
sys.meta_path.insert(0, Block())
import custody.core.verify, custody.core.__main__
print(*sorted({{name.split(".")[0] for name in sys.modules}}))
"""


def test_the_verifier_imports_with_everything_else_blocked() -> None:
    code = IMPORT_BLOCKED.format(blocked=BLOCKED)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    foreign = set(done.stdout.split()) - set(sys.stdlib_module_names) - ALLOWED
    assert {name for name in foreign if not name.startswith("_")} == set()


def test_the_verifier_depends_on_two_packages() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    names = [dependency.split(">")[0] for dependency in project["dependencies"]]
    assert names == ["cryptography", "blake3"]


def test_the_wheel_puts_four_packages_and_nothing_else_into_site_packages(tmp_path: Path) -> None:
    uv = Path(sys.executable).with_name("uv")
    subprocess.run([uv, "build", "--wheel", "--quiet", "--out-dir", tmp_path, ROOT], check=True)
    (wheel,) = tmp_path.glob("*.whl")
    names = {name.split("/")[0] for name in zipfile.ZipFile(wheel).namelist()}
    packages = {name for name in names if not name.endswith(".dist-info")}
    assert packages == {"custody", "custody_api", "custody_cli", "custody_schemas"}


@pytest.mark.parametrize("folder", ["custody", "api", "cli", "schemas"])
def test_files_can_be_read_in_one_go(folder: str) -> None:
    """A rule of thumb made a limit: nobody reviews a file of a thousand lines."""
    lengths = {
        str(path.relative_to(ROOT)): len(path.read_text().splitlines())
        for path in (ROOT / folder).rglob("*.py")
        if "migrations" not in path.parts
    }
    assert {name: length for name, length in lengths.items() if length > 330} == {}
