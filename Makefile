# make build   binaries and the nono script into bin/
# make try     the main job, once, before your eyes
# make test    everything that can be tested on this machine
#
# Go does the work; this file says with which flags.

SHELL := /bin/sh
GO ?= go
export CGO_ENABLED := 0
export GOTOOLCHAIN := local

MODULE := github.com/nono-sandbox/nono
VERSION ?= $(shell sh packaging/version)
LDFLAGS := -s -w -X $(MODULE)/core/version.number=$(VERSION)
BUILD := $(GO) build -trimpath -buildvcs=false -ldflags '$(LDFLAGS)'
BINARIES := nono-run nono-why nono-exec-shim

.PHONY: build
build:
	@mkdir -p bin
	@for b in $(BINARIES); do $(BUILD) -o bin/$$b ./$$b || exit 1; done
	@cp shell/nono bin/nono

.PHONY: try
try: build
	@sh packaging/try

.PHONY: clean
clean:
	rm -rf bin dist
