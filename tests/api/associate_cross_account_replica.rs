//! Section 3.24: a secret of another account becomes a replica. AWS has published the shapes only; the rest is
//! what this project chose.

use serde_json::{Value, json};

use crate::replication::{EU, describe, eu, home, put, read, replicated, settled, statuses};
use crate::support::{ACCOUNT, Client, MARKED_FOR_DELETION, NOT_FOUND, REGION, Server, version_id};

/// The account that the replicas are in.
pub(crate) const OTHER_ACCOUNT: &str = "111111111111";
/// One more account.
pub(crate) const THIRD_ACCOUNT: &str = "222222222222";
/// A role that replication may use.
const ROLE: &str = "arn:aws:iam::000000000000:role/replication";
/// AWS's sentence for a name with a forbidden character.
const INVALID_NAME: &str = "Invalid name. Must be a valid name containing alphanumeric characters, \
                            or any of the following: -/_+=.@!";
/// The ARN of a secret that no test creates.
const FOREIGN_ARN: &str = "arn:aws:secretsmanager:us-east-1:111111111111:secret:settings-AbCdEf";

// ---- What the tests of disassociation share ----

/// A client in another account and the default region.
pub(crate) fn in_account(server: &Server, account: &str) -> Client {
    server.client(account, REGION)
}

/// Creates the secret `settings` in another account, as a replica-to-be of a primary; returns its ARN.
pub(crate) async fn create_pending(client: &Client, primary: &Value) -> Value {
    let created = client
        .ok(
            "CreateSecret",
            json!({
                "Name": "settings", "ClientRequestToken": version_id("p1"), "CrossAccountPrimaryARN": primary,
            }),
        )
        .await;
    created["ARN"].clone()
}

/// Makes a secret of another account a replica of the default account's `settings`.
pub(crate) async fn associate(server: &Server, replica: &Value) -> Value {
    server
        .ok(
            "AssociateCrossAccountReplica",
            json!({"SecretId": "settings", "CrossAccountReplicaARN": replica}),
        )
        .await
}

/// Creates the secret `settings` and its replica in another account, and waits until it is in sync; returns the ARNs of
/// both.
pub(crate) async fn associated(server: &Server, account: &str) -> (Value, Value) {
    let other = in_account(server, account);
    let primary = match describe_if_there(server).await {
        Some(described) => described["ARN"].clone(),
        None => server.create("settings", "v1", "one").await["ARN"].clone(),
    };
    let replica = create_pending(&other, &primary).await;
    associate(server, &replica).await;
    let described = settled(&home(server), "settings").await;
    let entry = replica_entry(&described, &replica);
    assert_eq!(entry["ReplicationStatus"], "InSync", "{described}");
    settled(&other, "settings").await;
    (primary, replica)
}

/// Describes the default account's `settings`, if there is one.
async fn describe_if_there(server: &Server) -> Option<Value> {
    let answer = server
        .call("DescribeSecret", json!({"SecretId": "settings"}))
        .await;
    (answer.status == 200).then(|| answer.json())
}

/// What a primary says about one replica.
#[track_caller]
pub(crate) fn replica_entry<'a>(described: &'a Value, replica: &Value) -> &'a Value {
    let entries = described["CrossAccountReplicas"].as_array();
    entries
        .into_iter()
        .flatten()
        .find(|entry| entry["ReplicaSecretARN"] == *replica)
        .unwrap_or_else(|| panic!("{replica} is no replica: {described}"))
}

/// Writes of several kinds to the secret `settings`; each would succeed where it may.
pub(crate) async fn writes(client: &Client) -> Vec<(&'static str, Value)> {
    let version = read(client).await["VersionId"].clone();
    vec![
        (
            "PutSecretValue",
            json!({"SecretId": "settings", "ClientRequestToken": version_id("w1"), "SecretString": "new"}),
        ),
        (
            "UpdateSecret",
            json!({"SecretId": "settings", "ClientRequestToken": version_id("w2"), "SecretString": "newer"}),
        ),
        (
            "UpdateSecret",
            json!({"SecretId": "settings", "ClientRequestToken": version_id("w3"), "Description": "new"}),
        ),
        (
            "UpdateSecretVersionStage",
            json!({"SecretId": "settings", "VersionStage": "RED", "MoveToVersionId": version}),
        ),
        (
            "TagResource",
            json!({"SecretId": "settings", "Tags": [{"Key": "new", "Value": "new"}]}),
        ),
    ]
}

// ---- What these tests need besides ----

/// The members of a JSON object, sorted.
fn members(body: &Value) -> Vec<&str> {
    let mut names: Vec<&str> = body
        .as_object()
        .expect("the body is an object")
        .keys()
        .map(String::as_str)
        .collect();
    names.sort_unstable();
    names
}

/// Asserts that an association has failed, with a message.
#[track_caller]
fn assert_failed(described: &Value, replica: &Value) {
    let entry = replica_entry(described, replica);
    assert_eq!(entry["ReplicationStatus"], "Failed", "{described}");
    let message = entry["StatusMessage"].as_str();
    assert!(
        message.is_some_and(|message| !message.is_empty()),
        "{described}"
    );
}

// ---- The secret that is to be a replica ----

/// Fact 3.1: `CrossAccountPrimaryARN`: len 20..2048
/// Fact 3.1: `VersionId`: only if a value was given; **absent for an empty secret**
/// Fact 3.6: `CrossAccountPrimary`: cross-account replication
#[tokio::test]
async fn secret_that_names_a_primary_is_pending_and_empty() {
    let server = Server::start().await;
    let other = in_account(&server, OTHER_ACCOUNT);
    let primary = server.create("settings", "v1", "one").await["ARN"].clone();

    let created = other
        .ok(
            "CreateSecret",
            json!({
                "Name": "settings", "ClientRequestToken": version_id("p1"), "CrossAccountPrimaryARN": primary,
            }),
        )
        .await;

    assert_eq!(members(&created), ["ARN", "Name"]);
    let described = describe(&other).await;
    assert_eq!(
        described["CrossAccountPrimary"]["PrimarySecretARN"],
        primary
    );
    assert_eq!(
        described["CrossAccountPrimary"]["ReplicationStatus"],
        "Pending"
    );
    assert!(described.get("VersionIdsToStages").is_none(), "{described}");
    other
        .call("GetSecretValue", json!({"SecretId": "settings"}))
        .await
        .assert_service_error(
            "ResourceNotFoundException",
            "Secrets Manager can't find the specified secret value for staging label: AWSCURRENT",
        );
    let described = describe(&home(&server)).await;
    assert!(
        described.get("CrossAccountReplicas").is_none(),
        "{described}"
    );
}

/// Fact 9.1: `Status` (newest model adds `Pending`, `Detached`)
#[tokio::test]
async fn pending_secret_waits_until_its_primary_associates_it() {
    let server = Server::start().await;
    let other = in_account(&server, OTHER_ACCOUNT);
    let primary = server.create("settings", "v1", "one").await["ARN"].clone();
    create_pending(&other, &primary).await;

    server.advance(chrono::TimeDelta::days(30));
    put(&home(&server), "v2", "two").await;

    for _ in 0..50 {
        let described = describe(&other).await;
        assert_eq!(
            described["CrossAccountPrimary"]["ReplicationStatus"], "Pending",
            "{described}"
        );
        tokio::task::yield_now().await;
    }
}

/// Fact 3.6: `CrossAccountPrimary`, `CrossAccountReplicas`: cross-account replication
#[tokio::test]
async fn other_secrets_show_nothing_of_it() {
    let server = Server::start().await;
    associated(&server, OTHER_ACCOUNT).await;
    for account in [ACCOUNT, OTHER_ACCOUNT] {
        let client = in_account(&server, account);
        client
            .ok(
                "CreateSecret",
                json!({"Name": "other", "ClientRequestToken": version_id("o1"), "SecretString": "other"}),
            )
            .await;
        let described = client
            .ok("DescribeSecret", json!({"SecretId": "other"}))
            .await;
        for member in [
            "CrossAccountPrimary",
            "CrossAccountReplicas",
            "ReplicationStatus",
            "PrimaryRegion",
        ] {
            assert!(described.get(member).is_none(), "{described}");
        }
    }
}

/// Fact 3.1: `CrossAccountPrimaryARN`: len 20..2048
#[tokio::test]
async fn secret_that_names_no_secret_of_another_account_is_not_created() {
    let server = Server::start().await;
    let own = server.create("settings", "v1", "one").await["ARN"].clone();
    for (bad, code) in [
        (own, "InvalidParameterException"),
        (
            json!("there-is-no-arn-in-this"),
            "InvalidParameterException",
        ),
        (json!("a".repeat(19)), "ValidationException"),
        (json!("a".repeat(2049)), "ValidationException"),
    ] {
        server
            .call(
                "CreateSecret",
                json!({
                    "Name": "copy", "ClientRequestToken": version_id("p1"), "CrossAccountPrimaryARN": bad,
                }),
            )
            .await
            .assert_code(code);
    }
    server
        .call("DescribeSecret", json!({"SecretId": "copy"}))
        .await
        .assert_service_error("ResourceNotFoundException", NOT_FOUND);
}

// ---- Association ----

/// Fact 3.24: AssociateCrossAccountReplica: ARN, CrossAccountReplicaARN, ReplicationStatus
#[tokio::test]
async fn answer_is_both_arns_and_a_status() {
    let server = Server::start().await;
    let other = in_account(&server, OTHER_ACCOUNT);
    let primary = server.create("settings", "v1", "one").await["ARN"].clone();
    let replica = create_pending(&other, &primary).await;

    let answer = associate(&server, &replica).await;

    assert_eq!(
        members(&answer),
        ["ARN", "CrossAccountReplicaARN", "ReplicationStatus"]
    );
    assert_eq!(answer["ARN"], primary);
    assert_eq!(answer["CrossAccountReplicaARN"], replica);
    assert!(
        ["InProgress", "Pending", "InSync"]
            .map(Value::from)
            .contains(&answer["ReplicationStatus"]),
        "{answer}"
    );
}

/// Fact 3.24: AssociateCrossAccountReplica (the value arrives, and both sides say so)
#[tokio::test]
async fn value_arrives_and_both_secrets_are_in_sync() {
    let server = Server::start().await;
    let other = in_account(&server, OTHER_ACCOUNT);

    let (primary, replica) = associated(&server, OTHER_ACCOUNT).await;

    let here = describe(&home(&server)).await;
    assert_eq!(
        here["CrossAccountReplicas"]
            .as_array()
            .expect("CrossAccountReplicas is a list")
            .len(),
        1,
        "{here}"
    );
    let entry = replica_entry(&here, &replica);
    assert!(entry.get("ReplicationRoleARN").is_none(), "{here}");
    assert!(here.get("CrossAccountPrimary").is_none(), "{here}");
    let there = describe(&other).await;
    assert_eq!(there["ARN"], replica);
    assert_eq!(there["CrossAccountPrimary"]["PrimarySecretARN"], primary);
    assert_eq!(there["CrossAccountPrimary"]["ReplicationStatus"], "InSync");
    assert!(there.get("CrossAccountReplicas").is_none(), "{there}");
    let value = read(&other).await;
    assert_eq!(value["ARN"], replica);
    assert_eq!(value["SecretString"], "one");
    assert_eq!(value["VersionStages"], json!(["AWSCURRENT"]));
}

/// Fact 2.2: full ARN: exact match; ARN without the `-XXXXXX` tail (partial ARN): resolves by the name part
#[tokio::test]
async fn arn_and_partial_arn_name_the_primary() {
    for cut in [0, 7] {
        let server = Server::start().await;
        let other = in_account(&server, OTHER_ACCOUNT);
        let primary = server.create("settings", "v1", "one").await["ARN"].clone();
        let replica = create_pending(&other, &primary).await;
        let id = primary.as_str().expect("ARN is a string");
        let answer = server
            .ok(
                "AssociateCrossAccountReplica",
                json!({"SecretId": &id[..id.len() - cut], "CrossAccountReplicaARN": replica}),
            )
            .await;
        assert_eq!(answer["ARN"], primary);
        settled(&home(&server), "settings").await;
        settled(&other, "settings").await;
        assert_eq!(read(&other).await["SecretString"], "one");
    }
}

/// Fact 3.24: AssociateCrossAccountReplica (later values follow)
#[tokio::test]
async fn later_values_follow() {
    let server = Server::start().await;
    let (home, other) = (home(&server), in_account(&server, OTHER_ACCOUNT));
    let (_, replica) = associated(&server, OTHER_ACCOUNT).await;

    put(&home, "v2", "two").await;

    let described = settled(&home, "settings").await;
    assert_eq!(
        replica_entry(&described, &replica)["ReplicationStatus"],
        "InSync"
    );
    let described = settled(&other, "settings").await;
    assert_eq!(
        described["CrossAccountPrimary"]["ReplicationStatus"],
        "InSync"
    );
    assert_eq!(read(&other).await["SecretString"], "two");
    let value = other
        .ok(
            "GetSecretValue",
            json!({"SecretId": "settings", "VersionStage": "AWSPREVIOUS"}),
        )
        .await;
    assert_eq!(value["SecretString"], "one");
}

/// Fact 1.6: operation on a replica: `InvalidParameterException` (not InvalidRequest)
#[tokio::test]
async fn replica_in_another_account_refuses_writes() {
    let server = Server::start().await;
    let other = in_account(&server, OTHER_ACCOUNT);
    associated(&server, OTHER_ACCOUNT).await;
    let writes = writes(&other).await;
    let before = describe(&other).await;
    for (operation, body) in writes {
        let answer = other.call(operation, body).await;
        assert_eq!(
            (answer.status, &answer.json()["__type"]),
            (400, &json!("InvalidParameterException")),
            "{operation} answered {}",
            answer.text
        );
    }
    assert_eq!(describe(&other).await, before);
    assert_eq!(read(&other).await["SecretString"], "one");
}

/// Fact 3.6: `CrossAccountReplicas`: cross-account replication (of several accounts)
#[tokio::test]
async fn secret_may_have_replicas_in_two_accounts() {
    let server = Server::start().await;
    let (primary, first) = associated(&server, OTHER_ACCOUNT).await;
    let (same, second) = associated(&server, THIRD_ACCOUNT).await;
    assert_eq!(same, primary);

    put(&home(&server), "v2", "two").await;

    let described = settled(&home(&server), "settings").await;
    for replica in [&first, &second] {
        let entry = replica_entry(&described, replica);
        assert_eq!(entry["ReplicationStatus"], "InSync", "{described}");
    }
    for account in [OTHER_ACCOUNT, THIRD_ACCOUNT] {
        let other = in_account(&server, account);
        settled(&other, "settings").await;
        assert_eq!(read(&other).await["SecretString"], "two", "{account}");
    }
}

/// Fact 3.6: `CrossAccountPrimary`, `CrossAccountReplicas`, `ReplicationStatus` (one secret may have both kinds)
#[tokio::test]
async fn secret_may_have_replicas_in_regions_and_in_accounts() {
    let server = Server::start().await;
    let (home, other) = (home(&server), in_account(&server, OTHER_ACCOUNT));
    replicated(&server, &[EU]).await;
    let (_, replica) = associated(&server, OTHER_ACCOUNT).await;

    put(&home, "v2", "two").await;

    let described = settled(&home, "settings").await;
    assert_eq!(statuses(&described), [(EU, "InSync")]);
    let entry = replica_entry(&described, &replica);
    assert_eq!(entry["ReplicationStatus"], "InSync", "{described}");
    settled(&other, "settings").await;
    for client in [eu(&server), other] {
        assert_eq!(read(&client).await["SecretString"], "two");
    }
}

/// Fact 3.24: AssociateCrossAccountReplica: ReplicaRestriction (`SameOrg` default, `NoRestriction`), ReplicationRoleARN
#[tokio::test]
async fn restriction_is_accepted_and_the_role_is_shown() {
    for restriction in ["SameOrg", "NoRestriction"] {
        let server = Server::start().await;
        let other = in_account(&server, OTHER_ACCOUNT);
        let primary = server.create("settings", "v1", "one").await["ARN"].clone();
        let replica = create_pending(&other, &primary).await;
        server
            .ok(
                "AssociateCrossAccountReplica",
                json!({
                    "SecretId": "settings", "CrossAccountReplicaARN": replica,
                    "ReplicaRestriction": restriction, "ReplicationRoleARN": ROLE,
                }),
            )
            .await;
        let described = settled(&home(&server), "settings").await;
        let entry = replica_entry(&described, &replica);
        assert_eq!(entry["ReplicationStatus"], "InSync", "{described}");
        assert_eq!(entry["ReplicationRoleARN"], ROLE, "{described}");
    }
}

/// Fact 3.24: AssociateCrossAccountReplica (a secret that names no primary ends as Failed)
#[tokio::test]
async fn secret_that_names_no_primary_fails_and_stays_as_it_is() {
    let server = Server::start().await;
    let other = in_account(&server, OTHER_ACCOUNT);
    server.create("settings", "v1", "one").await;
    let theirs = other
        .ok(
            "CreateSecret",
            json!({"Name": "settings", "ClientRequestToken": version_id("o1"), "SecretString": "theirs"}),
        )
        .await["ARN"]
        .clone();
    let before = describe(&other).await;

    associate(&server, &theirs).await;

    assert_failed(&settled(&home(&server), "settings").await, &theirs);
    put(&home(&server), "v2", "two").await;
    assert_failed(&settled(&home(&server), "settings").await, &theirs);
    assert_eq!(describe(&other).await, before);
    assert_eq!(read(&other).await["SecretString"], "theirs");
    put(&other, "o2", "still theirs").await;
}

/// Fact 3.24: AssociateCrossAccountReplica (a secret that names another primary ends as Failed)
#[tokio::test]
async fn secret_that_names_another_primary_fails_and_stays_pending() {
    let server = Server::start().await;
    let other = in_account(&server, OTHER_ACCOUNT);
    let third = in_account(&server, THIRD_ACCOUNT);
    server.create("settings", "v1", "one").await;
    let theirs = third
        .ok(
            "CreateSecret",
            json!({"Name": "settings", "ClientRequestToken": version_id("t1"), "SecretString": "third"}),
        )
        .await["ARN"]
        .clone();
    let replica = create_pending(&other, &theirs).await;

    associate(&server, &replica).await;

    assert_failed(&settled(&home(&server), "settings").await, &replica);
    let described = describe(&other).await;
    assert_eq!(described["CrossAccountPrimary"]["PrimarySecretARN"], theirs);
    assert_eq!(
        described["CrossAccountPrimary"]["ReplicationStatus"],
        "Pending"
    );
    assert!(described.get("VersionIdsToStages").is_none(), "{described}");
}

/// Fact 3.24: AssociateCrossAccountReplica: CrossAccountReplicaARN*
#[tokio::test]
async fn arn_of_the_own_account_and_no_arn_are_refused() {
    let server = Server::start().await;
    let own = server.create("settings", "v1", "one").await["ARN"].clone();
    let other = server.create("other", "v1", "one").await["ARN"].clone();
    for bad in [own, other, json!("there-is-no-arn-in-this")] {
        server
            .call(
                "AssociateCrossAccountReplica",
                json!({"SecretId": "settings", "CrossAccountReplicaARN": bad}),
            )
            .await
            .assert_code("InvalidParameterException");
    }
    let described = describe(&home(&server)).await;
    assert!(
        described.get("CrossAccountReplicas").is_none(),
        "{described}"
    );
}

/// Fact 2.5: secret unknown (any operation)
#[tokio::test]
async fn unknown_secret_is_not_found() {
    let server = Server::start().await;
    server
        .call(
            "AssociateCrossAccountReplica",
            json!({"SecretId": "settings", "CrossAccountReplicaARN": FOREIGN_ARN}),
        )
        .await
        .assert_service_error("ResourceNotFoundException", NOT_FOUND);
}

/// Fact 3: MFD: assume it for all others
#[tokio::test]
async fn deleted_secret_refuses() {
    let server = Server::start().await;
    let other = in_account(&server, OTHER_ACCOUNT);
    let primary = server.create("settings", "v1", "one").await["ARN"].clone();
    let replica = create_pending(&other, &primary).await;
    server
        .ok("DeleteSecret", json!({"SecretId": "settings"}))
        .await;
    server
        .call(
            "AssociateCrossAccountReplica",
            json!({"SecretId": "settings", "CrossAccountReplicaARN": replica}),
        )
        .await
        .assert_service_error("InvalidRequestException", MARKED_FOR_DELETION);
}

/// Fact 1.5: required member missing: `Value null at 'secretId' failed to satisfy constraint: Member must not be null`
#[tokio::test]
async fn both_members_are_required() {
    let server = Server::start().await;
    for (body, member) in [
        (json!({"CrossAccountReplicaARN": FOREIGN_ARN}), "secretId"),
        (json!({"SecretId": "settings"}), "crossAccountReplicaARN"),
    ] {
        server
            .call("AssociateCrossAccountReplica", body)
            .await
            .assert_framework_error(
                "ValidationException",
                &format!(
                    "1 validation error detected: Value null at '{member}' failed to satisfy constraint: \
                     Member must not be null"
                ),
            );
    }
}

/// Fact 3.24: AssociateCrossAccountReplica: ReplicaRestriction (`SameOrg`, `NoRestriction`), ReplicationRoleARN
#[tokio::test]
async fn members_outside_their_constraints_are_refused() {
    let server = Server::start().await;
    server.create("settings", "v1", "one").await;
    for (member, value) in [
        ("CrossAccountReplicaARN", json!("a".repeat(19))),
        ("CrossAccountReplicaARN", json!("a".repeat(2049))),
        ("ReplicaRestriction", json!("SameCountry")),
        ("ReplicationRoleARN", json!("a".repeat(19))),
        ("ReplicationRoleARN", json!("a".repeat(2049))),
    ] {
        let mut body = json!({"SecretId": "settings", "CrossAccountReplicaARN": FOREIGN_ARN});
        body[member] = value;
        server
            .call("AssociateCrossAccountReplica", body)
            .await
            .assert_code("ValidationException");
    }
}

/// Fact 1.6: name has a forbidden character: (also for `SecretId` in every operation when it is not an ARN)
#[tokio::test]
async fn secret_id_with_a_forbidden_character_is_refused() {
    let server = Server::start().await;
    server
        .call(
            "AssociateCrossAccountReplica",
            json!({"SecretId": "a b", "CrossAccountReplicaARN": FOREIGN_ARN}),
        )
        .await
        .assert_framework_error("ValidationException", INVALID_NAME);
}

/// Fact 3.24: AssociateCrossAccountReplica: ARN, CrossAccountReplicaARN, ReplicationStatus (of the replica that is named)
#[tokio::test]
async fn associating_a_replica_in_sync_again_answers_that_it_is_in_sync() {
    let server = Server::start().await;
    let (_, replica) = associated(&server, OTHER_ACCOUNT).await;
    assert_eq!(
        associate(&server, &replica).await["ReplicationStatus"],
        "InSync"
    );
}

/// Fact 3.1: `CrossAccountPrimaryARN` (here: a secret that follows another one brings no value and no replicas)
#[tokio::test]
async fn secret_that_names_a_primary_may_have_no_content_of_its_own() {
    let server = Server::start().await;
    for content in [
        json!({"SecretString": "one"}),
        json!({"AddReplicaRegions": [{"Region": EU}]}),
    ] {
        let mut request = json!({
            "Name": "settings", "ClientRequestToken": version_id("p1"), "CrossAccountPrimaryARN": FOREIGN_ARN,
        });
        for (name, value) in content.as_object().expect("members") {
            request[name] = value.clone();
        }
        server
            .call("CreateSecret", request)
            .await
            .assert_code("InvalidParameterException");
        assert!(describe_if_there(&server).await.is_none());
    }
}
