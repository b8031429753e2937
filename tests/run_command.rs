//! `secretstack run`: a command with a server of its own, what it finds in its environment, and how both end.

#![allow(
    clippy::unwrap_used,
    reason = "a test ends where something is not as it should be"
)]

use std::collections::HashMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::os::unix::process::CommandExt as _;
use std::process::{Child, ChildStdout, Command, Output, Stdio};

const SECRETSTACK: &str = env!("CARGO_BIN_EXE_secretstack");

/// Waits for the background process of a shell script. A signal that the script does not mind only interrupts `wait`.
const FOREVER: &str = "while :; do wait $!; done";

/// A run of a command, by the arguments behind `run`. Its process group is its own, and no terminal's.
fn run(arguments: &[&str]) -> Command {
    let mut command = Command::new(SECRETSTACK);
    command.arg("run").args(arguments).process_group(0);
    for variable in ["SECRETSTACK_ENDPOINT", "SECRETSTACK_LOG"] {
        command.env_remove(variable);
    }
    command
}

/// A run of a shell script.
fn run_script(script: &str) -> Command {
    run(&["--", "sh", "-c", script])
}

#[track_caller]
fn assert_ends(output: &Output, code: i32, stdout: &str, stderr: &str) {
    assert_eq!(String::from_utf8_lossy(&output.stderr), stderr);
    assert_eq!(String::from_utf8_lossy(&output.stdout), stdout);
    assert_eq!(output.status.code(), Some(code));
}

fn environment(command: &mut Command) -> HashMap<String, String> {
    let output = command.output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines()
        .filter_map(|line| line.split_once('='))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

/// A run whose script says where its server is and then waits for signals, also after one that it does not mind.
struct Waiting {
    child: Child,
    output: BufReader<ChildStdout>,
    server: String,
}

impl Waiting {
    fn start(script: &str) -> Self {
        let script = format!("{script}; sleep 600 & echo ${{AWS_ENDPOINT_URL#http://}}; {FOREVER}");
        let child = run_script(&script).stdout(Stdio::piped()).spawn();
        let mut child = child.unwrap();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        let mut server = String::new();
        output.read_line(&mut server).unwrap();
        let server = server.trim_end().to_owned();
        TcpStream::connect(&server).expect("the server listens while the command runs");
        Self {
            child,
            output,
            server,
        }
    }

    /// Signals a process, or with a minus sign a group.
    fn kill(&self, signal: &str, whom: &str) -> bool {
        let whom = format!("{whom}{}", self.child.id());
        let status = Command::new("kill").args([signal, "--", &whom]).status();
        status.unwrap().success()
    }

    /// What it still prints, and its exit code.
    fn end(&mut self) -> (String, Option<i32>) {
        let mut rest = String::new();
        self.output.read_to_string(&mut rest).unwrap();
        (rest, self.child.wait().unwrap().code())
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        // A failed test has left it; of one that was waited for the number may be another's by now.
        if let Ok(None) = self.child.try_wait() {
            self.kill("-KILL", "-");
            let _ = self.child.wait();
        }
    }
}

#[test]
fn a_command_has_our_input_and_output_to_itself_and_its_exit_code_is_ours() {
    let mut command = run_script("cat; echo complaint >&2; exit 7");
    command.stdin(Stdio::piped());
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(b"input\n").unwrap();
    assert_ends(
        &child.wait_with_output().unwrap(),
        7,
        "input\n",
        "complaint\n",
    );
}

#[test]
fn a_command_that_a_signal_ended_is_told_as_a_shell_does() {
    let output = run_script("kill -KILL $$").output().unwrap();
    assert_ends(&output, 128 + 9, "", "");
}

#[test]
fn a_commands_aws_clients_find_the_server() {
    let found = environment(
        run(&["--region", "eu-central-1", "env"])
            .env("NO_PROXY", "example.com")
            .env_remove("no_proxy"),
    );
    let endpoint = &found["AWS_ENDPOINT_URL"];
    assert!(endpoint.starts_with("http://127.0.0.1:"), "{endpoint}");
    for (name, value) in [
        ("AWS_REGION", "eu-central-1"),
        ("AWS_DEFAULT_REGION", "eu-central-1"),
        ("AWS_ACCESS_KEY_ID", "000000000000"),
        ("AWS_SECRET_ACCESS_KEY", "secretstack"),
        ("AWS_EC2_METADATA_DISABLED", "true"),
        ("NO_PROXY", "example.com,127.0.0.1"),
        ("no_proxy", "example.com,127.0.0.1"),
        ("SECRETSTACK_ENDPOINT", endpoint),
    ] {
        assert_eq!(found[name], value, "{name}");
    }
}

#[test]
fn nothing_leads_a_commands_aws_clients_elsewhere() {
    let misleading = [
        "AWS_SESSION_TOKEN",
        "AWS_PROFILE",
        "AWS_DEFAULT_PROFILE",
        "AWS_ENDPOINT_URL_SECRETS_MANAGER",
        "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
    ];
    let mut command = run(&["env"]);
    command.envs(misleading.map(|name| (name, "elsewhere")));
    command.env(
        "AWS_ENDPOINT_URL",
        "https://secretsmanager.us-east-1.amazonaws.com",
    );
    command.env("AWS_STORAGE_BUCKET_NAME", "of-the-application");
    let found = environment(&mut command);
    for name in misleading {
        assert_eq!(found.get(name), None, "{name}");
    }
    assert!(found["AWS_ENDPOINT_URL"].starts_with("http://127.0.0.1:"));
    assert_eq!(found["AWS_STORAGE_BUCKET_NAME"], "of-the-application");
}

#[test]
fn the_server_answers_when_the_command_starts() {
    let mut command = run(&[SECRETSTACK, "health"]);
    command.env("HTTP_PROXY", "http://127.0.0.1:9");
    let output = command.output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(text.ends_with(": running\n"), "{output:?}");
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn the_port_is_free_unless_it_is_chosen() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = taken.local_addr().unwrap().to_string();
    let mut command = run_script("exit 3");
    command.env("SECRETSTACK_LISTEN", &taken);
    assert_ends(&command.output().unwrap(), 3, "", "");

    let free = TcpListener::bind("127.0.0.1:0").unwrap();
    let chosen = free.local_addr().unwrap().to_string();
    drop(free);
    let found = environment(&mut run(&["--listen", &chosen, "--", "env"]));
    assert_eq!(found["AWS_ENDPOINT_URL"], format!("http://{chosen}"));
}

#[test]
fn without_a_server_the_command_does_not_run() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let output = run(&["--listen", &address, "--", "echo", "it runs"]).output();
    let complaint = format!(
        "secretstack: cannot listen on {address}: the address is in use; stop the other program or choose another with \
         --listen\n"
    );
    assert_ends(&output.unwrap(), 1, "", &complaint);
}

#[test]
fn a_command_that_cannot_be_started_is_one_line_and_a_shells_exit_code() {
    for (command, code, cause) in [
        ("no-such-command", 127, "No such file or directory"),
        ("/dev/null", 126, "Permission denied"),
    ] {
        let output = run(&["--", command, "argument"]).output().unwrap();
        let text = String::from_utf8_lossy(&output.stderr);
        let start = format!("secretstack: cannot run {command}: {cause}");
        assert!(text.starts_with(&start), "{text}");
        assert_eq!(text.lines().count(), 1, "{text}");
        assert_eq!(output.status.code(), Some(code));
    }
}

#[test]
fn a_run_without_a_command_is_exit_code_2() {
    let output = run(&["--region", "eu-central-1"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn signals_are_passed_on_and_nothing_is_left_running() {
    for (signal, name) in [("-TERM", "TERM"), ("-HUP", "HUP"), ("-INT", "INT")] {
        let mut waiting = Waiting::start(&format!(
            "trap 'kill $!; wait $!; echo had {name}; exit 3' {name}"
        ));
        assert!(waiting.kill(signal, ""));
        assert_eq!(waiting.end(), (format!("had {name}\n"), Some(3)));
        TcpStream::connect(&waiting.server).expect_err("the server has ended");
        assert!(!waiting.kill("-0", "-"), "a process is left after {name}");
    }
}

#[test]
fn a_command_that_does_not_mind_a_signal_keeps_its_server() {
    let mut waiting = Waiting::start("trap 'echo no' HUP; trap 'kill $!; wait $!; exit 0' TERM");
    assert!(waiting.kill("-HUP", ""));
    let mut line = String::new();
    waiting.output.read_line(&mut line).unwrap();
    assert_eq!(line, "no\n");
    TcpStream::connect(&waiting.server).expect("the server is still there");
    assert!(waiting.kill("-TERM", ""));
    assert_eq!(waiting.end(), (String::new(), Some(0)));
}

/// The terminal signals all of its foreground; to pass that on would be a second Ctrl-C.
#[test]
fn ctrl_c_reaches_a_command_once_and_its_exit_code_is_ours() {
    let script = format!(
        "trap 'echo had INT; kill -TERM $PPID' INT; trap 'kill $!; exit 4' TERM; sleep 600 & echo waits; \
         {FOREVER}"
    );
    let command = format!(
        "exec '{SECRETSTACK}' run -- sh -c \"{}\"",
        script.replace('$', "\\$")
    );
    // `script` is a terminal to what it runs.
    let child = Command::new("script")
        .args(["--quiet", "--return", "--command", &command, "/dev/null"])
        .env("SHELL", "/bin/sh")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn();
    let mut child = child.unwrap();
    let mut keys = child.stdin.take().unwrap();
    let mut screen = BufReader::new(child.stdout.take().unwrap()).lines();
    assert_eq!(screen.next().unwrap().unwrap().trim_end(), "waits");
    keys.write_all(b"\x03").unwrap();
    let rest: Vec<_> = screen
        .map(|line| line.unwrap().trim_end().to_owned())
        .collect();
    assert_eq!(rest, ["^Chad INT"]);
    assert_eq!(child.wait().unwrap().code(), Some(4));
}
