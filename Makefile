# Aliases for the scripts in scripts/, which do the work.
.PHONY: docs help run stop clean test unit faults soak mutants sanitize fuzz bench check lint format build release install hooks

help:
	@scripts/help
run:
	@scripts/run
stop:
	@scripts/stop
clean:
	@scripts/clean
test:
	@scripts/test
unit:
	@scripts/test --unit
faults:
	@scripts/faults
soak:
	@scripts/soak
mutants:
	@scripts/mutants
sanitize:
	@scripts/sanitize
fuzz:
	@scripts/fuzz
bench:
	@scripts/bench
check:
	@scripts/check
lint:
	@scripts/lint
format:
	@scripts/format
docs:
	@scripts/docs
build:
	@scripts/build
release:
	@scripts/build --release
install:
	@scripts/install
hooks:
	git config core.hooksPath .githooks
