"""Jurisdiction packs as files: TOML that people read and cite, and the examples that we ship.

Everything in a pack is declared in `custody_schemas.acts.packs`; lists and parts of a period that
are left out are empty or 0 here, so that a file says only what it has to say.
"""

import hashlib
import tomllib
from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from typing import Any, NamedTuple

from custody.core.errors import MalformedError, NotFoundError
from custody.core.reading import read_record
from custody_schemas.acts import Pack

LIMIT = 200_000  # bytes: a pack stands in one entry, of at most 256 KiB
EMPTY = ("retention", "deadlines", "outside_witness", "orders", "light", "profiles")
SPAN = ("years", "months", "days")


class PackFile(NamedTuple):
    """A pack, and SHA-256 of the file that it was read from."""

    pack: Pack
    sha256: str


def read(path: Path) -> PackFile:
    """The pack in a file.

    Raises:
        MalformedError: not TOML, or not a pack; the message says which member of which rule.
        NotFoundError: there is no such file.
    """
    try:
        data = path.read_bytes()
    except (FileNotFoundError, IsADirectoryError) as error:
        raise NotFoundError(f"there is no pack file {path}") from error
    return parsed(data, str(path))


def parsed(data: bytes, where: str) -> PackFile:
    """The pack in the bytes of a file. Raises MalformedError."""
    if len(data) > LIMIT:
        raise MalformedError(f"{where}: {len(data)} bytes; a pack has at most {LIMIT}")
    try:
        value = tomllib.loads(data.decode("utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise MalformedError(f"{where} is not TOML: {error}") from None
    pack = read_record(Pack, _filled(value), where)
    for name in ("retention", "deadlines"):
        codes = [each.code for each in getattr(pack, name)]
        twice = sorted({code for code in codes if codes.count(code) > 1})
        if twice:
            raise MalformedError(f"{where}: {name} has the code {twice[0]} twice")
    return PackFile(pack, hashlib.sha256(data).hexdigest())


def examples() -> Mapping[str, Path]:
    """The packs that come with the program, by name. Each must be confirmed locally. (R79)"""
    with resources.as_file(resources.files(__name__)) as folder:
        return {path.stem: path for path in sorted(folder.glob("*.toml"))}


def _filled(value: dict[str, Any]) -> dict[str, Any]:
    filled = {**{name: [] for name in EMPTY}, **value}
    if isinstance(filled.get("consultations_kept"), dict):
        filled["consultations_kept"] = _span(filled["consultations_kept"])
    if isinstance(filled["retention"], list):
        filled["retention"] = [_rule(rule) for rule in filled["retention"]]
    return filled


def _rule(rule: Any) -> Any:
    if isinstance(rule, dict) and isinstance(rule.get("keep"), dict):
        return {**rule, "keep": _span(rule["keep"])}
    return rule


def _span(period: dict[str, Any]) -> dict[str, Any]:
    return {**dict.fromkeys(SPAN, 0), **period}
