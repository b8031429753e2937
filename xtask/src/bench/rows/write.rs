//! Changing secrets. Each row has an emulator of its own, since it changes it.

use super::super::fill::{Filled, Shape, value};
use super::super::load::{Limit, Load};
use super::super::report::Line;
use super::super::{Bench, first_answer};
use super::{SMALL, beside_bare};
use crate::step::Failed;

/// A token that no other call of a row has.
const TOKEN: &str = r#""ClientRequestToken": "00000001-0000-4000-8000-{fresh}""#;

/// CreateSecret, of secrets that are not there yet.
pub(super) fn create(bench: &mut Bench) -> Result<Vec<Line>, Failed> {
    let value = value(SMALL.size);
    let body = format!(r#"{{"Name": "bench/new-{{fresh}}", {TOKEN}, "SecretString": "{value}"}}"#);
    change(bench, "CreateSecret", &body, "bench/new-")
}

/// UpdateSecret, of a description.
pub(super) fn update(bench: &mut Bench) -> Result<Vec<Line>, Failed> {
    let body = format!(
        r#"{{"SecretId": "bench/secret-{{number}}", {TOKEN}, "Description": "Changed by call {{fresh}}"}}"#
    );
    change(bench, "UpdateSecret", &body, "bench/secret-")
}

/// TagResource, of a tag that has another value before.
pub(super) fn tag(bench: &mut Bench) -> Result<Vec<Line>, Failed> {
    let body = r#"{"SecretId": "bench/secret-{number}", "Tags": [{"Key": "owner", "Value": "team-{fresh}"}]}"#;
    change(bench, "TagResource", body, "")
}

fn change(bench: &Bench, operation: &str, body: &str, text: &str) -> Result<Vec<Line>, Failed> {
    let filled = Filled::fill(bench.emulator()?, SMALL)?;
    let requests = filled.requests(operation, body);
    let answer = first_answer(&filled.server, requests.clone(), &[text])?;
    beside_bare(
        bench,
        bench.plan,
        operation,
        &filled.server,
        &requests,
        answer.len(),
    )
}

/// PutSecretValue, on secrets that have 50 versions when it begins and at most 70 when it ends. More than 100 are refused
/// within a day.
pub(super) fn put(bench: &mut Bench) -> Result<Vec<Line>, Failed> {
    const SHAPE: Shape = Shape {
        secrets: 2_000,
        ..SMALL
    };
    let filled = Filled::fill(bench.emulator()?, SHAPE)?;
    let value = value(SHAPE.size);
    let body =
        format!(r#"{{"SecretId": "bench/secret-{{number}}", {TOKEN}, "SecretString": "{value}"}}"#);
    let requests = filled.requests("PutSecretValue", &body);
    let forty_nine = Limit::of_requests(49 * SHAPE.secrets);
    Load::open(filled.server.address, 64, requests.clone())?.run(forty_nine)?;
    let answer = first_answer(&filled.server, requests.clone(), &["AWSCURRENT"])?;
    let plan = bench.plan.with_requests(18 * SHAPE.secrets);
    let work = "PutSecretValue, secrets with 50 versions";
    beside_bare(bench, plan, work, &filled.server, &requests, answer.len())
}
