//! One run of a function's command: a process with its environment, in a process group of its own.

use std::env;
use std::ffi::OsStr;
use std::io;
use std::net::SocketAddr;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process_group};
use tokio::process::{Child, Command};
use tokio::sync::oneshot;
use tracing::debug;

use super::config::CommandLine;
use super::name::FunctionName;
use super::{output, within};
use crate::environment;
use crate::secret::id::Scope;

/// How long a process may take to end after it was asked to.
const GRACE: Duration = Duration::from_secs(2);
/// How long the last output of a process that has ended may take to arrive.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// What all processes of an emulator find in their environment.
#[derive(Debug, Clone)]
pub(super) struct Surroundings {
    /// Host and port at which the emulator can be reached.
    address: SocketAddr,
    scope: Scope,
    /// Host and port of the process's own Runtime API.
    runtime_api: SocketAddr,
}

impl Surroundings {
    /// `listen` is where the emulator listens, which may be all of the machine's addresses, and `runtime_api` where the process
    /// asks for invocations.
    pub(super) fn new(listen: SocketAddr, scope: &Scope, runtime_api: SocketAddr) -> Self {
        Self {
            address: environment::reachable(listen),
            scope: scope.clone(),
            runtime_api,
        }
    }

    /// The variables for a function (AWS Lambda Developer Guide, "Working with Lambda environment variables", defined runtime
    /// environment variables), and those by which AWS SDKs and the published rotation functions find the emulator.
    fn variables(&self, name: &FunctionName, command: &CommandLine) -> Vec<(&str, String)> {
        let Self { address, scope, .. } = self;
        let function = name.of_function();
        let mut variables = environment::of_clients(*address, scope);
        variables.extend([
            ("AWS_LAMBDA_RUNTIME_API", self.runtime_api.to_string()),
            ("SECRETS_MANAGER_ENDPOINT", format!("http://{address}")),
            ("AWS_EXECUTION_ENV", "AWS_Lambda_secretstack".into()),
            ("AWS_LAMBDA_FUNCTION_NAME", function.to_owned()),
            ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST".into()),
            ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128".into()),
            (
                "AWS_LAMBDA_LOG_GROUP_NAME",
                format!("/aws/lambda/{function}"),
            ),
            ("AWS_LAMBDA_LOG_STREAM_NAME", "secretstack".into()),
        ]);
        if let Some(handler) = command.handler() {
            variables.push(("_HANDLER", handler.into()));
        }
        variables
    }
}

/// A running process. Dropping it kills it and its children.
pub(super) struct Process {
    // Before the child, whose drop may free the group's number.
    group: Group,
    child: Child,
}

impl Process {
    /// Starts a function's command, with the emulator's environment as far as it is inherited, and with its own.
    pub(super) fn start(
        name: &FunctionName,
        command: &CommandLine,
        surroundings: &Surroundings,
    ) -> io::Result<Self> {
        let mut start = Command::new(command.program());
        start
            .args(command.arguments())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0)
            .kill_on_drop(true);
        for (variable, _value) in env::vars_os() {
            if !is_inherited(&variable) {
                start.env_remove(variable);
            }
        }
        start.env("LAMBDA_TASK_ROOT", env::current_dir()?);
        start.envs(surroundings.variables(name, command));
        let child = start.spawn()?;
        let leader = child.id().and_then(|id| Pid::from_raw(id.try_into().ok()?));
        let group = Group(leader.ok_or_else(|| io::Error::other("the process has no id"))?);
        Ok(Self { group, child })
    }

    /// Logs its output until it has ended, and says how it did. When `stop` ends it is asked to end too, and killed if it takes
    /// too long. In any case what is left of its group is killed.
    pub(super) async fn run(
        mut self,
        name: &FunctionName,
        stop: impl Future<Output = ()>,
    ) -> io::Result<ExitStatus> {
        let (stdout, stderr) = (self.child.stdout.take(), self.child.stderr.take());
        let (ending, ended) = oneshot::channel::<()>();
        let logged = async {
            tokio::join!(output::log(name, stdout), output::log(name, stderr));
        };
        let last_words = async {
            // The sender is dropped.
            let _ = ended.await;
            within(LAST_WORDS, std::future::pending::<()>()).await;
        };
        let (status, ()) = tokio::join!(
            async {
                let status = self.end(stop).await;
                drop(ending);
                status
            },
            async {
                tokio::select! {
                    () = logged => {}
                    () = last_words => {}
                }
            }
        );
        status
    }

    async fn end(mut self, stop: impl Future<Output = ()>) -> io::Result<ExitStatus> {
        tokio::select! {
            status = self.child.wait() => return status,
            () = stop => self.group.signal(Signal::TERM),
        }
        if let Some(status) = within(GRACE, self.child.wait()).await {
            return status;
        }
        self.group.signal(Signal::KILL);
        self.child.wait().await
    }
}

/// Whether a variable of the emulator's environment reaches processes. A function must not reach real AWS, nor with the
/// credentials of whoever started the emulator.
fn is_inherited(variable: &OsStr) -> bool {
    !variable.as_encoded_bytes().starts_with(b"AWS_")
}

/// A process and its descendants, but for those that made groups of their own. Dropping it kills them.
struct Group(Pid);

impl Group {
    fn signal(&self, signal: Signal) {
        if let Err(error) = kill_process_group(self.0, signal) {
            // Most often there is nobody left.
            debug!(%error, ?signal, "could not signal a function's processes");
        }
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        self.signal(Signal::KILL);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::id::{AccountId, Region};

    fn variables(listen: &str, command: &str) -> Vec<(String, String)> {
        let scope = Scope {
            account: AccountId::parse("123456789012").unwrap(),
            region: Region::parse("eu-central-1").unwrap(),
        };
        let runtime_api = SocketAddr::from(([127, 0, 0, 1], 9001));
        let surroundings = Surroundings::new(listen.parse().unwrap(), &scope, runtime_api);
        surroundings
            .variables(
                &FunctionName::parse("rotate").unwrap(),
                &command.parse().unwrap(),
            )
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect()
    }

    #[track_caller]
    fn check(variables: &[(String, String)], name: &str, value: Option<&str>) {
        let found = variables.iter().find(|(found, _)| found == name);
        assert_eq!(found.map(|(_, value)| value.as_str()), value, "{name}");
    }

    #[test]
    fn a_process_is_told_where_the_emulator_is_and_who_it_is() {
        let variables = variables("127.0.0.1:4566", "python -m awslambdaric app.handler");
        for (name, value) in [
            ("AWS_LAMBDA_RUNTIME_API", "127.0.0.1:9001"),
            ("AWS_ENDPOINT_URL", "http://127.0.0.1:4566"),
            ("SECRETS_MANAGER_ENDPOINT", "http://127.0.0.1:4566"),
            ("AWS_REGION", "eu-central-1"),
            ("AWS_DEFAULT_REGION", "eu-central-1"),
            ("AWS_ACCESS_KEY_ID", "123456789012"),
            ("AWS_LAMBDA_FUNCTION_NAME", "rotate"),
            ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"),
            ("AWS_LAMBDA_LOG_GROUP_NAME", "/aws/lambda/rotate"),
            ("_HANDLER", "app.handler"),
        ] {
            check(&variables, name, Some(value));
        }
    }

    #[test]
    fn an_emulator_that_listens_everywhere_is_reached_by_loopback() {
        for (listen, endpoint) in [
            ("0.0.0.0:4566", "http://127.0.0.1:4566"),
            ("[::]:4566", "http://[::1]:4566"),
            ("10.0.0.7:4566", "http://10.0.0.7:4566"),
        ] {
            let variables = variables(listen, "./function");
            check(&variables, "AWS_ENDPOINT_URL", Some(endpoint));
            check(&variables, "_HANDLER", None);
        }
    }

    #[test]
    fn the_emulators_own_credentials_and_endpoints_are_not_inherited() {
        for variable in [
            "AWS_PROFILE",
            "AWS_SESSION_TOKEN",
            "AWS_ENDPOINT_URL_SECRETS_MANAGER",
        ] {
            assert!(!is_inherited(OsStr::new(variable)), "{variable}");
        }
        for variable in ["PATH", "VIRTUAL_ENV", "DATABASE_URL"] {
            assert!(is_inherited(OsStr::new(variable)), "{variable}");
        }
    }
}
