# One door for people, pre-commit and CI. `make` alone lists the targets.
SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PY := .venv/bin/python
CONTRACTS := tests/stream/contracts
INSTALLED := .venv/.installed
JARS := .kafka/.installed
REFEREES := .referees/.installed
NODE_FOLDERS := $(CONTRACTS) tests/browser tests/monitoring
ARGS ?=
LOGS ?= ../shared/data

.PHONY: help install demo test check bench chaos soak quality format lock golden clean
.PHONY: install-redis install-kafka install-node install-chromium install-prometheus install-referees

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | sort | awk -F'\t' '{ printf "make %-14s %s\n", $$1, $$2 }'

install: $(INSTALLED) ## create .venv with everything pinned; needs Python 3.11 or newer and nothing else

$(INSTALLED): requirements.lock pyproject.toml $(wildcard online_models/native/*.p[xy][xyd])
	@deploy/workshop/make_venv
	@touch $@

demo: install ## a shop with live suggestions on this machine; options: make demo ARGS="--help"
	.venv/bin/tsuide demo $(ARGS)

test: install install-redis install-kafka install-node install-chromium install-prometheus install-referees ## all tests, on a real Redis, a real Kafka and in a real browser
	$(PY) -m pytest $(ARGS)

check: install ## lint, format, types, and the rules of this repository: what CI and pre-commit run
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	$(PY) -m pytest tests/repo -q

format: install ## put the code into the agreed form
	.venv/bin/ruff check --fix .
	.venv/bin/ruff format .

bench: install install-redis install-kafka install-chromium ## measure the claims of speed again
	$(PY) -m tests.benchmarks $(ARGS)

chaos: install install-redis install-kafka ## break everything at random under load, and count; make chaos ARGS="--minutes 5 --seed 2"
	$(PY) -m tests.chaos $(ARGS)

soak: install install-redis install-kafka ## 300 events/s for 30 minutes: whether the memory of worker, trainer and gateway stays flat; shorter: make soak ARGS="--soak 2"
	$(PY) -m tests.benchmarks --soak 30 $(ARGS)

quality: install ## measure the suggestions on all logs in LOGS and write the README's table again; a part: ARGS="--only taobao"
	$(PY) -m tests.quality $(LOGS) $(ARGS)

lock: install ## pin the newest versions that pyproject.toml allows
	.venv/bin/uv pip compile pyproject.toml --group dev --universal --python-version 3.11 --generate-hashes --upgrade \
	  --no-emit-index-url --no-annotate --custom-compile-command "make lock" --quiet --output-file requirements.lock
	.venv/bin/uv pip compile pyproject.toml --extra otel --group build --universal --python-version 3.11 --generate-hashes \
	  --constraint requirements.lock --no-emit-index-url --no-annotate --custom-compile-command "make lock" --quiet \
	  --output-file requirements.image.lock

golden: install install-node ## write the published contracts again; refuses an incompatible change
	$(PY) -m tests.stream.contracts.golden

install-redis: ## the machine's redis-server, where apt-get may install it
	@deploy/workshop/install_redis

install-kafka: ## Apache Kafka's jars into .kafka/, for the tests
	@deploy/workshop/install_kafka $(JARS)

install-node: ## the referees of contracts, pages and dashboard (AsyncAPI parser, TypeScript, axe, Grafana's types) into node_modules
	@for folder in $(NODE_FOLDERS); do deploy/workshop/install_node $$folder $$folder/node_modules/.installed; done

install-chromium: ## the machine's Chromium, where apt-get may install it, for the tests in a browser
	@deploy/workshop/install_chromium

install-referees: install ## what judges deploy/ (kustomize, hadolint, published schemas) into .referees/, for the tests
	@deploy/workshop/install_referees $(REFEREES)


install-prometheus: ## the machine's prometheus and promtool, where apt-get may install them, for the tests of the alerts
	@deploy/workshop/install_prometheus

clean: ## remove what the other targets made
	rm -rf .venv .kafka .referees $(NODE_FOLDERS:%=%/node_modules) .pytest_cache .mypy_cache .ruff_cache .hypothesis online_models/native/*.so
