# Two commands matter: `make drill` and `make test`. Both set up what is missing and skip what is there.
# make itself exits with 2 whatever a recipe's status was (it prints that one); who needs pytest's own
# status (1 missed, 75 inconclusive) calls .venv/bin/pytest.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory
# Hundreds of Pythons are started: each module and each of the report's templates is compiled once.
unexport PYTHONDONTWRITEBYTECODE

BIN := .venv/bin
SETUP := compose/setup
FEATURE ?= features/replica_failure.feature
PYTEST_ARGS ?=
ON_PAPER := not engine and not browser and not sabotage and not torture and not foreign
ON_ENGINE := engine and not sabotage and not torture and not foreign
# What `make test` leaves to `make nightly`.
SOME := and not thorough
# Of the incidents' first drills those of which another one breaks and mends something alike: a
# process that dies and is started again, and what is undone inside a database.
ALIKE := load-balancer-down or application-instance-died or replication-slot-unread
MODULES := tests/unit tests/house tests/compose
# No test of a module is for these plugins, which are asked at each of thousands.
PLAIN := -p no:allure_pytest -p no:anyio
# `make mutants MODULES=...` names those of drills/; above it is another list.
MUTATED := $(if $(filter command line,$(origin MODULES)),$(MODULES))
# What takes longest begins first.
STACKS_FIRST := tests/real $(filter-out %/real %/__pycache__ %.py,$(wildcard tests/*))
N ?=
SEED ?= 1

# pytest's status 5: PYTEST_ARGS (-k, say) left none of these tests.
pytest = status=0; $(BIN)/pytest $(1) $(PYTEST_ARGS) || status=$$?; \
	[ $$status -eq 5 -a -n "$(if $(PYTEST_ARGS),some)" ] || exit $$status

.PHONY: help
help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: setup
setup: ## Virtual environment, container engine, base image, images of the stack
	@$(SETUP)/setup.sh

.PHONY: drill
drill: setup ## Run a drill and say where its report is (FEATURE=features/... for another one)
	@touch .setup/drill-began; status=0; $(BIN)/pytest $(FEATURE) $(PYTEST_ARGS) || status=$$?; \
	if [ reports/latest/report.html -nt .setup/drill-began ]; then \
	    echo "Report: $$(realpath --relative-to=. reports/latest/report.html)"; \
	fi; \
	exit $$status

.PHONY: test
test: setup lint rules unit paper engine ## What every change is held to: lint, types, alert rules, tests, a drill of each kind
	@$(call pytest,features -m "smoke and not ($(ALIKE))")

.PHONY: nightly
nightly: SOME =
nightly: setup lint rules modules paper engine drills sabotage foreign torture browser ## All there is, hours of it

.PHONY: drills
drills: setup ## All drills of all incidents, one after the other
	@$(call pytest,features)

.PHONY: unit
unit: venv ## Module by module and the house's own rules: no engine, no process of its own to wait for
	@$(call pytest,$(MODULES) $(PLAIN) -m "$(ON_PAPER) and not thorough" --hypothesis-profile=quick -n auto)

.PHONY: thorough
thorough: setup ## What `make test` leaves out of unit, paper and engine: all examples, one more of a kind
	@$(call pytest,$(MODULES) $(PLAIN) -m "$(ON_PAPER) and (thorough or hypothesis)" -n auto)
	@$(call pytest,tests $(MODULES:%=--ignore=%) -m "$(ON_PAPER) and thorough" -n $$((2 * $$(nproc))) --dist worksteal)
	@$(call pytest,$(STACKS_FIRST) -m "$(ON_ENGINE) and thorough" -n 2 --dist loadfile --no-loadscope-reorder)

.PHONY: modules
modules: venv ## All tests of `unit`, each property with all examples
	@$(call pytest,$(MODULES) $(PLAIN) -m "$(ON_PAPER)" -n auto --dist worksteal)

# Half of a drill on paper is waiting: two for each processor keep it busy.
.PHONY: paper
paper: venv ## Whole drills and whole runs of pytest on fakes, documents, set-up; no engine
	@$(call pytest,tests $(MODULES:%=--ignore=%) -m "$(ON_PAPER) $(SOME)" -n $$((2 * $$(nproc))) --dist worksteal)

.PHONY: engine
engine: setup ## Real containers: two modules at a time, real stacks in one; then who must be alone
	@$(call pytest,$(STACKS_FIRST) -m "$(ON_ENGINE) and not alone $(SOME)" -n 2 --dist loadfile --no-loadscope-reorder)
	@$(call pytest,tests -m "$(ON_ENGINE) and alone $(SOME)")

.PHONY: lint
lint: venv ## ruff (rules and format), mypy, shellcheck where it is installed
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@if command -v shellcheck >/dev/null; then shellcheck -x $(SETUP)/*.sh .ci/run; \
	else echo "shellcheck is not installed: shell scripts not checked"; fi

.PHONY: rules
rules: setup ## Unit tests of the alert rules (promtool)
	@$(SETUP)/rules_test.sh

.PHONY: browser
browser: venv ## Tests that look at a report in Chromium (installs it on Debian as root)
	@$(SETUP)/setup.sh browser
	@$(BIN)/pytest tests/browser -m browser $(PYTEST_ARGS)

.PHONY: sabotage
sabotage: setup ## Break stack, monitoring and drill in one way at a time: each must turn the drill red
	@$(BIN)/pytest tests/sabotage -m "" $(PYTEST_ARGS)

.PHONY: foreign
foreign: setup ## Drill three stacks that are not ours in every way, and break each: from the wheel
	@$(BIN)/pytest tests/foreign -m foreign $(PYTEST_ARGS)

.PHONY: torture
torture: setup ## Kill drills at every sync point and at random moments: nothing may be left (N=<drills, else the whole deck> SEED=1)
	@TORTURE_DRILLS=$(N) TORTURE_SEED=$(SEED) $(BIN)/pytest tests/torture/test_torture.py -m torture $(PYTEST_ARGS)

.PHONY: mutants
mutants: venv ## Change the code that judges, bit by bit: a unit test must fail (MODULES="judgement/data", else all; AGAIN=1: survivors)
	@$(BIN)/python -m tests.mutants --modules "$(MUTATED)" $(if $(AGAIN),--again)

.PHONY: venv
venv:
	@$(SETUP)/setup.sh venv

.PHONY: requirements
requirements: ## Resolve requirements/*.txt anew, with hashes, for every platform
	@$(SETUP)/lock.sh

.PHONY: clean
clean: ## Remove what set-up and tools made in this folder; engine, images and reports stay
	rm -rf .venv .setup build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
