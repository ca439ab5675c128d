# Each target sets itself up: all it needs is make and Python 3.11 or newer.
PYTHON ?= python3
SECONDS ?= 20
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
# Tests and demonstration start hundreds of processes: without its cache each compiles our sources.
export PYTHONDONTWRITEBYTECODE :=
# Tests of custody/core that need no ledger, terminal or disk.
CORE_TESTS = $(addsuffix .py,$(addprefix tests/test_,$(CORE_NAMES))) $(wildcard $(CORE_FAMILIES))
CORE_FAMILIES := $(addprefix tests/test_,adverse*.py archive*.py bag*.py checks_*.py rules*.py)
CORE_NAMES := against announced beside bounds canonical checkpoint content_places contents \
  digest disclosure dsse enrolment erased errors findings hidden_items hostile_bundles hostile_entries \
  keys later_bundles listed lost_states names note numbers payload proof reading record redacted \
  redacted_spoilt retention spoilt spoilt_conduct spoilt_members state statement subject_index summary \
  summary_bundles tags text touches tree trust vectors vectors_complete vectors_verdicts verify vouching

.PHONY: demo test lint bench vectors schemas soak fuzz cover mutants clean

demo: $(READY)  ## the whole story on one machine, in about a minute
	$(BIN)/custody demo

test: $(READY)  ## every test but the soaks
	$(BIN)/pytest

lint: $(READY)  ## formatting, style, types, direction of imports
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(READY)  ## speed, as ratios to floors measured in the same run; memory; large ledgers (an hour)
	$(BIN)/python -m bench $(FAMILIES)

vectors: $(READY)  ## make tests/vectors, and the tables and examples of SPEC.md, anew
	$(BIN)/python -m tests.vectors
	$(BIN)/python -m tests.spec_tables

schemas: $(READY)  ## make the JSON Schemas anew
	$(BIN)/python -m custody_schemas.jsonschema

soak: $(READY)  ## the tests that take minutes
	$(BIN)/pytest -m soak

fuzz: $(READY)  ## every reader of foreign bytes, given spoilt ones; SECONDS=20 of processor time each
	UV_PROJECT_ENVIRONMENT=$(VENV) $(BIN)/uv sync --quiet --locked --all-extras --inexact --group fuzz
	$(BIN)/python -m tests.fuzz --seconds $(SECONDS)

cover: $(READY)  ## does every branch of the trusted core have a test that takes it? (minutes)
	$(BIN)/coverage run -m pytest -q -n 0 $(CORE_TESTS)
	$(BIN)/coverage report

mutants: $(READY)  ## small changes of the trusted core: does a test notice each? (an hour or more)
	rm -rf mutants
	$(BIN)/python -m tests.mutants measure $(CORE_TESTS)
	$(BIN)/python -m tests.mutants run $(MODULES)
	$(BIN)/python -m tests.mutants run $(MODULES) --again
	$(BIN)/python -m tests.mutants show $(MODULES)

$(READY): pyproject.toml uv.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "custody needs Python 3.11 or newer: make PYTHON=/path/to/python3.11")'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	test -x $(BIN)/uv || $(BIN)/python -m ensurepip --upgrade >/dev/null
	test -x $(BIN)/uv || $(BIN)/python -m pip install --quiet --disable-pip-version-check uv==0.13.9
	UV_PROJECT_ENVIRONMENT=$(VENV) $(BIN)/uv sync --quiet --locked --all-extras --inexact
	touch $(READY)

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .fuzz .coverage mutants dist build
