"""What an exporter can change in the checkpoint's file, part by part. She holds no log key.

One defect for each line of its text and each part of its two signature lines; others of this log's
checkpoints in its place.
"""

from collections.abc import Callable, Mapping
from functools import partial

from custody.core.bundle import layout
from custody.core.findings import Check, Outcome
from custody.core.note import Note, NoteSignature
from tests.bundles import Bundle
from tests.spoilt import Also, Spoilt, enter, spoilt
from tests.spoilt.checkpoints import named
from tests.spoilt.stage import NAME, good, of, spoilt_of, stage

ELSEWHERE = "other.example"
Respelling = Callable[[str], str]
Change = Callable[[NoteSignature], NoteSignature]


def noted(bundle: Bundle, note: bytes, *subjects: str) -> Spoilt:
    """With that as the checkpoint's file; the exporter states what the true one says."""
    bundle.files[layout.CHECKPOINT] = note
    return spoilt_of(bundle, *subjects)


FORGED = {(Check.FIXITY, Outcome.FAILED): "it is not the one for which the exporter signed"}
UNTALLIED = {
    (Check.COMPLETENESS, Outcome.FAILED): "no tally stands at that end",
    (Check.COMPLETENESS, Outcome.UNDETERMINED): "so no chain can be counted",
}
OUTGROWN = {(Check.FRESHNESS, Outcome.FAILED): "what signers saw leads to a tree of another size"}
MISFIT = {(Check.INCLUSION, Outcome.FAILED): "the paths are those of a tree of another size"}
NOWHERE: Also = {
    **FORGED,
    **UNTALLIED,
    **MISFIT,
    **OUTGROWN,
    (
        Check.FIXITY,
        Outcome.UNDETERMINED,
    ): "of a log of unknown size no entry is shown, none exports",
    (Check.STATEMENT, Outcome.FAILED): "so no envelope belongs to anything",
    (Check.REDACTIONS, Outcome.FAILED): "nor does what is opened",
    (Check.EVIDENCE, Outcome.FAILED): "nor any file",
}
SIZE = "\n28\n"
TEXTS: Mapping[str, tuple[str, Respelling, Also, tuple[str, ...]]] = {
    "of_another_origin": (
        "It is called another log's.",
        lambda text: text.replace("agency.example/evidence", ELSEWHERE),
        {**FORGED, (Check.STATEMENT, Outcome.FAILED): "all entries were signed for this ledger"},
        (f"{NAME}: checkpoint of 28 records",)),
    "of_a_smaller_size": (
        "It ends before its tally.", lambda text: text.replace(SIZE, "\n27\n"),
        FORGED | UNTALLIED | MISFIT, (f"{NAME}: checkpoint of 27 records",)),
    "of_a_greater_size": (
        "There is room for a record to come.", lambda text: text.replace(SIZE, "\n29\n"),
        FORGED | UNTALLIED | MISFIT | OUTGROWN, (f"{NAME}: checkpoint of 29 records",)),
    "with_a_zero_before_its_size": (
        "The same number.", lambda text: text.replace(SIZE, "\n028\n"), NOWHERE, ()),
    "with_a_root_too_short": (
        "24 bytes of it.", lambda text: text[:-13] + "\n", NOWHERE, ()),
    "with_a_line_more": (
        "An extension line, which some readers pass over.", lambda text: text + "more\n",
        NOWHERE, ()),
}  # fmt: skip


def respelt(change: Respelling, subjects: tuple[str, ...]) -> Spoilt:
    """With another text under the same signatures."""
    _, bundle = good()
    note = Note.read(bundle.note)
    assert SIZE in note.text
    unreadable = (NAME, of("checkpoint of 0 records"))
    made = Note(change(note.text), note.signatures).encode()
    return noted(bundle, made, *(subjects or unreadable))


for _name, (_told, _respelling, _also, _subjects) in TEXTS.items():
    _make = partial(respelt, _respelling, _subjects)
    enter(f"checkpoint_{_name}", _told, _make, Check.CHECKPOINT, _also)


def other_id(line: NoteSignature) -> NoteSignature:
    return line._replace(id=bytes([line.id[0] ^ 1]) + line.id[1:])


def older(which: int) -> Change:
    """That line of the checkpoint before the export."""
    note = Note.read(stage().world.checkpoint())
    return lambda line: note.signatures[which]


LINES: Mapping[str, tuple[str, Callable[[int], Change]]] = {
    "under_another_name": (
        "It is called another log's.", lambda which: lambda line: line._replace(name=ELSEWHERE)),
    "under_another_key_id": ("It is called that of another key.", lambda which: other_id),
    "of_another_checkpoint": ("It was moved here from an older checkpoint.", older),
}  # fmt: skip


def resigned(which: int, change: Callable[[int], Change]) -> Spoilt:
    """With one of the log's two signature lines changed."""
    _, bundle = good()
    note = Note.read(bundle.note)
    lines = list(note.signatures)
    lines[which] = change(which)(lines[which])
    return noted(bundle, Note(note.text, tuple(lines)).encode(), named(bundle))


for _name, (_told, _change) in LINES.items():
    for _which, _log in enumerate(("log_signature", "log_mldsa_signature")):
        enter(f"{_log}_{_name}", _told, partial(resigned, _which, _change), Check.CHECKPOINT)

UNNOTED: Also = {
    **NOWHERE,
    (Check.CHECKPOINT, Outcome.UNDETERMINED): "what is no note, nobody can have signed",
    (Check.WITNESSES, Outcome.UNDETERMINED): "nor countersigned",
}
STRAY = "\N{EM DASH} a.example AAAAAAA=\n".encode()
NOTES: Mapping[str, tuple[str, Callable[[bytes], bytes]]] = {
    "without_its_signatures": ("Nobody signed it.", lambda note: note.partition(b"\n\n")[0] + b"\n"),
    "with_other_line_ends": ("Windows writes them.", lambda note: note.replace(b"\n", b"\r\n")),
    "with_a_signature_in_another_base64": (
        "It has an end too many.", lambda note: note[:-1] + b"=\n"),
    "with_101_signatures": ("To keep a reader busy.", lambda note: note + STRAY * 99),
}  # fmt: skip


def renoted(change: Callable[[bytes], bytes]) -> Spoilt:
    """With a file that is no note."""
    _, bundle = good()
    return noted(bundle, change(bundle.note), of(layout.CHECKPOINT))


for _name, (_told, _renoting) in NOTES.items():
    _make = partial(renoted, _renoting)
    enter(f"checkpoint_{_name}", _told, _make, Check.STRUCTURE, UNNOTED)


@spoilt(
    Check.INCLUSION,
    also={
        **FORGED,
        **UNTALLIED,
        **OUTGROWN,
        (Check.FIXITY, Outcome.UNDETERMINED): "the export was announced after it",
        (Check.STATEMENT, Outcome.FAILED): "so the entry that did belongs to nothing",
        (Check.REDACTIONS, Outcome.FAILED): "nor does what is opened of it",
    },
)
def checkpoint_of_an_earlier_day() -> Spoilt:
    """An older checkpoint of this very log, properly signed, stands over newer records."""
    own = stage()
    before = own.world.checkpoint()
    bundle = own.bundle()
    records = (of(f"record {n}") for n in range(bundle.size))
    return noted(bundle, before, *records)
