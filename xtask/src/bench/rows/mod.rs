//! The rows of the table, by what they measure.

mod get;
mod large;
mod list;
mod process;
mod scan;
mod state;
mod write;

use super::Bench;
use super::fill::Shape;
use super::measure::{Plan, Side, side_by_side};
use super::report::{Line, Required};
use super::request::Requests;
use super::server::Server;
use crate::step::Failed;

/// Measures a row, or several that belong together.
type Measure = fn(&mut Bench) -> Result<Vec<Line>, Failed>;

/// All rows by name, in the table's order.
pub(super) const ROWS: &[(&str, Measure)] = &[
    ("get-by-name", get::by_name),
    ("get-otherwise", get::otherwise),
    ("get-of-500000", get::of_many),
    ("batch-get", get::batch),
    ("create", write::create),
    ("put", write::put),
    ("update", write::update),
    ("tag", write::tag),
    ("list", list::pages),
    ("scan", scan::meanwhile),
    ("memory", process::memory),
    ("large-value", large::value),
    ("state", state::deeds),
    ("start", process::start),
    ("size", process::size),
];

/// How many connections ask, where nothing else is said.
const CONNECTIONS: usize = 16;

const REQUESTS_OF_BARE: &str = "requests per second, of bare axum's";
const PROCESSOR_OF_BARE: &str = "processor, times bare axum's";

/// Secrets as most tests have them.
const SMALL: Shape = Shape {
    secrets: 1_000,
    size: 64,
    described: false,
};

/// As many secrets as AWS allows in a region.
const MANY: Shape = described(500_000);

/// Secrets with all that shows in a list.
const fn described(secrets: usize) -> Shape {
    Shape {
        secrets,
        size: 256,
        described: true,
    }
}

/// Measures an emulator beside a bare axum handler whose answers have this size.
fn beside_bare(
    bench: &Bench,
    plan: Plan,
    work: &str,
    emulator: &Server,
    requests: &Requests,
    size: usize,
) -> Result<Vec<Line>, Failed> {
    let bare = bench.bare(size)?;
    let side = |name, server| Side::new(name, server, CONNECTIONS, requests.clone());
    let sides = [side("bare axum", &bare)?, side(work, emulator)?];
    let [bare, emulator] = side_by_side(plan, sides)?;
    Ok(vec![
        Line::new(
            work,
            REQUESTS_OF_BARE,
            emulator.to(&bare, |s| s.per_second),
            Required::AtLeast(0.6),
        ),
        Line::new(
            work,
            PROCESSOR_OF_BARE,
            emulator.to(&bare, |s| s.processor),
            Required::AtMost(1.8),
        ),
    ])
}
