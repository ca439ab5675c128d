"""Of the codes that are no rules of custody: why the ledger, or a program, stops there."""

from custody_schemas.explanations.kinds import Case

ERRORS: dict[str, Case] = {
    "E_EXISTS": Case(
        "SPEC §2: each case, item and person begins once. A second beginning would be a second "
        "history under the same name.",
        "Two people register item 4 of the case at the same moment; or a person is enrolled twice.",
        ("custody item list CASE", "custody actor list"),
    ),
    "E_UNKNOWN": Case(
        "SPEC §2: an entry names only what the ledger knows. A name that nobody enrolled or "
        "registered could be filled in later as one likes.",
        "An item is released to a tag of a person of another ledger.",
        ("custody actor list", "custody case list", "custody item list"),
    ),
    "E_CONTENT": Case(
        "SPEC §8: digests of small files could give away what is in them, so they stand where they "
        "can be withheld; and counts must agree with what they count.",
        "A client of one's own writes the digest of a file of 20 bytes into the open part.",
    ),
    "E_PREV": Case(
        "SPEC §2: each signed entry names the last entry of the item that its signer knew. If "
        "another came first, the signer did not know what she was signing for.",
        "Bo moves the item while Ada is typing her passphrase to seal it.",
        ("custody item history ITEM",),
    ),
    "E_SEEN": Case(
        "SPEC §2: each signer names the state of the ledger last seen. If it is not in this ledger's "
        "past, there are two pasts: a restored backup, a fork, or another ledger of that name.",
        "The server was restored from last night's backup; today's entries are gone from it.",
        ("custody verify --full", "custody trust show"),
    ),
    "E_EXPIRED": Case(
        "SPEC §2: a signed entry says until when it may be recorded, so that nobody can hold it back "
        "and bring it out when it suits.",
        "An entry signed without network was sent three days later.",
    ),
    "E_CLOCK": Case(
        "SPEC §4: the ledger's times only go forward. A clock that jumps would put entries where "
        "they do not belong, and could make keys seem in force.",
        "The machine's battery is empty and it believes that it is 1970; or nobody used it for weeks.",
        ("custody note CASE -m TEXT --confirm-clock",),
    ),
    "E_DISPUTED": Case(
        "R18, R49, R126: an image states a hash of its own content, a provider sends digests along; "
        "here they disagree. At midnight a dying disk must not be lost, so it can be recorded all "
        "the same, and is marked for good.",
        "A segment of an E01 image was damaged on its way; a file of a provider's list is missing.",
        (
            "custody acquire CASE PATH --disputed REASON",
            "custody receive CASE PATH --from KIND:NAME --channel WAY --disputed REASON",
        ),
    ),
    "E_CUSTODY": Case(
        "A refusal without a code of its own: its message says all there is.",
        "Rare; please report it with the message.",
    ),
    "E_MALFORMED": Case(
        "SPEC: each format is read exactly or not at all. A reader that is lenient reads what "
        "another reader does not, and that is where forgeries hide.",
        "A bundle was unpacked and zipped again; or a mail program changed line ends in a trust file.",
        ("custody verify BUNDLE --trust FILE",),
    ),
    "E_PROOF": Case(
        "SPEC §6: a proof has as many hashes as its place in the log needs. Another number proves "
        "nothing, whatever it says.",
        "A proof of recording was cut off, or belongs to another log.",
        ("custody proof NUMBER",),
    ),
    "E_SIGNATURE": Case(
        "SPEC §3: a signature either verifies over exactly these bytes with exactly this key, or it "
        "is none. The entry may have been changed, or signed by somebody else.",
        "An enrolment request was edited after it was signed.",
        ("custody identity list", "custody key list PERSON"),
    ),
    "E_PASSPHRASE": Case(
        "The private key is stored under a passphrase; without it nothing can be signed, by nobody.",
        "The passphrase of another identity was typed, or CUSTODY_PASSPHRASE holds an old one.",
        ("custody whoami", "custody identity list"),
    ),
    "E_NOT_FOUND": Case(
        "Names are never guessed: what is not there is said to be not there.",
        "An exhibit reference was mistyped.",
        ("custody item list", "custody case list", "custody actor list", "custody identity list"),
    ),
    "E_AMBIGUOUS": Case(
        "Names are never guessed: where several things answer, you choose. An act on the wrong item "
        "stays on the record for good.",
        "Two cases each have an exhibit JS/1.",
        ("custody item list",),
    ),
    "E_USAGE": Case(
        "The command could not be understood, so nothing was done.",
        "An option is missing, or two exclude each other.",
        ("custody --help",),
    ),
    "E_ROLLBACK": Case(
        "SPEC §6: the log signs only what extends what it signed before. A ledger that has become "
        "shorter, or other, than what was signed would hide entries that somebody may hold proofs of.",
        "The database was restored from a backup, and the log's state file was not; or someone "
        "took records out.",
        (
            "custody recover check HOME",
            "custody recover ledger HOME --origin NEW --name NAME --organisation UNIT",
        ),
    ),
    "E_STORAGE": Case(
        "Nothing counts before it is safely on the disk; so a failed disk means a failed act.",
        "The disk is full, the folder belongs to somebody else, or a stick was pulled out.",
    ),
    "E_KEYSTORE": Case(
        "Evidence is stored encrypted, and its keys lie apart from it, so that a copy of the one "
        "says nothing without the other. Nothing is wrong with the evidence: it cannot be read here.",
        "The stick with the ledger key is not plugged in, or a backup was brought back without keys.",
        ("custody backup keys DIR",),
    ),
    "E_EXTRA": Case(
        "Verification needs two packages only; everything else is installed by whoever needs it.",
        "An E01 image is acquired where the extra `images` is not installed.",
    ),
}
