"""What undoes an act: corrections and annulments change no state. (R58)"""

from custody.core.statement import Statement

COUNTER_ACTS = {
    "transfer.released": "`custody transfer cancel ITEM --reason …`",
    "transfer.accepted": "`custody transfer release ITEM --to PERSON …`, back to who had it",
    "transfer.acknowledged": "`custody transfer accept ITEM`, when it is back",
    "transfer.refused": "`custody transfer release ITEM …`, once more",
    "transfer.cancelled": "`custody transfer release ITEM …`, once more",
    "transfer.returned": "`custody transfer release ITEM …`, once more",
    "transfer.lost": "`custody discrepancy resolve ITEM '#…' --outcome recovered`",
    "custody.assumed": "`custody transfer release ITEM --to PERSON …`, back to who had it",
    "access.checked_out": "`custody checkin ITEM …`",
    "access.checked_in": "`custody checkout ITEM …`, once more",
    "storage.moved": "`custody move ITEM --to PLACE`, to where it really is",
    "seal.applied": "`custody seal break ITEM …`",
    "seal.broken": "`custody seal apply ITEM --seal NUMBER`",
    "discrepancy.opened": "`custody discrepancy resolve ITEM '#…' --outcome recording_error`",
    "discrepancy.resolved": "`custody discrepancy open ITEM …`, once more",
    "copy.issued": "`custody copy return ITEM …`",
    "court.exhibited": "`custody court return ITEM …`",
    "hold.placed": "`custody hold release HOLD --reason …`, with two others",
    "hold.amended": "`custody hold amend HOLD …`, which never catches less; else a new hold",
    "hold.released": "`custody hold place ITEM …`, once more",
    "request.recorded": "`custody request end REQUEST --outcome …`",
    "request.ended": "`custody request record ITEM … --follows REQUEST`, once more",
    "disposition.requested": "`custody dispose reject ITEM --reason …`",
    "disposition.consulted": "`custody dispose consult ITEM --opinion …`: the last answer counts",
    "disposition.approved": "`custody dispose reject ITEM --reason …`, and asked for anew",
    "disposition.rejected": "`custody dispose request ITEM …`, once more",
    "disposition.begun": "`custody dispose execute ITEM …` only: content may be gone",
    "retention.assigned": "`custody retention change ITEM --line LINE …`",
    "retention.changed": "`custody retention change ITEM --line LINE …`",
    "retention.reviewed": "`custody retention review ITEM …`, with the right day",
    "case.status_changed": "`custody case status CASE --status …`, as it really is",
    "inventory.closed": "`custody inventory start …`, a new one",
    "inventory.started": "`custody inventory close --inventory …`",
    "pack.loaded": "`custody pack load FILE …`, a later version",
    "court.returned": "`custody court exhibit ITEM --retained …`",
    "ledger.rules_changed": "`custody rules change …`, back to what they were",
    "authority.recorded": "`custody authority end CASE NUMBER …`",
    "authority.ended": "`custody authority record CASE …`, once more",
    "case.closed": "`custody case reopen CASE …`",
    "case.reopened": "`custody case close CASE …`",
    "role.granted": "`custody role revoke PERSON ROLE`",
    "role.revoked": "`custody role grant PERSON ROLE`",
    "key.registered": "`custody key revoke PERSON KEY …`",
    "key.revoked": "`custody key add PERSON REQUEST`, with a new key",
    "key.rotated": "`custody key rotate PERSON REQUEST …`, once more",
    "actor.registered": "`custody actor leave PERSON`",
}


def unmade(entry: Statement) -> str:
    """What undoes an act whose entry was annulled, for people."""
    if entry.name in COUNTER_ACTS:
        return f"What it did stands until it is undone: {COUNTER_ACTS[entry.name]}"
    if not any(concern.changes(entry.act) for concern in entry.act.ABOUT):
        return "It changed no state, so there is nothing to undo"
    return "What it did stands, and no act undoes it: say with `custody note` how it really is"
