//! Sections 3.15 and 8.1 and the policy quota of section 7: which resource policies are accepted and stored.

use serde_json::{Value, json};

use crate::support::{ACCOUNT, Answer, MARKED_FOR_DELETION, NOT_FOUND, Server};

/// A policy with one statement.
fn policy(statement: &Value) -> Value {
    json!({"Version": "2012-10-17", "Statement": [statement]})
}

/// A statement that allows reading the value, with this principal.
fn allow(principal: &Value) -> Value {
    json!({
        "Effect": "Allow", "Principal": principal, "Action": "secretsmanager:GetSecretValue", "Resource": "*",
    })
}

/// The secret's own account.
fn own_account() -> Value {
    json!({"AWS": format!("arn:aws:iam::{ACCOUNT}:root")})
}

/// A policy that lets only the secret's own account in.
fn narrow() -> Value {
    policy(&allow(&own_account()))
}

/// A server with the secret `settings`, without a policy.
async fn server_with_secret() -> Server {
    let server = Server::start().await;
    server.create("settings", "v1", "one").await;
    server
}

/// Sends a policy text for the secret `settings`, with these other members in the request.
async fn send(server: &Server, text: &str, mut request: Value) -> Answer {
    request["SecretId"] = json!("settings");
    request["ResourcePolicy"] = json!(text);
    server.call("PutResourcePolicy", request).await
}

/// Stores a policy for the secret `settings`.
async fn put(server: &Server, policy: &Value) {
    let answer = send(server, &policy.to_string(), json!({})).await;
    assert_eq!(answer.status, 200, "{policy}: {}", answer.text);
}

/// The policy of the secret `settings`.
async fn stored(server: &Server) -> Option<Value> {
    let answer = server
        .ok("GetResourcePolicy", json!({"SecretId": "settings"}))
        .await;
    let text = answer.get("ResourcePolicy")?.as_str()?;
    Some(serde_json::from_str(text).expect("the policy is JSON"))
}

/// Fact 3.15: Response `ARN`, `Name` (+ `PolicyName` newest model).
#[tokio::test]
async fn answer_is_arn_and_name() {
    let server = Server::start().await;
    let arn = server.create("settings", "v1", "one").await["ARN"].clone();

    let answer = send(&server, &narrow().to_string(), json!({})).await;

    assert_eq!(answer.status, 200, "{}", answer.text);
    let mut body = answer.json();
    let policy_name = body
        .as_object_mut()
        .and_then(|members| members.remove("PolicyName"));
    assert!(policy_name.is_none_or(|name| name == "default"));
    assert_eq!(body, json!({"ARN": arn, "Name": "settings"}));
}

/// Fact 8.1: `Principal: "*"` is **accepted by default** (BlockPublicPolicy defaults to false)
/// Fact 12: Put/Get/Delete resource policy with Principal "*": accepted; Get returns it; Delete 200
#[tokio::test]
async fn policy_for_everyone_is_accepted_by_default() {
    let server = server_with_secret().await;
    for principal in [json!("*"), json!({"AWS": "*"})] {
        for block in [Value::Null, json!(false)] {
            let policy = policy(&allow(&principal));
            let answer = send(
                &server,
                &policy.to_string(),
                json!({"BlockPublicPolicy": block}),
            )
            .await;
            assert_eq!(answer.status, 200, "{policy}: {}", answer.text);
            assert_eq!(stored(&server).await, Some(policy));
        }
    }
    let deleted = server
        .call("DeleteResourcePolicy", json!({"SecretId": "settings"}))
        .await;
    assert_eq!(deleted.status, 200, "{}", deleted.text);
}

/// Fact 8.1: `BlockPublicPolicy: true` and broad access → `PublicPolicyException`
/// Fact 8.1: broad access: wildcard principal without a narrowing condition
#[tokio::test]
async fn blocked_policy_for_everyone_is_refused_and_not_stored() {
    let server = server_with_secret().await;
    put(&server, &narrow()).await;
    let own = own_account()["AWS"].clone();
    for principal in [
        json!("*"),
        json!({"AWS": "*"}),
        json!({"AWS": ["*"]}),
        json!({"AWS": [own, "*"]}),
    ] {
        let broad = policy(&allow(&principal));
        send(
            &server,
            &broad.to_string(),
            json!({"BlockPublicPolicy": true}),
        )
        .await
        .assert_code("PublicPolicyException");
        assert_eq!(stored(&server).await, Some(narrow()), "{broad}");
    }
}

/// Fact 8.1: broad access (in any of the statements)
#[tokio::test]
async fn blocked_policy_is_judged_by_each_statement() {
    let server = server_with_secret().await;
    let policy = json!({
        "Version": "2012-10-17",
        "Statement": [allow(&own_account()), allow(&json!("*"))],
    });
    send(
        &server,
        &policy.to_string(),
        json!({"BlockPublicPolicy": true}),
    )
    .await
    .assert_code("PublicPolicyException");
    assert_eq!(stored(&server).await, None);
}

/// Fact 8.1: Deny statements and conditions such as `aws:PrincipalOrgID`, `aws:SourceVpce` narrow it
#[tokio::test]
async fn blocked_policy_that_is_narrow_is_accepted() {
    let server = server_with_secret().await;
    let with_condition = |condition: Value| {
        let mut statement = allow(&json!("*"));
        statement["Condition"] = condition;
        policy(&statement)
    };
    let mut deny = allow(&json!("*"));
    deny["Effect"] = json!("Deny");
    deny["Condition"] = json!({"StringNotEquals": {"aws:SourceVpce": "vpce-1a2b3c4d"}});
    for policy in [
        narrow(),
        with_condition(json!({"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}})),
        with_condition(json!({"StringEquals": {"aws:SourceVpce": "vpce-1a2b3c4d"}})),
        policy(&deny),
    ] {
        let answer = send(
            &server,
            &policy.to_string(),
            json!({"BlockPublicPolicy": true}),
        )
        .await;
        assert_eq!(answer.status, 200, "{policy}: {}", answer.text);
        assert_eq!(stored(&server).await, Some(policy));
    }
}

/// Fact 8.1: JSON syntax error → `MalformedPolicyDocumentException`
#[tokio::test]
async fn text_that_is_no_json_is_malformed() {
    let server = server_with_secret().await;
    put(&server, &narrow()).await;
    let cut = narrow().to_string();
    for text in [
        "no JSON",
        " ",
        "{",
        "{\"Version\": \"2012-10-17\", \"Statement\": [}",
        &cut[..cut.len() - 1],
        "{'Version': '2012-10-17', 'Statement': []}",
    ] {
        let answer = send(&server, text, json!({})).await;
        assert_eq!(answer.status, 400, "{text}: {}", answer.text);
        let body = answer.json();
        assert_eq!(body["__type"], "MalformedPolicyDocumentException", "{text}");
        assert!(body.get("message").is_none(), "{body}");
        assert_eq!(stored(&server).await, Some(narrow()), "{text}");
    }
}

/// Fact 8.1: principal that does not exist → `MalformedPolicyDocumentException`
#[tokio::test]
async fn principal_that_cannot_exist_is_unsupported() {
    let server = server_with_secret().await;
    for principal in [json!({"AWS": "nobody"}), json!({"AWS": "arn:aws:iam::"})] {
        let policy = policy(&allow(&principal)).to_string();
        let answer = send(&server, &policy, json!({})).await;
        answer.assert_code("MalformedPolicyDocumentException");
        let body = answer.json();
        let message = body["Message"].as_str().expect("Message is a string");
        assert!(
            message.starts_with("This resource policy contains an unsupported principal"),
            "{message}"
        );
    }
    assert_eq!(stored(&server).await, None);
}

/// Fact 8.1: typical required shape: Version `2012-10-17`, Statement with Effect, Principal, Action, Resource
#[tokio::test]
async fn policy_without_a_required_part_is_malformed() {
    let server = server_with_secret().await;
    let mut policies = vec![json!({"Version": "2012-10-17"})];
    for part in ["Effect", "Principal", "Action"] {
        let mut statement = allow(&own_account());
        statement
            .as_object_mut()
            .expect("a statement is an object")
            .remove(part);
        policies.push(policy(&statement));
    }
    for policy in policies {
        let answer = send(&server, &policy.to_string(), json!({})).await;
        assert_eq!(answer.status, 400, "{policy}: {}", answer.text);
        assert_eq!(
            answer.json()["__type"],
            "MalformedPolicyDocumentException",
            "{policy}"
        );
    }
    assert_eq!(stored(&server).await, None);
}

/// Fact 8.1: typical required shape: Resource `"*"` or the secret's ARN
#[tokio::test]
async fn usual_policies_are_accepted() {
    let server = Server::start().await;
    let created = server.create("settings", "v1", "one").await;
    let on_arn = {
        let mut statement = allow(&own_account());
        statement["Resource"] = created["ARN"].clone();
        statement
    };
    let with_lists = json!({
        "Sid": "Readers",
        "Effect": "Allow",
        "Principal": {"AWS": [format!("arn:aws:iam::{ACCOUNT}:root"), "arn:aws:iam::111111111111:root"]},
        "Action": ["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"],
        "Resource": ["*"],
    });
    for policy in [
        policy(&on_arn),
        policy(&with_lists),
        json!({"Version": "2012-10-17", "Statement": [on_arn, with_lists]}),
        json!({"Version": "2012-10-17", "Id": "both", "Statement": [allow(&json!("*"))]}),
    ] {
        put(&server, &policy).await;
        assert_eq!(stored(&server).await, Some(policy));
    }
}

/// Fact 8.1: replaces the whole policy; one policy per secret
#[tokio::test]
async fn new_policy_replaces_the_old_one() {
    let server = server_with_secret().await;
    let first = policy(&allow(&json!("*")));
    put(&server, &first).await;
    put(&server, &narrow()).await;
    assert_eq!(stored(&server).await, Some(narrow()));
}

/// Fact 8.1: one policy per secret (and each secret its own)
#[tokio::test]
async fn other_secrets_keep_their_policy() {
    let server = server_with_secret().await;
    server.create("other", "v1", "one").await;
    put(&server, &narrow()).await;
    let other = server
        .ok("GetResourcePolicy", json!({"SecretId": "other"}))
        .await;
    assert!(other.get("ResourcePolicy").is_none(), "{other}");
}

/// Fact 7: resource policy: 20,480 characters
#[tokio::test]
async fn policy_may_have_20480_characters() {
    let server = server_with_secret().await;
    let text = format!("{:<20480}", narrow().to_string());
    let answer = send(&server, &text, json!({})).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert_eq!(stored(&server).await, Some(narrow()));

    let long = format!("{text} ");
    send(&server, &long, json!({}))
        .await
        .assert_framework_error(
            "ValidationException",
            &format!(
                "1 validation error detected: Value '{long}' at 'resourcePolicy' failed to satisfy constraint: \
                 Member must have length less than or equal to 20480"
            ),
        );
}

/// Fact 3.15: `ResourcePolicy` (req, len 1..20480)
#[tokio::test]
async fn empty_policy_is_refused() {
    let server = server_with_secret().await;
    send(&server, "", json!({})).await.assert_framework_error(
        "ValidationException",
        "1 validation error detected: Value '' at 'resourcePolicy' failed to satisfy constraint: \
         Member must have length greater than or equal to 1",
    );
}

/// Fact 3.15: `PolicyName` (len 1..64 `[0-9A-Za-z\-\_]+`, only `default` accepted; newest model)
#[tokio::test]
async fn policy_can_only_be_named_default() {
    let server = server_with_secret().await;
    let text = narrow().to_string();
    for name in ["other", "Default", "default-2"] {
        send(&server, &text, json!({"PolicyName": name}))
            .await
            .assert_code("InvalidParameterException");
        assert_eq!(stored(&server).await, None, "{name}");
    }
    let answer = send(&server, &text, json!({"PolicyName": "default"})).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert_eq!(stored(&server).await, Some(narrow()));
}

/// Fact 2.5: secret unknown (any operation)
#[tokio::test]
async fn unknown_secret_is_not_found() {
    let server = Server::start().await;
    send(&server, &narrow().to_string(), json!({}))
        .await
        .assert_service_error("ResourceNotFoundException", NOT_FOUND);
}

/// Fact 3: fails with MFD: PutResourcePolicy
#[tokio::test]
async fn deleted_secret_is_refused() {
    let server = server_with_secret().await;
    server
        .ok("DeleteSecret", json!({"SecretId": "settings"}))
        .await;
    send(&server, &narrow().to_string(), json!({}))
        .await
        .assert_service_error("InvalidRequestException", MARKED_FOR_DELETION);
}
