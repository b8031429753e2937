//! `PutSecretValue`: new versions, where the labels go, replays, and the quotas of versions and labels.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::TimeDelta;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::support::{ACCOUNT, Answer, MARKED_FOR_DELETION, NOT_FOUND, REGION, Server, version_id};

/// AWS's sentence for a request without a token.
const TOKEN_MISSING: &str =
    "You must provide a ClientRequestToken value. We recommend a UUID-type value.";
/// AWS's sentence for a request with both kinds of value; the apostrophe is U+2019.
const BOTH_VALUES: &str = "You can\u{2019}t specify both a binary secret value and a string secret value \
                           in the same secret.";

/// AWS's code for one version or one label too many.
const OVER_QUOTA: &str = "LimitExceededException";

/// Starts a server with `settings`, whose only version is `v1` ("one").
async fn server_with_secret() -> Server {
    let server = Server::start().await;
    server.create("settings", "v1", "one").await;
    server
}

/// Starts a server with `settings`, which has no version.
async fn server_with_empty_secret() -> Server {
    let server = Server::start().await;
    server
        .ok(
            "CreateSecret",
            json!({"Name": "settings", "ClientRequestToken": version_id("v0")}),
        )
        .await;
    server
}

/// A request to give `settings` a version whose value is its token's short form.
fn version(token: &str) -> Value {
    json!({"SecretId": "settings", "ClientRequestToken": version_id(token), "SecretString": token})
}

/// The same with staging labels.
fn labelled(token: &str, labels: &[&str]) -> Value {
    let mut body = version(token);
    body["VersionStages"] = json!(labels);
    body
}

/// Stores a version, and returns the answer with its labels sorted.
async fn put(server: &Server, body: Value) -> Value {
    let mut answer = server.ok("PutSecretValue", body).await;
    answer["VersionStages"] = sorted(&answer["VersionStages"]);
    answer
}

/// A list of labels in alphabetical order; an absent list stays null.
fn sorted(labels: &Value) -> Value {
    let mut labels = labels.clone();
    if let Some(list) = labels.as_array_mut() {
        list.sort_by_key(ToString::to_string);
    }
    labels
}

/// What `ListSecretVersionIds` shows of `settings`, over all its pages.
async fn listed(server: &Server, include_deprecated: bool) -> Vec<Value> {
    let mut versions = Vec::new();
    let mut request = json!({"SecretId": "settings", "IncludeDeprecated": include_deprecated});
    loop {
        let mut page = server.ok("ListSecretVersionIds", request.clone()).await;
        versions.append(
            page["Versions"]
                .as_array_mut()
                .expect("versions are a list"),
        );
        let Some(token) = page.get("NextToken") else {
            return versions;
        };
        request["NextToken"] = token.clone();
    }
}

/// The labels of each version by the short form of its id, null for deprecated ones.
async fn versions(server: &Server) -> Value {
    listed(server, true)
        .await
        .iter()
        .map(|version| {
            let id = version["VersionId"].as_str().expect("the id is a string");
            let id = id.trim_end_matches('-').to_owned();
            (id, sorted(&version["VersionStages"]))
        })
        .collect()
}

/// Moves a label of `settings` from one version to another.
async fn move_label(server: &Server, label: &str, from: &str, to: &str) {
    server
        .ok(
            "UpdateSecretVersionStage",
            json!({
                "SecretId": "settings",
                "VersionStage": label,
                "RemoveFromVersionId": version_id(from),
                "MoveToVersionId": version_id(to),
            }),
        )
        .await;
}

/// What `DescribeSecret` shows of `settings`.
async fn describe(server: &Server) -> Value {
    server
        .ok("DescribeSecret", json!({"SecretId": "settings"}))
        .await
}

/// The current value of `settings`.
async fn current(server: &Server) -> Value {
    server
        .ok("GetSecretValue", json!({"SecretId": "settings"}))
        .await
}

/// Nineteen labels: with AWSCURRENT elsewhere, all that a secret can have.
fn nineteen_labels() -> Vec<String> {
    (1..=19).map(|number| format!("label{number:02}")).collect()
}

/// Gives `settings` the versions `{prefix}1` to `{prefix}{count}`, each of which becomes the current one.
async fn put_many(server: &Server, prefix: &str, count: usize) {
    for number in 1..=count {
        put(server, version(&format!("{prefix}{number}"))).await;
    }
}

/// Fact 3.4: Response: `ARN`, `Name`, `VersionId`, `VersionStages` (labels now on that version)
/// Fact 3.4: No `ReplicationStatus`
#[tokio::test]
async fn answer_is_arn_name_version_id_and_labels() {
    let server = server_with_secret().await;

    let answer = put(&server, version("v2")).await;

    assert_eq!(
        answer,
        json!({
            "ARN": describe(&server).await["ARN"],
            "Name": "settings",
            "VersionId": version_id("v2"),
            "VersionStages": ["AWSCURRENT"],
        })
    );
}

/// Fact 3.4: no `VersionStages` → new version takes AWSCURRENT; old current takes AWSPREVIOUS
/// Fact 4.2: T3 `PutSecretValue` default / `UpdateSecret` with value: N:{AWSCURRENT}
/// Fact 4.1: V4 AWSPREVIOUS sits on the version AWSCURRENT last left (at most one)
#[tokio::test]
async fn new_version_is_current_and_the_old_one_previous() {
    let server = server_with_secret().await;

    put(&server, version("v2")).await;
    assert_eq!(
        versions(&server).await,
        json!({"v1": ["AWSPREVIOUS"], "v2": ["AWSCURRENT"]})
    );

    put(&server, version("v3")).await;
    assert_eq!(
        versions(&server).await,
        json!({"v1": null, "v2": ["AWSPREVIOUS"], "v3": ["AWSCURRENT"]})
    );
    assert_eq!(current(&server).await["SecretString"], "v3");
}

/// Fact 3.4: first value of an empty secret → AWSCURRENT is attached
/// Fact 4.1: V3 once a secret has had a value, exactly one version holds AWSCURRENT
#[tokio::test]
async fn first_value_of_an_empty_secret_is_current() {
    let server = server_with_empty_secret().await;

    let answer = put(&server, version("v1")).await;

    assert_eq!(answer["VersionStages"], json!(["AWSCURRENT"]));
    assert_eq!(versions(&server).await, json!({"v1": ["AWSCURRENT"]}));
}

/// Fact 3.4: first value of an empty secret → AWSCURRENT is attached; even when `VersionStages` omits it
#[tokio::test]
async fn first_value_of_an_empty_secret_is_current_beside_its_own_labels() {
    let server = server_with_empty_secret().await;

    let answer = put(&server, labelled("v1", &["BLUE"])).await;

    assert_eq!(answer["VersionStages"], json!(["AWSCURRENT", "BLUE"]));
    assert_eq!(
        versions(&server).await,
        json!({"v1": ["AWSCURRENT", "BLUE"]})
    );
}

/// Fact 3.4: `VersionStages` given → exactly those labels; each is taken away from any other version
/// Fact 3.4: custom labels only → AWSCURRENT stays where it is
/// Fact 4.2: T6 `PutSecretValue` `VersionStages` without AWSCURRENT: N gets exactly those labels; C, P untouched
/// Fact 4.1: V2 a label sits on at most one version of a secret
#[tokio::test]
async fn given_labels_move_to_the_new_version_and_no_others() {
    let server = server_with_secret().await;
    put(&server, version("v2")).await;
    put(&server, labelled("v3", &["BLUE", "GREEN"])).await;

    let answer = put(&server, labelled("v4", &["GREEN", "RED"])).await;

    assert_eq!(answer["VersionStages"], json!(["GREEN", "RED"]));
    assert_eq!(
        versions(&server).await,
        json!({
            "v1": ["AWSPREVIOUS"],
            "v2": ["AWSCURRENT"],
            "v3": ["BLUE"],
            "v4": ["GREEN", "RED"],
        })
    );
    assert_eq!(current(&server).await["SecretString"], "v2");
}

/// Fact 4.2: T4 T3 when C also holds **AWSPENDING**: C ends as {AWSPREVIOUS} only
/// Fact 12: 4 Create; Put[AWSPENDING]; move AWSCURRENT v1→v2; Put
#[tokio::test]
async fn new_current_version_drops_awspending_from_the_old_one() {
    let server = server_with_secret().await;
    put(&server, labelled("v2", &["AWSPENDING"])).await;
    move_label(&server, "AWSCURRENT", "v1", "v2").await;
    assert_eq!(
        versions(&server).await,
        json!({"v1": ["AWSPREVIOUS"], "v2": ["AWSCURRENT", "AWSPENDING"]})
    );

    put(&server, version("v3")).await;

    assert_eq!(
        versions(&server).await,
        json!({"v1": null, "v2": ["AWSPREVIOUS"], "v3": ["AWSCURRENT"]})
    );
}

/// Fact 4.2: T5 T3 when another version holds AWSPENDING (rotation running): AWSPENDING is removed there
#[tokio::test]
async fn new_current_version_drops_awspending_from_any_version() {
    let server = server_with_secret().await;
    put(&server, labelled("v2", &["AWSPENDING"])).await;

    put(&server, version("v3")).await;

    assert_eq!(
        versions(&server).await,
        json!({"v1": ["AWSPREVIOUS"], "v2": null, "v3": ["AWSCURRENT"]})
    );
}

/// Fact 4.2: T7 `PutSecretValue` `["AWSPENDING"]` while C holds {AWSCURRENT, AWSPENDING}: C:{AWSCURRENT},
/// N:{AWSPENDING}
#[tokio::test]
async fn awspending_moves_from_the_current_version_to_the_new_one() {
    let server = server_with_secret().await;
    put(&server, labelled("v2", &["AWSPENDING"])).await;
    move_label(&server, "AWSCURRENT", "v1", "v2").await;

    put(&server, labelled("v3", &["AWSPENDING"])).await;

    assert_eq!(
        versions(&server).await,
        json!({"v1": ["AWSPREVIOUS"], "v2": ["AWSCURRENT"], "v3": ["AWSPENDING"]})
    );
}

/// Fact 4.2: T8 `PutSecretValue` `["AWSCURRENT", "X"]`: T3 plus X on N
#[tokio::test]
async fn awscurrent_among_given_labels_makes_the_version_current() {
    let server = server_with_secret().await;

    let answer = put(&server, labelled("v2", &["AWSCURRENT", "BLUE"])).await;

    assert_eq!(answer["VersionStages"], json!(["AWSCURRENT", "BLUE"]));
    assert_eq!(
        versions(&server).await,
        json!({"v1": ["AWSPREVIOUS"], "v2": ["AWSCURRENT", "BLUE"]})
    );
}

/// Fact 4.2: T9 custom labels on C when AWSCURRENT leaves by T3/T10: stay on C
#[tokio::test]
async fn custom_labels_stay_on_the_version_that_was_current() {
    let server = server_with_secret().await;
    put(&server, labelled("v2", &["AWSCURRENT", "BLUE"])).await;

    put(&server, version("v3")).await;

    assert_eq!(
        versions(&server).await,
        json!({"v1": null, "v2": ["AWSPREVIOUS", "BLUE"], "v3": ["AWSCURRENT"]})
    );
}

/// Fact 4.2: T17 moving a label to a version by T6/T13 that empties the old holder: old holder becomes deprecated
/// Fact 4.2: T18 all labels replaced in one `PutSecretValue`: old holder deprecated
/// Fact 12: 9 Create; Put[one,two,three]; Put[one,two,three,four]
#[tokio::test]
async fn version_that_loses_all_its_labels_is_deprecated() {
    let server = server_with_secret().await;
    put(&server, labelled("v2", &["one", "two", "three"])).await;

    put(&server, labelled("v3", &["one", "two", "three", "four"])).await;

    assert_eq!(
        versions(&server).await,
        json!({"v1": ["AWSCURRENT"], "v2": null, "v3": ["four", "one", "three", "two"]})
    );
}

/// Fact 4.2: T19 partial replacement (`one,two,four`): old holder keeps `three`
#[tokio::test]
async fn version_that_loses_some_labels_keeps_the_others() {
    let server = server_with_secret().await;
    put(&server, labelled("v2", &["one", "two", "three"])).await;

    put(&server, labelled("v3", &["one", "two", "four"])).await;

    assert_eq!(
        versions(&server).await,
        json!({"v1": ["AWSCURRENT"], "v2": ["three"], "v3": ["four", "one", "two"]})
    );
}

/// Fact 4.1: V5 a version with no label is *deprecated*: hidden from `DescribeSecret` and default lists, still listed
/// with `IncludeDeprecated`
/// Fact 12: 3 Create; Put ×3; List / List(`IncludeDeprecated`)
#[tokio::test]
async fn deprecated_version_is_listed_only_on_request() {
    let server = server_with_secret().await;
    put_many(&server, "next", 2).await;

    let described = describe(&server).await;
    assert_eq!(
        described["VersionIdsToStages"],
        json!({
            version_id("next1"): ["AWSPREVIOUS"],
            version_id("next2"): ["AWSCURRENT"],
        })
    );
    assert_eq!(listed(&server, false).await.len(), 2);
    let all = listed(&server, true).await;
    let deprecated: Vec<&Value> = all
        .iter()
        .filter(|version| version.get("VersionStages").is_none())
        .collect();
    assert_eq!(deprecated.len(), 1);
    assert_eq!(deprecated[0]["VersionId"], version_id("v1"));
}

/// Fact 4.1: V6 labels are free text len 1..256; `AWS`-prefixed custom ones such as `AWSSOMETHING` are accepted
#[tokio::test]
async fn label_is_any_text_of_1_to_256_characters() {
    let server = server_with_secret().await;
    let longest = "L".repeat(256);
    let labels = [
        "AWSSOMETHING",
        "b",
        "release 2026/01: blue!",
        longest.as_str(),
    ];

    let answer = put(&server, labelled("v2", &labels)).await;

    assert_eq!(answer["VersionStages"], sorted(&json!(labels)));
    for label in labels {
        let found = server
            .ok(
                "GetSecretValue",
                json!({"SecretId": "settings", "VersionStage": label}),
            )
            .await;
        assert_eq!(found["SecretString"], "v2", "{label}");
    }
}

/// Fact 4.1: V1 a version = id (32..64 chars, the client token)
/// Fact 4.1: V9 any 32..64 character string is accepted as id, not only UUIDs
#[tokio::test]
async fn token_of_32_to_64_characters_becomes_the_version_id() {
    let server = server_with_secret().await;
    for token in [
        "t".repeat(32),
        "release 2026/01 of the blue team!".to_owned(),
        "t".repeat(64),
    ] {
        let answer = put(
            &server,
            json!({"SecretId": "settings", "ClientRequestToken": token, "SecretString": "value"}),
        )
        .await;
        assert_eq!(answer["VersionId"], token);
        assert_eq!(current(&server).await["VersionId"], token);
    }
}

/// Fact 3.4: neither string nor binary → `InvalidRequestException`
#[tokio::test]
async fn request_without_a_value_is_refused() {
    let server = server_with_secret().await;
    server
        .call(
            "PutSecretValue",
            json!({"SecretId": "settings", "ClientRequestToken": version_id("v2")}),
        )
        .await
        .assert_service_error(
            "InvalidRequestException",
            "You must provide either SecretString or SecretBinary.",
        );
    assert_eq!(versions(&server).await, json!({"v1": ["AWSCURRENT"]}));
}

/// Fact 3.4: both → as 3.1
#[tokio::test]
async fn string_and_binary_together_are_refused() {
    let server = server_with_secret().await;
    let mut body = version("v2");
    body["SecretBinary"] = json!("Zm9vdGVzdA==");

    server
        .call("PutSecretValue", body)
        .await
        .assert_service_error("InvalidParameterException", BOTH_VALUES);

    assert_eq!(versions(&server).await, json!({"v1": ["AWSCURRENT"]}));
}

/// Fact 4.1: V1 at most one value (string xor binary)
#[tokio::test]
async fn binary_version_may_follow_a_string() {
    let server = server_with_secret().await;

    put(
        &server,
        json!({"SecretId": "settings", "ClientRequestToken": version_id("v2"), "SecretBinary": "Zm9vdGVzdA=="}),
    )
    .await;

    let read = current(&server).await;
    assert_eq!(read["SecretBinary"], "Zm9vdGVzdA==");
    assert!(read.get("SecretString").is_none());
}

/// Fact 3.4: token matches version, same value → success, nothing changes, returns that version
#[tokio::test]
async fn replay_of_the_current_version_changes_nothing() {
    let server = server_with_secret().await;
    let first = put(&server, version("v2")).await;
    let before = describe(&server).await;
    server.advance(TimeDelta::hours(1));

    let second = put(&server, version("v2")).await;

    assert_eq!(second, first);
    assert_eq!(describe(&server).await, before);
}

/// Fact 3.4: token matches version, same value → success, nothing changes, returns that version
#[tokio::test]
async fn replay_of_an_older_version_does_not_make_it_current_again() {
    let server = server_with_secret().await;
    put(&server, version("v2")).await;
    put(&server, version("v3")).await;
    let before = describe(&server).await;
    server.advance(TimeDelta::hours(1));

    let answer = put(&server, version("v2")).await;

    assert_eq!(answer["VersionId"], version_id("v2"));
    assert_eq!(answer["VersionStages"], json!(["AWSPREVIOUS"]));
    assert_eq!(describe(&server).await, before);
}

/// Fact 3.4: token matches version, same value → success, nothing changes, returns that version
#[tokio::test]
async fn replay_of_a_labelled_version_changes_nothing() {
    let server = server_with_secret().await;
    let request = labelled("v2", &["BLUE"]);
    let first = put(&server, request.clone()).await;

    let second = put(&server, request).await;

    assert_eq!(second, first);
    assert_eq!(
        versions(&server).await,
        json!({"v1": ["AWSCURRENT"], "v2": ["BLUE"]})
    );
}

/// Fact 3.4: token matches version, different value → `ResourceExistsException`, text of 3.1
/// Fact 4.1: V1 immutable once set
#[tokio::test]
async fn same_token_with_another_value_is_refused() {
    let server = server_with_secret().await;
    put(&server, version("v2")).await;
    let described = describe(&server).await;
    let arn = described["ARN"].as_str().expect("ARN is a string");

    for token in ["v1", "v2"] {
        let id = version_id(token);
        for mut body in [
            json!({"SecretString": "other"}),
            json!({"SecretBinary": "b3RoZXI="}),
        ] {
            body["SecretId"] = json!("settings");
            body["ClientRequestToken"] = json!(id);
            server
                .call("PutSecretValue", body)
                .await
                .assert_service_error(
                    "ResourceExistsException",
                    &format!(
                        "You can't use ClientRequestToken {id} because that value is already in use \
                         for a version of secret {arn}."
                    ),
                );
        }
    }

    assert_eq!(describe(&server).await, described);
    assert_eq!(current(&server).await["SecretString"], "v2");
}

/// Fact 1.6: `ClientRequestToken` missing on raw HTTP: `InvalidRequestException`; checked before existence
/// Fact 3.4: raw HTTP without token
#[tokio::test]
async fn missing_token_is_refused_whether_or_not_the_secret_exists() {
    let server = server_with_secret().await;
    for secret_id in ["settings", "unknown"] {
        server
            .call(
                "PutSecretValue",
                json!({"SecretId": secret_id, "SecretString": "two"}),
            )
            .await
            .assert_service_error("InvalidRequestException", TOKEN_MISSING);
    }
}

/// Fact 2.5: secret unknown (any operation)
#[tokio::test]
async fn unknown_secret_is_not_found() {
    let server = Server::start().await;
    server
        .call("PutSecretValue", version("v1"))
        .await
        .assert_service_error("ResourceNotFoundException", NOT_FOUND);
}

/// Fact 3.4: deleted → MFD
#[tokio::test]
async fn secret_scheduled_for_deletion_takes_no_value() {
    let server = server_with_secret().await;
    server
        .ok("DeleteSecret", json!({"SecretId": "settings"}))
        .await;

    server
        .call("PutSecretValue", version("v2"))
        .await
        .assert_service_error("InvalidRequestException", MARKED_FOR_DELETION);

    server
        .ok("RestoreSecret", json!({"SecretId": "settings"}))
        .await;
    assert_eq!(versions(&server).await, json!({"v1": ["AWSCURRENT"]}));
}

/// Fact 3.4: `SecretBinary` or `SecretString`
/// Fact 7: value size: 65,536 bytes; count **bytes** of the UTF-8 string
#[tokio::test]
async fn value_of_up_to_65536_bytes_comes_back_exactly() {
    let server = server_with_secret().await;
    for (token, member, value) in [
        ("s1", "SecretString", "x".to_owned()),
        ("s65535", "SecretString", "€".repeat(21_845)),
        ("s65536", "SecretString", "é".repeat(32_768)),
        ("b1", "SecretBinary", STANDARD.encode([0xff_u8])),
        (
            "b65535",
            "SecretBinary",
            STANDARD.encode(vec![0xfb_u8; 65_535]),
        ),
        (
            "b65536",
            "SecretBinary",
            STANDARD.encode(vec![0xfb_u8; 65_536]),
        ),
    ] {
        put(
            &server,
            json!({"SecretId": "settings", "ClientRequestToken": version_id(token), member: value}),
        )
        .await;
        assert!(current(&server).await[member] == value.as_str(), "{token}");
    }
}

/// Fact 1.5: **sensitive or blob member**: value is left out
/// Fact 3.4: Request: `RotationToken` (len 36..256, sensitive)
/// Fact 7: value size: 65,536 bytes; count **bytes** of the UTF-8 string
#[tokio::test]
async fn sensitive_member_outside_its_length_is_refused_without_being_shown() {
    let server = server_with_secret().await;
    for (member, value, violation) in [
        (
            "SecretString",
            format!("{}x", "é".repeat(32_768)),
            "Value at 'secretString' failed to satisfy constraint: \
             Member must have length less than or equal to 65536",
        ),
        (
            "SecretBinary",
            STANDARD.encode(vec![0xfb_u8; 65_537]),
            "Value at 'secretBinary' failed to satisfy constraint: \
             Member must have length less than or equal to 65536",
        ),
        (
            "SecretString",
            String::new(),
            "Value at 'secretString' failed to satisfy constraint: \
             Member must have length greater than or equal to 1",
        ),
        (
            "SecretBinary",
            String::new(),
            "Value at 'secretBinary' failed to satisfy constraint: \
             Member must have length greater than or equal to 1",
        ),
        (
            "RotationToken",
            "t".repeat(35),
            "Value at 'rotationToken' failed to satisfy constraint: \
             Member must have length greater than or equal to 36",
        ),
        (
            "RotationToken",
            "t".repeat(257),
            "Value at 'rotationToken' failed to satisfy constraint: \
             Member must have length less than or equal to 256",
        ),
    ] {
        let body =
            json!({"SecretId": "settings", "ClientRequestToken": version_id("v2"), member: value});
        server
            .call("PutSecretValue", body)
            .await
            .assert_framework_error(
                "ValidationException",
                &format!("1 validation error detected: {violation}"),
            );
    }
    assert_eq!(versions(&server).await, json!({"v1": ["AWSCURRENT"]}));
}

/// Fact 3.4: Request: `ClientRequestToken` len 32..64
#[tokio::test]
async fn token_outside_32_to_64_characters_is_refused() {
    let server = server_with_secret().await;
    for (length, rule) in [
        (31, "greater than or equal to 32"),
        (65, "less than or equal to 64"),
    ] {
        let token = "t".repeat(length);
        server
            .call(
                "PutSecretValue",
                json!({"SecretId": "settings", "ClientRequestToken": token, "SecretString": "two"}),
            )
            .await
            .assert_framework_error(
                "ValidationException",
                &format!(
                    "1 validation error detected: Value '{token}' at 'clientRequestToken' \
                     failed to satisfy constraint: Member must have length {rule}"
                ),
            );
    }
}

/// Fact 3.4: Request: `VersionStages` (list 1..20 of len 1..256)
#[tokio::test]
async fn list_of_labels_outside_its_lengths_is_refused() {
    let server = server_with_secret().await;
    let many: Vec<String> = (0..21).map(|number| format!("label{number}")).collect();
    for labels in [
        json!([]),
        json!(many),
        json!([""]),
        json!(["L".repeat(257)]),
    ] {
        let mut body = version("v2");
        body["VersionStages"] = labels;
        server
            .call("PutSecretValue", body)
            .await
            .assert_code("ValidationException");
    }
    assert_eq!(versions(&server).await, json!({"v1": ["AWSCURRENT"]}));
}

/// Fact 4.1: V7 quota: 20 labels over **all versions of a secret** → `LimitExceededException`
#[tokio::test]
async fn twenty_first_label_of_a_secret_is_refused() {
    let server = server_with_secret().await;
    let labels = nineteen_labels();
    let labels: Vec<&str> = labels.iter().map(String::as_str).collect();
    put(&server, labelled("v2", &labels)).await;

    let answer = server
        .call("PutSecretValue", labelled("v3", &["one-more"]))
        .await;

    answer.assert_code(OVER_QUOTA);
    assert_eq!(
        versions(&server).await,
        json!({"v1": ["AWSCURRENT"], "v2": labels})
    );
}

/// Fact 4.1: V7 quota: 20 labels over **all versions of a secret** (moving one makes no more of them)
#[tokio::test]
async fn twenty_labels_can_still_move() {
    let server = server_with_secret().await;
    let labels = nineteen_labels();
    let labels: Vec<&str> = labels.iter().map(String::as_str).collect();
    put(&server, labelled("v2", &labels)).await;

    put(&server, labelled("v3", &labels)).await;

    assert_eq!(
        versions(&server).await,
        json!({"v1": ["AWSCURRENT"], "v2": null, "v3": labels})
    );
}

/// Fact 4.4: never those younger than 24 h
/// Fact 1.6: quota: `LimitExceededException`
/// Fact 3.4: versions quota exhausted (100 with none removable) → `LimitExceededException`
#[tokio::test]
async fn hundred_and_first_version_within_a_day_is_refused() {
    let server = server_with_secret().await;
    put_many(&server, "next", 99).await;
    let before = versions(&server).await;
    server.advance(TimeDelta::hours(23));

    for operation in ["PutSecretValue", "UpdateSecret"] {
        server
            .call(operation, version("late"))
            .await
            .assert_code(OVER_QUOTA);
    }

    assert_eq!(listed(&server, true).await.len(), 100);
    assert_eq!(versions(&server).await, before);
    assert_eq!(current(&server).await["SecretString"], "next99");
}

/// Fact 4.4: deprecated versions are removed when the secret has more than 100 versions
/// Fact 4.4: labelled versions are never removed
#[tokio::test]
async fn deprecated_versions_give_way_after_a_day() {
    let server = Server::start().await;
    server.create("settings", "kept", "kept").await;
    put(&server, version("next0")).await;
    server
        .ok(
            "UpdateSecretVersionStage",
            json!({"SecretId": "settings", "VersionStage": "KEEP", "MoveToVersionId": version_id("kept")}),
        )
        .await;
    put_many(&server, "next", 98).await;
    server.advance(TimeDelta::hours(25));

    put(&server, version("late")).await;

    assert!(listed(&server, true).await.len() <= 100);
    let versions = versions(&server).await;
    assert_eq!(versions["late"], json!(["AWSCURRENT"]));
    assert_eq!(versions["next98"], json!(["AWSPREVIOUS"]));
    assert_eq!(versions["kept"], json!(["KEEP"]));
    let kept = server
        .ok(
            "GetSecretValue",
            json!({"SecretId": "settings", "VersionStage": "KEEP"}),
        )
        .await;
    assert_eq!(kept["SecretString"], "kept");
}

/// Fact 4.4: deprecated versions are removed when the secret has more than 100 versions (and not before)
#[tokio::test]
async fn up_to_a_hundred_versions_are_kept_however_old() {
    let server = server_with_secret().await;
    put_many(&server, "early", 98).await;
    server.advance(TimeDelta::days(365));

    put(&server, version("late")).await;

    assert_eq!(listed(&server, true).await.len(), 100);
    let first = server
        .ok(
            "GetSecretValue",
            json!({"SecretId": "settings", "VersionId": version_id("v1")}),
        )
        .await;
    assert_eq!(first["SecretString"], "one");
}

/// Fact 4.4: never those younger than 24 h
#[tokio::test]
async fn young_versions_stay_when_old_ones_give_way() {
    let server = server_with_secret().await;
    put_many(&server, "old", 49).await;
    server.advance(TimeDelta::hours(23));
    put_many(&server, "young", 50).await;
    server
        .call("PutSecretValue", version("late"))
        .await
        .assert_code(OVER_QUOTA);

    server.advance(TimeDelta::hours(2));
    put(&server, version("late")).await;

    assert!(listed(&server, true).await.len() <= 100);
    let versions = versions(&server).await;
    assert_eq!(versions["late"], json!(["AWSCURRENT"]));
    for number in 1..=50 {
        assert!(
            versions.get(format!("young{number}")).is_some(),
            "young{number} is gone"
        );
    }
}

/// Asserts that one service event tells of each version that was removed, and that there are no other events.
async fn assert_removals_are_recorded(server: &Server, count: usize) {
    let events = server.events().await;
    let told = |event: &Value| {
        event["eventName"] == "SecretVersionDeletion"
            && event["eventTime"] == "2026-01-16T11:00:00Z"
    };
    assert_eq!(events.len(), count, "{events:?}");
    assert!(events.iter().all(told), "{events:?}");
}

/// Fact 4.4: deprecated versions are removed; a removed one is no longer found
/// Fact 11: deletion: `SecretVersionDeletion`
/// Fact 3.2: a deprecated (unlabelled) version is retrievable by `VersionId` until removed
#[tokio::test]
async fn removed_version_is_no_longer_found() {
    let server = server_with_secret().await;
    put_many(&server, "next", 99).await;
    let before = versions(&server).await;
    server.advance(TimeDelta::hours(25));
    put(&server, version("late")).await;
    let after = versions(&server).await;

    let removed: Vec<&String> = before
        .as_object()
        .expect("versions are a map")
        .keys()
        .filter(|id| after.get(id).is_none())
        .collect();

    assert!(!removed.is_empty());
    assert_removals_are_recorded(&server, removed.len()).await;
    for id in removed {
        let id = version_id(id);
        server
            .call(
                "GetSecretValue",
                json!({"SecretId": "settings", "VersionId": id}),
            )
            .await
            .assert_service_error(
                "ResourceNotFoundException",
                &format!(
                    "Secrets Manager can't find the specified secret value for VersionId: {id}"
                ),
            );
    }
}

/// Sends `writers` times `writes` values to `settings`, the writers at once, each one's writes in a row.
/// The value of every version is its own id.
async fn write_at_once(
    server: &Server,
    round: usize,
    writers: usize,
    writes: usize,
) -> Vec<Answer> {
    let mut tasks = JoinSet::new();
    for writer in 0..writers {
        let client = server.client(ACCOUNT, REGION);
        tasks.spawn(async move {
            let mut answers = Vec::new();
            for write in 0..writes {
                let id = version_id(&format!("round{round}writer{writer}write{write}"));
                let body =
                    json!({"SecretId": "settings", "ClientRequestToken": id, "SecretString": id});
                answers.push(client.call("PutSecretValue", body).await);
            }
            answers
        });
    }
    tasks.join_all().await.into_iter().flatten().collect()
}

/// Asserts that `settings` has one current and one previous version and no other labels.
async fn assert_one_current_and_one_previous(server: &Server) {
    let described = describe(server).await;
    let mut labels: Vec<String> = described["VersionIdsToStages"]
        .as_object()
        .expect("versions are a map")
        .values()
        .map(ToString::to_string)
        .collect();
    labels.sort_unstable();
    assert_eq!(labels, [r#"["AWSCURRENT"]"#, r#"["AWSPREVIOUS"]"#]);

    for label in ["AWSCURRENT", "AWSPREVIOUS"] {
        let read = server
            .ok(
                "GetSecretValue",
                json!({"SecretId": "settings", "VersionStage": label}),
            )
            .await;
        assert_eq!(read["SecretString"], read["VersionId"], "{label}");
    }
}

/// Fact 4.1: V3 exactly one version holds AWSCURRENT
/// Fact 4.1: V4 AWSPREVIOUS sits on the version AWSCURRENT last left (at most one)
/// Fact 3.4: versions quota exhausted (100 with none removable) → `LimitExceededException`
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn thousand_racing_writes_fill_the_quota_and_leave_one_current_version() {
    let server = server_with_secret().await;

    let answers = write_at_once(&server, 0, 50, 20).await;

    let (stored, refused): (Vec<_>, Vec<_>) =
        answers.into_iter().partition(|answer| answer.status == 200);
    assert_eq!((stored.len(), refused.len()), (99, 901));
    for answer in &refused {
        answer.assert_code(OVER_QUOTA);
    }
    assert_eq!(listed(&server, true).await.len(), 100);
    assert_one_current_and_one_previous(&server).await;
}

/// Fact 4.1: V3 exactly one version holds AWSCURRENT
/// Fact 4.1: V4 AWSPREVIOUS sits on the version AWSCURRENT last left (at most one)
/// Fact 4.4: deprecated versions are removed when the secret has more than 100 versions
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn thousand_racing_writes_over_days_all_succeed_and_leave_one_current_version() {
    let server = server_with_secret().await;

    for round in 0..20 {
        for answer in write_at_once(&server, round, 50, 1).await {
            assert_eq!(answer.status, 200, "{}", answer.text);
            assert_eq!(answer.json()["Name"], "settings");
        }
        assert_one_current_and_one_previous(&server).await;
        server.advance(TimeDelta::hours(25));
    }

    assert!(listed(&server, true).await.len() <= 100);
}

/// Fact 3.4: token matches version, same value → success (also when sent fifty times at once)
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn racing_replays_of_one_write_make_one_version() {
    let server = server_with_secret().await;
    let mut racers = JoinSet::new();
    for _ in 0..50 {
        let client = server.client(ACCOUNT, REGION);
        racers.spawn(async move { client.call("PutSecretValue", version("v2")).await });
    }

    for answer in racers.join_all().await {
        assert_eq!(answer.status, 200, "{}", answer.text);
        assert_eq!(answer.json()["VersionId"], version_id("v2"));
    }

    assert_eq!(
        versions(&server).await,
        json!({"v1": ["AWSPREVIOUS"], "v2": ["AWSCURRENT"]})
    );
}
