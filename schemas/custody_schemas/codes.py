"""Refusal and error codes, each declared once: what it means, where it comes from, what to do."""

from typing import NamedTuple


class Code(NamedTuple):
    """One code: the rule in a sentence, its source, and what to do instead."""

    means: str
    source: str
    instead: str


CODES: dict[str, Code] = {
    "E_NO_ORIGIN": Code(
        "an item takes part in nothing before it has an origin",
        "R42; CASE provenance rules",
        "record first how it came: seized, acquired, received or derived",
    ),
    "E_ORIGIN_TWICE": Code(
        "an item has one origin", "R42", "correct the first entry, or register another item"
    ),
    "E_PARENT": Code(
        "a derived item needs a parent whose content is on file and matches it",
        "R43; W3C PROV",
        "check the parent first, or state the variance",
    ),
    "E_OPEN_TRANSFER": Code(
        "an open transfer blocks every other act on the custody of the item",
        "R44; NIST sample form",
        "let the receiver accept or refuse, or cancel the release",
    ),
    "E_NO_TRANSFER": Code(
        "there is no such open transfer of this item, or not to this person",
        "R44",
        "look at `custody transfer list` for what is open and to whom",
    ),
    "E_NOT_HOLDER": Code(
        "only who holds the item, or has it checked out, may do this",
        "R45; AR 195-5",
        "let the holder act, or have the item handed over first",
    ),
    "E_SAME_PERSON": Code(
        "the two sides of this act must be two people with two keys",
        "R46; two-signature forms",
        "let the other person sign",
    ),
    "E_SEAL": Code(
        "what is said about the seal contradicts the record, or is missing",
        "R48; ILAC G19",
        "read the number off the bag and state it; break or apply the seal in an entry of its own",
    ),
    "E_HASH": Code(
        "a digital item is not taken over without a computed verdict on its digest",
        "R49",
        "check the item; refuse it, or accept the mismatch with a reason and two approvers",
    ),
    "E_ORIGINAL": Code(
        "originals are not analysed while a verified copy exists",
        "R51; ACPO principles 1 and 2",
        "work on the copy, or justify access to the original",
    ),
    "E_NO_GRANT": Code(
        "nobody acts without a role that allows it, for this case and at this time",
        "R52, R62",
        "ask somebody who may grant roles for the role that the message names",
    ),
    "E_TWO_PERSON": Code(
        "this needs others who oversee the case, and had no hand in the item, to answer for it",
        "R36, R54, R66; AR 195-5",
        "have them co-sign as approvers (--with NAME:approver); the message says how many",
    ),
    "E_TERMINAL": Code(
        "the item has left custody for good; only corrections, notes and exports may follow",
        "R57",
        "record a correction or a note",
    ),
    "E_CORRECTION": Code(
        "a correction names an entry on this chain and one of its fields, and changes its value",
        "R59; ISO/IEC 17025 7.5.2",
        "look at `custody item history` for the entry's number and fields",
    ),
    "E_TIME": Code(
        "nothing happens after it is recorded, and late entries say why they are late",
        "R60",
        "give the time with --at and the reason with --late-reason",
    ),
    "E_KEY": Code(
        "the key is not enrolled for this person, or was revoked, at this point of the ledger",
        "R61",
        "sign with a key that is in force, or have this one enrolled",
    ),
    "E_AUTHORITY": Code(
        "a seizure needs a legal basis that was in force when it happened",
        "R63; UNODC paper §66",
        "record the warrant, consent or exigent circumstances with `custody authority record`",
    ),
    "E_TAKEOVER": Code(
        "only what was seen is taken over from somebody who cannot hand it over",
        "R45, R66; AR 195-5",
        "look at each item; for one that is not there record a discrepancy",
    ),
    "E_COPY": Code(
        "working copies are counted from 1 for each item, and end once",
        "R25, R75",
        "look at `custody copy list` for the copies that are out",
    ),
    "E_DISCREPANCY": Code(
        "that discrepancy is not open on this item, or cannot end like this",
        "R36, R65",
        "look at `custody item show` for the discrepancies that are open",
    ),
    "E_HOLD": Code(
        "nothing is disposed of or erased under a hold, and a hold ends by its release only",
        "R31, R56, R71",
        "look at `custody hold list`; a hold is released by two approvers",
    ),
    "E_REQUEST": Code(
        "another authority's request is open, or cannot begin or end like this",
        "R56, R101, R105",
        "look at `custody request list`; `custody request end` says how one ended",
    ),
    "E_USE_LIMIT": Code(
        "who gave the item limited its use, and this goes beyond that",
        "R98; 2AP 14, UNTOC 18(19)",
        "put the giver's consent on file with `custody authority record CASE --kind consent`, and "
        "name it with --consent",
    ),
    "E_RETENTION": Code(
        "the item is to be kept still, or nobody said for how long",
        "R56, R69, R70",
        "look at `custody retention show` for the lines that apply and what would move them",
    ),
    "E_APPEAL": Code(
        "an appeal or review is pending, or can still be filed",
        "R56; CPIA Code of Practice 5",
        "record how it ended with `custody case status`",
    ),
    "E_OPEN_DISCREPANCY": Code(
        "nothing is disposed of while something about it is unresolved",
        "R56",
        "resolve the discrepancy first; `custody item show` lists what is open",
    ),
    "E_DISPOSITION": Code(
        "the disposition does not stand at the step that this act needs",
        "requirements §6",
        "look at `custody item show` for where it stands",
    ),
    "E_WITNESS": Code(
        "a destruction has a witness who signs",
        "R55; AR 195-5",
        "have somebody who sees it co-sign (--with PERSON:witness)",
    ),
    "E_WITNESS_IN_CHAIN": Code(
        "the witness of this destruction may never have appeared in the item's chain",
        "R55; AR 195-5",
        "let somebody else watch and sign",
    ),
    "E_SURVIVING": Code(
        "no certificate says that all is gone while copies remain",
        "R75; NIST SP 800-88",
        "list the copies that remain, or account for them first",
    ),
    "E_PACK": Code(
        "no such jurisdiction pack, version or rule is in force here",
        "R131",
        "look at `custody pack list`",
    ),
    "E_ERASURE": Code(
        "what is to be erased is not there, or is part of what the rules need",
        "R93, R97; SPEC §8",
        "name fields of an entry; only entries that changed nothing are erased whole",
    ),
    "E_INVENTORY": Code(
        "that inventory is not open, or nobody counted yet what a new custodian takes over",
        "R30, R66",
        "look at `custody inventory list`; before a primary custodian is followed by another: "
        "`custody inventory start --kind change_of_custodian --of HER --to SUCCESSOR`",
    ),
    "E_CASE_OPEN": Code("the case is not closed", "R13", "there is nothing to take up again"),
    "E_CHECKED_OUT": Code("the item is checked out", "R25, R44", "check it in first"),
    "E_NOT_OUT": Code(
        "the item is not checked out", "R25", "check the item's history with `custody item show`"
    ),
    "E_CASE_CLOSED": Code(
        "the case is closed",
        "R13",
        "take it up again with `custody case reopen`, or open a case that refers to it",
    ),
    "E_OTHER_CASE": Code("one entry concerns one case", "SPEC §2", "split the act by case"),
    "E_EXISTS": Code(
        "this subject has a first record already", "SPEC §2", "use another number or reference"
    ),
    "E_UNKNOWN": Code(
        "the act names somebody or something that the ledger does not know",
        "SPEC §2",
        "check the name; enrol or register it first",
    ),
    "E_CONTENT": Code(
        "digests and numbers of files stand as SPEC §8 puts them, and none is denied",
        "SPEC §8",
        "use a client that follows SPEC §8",
    ),
    "E_PREV": Code(
        "somebody else's entry on this subject was recorded first",
        "SPEC §2",
        "look at the item again and repeat the act",
    ),
    "E_SEEN": Code(
        "the state of the ledger that the signer saw is not this ledger's",
        "SPEC §2",
        "this is a fork, a restored backup or another ledger: compare checkpoints with others",
    ),
    "E_EXPIRED": Code(
        "the signed entry was to be recorded by a moment that has passed",
        "SPEC §2",
        "sign the act again",
    ),
    "E_CLOCK": Code(
        "the ledger's clock went back, or leapt more than seven days forward",
        "SPEC §4",
        "set the clock; after a long pause confirm with --confirm-clock",
    ),
    "E_DISPUTED": Code(
        "what an image states of its content, or who handed it in, does not match it",
        "R18, R49, R126",
        "record it all the same with --disputed REASON; the item is then marked as disputed",
    ),
    "E_CUSTODY": Code("the act failed", "", "read the message"),
    "E_MALFORMED": Code("bytes that do not follow the format", "SPEC", "get the file again"),
    "E_PROOF": Code("a proof of an impossible shape", "SPEC §6", "get the file again"),
    "E_SIGNATURE": Code("a signature does not verify", "SPEC §3", "get the file again"),
    "E_PASSPHRASE": Code(
        "the passphrase does not open the key",
        "",
        "give this identity's passphrase; --as and --with say whose it is",
    ),
    "E_NOT_FOUND": Code("nothing answers to that name", "", "list what there is"),
    "E_AMBIGUOUS": Code("several things answer to that name", "", "use one of the candidates"),
    "E_USAGE": Code("the command makes no sense as it stands", "", "see --help"),
    "E_ROLLBACK": Code(
        "the ledger stands behind, or beside, what was signed or seen before",
        "SPEC §6",
        "do not go on: bring back the newest copy; where there is none, `custody recover check HOME` "
        "says what was saved, and docs/recovery.md how to continue",
    ),
    "E_STORAGE": Code("a disk, database or file failed", "", "mend the cause and repeat the act"),
    "E_KEYSTORE": Code(
        "the keys of what is stored encrypted are not at hand",
        "SPEC §8",
        "bring back the folder of keys, or the ledger key, that the message names; a backup of them "
        "is made with `custody backup keys`",
    ),
    "E_EXTRA": Code("an optional package is missing", "", "install the extra that is named"),
}
