//! The emulator as a value: started in a test or by the binary, stopped when dropped.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use crate::admin;
use crate::app;
use crate::clock::Clock;
use crate::config::Config;
use crate::entropy::Entropy;
use crate::journal::Done;
use crate::lambda::FunctionsConfig;
use crate::protocol::{self, FrontEnd};
use crate::secret::id::{AccountId, Region, Scope};
use crate::seed::{self, Mistakes, Seed};
use crate::sensitive::Sensitive;
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
                seeds: Vec::new(),
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

    /// Secrets that are to be there from the start, declared in YAML or JSON. May be called more than once.
    ///
    /// ```
    /// # #[tokio::main]
    /// # async fn main() -> std::io::Result<()> {
    /// let emulator = secretstack::Emulator::builder()
    ///     .seed("name: prod/db\nvalue: {username: app, password: hunter2}")
    ///     .start()
    ///     .await?;
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn seed(mut self, text: &str) -> Self {
        let text = Sensitive::new(text.to_owned());
        self.config.seeds.push(Seed::Text("seed", text));
        self
    }

    /// The same in a file, or in the files of a folder.
    #[must_use]
    pub fn seed_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.config.seeds.push(Seed::Path(path.into()));
        self
    }

    /// Starts it. When this returns, it answers, and all seeds are applied.
    ///
    /// A mistake in a seed is an error of the kind [`InvalidInput`](io::ErrorKind::InvalidInput), with the
    /// [`Mistakes`](crate::seed::Mistakes) in it. They are found before the emulator listens.
    pub async fn start(self) -> io::Result<Emulator> {
        let mut config = self.config;
        if let Some(url) = &self.lambda_endpoint {
            let url = url.parse();
            config.functions.endpoint = Some(url.map_err(io::Error::other)?);
        }
        let declared = seed::read(&config.seeds, &config.default_scope).map_err(mistaken)?;
        let listener = server::bind(config.listen).await?;
        let address = listener.local_addr()?;
        let Config {
            default_scope,
            functions,
            ..
        } = config;
        let app = app::build(default_scope, functions, self.clock, &self.entropy);
        if !declared.is_empty() {
            let seeder = app.seeder.clone();
            let apply = async move { seeder.apply(&declared).await };
            let applied = refuse_until(apply, app.front_end.clone(), &listener).await;
            applied?.map_err(mistaken)?;
            app.state.begin().await.map_err(io::Error::other)?;
        }
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
            let routes = || app::routes(app.admin, app.functions);
            server::serve(listener, server::at_the_root(answer, routes), stop).await;
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

/// Does some work. Meanwhile whoever asks is told that the emulator is starting. Fails if the work panics.
async fn refuse_until<T: Send + 'static>(
    work: impl Future<Output = T> + Send + 'static,
    front_end: Arc<FrontEnd>,
    listener: &TcpListener,
) -> io::Result<T> {
    let (done, outcome) = oneshot::channel();
    let _working = Background::spawn(async move {
        // If the receiver is gone, nobody starts any more.
        let _ = done.send(work.await);
    });
    let mut worked = None;
    let is_done = async { worked = outcome.await.ok() };
    let refuse = move |request| protocol::refuse_for_now(front_end.clone(), request);
    let starting = server::at_the_root(refuse, admin::routes_of_a_start);
    server::serve(listener, starting, is_done).await;
    worked.ok_or_else(|| io::Error::other("what is done before serving did not end"))
}

fn mistaken(mistakes: Mistakes) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, mistakes)
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn ask(endpoint: &str, method: reqwest::Method, path: &str) -> (u16, String) {
        let request = reqwest::Client::new().request(method, format!("{endpoint}{path}"));
        let request = request
            .header("x-amz-target", "secretsmanager.ListSecrets")
            .body("{}");
        let answer = request.send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    }

    fn app() -> app::App {
        let Config {
            default_scope,
            functions,
            ..
        } = Emulator::builder().config;
        let (clock, entropy) = (Arc::new(Clock::real()), Entropy::system());
        app::build(default_scope, functions, clock, &entropy)
    }

    #[tokio::test]
    async fn a_panic_before_serving_is_an_error_of_the_start() {
        let listener = server::bind(([127, 0, 0, 1], 0).into()).await.unwrap();
        let panics = async { panic!("on purpose") };
        let worked: io::Result<()> = refuse_until(panics, app().front_end, &listener).await;
        assert!(worked.is_err());
    }

    #[tokio::test]
    async fn whoever_asks_before_the_seeds_are_applied_is_told_to_come_again() {
        let listener = server::bind(([127, 0, 0, 1], 0).into()).await.unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let (gate, opened) = oneshot::channel::<u8>();
        let starting = refuse_until(opened, app().front_end, &listener);
        let asking = async {
            // A connection on which nothing is asked does not hold up the start.
            let silent = tokio::net::TcpStream::connect(listener.local_addr().unwrap());
            let _silent = silent.await.unwrap();
            let (get, post) = (reqwest::Method::GET, reqwest::Method::POST);
            for path in ["/_secretstack/health", "/_localstack/health", "/health"] {
                let (status, body) = ask(&endpoint, get.clone(), path).await;
                assert_eq!(status, 503);
                assert!(
                    body.starts_with(r#"{"status":"starting","version":""#),
                    "{body}"
                );
            }
            let (status, body) = ask(&endpoint, get.clone(), "/_secretstack/clock").await;
            assert_eq!(status, 503);
            assert_eq!(body, r#"{"error":"the emulator is still starting"}"#);
            let (status, body) = ask(&endpoint, post, "/").await;
            assert_eq!(status, 503);
            assert_eq!(
                body,
                "{\"__type\":\"ServiceUnavailable\",\"message\":\"The request has failed due to a \
                 temporary failure of the server.\"}"
            );
            let (status, body) = ask(&endpoint, get, "/?Action=GetCallerIdentity").await;
            assert_eq!(status, 503);
            assert!(body.contains("<Code>ServiceUnavailable</Code>"), "{body}");
            gate.send(7).unwrap();
        };
        let (worked, ()) = tokio::join!(starting, asking);
        assert_eq!(worked.unwrap().unwrap(), 7);
        // Whoever comes next waits to be served.
        let next = tokio::net::TcpStream::connect(listener.local_addr().unwrap());
        next.await.unwrap();
    }
}
