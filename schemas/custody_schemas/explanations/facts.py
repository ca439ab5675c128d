"""Adverse facts, and the limits of every proof: what they mean, and what a reader does next.

Keys of FACTS are those of `custody.core.against.KINDS`, in the same order. LIMITS explains the
lines that `custody.core.summary` puts under NOT PROVED, or before everything else.
"""

from custody_schemas.explanations.kinds import Fact, Limit

FACTS: dict[str, Fact] = {
    "seal": Fact(
        "A seal was opened, broken or missing, or its number is not the number on file.",
        "R48: a seal shows whether anybody was at the item. Opening one is often right and always "
        "told.",
        "Read who opened it, when and why; look for the entry that applied the next seal.",
        ("custody item history ITEM", "custody seal verify ITEM --seal-read NUMBER"),
    ),
    "digest": Fact(
        "Content differed from its digests, could not be compared, or has no hash to compare with.",
        "R49: only equal digests show that content did not change.",
        "Find the last check that agreed: what happened between the two is the question.",
        ("custody check ITEM", "custody item history ITEM"),
    ),
    "unread": Fact(
        "A folder was taken in, and some of its entries could not be read.",
        "What was not read was not preserved; the manifest lists what it was.",
        "Look at the manifest in the bundle; acquire the folder again with the rights that it needs.",
        ("custody acquire CASE PATH",),
    ),
    "discrepancy": Fact(
        "Somebody recorded that something is not as it should be, or it is still open.",
        "R65: what is lost or contradictory is recorded as such and never erased.",
        "Read what was found, what was done about it, and who ended it how.",
        ("custody item history ITEM",),
    ),
    "override": Fact(
        "A rule would have refused the act, and people overrode it with a reason.",
        "R49, R54: an override is possible, needs its reason and its approvers, and is never hidden.",
        "Weigh the reason, and who approved.",
        ("custody item history ITEM",),
    ),
    "takeover": Fact(
        "Two people took the item over from a holder who could not hand it over.",
        "R45, R66: nobody may be the only one who can move evidence, but the holder did not "
        "sign, and that is told.",
        "Read why and how the item was seen; ask the former holder, if that can be done.",
        ("custody item history ITEM",),
    ),
    "gap": Fact(
        "For some time the record does not say who held the item, or where it was.",
        "R68: gaps are computed and listed in every export, because a court weighs them.",
        "Ask the holders before and after it; a late entry can fill it, and is then told as late.",
        (
            "custody item history ITEM",
            "custody move ITEM --to PLACE --at TIME --late-reason REASON",
        ),
    ),
    "lost ledger": Fact(
        "This ledger, or the item, continues one that was lost; its earlier entries are not here.",
        "A loss is told and never bridged over: what the lost ledger held is proved by its own "
        "bundles alone.",
        "Ask for bundles and proofs of the lost ledger, and compare its name, size and root "
        "with what stands here.",
        ("custody item history ITEM",),
    ),
    "disposition": Fact(
        "An item has left custody for good: returned, destroyed, forfeited; or how that was approved.",
        "R56, R75: what is gone can be examined by nobody any more, the defence included.",
        "Read who asked for it, who approved and who watched; look for copies that remain.",
        ("custody item history ITEM", "custody dispose certificate ITEM"),
    ),
    "erased": Fact(
        "Personal values, or a whole remark, were erased or restricted after they were recorded.",
        "R93, R97: that is lawful and takes three people; what was erased cannot be read again.",
        "Read the ground and who approved; an older bundle may still show the value.",
        ("custody item history ITEM",),
    ),
    "hold": Fact(
        "A hold was released, or nobody looked at it again when somebody was to.",
        "R31, R71: a hold keeps what somebody still needs; once it is released that can be lost.",
        "Read who asked for the release and who approved it, and whether what was needed is there.",
        ("custody hold list", "custody item history ITEM"),
    ),
    "request": Fact(
        "A request of another authority ended, or is open past a day that it names.",
        "R56, R105: what another authority asked for is kept until that ends; that it ended is the "
        "word of who said so.",
        "Read what was asked for and how it ended; ask the authority, if the evidence is gone.",
        ("custody request list", "custody item history ITEM"),
    ),
    "retention": Fact(
        "A date until which an item is kept was moved to an earlier one, rests on one person's word, "
        "or was to be looked at again and was not.",
        "R70: keeping evidence shorter takes three people and a legal basis; a date that no rule "
        "computes is as good as its reason.",
        "Read the legal basis, and compare the date with what the jurisdiction's schedule says.",
        ("custody retention show ITEM", "custody authority list CASE"),
    ),
    "proceedings": Fact(
        "One person alone said where the proceedings stand, or what was said of them changed so that "
        "items are kept shorter.",
        "R13, R72: retention runs from acquittal, conviction and the like. The ledger does not see "
        "the court's decision, only who says that there was one.",
        "Compare the date with the decision itself.",
        ("custody case show CASE",),
    ),
    "key": Fact(
        "A key was lost or in other hands at some time, or its person did not sign for it.",
        "R61: what was signed in such a time is marked, not dropped.",
        "Compare each entry named with what its signer remembers.",
        ("custody key list PERSON", "custody actor show PERSON"),
    ),
    "authority": Fact(
        "An item came in without a legal basis, or one that had ended, was undone or not ratified.",
        "R63: whether evidence may be used depends on it.",
        "Look for the warrant, order or consent; record it, with the reason why it comes late.",
        ("custody authority list CASE", "custody authority record CASE --kind search_warrant"),
    ),
    "use limit": Fact(
        "Who gave the item allowed its use only in part, for a time, or not as evidence.",
        "R98: whether it may be used, shown or passed on depends on it.",
        "Read the limits and the giver's words; look for the formal request that lifts them.",
        ("custody item history ITEM",),
    ),
    "transfer": Fact(
        "A hand-over was refused, is open, overdue, or rests on one side's word alone.",
        "R44, R47: two people sign a hand-over; where one of them has no account it says so.",
        "Ask the side that did not sign; look at the scanned counter-signature, if there is one.",
        ("custody transfer list", "custody item history ITEM"),
    ),
    "copy": Fact(
        "A working copy is still out, was lost or kept, or no longer matched its digests.",
        "R25, R75: what is on a copy is evidence too, wherever it is.",
        "Ask whoever got it; the item itself is not touched by what became of a copy.",
        ("custody item history ITEM",),
    ),
    "source": Fact(
        "The source was changed or damaged by acquiring it, had read errors, or a derivation cannot "
        "be repeated.",
        "ACPO principle 2: whoever must touch an original says what that changed.",
        "Read the changes stated; an expert can say what they touch.",
        ("custody item history ITEM",),
    ),
    "analysis": Fact(
        "An original was examined, software decided and nobody reviewed it, the method was not "
        "validated, or a review did not confirm the analysis.",
        "R27, R51, R125: a result is worth what its method, its material and its review are worth.",
        "Read method, limits and the reason given; have the analysis done again on a copy.",
        ("custody item history ITEM",),
    ),
    "received": Fact(
        "What came in from outside brought no digests to compare, or its signature was not "
        "checked.",
        "R18, R109: without them nothing shows that it arrived as it was sent.",
        "Ask who sent it for digests or a certificate, and compare them with those on file.",
        ("custody item history ITEM",),
    ),
    "objection": Fact(
        "Somebody put her signature beside an entry to object to it.",
        "A later signature does not change the entry; it says what another person thinks of it.",
        "Read her remarks, and ask both.",
        ("custody item history ITEM",),
    ),
    "same enroller": Fact(
        "The person who enrolled the giver also enrolled the receiver, or is one of them.",
        "Who enrols both sides of a hand-over could have made up one of them.",
        "Ask both people whether they exist and took part: their enrolments say how each was "
        "identified.",
        ("custody actor show PERSON",),
    ),
    "correction": Fact(
        "A field of an earlier entry was corrected; both values are shown.",
        "ISO/IEC 17025 7.5.2: corrections are traceable, and what stood there stays readable.",
        "Compare the two values, and who corrected when.",
        ("custody item history ITEM",),
    ),
    "rules": Fact(
        "The ledger's own rules were changed: when an entry is late, how many people approve.",
        "R129: an act is judged by the rules of its time, so a change is seen.",
        "Read who changed them and why, and which acts came after it.",
        ("custody log",),
    ),
    "closed case": Fact(
        "The case was closed while something with an item of it was still open.",
        "R13: a closed case does not end custody; what was open stays open.",
        "Look at what became of each item named.",
        ("custody case show CASE", "custody item history ITEM"),
    ),
    "late": Fact(
        "It was recorded later than it happened, with the reason given.",
        "R60: when it happened is the signer's word; when it was recorded is the ledger's.",
        "Weigh the delay and the reason; photographs and logs attached may show more.",
        ("custody item history ITEM",),
    ),
    "possessor": Fact(
        "The person from whom it was taken did not sign for it, or got no property receipt.",
        "R16: her signature would show that she agrees on what was taken.",
        "Look at the photographs and at who watched; ask her.",
        ("custody item history ITEM",),
    ),
    "place": Fact(
        "The content was left where it was, and is not in the vault.",
        "Nobody re-hashes what is not kept; its digests alone are on file.",
        "Hash it where it is, or take it in.",
        ("custody check ITEM", "custody acquire CASE PATH"),
    ),
    "condition": Fact(
        "The item was damaged or wet, tampering was suspected, or nobody looked through it.",
        "R50: a sealed bag may be taken over unopened, and that is then shown.",
        "Look at the photographs; compare the condition at each hand-over.",
        ("custody item history ITEM",),
    ),
    "not stated": Fact(
        "A question was asked, and nobody answered it.",
        "Nothing is taken to be fine because nobody said otherwise.",
        "Ask the signer; a correction can add what was left out, with its reason.",
        ("custody correct ITEM '#4' --field FIELD --value VALUE --reason omitted_field",),
    ),
}

LIMITS: dict[str, Limit] = {
    "truth": Limit(
        "that what people wrote is true",
        "A signature shows who said something, not that it is so.",
        "Ask the person; a court can hear her.",
    ),
    "keyboard": Limit(
        "who was at the keyboard when a key was used",
        "A key can be used by whoever has it and its passphrase.",
        "Ask how the key is kept; the entry says whether it was unlocked for a while or for this "
        "act.",
    ),
    "before": Limit(
        "what happened before the seizure, or without an entry being made",
        "The record begins with its first entry, and knows only what somebody recorded.",
        "Compare photographs, scene logs and the people who were there.",
    ),
    "left out": Limit(
        "that nothing was left out, beyond the operator's signed tally",
        "Without the mirror the count of entries is the operator's word: signed, and so a provable "
        "lie if it is false.",
        "Ask for a bundle made with `custody export CASE -o FILE --purpose PURPOSE --mirror`, or "
        "give the proofs of recording that people kept with --proof.",
    ),
    "same log": Limit(
        "that others are shown the same log",
        "No independent party countersigned, so the operator could show two people two histories.",
        "Compare size and root of the checkpoint with others who have bundles of this ledger.",
    ),
    "clock": Limit(
        "when it was recorded, beyond the ledger's own clock",
        "No independent time stamp was asked for.",
        "What signers had seen bounds the times; so does any bundle with a known date of delivery.",
    ),
    "media": Limit(
        "what is inside forensic images",
        "The files of an image were hashed; what they hold when they are unpacked was not decoded.",
        "Run the imaging tool's own check (for instance `ewfverify`) on the file.",
    ),
    "review": Limit(
        "no review of it is on file",
        "No other examiner recorded that she went over this analysis. No rule asks for it.",
        "Ask the laboratory for its review, or have the analysis reviewed.",
    ),
    "not vouched for": Limit(
        "not vouched for by any signed entry",
        "These files were put in by whoever made the bundle; the reports for people are such files.",
        "Rely on what the verifier prints; use the reports to find your way only.",
    ),
    "one history": Limit(
        "are of one and the same history",
        "Two bundles were made at different times and hold nothing by which their logs compare.",
        "Ask for the newer one with the mirror.",
    ),
    "own word": Limit(
        "only within the bundle's own word",
        "Whose log it is, or whose keys, did not pass: what follows holds only if that is right.",
        "Get the trust file over another way, compare its fingerprint, and verify with --trust.",
    ),
    "another ledger": Limit(
        "this bundle is not from the ledger that the trust file names",
        "The trust file belongs to another ledger, or the bundle does.",
        "Ask whoever sent the bundle which ledger it is of, and that ledger's operator for its "
        "trust file.",
    ),
    "not the file": Limit(
        "is not the file that was recorded",
        "An evidence file in the bundle has other digests than those that were signed.",
        "Do not use it; see `custody explain EVIDENCE`.",
    ),
}
