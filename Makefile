# Everything a newcomer needs is Python 3.11, pip and make; the rest is installed into .venv, pinned with hashes.

PYTHON ?= python3
# Many tests wait for sockets and clocks: twice as many workers as a small machine has cores.
WORKERS ?= 4
# How much of the simulator: make sim SIM="--seeds 2 --days 20" is a minute of it.
SIM ?= --write
VENV   := .venv
RUN    := $(VENV)/bin/python
PIP    := $(VENV)/bin/pip --disable-pip-version-check --quiet

# Hundreds of processes run in the tests: byte code is kept, whatever the environment says, or each of them compiles it anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo test test-long lint lock docs bench score crash sim clients verifiers validate browser nginx websub fuzz clean

demo: $(VENV)/.demo           ## the whole job on a bundled portal, over real HTTP on this machine
	$(RUN) -m bridge demo

test: $(VENV)/.test           ## samples of everything, under three minutes
	$(RUN) -m pytest -n $(WORKERS) -m "not long"

test-long: $(VENV)/.test      ## the further cases and the dearest tests
	$(RUN) -m pytest -n $(WORKERS) -m long

lint: $(VENV)/.test           ## formatting, lint and types
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/ruff check .
	$(VENV)/bin/mypy

crash: $(VENV)/.test          ## kill ticks with SIGKILL at many moments and count what is lost or doubled
	$(RUN) -m bench.crash

clients: $(VENV)/.test        ## read the feeds with real feed readers (installs them with apt-get, npm and pip)
	PYTHON=$(RUN) tests/clients/run.sh

sim: $(VENV)/.test            ## a portal over 30 x 180 days of virtual time: what is lost, doubled, merged, missed; docs/simulation.md
	$(RUN) -m bench.sim $(SIM)

browser: $(VENV)/.test        ## the pages in Chromium, with axe-core (installs them with apt-get and npm)
	PYTHON=$(RUN) tests/browser/run.sh

nginx: $(VENV)/.test          ## the published folder behind a real nginx (installs it with apt-get)
	PYTHON=$(RUN) tests/nginx/run.sh

websub: $(VENV)/.test         ## pings to a real hub with a real subscriber (installs flask-websub in a temporary folder)
	PYTHON=$(RUN) tests/websub/run.sh

validate: $(VENV)/.test       ## every published document against schemas and validators (installs npm's in a temporary folder)
	PYTHON=$(RUN) tests/validators/run.sh

verifiers: $(VENV)/.demo      ## what we send, judged by npm's standardwebhooks and telegram-test-api (installs them in a temporary folder)
	PYTHON=$(RUN) tests/verifiers/run.sh

fuzz: $(VENV)/.test           ## random and mutated pages through the readers, ten minutes
	$(RUN) -m bench.fuzz --minutes 10

bench: $(VENV)/.test          ## timings as ratios to a baseline measured in the same run; kept in bench/
	$(RUN) -m bench
	$(RUN) -m bench.delivery
	$(RUN) -m bench.serving
	$(RUN) -m bench.rendering
	$(RUN) -m bench.extractors

score: $(VENV)/.test          ## how well the corpus is read, per field and kind of site; fails below the floors
	$(RUN) -m bench.score

docs: $(VENV)/.demo           ## docs/config.md from the configuration classes
	$(RUN) -m bridge.reference > docs/config.md

lock:                         ## rewrite both lock files from pyproject.toml
	test -d .venv-lock || $(PYTHON) -m venv .venv-lock
	.venv-lock/bin/pip install --quiet --upgrade pip pip-tools
	.venv-lock/bin/pip-compile --quiet --generate-hashes --strip-extras --allow-unsafe --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --extra serve --output-file requirements.lock pyproject.toml
	.venv-lock/bin/pip-compile --quiet --generate-hashes --strip-extras --allow-unsafe --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --extra serve --extra dev --constraint requirements.lock --output-file requirements-dev.lock pyproject.toml

clean:
	rm -rf $(VENV) .venv-lock demo-state build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.demo: requirements.lock | $(VENV)/bin/python
	$(PIP) install --require-hashes -r requirements.lock
	$(RUN) -m compileall -q bridge
	touch $@

$(VENV)/.test: requirements-dev.lock | $(VENV)/bin/python
	$(PIP) install --require-hashes -r requirements-dev.lock
	$(RUN) -m compileall -q bridge
	touch $@ $(VENV)/.demo
