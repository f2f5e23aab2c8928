# `make book` and `make test` matter; `make help` lists the others. tools/make.py does them, also where there
# is no make, and finds what is set here (make serve PORT=8001) in its environment.

PYTHON ?= python3
TARGETS := book pdf epub slides site serve test lint outputs bench lab binder pins install install-tests clean

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help $(TARGETS)

help $(TARGETS):
	@command -v $(PYTHON) >/dev/null \
		|| { echo "make: there is no '$(PYTHON)'; choose another: make PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) tools/make.py $@
