# What one does here, each by name. `make` alone lists them; what a target needs, it installs by itself.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.PHONY: help setup setup-test run test check lint format bench demo console screenshots lighthouse lock messages postgres
MAKEFLAGS += --no-print-directory

PORT ?= 5000
HOST ?= 127.0.0.1
BIN := .venv/bin
FLASK := $(BIN)/flask --app wsgi
# Two workers fit two cores; TESTS=tests/geo narrows a run, WORKERS=0 keeps it in one process.
WORKERS ?= 2
TESTS ?=

help: ## list what can be done
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## install what the service needs (packages, Python, Leaflet)
	@tools/setup run

setup-test:
	@tools/setup test

run: setup ## the demo municipality on http://127.0.0.1:5000 (PORT=… changes it)
	@exec $(BIN)/python -m tools.start --host $(HOST) --port $(PORT)

test: setup-test ## every test, on SpatiaLite and on PostgreSQL + PostGIS, with branch coverage
	@$(BIN)/pytest -n $(WORKERS) --dist=worksteal --database=both --cov --cov-report=term:skip-covered $(TESTS)

check: lint test ## what must hold before a change goes in: lint, import contracts, every test

lint: setup-test ## style, types, templates and the layers of the house
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/djlint templates --lint --quiet

format: setup-test ## put the code in its usual form
	@$(BIN)/ruff check --fix
	@$(BIN)/ruff format

bench: setup-test ## measure speed and quality, as ratios within one run (BENCH=--full for the sizes of docs/performance.md)
	@$(BIN)/python -m bench $(BENCH)

demo: setup ## load the demo municipality into the database (adds to an empty one)
	@$(FLASK) db upgrade
	@$(FLASK) demo

console: setup ## a Python prompt with the service's database
	@$(FLASK) shell

screenshots: setup-test ## every page at 360 and 1280 px, into build/screenshots
	@$(BIN)/python tools/screenshots.py
	@$(BIN)/python tools/overview.py

lighthouse: setup-test ## Lighthouse on the residents' pages (installs it by its lock the first time; not part of the tests)
	@[ -e tools/lighthouse/node_modules/.package-lock.json ] || \
		npm ci --prefix tools/lighthouse --ignore-scripts --no-audit --no-fund --loglevel=error
	@$(BIN)/python -m tools.lighthouse

postgres: setup-test ## hold a throw-away PostGIS to try things on
	@$(BIN)/python -m tools.throwaway_postgres

messages: setup ## print the words of pages and code that the English catalogue lacks, as entries for it
	@mkdir -p build
	@$(BIN)/pybabel -q extract -F tools/babel.cfg -k _ -k N_ -k lazy_gettext -k tr:1 --no-location -o build/messages.pot \
		app templates
	@$(BIN)/python -m tools.missing_words build/messages.pot

lock: setup-test ## choose package versions anew, within the bounds of pyproject.toml and package.json
	@rm -f requirements.txt requirements-dev.txt
	@$(COMPILE) pyproject.toml -o requirements.txt
	@$(COMPILE) pyproject.toml --group dev -c requirements.txt -o requirements-dev.txt
	@npm install --package-lock-only --loglevel=error
	@echo "Chosen. 'make check' installs and tries them."

# --no-emit-index-url: a lock names packages and their hashes, never the place that they were fetched from.
COMPILE := .uv/bin/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header
