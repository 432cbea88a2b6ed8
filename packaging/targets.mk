# make install        the suite, into $(DESTDIR)$(PREFIX)
# make uninstall      takes it away again
# make generate       what follows from the tables of flags
# make docs           the book as HTML, into dist/book
# make drawings       the drawings of the book from their text
# make dist           the source archive, its list of parts, the distributions' recipes
# make packages       deb, rpm, apk and Arch packages, into dist/
# make test-mac       what only a Mac can answer, in ten minutes
# make test-packages  archive, packages, container and recipes; Debian and root

PREFIX ?= /usr/local
DESTDIR ?=
MODULES += packaging

.PHONY: install
install: build
	@sh packaging/install "$(DESTDIR)" "$(PREFIX)" bin

.PHONY: uninstall
uninstall:
	@sh packaging/install --remove "$(DESTDIR)" "$(PREFIX)"

.PHONY: generate
generate:
	@$(GO) run ./packaging/gen

.PHONY: docs
docs:
	@sh packaging/book

.PHONY: drawings
drawings: build
	@sh packaging/drawings
	@sh packaging/try 2>&1 | $(GO) run ./packaging/record >docs/try.svg

.PHONY: dist
dist:
	@VERSION="$(VERSION)" sh packaging/dist

.PHONY: packages
packages:
	@VERSION="$(VERSION)" sh packaging/packages

.PHONY: test-packages
test-packages:
	@sh packaging/test-packages

# What only a Mac can answer, a line for each check. CHECK=uv asks that alone.
.PHONY: test-mac
test-mac: build
	@sh packaging/test-mac "$(CHECK)"

# The binaries alone, into OUT; GOARCH says for what.
.PHONY: build-to
build-to:
	@for b in $(BINARIES); do $(BUILD) -o $(OUT)/$$b ./$$b || exit 1; done

# The image that holds the shim alone. Elsewhere: IMAGE_BUILD='docker build'.
IMAGE_BUILD ?= buildah build --isolation chroot --timestamp $(shell sh packaging/epoch)

.PHONY: image
image: build
	$(IMAGE_BUILD) -f packaging/container/Containerfile -t nono-exec-shim .
