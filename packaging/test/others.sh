# shellcheck shell=sh disable=SC2016,SC2034,SC2154,SC1091,SC2010,SC2012,SC2046,SC2086
# rpm, apk and Arch packages: unpacked, and what they say of themselves.

# The tree of a package $p must be the deb's, but for what only Debian has, and
# what it alone need not bring.
tree_of() { (cd "$1" && find . -type f -o -type l | sort | grep -v -e lintian -e changelog.Debian -e zsh -e '/LICENSE$' -e '^./\.' | xargs sha256sum); }

unpacks() { # unpacks DIRECTORY-WITH-THE-DEB'S-FILES DIRECTORY
	tree_of "$1" >"$tmp/want" && tree_of "$2" >"$tmp/got" && diff "$tmp/want" "$tmp/got" &&
		cmp "$one/LICENSE" "$2/usr/share/doc/$p/LICENSE"
}

if have rpm && have rpm2cpio && have cpio; then
	for p in nono-ephemeral nono-exec-shim nono-policy nono-run nono-supervise nono-why nono; do
		rpm=$(ls "$one/dist/$p-0"*.x86_64.rpm "$one/dist/$p-"[1-9]*.x86_64.rpm 2>/dev/null | head -n 1)
		rm -rf "$tmp/rpm" "$tmp/deb" && mkdir "$tmp/rpm" "$tmp/deb"
		dpkg-deb -x "$(ls "$one/dist/${p}_"*_amd64.deb)" "$tmp/deb"
		check "rpm $p has the deb's files" eval '(cd "$tmp/rpm" && rpm2cpio "$rpm" | cpio -idm --quiet --no-absolute-filenames) && unpacks "$tmp/deb" "$tmp/rpm"'
		check "rpm $p: digests, name, licence, architecture" eval '
			rpm -K --nosignature "$rpm" &&
			[ "$(rpm -qp --qf "%{NAME} %{LICENSE} %{ARCH} %{BUILDHOST}" "$rpm")" = "$p Apache-2.0 x86_64 localhost" ] &&
			[ -z "$(rpm -qp --scripts "$rpm")" ]'
	done
	version=$(rpm -qp --qf '%{VERSION}-%{RELEASE}' "$(ls "$one"/dist/nono-run-*.x86_64.rpm)")
	check "rpm nono-run wants the shim of its version" eval \
		'rpm -qp --requires "$one"/dist/nono-run-*.x86_64.rpm | grep -qxF "nono-exec-shim = $version"'
	rpmdb() {
		mkdir -p "$tmp/rpmdb" && rpm --dbpath "$tmp/rpmdb" --initdb &&
			rpm --dbpath "$tmp/rpmdb" --root "$tmp/rpmroot" --nosignature --ignorearch -i --test "$one"/dist/*.x86_64.rpm
	}
	check "rpm: the four together have what they require" rpmdb
else
	skip "rpm packages" "rpm and cpio are not installed"
fi

for p in nono-ephemeral nono-exec-shim nono-policy nono-run nono-supervise nono-why nono; do
	apk=$(ls "$one/dist/${p}_"*_x86_64.apk)
	rm -rf "$tmp/apk" "$tmp/deb" && mkdir "$tmp/apk" "$tmp/deb"
	dpkg-deb -x "$(ls "$one/dist/${p}_"*_amd64.deb)" "$tmp/deb"
	check "apk $p has the deb's files" eval 'tar -xzf "$apk" -C "$tmp/apk" 2>/dev/null && unpacks "$tmp/deb" "$tmp/apk"'
	check "apk $p: name, licence, architecture" eval '
		grep -qx "pkgname = $p" "$tmp/apk/.PKGINFO" && grep -qx "license = Apache-2.0" "$tmp/apk/.PKGINFO" && grep -qx "arch = x86_64" "$tmp/apk/.PKGINFO" &&
		grep -qxE "pkgver = [0-9]+(\.[0-9]+)*((_alpha|_beta|_pre|_rc)[0-9]*)?-r[0-9]+" "$tmp/apk/.PKGINFO"'
	if [ "$p" = nono-run ]; then
		check "apk nono-run wants the shim of its version" eval \
			'grep -qxF "depend = nono-exec-shim=$(sed -n "s/^pkgver = //p" "$tmp/apk/.PKGINFO")" "$tmp/apk/.PKGINFO"'
	fi
	if have zstd; then
		arch=$(ls "$one/dist/$p-"[0-9]*-x86_64.pkg.tar.zst)
		rm -rf "$tmp/arch" && mkdir "$tmp/arch"
		check "Arch $p has the deb's files" eval 'tar --zstd -xf "$arch" -C "$tmp/arch" && unpacks "$tmp/deb" "$tmp/arch"'
		check "Arch $p: name and version" eval 'grep -qx "pkgname = $p" "$tmp/arch/.PKGINFO" && ! grep "^pkgver = .*-.*-" "$tmp/arch/.PKGINFO"'
	else
		skip "Arch package $p" "zstd is not installed"
	fi
	for file in $(ls "$one/dist/"*arm64.deb "$one/dist/"*aarch64* 2>/dev/null | grep "/${p}[-_][0-9]"); do
		check "there for arm64 too: $(basename "$file")" test -s "$file"
	done
done
check "the arm64 programs are for arm64" eval '
	dpkg-deb -x "$(ls "$one"/dist/nono-exec-shim_*_arm64.deb)" "$tmp/arm" && [ "$(od -An -tx1 -j18 -N2 "$tmp/arm/usr/libexec/nono/nono-exec-shim" | tr -d " ")" = b700 ]'
