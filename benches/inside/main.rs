//! What a request costs inside, without HTTP: the parts it is made of, and whole operations.
//!
//! There is one list of subjects and two ways to measure them. `cargo bench --bench inside` takes the time, by divan.
//! `cargo xtask bench --check` runs this program under callgrind, one subject at a time, and counts instructions: nothing
//! here depends on time or chance, and there is one thread.

mod operations;
mod parts;
mod world;

use std::process::ExitCode;
use std::{env, iter};

// The emulator's own allocator.
#[cfg(target_os = "linux")]
use mimalloc as _;

/// Something to measure.
struct Subject {
    name: &'static str,
    /// Makes what is to be measured, which can then be done any number of times.
    prepare: fn() -> Work,
}

/// What is measured, done once.
type Work = Box<dyn FnMut()>;

/// How often a subject is done before it is counted, so that what is made once is there.
const WARM_UP: usize = 10;

fn main() -> ExitCode {
    let arguments: Vec<_> = env::args().skip(1).collect();
    let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        ["--names"] => print_names(),
        ["--processor"] => print_processor(),
        ["--count", name, times] => return count(name, times),
        _ => divan::main(),
    }
    ExitCode::SUCCESS
}

fn subjects() -> impl Iterator<Item = &'static Subject> {
    iter::chain(parts::SUBJECTS, operations::SUBJECTS)
}

#[divan::bench(args = subjects().map(|subject| subject.name))]
fn inside(bencher: divan::Bencher<'_, '_>, name: &str) {
    if let Some(subject) = subjects().find(|subject| subject.name == name) {
        bencher.bench_local((subject.prepare)());
    }
}

#[expect(clippy::print_stdout, reason = "the names are for another program")]
fn print_names() {
    for subject in subjects() {
        println!("{}", subject.name);
    }
}

/// What the processor can do of that which libraries ask for before they choose how to encrypt and to copy.
#[expect(clippy::print_stdout, reason = "the line is for another program")]
fn print_processor() {
    #[cfg(target_arch = "x86_64")]
    let features = [
        ("aes", is_x86_feature_detected!("aes")),
        ("pclmulqdq", is_x86_feature_detected!("pclmulqdq")),
        ("sha", is_x86_feature_detected!("sha")),
        ("avx2", is_x86_feature_detected!("avx2")),
        ("avx512f", is_x86_feature_detected!("avx512f")),
        ("vaes", is_x86_feature_detected!("vaes")),
    ];
    #[cfg(not(target_arch = "x86_64"))]
    let features: [(&str, bool); 0] = [];
    let present = features.iter().filter(|(_, is_present)| *is_present);
    let present: Vec<_> = present.map(|(name, _)| *name).collect();
    println!("{} {}", env::consts::ARCH, present.join(" "));
}

/// Does a subject this many times, in [`counted`].
fn count(name: &str, times: &str) -> ExitCode {
    let subject = subjects().find(|subject| subject.name == name);
    let (Some(subject), Ok(times)) = (subject, times.parse()) else {
        return ExitCode::FAILURE;
    };
    let mut work = (subject.prepare)();
    for _ in 0..WARM_UP {
        work();
    }
    counted(&mut work, times);
    ExitCode::SUCCESS
}

/// Callgrind counts from here to the end of this function, which it knows by its name.
#[inline(never)]
fn counted(work: &mut Work, times: usize) {
    for _ in 0..times {
        work();
    }
}
