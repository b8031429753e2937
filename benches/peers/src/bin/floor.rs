//! `floor PORT SECRETS SIZE`: the unavoidable work of GetSecretValue and PutSecretValue by hand, over that many secrets with
//! values of SIZE bytes. Decode the JSON, find a key in a concurrent map, open or seal a data key and a value, encode.
//! No request ids, constraints, errors, clock, or wiping of memory.

use std::borrow::Cow;
use std::io;
use std::sync::Arc;

use aes_gcm::aead::{AeadInOut, KeyInit};
use aes_gcm::{Aes256Gcm, Nonce};
use axum::Router;
use axum::body::to_bytes;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use dashmap::DashMap;
use peers::{AMZ_JSON, argument, serve};
use rand::RngExt;
use serde::{Deserialize, Serialize};

/// What precedes the sealed bytes in the emulator's form of a data key, and is authenticated with them.
const HEADER: [u8; 21] = [1; 21];
const NONCE: usize = 12;
/// The largest body that is read.
const BODY: usize = 1 << 20;
const CREATED: f64 = 1_800_000_000.123;

struct Store {
    key: Aes256Gcm,
    secrets: DashMap<String, Secret>,
}

struct Secret {
    arn: String,
    /// The last one is current. All are kept, as a caller may ask for any.
    versions: Vec<Version>,
}

struct Version {
    id: String,
    data_key: Box<[u8]>,
    ciphertext: Box<[u8]>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Get<'a> {
    #[serde(borrow)]
    secret_id: Cow<'a, str>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Put<'a> {
    #[serde(borrow)]
    secret_id: Cow<'a, str>,
    #[serde(borrow)]
    client_request_token: Cow<'a, str>,
    #[serde(borrow)]
    secret_string: Cow<'a, str>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Answer<'a> {
    #[serde(rename = "ARN")]
    arn: &'a str,
    name: &'a str,
    version_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    secret_string: Option<&'a str>,
    version_stages: [&'static str; 1],
    #[serde(skip_serializing_if = "Option::is_none")]
    created_date: Option<f64>,
}

#[tokio::main]
async fn main() -> io::Result<()> {
    let store = Store::filled(
        argument(2, "the number of secrets")?,
        argument(3, "the size of their values")?,
    );
    let router = Router::new().fallback(answer).with_state(Arc::new(store));
    serve(argument(1, "the port")?, router).await
}

async fn answer(State(store): State<Arc<Store>>, request: Request) -> Response {
    let is_put = request
        .headers()
        .get("x-amz-target")
        .is_some_and(|target| target == "secretsmanager.PutSecretValue");
    let Ok(body) = to_bytes(request.into_body(), BODY).await else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    let answer = if is_put {
        store.put(&body)
    } else {
        store.get(&body)
    };
    match answer {
        Some(answer) => ([(CONTENT_TYPE, AMZ_JSON)], answer).into_response(),
        None => StatusCode::BAD_REQUEST.into_response(),
    }
}

impl Store {
    /// The same secrets as the emulator is filled with.
    fn filled(secrets: usize, size: usize) -> Self {
        let store = Self {
            key: Aes256Gcm::new(&random().into()),
            secrets: DashMap::new(),
        };
        let value: String = ('a'..='z').cycle().take(size).collect();
        for n in 0..secrets {
            let name = format!("bench/secret-{n:07}");
            let arn = format!("arn:aws:secretsmanager:us-east-1:000000000000:secret:{name}-AbCdEf");
            let id = format!("00000000-0000-4000-8000-{n:012}");
            let version = store.sealed(&arn, id, &value);
            store.secrets.insert(
                name,
                Secret {
                    arn,
                    versions: vec![version],
                },
            );
        }
        store
    }

    fn get(&self, body: &[u8]) -> Option<Vec<u8>> {
        let Get { secret_id: name } = serde_json::from_slice(body).ok()?;
        let secret = self.secrets.get(&*name)?;
        let version = secret.versions.last()?;
        let context = context(&secret.arn, &version.id);
        let data_key = open(&self.key, &[&HEADER, &*context].concat(), &version.data_key)?;
        let data_key = Aes256Gcm::new_from_slice(&data_key).ok()?;
        let value = open(&data_key, &context, &version.ciphertext)?;
        encoded(&Answer {
            arn: &secret.arn,
            name: &name,
            version_id: &version.id,
            secret_string: Some(std::str::from_utf8(&value).ok()?),
            version_stages: ["AWSCURRENT"],
            created_date: Some(CREATED),
        })
    }

    fn put(&self, body: &[u8]) -> Option<Vec<u8>> {
        let put: Put<'_> = serde_json::from_slice(body).ok()?;
        let arn = self.secrets.get(&*put.secret_id)?.arn.clone();
        let id = put.client_request_token.clone().into_owned();
        let version = self.sealed(&arn, id, &put.secret_string);
        let mut secret = self.secrets.get_mut(&*put.secret_id)?;
        secret.versions.push(version);
        encoded(&Answer {
            arn: &arn,
            name: &put.secret_id,
            version_id: &put.client_request_token,
            secret_string: None,
            version_stages: ["AWSCURRENT"],
            created_date: None,
        })
    }

    fn sealed(&self, arn: &str, id: String, value: &str) -> Version {
        let context = context(arn, &id);
        let data_key: [u8; 32] = random();
        Version {
            id,
            data_key: seal(&self.key, &[&HEADER, &*context].concat(), &data_key),
            ciphertext: seal(
                &Aes256Gcm::new(&data_key.into()),
                &context,
                value.as_bytes(),
            ),
        }
    }
}

/// What a value is bound to, as long as the emulator's.
fn context(arn: &str, version: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(192);
    for text in ["SecretARN", arn, "SecretVersionId", version] {
        bytes.extend_from_slice(&(text.len() as u64).to_be_bytes());
        bytes.extend_from_slice(text.as_bytes());
    }
    bytes
}

fn seal(cipher: &Aes256Gcm, bound_to: &[u8], plaintext: &[u8]) -> Box<[u8]> {
    let nonce: [u8; NONCE] = random();
    let mut sealed = Vec::with_capacity(NONCE + plaintext.len() + 16);
    sealed.extend_from_slice(&nonce);
    sealed.extend_from_slice(plaintext);
    let tag = cipher
        .encrypt_inout_detached(&nonce.into(), bound_to, (&mut sealed[NONCE..]).into())
        .expect("a value is far smaller than AES-GCM's limit of 64 GiB");
    sealed.extend_from_slice(&tag);
    sealed.into()
}

fn open(cipher: &Aes256Gcm, bound_to: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
    let (nonce, sealed) = sealed.split_first_chunk::<NONCE>()?;
    let mut plaintext = sealed.to_vec();
    cipher
        .decrypt_in_place(&Nonce::from(*nonce), bound_to, &mut plaintext)
        .ok()?;
    Some(plaintext)
}

fn encoded(answer: &Answer<'_>) -> Option<Vec<u8>> {
    serde_json::to_vec(answer).ok()
}

#[expect(
    clippy::disallowed_methods,
    reason = "a peer has nothing that a test would want to repeat"
)]
fn random<const N: usize>() -> [u8; N] {
    rand::rng().random()
}
