//! `RotateSecret`: its answer, the settings that it stores and keeps, replicas, and managed external secrets.

use serde_json::{Value, json};

use crate::replication::{self, EU, READ_ONLY, eu, home, labels, replicated};
use crate::rotation::{
    STEPS, assert_next, bare, describe, request, rotate, settled, started, succeed, value,
    with_rules,
};
use crate::support::function::{FUNCTION_ARN, Function, value_of};
use crate::support::{Server, version_id};

/// Fact 3.13: Response `ARN`, `Name`, `VersionId`
/// Fact 3.13: `ClientRequestToken`: 32..64; becomes the new `VersionId`
#[tokio::test]
async fn answer_names_the_secret_and_its_new_version() {
    let (_function, server) = started().await;
    let arn = describe(&server).await["ARN"].clone();
    for (id, token) in [(json!("settings"), "r1"), (arn.clone(), "r2")] {
        let mut body = request(token);
        body["SecretId"] = id;
        assert_eq!(
            server.ok("RotateSecret", body).await,
            json!({"ARN": arn, "Name": "settings", "VersionId": version_id(token)})
        );
        settled(&server, token).await;
    }
}

/// Fact 5.5: Configuration members present → stored, then rotated at once
/// Fact 3.6: `RotationLambdaARN`, `RotationRules`: configured at least once
/// Fact 3.6: `RotationEnabled`: absent if rotation was never configured; true when on
/// Fact 3.13: `RotateImmediately`: default true
#[tokio::test]
async fn configuration_is_stored_and_the_secret_rotated_at_once() {
    for immediately in [None, Some(true)] {
        let (function, server) = started().await;
        let mut body = request("r1");
        if let Some(immediately) = immediately {
            body["RotateImmediately"] = json!(immediately);
        }

        succeed(&server, body).await;

        assert_eq!(function.steps(), STEPS);
        let described = describe(&server).await;
        assert_eq!(described["RotationEnabled"], true);
        assert_eq!(described["RotationLambdaARN"], FUNCTION_ARN);
        assert_eq!(
            described["RotationRules"],
            json!({"AutomaticallyAfterDays": 30})
        );
    }
}

/// Fact 3.11: Entry = `DescribeSecret` members with these differences
#[tokio::test]
async fn list_shows_the_settings_too() {
    let (_function, server) = started().await;
    rotate(&server, "r1").await;

    let described = describe(&server).await;

    let list = server.ok("ListSecrets", json!({})).await;
    for member in [
        "RotationEnabled",
        "RotationLambdaARN",
        "RotationRules",
        "LastRotatedDate",
        "NextRotationDate",
    ] {
        assert!(described.get(member).is_some(), "{member}");
        assert_eq!(
            list["SecretList"][0].get(member),
            described.get(member),
            "{member}"
        );
    }
}

/// Fact 5.5: `RotationRules` alone on an already configured secret keeps the stored function
#[tokio::test]
async fn rules_alone_keep_the_function() {
    let (function, server) = started().await;
    rotate(&server, "r1").await;
    let mut body = bare("r2");
    body["RotationRules"] = json!({"AutomaticallyAfterDays": 7});

    succeed(&server, body).await;

    let described = describe(&server).await;
    assert_eq!(described["RotationLambdaARN"], FUNCTION_ARN);
    assert_eq!(
        described["RotationRules"],
        json!({"AutomaticallyAfterDays": 7})
    );
    assert_next(&described, "2026-01-23T00:00:00Z");
    assert_eq!(function.steps().len(), 8);
}

/// Fact 5.5: no parameters, rotation configured: starts a rotation with the stored settings
#[tokio::test]
async fn bare_request_rotates_with_the_stored_settings() {
    let (function, server) = started().await;
    rotate(&server, "r1").await;
    let before = describe(&server).await;

    succeed(&server, bare("r2")).await;

    let after = describe(&server).await;
    for member in ["RotationEnabled", "RotationLambdaARN", "RotationRules"] {
        assert_eq!(after[member], before[member], "{member}");
    }
    assert_eq!(function.tokens()[4..], vec![version_id("r2"); 4]);
}

/// Fact 5.5: Configuration members present → stored, then rotated at once
#[tokio::test]
async fn another_function_takes_the_place_of_the_first() {
    let (function, server) = started().await;
    rotate(&server, "r1").await;
    let other = FUNCTION_ARN.replace(":rotate", ":another");
    let mut body = request("r2");
    body["RotationLambdaARN"] = json!(other);

    succeed(&server, body).await;

    assert_eq!(describe(&server).await["RotationLambdaARN"], other);
    for (index, invocation) in function.invocations().iter().enumerate() {
        let name = if index < 4 { "rotate" } else { "another" };
        assert!(invocation.path.contains(name), "{}", invocation.path);
    }
}

/// Fact 1.1: unknown members: silently ignored: a `RotateSecret` carrying `SecretString` and `Description`
#[tokio::test]
async fn members_of_other_operations_are_ignored() {
    let (_function, server) = started().await;
    let mut body = request("r1");
    body["SecretString"] = json!("mine");
    body["Description"] = json!("text");

    succeed(&server, body).await;

    assert_eq!(value(&server).await, value_of(&version_id("r1")));
    assert!(describe(&server).await.get("Description").is_none());
}

// ---- Replicas ----

/// Fact 5.5: replica 9.3
/// Fact 9.3: `InvalidParameterException` (400): `Operation not permitted on a replica secret`
#[tokio::test]
async fn replica_cannot_be_rotated() {
    let (function, server) = started_with_replica().await;
    eu(&server)
        .call("RotateSecret", request("r1"))
        .await
        .assert_service_error("InvalidParameterException", READ_ONLY);
    assert!(function.steps().is_empty());
    for client in [home(&server), eu(&server)] {
        let described = replication::describe(&client).await;
        assert!(described.get("RotationEnabled").is_none(), "{described}");
    }
}

/// Fact 9.3: rotation is configured on the primary only; new values propagate
#[tokio::test]
async fn rotated_value_reaches_the_replica() {
    let (function, server) = started_with_replica().await;

    succeed(&server, request("r1")).await;

    let primary = replication::settled(&home(&server), "settings").await;
    let replica = replication::describe(&eu(&server)).await;
    assert_eq!(labels(&replica), labels(&primary));
    let read = replication::read(&eu(&server)).await;
    assert_eq!(read["VersionId"], version_id("r1"));
    assert_eq!(read["SecretString"], value_of(&version_id("r1")));
    assert_eq!(function.steps(), STEPS);
}

/// Starts a function, and the secret `settings` with a replica that is in sync.
async fn started_with_replica() -> (Function, Server) {
    let function = Function::start().await;
    let server = Server::start_with_function(&function).await;
    replicated(&server, &[EU]).await;
    (function, server)
}

// ---- Managed external secrets ----

/// The types of managed external secrets that AWS documents.
const TYPES: [&str; 17] = [
    "SalesforceClientSecret",
    "BigIDClientSecret",
    "SnowflakeKeyPairAuthentication",
    "SnowflakePat",
    "MongoDBAtlasServiceAccount",
    "MongoDBAtlasDatabaseUser",
    "ConfluentCloudApiKey",
    "DatabricksPAT",
    "DatabricksSPSecret",
    "DatadogApiKey",
    "DatadogApplicationKey",
    "DatadogAdminKey",
    "GitLabAccessToken",
    "JenkinsApiToken",
    "NetskopeApiToken",
    "PaddleApiKey",
    "CiscoSecurityPlatformApiKey",
];

/// The members by which a managed external secret is rotated.
pub(crate) fn external_members() -> Value {
    json!({
        "ExternalSecretRotationMetadata": [
            {"Key": "adminSecretArn", "Value": "arn:aws:secretsmanager:us-east-1:000000000000:secret:a-AbCdEf"},
            {"Key": "apiVersion", "Value": "v65.0"},
        ],
        "ExternalSecretRotationRoleArn": "arn:aws:iam::000000000000:role/rotation",
    })
}

/// Fact 5.7: `Type` on Create/UpdateSecret, Describe/List: exact partner type
/// Fact 5.7: types documented: `SalesforceClientSecret`, `BigIDClientSecret`
#[tokio::test]
async fn type_of_a_managed_external_secret_is_kept_and_shown() {
    let server = Server::start().await;
    server.create("settings", "v1", "one").await;
    for (index, kind) in TYPES.into_iter().enumerate() {
        let name = format!("external-{index}");
        let token = version_id("v1");
        server
            .ok(
                "CreateSecret",
                json!({"Name": name, "ClientRequestToken": token, "SecretString": "one", "Type": kind}),
            )
            .await;
        let mut update = bare("u1");
        update["Type"] = json!(kind);
        server.ok("UpdateSecret", update).await;
        for id in [name.as_str(), "settings"] {
            let described = server.ok("DescribeSecret", json!({"SecretId": id})).await;
            assert_eq!(described["Type"], kind, "{id}");
        }
    }
    let list = server.ok("ListSecrets", json!({})).await;
    let entries = list["SecretList"].as_array().expect("a list of secrets");
    let mut found: Vec<&str> = entries
        .iter()
        .filter(|entry| entry["Name"] != "settings")
        .filter_map(|entry| entry["Type"].as_str())
        .collect();
    found.sort_unstable();
    let mut expected = TYPES;
    expected.sort_unstable();
    assert_eq!(found, expected);
}

/// Fact 3.6: `Type`, `ExternalSecretRotationMetadata`, `ExternalSecretRotationRoleArn`: managed external secrets
/// Fact 3.13: `ExternalSecretRotationMetadata`: list of {Key 1..256, Value 1..2048}
/// Fact 3.13: `ExternalSecretRotationRoleArn`: 20..2048
#[tokio::test]
async fn metadata_and_role_are_stored_and_shown() {
    let (_function, server) = started().await;
    let mut body = with_rules("r1", json!({"AutomaticallyAfterDays": 30}));
    let external = external_members();
    let members = external.as_object().expect("members");
    body.as_object_mut()
        .expect("a request is an object")
        .extend(members.clone());

    server.ok("RotateSecret", body).await;
    settled(&server, "r1").await;

    let described = describe(&server).await;
    let list = server.ok("ListSecrets", json!({})).await;
    for (member, value) in members {
        assert_eq!(&described[member], value);
        assert_eq!(&list["SecretList"][0][member], value);
    }
}

/// Whoever compares answers as texts cares for the order of their members.
#[tokio::test]
async fn settings_are_shown_in_one_order() {
    let (_function, server) = started().await;
    rotate(&server, "r1").await;
    let rules =
        r#"{"AutomaticallyAfterDays":10,"Duration":"3h","ScheduleExpression":"rate(10 days)"}"#;
    let mut body = with_rules(
        "r2",
        json!({"Duration": "3h", "ScheduleExpression": "rate(10 days)"}),
    );
    body["ExternalSecretRotationRoleArn"] =
        external_members()["ExternalSecretRotationRoleArn"].take();
    server.ok("RotateSecret", body).await;
    settled(&server, "r2").await;

    let answer = server.call("ListSecrets", json!({})).await;

    let members = [
        r#""RotationEnabled":true,"RotationLambdaARN":""#,
        &format!(r#","RotationRules":{rules},"LastRotatedDate":"#),
        r#","NextRotationDate":"#,
        r#","ExternalSecretRotationRoleArn":""#,
        r#","SecretVersionsToStages":"#,
    ];
    let places = members.map(|member| answer.text.find(member));
    assert!(places.iter().all(Option::is_some), "{}", answer.text);
    assert!(places.is_sorted(), "{}", answer.text);
}
