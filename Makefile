# Needs Python 3.11 or newer and a package index; everything else goes into .venv.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
UV := .ci/uv
MARKS ?= not slow and not browser
ARGS ?=
COMPILE = $(UV) pip compile --quiet --universal --generate-hashes --no-header $(ARGS)

# Every program that a test starts would otherwise compile itself anew.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup demo run test crash simulate bench check fix migrate lock

help: ## show this
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-9s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

setup: $(READY) ## make .venv with everything in it (the others do this by themselves)

demo: $(READY) ## try Truce on this machine, without Slack
	$(BIN)/truce demo

run: $(READY) ## run the bot with app.yaml and .env
	$(BIN)/truce run

migrate: $(READY) ## bring the database up to date (run does so too)
	$(BIN)/truce migrate

test: $(READY) ## run the quick tests; MARKS= runs those in a browser and the slow ones too, ARGS="-k words" chooses
	$(BIN)/python -m pytest -n 2 --dist=worksteal -m "$(MARKS)" $(ARGS)

crash: $(READY) ## kill the real program at 200 moments and named places, on each database (some 15 minutes)
	$(BIN)/python -m tests.crash $(ARGS)

simulate: $(READY) ## play a quarter of a company and count its reminders anew; ARGS="--leads 500 --kills 30" chooses
	$(BIN)/python -m tests.simulate $(ARGS)

bench: $(READY) ## measure speed and memory, as ratios (some minutes; nothing else may run); ARGS="click" chooses
	$(BIN)/python -m tests.bench $(ARGS)

check: $(READY) ## all that must hold besides the tests: format, lints, types, who imports whom
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

fix: $(READY) ## format, and mend what the lints can mend by themselves
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .

lock: $(BIN)/python ## write both lock files after a change in pyproject.toml; ARGS=--upgrade takes what is newest
	$(COMPILE) --output-file requirements.lock pyproject.toml
	$(COMPILE) --output-file requirements-dev.lock --extra dev pyproject.toml

# Re-made when a lock or the project changes; a second call does nothing.
$(READY): requirements-dev.lock pyproject.toml | $(BIN)/python
	$(UV) pip install --quiet --python $(BIN)/python --require-hashes -r requirements-dev.lock
	$(UV) pip install --quiet --python $(BIN)/python --no-build-isolation --no-deps --editable .
	@touch $@

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Truce needs Python 3.11 or newer: make PYTHON=python3.12 ...")'
	$(PYTHON) -m venv --clear $(VENV)
