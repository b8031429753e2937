//! Figures as they are kept in a file.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::step::{Failed, read};

/// A function is kept if its own instructions are at least this part of the subject's.
const SMALLEST_ALONE: u64 = 50;
/// A function of ours is kept if its instructions, with those of what it calls, are at least this part of the subject's.
const SMALLEST_WITH_CALLEES: u64 = 20;

/// All figures, and where they were counted.
#[derive(Debug, Deserialize, Serialize)]
pub(super) struct Figures {
    pub(super) environment: Environment,
    pub(super) subjects: BTreeMap<String, Figure>,
}

/// What a count depends on besides the sources.
#[derive(Debug, Deserialize, Serialize)]
pub(super) struct Environment {
    pub(super) compiler: String,
    pub(super) c_library: String,
    pub(super) valgrind: String,
    /// What the processor can do, as programs see it under valgrind.
    pub(super) processor: String,
}

/// How many instructions it takes to do a subject once.
#[derive(Debug, Default, Deserialize, Serialize)]
pub(super) struct Figure {
    pub(super) instructions: u64,
    /// By function, without what it calls.
    pub(super) alone: BTreeMap<String, u64>,
    /// By function of ours, with what it calls.
    pub(super) with_callees: BTreeMap<String, u64>,
}

impl Figures {
    pub(super) fn read(file: &Path) -> Result<Self, Failed> {
        serde_json::from_str(&read(file)?)
            .map_err(|error| Failed(format!("{}: {error}", file.display())))
    }

    pub(super) fn write(&self, file: &Path) -> Result<(), Failed> {
        let failed = |error: &dyn std::fmt::Display| Failed(format!("{}: {error}", file.display()));
        let text = serde_json::to_string_pretty(self).map_err(|error| failed(&error))?;
        fs::write(file, text + "\n").map_err(|error| failed(&error))
    }
}

impl Environment {
    /// What differs in another environment, in words.
    pub(super) fn differences(&self, now: &Self) -> Vec<String> {
        let pairs = [
            (&self.compiler, &now.compiler),
            (&self.c_library, &now.c_library),
            (&self.valgrind, &now.valgrind),
            (&self.processor, &now.processor),
        ];
        pairs
            .into_iter()
            .filter(|(kept, now)| kept != now)
            .map(|(kept, now)| format!("the figures were counted with {kept}, and this is {now}"))
            .collect()
    }
}

impl Figure {
    /// The least that a function takes which is kept.
    pub(super) fn smallest_alone(&self) -> u64 {
        self.instructions / SMALLEST_ALONE
    }

    /// The same of a function with what it calls.
    pub(super) fn smallest_with_callees(&self) -> u64 {
        self.instructions / SMALLEST_WITH_CALLEES
    }

    /// The figure as it is kept: small functions would make up most of the file and explain nothing.
    pub(super) fn without_small_functions(mut self) -> Self {
        let (alone, with_callees) = (self.smallest_alone(), self.smallest_with_callees());
        self.alone.retain(|_, cost| *cost >= alone);
        self.with_callees.retain(|_, cost| *cost >= with_callees);
        self
    }
}
