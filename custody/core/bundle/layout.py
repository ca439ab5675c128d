"""Names and limits of the files in a bundle, for its writer and its reader alike.

`{}` stands for a digest or number; names are relative to the one top folder.
"""

BAGIT = "bagit.txt"
BAGIT_TEXT = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
BAG_INFO = "bag-info.txt"
SIGNATURE = "signature.json"
MANIFESTS = {"sha256": "manifest-sha256.txt", "sha512": "manifest-sha512.txt"}
TAG_MANIFESTS = {"sha256": "tagmanifest-sha256.txt", "sha512": "tagmanifest-sha512.txt"}
TAG_FILES = frozenset({BAGIT, BAG_INFO, SIGNATURE, *MANIFESTS.values()})

PAYLOAD = "data/"
README = "data/README.txt"
LEDGER = "data/ledger/"
CHECKPOINT = "data/ledger/checkpoint"
RECORDS = "data/ledger/records.jsonl"
PROOFS = "data/ledger/proofs.jsonl"
SUBJECTS = "data/ledger/subjects.jsonl"
COMPANIONS = "data/ledger/companions.jsonl"
CONSISTENCY = "data/ledger/consistency.jsonl"
DISCLOSURES = "data/ledger/disclosures.jsonl"
KEYS = "data/ledger/keys.json"
MIRROR = "data/ledger/mirror.jsonl"
ENVELOPE = "data/ledger/envelopes/{}.json"
PACK = "data/ledger/packs/{}"
TIMESTAMPS = "data/ledger/timestamps/"
DOCUMENTS = "data/documents/"
DOCUMENT = DOCUMENTS + "{}{}"  # SHA-256 of an attachment, extension with its dot
ITEMS = "data/items/"
ITEM_FILE = "data/items/{}/{:04d}{}"  # item number, number of the file, extension with its dot
# Of a folder or of segments: the manifest whose digests were signed; its files are numbered from
# 0001 in its order. A single file is 0001.
ITEM_MANIFEST = "manifest.jsonl"
ITEM_MANIFEST_PATH = "data/items/{}/manifest.jsonl"

# A bundle without these says nothing.
REQUIRED = frozenset({CHECKPOINT, RECORDS, PROOFS, SUBJECTS, DISCLOSURES, KEYS, README})
LEDGER_FILES = REQUIRED | {COMPANIONS, CONSISTENCY, MIRROR}

ENTRIES = 500_000  # files in the zip
DIRECTORY_BYTES = 128 << 20  # its central directory
TOTAL_BYTES = 1 << 46  # unpacked
RATIO = 200  # unpacked to packed, of one deflated file above RATIO_FREE bytes: evidence is stored
RATIO_FREE = 1 << 20
NAME_BYTES = 1024
PART_BYTES = 255  # of a name between two slashes
PARTS = 16  # of a name: every folder of it is remembered
TAG_FILE_BYTES = 256 << 20  # a manifest of ENTRIES lines fits
LINE_BYTES = 1 << 20  # a line of a .jsonl file
FAULTS = 1000  # lines of a .jsonl file that may be at fault before the rest is left unread
KEYS_BYTES = 64 << 20
CASE_KEYS = 16  # in keys.json: of each, all items that its case could have are looked for
CHECKPOINT_BYTES = 1 << 20  # signed-note v1
