"""Why the rules on what ends exist: dispositions, erasure, inventories."""

from custody_schemas.explanations.kinds import Case

ENDINGS: dict[str, Case] = {
    "E_OPEN_DISCREPANCY": Case(
        "R56: what is not as it should be is cleared up first. A thing that was destroyed can no "
        "longer show whether its seal was cut or its content changed.",
        "A phone whose seal number did not match last month is to go back to its owner.",
        ("custody item show ITEM", "custody discrepancy resolve ITEM '#4' --outcome explained"),
    ),
    "E_DISPOSITION": Case(
        "Requirements §6: a disposition is asked for, approved by two others, carried out, "
        "certified; a destruction also has a beginning, from which on content may be gone. No step "
        "is left out, and none is taken back once the destruction has begun.",
        "Somebody approves what was rejected yesterday, or releases an item that is being destroyed.",
        (
            "custody item show ITEM",
            "custody dispose request ITEM --kind return_to_owner --reason case_closed",
            "custody dispose approve ITEM",
        ),
    ),
    "E_WITNESS": Case(
        "R55, AR 195-5: somebody who neither asked for a destruction nor holds the item sees it, and "
        "signs. One person alone could keep what she says that she destroyed.",
        "The custodian wipes a disk by herself in the evening.",
        ("custody dispose execute ITEM --with PERSON:witness",),
    ),
    "E_WITNESS_IN_CHAIN": Case(
        "R55, AR 195-5: for things worth taking, who watches has never had to do with the item. The "
        "jurisdiction pack of the case names the sorts of evidence.",
        "Cash is to be burnt, and the witness is the officer who counted it at the seizure.",
        ("custody pack show PACK", "custody item history ITEM"),
    ),
    "E_SURVIVING": Case(
        "R75, NIST SP 800-88: a certificate that says that nothing is left, while a working copy, an "
        "image or an export with the content is somewhere, would be untrue.",
        "The disk is destroyed, and the image made of it is still in the vault.",
        ("custody item show ITEM", "custody copy list", "custody dispose certificate ITEM"),
    ),
    "E_ERASURE": Case(
        "R93, SPEC §8: personal values are erased, field by field, with their random salts; the "
        "entry stays, so that the chain stays whole. Only remarks, on which nothing rests, are "
        "erased as a whole. A ground and the manner are always said.",
        "The whole entry of a hand-over is to be erased because it names a neighbour.",
        (
            "custody item history ITEM",
            "custody privacy restrict ITEM '#4' --field note --ground request_of_person",
        ),
    ),
    "E_INVENTORY": Case(
        "R30, R66: an observation belongs to an inventory that is open, and its numbers add up to "
        "what should have been there. Nobody follows a primary custodian before every item that "
        "she holds was looked for, with both there, at most seven days earlier: who takes over an "
        "evidence room uncounted answers for what was missing before.",
        "Items are scanned on the day after the inventory was closed; or somebody is to become "
        "primary custodian after another, and what that one holds was not counted.",
        (
            "custody inventory list",
            "custody inventory start --kind change_of_custodian --of HER --to SUCCESSOR",
            "custody inventory scan - --outcome physically_verified",
            "custody inventory close --with SUCCESSOR",
            "custody role grant SUCCESSOR custodian_primary",
        ),
    ),
}
