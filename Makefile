# Two commands are enough on a fresh machine: `make run` and `make test`.
# Everything that is fetched is pinned and checksummed: go.sum, tools/parts.lock.

SHELL := /bin/bash
VERSION := $(shell sed -n 's/^## \([0-9][^ ]*\).*/\1/p' CHANGELOG.md | head -1)
LDFLAGS := -s -w -X main.version=$(VERSION)
GO := go

.PHONY: postgres chromium screens all build build-static parts parts-full run match test check stories fuzz bench bench-quick bench-portal bench-casework soak quality mutate-plan clean

all: build

# The program: one file, without cgo, with the model and the runtime library inside.
build: bin/zhuanhua

# The go command knows what has changed.
bin/zhuanhua: parts
	@mkdir -p bin
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags '$(LDFLAGS)' -o bin/zhuanhua ./cmd/zhuanhua

# A program without any shared library, for systems with another C library: lexical matching only.
build-static:
	@mkdir -p bin
	CGO_ENABLED=0 $(GO) build -trimpath -tags static -ldflags '$(LDFLAGS)' -o bin/zhuanhua-static ./cmd/zhuanhua

parts:
	@tools/fetch-parts
	@tools/fetch-assets

parts-full:
	@tools/fetch-parts --full
	@tools/fetch-assets --test

# The portal with the example records; it prints its address and one example login for each role.
run: build
	bin/zhuanhua serve --examples

# The example records matched on the command line, with reports in out/.
match: build
	bin/zhuanhua match --achievements examples/achievements.jsonl --needs examples/needs.jsonl --out out

test: check stories

postgres:
	@tools/postgres

chromium:
	@tools/chromium

# Pictures of the main pages, for docs/screens.
screens: build chromium
	@tools/screens

check: parts-full postgres chromium
	@tools/check

stories: build
	@tools/stories

fuzz: parts
	@tools/fuzz 30s

bench: parts-full
	@tools/bench full

bench-portal: build
	@tools/bench portal

# Claims submitted and decided a second, beside what the bare databases write durably.
bench-casework: postgres
	CGO_ENABLED=0 $(GO) test -run '^$$' -bench SubmitAndDecide ./app

bench-quick: parts-full
	@tools/bench quick

# Long proofs in their full form; figures go to docs/.
soak: parts-full postgres chromium
	@tools/fuzz 10m
	ZHUANHUA_KILLS=200 $(GO) test -count=1 -timeout 120m -run Kill ./store ./app
	ZHUANHUA_SIMULATE=300 $(GO) test -count=1 -timeout 60m -run Simulate ./app/simulate
	ZHUANHUA_WALK=10000 $(GO) test -count=1 -timeout 60m -run RandomWalks ./flow
	ZHUANHUA_FALLS=500 $(GO) test -count=1 -timeout 30m -run WithTheModel ./match
	ZHUANHUA_AXE=all $(GO) test -count=1 -timeout 30m -run TestAxe ./web

# Whether the plan's trials would notice a slip: every change of docs/plan-mutations.md, one at a time.
mutate-plan:
	ZHUANHUA_MUTATE=all $(GO) test -count=1 -v -timeout 20m -run Mutants ./plan/mutate

# The quality tables of docs/quality.md, on the evaluation sets beside this repository.
quality: build parts-full
	@tools/quality

clean:
	rm -rf bin out .cache
