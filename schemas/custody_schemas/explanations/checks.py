"""The questions of an examination, as a report answers them: what each outcome means, and what then.

Keys are those of `custody.core.findings.Check`, in the same order.
"""

from custody_schemas.explanations.kinds import Question

ASK_AGAIN = "Ask whoever sent the bundle for a fresh export, and keep both files."
NO_TRUST = "Get the trust file over another way than the bundle, and verify once more with --trust."

QUESTIONS: dict[str, Question] = {
    "STRUCTURE": Question(
        "Is the bundle one closed bag that every reader reads alike, and are the tags of its cases "
        "and items made from the keys and names that it opens?",
        "Nothing is doubled, missing or smuggled in; the names shown belong to the records shown.",
        "The zip cannot be read in one way only, a file is missing or has no place in a bundle, or "
        "a name does not belong to its records.",
        "Not given by this version.",
        "Build a sound bag, which anybody can: by itself this stops no forger. To put another name "
        "on an item's records, SHA-256 would have to be broken.",
        "A bundle that was unpacked and zipped again fails here: get the .zip as it was made. "
        + ASK_AGAIN,
    ),
    "FIXITY": Question(
        "Are the files those that two manifests list, and did the person who made the export sign "
        "these manifests?",
        "Not one byte in the bundle has changed since the exporter signed.",
        "A file was changed, added or lost after the export, or the exporter did not sign this.",
        "The entry that prepared the export is not in the bundle, so nobody can say who had to sign.",
        "Change a file, both manifests, and sign anew with the exporter's private key. What signed "
        "entries say of the evidence would still stand against it: see EVIDENCE.",
        "The report names the file. Compare the bundle's SHA-256 with the one that the export "
        "printed; the copy may just be damaged. " + ASK_AGAIN,
    ),
    "EVIDENCE": Question(
        "Are the evidence files those whose digests people signed when they took them in?",
        "Each file is, byte for byte, the one that was recorded (SHA-256 and BLAKE3).",
        "A file is not the one that was recorded, is missing though the export promises it, or no "
        "signed entry names it.",
        "The signed digests are withheld, so there is nothing to compare with.",
        "Find another file with the same SHA-256 and the same BLAKE3, which nobody can today; or "
        "hold the keys of whoever recorded it, and of the log, at that time.",
        "Do not use the file. The original in the vault can be hashed again with `custody check`; "
        "if that agrees, only this copy is spoilt.",
    ),
    "CHECKPOINT": Question(
        "Did the log that your trust file names sign this state of itself?",
        "These records are what that log has committed itself to.",
        "Another key signed, a signature that the trust file requires is missing, or the log has "
        "signed two different histories.",
        "No trust file says whose log this is, or the checkpoint cannot be read.",
        "Hold the log's private keys: Ed25519, and ML-DSA-44 where the trust file asks for both.",
        "Make sure that it is the trust file of this very ledger: compare its fingerprint by "
        "telephone. Two histories of one log are proof against its operator: keep both. "
        + NO_TRUST,
    ),
    "WITNESSES": Question(
        "Did as many independent parties as the trust file asks for countersign the checkpoint?",
        "The operator cannot show you one log and others another, unless so many of them help.",
        "Too few countersigned, or not those whom the trust file names.",
        "The checkpoint itself did not pass, or cannot be read.",
        "Hold the log's keys, and those of enough independent parties.",
        "Ask the operator for a bundle with the countersignatures. Where the trust file asks for "
        "none, the report says so under NOT PROVED.",
    ),
    "TIMESTAMP": Question(
        "Did a time-stamping authority confirm when the checkpoint existed?",
        "The records were there at that time, whatever the ledger's own clock said.",
        "The time stamp does not belong to this checkpoint, or is not of that authority.",
        "A time stamp is asked for, and this version does not examine any.",
        "Hold the log's keys and those of the authority.",
        "Have the token examined by a tool of the authority's. Where none is asked for, times rest "
        "on the ledger's clock and on what each signer had seen.",
    ),
    "INCLUSION": Question(
        "Does every record that is shown stand in the log, under this checkpoint?",
        "None of them was made for this bundle only.",
        "A record comes without its proof, or its proof leads to another log.",
        "Not given by this version.",
        "Break SHA-256, or have the log sign a checkpoint of another tree, which others can see.",
        ASK_AGAIN,
    ),
    "CHAIN": Question(
        "Does each record name the record before it, of its item and of the log?",
        "Nothing was moved, exchanged or put in between.",
        "The order is broken, or two records stand under one number.",
        "Not given by this version.",
        "Make every later record anew, and have the log sign them once more: whoever has an older "
        "bundle or proof of recording can show it.",
        "Two bundles that disagree are proof against the operator: keep both, and say who gave them "
        "to you.",
    ),
    "COMPLETENESS": Question(
        "Is what is shown of an item or case all that the ledger has of it?",
        "As many entries as the log has counted, with the last one that it names. C1: by the "
        "operator's signed count; C2: other bundles and proofs agree; C3: shown by the mirror of "
        "the whole log, without believing anybody.",
        "Entries were left out that the count, another bundle, a proof of recording or the mirror "
        "shows; or what the export promised is not there.",
        "There is no signed count, the mirror has records of a later version, or a proof that you "
        "gave says nothing about what is shown.",
        "At C1 the operator would have to sign a false count, which any proof of recording convicts "
        "for ever. At C3 it cannot be done under that checkpoint.",
        "Ask for a bundle with the mirror, and keep each proof of recording that you were handed: "
        "`custody verify BUNDLE --trust FILE --proof FILE`.",
    ),
    "STATEMENT": Question(
        "Is what people signed what the ledger recorded, in every field that both of them have?",
        "The record was made for this very entry: same item, same place in line, recorded in time.",
        "A record belongs to another entry, an entry is recorded twice or too late, or cannot be "
        "read.",
        "Not given by this version.",
        "Have the person sign another entry: the ledger alone cannot make one fit.",
        "The report names the record. It is a matter for the ledger's operator, not for the signer.",
    ),
    "SIGNATURE": Question(
        "Did the keys that each entry names sign exactly these bytes?",
        "Nothing in the entry has changed since it was signed.",
        "The entry was changed, or somebody else signed it.",
        "It is not known which keys had to sign, because an earlier entry is missing or unreadable.",
        "Hold the private key of the person, and its passphrase.",
        "Ask the person whether the entry is hers. Do not rely on it until that is settled.",
    ),
    "KEY": Question(
        "Were these keys enrolled for these people, and not revoked, when the entries were recorded, "
        "in a line of enrolments that begins at the ledger's first record?",
        "From the first record, which your trust file names, each enrolment leads to these keys.",
        "A key was never enrolled, was revoked before, or the ledger's first record is another one.",
        "No trust file names the first record, or an enrolment is not shown.",
        "Hold the key of somebody who may enrol people: the enrolment would stand in the log under "
        "that person's name.",
        "An enrolment says how the person was identified: look at it in the report. " + NO_TRUST,
    ),
    "RULES": Question(
        "Was every act allowed when it was recorded: who held the item, who accepted it, on what "
        "legal basis?",
        "Replaying all entries in their order, no rule refuses one.",
        "An entry was recorded that a rule refuses; the code beside it says which.",
        "What the rule reads is not shown, or could not be replayed; or the entry is of a later "
        "version.",
        "Run a ledger that does not apply its own rules: the entries that it lets in show it.",
        "Type `custody explain` with the code (E_…) that the report names.",
    ),
    "REDACTIONS": Question(
        "Is every field either opened, and was signed so, or listed as withheld?",
        "What is opened is what was signed; what is not opened is listed one by one.",
        "A field is opened as something that nobody signed.",
        "The entry cannot be read.",
        "Find another value with the same salted SHA-256 digest, which nobody can.",
        "Withheld is not wrong: the list under WITHHELD names the fields. Ask who may open them.",
    ),
    "FRESHNESS": Question(
        "Had every signer seen an earlier state of this same log?",
        "No entry was made ahead of time, or for another history and brought over.",
        "A signer had seen something that is not in this log's past, or more than there was.",
        "The entry cannot be read.",
        "Bring the signer's own program to a false log from the first meeting on.",
        "A signer who saw another log can prove it with her own files: ask her.",
    ),
}
