# Needs Python 3.11 or later with its venv module, git and make. All else goes into .venv; the system's own
# Python packages are left alone.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin

.PHONY: help plan test lint samples clean

help:
	@echo "make plan     plan inputs/coalition.xlsx and say where to look"
	@echo "make test     run all tests"
	@echo "make lint     style, types and import contract"
	@echo "make samples  make the sample workbooks from their CSV folders"
	@echo "make clean    delete the environment and what builds leave"

plan: $(VENV)/.installed
	@$(BIN)/planner solve inputs/coalition.xlsx

test: $(VENV)/.ready-for-tests
	@$(BIN)/python -m pytest -n auto --maxprocesses 4 $(PYTEST_ARGS)

lint: $(VENV)/.ready-for-tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

samples: $(VENV)/.installed
	$(BIN)/python -m planner.workbook.convert inputs

# The stamps say what .venv holds; a changed pyproject.toml installs again.
$(VENV)/.installed: pyproject.toml
	@echo "Installing into $(VENV) (once; a minute or two) ..."
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade "pip>=25.1"
	@$(BIN)/python -m pip install --quiet --editable .
	@touch $@

$(VENV)/.ready-for-tests: $(VENV)/.installed
	@echo "Installing what the tests need ..."
	@$(BIN)/python -m pip install --quiet --group dev
	@touch $@

clean:
	rm -rf $(VENV) build dist planner/_models .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
