//! Functions whose processes the emulator starts: what they find, what they print, and what happens when they end.

use std::io;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::routing::post;
use secretstack::lambda::{Functions, Processes, routes};
use serde_json::{Value, json};
use tracing_subscriber::fmt::MakeWriter;

use crate::support::{ARN, Served, functions, home, until};

/// A function whose process is running.
pub(crate) struct Running {
    pub(crate) functions: Arc<Functions>,
    pub(crate) processes: Processes,
    reports: Arc<Mutex<Vec<Value>>>,
    _server: Served,
}

impl Running {
    /// The function `rotate`, run by this command.
    pub(crate) async fn command(command: &str) -> Self {
        let functions = functions(&[&format!("rotate={command}")]);
        let reports: Arc<Mutex<Vec<Value>>> = Arc::default();
        let router = routes(functions.clone()).merge(reporting_to(reports.clone()));
        let server = Served::start(router).await;
        let processes = functions.start(server.address, &home());
        Self {
            functions,
            processes,
            reports,
            _server: server,
        }
    }

    /// The function `rotate`, run by `worker.py`.
    pub(crate) async fn worker() -> Self {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/lambda/worker.py");
        Self::command(&format!("python3 '{script}' app.handler")).await
    }

    /// Has the function do something.
    pub(crate) async fn does(&self, what: Value) -> Result<(), String> {
        let result = self
            .functions
            .invoke(&home(), ARN, what.to_string().as_bytes())
            .await;
        result.map_err(|error| error.to_string())
    }

    /// What the function's process says about itself.
    async fn report(&self) -> Value {
        self.does(json!({"do": "report"})).await.unwrap();
        self.reports.lock().unwrap().pop().unwrap()
    }
}

fn reporting_to(reports: Arc<Mutex<Vec<Value>>>) -> Router {
    let take = async move |body: String| {
        let report = serde_json::from_str(&body).unwrap();
        reports.lock().unwrap().push(report);
    };
    Router::new().route("/report", post(take))
}

#[tokio::test]
async fn a_command_is_known_at_once_and_its_first_invocation_waits_for_it() {
    let running = Running::worker().await;
    assert!(running.functions.is_known(ARN));
    assert_eq!(running.does(json!({"do": "nothing"})).await, Ok(()));
}

#[tokio::test]
async fn a_process_finds_what_a_function_in_lambda_finds() {
    let running = Running::worker().await;
    let report = running.report().await;
    let environment = report["environment"].as_object().unwrap();
    let here = std::env::current_dir().unwrap();
    for (name, value) in [
        ("AWS_REGION", "eu-central-1"),
        ("AWS_ACCESS_KEY_ID", "123456789012"),
        ("AWS_LAMBDA_FUNCTION_NAME", "rotate"),
        ("_HANDLER", "app.handler"),
        ("LAMBDA_TASK_ROOT", here.to_str().unwrap()),
    ] {
        assert_eq!(environment[name], value, "{name}");
    }
    // What is not about AWS comes from the emulator's own environment.
    // A Python that is found by a wrapper puts something before it.
    let path = environment["PATH"].as_str().unwrap();
    assert!(path.ends_with(&std::env::var("PATH").unwrap()), "{path}");
}

#[tokio::test]
async fn a_process_that_exits_is_started_again() {
    let running = Running::worker().await;
    let first = running.report().await["pid"].clone();
    let error = running.does(json!({"do": "exit", "code": 0})).await;
    let error = error.unwrap_err();
    assert!(
        error.ends_with("Runtime exited without providing a reason"),
        "{error}"
    );
    let second = running.report().await["pid"].clone();
    assert_ne!(first, second);
}

#[tokio::test]
async fn a_process_that_dies_over_an_invocation_fails_it_at_once() {
    let running = Running::worker().await;
    for (way, expected) in [
        (json!({"do": "exit", "code": 3}), "exit status 3"),
        (json!({"do": "kill"}), "signal: 9 (SIGKILL)"),
    ] {
        let error = running.does(way).await.unwrap_err();
        let form =
            r"^Runtime\.ExitError: RequestId: [0-9a-f-]{36} Error: Runtime exited with error: ";
        assert!(regex::Regex::new(form).unwrap().is_match(&error), "{error}");
        assert!(error.ends_with(expected), "{error}");
    }
}

#[tokio::test]
async fn a_process_that_cannot_begin_fails_what_waits_for_it() {
    let running = Running::command("python3 -c 'raise SystemExit(7)'").await;
    let error = running.does(json!({"do": "nothing"})).await.unwrap_err();
    assert!(error.starts_with("Runtime.ExitError: "), "{error}");
    assert!(error.ends_with("exit status 7"), "{error}");
}

#[tokio::test]
async fn a_command_that_does_not_exist_fails_what_waits_for_it() {
    let running = Running::command("./there-is-no-such-program").await;
    let error = running.does(json!({"do": "nothing"})).await.unwrap_err();
    assert!(error.starts_with("Runtime.InvalidEntrypoint: "), "{error}");
    assert!(error.contains("No such file"), "{error}");
}

/// Everything that was logged.
#[derive(Clone, Default)]
struct Captured(Arc<Mutex<Vec<u8>>>);

impl Captured {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl io::Write for Captured {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Captured {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

#[tokio::test]
async fn what_a_process_prints_is_logged_with_the_functions_name() {
    let captured = Captured::default();
    let subscriber = tracing_subscriber::fmt()
        .with_ansi(false)
        .with_writer(captured.clone())
        .finish();
    let _until_the_end = tracing::subscriber::set_default(subscriber);
    let running = Running::worker().await;
    running
        .does(json!({"do": "print", "text": "first\nsecond\rthird"}))
        .await
        .unwrap();
    for line in ["first", "second", "third"] {
        // Once from standard output and once from standard error.
        let logged = format!(" INFO secretstack::functions: {line} function=rotate\n");
        until(|| captured.text().matches(&logged).count() == 2).await;
    }
}
