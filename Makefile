# One-word commands; CI runs the same ones.
PYTHON ?= python3
BIN := .venv/bin
WORKERS := $(shell echo $$(( 2 * $$(getconf _NPROCESSORS_ONLN) ))) # of the tests, many of which wait for a server or a browser

unexport PYTHONDONTWRITEBYTECODE # or every process of the tests compiles anew what it imports

ALONE := tests/adversary/test_guard.py tests/adversary/test_vault.py # the guard and the vault alone

ADDED := tests/play/test_what_is_allowed.py tests/play/test_words_of_ours.py tests/server/test_faults.py \
	$(addprefix tests/mutation/test_kills.py::,test_the_honest_server_is_clean test_each_kill_is_by_few_causes)

.PHONY: demo load test recipe check docs pictures soak questions patches untold fuzz adversary browser bench bench-latency bench-server bench-scale bench-recorder bench-load peers kills imagined honest loads crowd reproductions steady findings install clean

demo: install ## Play Okta against the bundled reference server
	$(BIN)/scim-tests run --reference

load: .venv/dev-installed ## A load of half a minute on the bundled reference server
	$(BIN)/scim-tests load --reference --assign 500 --rate 50 --import 2000

test: .venv/dev-installed browser ## Run the test suite
	$(BIN)/pytest -n $(WORKERS) --dist worksteal

recipe: .venv/dev-installed ## The tests that a recipe of CONTRIBUTING.md can turn red
	$(BIN)/pytest -n auto tests/test_*.py tests/unit $(ADDED)

check: .venv/dev-installed ## Lint and type-check
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

docs: .venv/dev-installed ## Put a real run into the README, and what the data say into docs
	$(BIN)/python scripts/excerpts.py
	$(BIN)/python scripts/act_pages.py
	$(BIN)/python scripts/okta_failure.py
	$(BIN)/python scripts/okta_messages.py
	$(BIN)/python scripts/catalogue_pages.py
	$(BIN)/python scripts/configuration_schema.py
	$(BIN)/python scripts/coverage_page.py
	$(BIN)/python scripts/plan_pages.py
	$(BIN)/python scripts/rfc_page.py
	$(BIN)/python scripts/server_pages.py
	$(BIN)/python scripts/testers_page.py

pictures: .venv/dev-installed browser ## Photograph the report and the page for the docs, where their looks changed
	$(BIN)/python scripts/screenshots.py

browser: ## The browser report.html is tested in; without it those tests are skipped, and say so
	@command -v chromium >/dev/null || { [ "$$(id -u)" = 0 ] && apt-get update -qq && apt-get install -y -qq chromium; } || echo "No chromium: report.html is not tested in a browser."

bench: .venv/dev-installed ## The play beside its peers
	$(BIN)/python benchmarks/play.py

bench-latency: .venv/dev-installed ## A run against a target 100 ms away
	$(BIN)/python benchmarks/latency.py

bench-server: .venv/dev-installed ## The reference server beside scim2-server
	$(BIN)/python benchmarks/server.py

bench-scale: .venv/dev-installed ## What must not grow with a million users
	$(BIN)/python benchmarks/scale.py

bench-recorder: .venv/dev-installed ## What a recorder adds to a request
	$(BIN)/python benchmarks/recorder.py

bench-load: .venv/dev-installed ## What a load costs the machine that puts it, for each request
	$(BIN)/python benchmarks/load.py

steady: .venv/dev-installed ## Whether RUNS plays say the same, one to sixteen requests at once
	$(BIN)/python scripts/steady.py $(RUNS)

soak: .venv/dev-installed ## Kill 120 runs and have 5,000 conversations with a liar
	$(BIN)/python scripts/soak.py

questions: .venv/dev-installed ## Choose anew which filters filter_users asks, by the wrong readers of tests/mutant_readers.py
	$(BIN)/python scripts/choose_questions.py

patches: .venv/dev-installed ## Choose anew which PATCHes write_in_forms sends, by the wrong patchers of tests/mutant_patchers.py
	$(BIN)/python scripts/choose_patches.py

untold: .venv/dev-installed ## Say which wrong servers no sorted, paged or projected list tells
	$(BIN)/python scripts/untold_servers.py

fuzz: .venv/dev-installed ## A hundred thousand valid-looking requests at the reference server, a fresh seed
	$(BIN)/python scripts/fuzz.py

adversary: export SEED ?= $(shell date +%s)
adversary: .venv/dev-installed ## A thousand runs, suites and recordings against targets that lie, ten thousand at guard and vault, a fresh seed
	EXAMPLES=$${EXAMPLES:-1000} $(BIN)/pytest -n auto --hypothesis-profile=fresh tests/adversary $(ALONE:%=--ignore=%)
	EXAMPLES=$${CONVERSATIONS:-10000} $(BIN)/pytest -n auto $(ALONE)

install: .venv/installed

.venv/bin/python:
	$(PYTHON) -m venv .venv

.venv/installed: .venv/bin/python pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	touch $@

.venv/dev-installed: .venv/bin/python pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable ".[dev]"
	touch $@ .venv/installed

kills: .venv/dev-installed ## Every fault under every profile, beside the reviewed table
	KILLS=all $(BIN)/pytest -n auto tests/mutation/test_kills.py tests/play/test_throttled_for_good.py

imagined: .venv/dev-installed ## Every fault nobody has reported yet, one by one
	IMAGINED=all FIRST_SIGHT=all $(BIN)/pytest -n auto tests/mutation/test_imagined.py tests/first_sight

honest: .venv/dev-installed ## Whatever a target may do, under every profile, and a disk that is full at every write
	HONEST=all $(BIN)/pytest -n auto tests/play/test_allowed_writes.py tests/play/test_full_disk.py \
		tests/play/test_peculiar_targets.py tests/play/test_what_is_allowed.py

loads: .venv/dev-installed ## Each fault of scale and honest servers of many kinds, by a load of a minute each; every end of a load
	$(BIN)/python tests/mutation/loads.py
	LOADS=all $(BIN)/pytest -n auto tests/e2e/test_load_*.py

crowd: .venv/dev-installed browser ## The whole way through the page, with 3,000 people, too
	WAY=all $(BIN)/pytest tests/e2e/test_ui_way.py

reproductions: .venv/dev-installed ## Every script of every fault: 1 at the faulty server, 0 at the honest one
	REPRODUCE=all $(BIN)/pytest -n auto tests/e2e/test_reproduction.py

findings: peers ## Every independent server under every profile, beside the reviewed findings
	PEERS=all $(BIN)/pytest -n auto tests/e2e/test_peers.py

peers: .venv/dev-installed tests/e2e/peers/node_modules tests/e2e/peers/.venv ## Install the independent servers that the play is tried on

tests/e2e/peers/node_modules: tests/e2e/peers/package.json # without scripts: one would compile a database driver for minutes
	cd $(@D) && npm install --ignore-scripts --no-audit --no-fund --no-package-lock
	touch $@

tests/e2e/peers/.venv: tests/e2e/peers/canaille.txt
	$(PYTHON) -m venv $@
	$@/bin/python -m pip install --quiet --disable-pip-version-check --requirement $<
	touch $@

clean: ## Remove what the commands made
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage
