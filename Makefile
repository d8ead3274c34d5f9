# Every command a developer types. Nothing has to be installed first but Python 3.11 and make.

PYTHON ?= python3
BIN := .venv/bin
RUN := $(BIN)/python
ROOMS := config core api accounts ledger webhooks processors operations connect payments checkout console
# Without a database: only the files matter here.
MANAGE := DJANGO_SETTINGS_MODULE=config.settings.test $(RUN) -W ignore manage.py
.DEFAULT_GOAL := help
.PHONY: help up test tested soak check static lint format types layers docs deploy-files migrations migrations-check bench sbom lock venv venv-dev

help:  ## Show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sort | awk -F ':.*## ' '{printf "  make %-18s %s\n", $$1, $$2}'

up: venv  ## Start Rialto: database, Redis, web, worker, beat and relay (RIALTO_HOME, RIALTO_PORT)
	@exec $(BIN)/rialto up

test: venv-dev  ## Run the tests on a throw-away PostgreSQL and Redis (args="-k name"); ends with the ten slowest
	@$(RUN) -m config.launcher.testing pytest -n 3 --durations=10 $(args)

soak: venv-dev  ## Repeat the tests of chance and faults many times (times=20 seed=N): half an hour or more
	@RIALTO_SOAK=$(or $(times),20) RIALTO_SEED=$(or $(seed),$(shell date +%s)) $(RUN) -m config.launcher.testing pytest -n 2 --durations=10 \
		tests/survival/test_ledger_faults.py tests/survival/test_processor_faults.py \
		tests/survival/test_crash_points.py tests/survival/test_chaos.py tests/connect/test_races.py tests/connect/test_oauth.py tests/connect/test_stories.py tests/connect/test_walk.py \
		tests/ledger/test_state_machine.py tests/ledger/test_seals.py tests/openapi/test_fuzz.py $(args)

# What only reads the files runs two at a time; what each says is kept together where make can.
# The last of it, the types, runs beside the start of the tests, which keeps one core busy.
check: venv-dev  ## Everything that CI runs
	@$(MAKE) -j 2 $(if $(filter output-sync,$(.FEATURES)),--output-sync=target) static tested

tested:
	@$(MAKE) $(if $(filter output-sync,$(.FEATURES)),--output-sync=none) test

static: types lint layers docs-check migrations-check

lint: venv-dev  ## Style: ruff's rules and format, and what bandit calls dangerous
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/bandit -q -ll -c pyproject.toml -r $(ROOMS)

format: venv-dev  ## Mend what ruff can mend
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

types: venv-dev  ## mypy --strict over every room
	@$(BIN)/mypy $(ROOMS)

layers: venv-dev  ## Who may know whom
	@$(BIN)/lint-imports --no-logo

docs: venv-dev  ## Write the reference pages that are made from the code
	@$(RUN) -m config.documents.reference

deploy-files: venv  ## Write what under deploy/ follows from the table of programs
	@$(RUN) -P -m config.deployment

sbom: venv-dev  ## Write what Rialto is made of, with licences and hashes, as CycloneDX (build/rialto.cdx.json)
	@$(RUN) -m config.documents.sbom

docs-check: venv-dev
	@$(RUN) -m config.documents.reference --check

messages: venv  ## Compile the translations of the pages for sellers, payers and operators
	@$(BIN)/pybabel -q compile -D django -d connect/locale
	@$(BIN)/pybabel -q compile -D django -d checkout/locale
	@$(BIN)/pybabel -q compile -D django -d payments/locale
	@$(BIN)/pybabel -q compile -D django -d console/locale

migrations: venv-dev  ## Make migrations (name=refund_reason, room=payments)
	@$(MANAGE) makemigrations $(room) $(if $(name),--name $(name))

migrations-check: venv-dev
	@$(MANAGE) makemigrations --check --dry-run

bench: venv  ## Measure payments, the ledger and memory; writes bench.json
	@$(RUN) -m config.bench

lock: venv  ## Resolve pyproject.toml into the hash-pinned locks
	@$(RUN) config/bootstrap.py lock

venv:
	@$(PYTHON) config/bootstrap.py

venv-dev:
	@$(PYTHON) config/bootstrap.py dev
