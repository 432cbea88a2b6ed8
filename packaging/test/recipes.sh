# shellcheck shell=sh disable=SC2016,SC2034,SC2154,SC1091,SC2010,SC2012,SC2046,SC2086
# Homebrew's formula and Nix's expression, as far as they can be read here.

if have ruby; then
	check "Homebrew's formula is Ruby" ruby -c "$one/dist/nono.rb"
	# Homebrew itself is not here: a stand-in shows that every step is defined.
	check "and a formula" ruby -e '
		class Formula
		  @@seen = []
		  class << self
		    %i[desc homepage url sha256 license depends_on].each { |m| define_method(m) { |*a| @@seen << m } }
		    def test(&b) = @@seen << :test
		  end
		  def self.seen = @@seen
		end
		load ARGV[0]
		exit 1 unless (%i[desc homepage url sha256 license depends_on test] - Formula.seen).empty? && Nono.method_defined?(:install)
		' "$one/dist/nono.rb"
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
