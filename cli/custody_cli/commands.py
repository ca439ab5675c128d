"""The table of commands. A module is imported when one of its commands runs, and not before."""

from custody_cli.table import Family, Leaf

SECTIONS: dict[str, dict[str, Leaf | Family]] = {
    "Begin": {
        "init": Leaf("founding:init", "make a ledger here, its log keys, and the first person"),
        "identity": Family(
            "your own keys",
            {
                "create": Leaf("identities:create", "make keys, and a request to be enrolled"),
                "list": Leaf("identities:identities", "the identities on this machine"),
                "passphrase": Leaf("rekeying:passphrase", "give one another passphrase"),
            },
        ),
        "whoami": Leaf("identities:whoami", "which identity signs, with which key and roles"),
        "unlock": Leaf("identities:unlock", "keep your key open for some minutes"),
        "lock": Leaf("identities:lock", "close it again"),
        "bench": Family(
            "defaults for what you do now, until your key is locked",
            {
                "set": Leaf("bench:set_", "put place, tool, write blocker … on the bench"),
                "show": Leaf("bench:show", "what is on the bench"),
                "clear": Leaf("bench:clear", "take everything off it"),
            },
        ),
    },
    "People": {
        "actor": Family(
            "people who sign (also: custody person)",
            {
                "enrol": Leaf("people:enrol", "enrol a person out of a request file"),
                "list": Leaf("enrolled:list_people", "everybody who is enrolled"),
                "show": Leaf("enrolled:show", "one person: keys, roles, who enrolled"),
                "leave": Leaf("leaving:leave", "withdraw all keys and roles of a person"),
            },
        ),
        "key": Family(
            "keys of people",
            {
                "add": Leaf("people:add_key", "register a further key out of a request file"),
                "rotate": Leaf("people:rotate_key", "a new key in place of an old one"),
                "list": Leaf(
                    "enrolled:list_keys", "keys of a person, and whether they are in force"
                ),
                "revoke": Leaf("people:revoke_key", "withdraw a key"),
            },
        ),
        "role": Family(
            "what people may do",
            {
                "grant": Leaf("people:grant", "give a person a role, in one case or in all"),
                "revoke": Leaf("people:revoke_role", "take a role back"),
            },
        ),
        "rules": Family(
            "what the ledger asks of every entry",
            {
                "show": Leaf("rules:show", "the rules in force"),
                "change": Leaf("rules:change", "change them from here on; two people sign"),
            },
        ),
    },
    "Cases": {
        "case": Family(
            "cases",
            {
                "open": Leaf("cases:open_case", "open a case"),
                "list": Leaf("cases:list_cases", "all cases"),
                "show": Leaf("cases:show", "one case: legal bases and items"),
                "status": Leaf(
                    "ending:status", "where the proceedings stand; retention runs from it"
                ),
                "close": Leaf("ending:close", "end a case; its items stay in custody"),
                "reopen": Leaf("ending:reopen", "take a closed case up again"),
            },
        ),
        "authority": Family(
            "warrants, orders, consents: the legal basis",
            {
                "record": Leaf("cases:record", "put a legal basis on file"),
                "end": Leaf("ending:end_authority", "record that one no longer holds"),
                "list": Leaf("cases:list_authorities", "the legal bases of a case"),
            },
        ),
    },
    "Evidence": {
        "seize": Leaf("seizing:seize", "take an item at a scene: registered, seized, sealed"),
        "acquire": Leaf("acquiring:acquire", "take in files, folders and forensic images"),
        "receive": Leaf("receiving:receive", "take in what somebody outside hands over"),
        "derive": Leaf("deriving:derive", "record what was made out of an item"),
        "item": Family(
            "items",
            {
                "register": Leaf("items:register", "register an item without saying how it came"),
                "ref": Leaf("referring:ref", "note the number that somebody else gave it"),
                "list": Leaf("items:list_items", "items, and who holds them"),
                "show": Leaf("showing:show", "one item as it stands"),
                "history": Leaf(
                    "retelling:item_history", "all that was done with an item, by whom"
                ),
            },
        ),
    },
    "Custody": {
        "mine": Leaf("mine:mine", "what you hold, have out, are to receive or have released"),
        "transfer": Family(
            "hand-overs: two people, two signatures",
            {
                "release": Leaf("transfers:release", "offer items to somebody"),
                "accept": Leaf("accepting:accept", "take over items released to you"),
                "refuse": Leaf("transfers:refuse", "do not take items released to you"),
                "cancel": Leaf("transfers:cancel", "take a release back"),
                "acknowledge": Leaf(
                    "transfers:acknowledge", "record that somebody without account has them"
                ),
                "return": Leaf("failing:give_back", "take back what nobody accepted"),
                "lost": Leaf("failing:lost", "record that items did not arrive"),
                "offer": Leaf(
                    "carrying:offer", "offer items to somebody at another machine: a file"
                ),
                "countersign": Leaf("countersigning:countersign", "sign for an offer: a file back"),
                "submit": Leaf("carrying:submit", "record what was signed at another machine"),
                "list": Leaf("transfers:list_open", "hand-overs that are open"),
            },
        ),
        "takeover": Leaf("takeover:takeover", "take over from somebody who cannot hand over"),
        "countersign": Leaf(
            "countersigning:countersign", "sign for what was offered to you, without the ledger"
        ),
        "submit": Leaf("carrying:submit", "record what was signed at another machine"),
        "checkout": Leaf("access:checkout", "let somebody take items out for a while"),
        "checkin": Leaf("access:checkin", "take items back"),
        "court": Family(
            "items before a court",
            {
                "exhibit": Leaf("courts:exhibit", "record that an item was produced in court"),
                "return": Leaf("courts:return_items", "take back what a court kept"),
            },
        ),
        "copy": Family(
            "working copies",
            {
                "issue": Leaf("copies:issue", "write a copy to a medium, and read it back"),
                "return": Leaf("accounting:return_copy", "record what became of a copy"),
                "list": Leaf("accounting:list_copies", "copies that are out"),
            },
        ),
        "analysis": Family(
            "examinations and their reviews",
            {
                "record": Leaf("analyses:record", "record what was asked, how it was examined"),
                "review": Leaf("analyses:review", "go over somebody else's analysis"),
            },
        ),
        "move": Leaf("access:move", "put items in another place"),
        "seal": Family(
            "seals",
            {
                "apply": Leaf("seals:apply", "put a seal on an item"),
                "verify": Leaf("seals:verify", "compare a seal with the number on file"),
                "break": Leaf("seals:break_seal", "record that a seal was opened"),
            },
        ),
        "check": Leaf("checking:check", "re-hash the evidence"),
        "discrepancy": Family(
            "what is not as it should be",
            {
                "open": Leaf("remarks:discrepancy", "record that something is wrong"),
                "update": Leaf("resolving:update", "say what is being done about it"),
                "resolve": Leaf("resolving:resolve", "say how it ended"),
                "list": Leaf("discrepancies:list_open", "what is open, over all items"),
            },
        ),
        "correct": Leaf("remarks:correct", "correct a field of an earlier entry, or annul it"),
        "sign": Leaf("resolving:sign", "put your signature to an entry of somebody else"),
        "note": Leaf("remarks:note", "add a remark to items or a case"),
    },
    "Keep": {
        "pack": Family(
            "jurisdiction packs: schedules as data",
            {
                "load": Leaf("packing:load", "put one in force; two people sign"),
                "list": Leaf("packing:list_packs", "packs in force, and examples"),
                "show": Leaf("packing:show", "what a pack says, and where that comes from"),
            },
        ),
        "retention": Family(
            "how long items are kept",
            {
                "show": Leaf("retaining:show", "how long items are kept, line by line"),
                "due": Leaf("due:due", "what is due for review, overdue, or soon due"),
                "assign": Leaf("retaining:assign", "a rule, a date, or for good"),
                "change": Leaf("retaining:change", "move a date; earlier takes two more people"),
                "review": Leaf("retaining:review", "looked at, and kept"),
            },
        ),
        "sweep": Leaf("sweeping:sweep", "all that waits for somebody; what a scheduler runs"),
        "hold": Family(
            "what must not be disposed of or erased",
            {
                "place": Leaf("holding:place", "put a hold on items or on a case"),
                "amend": Leaf("holding:amend", "look at a hold again, or widen it"),
                "release": Leaf("holding:release", "end a hold; two others co-sign"),
                "list": Leaf("holding:list_holds", "holds that stand"),
            },
        ),
        "request": Family(
            "what other authorities ask for, or are asked for",
            {
                "record": Leaf("asking:record", "put one on file, on items or on a case"),
                "end": Leaf("asking:end", "say how one ended"),
                "list": Leaf("asking:list_requests", "requests that are open"),
            },
        ),
        "dispose": Family(
            "items that leave custody for good",
            {
                "request": Leaf("disposing:request", "ask for it"),
                "consult": Leaf("disposing:consult", "record what an adviser answered"),
                "approve": Leaf("disposing:approve", "approve it, as one who is not involved"),
                "reject": Leaf("disposing:reject", "say no, or take a request back"),
                "execute": Leaf("executing:execute", "carry it out: handed out, or destroyed"),
                "certificate": Leaf("certifying:certificate", "what was done, and what is left"),
            },
        ),
        "privacy": Family(
            "personal data in the record",
            {
                "erase": Leaf("forgetting:erase", "destroy values of an entry; two approve it"),
                "finish": Leaf("forgetting:finish", "go on with a destruction that was stopped"),
                "rectify": Leaf("forgetting:rectify", "correct what is on file of a person"),
                "restrict": Leaf("forgetting:restrict", "keep it, and show it only when named"),
                "access": Leaf("concerning:access", "all that is on record of one person"),
            },
        ),
        "inventory": Family(
            "is everything there",
            {
                "start": Leaf("counting:start", "begin one, of all or of what somebody holds"),
                "scan": Leaf("counting:scan", "record what was found of items"),
                "close": Leaf("counting:close", "end it with its numbers"),
                "list": Leaf("counting:list_inventories", "inventories that are open"),
            },
        ),
    },
    "Prove": {
        "log": Leaf("journal:log", "all signed entries over all cases, as auditors read them"),
        "consultations": Family(
            "who looked at what, and why",
            {
                "list": Leaf("consultations:list_looks", "views, searches and disclosures"),
                "close": Leaf("consultations:close", "put what is logged under a signature"),
                "erase": Leaf("lapsing:erase", "erase old lines; their signed roots stay"),
                "verify": Leaf("consultations:verify_log", "is the log what it was"),
                "note": Leaf("consultations:note", "its newest signed note, to keep elsewhere"),
            },
        ),
        "export": Leaf("exporting:export", "make a bundle that anyone can examine offline"),
        "proof": Leaf("proving:proof", "proof of recording of one record"),
        "trust": Family(
            "whom a verifier believes",
            {"show": Leaf("proving:show", "the trust file to hand out")},
        ),
        "verify": Leaf("verifying:verify", "examine the record-keeping: this ledger, or bundles"),
        "print": Family(
            "labels for bags, and papers to sign by hand",
            {
                "label": Leaf("labelling:label", "labels with codes that scanners read"),
                "property-receipt": Leaf(
                    "printing:property_receipt", "what was taken, for the owner"
                ),
                "handover-sheet": Leaf("printing:handover_sheet", "for both sides to sign"),
                "courier-sheet": Leaf("printing:courier_sheet", "travels with what is released"),
            },
        ),
        "explain": Leaf("explaining:explain", "what a code or a finding means, and what to do"),
        "demo": Leaf("demo:demo", "the whole story on one machine, in about a minute"),
        "rebuild": Leaf("verifying:rebuild", "make the tables anew from the signed entries"),
        "backup": Leaf("backing:backup", "copy the whole ledger, or the keys of what it stores"),
        "ledger-key": Family(
            "the key that opens the keys of all that is stored encrypted",
            {"change": Leaf("ledgerkey:change", "put another in its place")},
        ),
        "recover": Family(
            "go on after a loss, out of what a backup saved",
            {
                "check": Leaf("recovering:check", "examine what was saved of a lost ledger"),
                "ledger": Leaf("recovering:ledger", "make a new ledger that continues it"),
                "items": Leaf("reentering:items", "take over its items that are seen"),
                "history": Leaf("recovering:old_history", "an item's history before the loss"),
            },
        ),
    },
}
ALIASES = {"person": "actor", "receipt": "proof"}
