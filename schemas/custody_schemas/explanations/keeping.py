"""Why the rules on what is kept exist: holds, retention, packs, proceedings."""

from custody_schemas.explanations.kinds import Case

KEEPING: dict[str, Case] = {
    "E_HOLD": Case(
        "R31, R56, R71: somebody still needs the item: a court, the defence, another country. A hold "
        "is independent of every date and does not lapse; two people who neither ask for its release "
        "nor hold the item end it.",
        "A phone is due for return, and the defence has asked that everything in the case be kept.",
        ("custody hold list", "custody hold release HOLD --reason WHY --with PERSON:approver"),
    ),
    "E_REQUEST": Case(
        "R56, R101, R105: what another authority asked for, or was asked for, is kept until that "
        "ends. One on a case covers all its items, also later ones. Preserving is not handing over: "
        "what was to be preserved takes another request before it is produced.",
        "A disk is due to be wiped, and the Dutch request to preserve it is still open.",
        (
            "custody request list",
            "custody request end REQUEST --outcome withdrawn",
        ),
    ),
    "E_USE_LIMIT": Case(
        "R98: who gives evidence may say what for, to whom it may go on, and when it is to be "
        "deleted. What was made from it is bound alike. Another use takes the giver's consent, on "
        "file as a legal basis, and it is told. A handling code, and what is said in words alone, "
        "people must heed.",
        "A provider's data, not to be passed on, is exported for a foreign authority.",
        (
            "custody item show ITEM",
            "custody authority record CASE --kind consent --identifier NUMBER",
        ),
    ),
    "E_RETENTION": Case(
        "R69, R70: an item is kept until the last of all its dates. Later is one person's decision; "
        "earlier takes a legal basis and two more people, and in compliance mode is not to be had. "
        "Where nobody said how long, nobody said that it may go.",
        "The case ended, but the conviction asks for six months more; or no line applies at all.",
        ("custody retention show ITEM", "custody hold list"),
    ),
    "E_APPEAL": Case(
        "R56: as long as an appeal or review is pending, or can be filed, the evidence may be needed "
        "again, whatever the dates say.",
        "The acquittal is a week old, and the prosecution has three more to appeal.",
        ("custody case show CASE", "custody case status CASE STATUS --appeal-ended TIME"),
    ),
    "E_PACK": Case(
        "R131: every computed date names the pack, its version and its rule. What names none that is "
        "in force could be computed by nobody. One version waits at a time, so that everybody can "
        "see what it will change.",
        "A rule is assigned from version 2, which is still cooling off; or its code is mistyped.",
        ("custody pack list", "custody pack show PACK"),
    ),
}
