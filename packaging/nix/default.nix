# nix-build, in the source archive or in a checkout with `go work vendor` done.
{ pkgs ? import <nixpkgs> { } }:

pkgs.stdenv.mkDerivation {
  pname = "nono";
  version = builtins.head (builtins.match ''.*number = "([^"]+)".*'' (builtins.readFile ../../core/version/version.go));
  src = pkgs.lib.cleanSource ../..;

  nativeBuildInputs = [ pkgs.go ];

  # The dependencies are in vendor/, so nothing is fetched.
  configurePhase = ''
    export GOCACHE=$TMPDIR/go-cache GOFLAGS=-mod=vendor GOPROXY=off GOTOOLCHAIN=local
    patchShebangs packaging
  '';
  buildPhase = "make build";
  installPhase = "make install PREFIX=$out";

  doInstallCheck = true;
  installCheckPhase = ''
    $out/bin/nono version
    $out/libexec/nono/nono-exec-shim --version
  '';

  meta = {
    description = "Sandbox for agents, kept by the kernel";
    homepage = "https://github.com/nono-sandbox/nono";
    license = pkgs.lib.licenses.asl20;
    mainProgram = "nono";
    platforms = pkgs.lib.platforms.linux ++ pkgs.lib.platforms.darwin;
  };
}
