# `make run` and `make test` do all the set-up on a machine with Python 3.11 or later and make.
# PYTHON=python3.12 chooses the interpreter; else a .venv that fits is kept, and the first Python that fits makes one.

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet
PYTEST := $(BIN)/pytest -n auto

# A stamp for each choice of interpreter, so that another PYTHON is noticed.
STAMP := $(VENV)/.losscli-$(subst /,_,$(PYTHON))

.PHONY: help run test test-slow check format bench clean

help: ## what there is to make
	@sed -n 's/^\([a-z-]*\):.*## /\1|/p' Makefile | awk -F'|' '{ printf "make %-10s %s\n", $$1, $$2 }'

run: $(STAMP).run ## the losses of two small real data sets
	$(BIN)/losscli eval sample_data/diabetes.csv
	@echo
	$(BIN)/losscli eval sample_data/doctor_visits.csv

test: $(STAMP).dev ## the tests
	$(PYTEST)

test-slow: $(STAMP).dev ## the simulations, minutes
	$(PYTEST) -m slow

check: $(STAMP).dev ## format, lint, types, tests (with imports and documentation)
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(PYTEST)

format: $(STAMP).dev ## write the format that check asks for
	$(BIN)/ruff format
	$(BIN)/ruff check --fix

bench: $(STAMP).dev ## speed and memory beside Polars and DuckDB, minutes
	$(BIN)/python benchmarks/bench_eval.py; evaluated=$$?; $(BIN)/python benchmarks/bench_compare.py; compared=$$?; \
	  $(BIN)/python benchmarks/bench_outliers.py; judged=$$?; \
	  $(BIN)/python benchmarks/bench_scaling.py && exit $$((evaluated + compared + judged))

clean: ## remove all that make made
	rm -rf $(VENV) build dist losscli.egg-info .mypy_cache .pytest_cache .ruff_cache .hypothesis benchmarks/data
	find losscli tests sample_data benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +

$(STAMP).run: $(STAMP).venv pyproject.toml
	$(PIP) --editable .
	@touch $@

$(STAMP).dev: $(STAMP).venv pyproject.toml
	$(PIP) --editable '.[dev]'
	@touch $@ $(STAMP).run

$(STAMP).venv:
	@fits() { "$$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; }; \
	version() { "$$1" -c 'import sys; print(sys.version)'; }; \
	found=; \
	for name in $(or $(PYTHON),python3 python3.14 python3.13 python3.12 python3.11 python); do \
	  if fits $$name; then found=$$name; break; fi; \
	done; \
	if fits $(BIN)/python && $(BIN)/python -m pip --version >/dev/null 2>&1 && \
	   { [ -z '$(PYTHON)' ] || { [ -n "$$found" ] && [ "`version $$found`" = "`version $(BIN)/python`" ]; }; }; then \
	  touch $@; exit 0; \
	fi; \
	if [ -z "$$found" ]; then \
	  echo 'losscli needs Python 3.11 or later, and $(or $(PYTHON),python3) is not. Name one: make PYTHON=/path/to/python3.12' >&2; \
	  exit 1; \
	fi; \
	echo "making $(VENV) with $$found"; \
	$$found -m venv --clear $(VENV) && touch $@ || { \
	  echo "$$found could not make $(VENV); on Debian and Ubuntu: apt-get install python3-venv" >&2; \
	  exit 1; \
	}
