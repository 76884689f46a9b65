# Two commands: `make demo` and `make test`. Each makes what it needs first and says so.
# Needs python3 (3.11 or later) and make.
PYTHON ?= python3
OUT ?= demo
INPUTS := pyproject.toml constraints.txt
PIP := -m pip install --quiet --disable-pip-version-check

.PHONY: demo test test-core lint format benchmarks notebooks docs clean

demo: .venv/demo.stamp
	@echo "== make demo: tables, VGG-19 under two schemes, a picture and LaTeX, into $(OUT)/"
	.venv/bin/symvar demo --out $(OUT)

test: .venv/test.stamp lint
	@echo "== make test: every test, torch and ONNX included"
	.venv/bin/python -m pytest

# An environment of its own, without torch, onnx, matplotlib and pandas: the core must not need them.
test-core: .venv-core/test.stamp
	@echo "== make test-core: the tests that need no optional package, where none is installed"
	SYMVAR_CORE_ONLY=1 .venv-core/bin/python -m pytest

lint: .venv/test.stamp
	@echo "== lint and types"
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy

format: .venv/test.stamp
	.venv/bin/ruff check --fix .
	.venv/bin/ruff format .

benchmarks: .venv/test.stamp
	.venv/bin/python -m benchmarks $(OUT)

notebooks: .venv/test.stamp
	@echo "== make notebooks: every notebook of derivations/ run, as .ipynb and HTML, into $(OUT)/"
	.venv/bin/python -m symvar.emit.notebooks $(OUT)

docs: .venv/test.stamp
	@echo "== make docs: the site, notebooks run, warnings as errors, into $(OUT)/site/ (some minutes)"
	.venv/bin/python -m docs $(OUT)

.venv/bin/python .venv-core/bin/python:
	@echo "== making the environment $(patsubst %/bin/python,%,$@)"
	@$(PYTHON) -c 'import sys; sys.exit("symvar needs Python 3.11 or later, this is " + sys.version.split()[0] if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(patsubst %/bin/python,%,$@)

.venv/demo.stamp: $(INPUTS) | .venv/bin/python
	@echo "== installing symvar with what the demo needs (about half a minute)"
	.venv/bin/python $(PIP) -c constraints.txt -e '.[demo]'
	@touch $@

.venv/test.stamp: $(INPUTS) | .venv/bin/python
	@echo "== installing symvar with everything the tests need, torch included (about a minute)"
	.venv/bin/python $(PIP) -c constraints.txt -e '.[all,test]'
	@touch .venv/demo.stamp $@

.venv-core/test.stamp: $(INPUTS) | .venv-core/bin/python
	@echo "== installing symvar's core and the test tools"
	.venv-core/bin/python $(PIP) -c constraints.txt -e '.[test-core]'
	@touch $@

clean:
	rm -rf .venv .venv-core $(OUT)
