//! An emulator's insides without a server, in which nothing is left to time or chance.

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::task::{self, Poll, Waker};

use chrono::{DateTime, Utc};
use secretstack::api::context::{Context, Services};
use secretstack::api::page::PageTokens;
use secretstack::api::{Service, find};
use secretstack::kms::{KeyRing, Sealer};
use secretstack::lambda::{Functions, FunctionsConfig};
use secretstack::replication::Replicator;
use secretstack::secret::id::{AccountId, ArnSuffix, Region, Scope, SecretKey, SecretName};
use secretstack::secret::tags::Tag;
use secretstack::secret::version::{SealedValue, VersionId};
use secretstack::secret::{AttributeChanges, Secret};
use secretstack::store::{MemoryStore, Secrets};
use secretstack::trail::Trail;
use secretstack::{Clock, Entropy};
use serde_json::{Value, json};
use uuid::Uuid;

/// Of every secret.
const DESCRIPTION: &str = "The password of a service's database user";
const TAGS: [(&str, &str); 2] = [("team", "storage"), ("stage", "production")];

/// Services with secrets in them, and the time.
pub(crate) struct World {
    services: Services,
    caller: Scope,
    now: DateTime<Utc>,
}

impl World {
    /// A world without secrets, which lasts as long as the program.
    pub(crate) fn empty() -> &'static Self {
        let now = DateTime::from_timestamp_nanos(1_767_225_600_000_000_000);
        let entropy = Entropy::seeded(1);
        let secrets = Arc::new(Secrets::new(Arc::new(MemoryStore::default())));
        let keys = Arc::new(KeyRing::new(&entropy, Arc::default()));
        let sealer = Arc::new(Sealer::new(keys.clone(), &entropy));
        let clock = Arc::new(Clock::frozen_at(now));
        let functions = Functions::new(FunctionsConfig::default(), &entropy);
        let services = Services {
            secrets: secrets.clone(),
            sealer: sealer.clone(),
            keys,
            functions: Arc::new(functions),
            trail: Arc::new(Trail::new(&entropy)),
            replicator: Arc::new(Replicator::new(secrets, sealer, clock, &entropy)),
            page_tokens: PageTokens::new(&entropy),
            identities: entropy.child("identity"),
            made_up: entropy.child("made up"),
            passwords: entropy.child("password"),
        };
        let caller = Scope {
            account: AccountId::DEFAULT,
            region: Region::default(),
        };
        Box::leak(Box::new(Self {
            services,
            caller,
            now,
        }))
    }

    /// A world with this many secrets, each with a value, a description and two tags. Only the value of the secret in the
    /// middle can be read, since to seal all of them would take long under callgrind.
    pub(crate) fn of(secrets: usize) -> &'static Self {
        let world = Self::empty();
        let readable = secrets / 2;
        let value = world.create(readable);
        for n in (0..secrets).filter(|n| *n != readable) {
            let secret = world.secret_with(n, value.clone());
            let created = world.services.secrets.create(secret, world.now);
            let created = finish(created).expect("a store in memory does not fail");
            assert!(created.is_ok(), "no two secrets have the same name");
        }
        world
    }

    /// Creates a secret by the operation; returns its sealed value.
    fn create(&'static self, n: usize) -> SealedValue {
        let body = json!({
            "Name": name(n),
            "ClientRequestToken": token(n),
            "Description": DESCRIPTION,
            "SecretString": "x".repeat(64),
            "Tags": TAGS.map(|(key, value)| json!({"Key": key, "Value": value})),
        });
        self.call("CreateSecret", &body);
        let found = finish(self.context().find(&name(n))).expect("there is such a secret");
        let value = found
            .versions()
            .next()
            .and_then(|version| version.value.clone());
        value.expect("the version has a value")
    }

    /// A secret like those that [`create`](Self::create) makes, with another's sealed value.
    fn secret_with(&self, n: usize, value: SealedValue) -> Secret {
        let key = SecretKey {
            scope: self.caller.clone(),
            name: SecretName::parse(&name(n)).expect("the name is valid"),
        };
        let (uid, suffix) = (Uuid::from_u128(n as u128), ArnSuffix::draw(|_| 0));
        let id = VersionId::new(&token(n));
        let mut secret = Secret::new(uid, key, suffix, id.clone(), self.now);
        let attributes = AttributeChanges {
            description: Some(DESCRIPTION.to_owned()),
            ..AttributeChanges::default()
        };
        let tags = TAGS.map(|(key, value)| Tag { key, value });
        secret
            .update_attributes(&attributes, self.now)
            .and_then(|()| secret.add_tags(&tags, self.now))
            .and_then(|()| secret.put_version(&id, value, &[], self.now))
            .expect("a new secret takes all that");
        secret
    }

    /// What an operation sees.
    pub(crate) fn context(&'static self) -> Context<'static> {
        self.context_at(self.now)
    }

    /// What an operation sees some hours after the world was made.
    pub(crate) fn context_after(&'static self, hours: i64) -> Context<'static> {
        self.context_at(self.now + chrono::TimeDelta::hours(hours))
    }

    fn context_at(&'static self, now: DateTime<Utc>) -> Context<'static> {
        Context {
            services: &self.services,
            caller: &self.caller,
            now,
        }
    }

    /// Calls an operation that must succeed.
    pub(crate) fn call(&'static self, operation: &str, body: &Value) -> Value {
        let answer = call(&self.context(), operation, body.to_string().as_bytes());
        serde_json::from_slice(&answer).expect("an answer is JSON")
    }
}

/// Calls an operation that must succeed, as the front end does.
pub(crate) fn call(ctx: &Context<'_>, operation: &str, body: &[u8]) -> Vec<u8> {
    let entry = find(Service::SecretsManager, operation).expect("there is such an operation");
    finish((entry.run)(ctx, body)).expect("the operation succeeds")
}

/// The name of a secret.
pub(crate) fn name(n: usize) -> String {
    format!("production/service-{n:06}/database-password")
}

/// A client request token.
pub(crate) fn token(n: usize) -> String {
    format!("00000000-0000-4000-8000-{n:012}")
}

/// What a future gives. Nothing here waits for anything outside, so it is asked until it is ready.
pub(crate) fn finish<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    let mut context = task::Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
            return output;
        }
    }
}
