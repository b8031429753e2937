//! `ListSecrets`: how AWS splits a text into words.

use serde_json::json;

use crate::list_secrets::{SEPARATORS, assert_finds, assert_words, create};
use crate::support::Server;

/// Fact 3.11: split at one kind of separator among `/ - _ + = . @` and space
/// Fact 3.11: then split at lower→upper boundaries
#[tokio::test]
async fn words_are_split_at_one_kind_of_separator() {
    for separator in SEPARATORS.into_iter().chain([" "]) {
        let text = ["prod", "AppBeta", "x"].join(separator);
        assert_words(
            &text,
            &[
                "prod", "Prod", "pr", "App", "app", "Beta", "beta", "AppBeta", "x", "prod x",
            ],
            &["rod", "ppBeta", "eta", "y", "prod y"],
        )
        .await;
    }
}

/// Fact 3.11: split at one kind of separator among `/ - _ + = . @` (in names as well)
#[tokio::test]
async fn words_of_a_name_are_split_at_one_kind_of_separator() {
    let server = Server::start().await;
    let texts = SEPARATORS.map(|separator| ["prod", "AppBeta", "x"].join(separator));
    for name in &texts {
        create(&server, name, json!({})).await;
    }
    let mut sorted: Vec<&str> = texts.iter().map(String::as_str).collect();
    sorted.sort_unstable();
    for value in ["prod", "App", "beta", "x"] {
        assert_finds(&server, "all", &[value], &sorted).await;
    }
    assert_finds(&server, "all", &["eta"], &[]).await;
}

/// Fact 3.11: then split at lower→upper boundaries (query `Beta` hits)
#[tokio::test]
async fn words_are_split_where_a_capital_follows_a_small_letter() {
    assert_words(
        "AppBeta",
        &["App", "Beta", "beta", "app", "AppBeta", "B"],
        &["eta", "pp", "ppBeta"],
    )
    .await;
    assert_words(
        "myAppBetaService",
        &["my", "app", "beta", "service"],
        &["y", "vice"],
    )
    .await;
}

/// Fact 3.11: a run of capitals followed by lower case splits before the last capital
#[tokio::test]
async fn run_of_capitals_is_split_before_its_last() {
    assert_words(
        "COMPANYthings",
        &["Ythings", "COMPAN"],
        &["things", "N", "company"],
    )
    .await;
}

/// Fact 3.11: an all-caps word stays whole
#[tokio::test]
async fn word_of_capitals_stays_whole() {
    assert_words(
        "COMPANY",
        &["company", "COMPANY", "comp", "C"],
        &["pany", "OMPANY", "Y"],
    )
    .await;
}

/// Fact 3.11: mixing two different separators is reported to defeat splitting for that text
#[tokio::test]
async fn two_kinds_of_separators_defeat_splitting() {
    assert_words("prod-AppBeta/x", &["prod"], &["AppBeta", "beta"]).await;
}

/// Fact 3.11: a query consisting of only a separator (`+`) matches nothing
#[tokio::test]
async fn query_of_only_a_separator_matches_nothing() {
    for separator in SEPARATORS {
        let text = ["a", "b"].join(separator);
        assert_words(&text, &["a", "b"], &[separator]).await;
    }
}

/// Fact 3.11: query words match word *prefixes* only (`ret` does not hit `Secret`)
#[tokio::test]
async fn query_matches_the_start_of_words_only() {
    assert_words(
        "Secret",
        &["S", "sec", "Secret", "secret"],
        &["ret", "ecret", "t", "Secrets"],
    )
    .await;
}

/// Fact 3.11: documentation adds: boundary also between letters and digits
#[tokio::test]
async fn words_are_split_between_letters_and_digits() {
    assert_words(
        "release2024 notes",
        &["release", "2024", "20", "notes"],
        &["024", "elease"],
    )
    .await;
}

/// Fact 3.11: documentation adds: punctuation ignored
#[tokio::test]
async fn punctuation_is_no_part_of_a_word() {
    assert_words(
        "(quoted) 'text'",
        &["quoted", "text", "quoted text"],
        &["uoted"],
    )
    .await;
}
