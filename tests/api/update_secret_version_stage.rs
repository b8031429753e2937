//! `UpdateSecretVersionStage`: attaching, moving and removing staging labels.

use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::support::{ACCOUNT, Answer, MARKED_FOR_DELETION, NOT_FOUND, REGION, Server, version_id};

/// AWS's sentence for removing AWSCURRENT from the secret; the second apostrophe is U+2019.
const AWSCURRENT_MUST_STAY: &str = "You can only move staging label AWSCURRENT to a different secret version. \
                                    It can\u{2019}t be completely removed.";

/// Starts a server with `settings`: `v1` labelled AWSPREVIOUS and `v2` labelled AWSCURRENT.
async fn server_with_two_versions() -> Server {
    let server = Server::start().await;
    server.create("settings", "v1", "v1").await;
    put(&server, "v2", &["AWSCURRENT"]).await;
    server
}

/// Stores a version of `settings`, whose value is its token's short form, with exactly these labels.
async fn put(server: &Server, token: &str, labels: &[&str]) {
    server
        .ok(
            "PutSecretValue",
            json!({
                "SecretId": "settings",
                "ClientRequestToken": version_id(token),
                "SecretString": token,
                "VersionStages": labels,
            }),
        )
        .await;
}

/// A request to take a label of `settings` from one version, to give it to another, or both.
fn change(label: &str, remove_from: Option<&str>, move_to: Option<&str>) -> Value {
    let mut body = json!({"SecretId": "settings", "VersionStage": label});
    if let Some(version) = remove_from {
        body["RemoveFromVersionId"] = json!(version_id(version));
    }
    if let Some(version) = move_to {
        body["MoveToVersionId"] = json!(version_id(version));
    }
    body
}

/// Changes a label of `settings`.
async fn try_change(
    server: &Server,
    label: &str,
    remove_from: Option<&str>,
    move_to: Option<&str>,
) -> Answer {
    server
        .call(
            "UpdateSecretVersionStage",
            change(label, remove_from, move_to),
        )
        .await
}

/// Changes a label of `settings`, which must succeed.
async fn changed(server: &Server, label: &str, remove_from: Option<&str>, move_to: Option<&str>) {
    let answer = try_change(server, label, remove_from, move_to).await;
    assert_eq!(answer.status, 200, "{label}: {}", answer.text);
}

/// The sorted labels of each version by the short form of its id, null for deprecated ones.
async fn versions(server: &Server) -> Value {
    let list = server
        .ok(
            "ListSecretVersionIds",
            json!({"SecretId": "settings", "IncludeDeprecated": true}),
        )
        .await;
    list["Versions"]
        .as_array()
        .expect("versions are a list")
        .iter()
        .map(|version| {
            let id = version["VersionId"].as_str().expect("the id is a string");
            let mut labels = version["VersionStages"].clone();
            if let Some(list) = labels.as_array_mut() {
                list.sort_by_key(ToString::to_string);
            }
            (id.trim_end_matches('-').to_owned(), labels)
        })
        .collect()
}

/// The current value of `settings`.
async fn current_value(server: &Server) -> Value {
    server
        .ok("GetSecretValue", json!({"SecretId": "settings"}))
        .await["SecretString"]
        .clone()
}

/// Fact 3.12: Response: `ARN`, `Name` only
#[tokio::test]
async fn answer_is_arn_and_name_alone() {
    let server = server_with_two_versions().await;

    let answer = try_change(&server, "BLUE", None, Some("v2")).await;

    assert_eq!(answer.status, 200, "{}", answer.text);
    let described = server
        .ok("DescribeSecret", json!({"SecretId": "settings"}))
        .await;
    assert_eq!(
        answer.json(),
        json!({"ARN": described["ARN"], "Name": "settings"})
    );
}

/// Fact 4.2: T10 `UpdateSecretVersionStage` AWSCURRENT, Remove=C, Move=N: C gains AWSPREVIOUS; P loses AWSPREVIOUS
#[tokio::test]
async fn moving_awscurrent_labels_the_old_version_awsprevious() {
    let server = server_with_two_versions().await;
    put(&server, "v3", &["BLUE"]).await;

    changed(&server, "AWSCURRENT", Some("v2"), Some("v3")).await;

    assert_eq!(
        versions(&server).await,
        json!({"v1": null, "v2": ["AWSPREVIOUS"], "v3": ["AWSCURRENT", "BLUE"]})
    );
    assert_eq!(current_value(&server).await, "v3");
}

/// Fact 4.2: T10 `UpdateSecretVersionStage` AWSCURRENT: N gains AWSCURRENT (keeps AWSPENDING and custom labels)
/// Fact 4.2: T9 custom labels on C when AWSCURRENT leaves by T3/T10: stay on C
/// Fact 12: 6 Create; Put[PENDING,AWSSOMETHING,PUT1]; move CURRENT; Put[PENDING,PUT2]; move CURRENT v2→v3
#[tokio::test]
async fn moving_awscurrent_leaves_the_other_labels_of_both_versions() {
    let server = Server::start().await;
    server.create("settings", "v1", "v1").await;
    put(&server, "v2", &["AWSPENDING", "AWSSOMETHING", "PUT1"]).await;
    changed(&server, "AWSCURRENT", Some("v1"), Some("v2")).await;
    assert_eq!(
        versions(&server).await,
        json!({
            "v1": ["AWSPREVIOUS"],
            "v2": ["AWSCURRENT", "AWSPENDING", "AWSSOMETHING", "PUT1"],
        })
    );

    put(&server, "v3", &["AWSPENDING", "PUT2"]).await;
    changed(&server, "AWSCURRENT", Some("v2"), Some("v3")).await;

    assert_eq!(
        versions(&server).await,
        json!({
            "v1": null,
            "v2": ["AWSPREVIOUS", "AWSSOMETHING", "PUT1"],
            "v3": ["AWSCURRENT", "AWSPENDING", "PUT2"],
        })
    );
}

/// Fact 4.2: T11 T10 with N = P (rollback): N:{AWSCURRENT}, old C:{AWSPREVIOUS}
#[tokio::test]
async fn moving_awscurrent_back_swaps_current_and_previous() {
    let server = server_with_two_versions().await;

    changed(&server, "AWSCURRENT", Some("v2"), Some("v1")).await;

    assert_eq!(
        versions(&server).await,
        json!({"v1": ["AWSCURRENT"], "v2": ["AWSPREVIOUS"]})
    );
    assert_eq!(current_value(&server).await, "v1");
}

/// Fact 4.2: T10 `UpdateSecretVersionStage` AWSCURRENT, Remove=C, Move=N (also onto a deprecated version)
#[tokio::test]
async fn moving_awscurrent_revives_a_deprecated_version() {
    let server = server_with_two_versions().await;
    put(&server, "v3", &["AWSCURRENT"]).await;

    changed(&server, "AWSCURRENT", Some("v3"), Some("v1")).await;

    assert_eq!(
        versions(&server).await,
        json!({"v1": ["AWSCURRENT"], "v2": null, "v3": ["AWSPREVIOUS"]})
    );
    assert_eq!(current_value(&server).await, "v1");
}

/// Fact 4.2: T12 `UpdateSecretVersionStage` X, Move=N, X unattached, no Remove: N gains X
#[tokio::test]
async fn free_label_is_attached() {
    let server = server_with_two_versions().await;

    changed(&server, "BLUE", None, Some("v1")).await;

    assert_eq!(
        versions(&server).await,
        json!({"v1": ["AWSPREVIOUS", "BLUE"], "v2": ["AWSCURRENT"]})
    );
}

/// Fact 4.2: T13 `UpdateSecretVersionStage` X, Remove=A, Move=N: A loses X, N gains X
/// Fact 4.1: V2 a label sits on at most one version of a secret
#[tokio::test]
async fn attached_label_is_moved() {
    let server = server_with_two_versions().await;
    changed(&server, "BLUE", None, Some("v1")).await;

    changed(&server, "BLUE", Some("v1"), Some("v2")).await;

    assert_eq!(
        versions(&server).await,
        json!({"v1": ["AWSPREVIOUS"], "v2": ["AWSCURRENT", "BLUE"]})
    );
}

/// Fact 4.2: T17 moving a label to a version by T6/T13 that empties the old holder: old holder becomes deprecated
#[tokio::test]
async fn version_that_loses_its_only_label_is_deprecated_at_once() {
    let server = server_with_two_versions().await;
    put(&server, "v3", &["BLUE"]).await;

    changed(&server, "BLUE", Some("v3"), Some("v2")).await;

    assert_eq!(
        versions(&server).await,
        json!({"v1": ["AWSPREVIOUS"], "v2": ["AWSCURRENT", "BLUE"], "v3": null})
    );
    let list = server
        .ok("ListSecretVersionIds", json!({"SecretId": "settings"}))
        .await;
    let listed = list["Versions"].as_array().expect("versions are a list");
    assert!(
        listed
            .iter()
            .all(|version| version["VersionId"] != version_id("v3"))
    );
}

/// Fact 4.2: T14 `UpdateSecretVersionStage` X, Remove=A, no Move: A loses X; in particular AWSPREVIOUS stays put
/// Fact 12: 8 Create; Put[X]; move CURRENT to v2; remove X from v2
#[tokio::test]
async fn removing_a_label_changes_nothing_else() {
    let server = Server::start().await;
    server.create("settings", "v1", "v1").await;
    put(&server, "v2", &["BLUE"]).await;
    changed(&server, "AWSCURRENT", Some("v1"), Some("v2")).await;

    changed(&server, "BLUE", Some("v2"), None).await;

    assert_eq!(
        versions(&server).await,
        json!({"v1": ["AWSPREVIOUS"], "v2": ["AWSCURRENT"]})
    );
}

/// Fact 4.2: T14 `UpdateSecretVersionStage` X, Remove=A, no Move: A loses X (AWSPENDING too)
#[tokio::test]
async fn removing_awspending_deprecates_the_pending_version() {
    let server = server_with_two_versions().await;
    put(&server, "v3", &["AWSPENDING"]).await;

    changed(&server, "AWSPENDING", Some("v3"), None).await;

    assert_eq!(
        versions(&server).await,
        json!({"v1": ["AWSPREVIOUS"], "v2": ["AWSCURRENT"], "v3": null})
    );
}

/// Fact 4.1: V6 labels are free text len 1..256; `AWS`-prefixed custom ones such as `AWSSOMETHING` are accepted
#[tokio::test]
async fn label_is_any_text_of_1_to_256_characters() {
    let server = server_with_two_versions().await;
    let longest = "L".repeat(256);
    let labels = [
        "AWSSOMETHING",
        "b",
        "release 2026/01: blue!",
        longest.as_str(),
    ];

    for label in labels {
        changed(&server, label, None, Some("v2")).await;
        let read = server
            .ok(
                "GetSecretValue",
                json!({"SecretId": "settings", "VersionStage": label}),
            )
            .await;
        assert_eq!(read["SecretString"], "v2", "{label}");
    }
}

/// Fact 4.3: label is on A, `RemoveFromVersionId` missing: `InvalidParameterException`
#[tokio::test]
async fn attached_label_cannot_move_without_naming_its_holder() {
    let server = server_with_two_versions().await;
    changed(&server, "BLUE", None, Some("v2")).await;
    let before = versions(&server).await;

    for label in ["AWSCURRENT", "BLUE"] {
        let holder = version_id("v2");
        try_change(&server, label, None, Some("v1"))
            .await
            .assert_service_error(
                "InvalidParameterException",
                &format!(
                    "The parameter RemoveFromVersionId can't be empty. Staging label {label} is currently \
                     attached to version {holder}, so you must explicitly reference that version in \
                     RemoveFromVersionId."
                ),
            );
    }

    assert_eq!(versions(&server).await, before);
}

/// Fact 4.3: `RemoveFromVersionId` is not the holder: `InvalidParameterException`
#[tokio::test]
async fn label_is_not_taken_from_a_version_that_does_not_hold_it() {
    let server = server_with_two_versions().await;
    put(&server, "v3", &["BLUE"]).await;
    let before = versions(&server).await;

    for (label, remove_from, move_to) in [
        ("AWSCURRENT", "v1", Some("v3")),
        ("AWSCURRENT", "v3", Some("v1")),
        ("BLUE", "v2", Some("v1")),
        ("BLUE", "v2", None),
    ] {
        try_change(&server, label, Some(remove_from), move_to)
            .await
            .assert_code("InvalidParameterException");
    }

    assert_eq!(versions(&server).await, before);
}

/// Fact 4.3: remove AWSCURRENT without `MoveToVersionId`: `InvalidParameterException`
/// Fact 4.1: V3 exactly one version holds AWSCURRENT; it can only be moved
#[tokio::test]
async fn awscurrent_cannot_be_removed() {
    let server = server_with_two_versions().await;

    try_change(&server, "AWSCURRENT", Some("v2"), None)
        .await
        .assert_service_error("InvalidParameterException", AWSCURRENT_MUST_STAY);

    assert_eq!(
        versions(&server).await,
        json!({"v1": ["AWSPREVIOUS"], "v2": ["AWSCURRENT"]})
    );
}

/// Fact 4.3: unknown version id in Move/Remove: `ResourceNotFoundException`
#[tokio::test]
async fn label_cannot_move_to_an_unknown_version() {
    let server = server_with_two_versions().await;
    let before = versions(&server).await;

    for (label, remove_from) in [("BLUE", None), ("AWSCURRENT", Some("v2"))] {
        try_change(&server, label, remove_from, Some("v9"))
            .await
            .assert_code("ResourceNotFoundException");
    }

    assert_eq!(versions(&server).await, before);
}

/// Fact 4.3: unknown version id in Move/Remove (in Remove, it is also not the holder: either code may come first)
#[tokio::test]
async fn label_is_not_taken_from_an_unknown_version() {
    let server = server_with_two_versions().await;
    let before = versions(&server).await;

    let answer = try_change(&server, "AWSCURRENT", Some("v9"), Some("v1")).await;

    assert_eq!(answer.status, 400, "{}", answer.text);
    assert_eq!(versions(&server).await, before);
}

/// Fact 4.3: neither Remove nor Move given: `InvalidParameterException`
#[tokio::test]
async fn change_without_any_version_is_refused() {
    let server = server_with_two_versions().await;
    for label in ["AWSCURRENT", "BLUE"] {
        try_change(&server, label, None, None)
            .await
            .assert_code("InvalidParameterException");
    }
}

/// Fact 4.3: Move = Remove = holder: no-op success
#[tokio::test]
async fn moving_a_label_to_where_it_is_changes_nothing() {
    let server = server_with_two_versions().await;
    changed(&server, "BLUE", None, Some("v1")).await;
    let before = versions(&server).await;

    for (label, holder) in [("AWSCURRENT", "v2"), ("AWSPREVIOUS", "v1"), ("BLUE", "v1")] {
        changed(&server, label, Some(holder), Some(holder)).await;
        assert_eq!(versions(&server).await, before, "{label}");
    }
}

/// Fact 4.3: label quota: `LimitExceededException`
/// Fact 4.1: V7 quota: 20 labels over **all versions of a secret** → `LimitExceededException`
#[tokio::test]
async fn twenty_first_label_of_a_secret_is_refused_but_one_can_still_move() {
    let server = server_with_two_versions().await;
    for number in 1..=18 {
        let version = if number % 2 == 0 { "v1" } else { "v2" };
        changed(&server, &format!("label{number:02}"), None, Some(version)).await;
    }
    let before = versions(&server).await;

    try_change(&server, "one-more", None, Some("v1"))
        .await
        .assert_code("LimitExceededException");
    assert_eq!(versions(&server).await, before);

    changed(&server, "label01", Some("v2"), Some("v1")).await;
    changed(&server, "label02", Some("v1"), None).await;
    changed(&server, "one-more", None, Some("v1")).await;
}

/// Fact 2.5: secret unknown (any operation)
#[tokio::test]
async fn unknown_secret_is_not_found() {
    let server = Server::start().await;
    try_change(&server, "BLUE", None, Some("v1"))
        .await
        .assert_service_error("ResourceNotFoundException", NOT_FOUND);
}

/// Fact 3: MFD: `DeleteResourcePolicy` and `UpdateSecretVersionStage` (clients match on it)
#[tokio::test]
async fn secret_scheduled_for_deletion_keeps_its_labels() {
    let server = server_with_two_versions().await;
    server
        .ok("DeleteSecret", json!({"SecretId": "settings"}))
        .await;

    for (label, remove_from, move_to) in [
        ("BLUE", None, Some("v1")),
        ("AWSCURRENT", Some("v2"), Some("v1")),
    ] {
        try_change(&server, label, remove_from, move_to)
            .await
            .assert_service_error("InvalidRequestException", MARKED_FOR_DELETION);
    }

    assert_eq!(
        versions(&server).await,
        json!({"v1": ["AWSPREVIOUS"], "v2": ["AWSCURRENT"]})
    );
}

/// Fact 3.12: Request: `SecretId` (req), `VersionStage` (req, len 1..256), `RemoveFromVersionId`, `MoveToVersionId`
/// (len 32..64)
#[tokio::test]
async fn members_outside_their_lengths_are_refused() {
    let server = server_with_two_versions().await;
    let long_label = "L".repeat(257);
    let long_id = "i".repeat(65);
    for (member, value, violation) in [
        (
            "VersionStage",
            Value::Null,
            "Value null at 'versionStage' failed to satisfy constraint: Member must not be null"
                .to_owned(),
        ),
        (
            "VersionStage",
            json!(""),
            "Value '' at 'versionStage' failed to satisfy constraint: \
             Member must have length greater than or equal to 1"
                .to_owned(),
        ),
        (
            "VersionStage",
            json!(long_label),
            format!(
                "Value '{long_label}' at 'versionStage' failed to satisfy constraint: \
                 Member must have length less than or equal to 256"
            ),
        ),
        (
            "MoveToVersionId",
            json!("short"),
            "Value 'short' at 'moveToVersionId' failed to satisfy constraint: \
             Member must have length greater than or equal to 32"
                .to_owned(),
        ),
        (
            "RemoveFromVersionId",
            json!(long_id),
            format!(
                "Value '{long_id}' at 'removeFromVersionId' failed to satisfy constraint: \
                 Member must have length less than or equal to 64"
            ),
        ),
    ] {
        let mut body = change("AWSCURRENT", Some("v2"), Some("v1"));
        body[member] = value;
        server
            .call("UpdateSecretVersionStage", body)
            .await
            .assert_framework_error(
                "ValidationException",
                &format!("1 validation error detected: {violation}"),
            );
    }
}

/// Fact 4.1: V2 a label sits on at most one version of a secret (however many ask for it at once)
/// Fact 4.3: label is on A, `RemoveFromVersionId` missing: `InvalidParameterException`
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_racing_attachments_of_one_label_exactly_one_succeeds() {
    let server = server_with_two_versions().await;
    for number in 3..=12 {
        put(
            &server,
            &format!("v{number}"),
            &[format!("own{number}").as_str()],
        )
        .await;
    }
    let mut racers = JoinSet::new();
    for number in 1..=12 {
        let client = server.client(ACCOUNT, REGION);
        let version = format!("v{number}");
        racers.spawn(async move {
            let body = change("BLUE", None, Some(&version));
            let answer = client.call("UpdateSecretVersionStage", body).await;
            (version, answer)
        });
    }

    let (winners, losers): (Vec<_>, Vec<_>) = racers
        .join_all()
        .await
        .into_iter()
        .partition(|(_, answer)| answer.status == 200);

    let [(holder, _)] = winners.as_slice() else {
        panic!("{} attachments succeeded", winners.len());
    };
    for (_, answer) in losers {
        answer.assert_code("InvalidParameterException");
    }
    let versions = versions(&server).await;
    let holders: Vec<&String> = versions
        .as_object()
        .expect("versions are a map")
        .iter()
        .filter(|(_, labels)| {
            labels
                .as_array()
                .is_some_and(|list| list.contains(&json!("BLUE")))
        })
        .map(|(version, _)| version)
        .collect();
    assert_eq!(holders, [holder]);
}

/// Fact 4.1: V3 exactly one version holds AWSCURRENT (also while it is moved to and fro at once)
/// Fact 4.1: V4 AWSPREVIOUS sits on the version AWSCURRENT last left (at most one)
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn racing_moves_of_awscurrent_leave_one_current_and_one_previous_version() {
    let server = server_with_two_versions().await;
    let mut racers = JoinSet::new();
    for number in 0..50 {
        let client = server.client(ACCOUNT, REGION);
        let (from, to) = if number % 2 == 0 {
            ("v2", "v1")
        } else {
            ("v1", "v2")
        };
        racers.spawn(async move {
            let body = change("AWSCURRENT", Some(from), Some(to));
            client.call("UpdateSecretVersionStage", body).await
        });
    }

    for answer in racers.join_all().await {
        if answer.status != 200 {
            answer.assert_code("InvalidParameterException");
        }
    }

    let versions = versions(&server).await;
    let swapped = json!({"v1": ["AWSCURRENT"], "v2": ["AWSPREVIOUS"]});
    let original = json!({"v1": ["AWSPREVIOUS"], "v2": ["AWSCURRENT"]});
    assert!(versions == swapped || versions == original, "{versions}");
}
