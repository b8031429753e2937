//! Section 2: ARNs, names, how a `SecretId` finds its secret, and what another account can do with it.

use chrono::TimeDelta;
use regex::Regex;
use serde_json::{Value, json};

use crate::support::{ACCOUNT, Client, NOT_FOUND, REGION, Server, version_id};

/// An account other than the one that owns the secrets.
const OTHER_ACCOUNT: &str = "111111111111";
/// AWS's sentence for a name with a forbidden character.
const INVALID_NAME: &str = "Invalid name. Must be a valid name containing alphanumeric characters, \
                            or any of the following: -/_+=.@!";
/// AWS's sentence for reading or writing a value of another account under the default key.
const FOREIGN_DEFAULT_KEY: &str = "You can't access a secret from a different AWS account if you encrypt \
                                   the secret with the default KMS service key.";

/// The members every request to create a secret in these tests has.
fn creation(name: &str, value: &str) -> Value {
    json!({"Name": name, "ClientRequestToken": version_id("v1"), "SecretString": value})
}

/// Creates a secret as `client` and returns its ARN.
async fn create_as(client: &Client, name: &str) -> String {
    arn(&client.ok("CreateSecret", creation(name, "value")).await)
}

/// Creates a secret in the default account and region and returns its ARN.
async fn create(server: &Server, name: &str) -> String {
    arn(&server.create(name, "v1", "value").await)
}

/// The `ARN` member of an answer.
fn arn(answer: &Value) -> String {
    answer["ARN"].as_str().expect("ARN is a string").to_owned()
}

/// The ARN of a name without a suffix, in the default account and region.
fn partial_arn(name: &str) -> String {
    format!("arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:{name}")
}

/// The six characters at the end of an ARN.
fn suffix(arn: &str) -> &str {
    &arn[arn.len() - 6..]
}

/// A resource policy that lets every account do everything.
fn open_policy() -> Value {
    json!({
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": "*", "Action": "secretsmanager:*", "Resource": "*"},
        ],
    })
}

/// Creates the secret `settings` with a policy that lets every account in, and returns its ARN.
async fn shared_secret(server: &Server) -> String {
    let arn = create(server, "settings").await;
    server
        .ok(
            "PutResourcePolicy",
            json!({"SecretId": arn, "ResourcePolicy": open_policy().to_string()}),
        )
        .await;
    arn
}

/// Every operation that names one existing secret (but for rotation and replication), valid apart from the `SecretId`.
/// In this order they all succeed on one secret whose only version is `v1`.
fn operations_on(secret_id: &str) -> Vec<(&'static str, Value)> {
    vec![
        ("DescribeSecret", json!({"SecretId": secret_id})),
        ("GetSecretValue", json!({"SecretId": secret_id})),
        ("ListSecretVersionIds", json!({"SecretId": secret_id})),
        (
            "PutSecretValue",
            json!({"SecretId": secret_id, "ClientRequestToken": version_id("v2"), "SecretString": "two"}),
        ),
        (
            "UpdateSecret",
            json!({"SecretId": secret_id, "ClientRequestToken": version_id("u1"), "Description": "text"}),
        ),
        (
            "UpdateSecretVersionStage",
            json!({"SecretId": secret_id, "VersionStage": "BLUE", "MoveToVersionId": version_id("v1")}),
        ),
        ("DeleteSecret", json!({"SecretId": secret_id})),
        ("RestoreSecret", json!({"SecretId": secret_id})),
        (
            "TagResource",
            json!({"SecretId": secret_id, "Tags": [{"Key": "team", "Value": "blue"}]}),
        ),
        (
            "UntagResource",
            json!({"SecretId": secret_id, "TagKeys": ["team"]}),
        ),
        ("GetResourcePolicy", json!({"SecretId": secret_id})),
        (
            "PutResourcePolicy",
            json!({"SecretId": secret_id, "ResourcePolicy": open_policy().to_string()}),
        ),
        ("DeleteResourcePolicy", json!({"SecretId": secret_id})),
    ]
}

/// Asserts that `secret_id` finds the secret `name` with the ARN `arn`, for reading its value and for describing it.
async fn assert_finds(server: &Server, secret_id: &str, name: &str, arn: &str) {
    for operation in ["DescribeSecret", "GetSecretValue"] {
        let answer = server.ok(operation, json!({"SecretId": secret_id})).await;
        assert_eq!(answer["ARN"], arn, "{operation} of {secret_id}");
        assert_eq!(answer["Name"], name, "{operation} of {secret_id}");
    }
}

/// Asserts that `secret_id` finds nothing.
async fn assert_finds_nothing(client: &Client, secret_id: &str) {
    for operation in ["DescribeSecret", "GetSecretValue"] {
        client
            .call(operation, json!({"SecretId": secret_id}))
            .await
            .assert_service_error("ResourceNotFoundException", NOT_FOUND);
    }
}

/// Fact 2.1: `arn:{partition}:secretsmanager:{region}:{acct}:secret:{name}-{6 chars}`
/// Fact 2.1: suffix: hyphen + 6 random characters, ASCII letters and digits (mixed case)
/// Fact 2.1: the name keeps its slashes verbatim
#[tokio::test]
async fn arn_is_built_from_region_account_name_and_six_characters() {
    let server = Server::start().await;
    let expected = Regex::new(
        "^arn:aws:secretsmanager:us-east-1:000000000000:secret:prod/db/main-[A-Za-z0-9]{6}$",
    )
    .expect("the pattern is valid");

    let arn = create(&server, "prod/db/main").await;

    assert!(expected.is_match(&arn), "{arn}");
}

/// Fact 2.1: recreating a secret with the same name yields a **different** suffix
#[tokio::test]
async fn recreating_a_secret_gives_it_another_suffix() {
    let server = Server::start().await;
    let first = create(&server, "settings").await;
    server
        .ok(
            "DeleteSecret",
            json!({"SecretId": "settings", "ForceDeleteWithoutRecovery": true}),
        )
        .await;
    server.advance(TimeDelta::minutes(1));

    let second = create(&server, "settings").await;

    assert_ne!(suffix(&first), suffix(&second));
    assert_finds(&server, "settings", "settings", &second).await;
    assert_finds_nothing(&server.client(ACCOUNT, REGION), &first).await;
}

/// Fact 2.1: partitions: `aws`, `aws-cn`, `aws-us-gov`
#[tokio::test]
async fn arn_names_the_partition_of_its_region() {
    let server = Server::start().await;
    for (region, partition) in [
        ("eu-west-1", "aws"),
        ("cn-north-1", "aws-cn"),
        ("us-gov-west-1", "aws-us-gov"),
    ] {
        let arn = create_as(&server.client(ACCOUNT, region), "settings").await;
        let start = format!("arn:{partition}:secretsmanager:{region}:{ACCOUNT}:secret:settings-");
        assert!(arn.starts_with(&start), "{arn}");
    }
}

/// Fact 2.2: name: caller's account + request Region
/// Fact 2.2: full ARN: exact match
/// Fact 2.2: ARN without the `-XXXXXX` tail (partial ARN): resolves by the name part
/// Fact 2.2: any of the above: responses echo the full `ARN` and `Name` whatever form was given
#[tokio::test]
async fn name_arn_and_partial_arn_find_the_secret() {
    let server = Server::start().await;
    let arn = create(&server, "prod/db/main").await;

    for secret_id in ["prod/db/main", &arn, &partial_arn("prod/db/main")] {
        assert_finds(&server, secret_id, "prod/db/main", &arn).await;
    }
}

/// Fact 2.2: any of the above: responses echo the full `ARN` and `Name` whatever form was given
#[tokio::test]
async fn writes_echo_full_arn_and_name_for_a_partial_arn() {
    let server = Server::start().await;
    let arn = create(&server, "settings").await;

    for (operation, body) in operations_on(&partial_arn("settings")) {
        let answer = server.call(operation, body).await;
        assert_eq!(answer.status, 200, "{operation}: {}", answer.text);
        if answer.text.is_empty() {
            continue;
        }
        assert_eq!(answer.json()["ARN"], arn, "{operation}");
        assert_eq!(answer.json()["Name"], "settings", "{operation}");
    }
}

/// Fact 2.2: partial ARN of a name that itself ends in hyphen + 6 characters: **not found**
/// Fact 2.3: a name ending in hyphen + 6 characters is legal, only discouraged
#[tokio::test]
async fn partial_arn_of_a_name_that_looks_suffixed_is_not_found() {
    let server = Server::start().await;
    let arn = create(&server, "N-a1b2c3").await;

    assert_finds_nothing(&server.client(ACCOUNT, REGION), &partial_arn("N-a1b2c3")).await;
    assert_finds(&server, "N-a1b2c3", "N-a1b2c3", &arn).await;
    assert_finds(&server, &arn, "N-a1b2c3", &arn).await;
}

/// Fact 2.2: partial ARN of a name that itself ends in hyphen + 6 characters: it is read as a full ARN of name `N`
#[tokio::test]
async fn partial_arn_that_looks_suffixed_does_not_find_the_shorter_name_either() {
    let server = Server::start().await;
    create(&server, "N").await;
    create(&server, "N-a1b2c3").await;

    assert_finds_nothing(&server.client(ACCOUNT, REGION), &partial_arn("N-a1b2c3")).await;
}

/// Fact 2.2: same with fewer than 6 (`N-a1b2`) or a trailing hyphen (`N-a1b2c3-`): partial ARN resolves
#[tokio::test]
async fn partial_arn_of_a_name_with_another_tail_resolves() {
    let server = Server::start().await;
    for name in ["N-a1b2", "N-a1b2c3-"] {
        let arn = create(&server, name).await;
        assert_finds(&server, &partial_arn(name), name, &arn).await;
    }
}

/// Fact 2.2: ARN with right name, wrong 6 characters: not found
#[tokio::test]
async fn arn_with_another_suffix_finds_nothing() {
    let server = Server::start().await;
    let arn = create(&server, "settings").await;
    let wrong = if suffix(&arn) == "AAAAAA" {
        "BBBBBB"
    } else {
        "AAAAAA"
    };

    let other = format!("{}-{wrong}", partial_arn("settings"));

    assert_finds_nothing(&server.client(ACCOUNT, REGION), &other).await;
}

/// Fact 2.2: match is case-sensitive
#[tokio::test]
async fn names_and_arns_match_by_case() {
    let server = Server::start().await;
    let upper = create(&server, "Settings").await;
    let client = server.client(ACCOUNT, REGION);

    assert_finds_nothing(&client, "settings").await;
    assert_finds_nothing(&client, &partial_arn("settings")).await;
    assert_finds_nothing(&client, &upper.replace("Settings", "settings")).await;

    let lower = create(&server, "settings").await;
    assert_finds(&server, "Settings", "Settings", &upper).await;
    assert_finds(&server, "settings", "settings", &lower).await;
}

/// Fact 2.2: ARN whose Region differs from the endpoint Region: not redirected
#[tokio::test]
async fn arn_of_another_region_is_refused() {
    let server = Server::start().await;
    let arn = create(&server, "settings").await;

    let answer = server
        .client(ACCOUNT, "eu-west-1")
        .call("GetSecretValue", json!({"SecretId": arn}))
        .await;

    assert_eq!(answer.status, 400, "{}", answer.text);
}

/// Fact 2.2: name: caller's account + request Region
/// Fact 2.3: unique per account + Region
#[tokio::test]
async fn one_name_is_another_secret_in_every_account_and_region() {
    let server = Server::start().await;
    let places = [
        (ACCOUNT, REGION),
        (ACCOUNT, "eu-west-1"),
        (OTHER_ACCOUNT, REGION),
        (OTHER_ACCOUNT, "eu-west-1"),
    ];
    for (account, region) in places {
        let value = format!("{account} {region}");
        let created = server
            .client(account, region)
            .ok("CreateSecret", creation("settings", &value))
            .await;
        let start = format!("arn:aws:secretsmanager:{region}:{account}:secret:settings-");
        assert!(arn(&created).starts_with(&start), "{created}");
    }

    for (account, region) in places {
        let answer = server
            .client(account, region)
            .ok("GetSecretValue", json!({"SecretId": "settings"}))
            .await;
        assert_eq!(answer["SecretString"], format!("{account} {region}"));
    }
}

/// Fact 2.2: name: caller's account + request Region (a key id of exactly twelve digits is the account; any other
/// belongs to the default account)
#[tokio::test]
async fn only_a_key_id_of_twelve_digits_names_an_account() {
    let server = Server::start().await;
    for (key_id, account) in [
        ("123456789012", "123456789012"),
        ("AKIAIOSFODNN7EXAMPLE", ACCOUNT),
        ("12345678901", ACCOUNT),
        ("1234567890123", ACCOUNT),
        ("12345678901a", ACCOUNT),
    ] {
        let created = create_as(&server.client(key_id, "eu-west-1"), key_id).await;
        let start = format!("arn:aws:secretsmanager:eu-west-1:{account}:secret:{key_id}-");
        assert!(created.starts_with(&start), "{created}");
    }
}

/// Fact 2.2: name: caller's account + request Region (without credentials, the default ones)
#[tokio::test]
async fn request_without_credentials_belongs_to_the_default_account_and_region() {
    let server = Server::start().await;
    let arn = create(&server, "settings").await;

    let described = server
        .client(ACCOUNT, REGION)
        .ok("DescribeSecret", json!({"SecretId": "settings"}))
        .await;

    assert_eq!(described["ARN"], arn);
}

/// Fact 2.2: bare name for a secret in another account: never found; an ARN is required
#[tokio::test]
async fn bare_name_never_finds_a_secret_of_another_account() {
    let server = Server::start().await;
    let arn = shared_secret(&server).await;
    let other = server.client(OTHER_ACCOUNT, REGION);

    assert_finds_nothing(&other, "settings").await;

    let described = other.ok("DescribeSecret", json!({"SecretId": arn})).await;
    assert_eq!(described["Name"], "settings");
}

/// Fact 2.3: allowed: ASCII letters, digits, `/ _ + = . @ -`
/// Fact 2.3: leading slash allowed
#[tokio::test]
async fn name_may_have_every_allowed_character() {
    let server = Server::start().await;
    for name in ["azAZ09/_+=.@-", "/prod/db", "-", "0"] {
        let arn = create(&server, name).await;
        assert_finds(&server, name, name, &arn).await;
    }
}

/// Fact 1.6: name has a forbidden character: `ValidationException` with **its own text**
/// Fact 2.3: allowed: ASCII letters, digits, `/ _ + = . @ -`
#[tokio::test]
async fn name_with_a_forbidden_character_is_refused_on_creation() {
    let server = Server::start().await;
    for name in ["a b", "*?]\\", "a:b", "a,b", "a#b", "naïve", " ", "a\n"] {
        let answer = server.call("CreateSecret", creation(name, "value")).await;
        assert_eq!(
            (answer.status, answer.json()),
            (
                400,
                json!({"__type": "ValidationException", "message": INVALID_NAME})
            ),
            "{name:?}"
        );
    }
}

/// Fact 1.6: name has a forbidden character: (also for `SecretId` in every operation when it is not an ARN)
#[tokio::test]
async fn secret_id_with_a_forbidden_character_is_refused_by_every_operation() {
    let server = Server::start().await;
    for secret_id in ["a b", "*?]\\"] {
        let mut operations = operations_on(secret_id);
        operations.push((
            "ValidateResourcePolicy",
            json!({"SecretId": secret_id, "ResourcePolicy": open_policy().to_string()}),
        ));
        for (operation, body) in operations {
            let answer = server.call(operation, body).await;
            assert_eq!(
                (answer.status, answer.json()),
                (
                    400,
                    json!({"__type": "ValidationException", "message": INVALID_NAME})
                ),
                "{operation} of {secret_id:?}"
            );
        }
    }
}

/// Fact 2.3: create-time length 1–512 (`NameType`)
#[tokio::test]
async fn name_of_512_characters_is_found_by_name_and_arn() {
    let server = Server::start().await;
    let name = "n".repeat(512);
    let arn = create(&server, &name).await;

    for secret_id in [&name, &arn, &partial_arn(&name)] {
        assert_finds(&server, secret_id, &name, &arn).await;
    }
}

/// Fact 2.3: `SecretId` length 1–2048
#[tokio::test]
async fn secret_id_of_2048_characters_is_only_unknown() {
    let server = Server::start().await;
    assert_finds_nothing(&server.client(ACCOUNT, REGION), &"n".repeat(2048)).await;
}

/// Fact 2.3: `SecretId` length 1–2048
/// Fact 1.5: too long; too short
#[tokio::test]
async fn secret_id_outside_1_to_2048_characters_is_refused_by_every_operation() {
    let server = Server::start().await;
    let long = "n".repeat(2049);
    let too_long = format!(
        "1 validation error detected: Value '{long}' at 'secretId' failed to satisfy constraint: \
         Member must have length less than or equal to 2048"
    );
    let too_short = "1 validation error detected: Value '' at 'secretId' failed to satisfy constraint: \
                     Member must have length greater than or equal to 1";
    for (secret_id, message) in [(long.as_str(), too_long.as_str()), ("", too_short)] {
        for (operation, body) in operations_on(secret_id) {
            let answer = server.call(operation, body).await;
            assert_eq!(
                (answer.status, answer.json()),
                (
                    400,
                    json!({"__type": "ValidationException", "message": message})
                ),
                "{operation}"
            );
        }
    }
}

/// Fact 2.5: secret unknown (any operation)
#[tokio::test]
async fn every_operation_answers_the_same_for_an_unknown_secret() {
    let server = Server::start().await;
    for secret_id in ["unknown", &partial_arn("unknown-AbCdEf")] {
        for (operation, body) in operations_on(secret_id) {
            let answer = server.call(operation, body).await;
            assert_eq!(
                (answer.status, answer.json()),
                (
                    400,
                    json!({"__type": "ResourceNotFoundException", "Message": NOT_FOUND})
                ),
                "{operation} of {secret_id}"
            );
        }
    }
}

/// Fact 2.2: ARN of another account, allowed by resource policy: works for most operations
/// Fact 2.4: `DescribeSecret`, `ListSecretVersionIds`, Get/`PutResourcePolicy`, Tag/`UntagResource`, `DeleteSecret`,
/// `RestoreSecret`: works
#[tokio::test]
async fn another_account_can_do_everything_that_needs_no_value() {
    let server = Server::start().await;
    let arn = shared_secret(&server).await;
    let other = server.client(OTHER_ACCOUNT, REGION);
    let secret = json!({"SecretId": arn});
    let policy = open_policy().to_string();

    for (operation, body) in [
        ("DescribeSecret", secret.clone()),
        ("ListSecretVersionIds", secret.clone()),
        (
            "PutResourcePolicy",
            json!({"SecretId": arn, "ResourcePolicy": policy}),
        ),
        ("GetResourcePolicy", secret.clone()),
        ("DeleteSecret", secret.clone()),
        ("RestoreSecret", secret.clone()),
    ] {
        let answer = other.ok(operation, body).await;
        assert_eq!(answer["ARN"], arn, "{operation}");
        assert_eq!(answer["Name"], "settings", "{operation}");
    }
    for (operation, body) in [
        (
            "TagResource",
            json!({"SecretId": arn, "Tags": [{"Key": "team", "Value": "blue"}]}),
        ),
        (
            "UntagResource",
            json!({"SecretId": arn, "TagKeys": ["team"]}),
        ),
    ] {
        let answer = other.call(operation, body).await;
        assert_eq!(
            (answer.status, answer.text.as_str()),
            (200, ""),
            "{operation}"
        );
    }
}

/// Fact 2.4: `DescribeSecret`, `ListSecretVersionIds`, Get/`PutResourcePolicy`, Tag/`UntagResource`, `DeleteSecret`,
/// `RestoreSecret`: works
#[tokio::test]
async fn another_account_changes_the_owners_secret() {
    let server = Server::start().await;
    let arn = shared_secret(&server).await;
    let other = server.client(OTHER_ACCOUNT, REGION);

    other
        .call(
            "TagResource",
            json!({"SecretId": arn, "Tags": [{"Key": "team", "Value": "blue"}]}),
        )
        .await;
    other.ok("DeleteSecret", json!({"SecretId": arn})).await;

    let described = server
        .ok("DescribeSecret", json!({"SecretId": "settings"}))
        .await;
    assert_eq!(described["ARN"], arn);
    assert_eq!(described["Tags"], json!([{"Key": "team", "Value": "blue"}]));
    assert!(described["DeletedDate"].is_number(), "{described}");
}

/// Fact 2.4: `GetSecretValue`, `PutSecretValue`: `InvalidRequestException`
#[tokio::test]
async fn another_account_cannot_touch_a_value_under_the_default_key() {
    let server = Server::start().await;
    let arn = shared_secret(&server).await;
    let other = server.client(OTHER_ACCOUNT, REGION);

    other
        .call("GetSecretValue", json!({"SecretId": arn}))
        .await
        .assert_service_error("InvalidRequestException", FOREIGN_DEFAULT_KEY);
    other
        .call(
            "PutSecretValue",
            json!({"SecretId": arn, "ClientRequestToken": version_id("v2"), "SecretString": "two"}),
        )
        .await
        .assert_service_error("InvalidRequestException", FOREIGN_DEFAULT_KEY);

    let value = server
        .ok("GetSecretValue", json!({"SecretId": "settings"}))
        .await;
    assert_eq!(value["SecretString"], "value");
}

/// Fact 2.4: `ListSecrets`: never shows foreign secrets
#[tokio::test]
async fn list_never_shows_a_secret_of_another_account_or_region() {
    let server = Server::start().await;
    shared_secret(&server).await;

    for (account, region) in [(OTHER_ACCOUNT, REGION), (ACCOUNT, "eu-west-1")] {
        let list = server
            .client(account, region)
            .ok("ListSecrets", json!({}))
            .await;
        assert_eq!(list, json!({"SecretList": []}), "{account} {region}");
    }
}
