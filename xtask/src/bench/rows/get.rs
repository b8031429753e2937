//! Reading secrets.

use super::super::fill::{BY_NAME, Shape, value};
use super::super::measure::{Side, side_by_side};
use super::super::report::{Line, Required};
use super::super::{Bench, first_answer};
use crate::step::Failed;

const SMALL: Shape = Shape {
    secrets: 1_000,
    size: 64,
    described: false,
};

/// GetSecretValue by name beside both peers, on 1, 16 and 64 connections.
pub(super) fn by_name(bench: &mut Bench) -> Result<Vec<Line>, Failed> {
    let filled = bench.filled(SMALL)?;
    let requests = || filled.requests("GetSecretValue", BY_NAME);
    let value = value(SMALL.size);
    let answer = first_answer(&filled.server, requests(), 200, &[&value])?;
    let floor = bench.floor(SMALL.secrets, SMALL.size)?;
    first_answer(&floor, requests(), 200, &[&value])?;
    let bare = bench.bare(answer.len())?;
    let mut lines = Vec::new();
    for connections in [16, 1, 64] {
        let side = |name, server| Side::new(name, server, connections, requests());
        let [bare, floor, emulator] = side_by_side(
            bench.plan,
            [
                side("bare axum", &bare)?,
                side("floor", &floor)?,
                side("emulator", &filled.server)?,
            ],
        )?;
        let required = |required| {
            if connections == 16 {
                required
            } else {
                Required::Nothing
            }
        };
        let work = format!("GetSecretValue by name, {connections} connections");
        let mut line = |figure, measured, required| {
            lines.push(Line::new(&work, figure, measured, required));
        };
        line(
            "requests per second, of bare axum's",
            emulator.to(&bare, |s| s.per_second),
            required(Required::AtLeast(0.75)),
        );
        line(
            "processor, times bare axum's",
            emulator.to(&bare, |s| s.processor),
            required(Required::AtMost(1.4)),
        );
        line(
            "requests per second, of floor's",
            emulator.to(&floor, |s| s.per_second),
            required(Required::AtLeast(0.92)),
        );
    }
    Ok(lines)
}
