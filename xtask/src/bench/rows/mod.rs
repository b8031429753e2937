//! The rows of the table, by what they measure.

mod get;

use super::Bench;
use super::report::Line;
use crate::step::Failed;

/// Measures a row, or several that belong together.
type Measure = fn(&mut Bench) -> Result<Vec<Line>, Failed>;

/// All rows by name, in the table's order.
pub(super) const ROWS: &[(&str, Measure)] = &[("get-by-name", get::by_name)];
