# shellcheck shell=sh disable=SC2016,SC2034,SC2154,SC1091,SC2010,SC2012,SC2046,SC2086
# The recipes of the distributions, each built from the archive with its own tool and
# without a network, and the result compared with what make packages made. Go's own
# cache serves them all; a build of a distribution would begin with an empty one.

GOCACHE=$(go env GOCACHE)
export GOCACHE
if [ "$(id -u)" -eq 0 ]; then alone="unshare -n"; else alone=; fi
seven="nono nono-run nono-why nono-policy nono-ephemeral nono-supervise nono-exec-shim"

# What a package has must be what nfpm put into it, but for what each format writes of
# itself. Of programs the names are compared: those built from vendor/ record no sums.
# Compressed files are compared by their text: busybox compresses in its own way.
contents() {
	(cd "$1" && find usr -type f -o -type l | sort | grep -v -e /lintian -e /.build-id/ -e '/changelog' -e CHANGELOG -e /LICENSE -e /copyright -e third-party -e zsh |
		while read -r f; do case $f in usr/bin/* | usr/libexec/*) echo "$f" ;; *.gz) echo "$(gzip -dc "$f" | sha256sum) $f" ;; *) sha256sum "$f" ;; esac; done)
}
the_same() { # the_same PACKAGE DIRECTORY
	rm -rf "$tmp/theirs" && mkdir "$tmp/theirs" && dpkg-deb -x "$(ls "$one/dist/${1}_"*_amd64.deb)" "$tmp/theirs" &&
		contents "$tmp/theirs" >"$tmp/want" && contents "$2" >"$tmp/got" && [ -s "$tmp/want" ] && diff "$tmp/want" "$tmp/got"
}
fresh() { rm -rf "$1" && mkdir -p "$1"; }

# Debian
if have dpkg-buildpackage && have dh; then
	deb_build() {
		extra=$(ls "$one"/dist/nono_*.debian.tar.gz) && base=$(basename "$extra" -1.debian.tar.gz) && fresh "$tmp/debian" &&
			cp "$archive" "$tmp/debian/$base.orig.tar.gz" && tar -xzf "$archive" -C "$tmp/debian" && cd "$tmp/debian/$name" && tar -xzf "$extra" &&
			DEB_BUILD_OPTIONS=nocheck $alone dpkg-buildpackage -d -us -uc
	}
	check "debian/ builds" eval '(deb_build)'
	for p in $seven; do
		check "  $p is what make packages makes" eval '
			fresh "$tmp/ours" && dpkg-deb -x "$(ls "$tmp/debian/${p}_"*.deb)" "$tmp/ours" && the_same "$p" "$tmp/ours" &&
			for field in Depends Description Conflicts; do
				[ "$(dpkg-deb -f "$tmp/debian/${p}_"*.deb $field | tr -s " \n" "  ")" = "$(dpkg-deb -f "$one/dist/${p}_"*_amd64.deb $field | tr -s " \n" "  ")" ] || { echo "$field differs"; exit 1; }
			done'
	done
	if have lintian; then
		check "  lintian" eval 'lintian --fail-on error --allow-root "$tmp"/debian/*.changes'
	else
		skip "  lintian" "it is not installed"
	fi
	if have autopkgtest && [ -x "$tmp/root/usr/bin/dpkg" ]; then
		mount -t proc proc "$tmp/root/proc"
		check "  autopkgtest in the clean root" autopkgtest -B "$tmp"/debian/*.deb "$tmp/debian/$name/" -- chroot "$tmp/root"
		umount "$tmp/root/proc"
	else
		skip "  autopkgtest" "it takes autopkgtest, and the clean root of before"
	fi
else
	skip "debian/" "dpkg-buildpackage and debhelper are not installed"
fi

# Fedora
if have rpmbuild; then
	rpm_build() {
		fresh "$tmp/fedora/SOURCES" && cp "$archive" "$tmp/fedora/SOURCES/" &&
			$alone rpmbuild --define "_topdir $tmp/fedora" --define "_dbpath $tmp/fedora/db" --nodeps -ba "$one/dist/nono.spec"
	}
	check "Fedora's spec builds" rpm_build
	for p in $seven; do
		check "  $p is what make packages makes" eval '
			fresh "$tmp/ours" && (cd "$tmp/ours" && rpm2cpio "$(ls "$tmp"/fedora/RPMS/*/$p-[0-9]*.rpm)" | cpio -idm --quiet --no-absolute-filenames) && the_same "$p" "$tmp/ours"'
	done
	check "  they have what they require, and install" eval '
		fresh "$tmp/fedora/root" && rpm --dbpath "$tmp/fedora/newdb" --initdb &&
		rpm --dbpath "$tmp/fedora/newdb" --root "$tmp/fedora/root" --nosignature -i "$tmp"/fedora/RPMS/*/*.rpm &&
		"$tmp/fedora/root/usr/bin/nono-why" --version'
	if have rpmlint; then
		check "  rpmlint" eval 'rpmlint --ignore-unused-rpmlintrc -r "$one/packaging/fedora/rpmlintrc" "$one/dist/nono.spec" "$tmp"/fedora/RPMS/*/*.rpm'
	else
		skip "  rpmlint" "it is not installed"
	fi
else
	skip "Fedora's spec" "rpmbuild is not installed"
fi

# Arch: makepkg does not run as root.
if have makepkg && [ "$(id -u)" -eq 0 ] && have setpriv; then
	arch_build() {
		fresh "$tmp/archlinux" && chmod 755 "$tmp" && cp "$archive" "$one/dist/PKGBUILD" "$tmp/archlinux/" && cp -R "$GOCACHE" "$tmp/archlinux/cache" 2>/dev/null
		chown -R 1234:1234 "$tmp/archlinux" && cd "$tmp/archlinux" &&
			$alone setpriv --reuid 1234 --regid 1234 --clear-groups env HOME="$tmp/archlinux" GOCACHE="$tmp/archlinux/cache" makepkg --nodeps --nocheck --noconfirm
	}
	check "PKGBUILD builds" eval '(arch_build)'
	for p in $seven; do
		check "  $p is what make packages makes" eval '
			fresh "$tmp/ours" && tar -xf "$(ls "$tmp/archlinux/$p-"[0-9]*.pkg.tar.*)" -C "$tmp/ours" && the_same "$p" "$tmp/ours"'
	done
else
	skip "PKGBUILD" "makepkg is not installed, or this is not root"
fi

# Alpine: abuild is not there, so its steps are done in its order, by Alpine's shell.
apk_steps='
	rm -rf "$tmp/alpine"
	srcdir=$tmp/alpine/src pkgdir=$tmp/alpine/pkg/nono
	mkdir -p "$srcdir" "$pkgdir"
	. "$one/dist/APKBUILD"
	cp "$archive" "$tmp/alpine/"
	echo "$sha512sums" | sed "/^\$/d" | (cd "$tmp/alpine" && sha512sum -c)
	tar -xzf "$archive" -C "$srcdir"
	cd "$builddir"
	build
	package
	for sub in $subpackages; do
		subpkgdir=$tmp/alpine/pkg/${sub%%:*}
		(cd "$builddir" && "${sub#*:}")
	done'
if static /bin/busybox; then ash="busybox ash"; else ash="sh"; fi
check "APKBUILD's functions build, by $ash" env tmp="$tmp" one="$one" archive="$archive" $alone $ash -ec "$apk_steps"
for p in $seven; do
	check "  $p is what make packages makes" the_same "$p" "$tmp/alpine/pkg/$p"
done
