# shellcheck shell=sh disable=SC2016,SC2034,SC2154,SC1091,SC2010,SC2012,SC2046,SC2086
# The archive and the packages, which all parts use. They are made once for a commit.

one=$tmp/one
commit=$(git -C "$tree" rev-parse HEAD)
checkout() { rm -rf "$1" && mkdir -p "$1" && git clone -q "$tree" "$1" && git -C "$1" checkout -q "$commit"; }
if [ "$(cat "$tmp/commit" 2>/dev/null)" != "$commit" ]; then
	check "a checkout" checkout "$one"
	check "make dist" make -s -C "$one" dist
	check "make packages" make -s -C "$one" packages
	archive=$(ls "$one"/dist/nono-*.tar.gz)
	name=$(basename "$archive" .tar.gz)
	rm -rf "$tmp/unpacked" && mkdir -p "$tmp/unpacked" && tar -xzf "$archive" -C "$tmp/unpacked"
	[ "$failed" -ne 0 ] || echo "$commit" >"$tmp/commit"
fi
archive=$(ls "$one"/dist/nono-*.tar.gz)
name=$(basename "$archive" .tar.gz)
source=$tmp/unpacked/$name

offline() { # what make does, without network, module cache or git
	env GOPROXY=off GOFLAGS=-mod=vendor GOMODCACHE="$tmp/no-modules" GOTOOLCHAIN=local PATH="$PATH" \
		make -s -C "$source" "$@"
}
