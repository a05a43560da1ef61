# Needs Python 3.11 or later with its venv module, git and make. All else goes into .venv; the system's own
# Python packages are left alone.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin

.PHONY: help plan test lint samples pins clean

help:
	@echo "make plan     plan inputs/coalition.xlsx and say where to look"
	@echo "make test     run all tests"
	@echo "make lint     style, types and import contract"
	@echo "make samples  make the sample workbooks from their CSV folders"
	@echo "make pins     pin the newest versions that pyproject.toml admits, and the lowest"
	@echo "make clean    delete the environment and what builds leave"

plan: $(VENV)/.installed
	@$(BIN)/planner solve inputs/coalition.xlsx

test: $(VENV)/.ready-for-tests
	@$(BIN)/python -m pytest -n auto --maxprocesses 4 --dist worksteal $(PYTEST_ARGS)

lint: $(VENV)/.ready-for-tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

samples: $(VENV)/.installed
	$(BIN)/python -m planner.workbook.write.convert inputs

# Exactly what pins/*.txt say is installed, by hash, and nothing is built that could fetch more.
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
PINNED := install --require-hashes --only-binary :all:

# The stamps say what .venv holds; a changed pyproject.toml or pin installs again.
$(VENV)/.installed: pyproject.toml pins/run.txt pins/build.txt
	@echo "Installing into $(VENV) (once; a minute or two) ..."
	@$(PYTHON) -m venv $(VENV)
	@$(PIP) $(PINNED) -r pins/run.txt -r pins/build.txt
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.ready-for-tests: $(VENV)/.installed pins/dev.txt
	@echo "Installing what the tests need ..."
	@$(PIP) $(PINNED) -r pins/dev.txt
	@touch $@

# One set for every platform and Python that pyproject.toml admits. What is already pinned is renewed too.
COMPILE = $(VENV)/renew/bin/uv pip compile --quiet --no-config --upgrade --universal --python-version 3.11 \
	--fork-strategy fewest --generate-hashes --no-emit-index-url --no-annotate --custom-compile-command "make pins"

pins:
	@$(PYTHON) -m venv $(VENV)/renew
	@$(VENV)/renew/bin/python -m pip install --disable-pip-version-check --quiet "uv>=0.8,<1"
	$(COMPILE) pyproject.toml --extra postgres --extra desk --group dev --output-file pins/dev.txt
	$(COMPILE) pyproject.toml --extra desk --constraint pins/dev.txt --output-file pins/run.txt
	$(COMPILE) --group build --constraint pins/dev.txt --output-file pins/build.txt
	$(COMPILE) pyproject.toml --extra desk --resolution lowest-direct --output-file $(VENV)/renew/lowest.txt
	$(COMPILE) pyproject.toml --extra desk --group build --group test --constraint $(VENV)/renew/lowest.txt --output-file pins/lowest.txt

clean:
	rm -rf $(VENV) build dist planner/_models .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
