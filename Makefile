# Set up, run, test and maintain the project. `make help` lists the targets.
# Requirements: make, and Python 3 with pip, or uv. Everything else is installed into .tools/ and .venv/.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:
SHELL := /bin/sh
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_ROOT_USER_ACTION := ignore
unexport PYTHONDONTWRITEBYTECODE  # without bytecode, each start compiles a hundred packages again

PYTHON := .venv/bin/python

# Use the uv on the PATH if it runs, else a local one.
UV := $(shell uv --version >/dev/null 2>&1 && echo uv || echo .tools/uv/bin/uv)
OWN_UV := $(filter .tools/%,$(UV))

# Install the packages that `make run` needs; the development packages only once a target needs them.
WANTS_DEV := $(filter check format test soak validate digests pictures bench,$(MAKECMDGOALS))$(wildcard .venv/.ready/dev)
PACKAGES := .venv/.ready/$(if $(WANTS_DEV),dev,run)
COMPILED := .venv/.ready/compiled

# Each worker takes one file at a time, so that the tests of a file share a server and a browser.
PYTEST_PARALLEL := $(PYTHON) -m pytest -q --numprocesses auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder

# Where .ci/words.txt, the list of words that this project does not use, is checked.
TEXTS := detente model agents experiments dashboards benchmarks tests docs README.md CONTRIBUTING.md CHANGELOG.md Makefile

.PHONY: help setup run test check format soak validate digests pictures bench lock clean browser missing

help:  ## list the targets
	@sed -n 's/^\([a-z]*\):.*  ## /\1\t/p' Makefile | while IFS="$$(printf '\t')" read -r name what; do \
		printf '  make %-8s %s\n' "$$name" "$$what"; done

setup: $(PACKAGES) $(COMPILED)  ## install the packages and compile the model
	@echo "Ready. Start the dashboard with: make run. List the commands with: .venv/bin/detente --help"

run: $(PACKAGES) $(COMPILED)  ## start the dashboard (OPTIONS="--port 9000")
	@echo "Starting the dashboard"
	@.venv/bin/detente dashboard $(OPTIONS)

test: browser $(PACKAGES) $(COMPILED)  ## run the tests, compiled and uncompiled
	@echo "Testing"
	@$(PYTEST_PARALLEL)
	@echo "Testing with the rules uncompiled"
	@NUMBA_DISABLE_JIT=1 $(PYTEST_PARALLEL) -m "uncompiled and not soak"

check: $(PACKAGES)  ## check format, lint, types, words and import layers
	@echo "Checking format"
	@.venv/bin/ruff format --check --quiet --diff .
	@echo "Checking lint"
	@.venv/bin/ruff check --quiet .
	@echo "Checking types"
	@.venv/bin/pyright
	@echo "Checking words"
	@.venv/bin/codespell --dictionary .ci/words.txt --regex '[A-Za-z][a-z]*' \
		--skip '*/data/*,*/fa.toml,*/former_names.py,*/test_former_names.py' $(TEXTS)
	@echo "Checking import layers"
	@.venv/bin/lint-imports

format: $(PACKAGES)  ## format the code and fix lint errors where possible
	@echo "Formatting"
	@.venv/bin/ruff check --quiet --fix-only .
	@.venv/bin/ruff format .

soak: $(PACKAGES) $(COMPILED)  ## run the tests that take minutes
	@echo "Running the long tests"
	@$(PYTHON) -m pytest -q -m soak

validate: $(PACKAGES) $(COMPILED)  ## run the validation; write its documents and what Explore knows of levers
	@echo "Validating"
	@.venv/bin/detente validate --markdown docs/validation.md --report artefacts/validation.html
	@.venv/bin/detente claims --markdown docs/claims.md --out artefacts/claims
	@$(PYTHON) -m dashboards.reports.calibration docs/calibration.md
	@$(PYTHON) -m dashboards.web.pages.explore.spans

digests: $(PACKAGES)  ## update the recorded digests after an intended change of the model
	@echo "Recording digests and chronicles"
	@NUMBA_DISABLE_JIT=1 PYTHONPATH=.:tests:tests/agents $(PYTHON) tests/record_digests.py

pictures: browser $(PACKAGES) $(COMPILED)  ## update the pictures in the README
	@echo "Taking pictures"
	@PYTHONPATH=.:tests $(PYTHON) tests/take_pictures.py

bench: $(PACKAGES) $(COMPILED)  ## measure performance (OPTIONS=--browser: of the pages)
	@echo "Measuring performance"
	@$(PYTHON) -m benchmarks $(OPTIONS)

lock: $(OWN_UV)  ## update the locked packages after a change in pyproject.toml (OPTIONS=--upgrade: newest versions)
	@echo "Locking packages in .locks/"
	@$(PIN) pyproject.toml --output-file .locks/run.txt
	@$(PIN) pyproject.toml --extra dev --constraints .locks/run.txt --output-file .locks/dev.txt
	@echo setuptools | $(PIN) - --output-file .locks/build.txt
	@echo uv | $(PIN) - --output-file .locks/uv.txt

clean:  ## remove tools, packages and caches; saved runs are kept
	@echo "Removing tools, packages and caches"
	@rm -rf .tools .venv build *.egg-info .pytest_cache .hypothesis .ruff_cache .import_linter_cache
	@find detente model agents experiments dashboards benchmarks tests -name __pycache__ -prune -exec rm -rf {} +

browser:
	@missing=$$(.ci/lacks | xargs); [ -z "$$missing" ] || { \
		echo "The browser tests need more packages. Install them with: sudo apt-get install --yes $$missing" >&2; exit 1; }

# Write versions and hashes for every platform, without URLs: each machine uses its configured package index.
PIN = $(UV) pip compile --quiet --universal --python-version "$$(cat .python-version)" --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-header --no-annotate $(OPTIONS)

.tools/uv/bin/uv: .locks/uv.txt
	@echo "Setting up: installing uv into .tools/"
	@rm -rf .tools/uv
	@for python in python3 /usr/bin/python3 python3.13 python3.12 python3.11 python; do \
		if $$python -m pip --version >/dev/null 2>&1; then \
			exec $$python -m pip install --quiet --require-hashes --only-binary :all: --target .tools/uv -r $<; \
		fi; \
	done; echo "Python 3 with pip is missing. Install it with: sudo apt-get install --yes python3-pip" >&2; exit 1
	@touch $@

# Recreated when the Python that it points to no longer exists.
.venv/pyvenv.cfg: .python-version $(if $(realpath $(PYTHON)),,missing) | $(OWN_UV)
	@echo "Setting up: creating a virtual environment in .venv/ with Python $$(cat .python-version)"
	@rm -rf .venv
	@$(UV) venv --quiet --python "$$(cat .python-version)" .venv

.venv/.ready/%: .locks/%.txt .locks/build.txt pyproject.toml .venv/pyvenv.cfg | $(OWN_UV)
	@echo "Setting up: installing packages from $<"
	@$(UV) pip sync --quiet --python .venv --require-hashes --compile-bytecode $<
	@$(UV) pip install --quiet --python .venv --no-deps --build-constraints .locks/build.txt --editable .
	@mkdir -p $(@D) && touch $@

$(COMPILED): $(PACKAGES) $(shell find model experiments dashboards/classroom -name '*.py')
	@echo "Setting up: compiling the model"
	@$(PYTHON) -m compileall -q detente model agents experiments dashboards
	@$(PYTHON) -m experiments.engine.warmup
	@$(PYTHON) -m dashboards.classroom.warmup
	@touch $@
