"""How far bundles are known to be of one log, and what each may therefore say beside another. (SPEC §12)

An operator can keep two logs. What is examined together is only laid over each other by record and
digest; of the state of a person, a case or the ledger, a bundle beside speaks no further than both
are under the same root.
"""

from collections.abc import Mapping, Sequence

from custody.core.bundle import layout
from custody.core.checks.view import View

Reach = Mapping[str, int]  # by tag of a subject: the last index up to which all of it is shown


def reaches(views: Sequence[View]) -> dict[str, Reach]:
    """By bundle: of every subject, how far it and those beside it show what is in its own log."""
    return {view.name: _reach(view, views) for view in views}


def _reach(view: View, views: Sequence[View]) -> Reach:
    found: dict[str, int] = {}
    for other in views:
        last = joined(view, other) - 1
        for tag in other.contents.subjects:
            found[tag] = max(last, found.get(tag, -1))
    return found


def joined(one: View, other: View) -> int:
    """How many records both are known to have in common.

    Lines that prove nothing, and mirrors that do not follow, are findings of their own.
    """
    if one is other:
        return one.size
    roots = _roots(one)
    common = [size for size, root in _roots(other).items() if roots.get(size) == root]
    for mirrored, known in ((one, _roots(other)), (other, roots)):
        if layout.MIRROR in mirrored.archive.members:  # it is compared with each of these
            common += [size for size in known if size <= mirrored.size]
    return max(common, default=0)


def _roots(view: View) -> Mapping[int, str]:
    """Root of the log at the sizes of which the bundle speaks."""
    own = {view.size: view.checkpoint.root.hex()} if view.checkpoint else {}
    return {each.size: each.root for each in view.contents.earlier.values()} | own
