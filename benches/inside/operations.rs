//! Whole operations by the table, from a body to a body.

use std::hint::black_box;

use secretstack::api::{Service, find};
use serde_json::{Value, json};

use crate::world::{World, call, finish, name, token};
use crate::{Subject, Work};

pub(crate) const SUBJECTS: &[Subject] = &[
    Subject {
        name: "get_secret_value_by_name",
        prepare: || read(|_| json!({"SecretId": name(MIDDLE)})),
    },
    Subject {
        name: "get_secret_value_by_arn",
        prepare: || read(|secret| json!({"SecretId": secret["ARN"]})),
    },
    Subject {
        name: "get_secret_value_by_version_id",
        prepare: || read(|_| json!({"SecretId": name(MIDDLE), "VersionId": token(MIDDLE)})),
    },
    Subject {
        name: "get_secret_value_by_label",
        prepare: || read(|_| json!({"SecretId": name(MIDDLE), "VersionStage": "AWSCURRENT"})),
    },
    Subject {
        name: "get_secret_value_of_none",
        prepare: get_nothing,
    },
    Subject {
        name: "batch_get_secret_value_of_20",
        prepare: batch_get,
    },
    Subject {
        name: "describe_secret",
        prepare: || {
            let body = json!({"SecretId": name(MIDDLE)});
            alternate(World::of(SECRETS), "DescribeSecret", [&body, &body])
        },
    },
    Subject {
        name: "create_secret",
        prepare: create,
    },
    Subject {
        name: "put_secret_value_to_100_versions",
        prepare: put,
    },
    Subject {
        name: "update_secret",
        prepare: || {
            let body = |text| json!({"SecretId": name(MIDDLE), "ClientRequestToken": token(0), "Description": text});
            alternate(World::of(SECRETS), "UpdateSecret", [&body("a"), &body("b")])
        },
    },
    Subject {
        name: "update_secret_version_stage",
        prepare: move_current,
    },
    Subject {
        name: "tag_resource",
        prepare: || {
            let tags = |value| json!([{"Key": "team", "Value": value}]);
            let body = |value| json!({"SecretId": name(MIDDLE), "Tags": tags(value)});
            alternate(World::of(SECRETS), "TagResource", [&body("a"), &body("b")])
        },
    },
    Subject {
        name: "list_secrets_first_page",
        prepare: || list(&json!({"MaxResults": 100})),
    },
    Subject {
        name: "list_secrets_page_in_the_middle",
        prepare: list_on,
    },
    Subject {
        name: "list_secrets_by_name_prefix",
        prepare: || {
            let prefix = json!([{"Key": "name", "Values": ["production/service-0050"]}]);
            list(&json!({"MaxResults": 100, "SortBy": "name", "Filters": prefix}))
        },
    },
];

/// How many secrets there are where one is worked on, and the one of them whose value can be read.
const SECRETS: usize = 1_000;
const MIDDLE: usize = SECRETS / 2;

/// How many secrets there are where they are listed.
const LISTED: usize = 10_000;

/// An operation with one body and then the other, in turn, so that each call changes something.
fn alternate(world: &'static World, operation: &'static str, bodies: [&Value; 2]) -> Work {
    let ctx = world.context();
    let [mut body, mut other] = bodies.map(|body| body.to_string().into_bytes());
    Box::new(move || {
        black_box(call(&ctx, operation, black_box(&body)));
        std::mem::swap(&mut body, &mut other);
    })
}

/// GetSecretValue with a body that can be made from what DescribeSecret tells of the secret.
fn read(body: fn(&Value) -> Value) -> Work {
    let world = World::of(SECRETS);
    let secret = world.call("DescribeSecret", &json!({"SecretId": name(MIDDLE)}));
    let body = body(&secret);
    alternate(world, "GetSecretValue", [&body, &body])
}

fn get_nothing() -> Work {
    let ctx = World::of(SECRETS).context();
    let body = json!({"SecretId": "no-such-secret"}).to_string();
    Box::new(move || {
        let entry = find(Service::SecretsManager, "GetSecretValue");
        let entry = entry.expect("there is such an operation");
        let answer = finish((entry.run)(&ctx, black_box(body.as_bytes())));
        assert!(black_box(answer).is_err());
    })
}

fn batch_get() -> Work {
    let world = World::of(SECRETS);
    let names: Vec<_> = (0..20).map(name).collect();
    for (n, name) in names.iter().enumerate() {
        let body = json!({"SecretId": name, "ClientRequestToken": token(SECRETS + n), "SecretString": "x".repeat(64)});
        world.call("PutSecretValue", &body);
    }
    let body = json!({"SecretIdList": names});
    alternate(world, "BatchGetSecretValue", [&body, &body])
}

fn create() -> Work {
    let ctx = World::of(SECRETS).context();
    let value = "x".repeat(64);
    let mut created = 0;
    Box::new(move || {
        created += 1;
        let body = format!(
            r#"{{"Name":"production/new-{created:06}","ClientRequestToken":"{}","SecretString":"{value}"}}"#,
            token(created),
        );
        black_box(call(&ctx, "CreateSecret", body.as_bytes()));
    })
}

/// An hour passes between two values, so that each value makes the oldest one leave.
fn put() -> Work {
    let world = World::of(SECRETS);
    let (name, value) = (name(MIDDLE), "x".repeat(64));
    let mut versions = MIDDLE;
    let mut hours = 0;
    let mut put = move || {
        versions += 1;
        hours += 1;
        let body = format!(
            r#"{{"SecretId":"{name}","ClientRequestToken":"{}","SecretString":"{value}"}}"#,
            token(versions),
        );
        let ctx = world.context_after(hours);
        black_box(call(&ctx, "PutSecretValue", body.as_bytes()));
    };
    for _ in 0..100 {
        put();
    }
    Box::new(put)
}

fn move_current() -> Work {
    let world = World::of(SECRETS);
    let (here, there) = (token(MIDDLE), token(MIDDLE + 1));
    let put = json!({"SecretId": name(MIDDLE), "ClientRequestToken": there, "SecretString": "y"});
    world.call("PutSecretValue", &put);
    let body = |from: &str, to: &str| {
        json!({
            "SecretId": name(MIDDLE),
            "VersionStage": "AWSCURRENT",
            "RemoveFromVersionId": from,
            "MoveToVersionId": to,
        })
    };
    let bodies = [&body(&there, &here), &body(&here, &there)];
    alternate(world, "UpdateSecretVersionStage", bodies)
}

fn list(body: &Value) -> Work {
    alternate(World::of(LISTED), "ListSecrets", [body, body])
}

/// The page after half of the secrets.
fn list_on() -> Work {
    let world = World::of(LISTED);
    let mut body = json!({"MaxResults": 100});
    for _ in 0..LISTED / 200 {
        body["NextToken"] = world.call("ListSecrets", &body)["NextToken"].take();
    }
    alternate(world, "ListSecrets", [&body, &body])
}
