# The commands of the house; names are stable. Everything lands in .venv, node_modules and var.
PYTHON ?= python3
BIN := .venv/bin
export PEYVAND_DATA ?= $(CURDIR)/var
JOBS ?= 2

.PHONY: setup run test check bench lock messages clean

setup: .venv/ready node_modules/ready programs
	@$(BIN)/python tools/frontend.py
	@$(BIN)/python tools/messages.py compile

.venv/ready: requirements-dev.lock pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements-dev.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

node_modules/ready: package.json package-lock.json
	npm ci --silent --no-audit --no-fund
	@touch $@

.PHONY: programs
programs:
	@$(BIN)/python tools/programs.py

run: setup
	@$(BIN)/peyvand serve --demo

test: setup
	$(BIN)/pytest -n $(JOBS) --dist loadgroup --no-loadscope-reorder

check: setup
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports
	$(BIN)/mypy peyvand
	$(BIN)/python tools/messages.py check
	$(BIN)/python tools/migrations.py
	@$(MAKE) --no-print-directory test

bench: setup
	$(BIN)/peyvand bench ground

# Pinned without the address of any index.
lock: .venv/ready
	$(BIN)/python tools/lock.py

messages: setup
	$(BIN)/python tools/messages.py extract
	$(BIN)/python tools/messages.py compile

clean:
	rm -rf .venv node_modules .mypy_cache .ruff_cache .pytest_cache peyvand/foundation/ui/static/vendor
