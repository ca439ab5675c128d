"""Why each rule of custody exists, how somebody runs into it, and what to type instead."""

from custody_schemas.explanations.kinds import Case

RULES: dict[str, Case] = {
    "E_NO_ORIGIN": Case(
        "R42: nothing happens to an item before its registration and one origin (seized, acquired, "
        "received or derived). A history that begins in the middle cannot say where the thing came "
        "from, and every later entry would hang in the air.",
        "A phone was registered with its exhibit reference, and is sealed before anybody recorded "
        "how it was taken.",
        (
            "custody seize CASE --exhibit REF --type mobile",
            "custody acquire CASE PATH --exhibit REF",
            "custody derive ITEM PATH --kind extraction",
        ),
    ),
    "E_ORIGIN_TWICE": Case(
        "R42: an item has one origin. Two would leave open which of them is true, and which legal "
        "basis it rests on.",
        "The laptop JS/1 was seized on Monday; on Tuesday somebody records its seizure once more.",
        (
            "custody item history ITEM",
            "custody correct ITEM '#1' --field FIELD --value VALUE --reason REASON",
            "custody item register CASE --type TYPE",
        ),
    ),
    "E_PARENT": Case(
        "R43: a derived item is refused whose parent is unknown, or whose parent's content differs "
        "from what is on file without a recorded variance. Else an extraction could be passed off "
        "as made from an image that it does not come from.",
        "An extraction is recorded out of an image of which one byte in the vault has changed.",
        (
            "custody check ITEM",
            "custody derive ITEM PATH --kind extraction --variance REASON",
        ),
    ),
    "E_OPEN_TRANSFER": Case(
        "R44: custody stays with whoever released the item until the other side accepts; meanwhile "
        "no other release, check-out or disposal. Two hand-overs at once would leave two holders.",
        "JS/1 was released to the laboratory this morning, and is released to the court at noon.",
        (
            "custody transfer list",
            "custody transfer accept ITEM",
            "custody transfer cancel ITEM --reason REASON",
        ),
    ),
    "E_NO_TRANSFER": Case(
        "R44: a hand-over takes two acts by two people. Without a release to this very person there "
        "is nothing that could be accepted, refused or cancelled.",
        "Bo accepts an item that was released to Cy, or one that nobody has released.",
        ("custody transfer list", "custody transfer release ITEM --to PERSON --purpose storage"),
    ),
    "E_NOT_HOLDER": Case(
        "R45: only the present holder may hand over, seal, move or image an item; who has it checked "
        "out may work on it. Otherwise the record could move an item that is in other hands.",
        "Bo moves a laptop to another shelf that Ada has seized and never handed over.",
        (
            "custody item show ITEM",
            "custody transfer release ITEM --to PERSON --purpose storage",
            "custody transfer accept ITEM",
        ),
    ),
    "E_SAME_PERSON": Case(
        "R46: an acceptance signed by the person, or with the key, that released is refused. One "
        "signature on both sides of a hand-over proves nothing about the other side.",
        "Ada releases JS/1 to herself; or an admin grants a role to herself.",
        (
            "custody transfer release ITEM --to PERSON --purpose storage",
            "custody --as OTHER transfer accept ITEM",
            "custody checkout ITEM --purpose analysis --with PERSON",
        ),
    ),
    "E_SEAL": Case(
        "R48: where a seal is on file its number is read off the bag and compared at each hand-over, "
        "and nobody gets at the item without an entry that the seal was opened. A seal that is only "
        "said to be there protects nothing.",
        "A disk is imaged while its bag is still on file as sealed; or a bag is accepted and nobody "
        "read its number.",
        (
            "custody seal verify ITEM --seal-read NUMBER",
            "custody seal break ITEM --seal-read NUMBER --reason REASON",
            "custody seal apply ITEM --seal NUMBER",
        ),
    ),
    "E_HASH": Case(
        "R49: digital content is compared with its digests whenever it changes hands, and nobody "
        "takes over a mismatch in silence: an override needs a reason and approvers, and marks the "
        "item as disputed for good.",
        "One file of an image was changed on the way; the laboratory accepts it all the same.",
        (
            "custody check ITEM",
            "custody transfer refuse ITEM --reason REASON",
            "custody transfer accept ITEM --override REASON --with A:approver --with B:approver",
        ),
    ),
    "E_ORIGINAL": Case(
        "R51: no analysis of an original while a verified working copy exists, unless access to it "
        "is justified. Whoever works on the original may change it, and there is only one.",
        "An examiner starts on the seized disk although its image was taken and has been verified.",
        ("custody item list CASE", "custody derive ITEM PATH --kind working_copy"),
    ),
    "E_NO_GRANT": Case(
        "R52, R62: nobody acts without a role that allows the act, for this case and at this time; "
        "who runs the system has no custody by that. Rights are granted by name, and on the record.",
        "An examiner enrols a colleague; or somebody whose role ended last month opens a case.",
        (
            "custody whoami",
            "custody actor show PERSON",
            "custody role grant PERSON ROLE --case CASE",
        ),
    ),
    "E_TWO_PERSON": Case(
        "R54: two approvers, neither of them the requester or the holder, for what cannot be taken "
        "back: disposal, overriding a mismatch, ending a hold. One person alone can be mistaken or "
        "leant on. A takeover, the end of a discrepancy and a change of the rules take one more "
        "person, who had no hand in it.",
        "The laboratory overrides a wrong digest with one approver, or with the holder as one of "
        "the two.",
        ("custody transfer accept ITEM --override REASON --with A:approver --with B:approver",),
    ),
    "E_TERMINAL": Case(
        "R57: disposed of, or handed over for good, is the end of custody; only corrections, notes "
        "and exports follow. Otherwise a destroyed item could be seen walking about.",
        "A drive that was returned to its owner is checked out of the evidence room.",
        ("custody item history ITEM", "custody note ITEM -m TEXT"),
    ),
    "E_CORRECTION": Case(
        "R58, R59: nothing is edited. A correction is an entry of its own that names an earlier one "
        "and its field and really changes it; the old value stays readable. The ledger knows what "
        "stood there, nobody needs to claim it.",
        "The field `colour` is corrected in an entry that has none; or to the value that it has.",
        (
            "custody item history ITEM",
            "custody correct ITEM '#4' --field FIELD --value VALUE --reason REASON",
        ),
    ),
    "E_TIME": Case(
        "R60: nothing is recorded before it happens, and what is recorded late says why. When it "
        "happened and when it was recorded stand apart, so that a late entry is no hidden one.",
        "A seizure of last Friday is recorded on Monday without a reason; or the year was mistyped.",
        ('custody seize CASE --type TYPE --at "2026-11-22 10:30" --late-reason no_network',),
    ),
    "E_KEY": Case(
        "R61: a signature counts only with a key that was enrolled for this person, and not "
        "revoked, when the entry was recorded. Otherwise whoever finds an old stick could sign.",
        "Somebody signs with a key that was revoked when the laptop was lost.",
        (
            "custody key list PERSON",
            "custody identity create NAME --for PERSON --name NAME --organisation ORG -o FILE",
            "custody key add PERSON FILE",
        ),
    ),
    "E_AUTHORITY": Case(
        "R63: a seizure cites a legal basis that was in force when it happened, or says that there "
        "was consent or urgency, with a date by which it is to be ratified. What was taken without "
        "right may not be used.",
        "A phone is seized in a case that has no warrant on file, or under one that ended yesterday.",
        (
            "custody authority list CASE",
            "custody authority record CASE --kind search_warrant --identifier NUMBER",
            "custody authority record CASE --kind exigent_circumstances --ratify-by TIME",
        ),
    ),
    "E_TAKEOVER": Case(
        "R45, R66: where a holder has left or lost the key, two people take over what they have seen "
        "before them, item by item. What nobody has seen would be taken over on paper only.",
        "The inventory of a shelf names a drive that is not there, and it is taken over with the "
        "rest.",
        ("custody item show ITEM", "custody discrepancy open ITEM --kind missing_item"),
    ),
    "E_COPY": Case(
        "R25, R75: working copies are numbered from 1 for each item, and each ends once, as "
        "returned, wiped, destroyed or lost. Copies that nobody counts cannot all be accounted for.",
        "Copy 2 is returned a second time; or two people issue copy 3 at the same moment.",
        ("custody item show ITEM",),
    ),
    "E_DISCREPANCY": Case(
        "R36, R65: what is wrong is opened, looked into and resolved, each in an entry of its own. "
        "What is not open cannot be closed, or a problem could vanish under another's number.",
        "A discrepancy is resolved that was resolved last week, or that belongs to another item.",
        ("custody item show ITEM", "custody item history ITEM"),
    ),
    "E_CASE_OPEN": Case(
        "R13: a case is taken up again after it was closed; an open one needs nothing.",
        "Two people take up a closed case at the same moment.",
        ("custody case show CASE",),
    ),
    "E_CHECKED_OUT": Case(
        "R25, R44: who took an item out for a while has it in hand; it must come back before it goes "
        "elsewhere, or the record would not say who has it.",
        "An item that an examiner has on the bench is released to the court.",
        ("custody item show ITEM", "custody checkin ITEM --with PERSON"),
    ),
    "E_NOT_OUT": Case(
        "R25: a check-in answers a check-out. Without one there is nobody from whom the item could "
        "come back.",
        "An item is checked in a second time.",
        ("custody item history ITEM",),
    ),
    "E_CASE_CLOSED": Case(
        "R13: a closed case takes no new items and no new legal bases, so that what a court was "
        "given as the whole stays the whole.",
        "Somebody seizes an item in a case that was closed in spring.",
        ("custody case show CASE", "custody case open REFERENCE --title TITLE"),
    ),
    "E_OTHER_CASE": Case(
        "SPEC §2: one entry concerns one case, so that the bundle of one case need not show "
        "anything of another.",
        "Items of two cases are released in one entry made by another client.",
        ("custody item list CASE",),
    ),
}
