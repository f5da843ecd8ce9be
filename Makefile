PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
OUT    ?= report
SITE   ?= docs/_build/html
# modules are compiled when first imported: most of them never are
INSTALL = $(BIN)/python -m pip install --quiet --no-compile --disable-pip-version-check --editable
# the formal proofs are checked anew where Rocq is, and otherwise taken from their record
FORMAL := $(if $(wildcard $(shell coqc -where 2>/dev/null)/user-contrib/mathcomp/algebra_tactics),--formal)
PACKAGES = fjlt landscape figures proofs_check

# Dozens of processes are started: without bytecode on disk each would compile PyTorch, SymPy and the rest again.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: verify test formal check documented test-lowest docs site linkcheck tables wheel figures bench history mutants clean
.DELETE_ON_ERROR:

verify: $(VENV)/.run            ## check every claim and write the report
	$(BIN)/proofs-check run --profile quick --out $(OUT) $(FORMAL)

test: $(VENV)/.test             ## lint, types, docstrings, spelling, claims, documentation, tests
	$(MAKE) -j 2 check documented
	REPORT=$(abspath $(OUT)) SITE=$(abspath $(SITE)) $(BIN)/pytest

documented: verify
	$(MAKE) site

formal: $(VENV)/.run            ## check the formal proofs anew with Rocq; says what to install
	$(BIN)/python -m proofs_check.formal $(ARGS)

check:                          ## lint, types, docstrings, spelling, state of the repository
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/numpydoc lint $$(find $(PACKAGES) -name '*.py')
	$(BIN)/codespell $(PACKAGES) tests mutants docs benchmarks examples *.md
	$(BIN)/repo-review .

test-lowest: $(VENV)/.lowest    ## the tests with the lowest versions that pyproject.toml admits
	$(VENV)/lowest/bin/python -m pytest

docs: $(VENV)/.docs             ## build the documentation into docs/_build/html
	$(BIN)/proofs-check run --profile quick --out $(OUT) --resume
	$(MAKE) site

site:                           ## the documentation from a report that is there
	rm -rf $(SITE) docs/_build/doctrees docs/gallery docs/claims docs/commands docs/api/generated
	REPORT=$(abspath $(OUT)) $(BIN)/python -m sphinx -W --keep-going -n -q -j 2 -d docs/_build/doctrees docs $(SITE)
	@echo "Wrote $(SITE)/index.html."

linkcheck: $(VENV)/.docs        ## ask every address that the documentation names; needs a network
	REPORT=$(abspath $(OUT)) $(BIN)/python -m sphinx -q -b linkcheck docs docs/_build/links

tables: $(VENV)/.run            ## write the tables and findings in docs/ anew
	$(BIN)/python -m figures.documentation docs/guides
	$(BIN)/python -m proofs_check.report.documentation docs/theory

wheel: $(VENV)/.base            ## build the wheel and the source distribution into dist/
	$(BIN)/python -m pip install --quiet --disable-pip-version-check build
	$(BIN)/python -m build --outdir dist

figures: $(VENV)/.run           ## every figure this version draws, in small, and the page of them
	$(BIN)/paper-figures make --all --out $(OUT)/figures; made=$$?; \
	$(BIN)/paper-figures gallery --out $(OUT)/figures && exit $$made

bench: $(VENV)/.bench           ## time the library against a copy and against other libraries
	$(BIN)/python -m benchmarks --out benchmarks/results
	$(BIN)/python -m benchmarks.growth

history: $(VENV)/.bench         ## time the main operations at a commit, by default the last; ARGS="v0.1..main" for several
	cd benchmarks && $(abspath $(BIN))/asv machine --yes && $(abspath $(BIN))/asv run $(or $(ARGS),HEAD^!)
	cd benchmarks && $(abspath $(BIN))/asv publish

mutants: $(VENV)/.test          ## plant every fault of mutants/ in a copy and list those that nobody notices
	$(BIN)/python -m mutants --out $(OUT)/mutants $(ARGS)

clean:
	rm -rf $(VENV) report dist docs/_build docs/gallery docs/claims docs/commands docs/api/generated

# The environment is stale when pyproject.toml is newer, when its interpreter is gone, or when the folder has moved.
ifneq ($(shell $(BIN)/python -c 'print(open("$(VENV)/.base").read())' 2>/dev/null),$(CURDIR))
.PHONY: $(VENV)/.base
endif

$(VENV)/.base: pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "Python 3.11 or newer is needed; name one with: make PYTHON=python3.12 ..."; exit 1; }
	rm -rf $(VENV)
	$(PYTHON) -m venv $(VENV)
	@printf '%s' '$(CURDIR)' > $@

$(VENV)/.run: $(VENV)/.base
	@echo "Installing into $(VENV) (about a minute) ..."
	$(INSTALL) '.[verify]'
	@touch $@

$(VENV)/.test: $(VENV)/.base
	@echo "Installing into $(VENV) (about two minutes) ..."
	$(INSTALL) '.[test,lint,docs]'
	@touch $@ $(VENV)/.run $(VENV)/.docs

$(VENV)/.docs: $(VENV)/.base
	@echo "Installing into $(VENV) (about two minutes) ..."
	$(INSTALL) '.[docs]'
	@touch $@ $(VENV)/.run

$(VENV)/.bench: $(VENV)/.base
	@echo "Installing into $(VENV) (some minutes) ..."
	$(INSTALL) '.[bench]'
	@touch $@ $(VENV)/.run

$(VENV)/.lowest: $(VENV)/.base tests/lowest.py
	@echo "Installing the lowest versions into $(VENV)/lowest (some minutes) ..."
	rm -rf $(VENV)/lowest
	$(BIN)/python -m venv $(VENV)/lowest
	$(VENV)/lowest/bin/python -m pip install --quiet --disable-pip-version-check packaging
	$(VENV)/lowest/bin/python tests/lowest.py > $(VENV)/lowest.txt
	$(VENV)/lowest/bin/python -m pip install --quiet --no-compile --disable-pip-version-check --requirement $(VENV)/lowest.txt
	$(VENV)/lowest/bin/python -m pip install --quiet --no-deps --disable-pip-version-check --editable .
	@touch $@
