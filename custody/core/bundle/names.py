"""Which names a file in a bundle may have: those that mean the same on every system.

ASCII only: which names fall together would else depend on a reader's version of Unicode.
"""

import re

from custody.core.bundle.layout import NAME_BYTES, PART_BYTES, PARTS
from custody.core.errors import MalformedError

REFUSED = re.compile(r"[^A-Za-z0-9._/-]")
DEVICE = re.compile(r"(?:con|prn|aux|nul|(?:com|lpt)[0-9])(?:\..*)?", re.IGNORECASE)


def check_name(name: str) -> None:
    """Refuse a name that could leave its folder or mean something else to another reader.

    Raises:
        MalformedError: absolute, `..`, drive letter, backslash, device name, other character …
    """
    if found := REFUSED.search(name):
        raise MalformedError(f"file name {name!a} holds the character {found[0]!a}")
    if len(name) > NAME_BYTES:
        raise MalformedError(f"file name {name[:40]!a}… is longer than {NAME_BYTES} bytes")
    if name.count("/") >= PARTS:
        raise MalformedError(f"file name {name[:40]!a}… has more than {PARTS} parts")
    if "/" not in name:
        raise MalformedError(f"{name!a} stands outside the one top folder")
    for part in name.split("/"):
        if part in ("", ".", ".."):
            raise MalformedError(f"file name {name!a} is absolute, a folder, or leaves its folder")
        if part[-1] == "." or len(part) > PART_BYTES:
            raise MalformedError(f"part {part!a} of a file name changes on other systems")
        if DEVICE.fullmatch(part):
            raise MalformedError(f"{part!a} in {name!a} is a device on Windows")


class Names:
    """The names met so far, no two of which may fall together anywhere."""

    def __init__(self) -> None:
        self._files: dict[str, str] = {}
        self._folders: dict[str, str] = {}

    def add(self, name: str) -> None:
        """Raises MalformedError for a name met before, in capitals or not."""
        check_name(name)
        key = name.lower()
        if key in self._files or key in self._folders:
            other = self._files.get(key) or self._folders[key]
            raise MalformedError(f"file names {name!a} and {other!a} fall together")
        self._files[key] = name
        folder = name.rpartition("/")[0]
        while folder:
            key = folder.lower()
            if key in self._files or self._folders.setdefault(key, folder) != folder:
                other = self._files.get(key) or self._folders[key]
                raise MalformedError(f"folder {folder!a} and {other!a} fall together")
            folder = folder.rpartition("/")[0]
