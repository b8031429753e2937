//! Which way the arrows point: what each part may use, read from the sources.

#![allow(
    clippy::unwrap_used,
    reason = "a test ends where something is not as it should be"
)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use regex::Regex;

/// Each part with the parts it may use. `app` puts everything together and may use all.
const ARROWS: &[(&str, &[&str])] = &[
    ("arn", &[]),
    ("clock", &[]),
    ("entropy", &[]),
    ("sensitive", &[]),
    ("telemetry", &[]),
    ("turns", &[]),
    ("secret", &["arn", "sensitive"]),
    ("environment", &["secret"]),
    ("journal", &[]),
    ("store", &["secret", "turns"]),
    ("kms", &["secret", "arn", "entropy", "journal", "sensitive"]),
    ("trail", &["secret", "entropy"]),
    (
        "lambda",
        &[
            "secret",
            "arn",
            "entropy",
            "environment",
            "sensitive",
            "server",
            "telemetry",
        ],
    ),
    (
        "rotation",
        &[
            "secret", "store", "clock", "entropy", "journal", "lambda", "trail",
        ],
    ),
    (
        "timetable",
        &["clock", "journal", "kms", "rotation", "store", "trail"],
    ),
    (
        "state",
        &[
            "clock",
            "entropy",
            "kms",
            "rotation",
            "secret",
            "store",
            "timetable",
        ],
    ),
    ("auth", &["secret", "arn"]),
    (
        "replication",
        &["secret", "store", "kms", "clock", "entropy", "turns"],
    ),
    (
        "api",
        &[
            "secret",
            "store",
            "kms",
            "auth",
            "replication",
            "arn",
            "entropy",
            "lambda",
            "sensitive",
            "trail",
        ],
    ),
    (
        "seed",
        &[
            "secret",
            "store",
            "kms",
            "auth",
            "api",
            "clock",
            "entropy",
            "sensitive",
        ],
    ),
    (
        "protocol",
        &["api", "auth", "secret", "clock", "entropy", "telemetry"],
    ),
    (
        "admin",
        &[
            "clock",
            "journal",
            "rotation",
            "secret",
            "server",
            "state",
            "timetable",
            "trail",
            "seed",
        ],
    ),
    ("config", &["secret", "lambda", "seed"]),
    ("server", &[]),
    (
        "emulator",
        &[
            "app",
            "server",
            "config",
            "secret",
            "clock",
            "entropy",
            "journal",
            "lambda",
            "protocol",
            "state",
            "timetable",
            "admin",
            "seed",
            "sensitive",
        ],
    ),
    (
        "cli",
        &[
            "emulator",
            "entropy",
            "environment",
            "server",
            "config",
            "secret",
            "telemetry",
            "lambda",
            "seed",
            "sensitive",
        ],
    ),
];

/// Libraries that only some parts may use.
const LIBRARIES: &[(&str, &[&str])] = &[
    ("axum", &["admin", "lambda", "server", "app"]),
    (
        "serde",
        &[
            "api", "auth", "protocol", "admin", "rotation", "lambda", "cli", "seed",
        ],
    ),
    (
        "serde_json",
        &[
            "api", "auth", "protocol", "admin", "rotation", "lambda", "trail", "cli", "seed",
        ],
    ),
    (
        "tokio",
        &[
            "turns",
            "store",
            "clock",
            "protocol",
            "replication",
            "rotation",
            "state",
            "timetable",
            "trail",
            "lambda",
            "server",
            "emulator",
            "seed",
            "cli",
        ],
    ),
    ("utoipa", &["admin"]),
    ("utoipa_axum", &["admin"]),
    ("hyper", &["server", "protocol", "lambda", "cli"]),
    ("hyper_util", &["server"]),
    ("clap", &["cli"]),
    ("aes_gcm", &["kms"]),
    ("blake3", &["kms"]),
    ("bytemuck", &["api", "sensitive"]),
    ("memchr", &["auth"]),
    ("sonic_rs", &["api"]),
    ("wide", &["api"]),
    ("arcstr", &["secret"]),
    ("granit_parser", &["seed"]),
    ("imbl", &["store", "kms"]),
    ("hashbrown", &["store"]),
    ("quick_xml", &["protocol"]),
    ("rand", &["entropy"]),
    ("reqwest", &["cli", "lambda"]),
    ("croner", &["secret"]),
    ("rustix", &["lambda", "cli"]),
    ("smallvec", &["secret"]),
    (
        "tracing",
        &[
            "protocol",
            "server",
            "replication",
            "rotation",
            "timetable",
            "admin",
            "cli",
            "lambda",
        ],
    ),
    ("tracing_subscriber", &["telemetry"]),
];

/// A source file's part and its text without unit tests.
fn sources() -> Vec<(String, PathBuf, String)> {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    collect(&src, &mut files);
    files
        .into_iter()
        .filter(|path| {
            !["lib.rs", "main.rs", "app.rs"]
                .iter()
                .any(|name| path.ends_with(name))
        })
        .filter(|path| {
            !["tests.rs", "conformance.rs"]
                .iter()
                .any(|name| path.ends_with(name))
        })
        .map(|path| {
            let inside = path.strip_prefix(&src).unwrap();
            let part = inside.components().next().unwrap().as_os_str();
            let part = part.to_str().unwrap().trim_end_matches(".rs").to_owned();
            let text = fs::read_to_string(&path).unwrap();
            let code = text.split("#[cfg(test)]\nmod tests").next().unwrap();
            let code = code
                .lines()
                .filter(|line| !line.trim_start().starts_with("//"));
            let code = code.collect::<Vec<_>>().join("\n");
            (part, path, code)
        })
        .collect()
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, files);
        } else {
            files.push(path);
        }
    }
}

#[test]
fn every_part_uses_only_what_its_arrows_allow() {
    let used = Regex::new(r"\bcrate::(\w+)").unwrap();
    let grouped = Regex::new(r"\bcrate::\{([^;]*)\}").unwrap();
    let first_words = Regex::new(r"(?:^|,)\s*(\w+)").unwrap();
    let mut seen = BTreeSet::new();
    for (part, path, code) in sources() {
        let (_, allowed) = ARROWS
            .iter()
            .find(|(name, _)| *name == part)
            .unwrap_or_else(|| panic!("{part} is not in the table of arrows"));
        let direct = used.captures_iter(&code).map(|found| found[1].to_owned());
        let in_groups = grouped.captures_iter(&code).flat_map(|group| {
            let group = group[1].to_owned();
            first_words
                .captures_iter(&group)
                .map(|found| found[1].to_owned())
                .collect::<Vec<_>>()
        });
        for other in direct.chain(in_groups) {
            assert!(
                other == part || allowed.contains(&other.as_str()),
                "{} may not use {other}",
                path.display()
            );
        }
        seen.insert(part);
    }
    let listed: BTreeSet<_> = ARROWS.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(seen, listed, "the table of arrows lists what there is");
}

#[test]
fn libraries_stay_where_they_belong() {
    for (library, allowed) in LIBRARIES {
        let used = Regex::new(&format!(r"\b{library}::|\buse {library}\b")).unwrap();
        for (part, path, code) in sources() {
            assert!(
                !used.is_match(&code) || allowed.contains(&part.as_str()),
                "{} may not use {library}",
                path.display()
            );
        }
    }
}

#[test]
fn the_core_is_pure() {
    let impure = Regex::new(r"\basync\b|\bawait\b|std::(fs|net|io|time)|Utc::now").unwrap();
    for (part, path, code) in sources() {
        if part == "secret" {
            assert!(!impure.is_match(&code), "{} is not pure", path.display());
        }
    }
}
