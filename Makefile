# Everything this project does, from a bare machine on: `make help` lists it.
# Needed beforehand: make, and some Python 3 with pip, or uv. All else goes into .tools/ and .venv/.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:
SHELL := /bin/sh
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_ROOT_USER_ACTION := ignore
unexport PYTHONDONTWRITEBYTECODE  # without bytecode every start would compile a hundred packages again

PYTHON := .venv/bin/python

# uv: the one on the PATH if it runs, else our own.
UV := $(shell uv --version >/dev/null 2>&1 && echo uv || echo .tools/uv/bin/uv)
OWN_UV := $(filter .tools/%,$(UV))

# Packages: those that `make run` needs, or the development ones from the first time that they were asked for.
WANTS_DEV := $(filter check format test soak validate digests pictures bench,$(MAKECMDGOALS))$(wildcard .venv/.ready/dev)
PACKAGES := .venv/.ready/$(if $(WANTS_DEV),dev,run)
COMPILED := .venv/.ready/compiled

# A file of tests at a time on each core, so that a file's tests share their server and browser.
TOGETHER := $(PYTHON) -m pytest -q --numprocesses auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder

.PHONY: help setup run test check format soak validate digests pictures bench lock clean browser again

help:  ## list these targets
	@sed -n 's/^\([a-z]*\):.*  ## /\1\t/p' Makefile | while IFS="$$(printf '\t')" read -r name what; do \
		printf '  make %-8s %s\n' "$$name" "$$what"; done

setup: $(PACKAGES) $(COMPILED)  ## set all up, and do nothing else
	@echo "Ready: make run, or .venv/bin/detente --help"

run: $(PACKAGES) $(COMPILED)  ## set all up, then serve the dashboard (OPTIONS="--port 9000")
	@echo "Starting the dashboard"
	@.venv/bin/detente dashboard $(OPTIONS)

test: browser $(PACKAGES) $(COMPILED)  ## set all up, then run the tests, compiled and not
	@echo "Testing"
	@$(TOGETHER)
	@echo "Testing with the rules uncompiled"
	@NUMBA_DISABLE_JIT=1 $(TOGETHER) -m "uncompiled and not soak"

check: $(PACKAGES)  ## check format, lint, types and import layers
	@echo "Checking format"
	@.venv/bin/ruff format --check --quiet --diff .
	@echo "Checking lint"
	@.venv/bin/ruff check --quiet .
	@echo "Checking types"
	@.venv/bin/pyright
	@echo "Checking import layers"
	@.venv/bin/lint-imports

format: $(PACKAGES)  ## put the code into its format, and mend what lint can mend
	@echo "Formatting"
	@.venv/bin/ruff check --quiet --fix-only .
	@.venv/bin/ruff format .

soak: $(PACKAGES) $(COMPILED)  ## run the long tests
	@echo "Running the long tests"
	@$(PYTHON) -m pytest -q -m soak

validate: $(PACKAGES) $(COMPILED)  ## put the model against what it did not make, and write docs/validation.md
	@echo "Validating"
	@.venv/bin/detente validate --markdown docs/validation.md --report artefacts/validation.html

digests: $(PACKAGES)  ## record trajectories and chronicles anew, after a change of the model that is meant
	@echo "Recording digests and chronicles"
	@NUMBA_DISABLE_JIT=1 PYTHONPATH=.:tests:tests/agents $(PYTHON) tests/record_digests.py

pictures: browser $(PACKAGES) $(COMPILED)  ## update the pictures in the README
	@echo "Taking pictures"
	@PYTHONPATH=.:tests $(PYTHON) tests/take_pictures.py

bench: $(PACKAGES) $(COMPILED)  ## measure the speed (OPTIONS=--browser: that of the pages)
	@echo "Measuring the speed"
	@$(PYTHON) -m benchmarks $(OPTIONS)

lock: $(OWN_UV)  ## pin the packages anew after a change in pyproject.toml (OPTIONS=--upgrade: newest versions)
	@echo "Pinning packages into .locks/"
	@$(PIN) pyproject.toml --output-file .locks/run.txt
	@$(PIN) pyproject.toml --extra dev --constraints .locks/run.txt --output-file .locks/dev.txt
	@echo setuptools | $(PIN) - --output-file .locks/build.txt
	@echo uv | $(PIN) - --output-file .locks/uv.txt

clean:  ## remove what make made: tools, packages and caches (your runs stay)
	@echo "Removing tools, packages and caches"
	@rm -rf .tools .venv build *.egg-info .pytest_cache .hypothesis .ruff_cache .import_linter_cache
	@find detente model agents experiments dashboards benchmarks tests -name __pycache__ -prune -exec rm -rf {} +

browser:
	@lacks=$$(.ci/lacks | xargs); [ -z "$$lacks" ] || { \
		echo "The browser tests lack something. Install it with: sudo apt-get install --yes $$lacks" >&2; exit 1; }

# Versions and hashes only, for every platform, and no URL: each machine asks whatever index it is set up with.
PIN = $(UV) pip compile --quiet --universal --python-version "$$(cat .python-version)" --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-header --no-annotate $(OPTIONS)

.tools/uv/bin/uv: .locks/uv.txt
	@echo "Setting up: getting uv into .tools/"
	@rm -rf .tools/uv
	@for python in python3 /usr/bin/python3 python3.13 python3.12 python3.11 python; do \
		if $$python -m pip --version >/dev/null 2>&1; then \
			exec $$python -m pip install --quiet --require-hashes --only-binary :all: --target .tools/uv -r $<; \
		fi; \
	done; echo "No Python 3 with pip here. Install it with: sudo apt-get install --yes python3-pip" >&2; exit 1
	@touch $@

# Made anew when the Python it points to is gone.
.venv/pyvenv.cfg: .python-version $(if $(realpath $(PYTHON)),,again) | $(OWN_UV)
	@echo "Setting up: a virtual environment in .venv/ with Python $$(cat .python-version)"
	@rm -rf .venv
	@$(UV) venv --quiet --python "$$(cat .python-version)" .venv

.venv/.ready/%: .locks/%.txt .locks/build.txt pyproject.toml .venv/pyvenv.cfg | $(OWN_UV)
	@echo "Setting up: packages from $<"
	@$(UV) pip sync --quiet --python .venv --require-hashes --compile-bytecode $<
	@$(UV) pip install --quiet --python .venv --no-deps --build-constraints .locks/build.txt --editable .
	@mkdir -p $(@D) && touch $@

$(COMPILED): $(PACKAGES) $(shell find model experiments dashboards/classroom -name '*.py')
	@echo "Setting up: compiling the model"
	@$(PYTHON) -m compileall -q detente model agents experiments dashboards
	@$(PYTHON) -m experiments.engine.warmup
	@$(PYTHON) -m dashboards.classroom.warmup
	@touch $@
