# make build   the programs, into bin/
# make sigstore  nono-policy-sigstore, which is larger than all of them, into bin/
# make try     the main job, once, before your eyes
# make test    everything that can be tested on this machine
# make unit    the tests alone: nothing is installed, no network is needed
#
# Go does the work; this file says with which flags.

SHELL := /bin/sh
GO ?= go
export CGO_ENABLED := 0

MODULE := github.com/nono-sandbox/nono
MODULES := core nono nono-ask nono-audit nono-ephemeral nono-exec-shim nono-hook nono-learn nono-overlay nono-policy nono-run nono-supervise nono-why tests
BINARIES := nono nono-ask nono-audit nono-policy nono-run nono-why nono-ephemeral nono-hook nono-learn nono-overlay nono-supervise nono-exec-shim
VERSION ?= $(shell sh packaging/version)
LDFLAGS := -s -w -X $(MODULE)/core/version.number=$(VERSION)
# On Linux the programs begin in core/entry or core/entry/brief, which say where
# memory is too little.
ifeq ($(shell $(GO) env GOOS),linux)
LDFLAGS += -E _nono_entry
endif
BUILD := $(GO) build -trimpath -buildvcs=false -ldflags '$(LDFLAGS)'
STATICCHECK := honnef.co/go/tools/cmd/staticcheck@v0.8.2
GOVULNCHECK := golang.org/x/vuln/cmd/govulncheck@v1.9.0

.PHONY: build
build:
	@mkdir -p bin
	@rm -f $(addprefix bin/,$(BINARIES))
	@$(BUILD) -o bin/ $(addprefix ./,$(BINARIES))

# The program that verifies Sigstore's bundles, a workspace of its own: its seventy modules
# are nobody else's.
.PHONY: sigstore
sigstore:
	@mkdir -p bin && rm -f bin/nono-policy-sigstore
	@cd nono-policy-sigstore && $(BUILD) -o ../bin/nono-policy-sigstore .

.PHONY: unit-sigstore
unit-sigstore:
	@cd nono-policy-sigstore && out=$$(gofmt -l .) && [ -z "$$out" ] && $(GO) vet ./... && $(GO) test -count=1 ./...

# The three programs that a first run takes, apart from the others: on a new machine all of
# them take three times as long.
TRIED := nono nono-run nono-exec-shim
.PHONY: try
try:
	@mkdir -p bin/try
	@rm -f $(addprefix bin/try/,$(TRIED))
	@$(BUILD) -o bin/try/ $(addprefix ./,$(TRIED))
	@sh packaging/try bin/try

.PHONY: test
test: build setup lint unit unit-sigstore

# What the tests need besides Go. Without root it only says what is missing, and
# the tests concerned say that they are skipped.
.PHONY: setup
setup:
	@sh packaging/setup

# Never from the cache: the tests build the programs while they run, so Go cannot
# tell that those have changed.
.PHONY: unit
unit:
	@GO=$(GO) sh packaging/unit $(MODULES)

.PHONY: lint
PACKAGES = $(addprefix ./,$(addsuffix /...,$(MODULES)))
lint:
	@out=$$(gofmt -l $(MODULES)); [ -z "$$out" ] || { echo "not formatted: $$out"; exit 1; }
	@echo "== go vet"; $(GO) vet $(PACKAGES)
	@echo "== staticcheck"; $(GO) run $(STATICCHECK) $(PACKAGES)
	@for os in linux/arm64 darwin/amd64 darwin/arm64 freebsd/amd64; do echo "== go vet for $$os"; \
		GOOS=$${os%/*} GOARCH=$${os#*/} $(GO) vet $(addprefix ./,$(BINARIES)) || exit 1; done
	@echo "== go vet for darwin/arm64, with tests"; GOOS=darwin GOARCH=arm64 $(GO) vet $(PACKAGES)
	@sh packaging/lint-sh

# Asks a data base of known faults, so it needs the network.
.PHONY: vuln
vuln:
	@for m in $(MODULES) nono-policy-sigstore; do (cd $$m && $(GO) run $(GOVULNCHECK) ./...) || exit 1; done

.PHONY: tidy
tidy:
	@sh packaging/tidy

.PHONY: clean
clean:
	rm -rf bin dist

include packaging/targets.mk
include packaging/bench.mk

# Real agents in their profiles. They come from the npm registry, take 3 GiB and stay for
# the next time, until clean-agents. At the end it says what each test has started, and what
# CPU time that took; NONO_LONG=1 adds what takes minutes and shows little more.
.PHONY: test-agents clean-agents test-managers test-daily
test-agents:
	cd tests && NONO_AGENTS=1 NONO_REQUIRE=landlock $(GO) test -v -count=1 -timeout 240m ./agents

# The programs of secret managers that can be had, asked for real: of Debian, which as
# root are installed, and Bitwarden's of the npm registry, in a directory that is removed.
test-managers:
	sh packaging/setup managers
	d=$$(mktemp -d) && chmod 755 "$$d" && trap 'rm -rf "$$d"' EXIT && \
	{ npm install --silent --no-audit --no-fund --prefix "$$d" @bitwarden/cli@2026.6.0 || echo "SKIPPED: bw could not be had from the npm registry"; } && \
	cd tests && PATH="$$d/node_modules/.bin:$$PATH" NONO_LONG=1 $(GO) test -v -count=1 -run TestRealManagers ./secrets

# A developer's day: each workflow of tests/daily outside, bare, with the hint's flags and
# with the profile. As root its tools are installed, of Debian and of the npm registry,
# and stay. An hour on two CPUs.
test-daily:
	sh packaging/setup daily
	cd tests && NONO_LONG=1 NONO_REQUIRE=landlock $(GO) test -v -count=1 -run TestWorkflows -timeout 240m ./daily

clean-agents:
	rm -rf "$${NONO_AGENTS_DIR:-$${TMPDIR:-/tmp}/nono-agents}"
