# Two commands matter: `make demo` to try the program out, `make test` to check it.

.PHONY: help demo test bench lock clean

help:
	@echo "make demo   serve everything for trying out: portal, desk, mailbox, payment sandbox (Ctrl-C ends it)"
	@echo "make test   every check: lint, types, imports, tests, journeys in a browser"
	@echo "make bench  measure speed and size"
	@echo "make lock   choose new exact versions of the packages"
	@echo "make clean  forget the environment and everything the demonstration keeps"

demo:
	@tools/environment requirements.txt
	@exec .venv/bin/python -m motcua demo $(ARGS)

test:
	@tools/environment requirements-dev.txt
	@tools/browser
	@command -v softhsm2-util >/dev/null || tools/apt softhsm2 || echo "softhsm2 is not there: tests of tokens are skipped"
	@tools/check

bench:
	@tools/environment requirements-dev.txt
	@exec .venv/bin/python -m benchmarks $(ARGS)

lock:
	@tools/environment requirements-dev.txt
	@tools/lock

clean:
	rm -rf .venv var .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
