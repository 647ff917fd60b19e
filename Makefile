# `make` alone shows the verbs. Everything runs in .venv, which run.py makes.
PYTHON ?= python3
ifeq ($(OS),Windows_NT)
BIN := .venv/Scripts
else
BIN := .venv/bin
endif
CASES ?= 2000
SEED ?= 20261122

.DEFAULT_GOAL := help
.PHONY: help run build test lint trials screenshots bundle bench clean

help:  ## show these verbs
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

run:  ## install, build the database if needed, serve (HOST, PORT, BUNDLE)
	@$(PYTHON) run.py

build: .prepared  ## build the database from data/ and print what was built
	@$(BIN)/python -m towns build

test: .prepared-dev  ## everything that is checked: lint, types, layers, queries, unit, data, app and browser tests
	@$(BIN)/python scripts/test_tools.py
	@MAKE=$(MAKE) $(BIN)/python scripts/check.py

lint: .prepared-dev  ## ruff, mypy, import-linter, sqlfluff
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/sqlfluff lint queries

trials: .prepared-dev  ## long counted trials of verdicts, swaps, hostile SQL, sentences, slides and office files, into docs/trials.md (CASES, SEED)
	@$(BIN)/python scripts/trials.py --cases $(CASES) --seed $(SEED)
	@$(BIN)/python scripts/swap_trial.py --report
	@$(BIN)/python scripts/sql_trial.py --report
	@$(BIN)/python scripts/sentence_trial.py --report
	@$(BIN)/python scripts/stage_trial.py --report
	@$(BIN)/python scripts/office_trial.py --report

screenshots: .prepared-dev  ## the pictures of the README, into docs/pictures
	@$(BIN)/python scripts/test_tools.py
	@$(BIN)/python scripts/screenshots.py --readme

bundle: .prepared-dev  ## one archive that installs without a network, into dist/ (PYTHONS)
	@$(BIN)/python scripts/bundle.py $(if $(PYTHONS),--pythons "$(PYTHONS)")

bench: .prepared-dev  ## measure everything against its budget, into docs/performance.md (about half an hour)
	@$(BIN)/python scripts/test_tools.py
	@$(BIN)/python -m benchmarks

clean:  ## remove what can be made again: caches and built databases, not .venv, not releases
	@rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache var/versions var/CURRENT
	@find . -name __pycache__ -not -path './.venv/*' -prune -exec rm -rf {} +

.PHONY: .prepared .prepared-dev
.prepared:
	@$(PYTHON) run.py --install-only

.prepared-dev:
	@$(PYTHON) run.py --install-only --dev
