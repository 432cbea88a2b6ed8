# shellcheck shell=sh disable=SC2016,SC2034,SC2154,SC1091,SC2010,SC2012,SC2046,SC2086
# The image with the shim alone, and an agent's image that is made with it.

build="buildah --storage-driver vfs --root $tmp/images --runroot $tmp/images-run"

in_image() { # in_image COMMAND …: as the image's entry point would start it
	# shellcheck disable=SC2086 # words
	$build run --isolation chroot --user 1000:1000 "$container" -- /usr/libexec/nono/nono-exec-shim /etc/nono/agent.spec -- "$@"
}
status_of() { # status_of WANTED COMMAND …
	wanted=$1 status=0
	shift
	"$@" || status=$?
	[ $status -eq "$wanted" ]
}

if [ "$(id -u)" -ne 0 ] || ! have buildah || ! static /bin/busybox; then
	skip "the container image" "it takes root, buildah and a static busybox"
else
	check "the image" make -s -C "$one" image IMAGE_BUILD="$build build --isolation chroot --timestamp $(sh "$one/packaging/epoch")"
	$build images | grep nono-exec-shim
	# shellcheck disable=SC2086
	mounted=$($build mount "$($build from nono-exec-shim)")
	check "it holds the shim alone" eval '[ "$(cd "$mounted" && find . -type f)" = ./nono-exec-shim ]'

	base=$tmp/base
	mkdir -p "$base/bin" "$base/etc"
	cp /bin/busybox "$base/bin/"
	echo welcome >"$base/etc/motd"
	echo secret >"$base/etc/shadow"
	printf '%s\n' 'FROM scratch' 'COPY bin /bin' 'COPY etc /etc' 'RUN ["/bin/busybox", "--install", "-s", "/bin"]' \
		'RUN mkdir -p /tmp /work /srv && chmod 1777 /tmp && chmod 644 /etc/shadow && echo other > /srv/other && echo in > /work/in && chown -R 1000:1000 /work' >"$base/Containerfile"
	# shellcheck disable=SC2086
	check "a base image" $build build --isolation chroot -t agent-base "$base"
	# shellcheck disable=SC2086
	check "the example of an agent's image" $build build --isolation chroot -t agent --build-arg BASE=localhost/agent-base \
		-f "$one/packaging/container/Containerfile.agent" "$one"
	# shellcheck disable=SC2086
	container=$($build from localhost/agent)
	check "it runs as an ordinary user" eval 'in_image id | grep -q uid=1000'
	check "what is granted works" in_image sh -ec 'cat /etc/motd /work/in; echo new >/work/new; cat /work/new; mkdir /work/d; rmdir /work/d; echo t >/tmp/t'
	check "what is denied is not to be had, though its mode lets it" status_of 1 in_image cat /etc/shadow
	# shellcheck disable=SC2086
	check "  (outside the sandbox it is)" $build run --isolation chroot --user 1000:1000 "$container" -- cat /etc/shadow
	check "nor what is not granted" status_of 1 in_image cat /srv/other
	check "the exit status is the command's" status_of 7 in_image sh -c 'exit 7'
	check "a command that is not there is 127" status_of 127 in_image no-such-command
	copies() {
		# shellcheck disable=SC2086
		c=$($build from nono-exec-shim) && mkdir -p "$tmp/volume" && chmod 777 "$tmp/volume" &&
			$build run --isolation chroot --user 65534:65534 -v "$tmp/volume:/nono" "$c" -- /nono-exec-shim --copy-to=/nono/nono-exec-shim &&
			cmp "$tmp/volume/nono-exec-shim" "$one/bin/nono-exec-shim" && [ -x "$tmp/volume/nono-exec-shim" ]
	}
	check "as an init container it copies itself to a volume" copies
fi

# Real containers with a seccomp profile that refuses the calls.
bundle() { # bundle ERRNO: a runc bundle whose profile answers Landlock with it
	rm -rf "$tmp/bundle" && mkdir -p "$tmp/bundle/rootfs/bin" && cp /bin/busybox "$one/bin/nono-exec-shim" "$tmp/bundle/rootfs/bin/" &&
		printf 'nono-spec 1\nread /bin\nnet block\nunix-sockets block\nrmdir block\n' >"$tmp/bundle/rootfs/spec"
	cat >"$tmp/bundle/config.json" <<END
{"ociVersion": "1.0.2", "root": {"path": "rootfs", "readonly": true},
 "process": {"terminal": false, "cwd": "/", "user": {"uid": 1000, "gid": 1000}, "noNewPrivileges": true, "env": ["PATH=/bin"],
  "args": ["/bin/nono-exec-shim", "/spec", "--", "/bin/busybox", "echo", "inside"]},
 "mounts": [{"destination": "/proc", "type": "proc", "source": "proc"}],
 "linux": {"namespaces": [{"type": "mount"}, {"type": "pid"}],
  "seccomp": {"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [
   {"names": ["landlock_create_ruleset", "landlock_add_rule", "landlock_restrict_self"], "action": $1}]}}}
END
}
runs() { # runs WANTED-STATUS WANTED-TEXT
	status=0
	out=$(cd "$tmp/bundle" && runc --root "$tmp/runc" run "nono-$$" 2>&1) || status=$?
	echo "$status: $out"
	[ $status -eq "$1" ] && echo "$out" | grep -qF "$2"
}
if [ "$(id -u)" -ne 0 ] || ! have runc || ! static /bin/busybox; then
	skip "seccomp profiles of containers" "it takes root, runc and a static busybox"
else
	bundle '"SCMP_ACT_ALLOW"'
	check "a container whose profile lets Landlock through" runs 0 inside
	bundle '"SCMP_ACT_ERRNO", "errnoRet": 1'
	check "one that refuses it: the command does not start" runs 125 "seccomp profile refuses the Landlock system calls"
	bundle '"SCMP_ACT_ERRNO", "errnoRet": 38'
	check "one that hides it: the command does not start" runs 125 "nono: error:"
fi

if ! have go; then
	skip "the Kubernetes manifest" "Go is not installed"
else
	kube() {
		mkdir -p "$tmp/kube" && cp "$one/packaging/container/validate/main.go" "$tmp/kube/" && cd "$tmp/kube" || return
		export GOWORK=off GOFLAGS=-mod=mod
		go mod init kube 2>/dev/null
		go mod edit -require k8s.io/kubernetes@v1.34.1
		for m in api apiextensions-apiserver apimachinery apiserver cli-runtime client-go cloud-provider cluster-bootstrap code-generator \
			component-base component-helpers controller-manager cri-api cri-client csi-translation-lib dynamic-resource-allocation endpointslice \
			externaljwt kms kube-aggregator kube-controller-manager kube-proxy kube-scheduler kubectl kubelet metrics mount-utils \
			pod-security-admission sample-apiserver; do
			go mod edit -replace "k8s.io/$m=k8s.io/$m@v0.34.1"
		done
		go build -o check main.go
	}
	(kube) >"$tmp/kube.log" 2>&1
	if [ ! -x "$tmp/kube/check" ]; then
		skip "the Kubernetes manifest" "its checker was not built: $(tail -n 1 "$tmp/kube.log")"
	else
		manifest=$one/packaging/container/kubernetes.yaml
		check "the Kubernetes manifest is valid, and admitted as restricted" "$tmp/kube/check" "$manifest"
		for change in 's/runAsNonRoot: true/runAsNonRoot: false/' 's/mountPath: /mountPth: /' 's/name: shim$/name: Sh_im/' '/allowPrivilegeEscalation/d'; do
			sed "$change" "$manifest" >"$tmp/bad.yaml"
			check "  and not with $change" eval '! "$tmp/kube/check" "$tmp/bad.yaml"'
		done
		spec_in_manifest() {
			sed -n '/agent.spec: |/,/^---/p' "$manifest" | sed -e '1d' -e '$d' -e 's/^    //' | cmp - "$one/packaging/container/agent.spec"
		}
		check "the spec in it is the example" spec_in_manifest
	fi
fi
