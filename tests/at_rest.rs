//! No plaintext is kept: after writes of known values the store holds none of them, in any form.

#![allow(
    clippy::unwrap_used,
    reason = "a test ends where something is not as it should be"
)]

use std::ops::Bound;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use secretstack::api::context::{Context, Services};
use secretstack::api::page::PageTokens;
use secretstack::api::{Service, find};
use secretstack::kms::{KeyRing, Sealer};
use secretstack::lambda::{Functions, FunctionsConfig};
use secretstack::replication::Replicator;
use secretstack::secret::id::{AccountId, Region, Scope};
use secretstack::store::{Direction, MemoryStore, Secrets, Store};
use secretstack::trail::Trail;
use secretstack::{Clock, Entropy};
use serde_json::{Value, json};

/// Values that are easy to find again: one short, one long, one with other characters, one binary.
fn values() -> Vec<Vec<u8>> {
    vec![
        b"hunter2-hunter2".to_vec(),
        b"0123456789abcdef".repeat(4096),
        "pässwörd-\u{1f511}".into(),
        vec![0xde, 0xad, 0xbe, 0xef, 0x00, 0xff, 0x10, 0x20],
    ]
}

struct World {
    store: Arc<MemoryStore>,
    services: Services,
    caller: Scope,
    now: DateTime<Utc>,
}

impl World {
    fn new() -> Self {
        let now = "2026-01-01T00:00:00Z".parse().unwrap();
        let entropy = Entropy::system();
        let store = Arc::new(MemoryStore::default());
        let secrets = Arc::new(Secrets::new(store.clone()));
        let keys = Arc::new(KeyRing::new(&entropy, Arc::default()));
        let sealer = Arc::new(Sealer::new(keys.clone(), &entropy));
        let clock = Arc::new(Clock::frozen_at(now));
        let services = Services {
            secrets: secrets.clone(),
            sealer: sealer.clone(),
            keys,
            functions: Arc::new(Functions::new(FunctionsConfig::default(), &entropy)),
            trail: Arc::new(Trail::new(&entropy)),
            replicator: Arc::new(Replicator::new(secrets, sealer, clock, &entropy)),
            page_tokens: PageTokens::new(&entropy),
            identities: entropy.child("identity"),
            made_up: entropy.child("made up"),
            passwords: entropy.child("password"),
        };
        Self {
            store,
            services,
            caller: Scope {
                account: AccountId::DEFAULT,
                region: Region::default(),
            },
            now,
        }
    }

    async fn call(&self, operation: &str, body: Value) -> Value {
        let entry =
            find(Service::SecretsManager, operation).unwrap_or_else(|_| panic!("{operation}"));
        let ctx = Context {
            services: &self.services,
            caller: &self.caller,
            now: self.now,
        };
        let answer = (entry.run)(&ctx, body.to_string().as_bytes()).await;
        serde_json::from_slice(&answer.unwrap()).unwrap()
    }

    /// Every byte that the store holds: all there is to print of it, and the sealed values, which do not print. Nothing else
    /// refuses to print itself.
    async fn everything(&self) -> Vec<u8> {
        let printed = format!("{:?}", self.store);
        assert!(!printed.contains("[redacted]"));
        let mut bytes = printed.into_bytes();
        let scan = self
            .store
            .scan(Bound::Unbounded, Direction::Ascending, 1000);
        for stored in scan.await.unwrap() {
            for version in stored.secret.versions() {
                let sealed = version.value.as_ref().unwrap();
                bytes.extend_from_slice(sealed.data_key());
                bytes.extend_from_slice(sealed.ciphertext());
                bytes.extend_from_slice(&sealed.fingerprint().0);
            }
        }
        bytes
    }
}

#[tokio::test]
async fn the_store_holds_no_value_in_the_clear() {
    use base64::Engine as _;
    let world = World::new();
    let base64 = |bytes: &[u8]| base64::engine::general_purpose::STANDARD.encode(bytes);
    for (n, value) in values().iter().enumerate() {
        let name = format!("secret-{n}");
        let token = format!("{n:0>36}");
        let body = match std::str::from_utf8(value) {
            Ok(text) => {
                json!({"Name": name, "ClientRequestToken": token, "SecretString": text})
            }
            Err(_) => {
                json!({"Name": name, "ClientRequestToken": token, "SecretBinary": base64(value)})
            }
        };
        world.call("CreateSecret", body).await;
        world
            .call("GetSecretValue", json!({"SecretId": name}))
            .await;
    }

    let everything = world.everything().await;
    let holds = |needle: &[u8]| {
        everything
            .windows(needle.len())
            .any(|bytes| bytes == needle)
    };
    assert!(holds(b"secret-0"), "the search finds what is there");
    for value in values() {
        // A part of a value gives it away as well.
        let part = &value[..value.len().min(16)];
        assert!(!holds(part), "found {part:?}");
        assert!(!holds(
            format!("{part:?}").trim_matches(['[', ']']).as_bytes()
        ));
        let without_padding = &value[..value.len() / 3 * 3];
        assert!(!holds(base64(without_padding).as_bytes()));
    }
}
