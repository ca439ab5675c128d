"""What an export withholds, in words: for its README, its register, and who exports. (R83)"""

from collections.abc import Iterator

from custody.ledger.selection import Selection


def lines(selection: Selection) -> Iterator[str]:
    """A line for each ground on which something is withheld; none where nothing was announced."""
    opening = selection.opening
    if opening is None:
        return
    act = opening.act
    if act.profile:
        ground = opening.profile.ground if opening.profile else "(the pack is not shown)"
        yield (
            f"opened by the profile {act.profile} of {act.pack}, version {act.pack_version}; "
            f"everything else is withheld: {ground}"
        )
    if act.redacted:
        told = next(t for t in selection.told.values() if t.statement.id == opening.export)
        said = told.opened.get("ground") or "no ground is said"
        yield f"withheld besides: {', '.join(act.redacted)}: {said}"
    if act.restricted:
        yield f"opened although it may be restricted: {', '.join(act.restricted)}"
    for number in act.left_out or ():
        yield f"content of item {number} left out: it is sensitive"
    for number in act.sensitive or ():
        yield f"content of item {number} inside: it is sensitive, and was named"
