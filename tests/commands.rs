//! The commands of the binary to a server that runs: what they ask, what they print, and how they fail.

#![allow(
    clippy::unwrap_used,
    reason = "a test ends where something is not as it should be"
)]

mod support;

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::process::{Command, Output};
use std::thread::JoinHandle;

use support::Server;

fn secretstack(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_secretstack"));
    command
        .args(arguments)
        .env_remove("SECRETSTACK_ENDPOINT")
        .env_remove("SECRETSTACK_LISTEN")
        // No proxy is asked for a server on this machine.
        .env("HTTP_PROXY", "http://127.0.0.1:9");
    command
}

#[track_caller]
fn assert_prints(output: &Output, text: &str) {
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    assert_eq!(String::from_utf8_lossy(&output.stdout), text);
    assert_eq!(output.status.code(), Some(0));
}

#[track_caller]
fn assert_fails(output: &Output, complaint: &str) {
    assert_eq!(
        String::from_utf8_lossy(&output.stderr),
        format!("secretstack: {complaint}\n")
    );
    assert_eq!(output.stdout, b"");
    assert_eq!(output.status.code(), Some(1));
}

/// A server that answers one request with this body; it gives that request's first line.
fn canned(status: &'static str, body: &'static str) -> (String, JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    let serving = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut lines = BufReader::new(&stream).lines();
        let first = lines.next().unwrap().unwrap();
        let _headers = lines.find(|line| line.as_ref().unwrap().is_empty());
        let length = body.len();
        write!(
            stream,
            "HTTP/1.1 {status}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
        )
        .unwrap();
        first
    });
    (endpoint, serving)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_clock_is_shown_and_set() {
    let server = Server::start().await;
    let endpoint = server.endpoint();
    for (change, shown) in [
        (&[][..], "2026-01-15T10:00:00.123Z frozen\n"),
        (&["now"], "2026-01-15T10:00:00.123Z frozen\n"),
        (&["advance", "31d"], "2026-02-15T10:00:00.123Z frozen\n"),
        (
            &["set", "2027-01-01T00:00:00Z"],
            "2027-01-01T00:00:00.000Z frozen\n",
        ),
        (&["freeze"], "2027-01-01T00:00:00.000Z frozen\n"),
    ] {
        let before = [&["clock", "--endpoint", &endpoint], change].concat();
        let output = secretstack(&before).output().unwrap();
        assert_prints(&output, shown);
    }
    let run = |arguments: &[&str]| {
        let output = secretstack(arguments)
            .env("SECRETSTACK_ENDPOINT", format!("{endpoint}/"))
            .output()
            .unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    let fast = run(&["clock", "speed", "0.5"]);
    assert!(fast.ends_with("Z fast 0.5\n"), "{fast}");
    let resumed = run(&["clock", "resume"]);
    assert!(resumed.ends_with("Z shifted\n"), "{resumed}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_server_says_what_is_wrong_with_a_change() {
    let server = Server::start().await;
    let endpoint = server.endpoint();
    let arguments = ["clock", "advance", "soon", "--endpoint", &endpoint];
    assert_fails(
        &secretstack(&arguments).output().unwrap(),
        r#""soon" is not a duration such as 31d, 12h, 90m, 45s, 2w or 1d12h"#,
    );
}

#[test]
fn a_server_that_is_not_there_is_one_line_and_exit_code_1() {
    let free = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", free.local_addr().unwrap());
    drop(free);
    for command in ["clock", "rotations", "health"] {
        let output = secretstack(&[command, "--endpoint", &endpoint]).output();
        let output = output.unwrap();
        let text = String::from_utf8(output.stderr).unwrap();
        let cause = text
            .strip_prefix(&format!("secretstack: cannot reach {endpoint}: "))
            .and_then(|text| {
                text.strip_suffix("; start the server, or say where it listens with --endpoint\n")
            });
        assert!(cause.unwrap().starts_with("Connection refused"), "{text}");
        assert_eq!(output.stdout, b"");
        assert_eq!(output.status.code(), Some(1));
    }
}

#[test]
fn another_server_is_told_from_ours() {
    for (status, body, what) in [
        ("404 Not Found", "<html>", "404 Not Found"),
        ("200 OK", "<html>", "expected value at line 1 column 1"),
    ] {
        let (endpoint, serving) = canned(status, body);
        let output = secretstack(&["clock", "--endpoint", &endpoint]).output();
        serving.join().unwrap();
        let complaint = format!("{endpoint} does not answer as secretstack does: {what}");
        assert_fails(&output.unwrap(), &complaint);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_healthy_server_is_one_line_and_exit_code_0() {
    let server = Server::start().await;
    let endpoint = server.endpoint();
    let version = env!("CARGO_PKG_VERSION");
    let line = format!("secretstack {version} at {endpoint}: running\n");
    let output = secretstack(&["health", "--endpoint", &endpoint]).output();
    assert_prints(&output.unwrap(), &line);
    // As in a container, where the server has its address from the environment.
    let listen = endpoint.replace("http://127.0.0.1", "0.0.0.0");
    let output = secretstack(&["health"])
        .env("SECRETSTACK_LISTEN", listen)
        .output();
    assert_prints(&output.unwrap(), &line);
}

#[test]
fn a_health_check_does_not_wait_for_a_server_that_hangs() {
    // It accepts connections, by the kernel, and never answers.
    let hangs = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", hangs.local_addr().unwrap());
    let output = secretstack(&["health", "--endpoint", &endpoint]).output();
    assert_fails(
        &output.unwrap(),
        &format!(
            "cannot reach {endpoint}: operation timed out; start the server, or say where it listens with --endpoint"
        ),
    );
}

#[test]
fn a_server_that_is_not_well_is_exit_code_1() {
    let (endpoint, serving) = canned("503 Service Unavailable", "");
    let output = secretstack(&["health", "--endpoint", &endpoint]).output();
    assert_eq!(serving.join().unwrap(), "GET /_secretstack/health HTTP/1.1");
    let complaint =
        format!("{endpoint} does not answer as secretstack does: 503 Service Unavailable");
    assert_fails(&output.unwrap(), &complaint);
}

#[test]
fn rotations_are_a_table() {
    let (endpoint, serving) = canned(
        "200 OK",
        r#"[{"secret":"arn:aws:secretsmanager:us-east-1:000000000000:secret:prod/db-a1b2c3","versionId":"v2",
            "trigger":"RotateSecret","state":"failed","attempt":6,"started":"2026-01-15T10:00:00.123Z",
            "steps":[{"step":"createSecret","started":"2026-01-15T10:00:00.123Z","ended":"2026-01-15T10:00:00.323Z",
                      "result":"error","error":"no such user"}]}]"#,
    );
    let arguments = [
        "rotations",
        "--secret",
        "prod/db &c",
        "--endpoint",
        &endpoint,
    ];
    let output = secretstack(&arguments).output().unwrap();
    assert_eq!(
        serving.join().unwrap(),
        "GET /_secretstack/rotations?secret=prod%2Fdb+%26c HTTP/1.1"
    );
    assert_prints(
        &output,
        "STARTED                   SECRET   VERSION  ATTEMPT  STATE   ERROR\n\
         2026-01-15T10:00:00.123Z  prod/db  v2       6        failed  createSecret: no such user\n",
    );
}

#[test]
fn wrong_arguments_are_exit_code_2() {
    for arguments in [
        &["clock", "sideways"][..],
        &["clock", "speed", "fast"],
        &["clock", "advance"],
        &["clock", "--listen", "127.0.0.1:0"],
        &["--listen", "127.0.0.1:0", "clock"],
    ] {
        let output = secretstack(arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
    }
}
