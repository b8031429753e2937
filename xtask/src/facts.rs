//! `cargo xtask facts`: which fact about AWS is shown by which test.
//!
//! A fact is a row of a table, or a line of prose, of `docs/aws-behaviour.md` that carries a mark of strength [R], [M] or
//! [I+]. A test names the facts it shows in comments of the form `Fact 3.1: the first words of the row`; the replayed
//! traces name rows of section 12 in their data. `docs/facts-without-tests.md` gives the reason for each fact that no
//! test here shows.

use std::fs;
use std::path::{Path, PathBuf};

use crate::step::{Failed, read, root};

/// The sections that are walked.
const SECTIONS: &[&str] = &["1", "2", "3", "4", "5", "6", "7", "8", "9", "11", "12"];

/// How many words of a comment must follow each other, in order, in the row it names.
const WORDS: usize = 5;

struct Fact {
    section: String,
    text: String,
    words: Vec<String>,
}

/// A comment of a test, or a reason why there is no test.
struct Mention {
    section: String,
    words: Vec<String>,
    /// The test's file and line, or the reason.
    says: String,
}

/// Prints the table; fails if a fact has neither a test nor a reason.
pub(crate) fn print() -> Result<(), Failed> {
    let facts = facts()?;
    let tests = tests()?;
    let reasons = reasons()?;
    let mut shown = 0;
    let mut explained = 0;
    let mut unexplained = Vec::new();
    for fact in &facts {
        let tests: Vec<_> = tests.iter().filter(|test| test.names(fact)).collect();
        let reason = reasons.iter().find(|reason| reason.names(fact));
        let says = match (tests.as_slice(), reason) {
            ([], None) => {
                unexplained.push(fact);
                "NEITHER TEST NOR REASON".to_owned()
            }
            ([], Some(reason)) => {
                explained += 1;
                format!("no test: {}", reason.says)
            }
            ([first, others @ ..], _) => {
                shown += 1;
                match others.len() {
                    0 => first.says.clone(),
                    more => format!("{} and {more} more", first.says),
                }
            }
        };
        print_row(&fact.section, &shortened(&fact.text), &says);
    }
    let total = facts.len();
    print_row(
        "all",
        &format!("{total} facts"),
        &format!("{shown} shown by tests, {explained} explained"),
    );
    match unexplained.len() {
        0 => Ok(()),
        n => Err(Failed(format!(
            "{n} facts have neither a test nor a reason"
        ))),
    }
}

#[expect(clippy::print_stdout, reason = "the table is what this command is for")]
fn print_row(section: &str, fact: &str, says: &str) {
    println!("{section:<5}| {fact:<72}| {says}");
}

impl Mention {
    /// Are the first words of this among the fact's, in this order?
    fn names(&self, fact: &Fact) -> bool {
        if self.section != fact.section || self.words.is_empty() {
            return false;
        }
        let mut row = fact.words.iter();
        self.words == ["*"]
            || self
                .words
                .iter()
                .take(WORDS)
                .all(|word| row.any(|other| other == word))
    }
}

fn facts() -> Result<Vec<Fact>, Failed> {
    let sheet = read(&root().join("docs/aws-behaviour.md"))?;
    let mut section = None;
    let mut facts = Vec::new();
    for line in sheet.lines() {
        if line.starts_with("## ") || line.starts_with("### ") {
            section = line.split(' ').nth(1).filter(|number| {
                let chapter = number.split('.').next().unwrap_or_default();
                SECTIONS.contains(&chapter)
            });
            continue;
        }
        let Some(section) = section else { continue };
        let is_trace_row = section == "12"
            && line.starts_with("| ")
            && !line.starts_with("| #")
            && !line.starts_with("| -");
        if is_trace_row
            || ["[R]", "[M]", "[I+]", "[M→I+]"]
                .iter()
                .any(|mark| line.contains(mark))
        {
            facts.push(Fact {
                section: section.to_owned(),
                text: line.trim_matches(['|', ' ']).to_owned(),
                words: words(line),
            });
        }
    }
    Ok(facts)
}

/// Lower-case words; what a sheet and a comment may write differently is dropped.
fn words(text: &str) -> Vec<String> {
    let plain: String = text
        .to_lowercase()
        .replace('’', "'")
        .chars()
        .filter(|c| !"`*\"\\".contains(*c))
        .collect();
    plain
        .split(|c: char| !(c.is_ascii_alphanumeric() || "{}'".contains(c)))
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}

fn tests() -> Result<Vec<Mention>, Failed> {
    let mut files = Vec::new();
    for folder in ["tests", "src"] {
        collect(&root().join(folder), &mut files)?;
    }
    files.sort();
    let mut mentions = Vec::new();
    for path in files {
        let text = read(&path)?;
        let name = path
            .strip_prefix(root())
            .unwrap_or(&path)
            .display()
            .to_string();
        for (number, line) in text.lines().enumerate() {
            let says = format!("{name}:{}", number + 1);
            mentions.extend(mention_in(line, says));
        }
    }
    Ok(mentions)
}

/// Reads `Fact 3.1: words`, and `"fact": "12 row 3"` of a trace.
fn mention_in(line: &str, says: String) -> Option<Mention> {
    let (section, words) = if let Some((_, row)) = line.split_once("\"fact\": \"12 row ") {
        let row = row.split('"').next()?;
        ("12", vec![row.to_owned()])
    } else {
        let (_, rest) = line
            .split_once("Fact ")
            .or_else(|| line.split_once("Facts "))?;
        let (section, text) = rest.split_once(": ")?;
        (section, words(text))
    };
    Some(Mention {
        section: section.to_owned(),
        words,
        says,
    })
}

fn reasons() -> Result<Vec<Mention>, Failed> {
    let text = read(&root().join("docs/facts-without-tests.md"))?;
    let row = |line: &str| {
        let mut cells = line.strip_prefix("| ")?.strip_suffix(" |")?.split(" | ");
        let (section, begins, reason) = (cells.next()?, cells.next()?, cells.next()?);
        let words = if begins == "*" {
            vec!["*".to_owned()]
        } else {
            words(begins)
        };
        Some(Mention {
            section: section.to_owned(),
            words,
            says: reason.to_owned(),
        })
    };
    Ok(text.lines().filter_map(row).collect())
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> Result<(), Failed> {
    let failed = |error| Failed(format!("{}: {error}", folder.display()));
    for entry in fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else if path
            .extension()
            .is_some_and(|end| ["rs", "py", "json"].iter().any(|e| end == *e))
        {
            files.push(path);
        }
    }
    Ok(())
}

fn shortened(text: &str) -> String {
    let text: String = text.chars().filter(|c| *c != '`').collect();
    match text.char_indices().nth(68) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text,
    }
}
