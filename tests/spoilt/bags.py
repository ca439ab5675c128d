"""The bag around the ledger's files: tag files, manifests, and the exporter's signature."""

from collections.abc import Callable, Mapping
from typing import Any

from custody.core import dsse
from custody.core.bundle import layout
from custody.core.findings import Check, Outcome
from tests.signers import ed25519_signer
from tests.spoilt import Also, Spoilt, enter, spoilt
from tests.spoilt.courier import flipped
from tests.spoilt.stage import Stage, good, handed, of, rebagged, spoilt_of, stage
from tests.spoilt.swaps import UNANNOUNCED

SHA256, SHA512 = layout.MANIFESTS["sha256"], layout.MANIFESTS["sha512"]
OTHER = "ab" * 32


def digest_exchanged(data: bytes) -> bytes:
    """Two files have changed their digests."""
    one, other, *more = data.splitlines(keepends=True)
    return b"".join([other[:64] + one[64:], one[:64] + other[64:], *more])


# By name: what it is, and the manifest.
MANIFESTS: Mapping[str, tuple[str, Callable[[bytes], bytes]]] = {
    "with_a_path_twice": (
        "One tool takes the first digest, another one the last.",
        lambda data: data + data.splitlines(keepends=True)[0]),
    "with_other_line_ends": (
        "Tools on another system read other names.", lambda data: data.replace(b"\n", b"\r\n")),
    "in_capitals": ("Another spelling.", lambda data: data[:64].upper() + data[64:]),
    "without_its_end": ("Cut off.", lambda data: data[:-1]),
    "of_nothing": ("Empty.", lambda data: b""),
}  # fmt: skip


def listing(change: Callable[[bytes], bytes]) -> Callable[[], Spoilt]:
    """With that as one of the two manifests; the one over it agrees."""

    def make() -> Spoilt:
        _, bundle = good()
        files = bundle.bag()
        lists = {SHA256: change(files[SHA256]), SHA512: files[SHA512]}
        found = (SHA256, layout.SIGNATURE)
        unlisted = [path for path in bundle.files if not lists[SHA256]]
        subjects = unlisted + list(found[1:] if unlisted else found)
        return handed(rebagged(files, lists), bundle, *map(of, subjects))

    return make


for _name, (_told, _change) in MANIFESTS.items():
    enter(f"manifest_{_name}", _told, listing(_change), Check.FIXITY)


@spoilt(Check.FIXITY)
def manifest_digests_exchanged() -> Spoilt:
    """Two files have changed their digests in one of the two manifests."""
    _, bundle = good()
    files = bundle.bag()
    listed = digest_exchanged(files[SHA256])
    paths = [line[66:].decode() for line in listed.splitlines()[:2]]
    lists = {SHA256: listed, SHA512: files[SHA512]}
    return handed(rebagged(files, lists), bundle, *map(of, [*paths, layout.SIGNATURE]))


@spoilt(Check.FIXITY)
def tag_manifest_of_other_digests() -> Spoilt:
    """The manifest over the manifests says another digest of one."""
    _, bundle = good()
    files, path = bundle.bag(), layout.TAG_MANIFESTS["sha256"]
    files[path] = digest_exchanged(files[path])
    paths = [line[66:].decode() for line in files[path].splitlines()[:2]]
    return handed(files, bundle, *map(of, paths))


# What a bag is not without, beside the one place that misses it.
ALONE: Mapping[str, tuple[str, str, list[str], Also]] = {
    "second_manifest": (
        "The stronger of two digests is stripped.", SHA512, [],
        {(Check.FIXITY, Outcome.FAILED): "it was signed"}),
    "second_tag_manifest": (
        "And so is that over the manifests.", layout.TAG_MANIFESTS["sha512"], [],
        {(Check.FIXITY, Outcome.FAILED): "it lists what must be listed"}),
    "exporters_signature": (
        "Nobody signed the manifests.", layout.SIGNATURE, [],
        {(Check.FIXITY, Outcome.FAILED): "nobody answers for them", **UNANNOUNCED}),
    "bag_declaration": ("No other tool knows that it is a bag.", layout.BAGIT, [""], {}),
    "number_of_its_files": ("Nobody says how much there was.", layout.BAG_INFO, [""], {}),
}  # fmt: skip


def lacking(path: str, more: list[str]) -> Callable[[], Spoilt]:
    def make() -> Spoilt:
        _, bundle = good()
        files = bundle.bag()
        del files[path]
        subjects = [of(path), *("case.zip" for _ in more)]
        return handed(files, bundle, *subjects)

    return make


for _name, (_told, _path, _more, _also) in ALONE.items():
    enter(f"bag_without_its_{_name}", _told, lacking(_path, _more), Check.STRUCTURE, _also)

TAG_FILES: Mapping[str, tuple[str, str, bytes]] = {
    "of_another_version": (
        "Whose rules are others.", layout.BAGIT,
        layout.BAGIT_TEXT.replace(b"1.0", b"0.97")),
    "of_more_than_there_is": (
        "It states more files than there are.", layout.BAG_INFO, b"Payload-Oxum: 999999.99\n"),
    "that_counts_twice": (
        "It states two numbers.", layout.BAG_INFO, b"Payload-Oxum: 1.1\n" * 2),
}  # fmt: skip


def tagged(path: str, data: bytes) -> Callable[[], Spoilt]:
    """With that as a tag file, and manifests over it that agree."""

    def make() -> Spoilt:
        _, bundle = good()
        return handed(rebagged({**bundle.bag(), path: data}, {path: data}), bundle, "case.zip")

    return make


for _name, (_told, _path, _data) in TAG_FILES.items():
    enter(f"bag_{_name}", _told, tagged(_path, _data), Check.STRUCTURE)


@spoilt(Check.STRUCTURE)
def bag_with_a_trust_file_of_its_own() -> Spoilt:
    """Whom to believe, the bundle says itself."""
    _, bundle = good()
    made = spoilt_of(bundle)
    assert made.trust
    files = {**bundle.bag(), "trust": made.trust.encode()}
    return handed(files, bundle, of("trust"))


@spoilt(Check.STRUCTURE)
def pack_under_the_digest_of_another() -> Spoilt:
    """Rules of a jurisdiction were rewritten, and keep the digest that entries cite."""
    _, bundle = good()
    path = layout.PACK.format(OTHER)
    bundle.files[path] = b"whatever is late is in time\n"
    return spoilt_of(bundle, of(path))


@spoilt(Check.STRUCTURE)
def time_stamp_of_no_form() -> Spoilt:
    """A program lies among the time stamps."""
    _, bundle = good()
    path = f"{layout.TIMESTAMPS}26.exe"
    bundle.files[path] = b"MZ"
    return spoilt_of(bundle, of(path))


# What the exporter's signature says of the bundle.
STATED: Mapping[str, tuple[str, dict[str, Any]]] = {
    "v": ("It is of a version that nobody knows.", {"v": 2}),
    "ledger": ("It is about another ledger.", {"ledger": "other.example"}),
    "manifest_sha256": ("It is over another manifest.", {"manifest_sha256": OTHER}),
    "manifest_sha512": ("It is over another manifest.", {"manifest_sha512": OTHER * 2}),
}  # `checkpoint`, `export`: bundle_signed_for_another_checkpoint, bundle_of_an_export_…


def stating(members: dict[str, Any]) -> Callable[[], Spoilt]:
    def make() -> Spoilt:
        _, bundle = good()
        return handed(bundle.bag(**members), bundle, of(layout.SIGNATURE))

    return make


for _name, (_told, _members) in STATED.items():
    enter(f"bundle_signed_with_another_{_name}", _told, stating(_members), Check.FIXITY)
_told, _make = "It was signed at no time.", stating({"time": "never"})
enter("bundle_signed_with_another_time", _told, _make, Check.FIXITY, UNANNOUNCED)


def signed_so(change: Callable[[Stage, dsse.Envelope], dsse.Envelope]) -> Spoilt:
    """With that in the place of the exporter's signature."""
    own, bundle = good()
    files = bundle.bag()
    made = change(own, dsse.Envelope.read(files[layout.SIGNATURE]))
    files[layout.SIGNATURE] = made.encode()
    return handed(rebagged(files), bundle, of(layout.SIGNATURE))


@spoilt(Check.FIXITY, also=UNANNOUNCED)
def bundle_signed_as_a_statement() -> Spoilt:
    """Olga's signature was made for something else."""
    return signed_so(
        lambda own, made: dsse.sign(dsse.STATEMENT, made.payload, [own.story.olga.signer])
    )


@spoilt(Check.FIXITY)
def bundle_signed_by_one_too_many() -> Spoilt:
    """Eve signs beside Olga."""
    return signed_so(
        lambda own, made: dsse.sign(
            dsse.BUNDLE, made.payload, [own.story.olga.signer, own.story.eve.signer]
        )
    )


@spoilt(Check.FIXITY)
def bundle_signed_with_a_changed_signature() -> Spoilt:
    """A bit of the signature is another."""

    def change(own: Stage, made: dsse.Envelope) -> dsse.Envelope:
        (signature,) = made.signatures
        return made._replace(signatures=(signature._replace(sig=flipped(signature.sig)),))

    return signed_so(change)


@spoilt(Check.FIXITY)
def bundle_signed_with_a_revoked_key() -> Spoilt:
    """Olga's key was revoked before the export, which another key of hers prepared."""
    own = stage()
    olga, second = own.story.olga, ed25519_signer(81)
    asked = own.world.request("Olga", second, actor=olga.tag)
    given = {"request": asked.body, "replaces": olga.signer.key.id}
    own.world.record(
        "key.rotated", [olga.tag], given, signers=[own.story.ada], disclosed=asked.disclosures
    )
    own.story.olga = olga.using(second)
    bundle = own.bundle()
    bundle.exporter = olga
    return spoilt_of(bundle, of(layout.SIGNATURE))
