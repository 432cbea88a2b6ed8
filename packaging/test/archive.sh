# shellcheck shell=sh disable=SC2016,SC2034,SC2154,SC1091,SC2010,SC2012,SC2046,SC2086
# The source archive: complete, offline, the same wherever it is made.

# What all parts use is made by made.sh.

two=$tmp/a-longer/path/to/two
check "another checkout" checkout "$two"
check "make dist again, elsewhere" make -s -C "$two" dist
check "make packages again, elsewhere" make -s -C "$two" packages

same() {
	(cd "$one/dist" && find . -type f | sort | xargs sha256sum) >"$tmp/sums"
	[ "$(wc -l <"$tmp/sums")" -ge 40 ] && (cd "$two/dist" && sha256sum --quiet -c "$tmp/sums")
}
check "the same bytes in both" same

check "the archive builds offline" offline build
check "its version is the archive's" eval '[ "nono-$("$source/bin/nono" version | cut -d " " -f 2)" = "$name" ]'
check "check sums" eval 'cd "$one/dist" && sha256sum -c "$name.sha256"'
check "the list of parts names them" eval 'grep -q "\"pkg:golang/golang.org/x/sys@" "$one/dist/$name.cdx.json" && grep -q "\"specVersion\": \"1.6\"" "$one/dist/$name.cdx.json"'
check "how it was made is told" eval 'grep -q "\"predicateType\": \"https://slsa.dev/provenance/v1\"" "$one/dist/$name.intoto.json" && grep -q "$(git -C "$one" rev-parse HEAD)" "$one/dist/$name.intoto.json" && grep -q "$(sha256sum "$archive" | cut -c 1-64)" "$one/dist/$name.intoto.json" && grep -q dirHash "$one/dist/$name.intoto.json"'
check "Homebrew's formula has the archive's sum" grep -q "$(sha256sum "$archive" | cut -c 1-64)" "$one/dist/nono.rb"

check "make install" offline install DESTDIR="$tmp/dest" PREFIX=/opt/nono
check "what is installed runs" eval '
	cd / && "$tmp/dest/opt/nono/bin/nono" run --silent --read / -- true &&
	[ -f "$tmp/dest/opt/nono/share/man/man7/nono.7" ] &&
	grep -q /opt/nono/share/nono "$tmp/dest/opt/nono/share/man/man7/nono.7"'
check "make uninstall leaves nothing" eval '
	offline uninstall DESTDIR="$tmp/dest" PREFIX=/opt/nono && [ -z "$(find "$tmp/dest/opt/nono" -mindepth 1)" ]'
keeps() {
	mkdir -p "$tmp/dest2/usr/local/share/man/man1" && echo other >"$tmp/dest2/usr/local/share/man/man1/other.1"
	offline install DESTDIR="$tmp/dest2" && offline uninstall DESTDIR="$tmp/dest2" &&
		[ "$(find "$tmp/dest2" -type f)" = "$tmp/dest2/usr/local/share/man/man1/other.1" ]
}
check "and nothing of others is taken" keeps

# Nothing here runs a program of macOS: its archive is looked at.
for cpu in amd64 arm64; do
	mac() { tar -tzf "$one/dist/$name-macos-$cpu.tgz"; }
	check "macOS, $cpu: every program, manual page and licence" eval '
		for f in bin/nono bin/nono-run bin/nono-why libexec/nono/nono-exec-shim libexec/nono/nono-hook share/man/man1/nono-run.1 \
			share/nono/nono.zsh share/doc/nono/LICENSE share/doc/nono/third-party-licences; do
			mac | grep -qx "$name-macos-$cpu/$f" || { echo "$f is missing"; exit 1; }
		done
		tar -xzOf "$one/dist/$name-macos-$cpu.tgz" "$name-macos-$cpu/bin/nono-run" | head -c 4 | od -An -tx1 | grep -q "cf fa ed fe"'
done
