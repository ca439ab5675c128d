"""Digests that came with what was handed in, beside those that were signed. (R18, R109)

Rules read no list: they read the verdict that software computed from it. Whoever has list and
digests opened looks again.
"""

import re

from custody.core.checks.merged import Told
from custody_schemas.acts import ItemReceived
from custody_schemas.fields import Content
from custody_schemas.terms import ContentForm, IntegrityVerdict

STATED = re.compile(r"(\S+) ([0-9a-f]+|-) .+", re.ASCII | re.DOTALL)
FILE = re.compile(r"([0-9a-f]{64}) ([0-9a-f]{64}) [0-9]+ \S+", re.ASCII)
STRONG = frozenset(("sha256", "blake3"))  # what is signed of every file
LEGACY = frozenset(("md5", "sha1"))


def _stated(told: Told) -> list[tuple[str, str]]:
    """Algorithm and digest of each line; none where the list is withheld, or not whole."""
    found = [STATED.fullmatch(line) for line in told.lines("supplied_digests")]
    return [(each[1], each[2]) for each in found if each] if all(found) else []


def _signed(told: Told, content: Content) -> set[str]:
    """Digests of the content and of its files; none where they are not all opened."""
    own = (
        content.sha256 or told.text("content_sha256"),
        content.blake3 or told.text("content_blake3"),
    )
    files = [FILE.fullmatch(line) for line in told.lines("files")]
    whole = content.form is ContentForm.FILE or (len(files) == content.count and all(files))
    if "" in own or not whole:
        return set()
    return {*own, *(digest for each in files if each for digest in each.groups())}


def belied(told: Told) -> str:
    """Why the digests that came along do not match, though the entry says so; or nothing.

    One that fits is enough here: which file a list means by a name is not looked into.
    """
    act = told.statement.act
    if not isinstance(act, ItemReceived) or act.supplied is not IntegrityVerdict.MATCH:
        return ""
    stated = _stated(told)
    signed = _signed(told, act.content) if act.content else set()
    if not stated or not signed or not {algorithm for algorithm, _ in stated} <= STRONG:
        return ""
    if signed.isdisjoint(digest for _, digest in stated):
        return "the verdict says match, and no digest that came with it is one of the content's"
    return ""


def weak(told: Told) -> bool:
    """Whether the digests that came along are such as can be forged."""
    algorithms = {algorithm for algorithm, _ in _stated(told)}
    return bool(algorithms) and algorithms <= LEGACY
