#!/bin/sh
# Builds the binary without shared libraries, for an image that holds nothing else, and puts it at the path given.
set -eu
destination="$1"
# With a target named, crt-static is for the program alone: the compiler's own plug-ins are shared libraries.
target="$(rustc -vV | sed -n 's/^host: //p')"
# Without shared libraries, randomness would be read from /dev/urandom, which is not everywhere.
export RUSTFLAGS='-C target-feature=+crt-static --cfg getrandom_backend="linux_getrandom"'
cargo build --release --locked --package secretstack --target "$target"
mkdir -p "$(dirname "$destination")"
cp "${CARGO_TARGET_DIR:-target}/$target/release/secretstack" "$destination"
