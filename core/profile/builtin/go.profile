# go: go build, test and mod in the working directory
#
# A GOPATH, GOCACHE or GOMODCACHE elsewhere is granted by --temp DIR.

# Toolchains installed in the home, and settings of `go env -w`, which stay
# unwritable: they name programs that go runs.
profile version-managers
read ~/sdk
read ~/.local/go
# Programs that `go install` has put there run, and are not written: they run as you
# later.
read ~/go/bin
read $XDG_CONFIG_HOME/go

# Modules and toolchains that were fetched, and compiled packages. Both are used
# later outside; go checks a module when it is fetched, not when it is used
# (`go mod verify` does).
create ~/go/pkg
temp   ~/go/pkg
create $XDG_CACHE_HOME/go-build
temp   $XDG_CACHE_HOME/go-build
# Results of the language server and the linters; staticcheck does not start
# without a place for them.
create $XDG_CACHE_HOME/gopls
temp   $XDG_CACHE_HOME/gopls
create $XDG_CACHE_HOME/staticcheck
temp   $XDG_CACHE_HOME/staticcheck
create $XDG_CACHE_HOME/golangci-lint
temp   $XDG_CACHE_HOME/golangci-lint
# The same where macOS keeps them, and the settings of `go env -w`.
macos create ~/Library/Caches/go-build
macos temp   ~/Library/Caches/go-build
macos create ~/Library/Caches/gopls
macos temp   ~/Library/Caches/gopls
macos create ~/Library/Caches/staticcheck
macos temp   ~/Library/Caches/staticcheck
macos create ~/Library/Caches/golangci-lint
macos temp   ~/Library/Caches/golangci-lint
macos read-file ~/Library/Application Support/go/env
