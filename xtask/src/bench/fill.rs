//! What servers are filled with, over HTTP like everything else.

use super::load::{Limit, Load};
use super::request::{About, Requests, Suffixes};
use super::server::Server;
use crate::step::{Failed, say};

/// How many connections fill a server.
const CONNECTIONS: usize = 64;

/// A number of secrets and what each of them is like.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Shape {
    pub(super) secrets: usize,
    /// Bytes of each value.
    pub(super) size: usize,
    /// With a description and two tags?
    pub(super) described: bool,
}

/// A server with secrets in it.
pub(super) struct Filled {
    pub(super) server: Server,
    pub(super) shape: Shape,
    pub(super) suffixes: Suffixes,
    /// Resident memory before and after, in KiB.
    pub(super) empty: f64,
    pub(super) full: f64,
}

impl Filled {
    /// Fills a server.
    pub(super) fn fill(server: Server, shape: Shape) -> Result<Self, Failed> {
        let Shape { secrets, .. } = shape;
        say(&format!("  filling an emulator with {secrets} secrets"));
        let empty = server.resident()?;
        let create = Requests::new("CreateSecret", &create(shape), About::each(secrets));
        let mut load = Load::open(server.address, CONNECTIONS, create)?;
        let mut suffixes = vec![[0; 6]; secrets];
        let outcome = load.run_and_see(Limit::of_requests(secrets), |answer| {
            let (number, suffix) = created(answer.body)
                .filter(|(number, _)| *number < secrets)
                .ok_or_else(|| Failed("CreateSecret answered without an ARN".into()))?;
            suffixes[number] = suffix;
            Ok(())
        })?;
        say(&format!("  filled in {:.1?}", outcome.elapsed));
        let mut filled = Self {
            server,
            shape,
            suffixes: suffixes.into(),
            empty,
            full: empty,
        };
        filled.read_each()?;
        filled.full = filled.server.resident()?;
        Ok(filled)
    }

    /// Reads each secret once, since the first read of a day is also a write.
    fn read_each(&self) -> Result<(), Failed> {
        let secrets = self.shape.secrets;
        let get = Requests::new("GetSecretValue", BY_NAME, About::each(secrets));
        let mut load = Load::open(self.server.address, CONNECTIONS, get)?;
        load.run(Limit::of_requests(secrets)).map(drop)
    }

    /// Requests about its secrets, criss-cross.
    pub(super) fn requests(&self, operation: &str, body: &str) -> Requests {
        let about = About::scattered(self.shape.secrets).with_suffixes(&self.suffixes);
        Requests::new(operation, body, about)
    }
}

/// GetSecretValue's body, and that of others that take a secret's name and nothing else.
pub(super) const BY_NAME: &str = r#"{"SecretId": "bench/secret-{number}"}"#;

/// A value of so many bytes.
pub(super) fn value(size: usize) -> String {
    ('a'..='z').cycle().take(size).collect()
}

fn create(shape: Shape) -> String {
    let described = if shape.described {
        r#", "Description": "Password of the database user of service {number}", "Tags": [{"Key": "environment", "Value": "production"}, {"Key": "owner", "Value": "team-{number}"}]"#
    } else {
        ""
    };
    let value = value(shape.size);
    format!(
        r#"{{"Name": "bench/secret-{{number}}", "ClientRequestToken": "00000000-0000-4000-8000-{{number12}}", "SecretString": "{value}"{described}}}"#
    )
}

/// The number and the ARN's end in an answer about `bench/secret-0000001-AbCdEf`.
fn created(body: &[u8]) -> Option<(usize, [u8; 6])> {
    let text = std::str::from_utf8(body).ok()?;
    let (_, rest) = text.split_once("secret:bench/secret-")?;
    let (number, rest) = rest.split_at_checked(7)?;
    let suffix = rest.as_bytes().get(1..7)?;
    Some((number.parse().ok()?, suffix.try_into().ok()?))
}
