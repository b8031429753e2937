//! `CreateSecret`: what it stores, what it answers, and what it refuses.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::TimeDelta;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::support::{ACCOUNT, NOT_FOUND, REGION, Server, version_id};

/// AWS's sentence for a request without a token.
const TOKEN_MISSING: &str =
    "You must provide a ClientRequestToken value. We recommend a UUID-type value.";
/// AWS's sentence for a request with both kinds of value; the apostrophe is U+2019.
const BOTH_VALUES: &str = "You can\u{2019}t specify both a binary secret value and a string secret value \
                           in the same secret.";

/// A request to create `settings` with the members of `more` beside name and token.
fn creation(more: &Value) -> Value {
    let mut body = json!({"Name": "settings", "ClientRequestToken": version_id("v1")});
    let members = more
        .as_object()
        .expect("more members are an object")
        .clone();
    body.as_object_mut()
        .expect("the body is an object")
        .extend(members);
    body
}

/// What `DescribeSecret` shows of a secret.
async fn describe(server: &Server, name: &str) -> Value {
    server.ok("DescribeSecret", json!({"SecretId": name})).await
}

/// What `GetSecretValue` shows of a secret.
async fn value(server: &Server, name: &str) -> Value {
    server.ok("GetSecretValue", json!({"SecretId": name})).await
}

/// Asserts that there is no secret called `settings`.
async fn assert_nothing_was_created(server: &Server) {
    server
        .call("DescribeSecret", json!({"SecretId": "settings"}))
        .await
        .assert_service_error("ResourceNotFoundException", NOT_FOUND);
}

/// Asserts that creating a secret fails on one constraint, and creates nothing.
async fn assert_violates(server: &Server, more: &Value, violation: &str) {
    server
        .call("CreateSecret", creation(more))
        .await
        .assert_framework_error(
            "ValidationException",
            &format!("1 validation error detected: {violation}"),
        );
    assert_nothing_was_created(server).await;
}

/// Fact 3.1: `ARN`, `Name`: always
/// Fact 3.1: `VersionId`: only if a value was given
/// Fact 3.1: `ReplicationStatus`: only if `AddReplicaRegions` was given
#[tokio::test]
async fn secret_with_a_value_answers_arn_name_and_version_id() {
    let server = Server::start().await;

    let created = server.create("settings", "v1", "one").await;

    let arn = describe(&server, "settings").await["ARN"].clone();
    assert_eq!(
        created,
        json!({"ARN": arn, "Name": "settings", "VersionId": version_id("v1")})
    );
}

/// Fact 3.1: `VersionId`: **absent for an empty secret**
#[tokio::test]
async fn empty_secret_answers_arn_and_name_alone() {
    let server = Server::start().await;

    let created = server.ok("CreateSecret", creation(&json!({}))).await;

    let arn = describe(&server, "settings").await["ARN"].clone();
    assert_eq!(created, json!({"ARN": arn, "Name": "settings"}));
}

/// Fact 3.1: value given → one version labelled `AWSCURRENT`
/// Fact 4.2: T1 `CreateSecret` with value: N:{AWSCURRENT}
#[tokio::test]
async fn value_becomes_a_version_labelled_awscurrent() {
    let server = Server::start().await;

    server.create("settings", "v1", "one").await;

    let described = describe(&server, "settings").await;
    let id = version_id("v1");
    assert_eq!(
        described["VersionIdsToStages"],
        json!({id.as_str(): ["AWSCURRENT"]})
    );
    let current = value(&server, "settings").await;
    assert_eq!(current["SecretString"], "one");
    assert_eq!(current["VersionId"], id);
}

/// Fact 3.1: no value → secret with no versions; `DescribeSecret` has no `VersionIdsToStages`
/// Fact 4.2: T2 `CreateSecret` without value: no version
#[tokio::test]
async fn without_a_value_there_is_no_version() {
    let server = Server::start().await;

    server.ok("CreateSecret", creation(&json!({}))).await;

    let described = describe(&server, "settings").await;
    assert!(described.get("VersionIdsToStages").is_none());
    let list = server
        .ok(
            "ListSecretVersionIds",
            json!({"SecretId": "settings", "IncludeDeprecated": true}),
        )
        .await;
    assert_eq!(list["Versions"], json!([]));
}

/// Fact 3.1: `Description: ""` is accepted and then omitted from `DescribeSecret`
#[tokio::test]
async fn empty_description_is_accepted_and_not_shown() {
    let server = Server::start().await;

    server
        .ok("CreateSecret", creation(&json!({"Description": ""})))
        .await;

    assert!(
        describe(&server, "settings")
            .await
            .get("Description")
            .is_none()
    );
}

/// Fact 3.1: `Description`: len 0..2048
#[tokio::test]
async fn description_of_2048_characters_is_kept() {
    let server = Server::start().await;
    let description = "d".repeat(2048);

    server
        .ok(
            "CreateSecret",
            creation(&json!({"Description": description})),
        )
        .await;

    let described = describe(&server, "settings").await;
    assert_eq!(described["Description"], description);
}

/// Fact 3.1: `Tags`: list of {Key len 1..128, Value len 0..256}
#[tokio::test]
async fn tags_of_the_longest_and_shortest_allowed_lengths_are_kept() {
    let server = Server::start().await;
    let tags = json!([
        {"Key": "k".repeat(128), "Value": "v".repeat(256)},
        {"Key": "k", "Value": ""},
    ]);

    server
        .ok("CreateSecret", creation(&json!({"Tags": tags})))
        .await;

    assert_eq!(describe(&server, "settings").await["Tags"], tags);
}

/// Fact 3.1: same name, same token, same value → success, **identical response** (idempotent replay)
#[tokio::test]
async fn replay_answers_the_same_and_changes_nothing() {
    let server = Server::start().await;
    for replayed in [
        creation(&json!({"SecretString": "one"})),
        json!({"Name": "binary", "ClientRequestToken": version_id("v1"), "SecretBinary": "Zm9vdGVzdA=="}),
    ] {
        let first = server.call("CreateSecret", replayed.clone()).await;
        assert_eq!(first.status, 200, "{}", first.text);
        let name = replayed["Name"].as_str().expect("the name is a string");
        let before = describe(&server, name).await;
        server.advance(TimeDelta::hours(1));

        let second = server.call("CreateSecret", replayed.clone()).await;

        assert_eq!((second.status, second.text), (200, first.text));
        assert_eq!(describe(&server, name).await, before);
    }
}

/// Fact 3.1: same name, same token, different value → `ResourceExistsException`
#[tokio::test]
async fn same_token_with_another_value_is_refused() {
    let server = Server::start().await;
    let created = server.create("settings", "v1", "one").await;
    let token = version_id("v1");
    let arn = created["ARN"].as_str().expect("ARN is a string");

    server
        .call("CreateSecret", creation(&json!({"SecretString": "two"})))
        .await
        .assert_service_error(
            "ResourceExistsException",
            &format!(
                "You can't use ClientRequestToken {token} because that value is already in use \
                 for a version of secret {arn}."
            ),
        );

    assert_eq!(value(&server, "settings").await["SecretString"], "one");
}

/// Fact 3.1: same name, different token → `ResourceExistsException`
#[tokio::test]
async fn same_name_with_another_token_is_refused() {
    let server = Server::start().await;
    server.create("settings", "v1", "one").await;

    for value in ["one", "two"] {
        server
            .call(
                "CreateSecret",
                json!({"Name": "settings", "ClientRequestToken": version_id("v2"), "SecretString": value}),
            )
            .await
            .assert_service_error(
                "ResourceExistsException",
                "The operation failed because the secret settings already exists.",
            );
    }

    assert_eq!(value(&server, "settings").await["SecretString"], "one");
}

/// Fact 3.1: name scheduled for deletion → `InvalidRequestException`
/// Fact 2.3: unique per account + Region; a name scheduled for deletion is still taken
#[tokio::test]
async fn name_scheduled_for_deletion_is_still_taken() {
    let server = Server::start().await;
    server.create("settings", "v1", "one").await;
    server
        .ok(
            "DeleteSecret",
            json!({"SecretId": "settings", "RecoveryWindowInDays": 7}),
        )
        .await;

    server
        .call(
            "CreateSecret",
            json!({"Name": "settings", "ClientRequestToken": version_id("v2"), "SecretString": "two"}),
        )
        .await
        .assert_service_error(
            "InvalidRequestException",
            "You can't create this secret because a secret with this name is already scheduled for deletion.",
        );
}

/// Fact 3.1: both string and binary → `InvalidParameterException`
#[tokio::test]
async fn string_and_binary_together_are_refused() {
    let server = Server::start().await;

    server
        .call(
            "CreateSecret",
            creation(&json!({"SecretString": "one", "SecretBinary": "Zm9vdGVzdA=="})),
        )
        .await
        .assert_service_error("InvalidParameterException", BOTH_VALUES);

    assert_nothing_was_created(&server).await;
}

/// Fact 1.1: JSON `null` member: same as absent
#[tokio::test]
async fn null_member_is_an_absent_member() {
    let server = Server::start().await;

    let created = server
        .ok(
            "CreateSecret",
            creation(&json!({"SecretString": "one", "SecretBinary": null, "Description": null, "Tags": null})),
        )
        .await;

    assert_eq!(created["VersionId"], version_id("v1"));
    assert!(describe(&server, "settings").await.get("Tags").is_none());
}

/// Fact 3.1: system tag key (`aws:`) → see 3.22
/// Fact 3.22: key with prefix `aws:` → `InvalidParameterException`
#[tokio::test]
async fn system_tag_is_refused() {
    let server = Server::start().await;

    server
        .call(
            "CreateSecret",
            creation(&json!({"Tags": [{"Key": "aws:owner", "Value": "me"}]})),
        )
        .await
        .assert_service_error(
            "InvalidParameterException",
            "You can't modify system tags. Tag key: 'aws:owner'.",
        );

    assert_nothing_was_created(&server).await;
}

/// Fact 3.1: KMS key is stored as given by the caller; see `KmsKeyId` under 3.6
/// Fact 3.5: `KmsKeyId: "alias/aws/secretsmanager"` is accepted and **is then shown** by `DescribeSecret`
#[tokio::test]
async fn alias_of_the_default_key_is_shown_when_given() {
    let server = Server::start().await;

    server
        .ok(
            "CreateSecret",
            creation(&json!({"SecretString": "one", "KmsKeyId": "alias/aws/secretsmanager"})),
        )
        .await;

    assert_eq!(
        describe(&server, "settings").await["KmsKeyId"],
        "alias/aws/secretsmanager"
    );
    assert_eq!(value(&server, "settings").await["SecretString"], "one");
}

/// Fact 3.1: unknown KMS key → see 6.4
#[tokio::test]
async fn unknown_kms_key_is_refused() {
    let server = Server::start().await;
    for key in [
        "00000000-0000-0000-0000-000000000000",
        "alias/nobody",
        "arn:aws:kms:us-east-1:000000000000:key/00000000-0000-0000-0000-000000000000",
    ] {
        let answer = server
            .call(
                "CreateSecret",
                creation(&json!({"SecretString": "one", "KmsKeyId": key})),
            )
            .await;
        assert_eq!(answer.status, 400, "{key}: {}", answer.text);
        assert_nothing_was_created(&server).await;
    }
}

/// Fact 3.1: `SecretString`: len 1..65536
/// Fact 7: value size: 65,536 bytes; count **bytes** of the UTF-8 string
#[tokio::test]
async fn string_of_up_to_65536_bytes_comes_back_exactly() {
    let server = Server::start().await;
    for (name, text) in [
        ("1-byte", "x".to_owned()),
        ("65535-bytes", "x".repeat(65_535)),
        ("65536-bytes", "x".repeat(65_536)),
        ("21845-characters-of-3-bytes", "€".repeat(21_845)),
        ("32768-characters-of-2-bytes", "é".repeat(32_768)),
        ("16384-characters-of-4-bytes", "🔑".repeat(16_384)),
        ("65536-escaped-characters", "\u{1}".repeat(65_536)),
        (
            "quotes-and-lines",
            "{\"a\": \"\\\\\"}\r\n\t\u{7f}\u{2028} \0".to_owned(),
        ),
    ] {
        server.create(name, "v1", &text).await;
        let read = value(&server, name).await;
        assert!(read["SecretString"] == text.as_str(), "{name}");
    }
}

/// Fact 3.1: `SecretString`: len 1..65536
/// Fact 1.5: **sensitive or blob member**: value is left out
/// Fact 7: value size: 65,536 bytes; count **bytes** of the UTF-8 string
#[tokio::test]
async fn string_of_65537_bytes_is_refused_without_being_shown() {
    let server = Server::start().await;
    for text in [
        "x".repeat(65_537),
        format!("{}x", "é".repeat(32_768)),
        "€".repeat(21_846),
    ] {
        assert_violates(
            &server,
            &json!({"SecretString": text}),
            "Value at 'secretString' failed to satisfy constraint: \
             Member must have length less than or equal to 65536",
        )
        .await;
    }
}

/// Fact 3.1: `SecretBinary`: blob len 1..65536 (decoded bytes)
/// Fact 1.2: blobs (`SecretBinary`): base64 (standard alphabet, padded) inside JSON string, both directions
#[tokio::test]
async fn binary_of_up_to_65536_bytes_comes_back_exactly() {
    let server = Server::start().await;
    for size in [1, 65_535, 65_536] {
        let name = format!("{size}-bytes");
        let binary = STANDARD.encode(vec![0xfb_u8; size]);
        server
            .ok(
                "CreateSecret",
                json!({"Name": name, "ClientRequestToken": version_id("v1"), "SecretBinary": binary}),
            )
            .await;

        let read = value(&server, &name).await;

        assert!(read["SecretBinary"] == binary.as_str(), "{name}");
        assert!(read.get("SecretString").is_none());
    }
}

/// Fact 3.1: `SecretBinary`: blob len 1..65536 (decoded bytes)
/// Fact 1.5: **sensitive or blob member**: value is left out
#[tokio::test]
async fn binary_of_65537_bytes_is_refused_without_being_shown() {
    let server = Server::start().await;
    assert_violates(
        &server,
        &json!({"SecretBinary": STANDARD.encode(vec![0xfb_u8; 65_537])}),
        "Value at 'secretBinary' failed to satisfy constraint: \
         Member must have length less than or equal to 65536",
    )
    .await;
}

/// Fact 3.1: empty `SecretString: ""` → `ValidationException` row 3/8 (min 1)
#[tokio::test]
async fn empty_value_is_refused() {
    let server = Server::start().await;
    for (member, path) in [
        ("SecretString", "secretString"),
        ("SecretBinary", "secretBinary"),
    ] {
        let violation = format!(
            "Value at '{path}' failed to satisfy constraint: \
             Member must have length greater than or equal to 1"
        );
        assert_violates(&server, &json!({member: ""}), &violation).await;
    }
}

/// Fact 1.4: bad base64 in blob: `SerializationException`
#[tokio::test]
async fn binary_that_is_no_base64_is_refused() {
    let server = Server::start().await;

    server
        .call("CreateSecret", creation(&json!({"SecretBinary": "%%%"})))
        .await
        .assert_code("SerializationException");

    assert_nothing_was_created(&server).await;
}

/// Fact 3.1: `Name` (required): len 1..512
#[tokio::test]
async fn name_must_have_1_to_512_characters() {
    let server = Server::start().await;
    let long = "n".repeat(513);
    for (name, violation) in [
        (
            json!(long),
            format!(
                "Value '{long}' at 'name' failed to satisfy constraint: \
                 Member must have length less than or equal to 512"
            ),
        ),
        (
            json!(""),
            "Value '' at 'name' failed to satisfy constraint: \
             Member must have length greater than or equal to 1"
                .to_owned(),
        ),
        (
            Value::Null,
            "Value null at 'name' failed to satisfy constraint: Member must not be null".to_owned(),
        ),
    ] {
        assert_violates(&server, &json!({"Name": name}), &violation).await;
    }
}

/// Fact 3.1: `ClientRequestToken`: len 32..64; becomes the `VersionId`
/// Fact 4.1: V9 any 32..64 character string is accepted as id, not only UUIDs
#[tokio::test]
async fn token_of_32_to_64_characters_becomes_the_version_id() {
    let server = Server::start().await;
    for (name, token) in [
        ("shortest", "t".repeat(32)),
        ("longest", "t".repeat(64)),
        ("uuid", "0c3d2a0e-2d1c-4a52-9a55-0d9c1b6d2a11".to_owned()),
        ("no-uuid", "release 2026/01 of the blue team!".to_owned()),
    ] {
        let created = server
            .ok(
                "CreateSecret",
                json!({"Name": name, "ClientRequestToken": token, "SecretString": "one"}),
            )
            .await;
        assert_eq!(created["VersionId"], token);
        assert_eq!(value(&server, name).await["VersionId"], token);
    }
}

/// Fact 3.1: `ClientRequestToken`: len 32..64
#[tokio::test]
async fn token_outside_32_to_64_characters_is_refused() {
    let server = Server::start().await;
    for (length, rule) in [
        (31, "greater than or equal to 32"),
        (65, "less than or equal to 64"),
    ] {
        let token = "t".repeat(length);
        let violation = format!(
            "Value '{token}' at 'clientRequestToken' failed to satisfy constraint: \
             Member must have length {rule}"
        );
        assert_violates(
            &server,
            &json!({"ClientRequestToken": token, "SecretString": "one"}),
            &violation,
        )
        .await;
    }
}

/// Fact 3.1: `Description`: len 0..2048
/// Fact 3.1: `KmsKeyId`: len 0..2048
/// Fact 1.5: too long
#[tokio::test]
async fn description_and_key_id_of_2049_characters_are_refused() {
    let server = Server::start().await;
    let long = "d".repeat(2049);
    for (member, path) in [("Description", "description"), ("KmsKeyId", "kmsKeyId")] {
        let violation = format!(
            "Value '{long}' at '{path}' failed to satisfy constraint: \
             Member must have length less than or equal to 2048"
        );
        assert_violates(&server, &json!({member: long}), &violation).await;
    }
}

/// Fact 3.1: `Tags`: list of {Key len 1..128, Value len 0..256}
/// Fact 1.5: list index is 1-based with `.member`
#[tokio::test]
async fn tag_that_breaks_its_lengths_is_named_by_its_place() {
    let server = Server::start().await;
    let long_key = "k".repeat(129);
    let long_value = "v".repeat(257);
    for (second, violation) in [
        (
            json!({"Key": long_key, "Value": "v"}),
            format!(
                "Value '{long_key}' at 'tags.2.member.key' failed to satisfy constraint: \
                 Member must have length less than or equal to 128"
            ),
        ),
        (
            json!({"Key": "", "Value": "v"}),
            "Value '' at 'tags.2.member.key' failed to satisfy constraint: \
             Member must have length greater than or equal to 1"
                .to_owned(),
        ),
        (
            json!({"Key": "k", "Value": long_value}),
            format!(
                "Value '{long_value}' at 'tags.2.member.value' failed to satisfy constraint: \
                 Member must have length less than or equal to 256"
            ),
        ),
    ] {
        let tags = json!([{"Key": "first", "Value": "v"}, second]);
        assert_violates(&server, &json!({"Tags": tags}), &violation).await;
    }
}

/// Fact 1.5: all constraint failures of one request are gathered into one message
/// Fact 1.5: `{n} validation error(s) detected: {item}; {item}...`
#[tokio::test]
async fn several_violations_are_told_together() {
    let server = Server::start().await;

    let answer = server
        .call(
            "CreateSecret",
            json!({"Name": "", "ClientRequestToken": "short", "SecretString": "one"}),
        )
        .await;

    answer.assert_code("ValidationException");
    let body = answer.json();
    let message = body["message"].as_str().expect("message is a string");
    let mut violations: Vec<&str> = message
        .strip_prefix("2 validation errors detected: ")
        .unwrap_or_else(|| panic!("{message}"))
        .split("; ")
        .collect();
    violations.sort_unstable();
    assert_eq!(
        violations,
        [
            "Value '' at 'name' failed to satisfy constraint: \
             Member must have length greater than or equal to 1",
            "Value 'short' at 'clientRequestToken' failed to satisfy constraint: \
             Member must have length greater than or equal to 32",
        ]
    );
}

/// Fact 1.5: these framework checks run before any existence or state check
#[tokio::test]
async fn violation_is_told_before_the_taken_name() {
    let server = Server::start().await;
    server.create("settings", "v1", "one").await;

    server
        .call(
            "CreateSecret",
            creation(&json!({"Description": "d".repeat(2049), "SecretString": "two"})),
        )
        .await
        .assert_code("ValidationException");
}

/// Fact 1.6: `ClientRequestToken` missing on raw HTTP: `InvalidRequestException`; checked before existence
#[tokio::test]
async fn missing_token_is_refused_whether_or_not_the_name_is_taken() {
    let server = Server::start().await;
    server.create("taken", "v1", "one").await;

    for name in ["settings", "taken"] {
        server
            .call("CreateSecret", json!({"Name": name, "SecretString": "two"}))
            .await
            .assert_service_error("InvalidRequestException", TOKEN_MISSING);
    }

    assert_nothing_was_created(&server).await;
}

/// Fact 3.1: same name, different token → `ResourceExistsException` (of fifty at once, exactly one succeeds)
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_racing_creations_of_one_name_exactly_one_succeeds() {
    let server = Server::start().await;
    let mut racers = JoinSet::new();
    for racer in 0..50 {
        let client = server.client(ACCOUNT, REGION);
        let token = version_id(&format!("racer{racer}"));
        racers.spawn(async move {
            let body =
                json!({"Name": "settings", "ClientRequestToken": token, "SecretString": token});
            client.call("CreateSecret", body).await
        });
    }

    let (winners, losers): (Vec<_>, Vec<_>) = racers
        .join_all()
        .await
        .into_iter()
        .partition(|answer| answer.status == 200);

    for loser in losers {
        loser.assert_service_error(
            "ResourceExistsException",
            "The operation failed because the secret settings already exists.",
        );
    }
    let [winner] = winners.as_slice() else {
        panic!("{} creations succeeded", winners.len());
    };
    let stored = value(&server, "settings").await;
    assert_eq!(stored["ARN"], winner.json()["ARN"]);
    assert_eq!(stored["VersionId"], winner.json()["VersionId"]);
    assert_eq!(stored["SecretString"], winner.json()["VersionId"]);
}

/// Fact 3.1: same name, same token, same value → success, **identical response** (also when sent fifty times at once)
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn racing_replays_of_one_creation_all_answer_the_same() {
    let server = Server::start().await;
    let mut racers = JoinSet::new();
    for _ in 0..50 {
        let client = server.client(ACCOUNT, REGION);
        racers.spawn(async move {
            let body = creation(&json!({"SecretString": "one"}));
            client.call("CreateSecret", body).await
        });
    }

    let answers = racers.join_all().await;

    let expected = &answers[0].text;
    for answer in &answers {
        assert_eq!((answer.status, &answer.text), (200, expected));
    }
}

/// Fact 3.6: `Type`, `ExternalSecretRotationMetadata`, `ExternalSecretRotationRoleArn`: managed external secrets
#[tokio::test]
async fn type_is_kept_and_shown() {
    let server = Server::start().await;
    server
        .ok(
            "CreateSecret",
            json!({"Name": "settings", "ClientRequestToken": version_id("v1"), "Type": "DatadogApiKey"}),
        )
        .await;

    let described = server
        .ok("DescribeSecret", json!({"SecretId": "settings"}))
        .await;
    assert_eq!(described["Type"], "DatadogApiKey");
    assert!(described.get("ExternalSecretRotationMetadata").is_none());
}

/// Fact 3.1: same name, same token, same value → success, **identical response** (here: no value, both times)
#[tokio::test]
async fn repeated_creation_without_a_value_answers_the_same() {
    let server = Server::start().await;
    let request = json!({"Name": "settings", "ClientRequestToken": version_id("v1")});
    let first = server.ok("CreateSecret", request.clone()).await;
    assert_eq!(server.ok("CreateSecret", request).await, first);
}

/// Fact 3.1: same name, different token → `ResourceExistsException` (also where neither call has a value)
#[tokio::test]
async fn another_creation_without_a_value_finds_the_name_taken() {
    let server = Server::start().await;
    let request =
        |token: &str| json!({"Name": "settings", "ClientRequestToken": version_id(token)});
    server.ok("CreateSecret", request("v1")).await;
    server
        .call("CreateSecret", request("v2"))
        .await
        .assert_service_error(
            "ResourceExistsException",
            "The operation failed because the secret settings already exists.",
        );
}
