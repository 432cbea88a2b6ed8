# shellcheck shell=sh disable=SC2016,SC2034,SC2154,SC1091,SC2010,SC2012,SC2046,SC2086
# The deb packages, in a clean root: install, use, upgrade, remove.

if have lintian; then
	for deb in "$one"/dist/*.deb; do
		check "lintian: $(basename "$deb")" lintian --fail-on error --allow-root "$deb"
	done
else
	skip "lintian" "it is not installed"
fi

debs() { # debs FROM PACKAGE …: the packages' files for this machine
	from=$1
	shift
	for p; do ls "$from/${p}_"*"_$(dpkg --print-architecture).deb"; done
}

in_root() { chroot "$tmp/root" env -i PATH=/usr/bin:/bin:/usr/sbin:/sbin LC_ALL=C "$@"; }
as_user() { in_root setpriv --reuid 1234 --regid 1234 --clear-groups env HOME=/home/user "$@"; }
install_debs() {
	for d; do cp "$d" "$tmp/root/var/tmp/"; done
	(cd "$tmp/root/var/tmp" && in_root sh -c 'dpkg -i /var/tmp/*.deb')
	status=$?
	rm -f "$tmp"/root/var/tmp/*.deb
	return $status
}
files() { (cd "$tmp/root" && find usr etc var/lib opt -not -path 'var/lib/dpkg/*' | sort); }

# The main job, as an ordinary user: what is granted works, what is not does not.
main_job() {
	as_user sh -ec 'cd /home/user/project
		nono run --silent --allow . -- sh -c "cat in >out" && [ "$(cat out)" = hello ]
		cat ../secret >/dev/null
		! nono run --silent --allow . -- cat ../secret 2>/dev/null
		status=0; nono run --silent --allow . -- sh -c "exit 7" || status=$?; [ $status = 7 ]
		status=0; nono run --silent --allow . -- sh -c "rm in" 2>/dev/null || status=$?; [ $status = 126 ]; [ -f in ]'
}

if [ "$(id -u)" -ne 0 ] || ! have debootstrap; then
	skip "packages in a clean root" "it takes root and debootstrap"
else
	check "a clean root" debootstrap --variant=minbase "$(. /etc/os-release && echo "$VERSION_CODENAME")" "$tmp/root"
	mkdir -p "$tmp/root/home/user/project"
	echo hello >"$tmp/root/home/user/project/in"
	echo secret >"$tmp/root/home/user/secret"
	chown -R 1234:1234 "$tmp/root/home/user"
	mount -t proc proc "$tmp/root/proc"
	files >"$tmp/before"

	check "nono-run wants the shim" eval '! install_debs $(debs "$one/dist" nono-run)'
	in_root dpkg --purge nono-run >/dev/null 2>&1
	check "nono-run and the shim install" eval 'install_debs $(debs "$one/dist" nono-exec-shim nono-run)'
	check "nono-run works without nono-why" as_user sh -ec 'cd /home/user/project
		nono-run --silent --allow . -- sh -c "cat in" && ! nono-run --silent --allow . -- cat ../secret 2>/dev/null'
	check "the suite installs" eval 'install_debs $(debs "$one/dist" nono-ephemeral nono-policy nono-supervise nono-why nono)'
	check "the main job" main_job
	check "nono why answers" as_user sh -c 'nono why --version'
	check "a symlink to nono works" as_user sh -ec 'ln -s /usr/bin/nono /home/user/n; /home/user/n version; rm /home/user/n'
	check "dpkg finds every file as packed" in_root dpkg --verify nono nono-run nono-why nono-exec-shim nono-ephemeral nono-policy nono-supervise

	later="VERSION=99.0.0 ARCHES=$(dpkg --print-architecture) FORMATS=deb OUT=$tmp/later"
	check "a later release" env $later sh "$one/packaging/packages"
	# A release is never half installed: dpkg holds the versions together, and
	# where it is forced, the programs refuse one another.
	mixed() {
		cp $(debs "$tmp/later" nono-exec-shim) "$tmp/root/var/tmp/shim.deb"
		in_root dpkg -i --force-depends --force-breaks /var/tmp/shim.deb
		rm "$tmp/root/var/tmp/shim.deb"
		status=0
		out=$(as_user sh -c 'cd /home/user/project && nono run --explain --allow . -- true' 2>&1) || status=$?
		echo "$out"
		[ $status -eq 125 ] && echo "$out" | grep -q "this nono-exec-shim is version 99.0.0" && echo "$out" | grep -q "nono: hint: install both from the same release"
	}
	check "two releases mixed refuse each other" mixed
	check "the upgrade" eval 'install_debs $(debs "$tmp/later" nono-exec-shim nono-run nono-ephemeral nono-policy nono-supervise nono-why nono)'
	check "the main job after it" main_job
	check "its version" eval '[ "$(as_user nono version)" = "nono 99.0.0" ]'
	check "removing" in_root dpkg --remove nono nono-ephemeral nono-policy nono-supervise nono-run nono-why nono-exec-shim
	check "nothing is left" eval 'files >"$tmp/after" && diff "$tmp/before" "$tmp/after" && [ -z "$(in_root dpkg-query -W "nono*" 2>/dev/null | grep -v "^$" | awk "\$2")" ]'
	umount "$tmp/root/proc"
fi
