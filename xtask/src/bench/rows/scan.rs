//! What others notice of a list that must look at every secret.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use super::super::fill::BY_NAME;
use super::super::load::{Limit, Load};
use super::super::measure::{Plan, Series, Side, sample};
use super::super::report::{Line, Required};
use super::super::request::{About, Requests};
use super::super::{Bench, first_answer};
use super::{CONNECTIONS, MANY};
use crate::step::{Failed, say};

/// GetSecretValue by name, with and without somebody who lists 500,000 secrets by a filter that matches nothing, over
/// and over.
pub(super) fn meanwhile(bench: &mut Bench) -> Result<Vec<Line>, Failed> {
    let filled = bench.filled(MANY)?;
    let mut lines = Vec::new();
    for key in ["description", "tag-value"] {
        let body = format!(r#"{{"Filters": [{{"Key": "{key}", "Values": ["nothing"]}}]}}"#);
        let list = Requests::new("ListSecrets", &body, About::each(1));
        first_answer(&filled.server, list.clone(), &[r#""SecretList":[]"#])?;
        for (connections, on) in [(1, "1 connection"), (CONNECTIONS, "16 connections")] {
            let work = format!("GetSecretValue on {on} while a list is filtered by {key}");
            let get = filled.requests("GetSecretValue", BY_NAME);
            let side = Side::new(&work, &filled.server, connections, get)?;
            let [alone, disturbed] = with_and_without(bench.plan, side, &list)?;
            say(&format!("  {:<28} {alone}", "alone"));
            say(&format!("  {key:<28} {disturbed}"));
            lines.push(Line::new(
                work,
                "p99, times that without the list",
                disturbed.to(&alone, |s| s.p99),
                Required::AtMost(1.5),
            ));
        }
    }
    Ok(lines)
}

fn with_and_without(
    plan: Plan,
    mut side: Side<'_>,
    list: &Requests,
) -> Result<[Series; 2], Failed> {
    let address = side.server.address;
    let (mut alone, mut disturbed) = (Vec::new(), Vec::new());
    // Fewer and longer rounds, since each ends with the list that is under way.
    let window = Limit {
        time: plan.window.time * 4,
        ..plan.window
    };
    for _ in 0..plan.rounds.div_ceil(4) {
        alone.push(sample(&mut side, window)?);
        let is_over = AtomicBool::new(false);
        let mut lists = Load::open(address, 1, list.clone())?;
        let sampled = thread::scope(|scope| {
            let lister = scope.spawn(|| {
                while !is_over.load(Ordering::Relaxed) {
                    lists.run(Limit::of_requests(1))?;
                }
                Ok(())
            });
            let sampled = sample(&mut side, window);
            is_over.store(true, Ordering::Relaxed);
            let listed = lister
                .join()
                .unwrap_or_else(|_| Err(Failed("a list panicked".into())));
            listed.and(sampled)
        })?;
        disturbed.push(sampled);
    }
    Ok([Series(alone), Series(disturbed)])
}
