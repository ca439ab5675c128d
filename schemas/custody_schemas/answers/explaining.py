"""What `custody explain` answers."""

from custody_schemas.declare import Record


class Explanation(Record):
    """One word of ours in full; members that its sort has not are left out.

    sort: refusal, check, adverse fact, or not proved (a line of a report)
    means: the rule, the question, or the fact, in a sentence
    why: why there is such a rule, or why it is told
    example: how it comes about
    attacker: what a forger would have needed
    instead: what to do
    commands: lines to type; words in capitals stand for one's own
    """

    word: str
    sort: str
    means: str
    source: str | None = None
    why: str | None = None
    example: str | None = None
    passed: str | None = None
    failed: str | None = None
    undetermined: str | None = None
    attacker: str | None = None
    instead: str
    commands: tuple[str, ...]


class Explained(Record):
    """Everything that answers to a word, or, without a word, everything that there is."""

    explained: tuple[Explanation, ...]
