# make bench          what nono costs, measured beside what else there is
# make bench-plot     the same, and the pictures of docs/speed.md from it
#
# BENCH='-rounds 1000 -only launch' and its like say what is measured and how
# often; 'cd tests && go run ./bench -h' lists them.

BENCH ?=
BENCH_TOOLS := bin/bench-tools

.PHONY: bench
bench: bench-tools
	@$(BENCH_TOOLS)/bench -bin bin -tools $(BENCH_TOOLS) $(BENCH)
	@echo "make bench-hosts measures --host; only root makes the network for that"

# What --host costs: connections, requests, lookups, throughput. Only root makes the
# network in which that is measured.
.PHONY: bench-hosts
FIGURES ?= all
bench-hosts: build
	cd tests && NONO_FIGURES="$(FIGURES)" $(GO) test -v -count=1 -run '^TestHosts$$/^user$$/^figures$$' ./supervise

# What --secret and --credential cost: a secret beside its program, and a request by the
# endpoint beside one by the client itself, both from a sandbox.
.PHONY: bench-secrets
bench-secrets:
	cd tests && NONO_FIGURES=1 $(GO) test -v -count=1 -run '^TestFigures$$' ./secrets

# What --ephemeral and --undo cost. BENCH='-rounds 30 -only ^write' and its like say what
# is measured.
.PHONY: bench-changes
bench-changes: build
	@mkdir -p $(BENCH_TOOLS)
	@cd tests && $(GO) build -trimpath -o ../$(BENCH_TOOLS)/ ./bench/changes
	@$(BENCH_TOOLS)/changes -bin bin $(BENCH)

# The C programs that nono is compared with are those installed; go-landlock's
# sample comes with the module that nono uses anyway.
.PHONY: bench-tools
bench-tools: build
	@sh packaging/setup bench
	@mkdir -p $(BENCH_TOOLS)
	@cd tests && $(GO) build -trimpath -o ../$(BENCH_TOOLS)/ ./bench ./bench/plot github.com/landlock-lsm/go-landlock/cmd/landlock-restrict

.PHONY: bench-plot
bench-plot: bench-tools
	@$(BENCH_TOOLS)/bench -bin bin -tools $(BENCH_TOOLS) -json $(BENCH) > $(BENCH_TOOLS)/bench.json
	@$(BENCH_TOOLS)/bench -from $(BENCH_TOOLS)/bench.json
	@$(BENCH_TOOLS)/plot docs < $(BENCH_TOOLS)/bench.json
