# Two commands are all one needs: `make run` and `make test`. `make help` lists the rest.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
RUN_FROM := pyproject.toml requirements.lock hatch_build.py
PIP := $(BIN)/python -m pip install -q --disable-pip-version-check
LOCK := $(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url
ASSETS := @$(BIN)/python hatch_build.py quiet
ARGS ?=
# What is compiled once is kept, whatever the shell says: the tests start hundreds of processes.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help run test hard story browser lint types bench texts docs lock clean

help: ## list these targets
	@grep -hE '^[a-z]+:.*## ' Makefile | awk -F ':.*## ' '{printf "  make %-9s %s\n", $$1, $$2}'

run: $(VENV)/.run ## install what is needed, make the demo once and serve it (PORT=8123 chooses the port)
	$(ASSETS)
	@$(BIN)/kmsvc demo $(if $(PORT),--port $(PORT)) $(ARGS)

test: export KMSVC_TEST_DOORS_ONCE ?= 1
test: $(VENV)/.test ## every test in its short form: rules, use cases on both databases, doors, browser
	$(ASSETS)
	@$(BIN)/python tools/ensure_chromium.py
	@KMSVC_NEED_BROWSER=1 $(BIN)/python -m pytest -n $${KMSVC_TEST_WORKERS:-2} --dist loadfile --no-loadscope-reorder $(ARGS)

hard: $(VENV)/.test ## the full figures (kills, faults, load), written to docs/reliability.md
	$(ASSETS)
	@$(BIN)/python tools/ensure_chromium.py
	@KMSVC_HARD=1 KMSVC_NEED_BROWSER=1 $(BIN)/python tools/reliability_report.py --run $(ARGS)

story: $(VENV)/.test ## only the flows told in order
	$(ASSETS)
	@$(BIN)/python -m pytest tests/stories $(ARGS)

browser: $(VENV)/.test ## only the browser tests
	$(ASSETS)
	@$(BIN)/python tools/ensure_chromium.py
	@KMSVC_NEED_BROWSER=1 $(BIN)/python -m pytest tests/browser $(ARGS)

lint: $(VENV)/.test ## ruff, the walls between packages, templates and texts
	@$(BIN)/ruff check --no-cache .
	@test ! -f .importlinter || $(BIN)/lint-imports --no-cache
	@$(BIN)/python tools/template_lint.py
	@$(BIN)/python tools/texts.py check

types: $(VENV)/.test ## mypy, strict on core and on every rules.py
	@$(BIN)/mypy

bench: $(VENV)/.bench ## measure and write docs/benchmarks.md
	$(ASSETS)
	@$(BIN)/python -m benchmarks $(ARGS)

texts: $(VENV)/.test ## collect new texts into the Chinese and English catalogues
	@$(BIN)/python tools/texts.py update

docs: $(VENV)/.test ## write the generated documents; PICTURES=1 takes the README's pictures too
	$(ASSETS)
	@set -e; for script in tools/docs_*.py; do [ -f "$$script" ] || continue; $(BIN)/python "$$script"; done
	@$(if $(PICTURES),$(BIN)/python tools/pictures.py,true)

lock: $(VENV)/.test ## resolve every lock anew from pyproject.toml and assets.toml (UPGRADE=1 takes newer releases)
	@$(PIP) uv
	@$(LOCK) $(if $(UPGRADE),--upgrade) pyproject.toml -o requirements.lock
	@$(LOCK) $(if $(UPGRADE),--upgrade) --group pyproject.toml:test -c requirements.lock -o requirements-test.lock
	@$(LOCK) $(if $(UPGRADE),--upgrade) --extra assistant pyproject.toml -c requirements-test.lock -o requirements-assistant.lock
	@$(LOCK) $(if $(UPGRADE),--upgrade) --group pyproject.toml:postgres -c requirements-test.lock -o requirements-postgres.lock
	@$(LOCK) $(if $(UPGRADE),--upgrade) --group pyproject.toml:bench -c requirements-test.lock -o requirements-bench.lock
	@$(BIN)/python hatch_build.py lock

clean: ## remove what was built; the demo in var/ and .venv stay
	rm -rf build dist test-results kmsvc/static/vendor .mypy_cache .ruff_cache .pytest_cache .hypothesis
	rm -f $(VENV)/.run kmsvc/translations/*/LC_MESSAGES/*.mo
	find kmsvc tests tools migrations benchmarks -name __pycache__ -prune -exec rm -rf {} + 2>/dev/null || true

# Stamps: what they stand for is done again only when a file it was made from is newer.
$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "kmsvc needs Python 3.11 or newer; PYTHON=/path/to/python3.11 make run names one."; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    echo "Installing python3-venv, which this Python lacks ..."; \
	    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends python3-venv >/dev/null; \
	  else \
	    echo "This Python has no venv. Install it (on Debian: apt-get install python3-venv), then run make again."; exit 1; \
	  fi; }
	@echo "Making $(VENV) ..."
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.run: $(RUN_FROM) | $(BIN)/python
	@echo "Installing what requirements.lock names ..."
	@$(PIP) --require-hashes -r requirements.lock
	@$(PIP) --no-deps -e .
	@touch $@

$(VENV)/.test: requirements-test.lock $(VENV)/.run
	@echo "Installing what requirements-test.lock names ..."
	@$(PIP) --require-hashes -r requirements-test.lock
	@touch $@

$(VENV)/.bench: requirements-bench.lock $(VENV)/.test
	@$(PIP) --require-hashes -r requirements-bench.lock
	@touch $@
