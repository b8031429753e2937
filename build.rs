//! How the program is linked.

use std::env;

fn main() {
    const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/link/seldom.ld");
    println!("cargo::rerun-if-changed={SCRIPT}");
    let is = |name: &str, value: &str| env::var(name).is_ok_and(|is| is == value);
    if is("CARGO_CFG_TARGET_OS", "linux") && is("PROFILE", "release") && !has_linker_of_its_own() {
        println!("cargo::rustc-link-arg-bins=-T");
        println!("cargo::rustc-link-arg-bins={SCRIPT}");
    }
}

/// Was a linker chosen? Not all understand the script, and the program is the same without it.
fn has_linker_of_its_own() -> bool {
    let flags = env::var("CARGO_ENCODED_RUSTFLAGS").unwrap_or_default();
    let chooses = |flag: &str| flag.contains("linker") || flag.contains("fuse-ld");
    env::var_os("RUSTC_LINKER").is_some() || flags.split('\u{1f}').any(chooses)
}
