# Everything for developers, and the demonstration. Works on Debian 12 or later as root with make and git alone.
SHELL := /bin/bash
.ONESHELL:
.SHELLFLAGS := -euo pipefail -c

# The system's Python is the one that QGIS uses; another may come first in PATH.
PYTHON := /usr/bin/python3
# Files of tests are spread over the cores; one thread of the BLAS each, so that they do not wait for each other.
PYTEST := OPENBLAS_NUM_THREADS=1 /usr/bin/pytest-3 -q -rsfE --numprocesses auto --dist loadfile --max-worker-restart 0
VENV := .venv
TOOLS := $(VENV)/bin

# Real data beside the checkout must be used where it is; on a build server it must be there.
DATA_FOLDER := $(wildcard ../shared/data)
export GROUNDLINE_REQUIRE_DATA ?= $(if $(or $(filter true,$(CI)),$(DATA_FOLDER)),1,)
export QT_QPA_PLATFORM ?= offscreen
export PYTHONDONTWRITEBYTECODE := 1

.PHONY: help setup lint test test-core test-qgis test-matrix package demo demo-sentinel1 benchmarks clean

help: ## List the targets
	@sed -nE 's/^([a-z-]+):.*## (.*)/\1\t\2/p' Makefile | expand -t 16

setup: $(VENV)/.made ## Install missing system packages and the developer tools

.PHONY: system-packages
system-packages:
	@scripts/setup.sh

$(VENV)/.made: requirements-dev.txt | system-packages
	rm -rf $(VENV)
	$(PYTHON) -m venv --system-site-packages $(VENV)
	$(TOOLS)/pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	touch $@

lint: setup ## Style, types of core, security
	$(TOOLS)/ruff check .
	mkdir -p build/lint
	ln -sfn ../.. build/lint/groundline
	MYPYPATH=build/lint $(TOOLS)/mypy -p groundline.core
	$(TOOLS)/bandit --quiet --configfile pyproject.toml --recursive __init__.py core processing plugin

test: lint test-core test-qgis ## Set-up, lint and all tests

test-core: setup
	$(PYTEST) tests/core

test-qgis: setup
	$(PYTEST) tests --ignore=tests/core

test-matrix: setup ## The tests under QGIS 3.40 and 3.44, in cached roots outside the checkout
	scripts/matrix.sh test

package: ## groundline.zip, ready for QGIS's "Install from ZIP"
	$(PYTHON) scripts/package.py groundline.zip

demo: setup ## The whole chain on a simulated scene, or on yours: make demo DATA=folder LINE=file
	scripts/demo.sh $(if $(DATA),"$(DATA)" $(if $(LINE),"$(LINE)"))

demo-sentinel1: setup ## From simulated Sentinel-1 images to a map of fringes
	scripts/demo.sh sentinel1

benchmarks: setup ## Speed measurements (not part of the tests)
	for script in tests/benchmarks/bench_*.py; do $(PYTHON) $$script; done

clean: ## Remove what the targets made in the checkout
	rm -rf build dist demo groundline.zip $(VENV) .mypy_cache .ruff_cache .pytest_cache .benchmarks
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
