"""CHECKPOINT, WITNESSES, TIMESTAMP, INCLUSION, record 0: whose log, and are the records in it?"""

from collections.abc import Iterator

from custody.core.bundle.contents import Leaf, Path
from custody.core.checks.labels import Labels
from custody.core.checks.view import View
from custody.core.errors import CustodyError, ProofError
from custody.core.findings import Check, Finding, Outcome, failed, judged, undetermined
from custody.core.record import Entry
from custody.core.tree import root_from_inclusion
from custody.core.trust import LOG_MLDSA, TrustFile, Verdict

NO_WITNESS = "no trust file asks for independent countersignatures"
OTHERS, COMPANIONS = "tallies and anchors", "companions"  # records that stand for no subject shown


def checkpoint(view: View, trust: TrustFile | None) -> Iterator[Finding]:
    """Did the log, and whoever else the trust file asks for, sign the checkpoint?"""
    subject = f"{view.name}: checkpoint of {view.size} records"
    if trust is None:
        yield undetermined(Check.CHECKPOINT, subject, "no trust file says whose log this is")
        yield Finding(Check.WITNESSES, Outcome.NOT_REQUIRED, subject, NO_WITNESS)
        return
    if view.contents.note is None:
        for check in (Check.CHECKPOINT, Check.WITNESSES):
            yield undetermined(check, subject, "cannot be read")
        return
    try:
        verdict = trust.judge(view.contents.note)
    except CustodyError as error:
        view.doubted = True
        yield failed(Check.CHECKPOINT, subject, str(error))
        yield _unjudged(trust, subject)
        return
    if verdict.mldsa is False:
        view.doubted = True
        detail = "the log's ML-DSA-44 signature, which the trust file requires, is missing"
        yield failed(Check.CHECKPOINT, subject, detail)
    else:
        detail = "signed with Ed25519" + (" and ML-DSA-44" if verdict.mldsa else "")
        yield Finding(Check.CHECKPOINT, Outcome.PASSED, subject, detail)
    yield _witnesses(verdict, subject)


def _unjudged(trust: TrustFile, subject: str) -> Finding:
    if trust.met_by([LOG_MLDSA]):
        return Finding(Check.WITNESSES, Outcome.NOT_REQUIRED, subject, NO_WITNESS)
    return undetermined(Check.WITNESSES, subject, "the checkpoint itself did not pass")


def _witnesses(verdict: Verdict, subject: str) -> Finding:
    names = ", ".join(name for name, _ in verdict.witnesses) or "nobody"
    if not verdict.required:
        detail = f"{NO_WITNESS}; countersigned by {names}"
        return Finding(Check.WITNESSES, Outcome.NOT_REQUIRED, subject, detail)
    outcome = Outcome.PASSED if verdict.met else Outcome.FAILED
    return Finding(Check.WITNESSES, outcome, subject, f"countersigned by {names}")


def timestamp(view: View, trust: TrustFile | None) -> Finding:
    """Tokens are not examined by this version: where one is asked for, that is said."""
    subject = f"{view.name}: checkpoint of {view.size} records"
    if trust is None or not trust.tsa:
        detail = "no trust file asks for a time stamp"
        return Finding(Check.TIMESTAMP, Outcome.NOT_REQUIRED, subject, detail)
    return undetermined(Check.TIMESTAMP, subject, "this version does not examine time stamps")


def included(view: View) -> dict[str, dict[int, str]]:
    """By subject, why each record is not in the tree; '' where it is. (RFC 9162 §2.1.3)"""
    contents = view.contents
    groups: dict[str, dict[int, str]] = {}
    for leaf in contents.records.values():
        tag = leaf.record.tag if isinstance(leaf.record, Entry) else OTHERS
        proof = contents.proofs.get(leaf.n)
        why = _outside(view, leaf, proof.path if proof else None)
        groups.setdefault(tag, {})[leaf.n] = why
    for leaf, path in contents.companions.values():
        groups.setdefault(COMPANIONS, {})[leaf.n] = _outside(view, leaf, path)
    return groups


def inclusion(view: View, labels: Labels) -> Iterator[Finding]:
    """Is every record, and every companion, in the tree under the checkpoint?"""
    for tag, whys in view.included.items():
        name = tag if tag in (OTHERS, COMPANIONS) else labels.of(tag)
        troubles = (
            failed(Check.INCLUSION, f"{view.name}: record {n}", why)
            for n, why in whys.items()
            if why
        )
        detail = f"{len(whys)} records under the checkpoint of {view.size}"
        yield from judged(Check.INCLUSION, f"{view.name}: {name}", troubles, detail)
    for n in sorted(view.contents.proofs.keys() - view.contents.records.keys()):
        yield failed(Check.INCLUSION, f"{view.name}: record {n}", "a proof without its record")


def _outside(view: View, leaf: Leaf, path: Path | None) -> str:
    """Why the record is not shown to be in the tree; empty if it is."""
    if path is None or view.checkpoint is None:
        return "comes without a proof, or without a checkpoint"
    try:
        root = root_from_inclusion(bytes.fromhex(leaf.hash), leaf.n, view.size, path)
    except ProofError as error:
        return str(error)
    return "" if root == view.checkpoint.root else "is not in the tree under the checkpoint"


def genesis(leaf: Leaf | None, trust: TrustFile | None) -> Finding:
    """Does the path of enrolments end at the record 0 that the reader believes?"""
    subject = "record 0"
    if trust is None or trust.genesis is None:
        detail = "no trust file names it: whose keys these are is the operator's word"
        return undetermined(Check.KEY, subject, detail)
    if leaf is None:
        return undetermined(Check.KEY, subject, "is not shown")
    if leaf.hash != trust.genesis:
        detail = f"is {leaf.hash}, the trust file names {trust.genesis}"
        return failed(Check.KEY, subject, detail)
    return Finding(Check.KEY, Outcome.PASSED, subject, "is the one that the trust file names")
