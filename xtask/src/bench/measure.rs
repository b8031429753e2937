//! Servers under the same load, side by side: A B A B, so that what disturbs one round disturbs all of them alike.

use std::fmt;
use std::time::Duration;

use super::load::{Limit, Load};
use super::request::Requests;
use super::server::{Server, own_processor_time};
use crate::step::{Failed, say};

/// A server and what it is asked.
pub(super) struct Side<'a> {
    pub(super) name: &'a str,
    pub(super) server: &'a Server,
    pub(super) load: Load,
}

impl<'a> Side<'a> {
    /// A server that is asked on so many connections.
    pub(super) fn new(
        name: &'a str,
        server: &'a Server,
        connections: usize,
        requests: Requests,
    ) -> Result<Self, Failed> {
        let load = Load::open(server.address, connections, requests)?;
        Ok(Self { name, server, load })
    }
}

/// How long to measure.
#[derive(Clone, Copy)]
pub(super) struct Plan {
    pub(super) rounds: usize,
    pub(super) window: Limit,
}

impl Plan {
    /// The same with at most so many requests in all rounds together.
    pub(super) fn with_requests(self, all: usize) -> Self {
        let of_round = all / self.rounds;
        let requests = of_round - of_round.div_ceil(WARM_UP as usize);
        let window = Limit {
            requests,
            ..self.window
        };
        Self { window, ..self }
    }
}

/// One server in one round.
pub(super) struct Sample {
    pub(super) per_second: f64,
    pub(super) p50: f64,
    pub(super) p99: f64,
    /// Microseconds of the server's processor time per request.
    pub(super) processor: f64,
    /// How much of its core the generator used. Near 1 it was the one that was measured.
    pub(super) generator: f64,
}

/// What one side gave, round by round.
#[derive(Default)]
pub(super) struct Series(pub(super) Vec<Sample>);

/// A figure's median over the rounds, with a low and a high: a tenth of the rounds are below the one, a tenth above the
/// other. What others do on the machine reaches a few rounds of any run.
#[derive(Clone, Copy)]
pub(super) struct Spread {
    pub(super) median: f64,
    pub(super) low: f64,
    pub(super) high: f64,
}

/// The share of a window that precedes it, to warm caches and to wake whoever sleeps.
const WARM_UP: u32 = 10;

/// Measures all sides in each round. Returns a series for each.
pub(super) fn side_by_side<const N: usize>(
    plan: Plan,
    sides: [Side<'_>; N],
) -> Result<[Series; N], Failed> {
    let mut series = all_side_by_side(plan, sides.into())?.into_iter();
    Ok(std::array::from_fn(|_| series.next().unwrap_or_default()))
}

/// The same for any number of sides.
pub(super) fn all_side_by_side(
    plan: Plan,
    mut sides: Vec<Side<'_>>,
) -> Result<Vec<Series>, Failed> {
    let mut series: Vec<_> = sides.iter().map(|_| Series::default()).collect();
    for _ in 0..plan.rounds {
        for (side, Series(samples)) in sides.iter_mut().zip(&mut series) {
            samples.push(sample(side, plan.window)?);
        }
    }
    for (side, series) in sides.iter().zip(&series) {
        say(&format!("  {:<28} {series}", side.name));
    }
    Ok(series)
}

/// Measures one side once.
#[expect(
    clippy::cast_precision_loss,
    reason = "nobody reads the sixteenth digit of a figure"
)]
pub(super) fn sample(side: &mut Side<'_>, window: Limit) -> Result<Sample, Failed> {
    side.load.run(Limit {
        time: window.time / WARM_UP,
        requests: window.requests.div_ceil(WARM_UP as usize),
    })?;
    let server = side.server.processor_time()?;
    let generator = own_processor_time();
    let mut outcome = side.load.run(window)?;
    let generator = own_processor_time().saturating_sub(generator);
    let server = side.server.processor_time()?.saturating_sub(server);
    outcome.latencies.sort_unstable();
    let requests = outcome.latencies.len();
    let percentile = |n: usize| outcome.latencies[(requests - 1) * n / 100] as f64 / 1000.0;
    Ok(Sample {
        per_second: requests as f64 / outcome.elapsed.as_secs_f64(),
        p50: percentile(50),
        p99: percentile(99),
        processor: microseconds(server) / requests as f64,
        generator: generator.as_secs_f64() / outcome.elapsed.as_secs_f64(),
    })
}

fn microseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}

impl Series {
    /// This series' figure as a share of another's, in each round.
    pub(super) fn to(&self, other: &Self, figure: fn(&Sample) -> f64) -> Spread {
        let pairs = self.0.iter().zip(&other.0);
        Spread::of(pairs.map(|(own, other)| figure(own) / figure(other)))
    }

    fn figure(&self, figure: fn(&Sample) -> f64) -> Spread {
        Spread::of(self.0.iter().map(figure))
    }
}

impl Spread {
    /// A figure without a spread.
    pub(super) fn exactly(figure: f64) -> Self {
        Self::of([figure])
    }

    /// The spread of at least one figure.
    pub(super) fn of(figures: impl IntoIterator<Item = f64>) -> Self {
        let mut figures: Vec<_> = figures.into_iter().collect();
        figures.sort_unstable_by(f64::total_cmp);
        let last = figures.len() - 1;
        Self {
            median: figures[figures.len() / 2],
            low: figures[last / 10],
            high: figures[last - last / 10],
        }
    }
}

impl fmt::Display for Series {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let median = |figure| self.figure(figure).median;
        write!(
            f,
            "{:>8.0}/s, p50 {:>7.1} us, p99 {:>7.1} us, {:>6.2} us of server, {:>3.0} % of generator",
            median(|s| s.per_second),
            median(|s| s.p50),
            median(|s| s.p99),
            median(|s| s.processor),
            median(|s| s.generator) * 100.0,
        )
    }
}
