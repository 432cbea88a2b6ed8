# rust: cargo and rustc in the working directory
#
# A CARGO_HOME or RUSTUP_HOME elsewhere is granted by --read and --temp.
# ~/.cargo/credentials.toml stays shut: it has the registry's token in it.

# Toolchains, and the programs beside cargo: they run as you, so they are not
# written. cargo's configuration can name programs, so it is not either.
profile version-managers
read      ~/.rustup
read      ~/.cargo/bin
read-file ~/.cargo/config.toml
read-file ~/.cargo/config
read-file ~/.cargo/env

# Crates that were fetched before.
create ~/.cargo/registry
temp   ~/.cargo/registry
create ~/.cargo/git
temp   ~/.cargo/git
# Locks over them, and when each was last used.
allow-file ~/.cargo/.package-cache
allow-file ~/.cargo/.package-cache-mutate
allow-file ~/.cargo/.global-cache

# An incremental build renames and removes directories in target.
allow-rmdir
