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

use secretstack::api::kms::OUT_OF_SCOPE;
use secretstack::api::{Service, TABLE, find};
use support::service_model::of;

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

/// Where the tests of a service's operations are. Secrets Manager's are not in a folder of their own.
fn tests_of(service: Service) -> PathBuf {
    let api = root().join("tests/api");
    match service {
        Service::SecretsManager => api,
        Service::Kms => api.join("kms"),
        Service::Sts => api.join("sts"),
    }
}

#[test]
fn every_operation_has_a_file_and_a_file_of_tests_that_calls_it() {
    for entry in TABLE {
        let file = format!("{}.rs", snake_case(entry.name));
        let folder = root().join("src/api").join(entry.service.name());
        assert!(folder.join(&file).exists(), "{file} is missing");
        let tests = tests_of(entry.service).join(&file);
        let text = fs::read_to_string(&tests)
            .unwrap_or_else(|error| panic!("{}: {error}", tests.display()));
        assert!(
            text.contains(entry.name),
            "{file} never calls {}",
            entry.name
        );
        assert!(text.contains("#[tokio::test"), "{file} has no test");
    }
}

/// The first two columns of a section's table in the README.
fn rows(readme: &str, section: &str) -> BTreeMap<String, String> {
    let heading = format!("\n### {section}\n");
    let section = readme.split(&heading).nth(1).unwrap();
    let section = section.split("\n#").next().unwrap();
    section
        .lines()
        .filter_map(|line| {
            let mut cells = line.strip_prefix("| ")?.split(" | ");
            Some((cells.next()?.to_owned(), cells.next()?.to_owned()))
        })
        .filter(|(name, _)| !["operation", "---"].contains(&name.as_str()))
        .collect()
}

#[test]
fn the_readme_lists_every_operation_of_the_models_and_says_which_work() {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    for (service, section) in [
        (Service::SecretsManager, "Secrets Manager"),
        (Service::Kms, "KMS"),
    ] {
        let rows = rows(&readme, section);
        let names: Vec<_> = rows.keys().map(String::as_str).collect();
        assert_eq!(names, of(service).unwrap().operation_names());
        for (name, says) in &rows {
            let works = find(service, name).is_ok();
            let expected = match (works, OUT_OF_SCOPE.contains(&name.as_str())) {
                (true, false) => "works",
                (false, true) => "no",
                _ => "not yet",
            };
            assert_eq!(says, expected, "{name}");
        }
    }
}
