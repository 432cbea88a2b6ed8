# shellcheck shell=sh disable=SC2016,SC2034,SC2154,SC1091,SC2010,SC2012,SC2046,SC2086
# Homebrew's formula, Nix's expression and the release workflow, as far as they can be
# read here.

if have ruby; then
	check "Homebrew's formula is Ruby" ruby -c "$one/dist/nono.rb"
	# Homebrew itself is not here: a stand-in shows that every step is defined, and
	# does what the formula tests, here and as if this were a Mac.
	cat >"$tmp/formula.rb" <<'END'
		require "pathname"
		module OS
		  def self.mac? = ENV["AS_MAC"] == "1"
		end
		class Formula
		  SEEN = []
		  class << self
		    %i[desc homepage url sha256 license depends_on].each { |m| define_method(m) { |*a| SEEN << m } }
		    def test(&steps) = define_method(:test, &steps)
		  end
		  def bin = "#{ENV["PREFIX"]}/bin"
		  def version = ENV["WANTED"]
		  def testpath = Pathname(ENV["HOME"])
		  def cd(dir, &steps) = Dir.chdir(dir, &steps)
		  def shell_output(command, wanted = 0)
		    out = `#{command}`
		    $?.exitstatus == wanted ? out : raise("#{command}: #{$?.exitstatus}")
		  end
		  def assert_equal(want, got) = want == got || raise("#{got} is not #{want}")
		  def assert_match(want, got) = got.include?(want) || raise("#{got} lacks #{want}")
		end
		load ARGV[0]
		exit 1 unless (%i[desc homepage url sha256 license depends_on] - Formula::SEEN).empty? && Nono.method_defined?(:install)
		Dir.chdir(ENV["HOME"])
		Nono.new.test
END
	brew_test() { # brew_test AS-MAC
		rm -rf "$tmp/brew-home" && mkdir "$tmp/brew-home" && offline install PREFIX="$tmp/brew" &&
			env HOME="$tmp/brew-home" PREFIX="$tmp/brew" WANTED="${name#nono-}" AS_MAC="$1" ruby "$tmp/formula.rb" "$one/dist/nono.rb"
	}
	check "and a formula, whose test passes" brew_test 0
	check "as on a Mac, where brew's own sandbox lets none be in it" brew_test 1
else
	skip "Homebrew's formula" "ruby is not installed"
fi
if have nix-instantiate; then
	check "Nix's expression, with a stand-in for nixpkgs" eval '
		[ "$(nix-instantiate --eval --strict -E "let f = import $source/packaging/nix/default.nix; in (f { pkgs = {
			go = \"go\"; stdenv.mkDerivation = x: x;
			lib = { cleanSource = toString; licenses.asl20 = \"\"; platforms = { linux = []; darwin = []; }; }; }; }).pname" 2>/dev/null)" = "\"nono\"" ]'
else
	skip "Nix's expression" "nix is not installed"
fi

# A release in a clone: what must hold before, and each thing that may be forgotten.
release() { sh "$tmp/release/packaging/release" "$@"; }
prepare() {
	rm -rf "$tmp/release" && git clone -q "$tree" "$tmp/release" && cd "$tmp/release" || return
	number=$(sed -n 's/^var number = "\(.*\)"/\1/p' core/version/version.go)
	sed -i "0,/^## /s/^## .*/## $number (2026-01-31)/" CHANGELOG.md
	git -c user.name=n -c user.email=n@localhost commit -qam release
	for t in $(release tags "$number"); do git tag "$t"; done
	release check "$number" && [ "$(sh packaging/version)" = "$number" ]
}
check "a commit that can be released" eval '(prepare)'
# What the tags of that commit would give by the proxy of Go modules, from a directory that
# stands for it. The modules of others are those of the cache.
by_tags() {
	proxy=$tmp/proxy
	rm -rf "$proxy" && cd "$tmp/release" || return
	modules=$(sed -n 's|^	\./||p' go.work | grep -v -e '^packaging$' -e '^tests$')
	for m in $modules; do
		at=$proxy/github.com/nono-sandbox/nono/$m/@v
		mkdir -p "$at" && echo "v$number" >"$at/list" && cp "$m/go.mod" "$at/v$number.mod" &&
			printf '{"Version":"v%s","Time":"2026-01-31T00:00:00Z"}' "$number" >"$at/v$number.info" &&
			git archive --format=zip --prefix="github.com/nono-sandbox/nono/$m@v$number/" "HEAD:$m" >"$at/v$number.zip" || return
	done
	cached=$(go env GOMODCACHE)/cache/download
	for p in nono nono-run nono-exec-shim; do
		(cd / && GOMODCACHE=$tmp/proxy-mod GOBIN=$tmp/proxy-bin GOFLAGS=-modcacherw GOPROXY="file://$proxy,file://$cached" GONOSUMDB='*' GOWORK=off \
			go install "github.com/nono-sandbox/nono/$p@latest") || return
	done
	rm -rf "$tmp/proxy-project" && mkdir "$tmp/proxy-project" && cd "$tmp/proxy-project" &&
		[ "$("$tmp/proxy-bin/nono" run --silent --allow . -- sh -c 'echo works; cat ../release/README.md' 2>/dev/null)" = works ]
}
check "  go install …@latest, by these tags" eval '(number=$(sed -n "s/^var number = \"\(.*\)\"/\1/p" "$tmp/release/core/version/version.go"); by_tags)'
check "  not as another version" eval '! release check 99.0.0'
check "  not without a module's tag" eval 'git -C "$tmp/release" tag -d core/v0.1.0 && ! release check 0.1.0'
if have go; then
	(cd "$tmp" && GOBIN=$tmp/tools go install github.com/rhysd/actionlint/cmd/actionlint@v1.7.9) >/dev/null 2>&1
fi
if [ -x "$tmp/tools/actionlint" ]; then
	check "the workflows are in order" eval '"$tmp/tools/actionlint" "$one"/.github/workflows/*.yml'
	check "  and the checker sees what is not" eval '
		sed "s/needs: build/needs: nothing/" "$one/.github/workflows/release.yml" >"$tmp/bad.yml" && ! "$tmp/tools/actionlint" "$tmp/bad.yml"'
else
	skip "the workflows" "actionlint was not built"
fi
