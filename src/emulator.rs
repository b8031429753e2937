//! The emulator as a value: started in a test or by the binary, stopped when dropped.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::oneshot;

use crate::app;
use crate::clock::Clock;
use crate::config::Config;
use crate::entropy::Entropy;
use crate::journal::Done;
use crate::lambda::FunctionsConfig;
use crate::protocol;
use crate::secret::id::{AccountId, Region, Scope};
use crate::server::{self, Background};
use crate::state::{Base, Part, Snapshot, State};
use crate::timetable::Timetable;

/// A running emulator. Dropping it stops it.
///
/// ```
/// # #[tokio::main]
/// # async fn main() -> std::io::Result<()> {
/// let emulator = secretstack::Emulator::builder().start().await?;
/// println!("point an AWS SDK at {}", emulator.endpoint());
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Emulator {
    address: SocketAddr,
    timetable: Arc<Timetable>,
    state: Arc<State>,
    serving: Background,
    stop: Option<oneshot::Sender<()>>,
    ended: oneshot::Receiver<()>,
}

/// What an emulator is started with.
#[derive(Debug)]
pub struct Builder {
    config: Config,
    lambda_endpoint: Option<String>,
    clock: Arc<Clock>,
    entropy: Entropy,
}

/// Why a clock is not moved.
const OUT_OF_RANGE: &str = "the clock shows only the years 0 to 9999";

impl Emulator {
    /// An emulator on a free port of `127.0.0.1`, in real time and with the system's randomness, unless told otherwise.
    pub fn builder() -> Builder {
        Builder {
            config: Config {
                listen: SocketAddr::from(([127, 0, 0, 1], 0)),
                default_scope: Scope {
                    account: AccountId::DEFAULT,
                    region: Region::default(),
                },
                functions: FunctionsConfig::default(),
            },
            lambda_endpoint: None,
            clock: Arc::new(Clock::real()),
            entropy: Entropy::system(),
        }
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The URL to give to a client, such as `http://127.0.0.1:4566`.
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What time it is, in UTC, by the emulator's clock.
    pub fn now(&self) -> DateTime<Utc> {
        self.timetable.clock.now()
    }

    /// Moves the clock forward and performs, in the order of time, everything that falls due on the way: rotations and their
    /// retries, recovery windows, KMS keys. Returns what was done, when it is done; that includes rotation functions that run.
    ///
    /// It is an error to go beyond the year 9999. A move that has begun goes to its end, even if this is dropped or the emulator
    /// is stopped meanwhile.
    ///
    /// ```
    /// # #[tokio::main]
    /// # async fn main() -> std::io::Result<()> {
    /// let emulator = secretstack::Emulator::builder().start().await?;
    /// let done = emulator.advance(chrono::TimeDelta::days(30)).await?;
    /// assert!(done.is_empty());
    /// # Ok(())
    /// # }
    /// ```
    pub async fn advance(&self, by: TimeDelta) -> io::Result<Vec<Done>> {
        let moved = self.timetable.advance(by).await;
        let done = moved.map_err(io::Error::other)?;
        done.ok_or_else(|| io::Error::other(OUT_OF_RANGE))
    }

    /// Sets the clock; going forward performs what [`advance`](Self::advance) would, going back nothing.
    ///
    /// It is an error to leave the years 0 to 9999.
    pub async fn set_time(&self, time: DateTime<Utc>) -> io::Result<Vec<Done>> {
        let moved = self.timetable.move_to(time).await;
        let done = moved.map_err(io::Error::other)?;
        done.ok_or_else(|| io::Error::other(OUT_OF_RANGE))
    }

    /// Takes a snapshot of all that there is: secrets, KMS keys and aliases, the clock, pending rotations.
    ///
    /// ```
    /// # #[tokio::main]
    /// # async fn main() -> std::io::Result<()> {
    /// let emulator = secretstack::Emulator::builder().start().await?;
    /// let snapshot = emulator.snapshot().await?;
    /// // Whatever is done to it now ...
    /// snapshot.restore().await?;
    /// // ... is undone.
    /// # Ok(())
    /// # }
    /// ```
    pub async fn snapshot(&self) -> io::Result<Snapshot> {
        let taken = Snapshot::of(self.state.clone()).await;
        taken.map_err(io::Error::other)
    }

    /// Goes back to what there was when it started, its clock included.
    pub async fn reset(&self) -> io::Result<()> {
        let reset = self.state.reset(Part::default(), Base::Start).await;
        reset.map_err(io::Error::other)
    }

    /// Removes all that there is. The clock is put where it was at the start.
    pub async fn clear(&self) -> io::Result<()> {
        let reset = self.state.reset(Part::default(), Base::Empty).await;
        reset.map_err(io::Error::other)
    }

    /// Finishes the requests in flight, for some seconds at most, and stops.
    pub async fn stop(mut self) {
        if let Some(stop) = self.stop.take() {
            // If the receiver is gone the server has ended already.
            let _ = stop.send(());
        }
        let _ = (&mut self.ended).await;
        drop(self.serving);
    }
}

impl Builder {
    /// Replaces the whole configuration.
    #[must_use]
    pub fn config(mut self, config: Config) -> Self {
        self.config = config;
        self
    }

    /// An endpoint of Lambda's Invoke API, for rotation functions. A URL that is none is an error of
    /// [`start`](Self::start).
    #[must_use]
    pub fn lambda_endpoint(mut self, url: &str) -> Self {
        self.lambda_endpoint = Some(url.to_owned());
        self
    }

    /// The clock to live by.
    #[must_use]
    pub fn clock(mut self, clock: Arc<Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// The randomness to draw from.
    #[must_use]
    pub fn entropy(mut self, entropy: Entropy) -> Self {
        self.entropy = entropy;
        self
    }

    /// Starts it. When this returns, it answers.
    pub async fn start(self) -> io::Result<Emulator> {
        let mut config = self.config;
        if let Some(url) = &self.lambda_endpoint {
            let url = url.parse();
            config.functions.endpoint = Some(url.map_err(io::Error::other)?);
        }
        let listener = server::bind(config.listen).await?;
        let address = listener.local_addr()?;
        let Config {
            default_scope,
            functions,
            ..
        } = config;
        let app = app::build(default_scope, functions, self.clock, &self.entropy);
        let app = app.await.map_err(io::Error::other)?;
        app.state.begin().await.map_err(io::Error::other)?;
        let processes = app.functions.start(address, &app.default_scope);
        let (stop, stopped) = oneshot::channel::<()>();
        let (end, ended) = oneshot::channel();
        let serving = Background::spawn(async move {
            let stop = async {
                // The sender goes only with the emulator, and this task with it.
                let _ = stopped.await;
                // These would keep connections open.
                app.trail.close();
                processes.stop().await;
            };
            let front_end = app.front_end;
            let answer = move |request| protocol::answer(front_end.clone(), request);
            server::serve(listener, server::at_the_root(answer, app.router), stop).await;
            drop(app.background);
            let _ = end.send(());
        });
        Ok(Emulator {
            address,
            timetable: app.timetable,
            state: app.state,
            serving,
            stop: Some(stop),
            ended,
        })
    }
}
