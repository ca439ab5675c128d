"""The long form of what this project says in short: codes, checks, adverse facts, what is not proved.

Data for people, beside `custody_schemas.codes`, which holds the sentence, the source and the way
out of each code. Nothing decides by these texts; `custody explain` and the documents show them.
"""

from custody_schemas.explanations.checks import QUESTIONS
from custody_schemas.explanations.endings import ENDINGS
from custody_schemas.explanations.errors import ERRORS
from custody_schemas.explanations.facts import FACTS, LIMITS
from custody_schemas.explanations.keeping import KEEPING
from custody_schemas.explanations.kinds import Case, Fact, Limit, Question
from custody_schemas.explanations.rules import RULES

CASES: dict[str, Case] = {**RULES, **KEEPING, **ENDINGS, **ERRORS}

__all__ = ["CASES", "FACTS", "LIMITS", "QUESTIONS", "Case", "Fact", "Limit", "Question"]
