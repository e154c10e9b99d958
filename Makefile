# Everything from a fresh clone: `make site`, `make test`. Needs git, make and Python 3.11 or newer; the rest is set up here.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
SHELL := /bin/sh
.SHELLFLAGS := -eu -c

# The interpreter that makes .venv; empty: the newest python3 found, 3.11 at least.
PYTHON ?=
# Processes that share the tests.
WORKERS ?= 3
# Of `make check`: text, github or json.
FORMAT ?= text
# Of `make diff`: a commit, or the folder of another digest.
BASE ?= main
# Of `make serve`.
PORT ?= 8000
# Of `make bench`: 600, hf or all; several in quotes.
SIZE ?= hf

VENV := .venv
RUN := $(VENV)/bin/python -m
DIGEST := $(RUN) generator
PIP := PYTHONWARNINGS= $(RUN) pip --disable-pip-version-check --quiet --quiet
# pip compiles what it installs, but for what is editable: a tenth of a second for each command, where Python may not write.
OURS := $(RUN) compileall -qq generator
COMPILE := $(RUN) uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	--no-strip-extras --no-emit-index-url --no-emit-find-links

.PHONY: help
help: ## say what there is to make
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' Makefile

.PHONY: site
site: $(VENV)/site.stamp ## build the site of content/ into site/
	@$(DIGEST) build
	@echo "the site is in site/; to look at it: make serve, then open http://127.0.0.1:$(PORT)/"

.PHONY: serve
serve: $(VENV)/site.stamp ## show the site at http://127.0.0.1:8000/ (PORT=8000), and again after every change
	@$(DIGEST) serve --port $(PORT)

.PHONY: check
check: $(VENV)/site.stamp ## every problem in content/ (FORMAT=text|github|json)
	@$(DIGEST) check --format $(FORMAT)

.PHONY: diff
diff: $(VENV)/site.stamp ## what content/ does to the site, compared with a commit (BASE=main)
	@$(DIGEST) diff $(BASE)

.PHONY: test
test: lint ## lint, types, import layers, then the tests
	@$(RUN) tools.browser
	@$(RUN) pytest --numprocesses=$(WORKERS) --dist=loadfile

.PHONY: coverage
coverage: $(VENV)/dev.stamp ## the tests, and which branches they never take (twice the time; 95 % or more must be taken)
	@$(RUN) tools.browser
	@$(RUN) pytest --numprocesses=$(WORKERS) --dist=loadfile --cov --cov-report=term

.PHONY: test-full
test-full: test ## the tests, then the build of all recorded days (minutes; DIGEST_RECORDED names their folder)
	@$(RUN) pytest -m corpus

.PHONY: bench
bench: $(VENV)/dev.stamp ## our build beside other renderers, on recorded papers (SIZE=600|hf|all; DIGEST_RECORDED)
	@$(RUN) benchmarks.build --size $(SIZE)

.PHONY: bench-people
bench-people: $(VENV)/dev.stamp ## telling people of one name apart, beside simple methods (minutes; DIGEST_RECORDED)
	@$(RUN) benchmarks.people

.PHONY: lint
lint: $(VENV)/dev.stamp ## ruff, mypy, import-linter
	@$(RUN) ruff check .
	@$(RUN) ruff format --check .
	@$(RUN) mypy
	@$(VENV)/bin/python $(VENV)/bin/lint-imports --no-logo

.PHONY: format
format: $(VENV)/dev.stamp ## write the code as ruff wants it
	@$(RUN) ruff check --fix .
	@$(RUN) ruff format .

.PHONY: audit
audit: $(VENV)/dev.stamp ## the built site: HTML, links, fragments; the workflows (Node and Java where found)
	@$(RUN) tools.audit

.PHONY: screenshots
screenshots: $(VENV)/dev.stamp ## pictures of every kind of page of site/ into screenshots/ (phone and desktop, light and dark)
	@$(DIGEST) build
	@$(RUN) tools.browser
	@$(RUN) tools.screenshots site screenshots

.PHONY: pictures
pictures: $(VENV)/dev.stamp ## the pictures that are committed, of the README and of the page for curators
	@$(DIGEST) build
	@$(RUN) tools.browser
	@$(RUN) tools.pictures site

.PHONY: lock
lock: $(VENV)/dev.stamp ## renew requirements/*.txt and tools/audit/package-lock.json
	@$(COMPILE) --upgrade --group build --output-file requirements/site.txt pyproject.toml >/dev/null
	@$(COMPILE) --upgrade --group build --group dev --extra people --constraints requirements/site.txt \
		--output-file requirements/dev.txt pyproject.toml >/dev/null
	@$(COMPILE) --upgrade --group build --extra people --constraints requirements/dev.txt \
		--output-file requirements/people.txt pyproject.toml >/dev/null
	@if command -v npm >/dev/null; then \
		cd tools/audit && npm install --package-lock-only --ignore-scripts --save-exact --omit-lockfile-registry-resolved \
			hyperlink@latest lighthouse@latest vnu-jar@latest; \
	else echo "not renewed: tools/audit/package-lock.json (no npm)"; fi

.PHONY: clean
clean: ## remove what was built, keep what was installed
	rm -rf site .site-other .site-stage screenshots dist htmlcov .coverage .coverage.* .cache .hypothesis .mypy_cache .pytest_cache .ruff_cache .import_linter_cache
	rm -rf .audit/sites
	find generator tests tools -name __pycache__ -type d -prune -exec rm -rf {} +

.PHONY: distclean
distclean: clean ## remove what was installed too
	rm -rf $(VENV) .audit

# A stamp is newer than its lock once pip is through: a second run asks pip nothing.
$(VENV)/made.stamp: tools/venv.sh
	@PYTHON='$(PYTHON)' sh tools/venv.sh $(VENV)
	@touch $@

$(VENV)/site.stamp: requirements/site.txt pyproject.toml $(VENV)/made.stamp
	@echo "installing the locked packages into $(VENV) (once, a minute or so)"
	@$(PIP) install --require-hashes -r requirements/site.txt
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@$(OURS)
	@touch $@

# What tells people apart, beside what builds a site.
$(VENV)/people.stamp: requirements/people.txt pyproject.toml $(VENV)/made.stamp
	@echo "installing the locked packages into $(VENV) (once, a minute or so)"
	@$(PIP) install --require-hashes -r requirements/people.txt
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@$(OURS)
	@touch $(VENV)/site.stamp $@

$(VENV)/dev.stamp: requirements/dev.txt pyproject.toml $(VENV)/made.stamp
	@echo "installing the locked packages and the tests' into $(VENV) (once, a minute or two)"
	@$(PIP) install --require-hashes -r requirements/dev.txt
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@$(OURS)
	@touch $(VENV)/site.stamp $@
