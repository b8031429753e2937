//! What holds of every ciphertext of KMS: it opens to what was sealed, with its own context, unaltered, and not otherwise.

#![allow(
    clippy::unwrap_used,
    reason = "a test ends where something is not as it should be"
)]

#[path = "support/mod.rs"]
mod support;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};
use support::{ACCOUNT, Answer, Client, REGION, Server};
use tokio::runtime::{Builder, Runtime};

/// The members of an encryption context, in the order in which they are sent.
type Context = Vec<(String, String)>;

/// A running emulator with three keys.
struct World {
    client: Client,
    keys: [String; 3],
    _server: Server,
    // Last, as it carries the server.
    runtime: Runtime,
}

impl World {
    fn start() -> Self {
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        let server = runtime.block_on(Server::start());
        let client = server.client(ACCOUNT, REGION);
        let keys = [(); 3].map(|()| runtime.block_on(create_key(&client)));
        Self {
            client,
            keys,
            _server: server,
            runtime,
        }
    }

    /// Calls an operation with a body whose members come in the order in which they are written.
    fn send(&self, operation: &str, body: String) -> Answer {
        let target = format!("TrentService.{operation}");
        self.runtime.block_on(self.client.send(Some(&target), body))
    }

    /// Calls an operation that must succeed.
    #[track_caller]
    fn ok(&self, operation: &str, body: String) -> Value {
        let answer = self.send(operation, body);
        assert_eq!(answer.status, 200, "{operation} answered {}", answer.text);
        answer.json()
    }

    #[track_caller]
    fn encrypt(&self, key: &str, plaintext: &[u8], context: &Context) -> String {
        let body = format!(
            r#"{{"KeyId": "{key}", "Plaintext": "{}", "EncryptionContext": {}}}"#,
            STANDARD.encode(plaintext),
            object(context)
        );
        text(&self.ok("Encrypt", body)["CiphertextBlob"])
    }

    fn decrypt(&self, blob: &str, context: &Context) -> Answer {
        let context = object(context);
        let body = format!(r#"{{"CiphertextBlob": "{blob}", "EncryptionContext": {context}}}"#);
        self.send("Decrypt", body)
    }

    /// Asserts that a ciphertext opens to a plaintext.
    #[track_caller]
    fn assert_opens(&self, blob: &str, context: &Context, plaintext: &[u8]) {
        let answer = self.decrypt(blob, context);
        assert_eq!(answer.status, 200, "{}", answer.text);
        assert_eq!(bytes(&answer.json()["Plaintext"]), plaintext);
    }

    /// Asserts that a ciphertext does not open.
    #[track_caller]
    fn assert_stays_closed(&self, ciphertext: &[u8], context: &Context) {
        self.decrypt(&STANDARD.encode(ciphertext), context)
            .assert_silent_error("InvalidCiphertextException");
    }
}

/// Creates a key; returns its ARN.
async fn create_key(client: &Client) -> String {
    let created = client.kms_ok("CreateKey", json!({})).await;
    text(&created["KeyMetadata"]["Arn"])
}

#[track_caller]
fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

#[track_caller]
fn bytes(value: &Value) -> Vec<u8> {
    STANDARD.decode(text(value)).unwrap()
}

/// A context in JSON, in its own order.
fn object(context: &Context) -> String {
    let members: Vec<String> = context
        .iter()
        .map(|(name, value)| format!("{}:{}", json!(name), json!(value)))
        .collect();
    format!("{{{}}}", members.join(","))
}

/// Runs a test with 64 cases on one emulator.
fn check<S: Strategy>(cases: &S, test: impl Fn(&World, S::Value)) {
    let world = World::start();
    let config = Config {
        cases: 64,
        failure_persistence: None,
        ..Config::default()
    };
    TestRunner::new(config)
        .run(cases, |case| {
            test(&world, case);
            Ok(())
        })
        .unwrap_or_else(|error| panic!("{error}"));
}

fn plaintexts() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        3 => vec(any::<u8>(), 1..64),
        1 => vec(any::<u8>(), 1..=4096),
    ]
}

fn contexts() -> impl Strategy<Value = Context> {
    btree_map("(?s).{1,12}", "(?s).{0,12}", 0..5).prop_map(|members| members.into_iter().collect())
}

/// How a context is altered.
#[derive(Clone, Copy, Debug)]
enum Alteration {
    Added,
    Removed,
    Renamed,
    Changed,
}

/// A context, and one that has one member more, less, or other than it.
fn altered_contexts() -> impl Strategy<Value = (Context, Context)> {
    let alterations = prop_oneof![
        Just(Alteration::Added),
        Just(Alteration::Removed),
        Just(Alteration::Renamed),
        Just(Alteration::Changed),
    ];
    (contexts(), alterations, any::<Index>()).prop_map(|(context, alteration, index)| {
        let mut other = context.clone();
        if context.is_empty() || matches!(alteration, Alteration::Added) {
            other.push((fresh(&context, "k"), String::new()));
        } else {
            let at = index.index(context.len());
            match alteration {
                Alteration::Renamed => other[at].0 = fresh(&context, &context[at].0),
                Alteration::Changed => other[at].1.push('x'),
                Alteration::Removed | Alteration::Added => drop(other.remove(at)),
            }
        }
        (context, other)
    })
}

/// A name that a context does not have, made from `start`.
fn fresh(context: &Context, start: &str) -> String {
    let mut name = start.to_owned();
    while context.iter().any(|(taken, _)| *taken == name) {
        name.push('k');
    }
    name
}

/// Fact 6.5: Encrypt KeyId* Plaintext* 1..4096 bytes
/// Fact 6.5: Decrypt CiphertextBlob* 1..6144
#[test]
fn decryption_gives_back_what_was_encrypted_in_whatever_order_the_context_comes() {
    let contexts =
        contexts().prop_flat_map(|context| (Just(context.clone()), Just(context).prop_shuffle()));
    check(
        &(plaintexts(), contexts),
        |world, (plaintext, (written, read))| {
            let blob = world.encrypt(&world.keys[0], &plaintext, &written);
            world.assert_opens(&blob, &read, &plaintext);
        },
    );
}

/// Fact 6.5: Key-state effects: Old ciphertexts still decrypt after key rotation
#[test]
fn every_ciphertext_opens_after_rotations_too() {
    let values = vec((plaintexts(), contexts()), 1..4);
    check(&values, |world, values| {
        let key = world.runtime.block_on(create_key(&world.client));
        let mut sealed = Vec::new();
        for (plaintext, context) in values {
            let blob = world.encrypt(&key, &plaintext, &context);
            world.ok("RotateKeyOnDemand", json!({"KeyId": key}).to_string());
            sealed.push((blob, context, plaintext));
        }
        for (blob, context, plaintext) in sealed {
            world.assert_opens(&blob, &context, &plaintext);
        }
    });
}

/// Fact 6.5: GenerateDataKey KeyId* KeySpec AES_256
#[test]
fn data_key_opens_to_its_plaintext() {
    check(&(1..=1024, contexts()), |world, (size, context)| {
        let key = &world.keys[0];
        let context_text = object(&context);
        let answer = world.ok(
            "GenerateDataKey",
            format!(r#"{{"KeyId": "{key}", "NumberOfBytes": {size}, "EncryptionContext": {context_text}}}"#),
        );
        let plaintext = bytes(&answer["Plaintext"]);
        assert_eq!(plaintext.len(), usize::try_from(size).unwrap());
        world.assert_opens(&text(&answer["CiphertextBlob"]), &context, &plaintext);
    });
}

/// Fact 6.5: ReEncrypt CiphertextBlob* DestinationKeyId*
#[test]
fn any_chain_of_re_encryptions_keeps_the_plaintext() {
    let steps = vec((0..3_usize, contexts()), 1..6);
    check(
        &(plaintexts(), contexts(), steps),
        |world, (plaintext, context, steps)| {
            let mut key = &world.keys[0];
            let mut context = context;
            let mut blob = world.encrypt(key, &plaintext, &context);
            for (next, next_context) in steps {
                let destination = &world.keys[next];
                let answer = world.ok(
                    "ReEncrypt",
                    format!(
                        r#"{{"CiphertextBlob": "{blob}", "SourceEncryptionContext": {},
                            "DestinationKeyId": "{destination}", "DestinationEncryptionContext": {}}}"#,
                        object(&context),
                        object(&next_context)
                    ),
                );
                assert_eq!(answer["SourceKeyId"], key.as_str());
                assert_eq!(answer["KeyId"], destination.as_str());
                world.assert_opens(&blob, &context, &plaintext);
                blob = text(&answer["CiphertextBlob"]);
                (key, context) = (destination, next_context);
            }
            world.assert_opens(&blob, &context, &plaintext);
        },
    );
}

/// Fact 6.5: InvalidCiphertextException (wrong context, tampered)
#[test]
fn altered_context_does_not_open_a_ciphertext() {
    check(
        &(plaintexts(), altered_contexts()),
        |world, (plaintext, (context, altered))| {
            let blob = world.encrypt(&world.keys[0], &plaintext, &context);
            world.assert_stays_closed(&STANDARD.decode(&blob).unwrap(), &altered);
            world.assert_opens(&blob, &context, &plaintext);
        },
    );
}

/// Fact 6.5: InvalidCiphertextException (wrong context, tampered)
#[test]
fn it_matters_where_a_name_ends_and_its_value_begins() {
    let cases = ("(?s).{3,12}", any::<Index>(), any::<Index>());
    check(&cases, |world, (letters, first, second)| {
        let letters: Vec<char> = letters.chars().collect();
        let places = letters.len() - 1;
        let first = first.index(places);
        let second = (first + 1 + second.index(places - 1)) % places;
        let [sealed, other]: [Context; 2] = [first, second].map(|place| {
            let (name, value) = letters.split_at(place + 1);
            vec![(name.iter().collect(), value.iter().collect())]
        });
        let blob = world.encrypt(&world.keys[0], b"one", &sealed);
        world.assert_stays_closed(&STANDARD.decode(&blob).unwrap(), &other);
    });
}

/// Fact 6.5: InvalidCiphertextException (wrong context, tampered)
#[test]
fn flipped_bit_closes_any_ciphertext() {
    check(
        &(plaintexts(), contexts(), any::<Index>()),
        |world, (plaintext, context, bit)| {
            let blob = world.encrypt(&world.keys[0], &plaintext, &context);
            let mut ciphertext = STANDARD.decode(blob).unwrap();
            let bit = bit.index(ciphertext.len() * 8);
            ciphertext[bit / 8] ^= 1 << (bit % 8);
            world.assert_stays_closed(&ciphertext, &context);
        },
    );
}

/// Fact 6.5: InvalidCiphertextException (wrong context, tampered)
#[test]
fn every_bit_of_a_ciphertext_counts() {
    let world = World::start();
    let context = vec![("team".to_owned(), "blue".to_owned())];
    let blob = world.encrypt(&world.keys[0], b"one", &context);
    let ciphertext = STANDARD.decode(&blob).unwrap();
    for bit in 0..ciphertext.len() * 8 {
        let mut flipped = ciphertext.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        world.assert_stays_closed(&flipped, &context);
    }
    world.assert_opens(&blob, &context, b"one");
}

/// Fact 6.5: InvalidCiphertextException (wrong context, tampered)
#[test]
fn part_of_a_ciphertext_and_more_than_it_stay_closed() {
    check(
        &(
            plaintexts(),
            contexts(),
            any::<Index>(),
            vec(any::<u8>(), 1..32),
        ),
        |world, (plaintext, context, cut, more)| {
            let blob = world.encrypt(&world.keys[0], &plaintext, &context);
            let ciphertext = STANDARD.decode(blob).unwrap();
            let cut = 1 + cut.index(ciphertext.len() - 1);
            world.assert_stays_closed(&ciphertext[..cut], &context);
            world.assert_stays_closed(&ciphertext[cut..], &context);
            world.assert_stays_closed(&[ciphertext.as_slice(), &more].concat(), &context);
        },
    );
}

/// Fact 6.5: InvalidCiphertextException (wrong context, tampered)
#[test]
fn random_bytes_stay_closed() {
    check(&vec(any::<u8>(), 1..=512), |world, bytes| {
        world.assert_stays_closed(&bytes, &Vec::new());
    });
}
