# `make` alone tells what there is. Every target makes its environment first, and at once when nothing has changed.

PYTHON ?= python3
ARGS ?=

ifeq ($(OS),Windows_NT)
BIN := .venv/Scripts
else
BIN := .venv/bin
endif
RUN := $(BIN)/python -m

.DEFAULT_GOAL := help
.PHONY: help run demo test lint format fuzz bench pictures lock clean environment test-environment

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1  \2/p' Makefile | awk '{ printf "  make %-10s", $$2; $$1 = $$2 = ""; print }'

run: environment ## open Memex on your sessions (ARGS="search 'linker not found'" for a verb)
	@$(RUN) memex $(ARGS)

demo: environment ## open Memex on the demo library
	@$(RUN) memex demo $(ARGS)

test: lint ## everything CI runs: linters, types, import contract, tests
	$(RUN) pytest -q $(ARGS)

lint: test-environment ## linters, types and import contract alone
	$(RUN) ruff check .
	$(RUN) ruff format --check .
	$(RUN) mypy
	$(BIN)/lint-imports

format: test-environment ## lay out the code and mend what can be mended
	$(RUN) ruff check --fix .
	$(RUN) ruff format .

fuzz: test-environment ## read 20,000 mutants of real transcripts (ARGS="COUNT SEED")
	@$(RUN) tests.transcripts.fuzz $(ARGS)

bench: test-environment ## measure, with the raw limits beside each figure
	@$(RUN) tests.bench $(ARGS)

pictures: test-environment ## draw docs/pictures anew
	@$(RUN) tests.pictures $(ARGS)

lock: test-environment ## write constraints.txt from what .venv holds
	@{ sed -n '/^#/p' constraints.txt; $(RUN) pip freeze --exclude-editable | sed 's/+cpu$$//'; } > constraints.new
	@mv constraints.new constraints.txt

clean: ## remove .venv and every cache
	rm -rf .venv build dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find memex tests scripts -name __pycache__ -type d -prune -exec rm -rf {} +

environment:
	@$(PYTHON) scripts/bootstrap.py

test-environment:
	@$(PYTHON) scripts/bootstrap.py --test
