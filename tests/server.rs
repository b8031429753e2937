//! The binary as a process: what it prints, how it ends, and clients that misbehave.

#![allow(
    clippy::unwrap_used,
    reason = "a test ends where something is not as it should be"
)]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::process::{Child, Command, Stdio};

/// A process that is killed when the test ends.
struct Process {
    child: Child,
    /// `127.0.0.1:` and the port.
    address: String,
    announced: Vec<String>,
}

impl Process {
    fn start(arguments: &[&str]) -> Self {
        let child = command(arguments)
            .stdout(Stdio::piped())
            .spawn()
            .expect("the binary starts");
        Self::of(child)
    }

    fn with_stdin(stdin: Stdio, arguments: &[&str]) -> Self {
        let child = command(arguments)
            .stdin(stdin)
            .stdout(Stdio::piped())
            .spawn()
            .expect("the binary starts");
        Self::of(child)
    }

    /// A process that was started with a pipe for its standard output.
    fn of(mut child: Child) -> Self {
        let output = BufReader::new(child.stdout.take().expect("it prints"));
        let mut announced = Vec::new();
        for line in output.lines() {
            let line = line.expect("it prints text");
            let is_last = line == "Ready.";
            announced.push(line);
            if is_last {
                break;
            }
        }
        let address = announced[0]
            .rsplit_once("http://")
            .expect("the first line has the address")
            .1
            .to_owned();
        Self {
            child,
            address,
            announced,
        }
    }

    fn connect(&self) -> TcpStream {
        TcpStream::connect(&self.address).expect("it listens")
    }

    /// Sends a whole request and reads the whole answer.
    fn exchange(&self, request: &str) -> String {
        let mut stream = self.connect();
        stream.write_all(request.as_bytes()).unwrap();
        read_to_end(stream)
    }

    fn call(&self, operation: &str, body: &str) -> String {
        self.exchange(&request(operation, body, body.len()))
    }

    fn signal(&self, name: &str) {
        let status = Command::new("kill")
            .args([name, &self.child.id().to_string()])
            .status()
            .expect("kill is there");
        assert!(status.success());
    }

    fn exit_code(&mut self) -> Option<i32> {
        self.child.wait().expect("it ends").code()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_secretstack"));
    command
        .args(arguments)
        .env("SECRETSTACK_LOG", "off")
        .env_remove("SECRETSTACK_LISTEN");
    command
}

fn request(operation: &str, body: &str, length: usize) -> String {
    format!(
        "POST / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\
         X-Amz-Target: secretsmanager.{operation}\r\nContent-Length: {length}\r\n\r\n{body}"
    )
}

fn read_to_end(mut stream: TcpStream) -> String {
    let mut text = String::new();
    stream.read_to_string(&mut text).expect("an answer");
    text
}

const FREE_PORT: &[&str] = &["--listen", "127.0.0.1:0"];
const UNTIL_STDIN_ENDS: &[&str] = &["--listen", "127.0.0.1:0", "--until-stdin-ends"];

#[test]
fn it_announces_its_address_three_lines_to_copy_and_that_it_is_ready() {
    let process = Process::start(FREE_PORT);
    let text = process.announced.join("\n");
    let endpoint = format!("http://{}", process.address);
    for line in [
        format!("  aws --endpoint-url {endpoint} --region us-east-1 secretsmanager list-secrets"),
        format!(
            "  boto3.client(\"secretsmanager\", endpoint_url=\"{endpoint}\", region_name=\"us-east-1\")"
        ),
        format!("  export AWS_ENDPOINT_URL={endpoint}"),
    ] {
        assert!(process.announced.contains(&line), "{text}");
    }
}

#[test]
fn account_and_region_of_unsigned_requests_can_be_set() {
    let process = Process::start(&[
        "--listen",
        "127.0.0.1:0",
        "--account",
        "123456789012",
        "--region",
        "eu-central-1",
    ]);
    let token = "-".repeat(32);
    let body = format!(r#"{{"Name":"s","ClientRequestToken":"{token}"}}"#);
    let answer = process.call("CreateSecret", &body);
    assert!(
        answer.contains("arn:aws:secretsmanager:eu-central-1:123456789012:secret:s-"),
        "{answer}"
    );
}

#[test]
fn a_random_seed_gives_the_same_ids_on_each_run_and_is_said_loudly() {
    let arns: Vec<_> = (0..2)
        .map(|_| {
            let process = Process::start(&["--listen", "127.0.0.1:0", "--random-seed", "7"]);
            let text = process.announced.join("\n");
            assert!(text.contains("NOT FOR SECRETS"), "{text}");
            let token = "-".repeat(32);
            let body = format!(r#"{{"Name":"s","ClientRequestToken":"{token}"}}"#);
            let answer = process.call("CreateSecret", &body);
            let arn = answer.split("secret:s-").nth(1);
            arn.expect("an ARN").split('"').next().map(str::to_owned)
        })
        .collect();
    assert_eq!(arns[0], arns[1]);
    let text = Process::start(FREE_PORT).announced.join("\n");
    assert!(!text.contains("NOT FOR SECRETS"), "{text}");
}

#[test]
fn health_is_answered_under_its_three_names_and_nothing_else_is() {
    let process = Process::start(FREE_PORT);
    let get = |path: &str| {
        process.exchange(&format!(
            "GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
        ))
    };
    for path in ["/_secretstack/health", "/_localstack/health", "/health"] {
        let answer = get(path);
        assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
        assert!(answer.contains(r#""status":"running""#), "{answer}");
    }
    for path in ["/", "/_secretstack", "/nowhere"] {
        let answer = get(path);
        assert!(answer.starts_with("HTTP/1.1 404 "), "{answer}");
    }
}

#[test]
fn an_address_in_use_is_one_clear_line_and_exit_code_1() {
    let process = Process::start(FREE_PORT);
    let second = command(&["--listen", &process.address]).output().unwrap();
    assert_eq!(second.status.code(), Some(1));
    assert_eq!(second.stdout, b"");
    assert_eq!(
        String::from_utf8(second.stderr).unwrap(),
        format!(
            "secretstack: cannot listen on {}: the address is in use; \
             stop the other program or choose another with --listen\n",
            process.address
        )
    );
}

#[test]
fn wrong_arguments_are_exit_code_2_and_say_what_is_wrong() {
    for (arguments, complaint) in [
        (["--account", "12"], "an account has exactly 12 digits"),
        (["--region", "Mars"], "a region looks like eu-central-1"),
        (["--listen", "nowhere"], "--listen"),
        (["--log", "secretstack=loud"], "invalid log filter"),
        (["--random-seed", "dice"], "--random-seed"),
    ] {
        let output = command(&arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(2));
        let text = String::from_utf8(output.stderr).unwrap();
        assert!(text.contains(complaint), "{text}");
    }
}

#[test]
fn with_a_pipe_as_standard_input_it_ends_when_the_pipe_does() {
    let mut process = Process::with_stdin(Stdio::piped(), UNTIL_STDIN_ENDS);
    let mut pipe = process.child.stdin.take().unwrap();
    pipe.write_all(b"what comes in is not looked at\n").unwrap();
    assert!(process.call("ListSecrets", "{}").contains("SecretList"));
    drop(pipe);
    assert_eq!(process.exit_code(), Some(0));
}

#[test]
fn with_an_open_pipe_as_standard_input_a_signal_ends_it_too() {
    let mut process = Process::with_stdin(Stdio::piped(), UNTIL_STDIN_ENDS);
    let pipe = process.child.stdin.take();
    process.signal("-TERM");
    assert_eq!(process.exit_code(), Some(0));
    drop(pipe);
}

#[test]
fn without_being_told_it_does_not_mind_the_end_of_standard_input() {
    let process = Process::with_stdin(Stdio::null(), FREE_PORT);
    assert!(process.call("ListSecrets", "{}").contains("SecretList"));
}

#[test]
fn sigterm_and_sigint_finish_requests_in_flight_and_exit_with_0() {
    for signal in ["-TERM", "-INT"] {
        let mut process = Process::start(FREE_PORT);
        let token = "-".repeat(32);
        let body = format!(r#"{{"Name":"s","ClientRequestToken":"{token}"}}"#);
        let (sent, held_back) = body.split_at(10);
        let mut in_flight = process.connect();
        in_flight
            .write_all(request("CreateSecret", sent, body.len()).as_bytes())
            .unwrap();
        // An answer on another connection shows that the server runs; the signal then finds a request in flight.
        assert!(process.call("ListSecrets", "{}").contains("SecretList"));
        process.signal(signal);
        in_flight.write_all(held_back.as_bytes()).unwrap();
        let answer = read_to_end(in_flight);
        assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
        assert!(answer.contains(r#""Name":"s""#), "{answer}");
        assert_eq!(process.exit_code(), Some(0));
    }
}

#[test]
fn a_client_that_hangs_up_half_way_changes_nothing_and_harms_nobody() {
    let process = Process::start(FREE_PORT);
    let token = "-".repeat(32);
    let body = format!(r#"{{"Name":"half","ClientRequestToken":"{token}"}}"#);
    for sent in [0, 1, body.len() - 1] {
        let mut stream = process.connect();
        let request = request("CreateSecret", &body[..sent], body.len());
        stream.write_all(request.as_bytes()).unwrap();
        stream.shutdown(Shutdown::Write).unwrap();
        let answer = read_to_end(stream);
        assert!(!answer.starts_with("HTTP/1.1 5"), "{answer}");
        assert!(!answer.starts_with("HTTP/1.1 2"), "{answer}");
    }
    let garbage = process.exchange("\u{1}\u{2}\r\n\r\n");
    assert!(garbage.starts_with("HTTP/1.1 400 "), "{garbage}");
    let list = process.call("ListSecrets", "{}");
    assert!(list.ends_with(r#"{"SecretList":[]}"#), "{list}");
}

/// Found in review: a body that failed at once was taken for none at all, and the operation ran without its input.
#[test]
fn a_body_that_fails_at_once_is_not_an_empty_one() {
    let server = Process::start(&[]);
    let head = "POST / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\
                x-amz-target: secretsmanager.GetRandomPassword\r\n";
    let answer = server.exchange(&format!("{head}transfer-encoding: chunked\r\n\r\nZZ\r\n"));
    assert!(!answer.contains("RandomPassword"), "{answer}");
    let mut stream = server.connect();
    stream
        .write_all(format!("{head}content-length: 100\r\n\r\n").as_bytes())
        .unwrap();
    stream.shutdown(std::net::Shutdown::Write).unwrap();
    let answer = read_to_end(stream);
    assert!(!answer.contains("RandomPassword"), "{answer}");
}

/// It is part of the program by a link alone, which nothing else would miss.
#[cfg(target_os = "linux")]
#[test]
fn memory_comes_from_mimalloc() {
    let mut help = command(&["--help"]);
    let output = help.env("MIMALLOC_VERBOSE", "1").output().unwrap();
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(told.contains("mimalloc"), "{told}");
}

#[test]
fn help_names_every_setting() {
    let output = command(&["--help"]).output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    let text = String::from_utf8(output.stdout).unwrap();
    for setting in [
        "--listen",
        "SECRETSTACK_LISTEN",
        "127.0.0.1:4566",
        "--account",
        "--region",
        "--log",
    ] {
        assert!(text.contains(setting), "{setting} is missing:\n{text}");
    }
}

/// Found in review: a full pipe made the server stand still, and a closed one made it lose answers.
#[test]
fn standard_error_that_nobody_reads_or_that_is_closed_disturbs_no_request() {
    for closed in [false, true] {
        let mut child = command(FREE_PORT)
            .env("SECRETSTACK_LOG", "info")
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the binary starts");
        let unread = child.stderr.take().expect("a pipe");
        let process = Process::of(child);
        let unread = (!closed).then_some(unread);
        for _ in 0..2_000 {
            assert!(process.call("ListSecrets", "{}").contains("SecretList"));
        }
        drop(unread);
    }
}
