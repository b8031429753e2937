//! What can be set about functions before the emulator starts.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use super::name::FunctionName;

/// The longest that Lambda lets a function run (AWS Lambda Developer Guide, "Lambda quotas").
const LONGEST: Duration = Duration::from_mins(15);

/// Where rotation functions are and how long they may run.
#[derive(Debug, Clone)]
pub struct FunctionsConfig {
    /// An endpoint of Lambda's Invoke API for every function that has no runner of its own and no worker.
    pub endpoint: Option<HttpUrl>,
    /// Functions with a runner of their own. Of two for one name the later one counts.
    pub functions: Vec<RotationFunction>,
    /// How long an invocation may take in real time, waiting for a worker included.
    pub time_limit: Duration,
}

impl Default for FunctionsConfig {
    /// No function, and fifteen minutes.
    fn default() -> Self {
        Self {
            endpoint: None,
            functions: Vec::new(),
            time_limit: LONGEST,
        }
    }
}

/// A function by name and who runs it; written `NAME=URL` or `NAME=COMMAND`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RotationFunction {
    /// The name by which function ARNs mean it.
    pub name: FunctionName,
    /// Who runs it.
    pub runner: Runner,
}

impl FromStr for RotationFunction {
    type Err = ConfigError;

    fn from_str(text: &str) -> Result<Self, ConfigError> {
        let (name, runner) = text.split_once('=').ok_or(ConfigError::NoRunner)?;
        Ok(Self {
            name: FunctionName::parse(name).ok_or_else(|| ConfigError::Name(name.to_owned()))?,
            runner: runner.parse()?,
        })
    }
}

/// Who runs a function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Runner {
    /// A server that takes invocations by `POST` at exactly this URL.
    Url(HttpUrl),
    /// A process that the emulator starts, and that asks for invocations at the emulator's Runtime API.
    Command(CommandLine),
}

impl FromStr for Runner {
    type Err = ConfigError;

    /// What begins with `http://` or `https://` is a URL, everything else a command.
    fn from_str(text: &str) -> Result<Self, ConfigError> {
        if ["http://", "https://"]
            .iter()
            .any(|scheme| text.starts_with(scheme))
        {
            text.parse().map(Self::Url)
        } else {
            text.parse().map(Self::Command)
        }
    }
}

/// An `http://` URL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpUrl(reqwest::Url);

impl HttpUrl {
    /// The URL that invokes a function, if this one is an endpoint of the Invoke API (AWS Lambda API reference, "Invoke").
    pub(super) fn invocations_of(&self, name: &FunctionName) -> Self {
        let mut url = self.0.clone();
        let endpoint = url.path().trim_end_matches('/');
        url.set_path(&format!(
            "{endpoint}/2015-03-31/functions/{name}/invocations"
        ));
        Self(url)
    }

    pub(super) fn url(&self) -> &reqwest::Url {
        &self.0
    }
}

impl FromStr for HttpUrl {
    type Err = ConfigError;

    fn from_str(text: &str) -> Result<Self, ConfigError> {
        let url: reqwest::Url = text
            .parse()
            .map_err(|_| ConfigError::Url(text.to_owned()))?;
        match url.scheme() {
            "http" => Ok(Self(url)),
            "https" => Err(ConfigError::Https(text.to_owned())),
            _ => Err(ConfigError::Url(text.to_owned())),
        }
    }
}

impl fmt::Display for HttpUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A program and its arguments, split as a shell splits words. No shell runs them, so nothing is expanded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommandLine {
    program: String,
    arguments: Vec<String>,
}

impl CommandLine {
    pub(super) fn program(&self) -> &str {
        &self.program
    }

    pub(super) fn arguments(&self) -> &[String] {
        &self.arguments
    }

    /// The handler, such as `my_module.lambda_handler`, if the last word looks like one.
    pub(super) fn handler(&self) -> Option<&str> {
        let last = self.arguments.last()?;
        last.contains('.').then_some(last)
    }
}

impl FromStr for CommandLine {
    type Err = ConfigError;

    fn from_str(text: &str) -> Result<Self, ConfigError> {
        let mut words = shlex::split(text)
            .ok_or_else(|| ConfigError::Quotes(text.to_owned()))?
            .into_iter();
        Ok(Self {
            program: words.next().ok_or(ConfigError::NoRunner)?,
            arguments: words.collect(),
        })
    }
}

/// Why a text does not say who runs a function.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// There is nothing after the name.
    #[error("a function is given as NAME=URL or NAME=COMMAND")]
    NoRunner,
    /// No function can have this name.
    #[error("{0:?} is no function name: 1 to 64 letters, digits, hyphens and underscores")]
    Name(String),
    /// Neither a URL nor close to one.
    #[error("{0:?} is no http:// URL")]
    Url(String),
    /// A URL that would need TLS.
    #[error("{0:?} needs TLS, which secretstack does not speak; give an http:// URL")]
    Https(String),
    /// A command with a quote that is not closed.
    #[error("the quotes in the command {0:?} do not close")]
    Quotes(String),
}

#[cfg(test)]
mod tests {
    use super::*;

    fn function(text: &str) -> RotationFunction {
        text.parse().unwrap()
    }

    #[track_caller]
    fn check_refused(text: &str, expected: &str) {
        let error = text.parse::<RotationFunction>().unwrap_err();
        assert!(error.to_string().contains(expected), "{error}");
    }

    #[test]
    fn a_url_is_taken_whole() {
        let Runner::Url(url) =
            function("rotate=http://localhost:9000/2015-03-31/functions/function/invocations")
                .runner
        else {
            panic!("it is a URL");
        };
        assert_eq!(
            url.to_string(),
            "http://localhost:9000/2015-03-31/functions/function/invocations"
        );
    }

    #[test]
    fn a_command_is_split_as_a_shell_does_it_and_may_hold_more_equals_signs() {
        let function =
            function("rotate=python3 -m awslambdaric --log='a b' my_module.lambda_handler");
        assert_eq!(function.name.as_str(), "rotate");
        let Runner::Command(command) = function.runner else {
            panic!("it is a command");
        };
        assert_eq!(command.program(), "python3");
        assert_eq!(
            command.arguments(),
            [
                "-m",
                "awslambdaric",
                "--log=a b",
                "my_module.lambda_handler"
            ]
        );
        assert_eq!(command.handler(), Some("my_module.lambda_handler"));
    }

    #[test]
    fn a_handler_is_a_last_argument_with_a_dot() {
        let handler = |text: &str| {
            let command: CommandLine = text.parse().unwrap();
            command.handler().map(str::to_owned)
        };
        assert_eq!(handler("./function"), None);
        assert_eq!(handler("node app.mjs --once"), None);
        assert_eq!(
            handler("npx aws-lambda-ric app.handler").unwrap(),
            "app.handler"
        );
    }

    #[test]
    fn what_cannot_run_a_function_is_refused_with_the_reason() {
        check_refused("rotate", "NAME=URL or NAME=COMMAND");
        check_refused("rotate=", "NAME=URL or NAME=COMMAND");
        check_refused("rotate= ", "NAME=URL or NAME=COMMAND");
        check_refused("=cat", "is no function name");
        check_refused("a b=cat", "is no function name");
        check_refused("rotate=https://example.com/", "needs TLS");
        check_refused("rotate=http://", "is no http:// URL");
        check_refused("rotate=sh -c 'cat", "do not close");
    }

    #[test]
    fn an_endpoint_with_a_path_keeps_it() {
        let name = FunctionName::parse("rotate").unwrap();
        for endpoint in ["http://localhost:3001/base", "http://localhost:3001/base/"] {
            let endpoint: HttpUrl = endpoint.parse().unwrap();
            assert_eq!(
                endpoint.invocations_of(&name).to_string(),
                "http://localhost:3001/base/2015-03-31/functions/rotate/invocations"
            );
        }
        assert_eq!(
            "ftp://localhost".parse::<HttpUrl>(),
            Err(ConfigError::Url("ftp://localhost".into()))
        );
    }
}
