PYTHON = .venv/bin/python
COMPILE = uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-header --no-annotate --no-emit-index-url --no-emit-find-links

.PHONY: help run test check lock bench soak bench-spam

help:
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-10s %s\n", $$1, $$2}' Makefile

run: ## start the board, on http://127.0.0.1:8000 unless HOST and PORT say otherwise
	@sh tools/bootstrap requirements.txt
	@exec $(PYTHON) wsgi.py

test: ## run the tests (PYTEST_ADDOPTS adds options)
	@sh tools/bootstrap requirements-dev.txt
	@$(PYTHON) -m pytest

check: ## format, lint, types and the arrows between the modules
	@sh tools/bootstrap requirements-dev.txt
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m ruff check .
	$(PYTHON) -m pyright --warnings
	.venv/bin/lint-imports --no-logo

lock: ## resolve the requirements*.in anew (needs uv)
	$(COMPILE) $(UPGRADE) requirements.in --output-file requirements.txt
	$(COMPILE) $(UPGRADE) requirements-dev.in --output-file requirements-dev.txt

bench: ## measure the board beside others, a quarter of an hour (BENCH=--full, --quick or --help)
	@sh tools/bootstrap requirements-dev.txt
	@$(PYTHON) tools/bench_board.py $(BENCH)

soak: ## a million requests beside errors, lost lines and replaced workers (needs wrk)
	@sh tools/bootstrap requirements-dev.txt
	@$(PYTHON) tools/soak_board.py

bench-spam: ## measure the spam filter beside others (SPAM_DATA=FILE.jsonl, BENCH=--quick or --help)
	@sh tools/bootstrap requirements-dev.txt
	@$(PYTHON) tools/bench_spam.py $(if $(SPAM_DATA),--data $(SPAM_DATA)) $(BENCH)
