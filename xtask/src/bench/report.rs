//! The table: what is required and what was measured.

use std::fmt::{self, Write as _};

use super::machine;
use super::measure::Spread;

/// One figure.
pub(super) struct Line {
    pub(super) work: String,
    pub(super) figure: &'static str,
    pub(super) measured: Spread,
    pub(super) required: Required,
}

/// What a figure must be.
#[derive(Clone, Copy)]
pub(super) enum Required {
    AtLeast(f64),
    AtMost(f64),
    /// Shown beside others.
    Nothing,
}

impl Line {
    pub(super) fn new(
        work: impl Into<String>,
        figure: &'static str,
        measured: Spread,
        required: Required,
    ) -> Self {
        Self {
            work: work.into(),
            figure,
            measured,
            required,
        }
    }

    fn verdict(&self) -> &'static str {
        let median = self.measured.median;
        match self.required {
            Required::AtLeast(least) if median < least => "**missed**",
            Required::AtMost(most) if median > most => "**missed**",
            Required::Nothing => "",
            Required::AtLeast(_) | Required::AtMost(_) => "met",
        }
    }
}

impl fmt::Display for Required {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AtLeast(least) => write!(f, "at least {least:.2}"),
            Self::AtMost(most) => write!(f, "at most {most:.2}"),
            Self::Nothing => Ok(()),
        }
    }
}

/// The lines as a Markdown table.
pub(super) fn table(lines: &[Line]) -> String {
    let mut table = String::from(
        "| work | figure | required | measured | low to high | |\n\
         | --- | --- | --- | --- | --- | --- |\n",
    );
    for line in lines {
        let Line {
            work,
            figure,
            measured: Spread { median, low, high },
            required,
        } = line;
        let verdict = line.verdict();
        // A string takes everything that is written to it.
        let _ = writeln!(
            table,
            "| {work} | {figure} | {required} | {median:.2} | {low:.2} to {high:.2} | {verdict} |"
        );
    }
    table
}

/// The table as a document that says where it is from.
pub(super) fn document(lines: &[Line]) -> String {
    format!(
        "# Measured side by side\n\n\
         Made by `cargo xtask bench` on {}.\n\n\
         The emulator's release binary beside the programs in `benches/peers`, A B A B in one run. Each figure is the median of all\n\
         rounds; a tenth of the rounds are below the low one, a tenth above the high one. \"Processor\" is the server's processor\n\
         time per request, that of the kernel on its behalf included.\n\n{}",
        machine::description(),
        table(lines)
    )
}
