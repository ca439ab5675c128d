"""(e) A provider's package: kept under a preservation request, handed over under an MLA request."""

from hashlib import sha256

from tests.days.day import Day, Question


def test_a_providers_package(day: Day) -> None:
    day.types(
        "ada",
        "custody authority record K-7 --kind preservation_order --identifier PR-9"
        " --issuer '24/7 point of contact' --data-categories content,traffic",
    )
    # What comes over the police channel first may be read, and not used as evidence.
    day.file("overview.txt", b"account opened 2025-03-01\n" * 3000)
    day.types(
        "ada",
        "custody receive K-7 overview.txt --exhibit PV/0 --from foreign_authority:NCB"
        " --channel secure_transfer --authority PR-9 --intelligence-only yes",
        "PV/0",
    )
    # A preservation order covers nothing that is produced: the request for that comes first.
    day.types(
        "ada",
        "custody authority record K-7 --kind mla_request --identifier MLA-2026-31 --follows PR-9"
        " --issuer 'Central Authority'",
    )
    files = {name: name.encode() * 20_000 for name in ("mail.mbox", "login.csv", "profile.json")}
    for name, data in files.items():
        day.file(f"package/{name}", data)
    said = {**files, "login.csv": b"what the provider hashed was another file"}
    listed = "".join(f"{sha256(data).hexdigest()}  {name}\n" for name, data in said.items())
    day.file("digests.txt", listed.encode())
    day.refused(
        "ada",
        "custody receive K-7 package --exhibit PV/1 --from provider:Acme --channel provider_portal"
        " --authority MLA-2026-31 --supplied-hashes digests.txt",
        "E_DISPUTED",
        "login.csv",
    )
    day.types(
        "ada",
        "custody receive K-7 package --exhibit PV/1 --from provider:Acme --channel provider_portal"
        " --authority MLA-2026-31 --supplied-hashes digests.txt"
        " --disputed 'one digest differs; Acme is asked' --request-reference MLA-2026-31"
        " --provider-reference ACME-778 --data-categories content,traffic --time-zone UTC"
        " --signature-valid no --certificate yes --use-limits specialty,no_onward_transfer",
        "login.csv",
    )
    day.types("ada", "custody item show PV/1", "nothing but what it was given for", "disputed")
    # The provider sends the file again; the first package stays what it was.
    day.file("package-2/login.csv", said["login.csv"])
    day.types(
        "ada",
        "custody receive K-7 package-2/login.csv --exhibit PV/2 --from provider:Acme"
        " --channel provider_portal --authority MLA-2026-31 --supplied-hashes digests.txt"
        " --disputed 'the list names two files more, which came with PV/1'",
        "PV/2",
    )
    day.types(
        "cy",
        "custody discrepancy resolve PV/1 '#2' --outcome explained"
        " --details 'Acme exported login.csv twice; the second export is PV/2'",
    )
    day.in_the_evening(
        asked=(
            Question(
                "On what request was this produced, and how did it come?",
                "custody item history PV/1",
                ("MLA-2026-31", "provider portal", "ACME-778"),
            ),
            Question(
                "Is it what the provider sent?",
                "custody item history PV/1",
                ("login.csv", "partial"),
            ),
            Question(
                "May it be used as evidence, and for anything else?",
                "custody verify bundle.zip --trust trust.txt",
                ("nothing but what it was given for", "intelligence"),
            ),
        ),
        cannot=(
            "whether a provider handed over all that it had, or what it had before it was asked",
        ),
    )
