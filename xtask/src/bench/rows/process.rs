//! The process: how fast it starts, how much it keeps in memory, how large its file is.

use std::fs;

use super::super::measure::Spread;
use super::super::report::{Line, Required};
use super::super::request::{About, Requests};
use super::super::server::Server;
use super::super::{Bench, first_answer};
use super::MANY;
use crate::step::{Failed, say};

/// What a secret takes, its value included.
pub(super) fn memory(bench: &mut Bench) -> Result<Vec<Line>, Failed> {
    let filled = bench.filled(MANY)?;
    #[expect(clippy::cast_precision_loss, reason = "there are half a million")]
    let secrets = filled.shape.secrets as f64;
    Ok(vec![Line::new(
        "500,000 secrets of 256 bytes, each with a description and two tags",
        "KiB of resident memory a secret",
        Spread::exactly((filled.full - filled.empty) / secrets),
        Required::AtMost(1.0),
    )])
}

/// From exec to the first answered request, and the resident memory then.
pub(super) fn start(bench: &mut Bench) -> Result<Vec<Line>, Failed> {
    let mut times = Vec::new();
    let mut memory = Vec::new();
    for _ in 0..bench.plan.rounds {
        let bare = first(&bench.bare(64)?)?;
        let own = first(&bench.emulator()?)?;
        times.push((bare.0, own.0));
        memory.push((bare.1, own.1));
    }
    let median = |name: &str, figures: &[(f64, f64)]| {
        let bare = Spread::of(figures.iter().map(|(bare, _)| *bare)).median;
        let own = Spread::of(figures.iter().map(|(_, own)| *own)).median;
        say(&format!("  {name}: bare axum {bare:.2}, emulator {own:.2}"));
    };
    median("milliseconds to the first answer", &times);
    median("KiB when idle", &memory);
    let ratios = |figures: &[(f64, f64)]| Spread::of(figures.iter().map(|(bare, own)| own / bare));
    Ok(vec![
        Line::new(
            "exec to the first answered request",
            "time, times bare axum's",
            ratios(&times),
            Required::AtMost(2.0),
        ),
        Line::new(
            "idle",
            "resident memory, times bare axum's",
            ratios(&memory),
            Required::AtMost(2.0),
        ),
    ])
}

/// The milliseconds from a server's exec to its first answer, and its resident KiB after that.
fn first(server: &Server) -> Result<(f64, f64), Failed> {
    let list = Requests::new("ListSecrets", "{}", About::each(1));
    first_answer(server, list, &[])?;
    let time = server.started.elapsed().as_secs_f64() * 1e3;
    Ok((time, server.resident()?))
}

/// The file.
pub(super) fn size(bench: &mut Bench) -> Result<Vec<Line>, Failed> {
    let path = bench.binaries.join("secretstack");
    let file =
        fs::metadata(&path).map_err(|error| Failed(format!("{}: {error}", path.display())))?;
    #[expect(clippy::cast_precision_loss, reason = "it is a few megabytes")]
    let bytes = file.len() as f64;
    Ok(vec![Line::new(
        "release binary",
        "MB",
        Spread::exactly(bytes / 1e6),
        Required::AtMost(10.0),
    )])
}
