# One command runs what CI runs (make test) and rewrites no tracked file; make fix repairs style.
# Stamps in .venv and js/node_modules make a target repeat its set-up only when what it read has changed.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMPS := $(VENV)/.stamps
# absolute, and first: Node from PyPI lies there where the system has none
export PATH := $(CURDIR)/$(VENV)/bin:$(PATH)
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export JUPYTER_PLATFORM_DIRS := 1
# small fits are faster on one thread, and two busy processes with two threads each wait for one another
export OMP_NUM_THREADS ?= 1
# threads that wait must not keep the other core busy
export OMP_WAIT_POLICY ?= passive

JS_SOURCES := $(shell find js/src js/style js/schema js/scripts -type f 2>/dev/null)
JS_SETTINGS := js/package.json js/package-lock.json js/tsconfig.json js/tsconfig.lab.json
STATIC := prodmon_widgets/static
LABEXTENSION := prodmon_widgets/labextension
BUILT := $(STATIC)/.built
QUICK := not browser and not notebook and not slow

.PHONY: help demo test quick fuzz fix bench bench-causes bench-estimation bench-leaks bench-pages test-floors goldens screenshots ready browser build lint clean
.DEFAULT_GOAL := help

help:
	@echo "make demo              open the story in JupyterLab (CHECK=1: run it headless and check its figures)"
	@echo "make test              everything that CI runs"
	@echo "make quick             checks and fast tests, no set-up, in a minute or two"
	@echo "make fuzz              property tests on examples drawn anew, 20 times as many (TIMES=100: as many times as you say)"
	@echo "make fix               repair what ruff can repair"
	@echo "make bench             figures of the cube, of a monitor, of a brush and of causes"
	@echo "make bench-causes      figures of causes and weak segments, against peers"
	@echo "make bench-estimation  figures of the estimates, against peers"
	@echo "make bench-leaks       what a page still holds after a hundred dashboards were opened and closed"
	@echo "make bench-pages       pages of peers on the same data, with screenshots, beside ours"
	@echo "make test-floors       the Python tests on the oldest versions that pyproject.toml allows"
	@echo "make goldens           write the golden vectors that Python and the browser share anew"
	@echo "make screenshots       write the golden screenshots and the README's picture anew"

# --- set-up -------------------------------------------------------------------------------------------------------

$(STAMPS)/venv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "prodmon-widgets needs Python 3.11 or later; name one: make PYTHON=python3.12 ..."; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/node: $(STAMPS)/venv scripts/node.sh
	@sh scripts/node.sh
	@touch $@

$(STAMPS)/tools: $(STAMPS)/venv pyproject.toml scripts/requirements.py
	@$(BIN)/python scripts/requirements.py build | xargs -d '\n' $(BIN)/pip install --quiet
	@touch $@

js/node_modules/.stamp: js/package.json js/package-lock.json $(STAMPS)/node
	@cd js && npm ci --no-fund --no-audit --loglevel=error
	@touch $@

$(BUILT): js/node_modules/.stamp $(STAMPS)/tools $(JS_SOURCES) $(JS_SETTINGS)
	@cd js && npm run --silent build
	@touch $@

# editable: an edit of Python needs no reinstall, an edit of TypeScript is built and copied below
$(STAMPS)/installed: pyproject.toml js/package.json $(STAMPS)/tools $(BUILT)
	@$(BIN)/python scripts/requirements.py run | xargs -d '\n' $(BIN)/pip install --quiet
	@$(BIN)/pip install --quiet --no-build-isolation --no-deps -e .
	@touch $@

$(STAMPS)/labextension: $(BUILT) $(STAMPS)/installed
	@rm -rf $(VENV)/share/jupyter/labextensions/prodmon-widgets
	@mkdir -p $(VENV)/share/jupyter/labextensions
	@cp -r $(LABEXTENSION) $(VENV)/share/jupyter/labextensions/prodmon-widgets
	@cp js/install.json $(VENV)/share/jupyter/labextensions/prodmon-widgets/
	@touch $@

ready: $(STAMPS)/labextension

build: $(BUILT)

browser: $(STAMPS)/venv
	@sh scripts/browser.sh

# --- what a user runs ---------------------------------------------------------------------------------------------

demo: ready
ifdef CHECK
	@$(BIN)/python scripts/check_demo.py
else
	@$(BIN)/prodmon demo
endif

# --- what a developer and CI run ----------------------------------------------------------------------------------

lint:
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	cd js && npm run --silent check
	cd js && npm run --silent test

# one at a time: a browser, its server and its kernel keep two cores busy, and a page that starves is no page that fails
test: ready browser lint
	$(BIN)/python -m pytest

quick: lint
	$(BIN)/python -m pytest -n 2 --dist loadfile -m "$(QUICK)"

# the tests above try the same examples every time; what this finds is named with a line that repeats it
fuzz:
	PRODMON_FUZZ=$(or $(TIMES),20) $(BIN)/python -m pytest -n 2 -m "hypothesis and not browser"

fix:
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/python scripts/architecture_page.py

bench: ready browser
	$(BIN)/python -m benchmarks.bench_cube
	$(BIN)/python -m benchmarks.bench_monitor
	$(BIN)/python -m benchmarks.bench_brush
	$(MAKE) bench-causes

bench-causes: ready
	@sh scripts/peers.sh
	$(BIN)/python -m benchmarks.bench_causes

bench-leaks: ready browser
	$(BIN)/python -m benchmarks.bench_leaks

bench-pages: ready browser
	@sh scripts/peer_pages.sh
	$(BIN)/python -W ignore -m benchmarks.peer_pages

bench-estimation: ready
	@sh scripts/estimation_peer.sh
	.venv-peers/estimation/bin/python -W ignore -m benchmarks.bench_estimation

test-floors: $(BUILT)
	@test -x .venv-floors/bin/python || $(PYTHON) -m venv .venv-floors
	@$(BIN)/python scripts/requirements.py floors > .venv-floors/floors.txt
	@.venv-floors/bin/pip install --quiet -r .venv-floors/floors.txt
	@.venv-floors/bin/pip install --quiet --no-build-isolation --no-deps -e .
	.venv-floors/bin/python -m pytest -n 2 --dist loadfile -m "$(QUICK)" -W default

goldens: ready
	$(BIN)/python -m tests.golden.make

screenshots: ready browser
	PRODMON_REFRESH_SCREENSHOTS=1 $(BIN)/python -m pytest tests/browser -m browser -k screenshot

clean:
	rm -rf $(STATIC) $(LABEXTENSION) js/lib js/node_modules $(VENV) .venv-floors
