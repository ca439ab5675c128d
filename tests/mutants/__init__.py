"""Mutation testing of custody/core: one small change at a time, and does any test notice?

    python -m tests.mutants measure            which test runs which line of the core, and how long
    python -m tests.mutants run [MODULE…]      every mutant of these modules, e.g. canonical rules/
    python -m tests.mutants run --one-in 4 …   a quarter of them, always the same ones
    python -m tests.mutants show [MODULE…]     the score of each module, and the survivors

An own runner, because mutmut and its like leave decorated functions alone, and every rule is one.
Here a mutant is a new code object in the function that the tests have imported already: whatever
decorates, registers or has imported it runs the mutant too. Each mutant has a process of its own.

Not mutated: code outside of functions, strings with blanks and what is formatted (they are for
people, and other tests read them), assertions, annotations and defaults.
"""
