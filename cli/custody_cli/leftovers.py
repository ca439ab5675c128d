"""What an earlier run signed and never saw proved."""

from custody_cli.run import Run


def tell(run: Run) -> None:
    """It has met its fate now: say so, once."""
    if "desk" not in vars(run):
        return
    while run.desk.settled:
        settled = run.desk.settled.pop(0)
        acts = ", ".join(signed.statement.name for signed in settled.batch)
        if settled.refusal is None:
            run.aside(f"left over from an earlier run, and recorded now: {acts}")
        else:
            run.aside(f"left over from an earlier run, and refused now: {acts}: {settled.refusal}")
