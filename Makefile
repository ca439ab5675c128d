# Each target sets itself up: all it needs is make and Python 3.11 or newer.
PYTHON ?= python3
SECONDS ?= 20
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: demo test lint bench vectors schemas soak fuzz clean

demo: $(READY)  ## the whole story on one machine, in about a minute
	$(BIN)/custody demo

test: $(READY)  ## every test but the soaks
	$(BIN)/pytest

lint: $(READY)  ## formatting, style, types, direction of imports
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(READY)  ## speed, as ratios to floors measured in the same run
	$(BIN)/python -m bench

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

$(READY): pyproject.toml uv.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "custody needs Python 3.11 or newer: make PYTHON=/path/to/python3.11")'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	test -x $(BIN)/uv || $(BIN)/python -m ensurepip --upgrade >/dev/null
	test -x $(BIN)/uv || $(BIN)/python -m pip install --quiet --disable-pip-version-check uv==0.13.9
	UV_PROJECT_ENVIRONMENT=$(VENV) $(BIN)/uv sync --quiet --locked --all-extras --inexact
	touch $(READY)

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .fuzz dist build
