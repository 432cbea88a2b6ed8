class Nono < Formula
  desc "Sandbox for agents, kept by the kernel"
  homepage "https://github.com/nono-sandbox/nono"
  url "https://github.com/nono-sandbox/nono/releases/download/v@VERSION@/nono-@VERSION@.tar.gz"
  sha256 "@SHA256@"
  license "Apache-2.0"

  depends_on "go" => :build

  def install
    # The archive brings its dependencies and its version along.
    system "make", "install", "PREFIX=#{prefix}", "GO=#{Formula["go"].opt_bin}/go"
    bash_completion.install_symlink share/"bash-completion/completions/nono"
  end

  def caveats
    <<~EOS
      Functions for interactive shells, in the start-up file of yours:
        . #{opt_share}/nono/nono.bash
        . #{opt_share}/nono/nono.zsh
        source #{opt_share}/nono/nono.fish
    EOS
  end

  test do
    assert_match version.to_s, shell_output("#{bin}/nono version")
    (testpath/"project").mkpath
    (testpath/"secret").write "secret"
    assert_match "denied", shell_output("#{bin}/nono why --allow #{testpath}/project #{testpath}/secret", 1)
    # On macOS brew runs this in a sandbox, in which there can be no other.
    return if OS.mac?

    cd "project" do
      assert_equal "ok\n", shell_output("#{bin}/nono run --silent --allow . -- /bin/echo ok")
      shell_output("#{bin}/nono run --silent --allow . -- /bin/cat #{testpath}/secret 2>/dev/null", 1)
    end
  end
end
