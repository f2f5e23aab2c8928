# Two commands matter: `make book` and `make test`. Each installs what it needs into .venv first.

PYTHON ?= python3
PORT ?= 8000

BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile
INSTALLED := .venv/installed
TESTING := .venv/testing
HTML := _build/html
NOTEBOOKS ?= $(sort $(wildcard book/*.ipynb))
LIBRARY := $(wildcard w2vlib/*.py w2vlib/exercises/* w2vlib/page/* w2vlib/data/*)

# One BLAS thread and a configuration of their own: the notebooks print and draw the same for everybody.
export OPENBLAS_NUM_THREADS := 1
export OMP_NUM_THREADS := 1
export MKL_NUM_THREADS := 1
export IPYTHONDIR := $(CURDIR)/.venv/ipython
export MPLCONFIGDIR := $(CURDIR)/.venv/matplotlib

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help book pdf slides serve test lint outputs bench lab binder pins clean

help: ## list the targets
	@echo "make TARGET   (PYTHON=python3.12 chooses the interpreter, 3.11 or newer)"
	@echo
	@sed -n 's/^\([a-z]*\):.*## /  \1\t/p' Makefile | expand -t 12

book: $(INSTALLED) _build/library ## run every notebook and build the book
	@$(BIN)/jupyter-book build . --all -W -n --keep-going \
		|| { echo "make book: failed; the first warning or error above says where." >&2; exit 1; }
	@test -f $(HTML)/index.html \
		|| { echo "make book: failed; $(HTML)/index.html was not written." >&2; exit 1; }
	@echo
	@echo "The book is in $(HTML). Open $(HTML)/index.html, or run 'make serve'."

pdf: book $(TESTING) ## build the book and print all of it into one PDF (needs Chromium)
	@$(BIN)/python tools/pdf.py $(HTML) _build/word2vec-made-fast.pdf

slides: $(TESTING) ## make a deck of slides of each chapter, for a projector
	@$(BIN)/python tools/slides _build/slides

serve: ## show the built book on http://127.0.0.1:8000 (PORT=8001 for another port)
	@test -f $(HTML)/index.html || { echo "make serve: no book yet; run 'make book' first." >&2; exit 1; }
	@$(PYTHON) -c 'import socket; socket.create_server(("127.0.0.1", $(PORT))).close()' 2>/dev/null \
		|| { echo "make serve: port $(PORT) is taken; try 'make serve PORT=8001'." >&2; exit 1; }
	@$(PYTHON) -m http.server $(PORT) --bind 127.0.0.1 --directory $(HTML)

# Two files of tests at a time, in their order: the chapters in a browser, which take longest, come early.
test: $(TESTING) ## run the unit tests, every notebook, and a strict build of the book
	@$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder \
		--nbval --nbval-current-env -rs

lint: $(TESTING) ## check the style of code, notebooks and scripts, and the workflows
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/oxlint --quiet w2vlib book/_static tools
	@$(BIN)/zizmor --offline --quiet .github

outputs: $(INSTALLED) ## run the notebooks and store their outputs (NOTEBOOKS=book/03_binary.ipynb, FRESH=1)
	@$(BIN)/python tools/outputs.py $(if $(FRESH),--fresh) $(NOTEBOOKS)
	@$(BIN)/python tools/ladder.py

bench: $(INSTALLED) ## compare the engines with others, by turns: 20 minutes on a quiet machine
	@$(BIN)/python tools/bench.py --memory

lab: $(INSTALLED) ## open the notebooks in JupyterLab
	@$(BIN)/jupyter lab --ServerApp.root_dir=. --LabApp.default_url=/lab/tree/book

# Binder's own packages first (as of repo2docker 2026.4), then ours, then the library as a package.
binder: ## run every chapter in a fresh environment like Binder's
	@rm -rf _build/binder && $(PYTHON) -m venv _build/binder
	@_build/binder/bin/python -m pip install --quiet --disable-pip-version-check \
		jupyterlab==4.4.9 notebook==7.4.7 ipywidgets==8.1.7 ipykernel==7.0.1
	@_build/binder/bin/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@_build/binder/bin/python -m pip install --quiet --disable-pip-version-check .
	@_build/binder/bin/python -m pip check
	@_build/binder/bin/python -m pip install --quiet --disable-pip-version-check -r requirements-test.txt
	@_build/binder/bin/python -m pytest -n 2 --dist loadfile --nbval --nbval-current-env book

# A pinned version stays while it fits. UPGRADE=1 takes the newest that have been out for a week, in which
# a bad one is mostly found.
UV := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --fork-strategy fewest \
	--generate-hashes --custom-compile-command "make pins" $(if $(UPGRADE),--upgrade --exclude-newer "7 days")

pins: ## write the pinned sets anew from pyproject.toml (UPGRADE=1: the newest versions)
	@test -x $(BIN)/uv || $(MAKE) --silent $(TESTING)
	@$(UV) pyproject.toml --extra lab --extra cluster --group binder -o requirements.txt
	@$(UV) pyproject.toml --extra book --extra cluster --group binder --group build \
		-c requirements.txt -o requirements-book.txt
	@$(UV) pyproject.toml --extra dev --group binder --group build -c requirements-book.txt \
		-o requirements-test.txt
	@$(UV) --group hub -c requirements-test.txt -o hub/requirements.txt

clean: ## remove everything that make made
	rm -rf .venv _build .pytest_cache .hypothesis .ruff_cache w2vlib.egg-info

# --clear: the environment holds the pinned set and nothing of an older one. --no-compile: Python does
# so when a module is first imported, and most never are. Matplotlib looks for the fonts now, because it
# would say so on a page if it did it later.
$(INSTALLED): requirements-book.txt pyproject.toml tools/ipython_kernel_config.py
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
		|| { echo "make: '$(PYTHON)' is missing or older than Python 3.11;" \
			"choose another: make PYTHON=python3.12" >&2; exit 1; }
	@echo "Installing into .venv (about a minute)"
	@$(PYTHON) -m venv --clear .venv
	@$(PIP) -r requirements-book.txt
	@$(PIP) --no-deps --no-build-isolation -e .
	@$(BIN)/python -c 'import matplotlib.font_manager'
	@mkdir -p $(IPYTHONDIR)/profile_default
	@cp tools/ipython_kernel_config.py $(IPYTHONDIR)/profile_default/
	@touch $@

$(TESTING): $(INSTALLED) requirements-test.txt
	@$(PIP) -r requirements-test.txt
	@touch $@

# The cache of executed notebooks does not know that the library has changed: forget it then.
_build/library: $(LIBRARY) $(INSTALLED)
	@rm -rf _build/.jupyter_cache
	@mkdir -p _build
	@touch $@
