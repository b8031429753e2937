//! Values as large as they may be.

use super::super::fill::{BY_NAME, Filled, Shape, value as value_of};
use super::super::measure::{Plan, Side, side_by_side};
use super::super::report::{Line, Required};
use super::super::request::Requests;
use super::super::server::Server;
use super::super::{Bench, first_answer};
use super::CONNECTIONS;
use crate::step::Failed;

/// Secrets with values of 65,536 bytes, read and written, beside a handler that does only what cannot be avoided.
pub(super) fn value(bench: &mut Bench) -> Result<Vec<Line>, Failed> {
    const SHAPE: Shape = Shape {
        secrets: 200,
        size: 65_536,
        described: false,
    };
    let filled = Filled::fill(bench.emulator()?, SHAPE)?;
    let floor = bench.floor(SHAPE.secrets, SHAPE.size)?;
    let value = value_of(SHAPE.size);
    let read = filled.requests("GetSecretValue", BY_NAME);
    let body = format!(
        r#"{{"SecretId": "bench/secret-{{number}}", "ClientRequestToken": "00000001-0000-4000-8000-{{fresh}}", "SecretString": "{value}"}}"#
    );
    let write = filled.requests("PutSecretValue", &body);
    for server in [&filled.server, &floor] {
        first_answer(server, read.clone(), &[&value])?;
        first_answer(server, write.clone(), &["AWSCURRENT"])?;
    }
    let mut lines = beside_floor(
        bench.plan,
        "a value of 65,536 bytes, read",
        (&filled.server, &floor),
        &read,
    )?;
    // Far fewer than 100 versions a secret, which would be refused, and no more memory than a small machine has.
    let plan = bench.plan.with_requests(40 * SHAPE.secrets);
    lines.extend(beside_floor(
        plan,
        "a value of 65,536 bytes, written",
        (&filled.server, &floor),
        &write,
    )?);
    Ok(lines)
}

fn beside_floor(
    plan: Plan,
    work: &str,
    (emulator, floor): (&Server, &Server),
    requests: &Requests,
) -> Result<Vec<Line>, Failed> {
    let side = |name, server| Side::new(name, server, CONNECTIONS, requests.clone());
    let sides = [side("floor", floor)?, side(work, emulator)?];
    let [floor, emulator] = side_by_side(plan, sides)?;
    Ok(vec![Line::new(
        work,
        "processor, times floor's",
        emulator.to(&floor, |s| s.processor),
        Required::AtMost(1.3),
    )])
}
