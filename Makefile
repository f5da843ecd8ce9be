PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
OUT    ?= report
INSTALL = $(BIN)/python -m pip install --quiet --disable-pip-version-check --editable
PACKAGES = fjlt landscape figures proofs_check

.PHONY: verify test check lowest docs wheel figures bench mutants clean
.DELETE_ON_ERROR:

verify: $(VENV)/.run            ## check every claim and write the report
	$(BIN)/proofs-check run --profile quick --out $(OUT)

test: $(VENV)/.test check       ## lint, types, docstrings, spelling, tests
	$(BIN)/pytest

check:                          ## lint, types, docstrings, spelling, state of the repository
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/numpydoc lint $$(find $(PACKAGES) -name '*.py')
	$(BIN)/codespell $(PACKAGES) tests mutants docs benchmarks examples *.md
	$(BIN)/repo-review .

lowest: $(VENV)/.base           ## the tests with the lowest versions that pyproject.toml admits
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	$(BIN)/uv venv --quiet --clear $(VENV)/lowest
	$(BIN)/uv pip install --quiet --python $(VENV)/lowest/bin/python --resolution lowest-direct --editable '.[test]'
	$(VENV)/lowest/bin/python -m pytest

docs: $(VENV)/.run              ## write the tables in docs/ anew from the stored results
	$(BIN)/python -m figures.documentation docs

wheel: $(VENV)/.base            ## build the wheel and the source distribution into dist/
	$(BIN)/python -m pip install --quiet --disable-pip-version-check build
	$(BIN)/python -m build --outdir dist

figures: $(VENV)/.run           ## every figure this version draws, in small, and the page of them
	$(BIN)/paper-figures make --all --out $(OUT)/figures
	$(BIN)/paper-figures gallery --out $(OUT)/figures

bench: $(VENV)/.bench           ## time the library against a copy and against other libraries
	$(BIN)/python -m benchmarks --out benchmarks/results

mutants: $(VENV)/.test          ## plant every fault of mutants/ in a copy and list those that nobody notices
	$(BIN)/python -m mutants --out $(OUT)/mutants $(ARGS)

clean:
	rm -rf $(VENV) report dist

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
	$(INSTALL) .
	@touch $@

$(VENV)/.test: $(VENV)/.base
	@echo "Installing into $(VENV) (about two minutes) ..."
	$(INSTALL) '.[test,lint]'
	@touch $@ $(VENV)/.run

$(VENV)/.bench: $(VENV)/.base
	@echo "Installing into $(VENV) (some minutes) ..."
	$(INSTALL) '.[bench]'
	@touch $@ $(VENV)/.run
