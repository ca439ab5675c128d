"""A pytest session that measures its tests, or runs those that a mutant concerns."""

import ast
import gc
import json
import os
import resource
import signal
import time
import types
from collections.abc import Sequence
from functools import _lru_cache_wrapper
from pathlib import Path
from typing import Any, NamedTuple
from zlib import crc32

import coverage
import pytest
from _pytest.runner import runtestprotocol

from tests.mutants.sites import Site, mutated, sites

ROOT = Path(__file__).parents[2]
CORE = ROOT / "custody" / "core"
KEPT = ROOT / "mutants"  # not under version control
MAP, RESULTS = KEPT / "map.json", KEPT / "results.jsonl"
SLOW = 4.0  # seconds; slower tests are asked only where there is no other
OWN = {  # tests of a module that bear another name
    "adverse.py": "test_adverse.py test_adverse_edges test_adverse_hindsight",
    "bundle/archive.py": "test_archive_ends test_archive",
    "circumstances.py": "test_adverse_days test_adverse_edges",
    "chronology.py": "test_hostile_entries",
    "findings.py": "test_findings test_summary",
    "hindsight.py": "test_hostile_entries test_adverse_hindsight test_adverse_edges",
    "keeping.py": "test_adverse_kept test_adverse_edges test_adverse_keeping",
    "others.py": "test_adverse_others test_adverse_edges",
    "payload.py": "test_statement test_payload",
    "rules/limits.py": "test_rules_exactly test_rules_limits",
    "sources.py": "test_summary",
    "summary.py": "test_summary",
    "text.py": "test_text test_summary",
    "world.py": "test_state",
    "checks/compare.py": "test_checks_log test_hostile_bundles",
    "checks/evidence.py": "test_checks_evidence test_checks_bag test_redacted_spoilt",
    "checks/exporter.py": "test_checks_bag test_lost_states",
    "checks/joined.py": "test_beside test_checks_seen test_checks_beside",
    "checks/merged.py": "test_checks_statements test_checks_told test_checks_edges test_checks_beside",
    "checks/mirror.py": "test_checks_mirror test_checks_log test_hostile_bundles",
    "checks/promise.py": "test_hidden_items test_hostile_bundles",
    "checks/redacted.py": "test_redacted_spoilt",
    "checks/replay.py": "test_checks_statements test_checks_runs test_lost_states",
    "rules/__init__.py": "test_rules_admission test_rules_involved test_touches",
    "rules/checks.py": "test_rules_checks test_rules_discrepancies test_rules_annulments",
    "rules/items.py": "test_rules_items test_rules_content",
    "rules/people.py": "test_rules_people test_rules_keys test_rules_ends",
    "rules/transfers.py": "test_rules_transfers test_rules_access test_rules_outside",
}
SELDOM = ("test_rules_seldom", "test_rules_founding", "test_bounds", "test_content_places")
MOST, AGAIN = 6.0, 25.0  # seconds of tests a mutant at most, as measured; of one that survived


class Measured(NamedTuple):
    """`took` seconds of each test; `lines`: by module and line, numbers of the tests."""

    tests: list[str]
    took: list[float]
    lines: dict[str, dict[int, list[int]]]

    @classmethod
    def load(cls) -> "Measured":
        tests, took, lines = json.loads(MAP.read_text()) if MAP.exists() else ([], [], {})
        return cls(tests, took, {m: {int(n): v for n, v in x.items()} for m, x in lines.items()})


class Quick:
    """Examples of properties are few, and the same each time."""

    def pytest_collection(self) -> None:
        from hypothesis import Phase, settings  # pytest wants to be the first to load it

        settings.register_profile(
            "mutants",
            deadline=None,
            derandomize=True,
            database=None,
            max_examples=40,
            phases=(Phase.explicit, Phase.generate),  # nobody needs the smallest counterexample
        )
        settings.load_profile("mutants")


class Measuring(Quick):
    """Runs every test once, and keeps which lines of the core each of them runs."""

    def __init__(self) -> None:
        self._coverage = coverage.Coverage(
            data_file=None, branch=False, source=[str(CORE)], config_file=False
        )
        self._tests: list[str] = []
        self._took: list[float] = []

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        caches = _caches()
        self._coverage.start()
        for item, following in zip(session.items, [*session.items[1:], None], strict=True):
            self._coverage.switch_context(str(len(self._tests)))
            for each in caches:
                each.cache_clear()  # else only the first test runs what is cached
            began = time.perf_counter()
            reports = runtestprotocol(item, nextitem=following, log=False)
            self._took.append(round(time.perf_counter() - began, 4))
            self._tests.append(item.nodeid)
            for report in reports:
                if report.failed:
                    raise pytest.UsageError(f"fails without any mutant:\n{report.longreprtext}")
        self._coverage.stop()
        return True

    def pytest_sessionfinish(self) -> None:
        data, known = self._coverage.get_data(), Measured.load()
        first = len(known.tests)
        for path in data.measured_files():
            lines = known.lines.setdefault(str(Path(path).relative_to(CORE)), {})
            for line, contexts in data.contexts_by_lineno(path).items():
                tests = [first + int(context) for context in contexts if context]
                lines[line] = [*lines.get(line, ()), *tests]
        made = [*known.tests, *self._tests], [*known.took, *self._took], known.lines
        MAP.write_text(json.dumps(made))


class Mutating(Quick):
    """Makes each mutant of these modules, and tells `RESULTS` what became of it."""

    def __init__(self, modules: Sequence[str], again: bool, one_in: int) -> None:
        """`one_in`: so many mutants stand for each that is tried, always the same ones."""
        self._modules, self._again, self._one_in = modules, again, one_in
        self._measured = Measured.load()
        self._items: dict[str, pytest.Item] = {}
        self._killers: list[int] = []  # last one first
        self._caches: list[Any] = []

    @property
    def files(self) -> list[str]:
        """Of the tests that were measured."""
        return sorted({test.partition("::")[0] for test in self._measured.tests})

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        self._items = {item.nodeid: item for item in session.items}
        done = {(r["module"], r["mutant"]): r["end"] for r in results()}
        functions = _functions()
        self._caches = _caches()
        session.config._tmp_path_factory.getbasetemp()  # type: ignore[attr-defined]
        gc.collect()
        gc.freeze()
        with RESULTS.open("a") as told:
            for module in self._modules:
                path = CORE / module
                tree = ast.parse(path.read_text())
                for number, site in enumerate(sites(tree)):
                    name = f"{number} {site.name}"
                    before = done.get((module, name))
                    if before is not None and not (self._again and before != "killed"):
                        continue
                    if crc32(f"{module} {name}".encode()) % self._one_in:
                        continue
                    where = functions[str(path), site.function, site.first]
                    code = mutated(tree, site, str(path))
                    made = {
                        "module": module,
                        "mutant": name,
                        **self._judge(module, site, where, code),
                    }
                    told.write(json.dumps(made, ensure_ascii=False) + "\n")
                    told.flush()
        return True

    def _judge(self, module: str, site: Site, where: list[Any], code: Any) -> dict[str, Any]:
        tests = self._chosen(module, site)
        if not tests or [f.__code__.co_freevars for f in where] != [code.co_freevars] * len(where):
            return {"end": "not tried", "by": ""}
        pid = os.fork()
        if pid == 0:
            self._try(tests, where, code)
        wanted = sum(self._measured.took[n] for n in tests)
        status = _wait(pid, 20 + 5 * wanted)
        if status == 0:
            return {"end": "survived", "by": "", "tests": len(tests)}
        if status != 1:
            return {"end": "killed", "by": f"it did not end, or crashed ({status})"}
        killer = tests[_killer(pid)]
        self._killers = [killer, *(n for n in self._killers if n != killer)][:30]
        return {"end": "killed", "by": self._measured.tests[killer]}

    def _chosen(self, module: str, site: Site) -> list[int]:
        """Tests that run the statement: what killed last, the module's own, then the quick ones."""
        lines = self._measured.lines.get(module, {})
        found = {n for line in site.lines for n in lines.get(line, ())}
        took = self._measured.took
        there = {n for n in found if self._measured.tests[n] in self._items}
        known = {n for n in there if took[n] <= SLOW} or there
        first = [n for n in self._killers if n in known]
        own = OWN.get(module, f"test_{module.removesuffix('.py').replace('/', '_')}").split()
        own += SELDOM if module.startswith("rules/") else ()
        named = {n for n in known if any(name in self._measured.tests[n] for name in own)}
        rest = sorted(known.difference(first), key=lambda n: (n not in named, took[n]))
        chosen: list[int] = []
        spent = 0.0
        for n in (*first, *rest):
            spent += took[n]
            if chosen and spent > (AGAIN if self._again else MOST):
                break
            chosen.append(n)
        return chosen

    def _try(self, tests: Sequence[int], where: list[Any], code: Any) -> None:
        """In the child: change the function, run the tests; never returns."""
        status = 2
        try:
            resource.setrlimit(resource.RLIMIT_AS, (3 << 30, 3 << 30))
            for function in where:
                function.__code__ = code
            for each in self._caches:
                each.cache_clear()
            status = self._run(tests)
        finally:
            os._exit(status)

    def _run(self, tests: Sequence[int]) -> int:
        items = [self._items[self._measured.tests[n]] for n in tests]
        for place, (n, item) in enumerate(zip(tests, items, strict=True)):
            # Of processor time; what does not end by then is ended by the signal.
            signal.setitimer(signal.ITIMER_PROF, 1 + 3 * self._measured.took[n])
            following = items[place + 1] if place + 1 < len(items) else None
            reports = runtestprotocol(item, nextitem=following, log=False)
            if any(report.failed for report in reports):
                (KEPT / f"killer.{os.getpid()}").write_text(str(place))
                return 1
        return 0


def _killer(pid: int) -> int:
    """Place of the test that killed the mutant of that process."""
    path = KEPT / f"killer.{pid}"
    place = int(path.read_text())
    path.unlink()
    return place


def results() -> list[dict[str, Any]]:
    """What is known; of a mutant that was run again, what came last."""
    if not RESULTS.exists():
        return []
    found = map(json.loads, RESULTS.read_text().splitlines())
    return list({(each["module"], each["mutant"]): each for each in found}.values())


def _caches() -> list[Any]:
    return [each for each in gc.get_objects() if isinstance(each, _lru_cache_wrapper)]


def _functions() -> dict[tuple[str, str, int], list[Any]]:
    """Functions of the core by file, qualified name and first line."""
    found: dict[tuple[str, str, int], list[Any]] = {}
    for each in gc.get_objects(generation=None):
        if isinstance(each, types.FunctionType):
            code = each.__code__
            if code.co_filename.startswith(str(CORE)):
                key = code.co_filename, code.co_qualname, code.co_firstlineno
                found.setdefault(key, []).append(each)
    return found


def _wait(pid: int, seconds: float) -> int | None:
    """Exit status of the child, negative for a signal; None where it had to be ended."""
    until = time.monotonic() + seconds
    pause = 0.002
    while time.monotonic() < until:
        done, status = os.waitpid(pid, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status)
        time.sleep(pause)
        pause = min(pause * 1.5, 0.05)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    return None
