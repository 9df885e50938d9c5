# Only shorter names for dev.py, which does the work and also runs where make is missing.
PYTHON ?= python3

.PHONY: run test long bench
run test long bench:
	$(PYTHON) dev.py $@
