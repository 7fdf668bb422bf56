# Everything these targets make lives in .odoo/. `make help` lists them.
export HYPOTHESIS_STORAGE_DIRECTORY := $(CURDIR)/.odoo/hypothesis
export PYLINTHOME := $(CURDIR)/.odoo/pylint
PYTHON := .odoo/venv/bin/python
.DEFAULT_GOAL := help
.PHONY: help setup demo test lint i18n bench stop clean

help:  ## say what there is
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@echo
	@echo '  setup/db --help   databases for developers: make, install, test, serve, drop'

setup:  ## get Odoo, PostgreSQL, the Python packages and Chromium, what is missing of them
	@bash setup/get

demo: setup  ## play the scenario and leave Odoo running (DEMO_EXIT=1: stop everything after the table)
	@DEMO_EXIT=$(DEMO_EXIT) $(PYTHON) setup/run_demo.py

test: setup  ## run all tests (SUITE="kernel addons e2e" chooses, ARGS="-k lane -x" goes to pytest, JOBS=1: one by one)
	@JOBS=$(JOBS) $(PYTHON) setup/run_tests.py $(SUITE) $(if $(ARGS),-- $(ARGS))

lint: setup  ## run the checks of .pre-commit-config.yaml on all files
	@PRE_COMMIT_HOME=.odoo/pre-commit .odoo/venv/bin/pre-commit run --all-files

i18n: setup  ## export the texts of translated addons, and bring their i18n/*.po up to them (ADDONS="a b" chooses)
	@setup/db ready i18n && setup/db i18n i18n $(ADDONS) && setup/db drop i18n

bench:  ## measure beside the peers (ONLY=pipeline chooses)
	@bash setup/bench $(ONLY)

stop:  ## stop the demo's Odoo and the private PostgreSQL servers
	@if [ -x $(PYTHON) ]; then $(PYTHON) setup/stop.py; fi

clean:  ## stop everything and delete .odoo/
	@if [ -x $(PYTHON) ]; then $(PYTHON) setup/stop.py --forget; fi
	rm -rf .odoo
