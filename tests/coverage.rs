//! Every operation has tests and a row in the README's table, and the table says what is so.

#![allow(
    clippy::unwrap_used,
    reason = "a test ends where something is not as it should be"
)]

#[path = "support/mod.rs"]
mod support;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use secretstack::api::TABLE;
use support::service_model::operation_names;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

/// `GetSecretValue` to `get_secret_value`.
fn snake_case(name: &str) -> String {
    let mut snake = String::new();
    for c in name.chars() {
        if c.is_ascii_uppercase() && !snake.is_empty() {
            snake.push('_');
        }
        snake.push(c.to_ascii_lowercase());
    }
    snake
}

#[test]
fn every_operation_has_a_file_and_a_file_of_tests_that_calls_it() {
    for entry in TABLE {
        let file = format!("{}.rs", snake_case(entry.name));
        let source = root().join("src/api/secretsmanager").join(&file);
        assert!(source.exists(), "{} is missing", source.display());
        let tests = root().join("tests/api").join(&file);
        let text = fs::read_to_string(&tests)
            .unwrap_or_else(|error| panic!("{}: {error}", tests.display()));
        let call = format!("\"{}\"", entry.name);
        assert!(text.contains(&call), "{file} never calls {}", entry.name);
        assert!(text.contains("#[tokio::test"), "{file} has no test");
    }
}

#[test]
fn the_readme_lists_every_operation_of_the_model_and_says_which_work() {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    let section = readme.split("\n## Operations\n").nth(1).unwrap();
    let section = section.split("\n## ").next().unwrap();
    let rows: BTreeMap<&str, &str> = section
        .lines()
        .filter_map(|line| {
            let mut cells = line.strip_prefix("| ")?.split(" | ");
            Some((cells.next()?, cells.next()?))
        })
        .filter(|(name, _)| !["operation", "---"].contains(name))
        .collect();
    let names: Vec<_> = rows.keys().copied().collect();
    assert_eq!(names, operation_names());
    for (name, says) in rows {
        let works = TABLE.iter().any(|entry| entry.name == name);
        let expected = if works { "works" } else { "not yet" };
        assert_eq!(says, expected, "{name}");
    }
}
