# `make help` lists what can be done. Needs Python 3.11 or newer, nothing else.

PORT ?= 8000
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)

BIN := .venv/bin
MANAGE := $(BIN)/python manage.py
RUNTIME := .venv/.installed
DEV := .venv/.installed-dev
# Starts the embedded servers for one command, unless they run or others are named by URL.
WITH_SERVERS := $(BIN)/python -m retail.embedded.servers during

export PORT
.DEFAULT_GOAL := help
.PHONY: help setup run reset test journeys check formatted format lint types contracts \
	templates faults migrations bench bench-switch bench-growth bench-profile bench-oscar pictures photos books migrate-all seed messages lock

help: ## This list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

setup: $(DEV) ## Install everything for development into .venv

run: $(RUNTIME) ## Start the whole house (PORT=8000); Ctrl-C stops it
	@exec $(BIN)/python -m retail.running

reset: $(RUNTIME) ## Forget all data of the embedded servers
	@$(BIN)/python -m retail.running --reset

test: $(DEV) ## Run all tests (ARGS='tests/pos -k chain')
	@$(BIN)/python -m pytest -n 3 --dist loadfile --no-loadscope-reorder $(ARGS)

faults: $(DEV) ## The long ones: storms, races, journeys of pickups, switches under traffic
	@$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder -m faults $(ARGS)

journeys: $(DEV) ## Only the browser journeys through the running house
	@$(BIN)/python -m pytest tests/journeys $(ARGS)

check: $(DEV) ## Format, lint, arrows, types, templates, migrations, Django's checks
	@$(MAKE) --no-print-directory --keep-going formatted lint contracts types templates migrations

formatted: $(DEV)
	$(BIN)/ruff format --check --output-format concise .

format: $(DEV) ## Format code and templates, and mend what can be mended
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .
	-@git ls-files -z -- '*.html' | xargs -0r $(BIN)/djade --target-version 5.2

lint: $(DEV) ## Lint
	$(BIN)/ruff check .

contracts: $(DEV) ## Dependencies between rooms point down
	$(BIN)/lint-imports

types: $(DEV) ## Types of inventory and retail
	RETAIL_NO_DATABASE=1 $(BIN)/mypy inventory retail

templates: $(DEV) ## Templates are formatted
	git ls-files -z -- '*.html' | xargs -0r $(BIN)/djade --check --target-version 5.2

migrations: $(DEV) ## No migration is missing, and Django has no warning
	RETAIL_NO_DATABASE=1 $(BIN)/python -W ignore manage.py makemigrations --check --dry-run
	$(MANAGE) check --fail-level WARNING

bench: $(DEV) ## Measure (writes var/bench.json)
	$(BIN)/python -m bench.run $(ARGS)

bench-switch: $(DEV) ## Measure a switch there and back (ARGS='--customers 100000')
	$(BIN)/python -m bench.switching $(ARGS)

bench-growth: $(DEV) ## Measure with 10 and 100 times as much in the house
	$(BIN)/python -m bench.growing $(ARGS)

bench-profile: $(DEV) ## Where the CPU of one operation goes (ARGS='product/html')
	$(BIN)/python -m bench.profiling $(ARGS)

bench-oscar: $(DEV) ## Measure django-oscar on this machine, installed from PyPI for it
	$(BIN)/python -m bench.peers.oscar

pictures: $(DEV) ## Take the documents' pictures again, of the demo that runs on PORT
	$(BIN)/python -m bench.pictures http://localhost:$(PORT)

books: $(RUNTIME) ## Do the books hold? On the running house
	@$(WITH_SERVERS) $(MANAGE) books check $(ARGS)

migrate-all: $(RUNTIME) ## Migrate every database
	RETAIL_DB_ROLE=owner $(WITH_SERVERS) $(MANAGE) migrate_all

seed: $(RUNTIME) ## Fill empty demo databases (ARGS='--fresh --level omnichannel')
	$(WITH_SERVERS) $(MANAGE) seed $(ARGS)

messages: $(DEV) ## Collect texts and compile translations (needs gettext)
	$(MANAGE) makemessages --all --no-location --ignore .venv --ignore var
	$(MANAGE) compilemessages --ignore .venv

photos: $(DEV) ## Make the photographs' smaller and newer copies (ARGS=--all: all of them)
	RETAIL_NO_DATABASE=1 $(BIN)/python -m bench.photos $(ARGS)

lock: $(RUNTIME) ## Write requirements*.txt with every version and hash
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes \
		requirements.in -o requirements.txt
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes \
		-c requirements.txt requirements-dev.in -o requirements-dev.txt

# uv installs in seconds; where it cannot be had or reaches nothing, pip takes a minute.
define install
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || [ -x $(BIN)/uv ] || \
		{ echo "This Python has no pip: install your system's python3-venv." >&2; exit 1; }
	@[ -x $(BIN)/uv ] || $(BIN)/python -m pip install -q --disable-pip-version-check uv || true
	@{ [ -x $(BIN)/uv ] && \
		$(BIN)/uv pip install -q --python $(BIN)/python --require-hashes -r $(1); } || \
		{ echo "Installing with pip: this takes a minute" && \
		$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r $(1); }
	@touch $(2)
endef

.venv/bin/python:
	@[ -n "$(PYTHON)" ] || { echo "Python 3.11 or newer is needed: make PYTHON=/path/to/python" >&2; exit 1; }
	@echo "Making .venv with $$($(PYTHON) --version)"
	@$(PYTHON) -m venv .venv

$(RUNTIME): requirements.txt | .venv/bin/python
	@echo "Installing what the product runs on"
	$(call install,requirements.txt,$(RUNTIME))

$(DEV): requirements-dev.txt $(RUNTIME) | .venv/bin/python
	@echo "Installing what tests and checks need"
	$(call install,requirements-dev.txt,$(DEV))
