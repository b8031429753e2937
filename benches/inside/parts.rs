//! The parts that a request is made of, each alone.

use std::hint::black_box;

use secretstack::api::constraints::{Structure, check};
use secretstack::api::secretsmanager::{create_secret, get_secret_value};
use secretstack::api::{Operation, Service, find, json};
use secretstack::auth::credentials::Defaults;
use secretstack::kms::ValueRef;
use secretstack::secret::id::{AccountId, Region, Scope};
use secretstack::secret::staging::StagingLabel;
use secretstack::secret::version::{ValueKind, VersionId};
use secretstack::secret::{Secret, VersionSelector};
use serde::de::DeserializeOwned;
use serde_json::json;

use crate::world::{World, finish, name, token};
use crate::{Subject, Work};

pub(crate) const SUBJECTS: &[Subject] = &[
    Subject {
        name: "scope_of_credentials",
        prepare: scope_of_credentials,
    },
    Subject {
        name: "find_operation",
        prepare: find_operation,
    },
    Subject {
        name: "decode_get_secret_value",
        prepare: || decode::<get_secret_value::Input>(&json!({"SecretId": name(1)})),
    },
    Subject {
        name: "decode_create_secret",
        prepare: || {
            decode::<create_secret::Input>(&json!({
                "Name": name(1),
                "ClientRequestToken": token(1),
                "Description": "The password of a service's database user",
                "SecretString": "x".repeat(64),
                "Tags": [{"Key": "team", "Value": "storage"}, {"Key": "stage", "Value": "production"}],
            }))
        },
    },
    Subject {
        name: "find_by_name_among_1000",
        prepare: || find_secret(1_000, Id::Name),
    },
    Subject {
        name: "find_by_name_among_100000",
        prepare: || find_secret(100_000, Id::Name),
    },
    Subject {
        name: "find_by_arn_among_1000",
        prepare: || find_secret(1_000, Id::Arn),
    },
    Subject {
        name: "find_by_arn_among_100000",
        prepare: || find_secret(100_000, Id::Arn),
    },
    Subject {
        name: "find_by_partial_arn_among_1000",
        prepare: || find_secret(1_000, Id::PartialArn),
    },
    Subject {
        name: "find_by_partial_arn_among_100000",
        prepare: || find_secret(100_000, Id::PartialArn),
    },
    Subject {
        name: "put_version_to_50",
        prepare: put_version,
    },
    Subject {
        name: "move_awscurrent_of_50",
        prepare: move_current,
    },
    Subject {
        name: "seal_64_bytes",
        prepare: || seal(64),
    },
    Subject {
        name: "seal_64_kib",
        prepare: || seal(65_536),
    },
    Subject {
        name: "open_64_bytes",
        prepare: || open(64),
    },
    Subject {
        name: "open_64_kib",
        prepare: || open(65_536),
    },
    Subject {
        name: "encode_get_secret_value",
        prepare: encode,
    },
];

fn scope_of_credentials() -> Work {
    let defaults = Defaults(Scope {
        account: AccountId::DEFAULT,
        region: Region::default(),
    });
    let header = "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20260101/us-east-1/secretsmanager/aws4_request, \
                  SignedHeaders=content-type;host;x-amz-date;x-amz-target, \
                  Signature=98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd";
    let header = header.as_bytes();
    Box::new(move || {
        black_box(defaults.scope_of(Some(black_box(header)), None));
    })
}

fn find_operation() -> Work {
    Box::new(|| {
        let entry = find(Service::SecretsManager, black_box("UpdateSecret"));
        assert!(black_box(entry).is_ok());
    })
}

fn decode<I: Structure + DeserializeOwned>(body: &serde_json::Value) -> Work {
    let body = body.to_string();
    Box::new(move || {
        let input: I = json::decode(black_box(body.as_bytes())).expect("the body is well-formed");
        check(&input).expect("the input keeps its constraints");
        black_box(input);
    })
}

#[derive(Clone, Copy)]
enum Id {
    Name,
    Arn,
    PartialArn,
}

fn find_secret(secrets: usize, by: Id) -> Work {
    let world = World::of(secrets);
    let name = name(secrets / 2);
    let described = world.call("DescribeSecret", &json!({"SecretId": name}));
    let arn = described["ARN"].as_str().expect("a secret has an ARN");
    let id = match by {
        Id::Name => name,
        Id::Arn => arn.to_owned(),
        Id::PartialArn => arn[..arn.len() - "-XXXXXX".len()].to_owned(),
    };
    let ctx = world.context();
    Box::new(move || {
        let found = finish(ctx.find(black_box(&id)));
        black_box(found.expect("there is such a secret"));
    })
}

/// A secret with 50 versions.
fn of_50_versions() -> Secret {
    let world = World::of(1);
    for n in 1..50 {
        let body =
            json!({"SecretId": name(0), "ClientRequestToken": token(n), "SecretString": "y"});
        world.call("PutSecretValue", &body);
    }
    let found = finish(world.context().find(&name(0))).expect("there is such a secret");
    Secret::clone(&found)
}

/// Works on a copy, as the store does.
fn put_version() -> Work {
    let secret = of_50_versions();
    let value = secret
        .versions()
        .next()
        .and_then(|version| version.value.clone());
    let value = value.expect("the version has a value");
    let id = VersionId::new(&token(50));
    let now = secret.last_changed();
    Box::new(move || {
        let mut copy = secret.clone();
        let put = copy.put_version(black_box(&id), value.clone(), &[], now);
        put.expect("a version can be put");
        black_box(copy);
    })
}

/// Works on a copy, as the store does.
fn move_current() -> Work {
    let secret = of_50_versions();
    let (from, to) = (VersionId::new(&token(49)), VersionId::new(&token(48)));
    let now = secret.last_changed();
    Box::new(move || {
        let mut copy = secret.clone();
        let label = black_box(StagingLabel::AWSCURRENT);
        let moved = copy.move_label(&label, Some(&from), Some(&to), now);
        moved.expect("the label can be moved");
        black_box(copy);
    })
}

fn seal(bytes: usize) -> Work {
    let world = World::of(1);
    let ctx = world.context();
    let found = finish(ctx.find(&name(0))).expect("there is such a secret");
    let (id, value) = (VersionId::new(&token(1)), vec![b'x'; bytes]);
    Box::new(move || {
        let value = ValueRef {
            kind: ValueKind::String,
            bytes: black_box(&value),
        };
        black_box(
            ctx.seal(&found, &id, None, value)
                .expect("a value is sealed"),
        );
    })
}

fn open(bytes: usize) -> Work {
    let world = World::of(1);
    let body = json!({"SecretId": name(0), "ClientRequestToken": token(1), "SecretString": "x".repeat(bytes)});
    world.call("PutSecretValue", &body);
    let ctx = world.context();
    let found = finish(ctx.find(&name(0))).expect("there is such a secret");
    let arn = found.arn_text();
    Box::new(move || {
        let selected = found.select(&VersionSelector::default());
        let (version, sealed) = selected.expect("the secret has a value");
        let opened = ctx.open(&found, &arn, &version.id, black_box(sealed));
        black_box(opened.expect("the value opens"));
    })
}

fn encode() -> Work {
    let ctx = World::of(1).context();
    let body = json!({"SecretId": name(0)}).to_string();
    let input = json::decode(body.as_bytes()).expect("the body is well-formed");
    let output = finish(get_secret_value::GetSecretValue::call(&ctx, input));
    let output = output.expect("the secret has a value");
    Box::new(move || {
        black_box(json::encode(black_box(&output)).expect("an output can be written"));
    })
}
