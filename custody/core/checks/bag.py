"""STRUCTURE and FIXITY of a bag: every file is listed, listed files are there and unchanged."""

import re
from collections.abc import Iterator

from custody.core.bundle import layout
from custody.core.bundle.bag import payload_oxum, read_manifest
from custody.core.checks.view import View
from custody.core.digest import Progress
from custody.core.errors import MalformedError
from custody.core.findings import Check, Finding, failed, judged

NAMED_BY_DIGEST = (re.escape(layout.ENVELOPE), re.escape(layout.PACK))
DOCUMENT = r"|data/documents/([0-9a-f]{64})\.[a-z0-9]{1,8}"
DIGEST_NAME = re.compile(
    "|".join(form.replace(r"\{\}", "([0-9a-f]{64})") for form in NAMED_BY_DIGEST) + DOCUMENT
)
TIMESTAMP_NAME = re.compile(
    re.escape(layout.TIMESTAMPS) + r"[0-9]+\.(?:note|chain\.pem|crl|ocsp|[0-9]+\.tsr)"
)


def structure(view: View) -> Iterator[Finding]:
    """Is it a BagIt 1.0 bag with exactly the files that the formats name? (SPEC §11)"""
    faults = (f._replace(subject=f"{view.name}: {f.subject}") for f in view.contents.faults)
    troubles = (*_bag_files(view), *_named_files(view), *faults)
    yield from judged(Check.STRUCTURE, view.name, troubles, f"{len(view.sums)} files")


def _bag_files(view: View) -> Iterator[Finding]:
    present = view.archive.members.keys()
    tags = {path for path in present if not path.startswith(layout.PAYLOAD)}
    wanted = layout.TAG_FILES | set(layout.TAG_MANIFESTS.values())
    for path in sorted((wanted | layout.REQUIRED) - present):
        yield failed(Check.STRUCTURE, f"{view.name}: {path}", "is missing")
    for path in sorted(tags - wanted):
        yield failed(Check.STRUCTURE, f"{view.name}: {path}", "has no place in a bundle")
    # A file that does not unpack is a finding of FIXITY; here it counts with its stated size.
    payload = [m for path, m in view.archive.members.items() if path.startswith(layout.PAYLOAD)]
    try:
        if view.archive.read(layout.BAGIT, 1000) != layout.BAGIT_TEXT:
            raise MalformedError(f"{layout.BAGIT} is not that of BagIt 1.0")
        stated = payload_oxum(view.archive.read(layout.BAG_INFO, layout.TAG_FILE_BYTES))
        found = (sum(member.size for member in payload), len(payload))
        if stated != found:
            raise MalformedError(f"Payload-Oxum states {stated} bytes and files, found {found}")
    except MalformedError as error:
        yield failed(Check.STRUCTURE, view.name, str(error))


def _named_files(view: View) -> Iterator[Finding]:
    """Files of the ledger, and all whose name says what is in them."""
    for path, sums in view.sums.items():
        if named := DIGEST_NAME.fullmatch(path):
            if sums.sha256 not in named.groups():
                detail = f"its name is not its SHA-256, {sums.sha256}"
                yield failed(Check.STRUCTURE, f"{view.name}: {path}", detail)
        elif path.startswith(layout.LEDGER) and not (
            path in layout.LEDGER_FILES or TIMESTAMP_NAME.fullmatch(path)
        ):
            yield failed(Check.STRUCTURE, f"{view.name}: {path}", "has no place in a bundle")


def fixity(view: View, progress: Progress | None = None) -> Iterator[Finding]:
    """Does every file have the digests that all manifests state, and no file none? (RFC 8493)"""
    unread = tuple(view.measure(progress))
    payload = {path for path in view.archive.members if path.startswith(layout.PAYLOAD)}
    for kind, names, covered in (
        ("payload", layout.MANIFESTS, payload),
        ("tag", layout.TAG_MANIFESTS, layout.TAG_FILES),
    ):
        for algorithm, path in names.items():
            subject = f"{view.name}: {path}"
            detail = f"{len(covered & view.sums.keys())} {kind} files"
            troubles = _manifest(view, path, algorithm, covered)
            yield from judged(Check.FIXITY, subject, troubles, detail)
    yield from unread


def _manifest(
    view: View, manifest: str, algorithm: str, covered: set[str] | frozenset[str]
) -> Iterator[Finding]:
    try:
        data = view.archive.read(manifest, layout.TAG_FILE_BYTES)
        listed = read_manifest(data, algorithm)
    except MalformedError as error:
        yield failed(Check.FIXITY, f"{view.name}: {manifest}", str(error))
        return
    for path in sorted(covered | listed.keys()):
        subject = f"{view.name}: {path}"
        if path not in listed:
            yield failed(Check.FIXITY, subject, f"is not listed in {manifest}")
        elif path not in covered:
            yield failed(Check.FIXITY, subject, f"is listed in {manifest} and is not there")
        elif path not in view.sums:
            continue  # that it does not unpack is said once
        elif (found := getattr(view.sums[path], algorithm)) != listed[path]:
            detail = f"{algorithm} is {found}, {manifest} says {listed[path]}"
            yield failed(Check.FIXITY, subject, detail)


def unvouched(view: View) -> list[str]:
    """Payload files that nothing in the ledger speaks of: the exporter's word.

    Packs and time stamps have their place among the ledger's files and are not examined.
    """
    before, _ = layout.ENVELOPE.split("{}")
    named = layout.LEDGER_FILES - {layout.README}  # every bundle must have it; he writes it
    return [
        path
        for path in view.archive.members
        if path.startswith(layout.PAYLOAD)
        and not (path in named or path.startswith((before, layout.ITEMS)))
    ]
