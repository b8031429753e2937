//! `GetCallerIdentity` of STS, in the query protocol: by form and by URL, answered in XML.

use std::collections::BTreeMap;

use regex::Regex;
use reqwest::RequestBuilder;

use crate::support::{ACCOUNT, Answer, REGION, Server};

/// The XML namespace of every answer.
const NAMESPACE: &str = "https://sts.amazonaws.com/doc/2011-06-15/";
/// The content type of a form.
const FORM: &str = "application/x-www-form-urlencoded";
/// The one request that is answered.
const GET_CALLER_IDENTITY: &str = "Action=GetCallerIdentity&Version=2011-06-15";

/// Sends a request whose credentials have an access key and a region.
async fn signed(request: RequestBuilder, access_key: &str, region: &str) -> Answer {
    let authorization = format!(
        "AWS4-HMAC-SHA256 Credential={access_key}/20260115/{region}/sts/aws4_request, \
         SignedHeaders=content-type;host;x-amz-date, Signature={}",
        "0".repeat(64)
    );
    send(request.header("authorization", authorization)).await
}

/// Sends a request as it is.
async fn send(request: RequestBuilder) -> Answer {
    let response = request.send().await.expect("the emulator answers");
    Answer {
        status: response.status().as_u16(),
        headers: response.headers().clone(),
        text: response.text().await.expect("the body arrives whole"),
    }
}

/// A form.
fn form(server: &Server, body: &str) -> RequestBuilder {
    reqwest::Client::new()
        .post(server.endpoint())
        .header("content-type", FORM)
        .body(body.to_owned())
}

/// A URL with a query.
fn query(server: &Server, query: &str) -> RequestBuilder {
    reqwest::Client::new().get(format!("{}/?{query}", server.endpoint()))
}

/// Both ways to send the same members.
fn both(server: &Server, members: &str) -> [RequestBuilder; 2] {
    [form(server, members), query(server, members)]
}

/// Reads an answer by a pattern of its elements, with nothing between them; returns what its groups have.
#[track_caller]
fn read(answer: &Answer, pattern: &str) -> Vec<String> {
    let content_type = answer.headers["content-type"].to_str().unwrap();
    assert!(content_type.starts_with("text/xml"), "{content_type}");
    let between = Regex::new(r">\s+<").unwrap();
    let text = between.replace_all(answer.text.trim(), "><").into_owned();
    let whole = Regex::new(&format!(r"^(?:<\?xml[^>]*\?>)?{pattern}$")).unwrap();
    let groups = whole
        .captures(&text)
        .unwrap_or_else(|| panic!("{text} is not {pattern}"));
    let groups = groups.iter().skip(1).flatten();
    groups.map(|group| group.as_str().to_owned()).collect()
}

/// The members of an identity, by their names.
#[track_caller]
fn identity(answer: &Answer) -> BTreeMap<String, String> {
    assert_eq!(answer.status, 200, "{}", answer.text);
    let namespace = regex::escape(NAMESPACE);
    let pattern = format!(
        "<GetCallerIdentityResponse xmlns=\"{namespace}\">\
         <GetCallerIdentityResult>(.*)</GetCallerIdentityResult>\
         <ResponseMetadata><RequestId>([^<]+)</RequestId></ResponseMetadata>\
         </GetCallerIdentityResponse>"
    );
    let result = read(answer, &pattern).swap_remove(0);
    let element = Regex::new("<([A-Za-z]+)>([^<]*)</([A-Za-z]+)>").unwrap();
    element
        .captures_iter(&result)
        .map(|groups| {
            assert_eq!(groups[1], groups[3], "{result}");
            (groups[1].to_owned(), groups[2].to_owned())
        })
        .collect()
}

/// What an account's identity is in a partition.
fn root(partition: &str, account: &str) -> BTreeMap<String, String> {
    let arn = format!("arn:{partition}:iam::{account}:root");
    [
        ("Account", account),
        ("Arn", arn.as_str()),
        ("UserId", account),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .into()
}

/// The code and the text of a refusal.
#[track_caller]
fn refusal(answer: &Answer) -> (String, String) {
    assert_eq!(answer.status, 400, "{}", answer.text);
    let namespace = regex::escape(NAMESPACE);
    let pattern = format!(
        "<ErrorResponse xmlns=\"{namespace}\"><Error><Type>Sender</Type><Code>([^<]*)</Code>\
         <Message>([^<]*)</Message></Error><RequestId>[^<]+</RequestId></ErrorResponse>"
    );
    let mut groups = read(answer, &pattern);
    let message = groups.swap_remove(1);
    (groups.swap_remove(0), unescaped(&message))
}

/// The text that an element's content stands for.
fn unescaped(text: &str) -> String {
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#34;", "\"")
        .replace("&apos;", "'")
        .replace("&#39;", "'")
        .replace("&amp;", "&")
}

/// AWS's sentence for an action that STS does not have.
fn no_operation(action: &str) -> (String, String) {
    (
        "InvalidAction".to_owned(),
        format!("Could not find operation {action} for version 2011-06-15"),
    )
}

#[tokio::test]
async fn form_and_query_are_answered_with_the_callers_root() {
    let server = Server::start().await;
    for request in both(&server, GET_CALLER_IDENTITY) {
        let answer = signed(request, "111111111111", REGION).await;
        assert_eq!(identity(&answer), root("aws", "111111111111"));
    }
}

#[tokio::test]
async fn form_may_name_its_character_set() {
    let server = Server::start().await;
    let request = reqwest::Client::new()
        .post(server.endpoint())
        .header("content-type", format!("{FORM}; charset=utf-8"))
        .body(GET_CALLER_IDENTITY);
    let answer = signed(request, ACCOUNT, REGION).await;
    assert_eq!(identity(&answer), root("aws", ACCOUNT));
}

#[tokio::test]
async fn members_come_in_any_order_and_escaped() {
    let server = Server::start().await;
    for members in [
        "Version=2011-06-15&Action=GetCallerIdentity",
        "Action=GetCaller%49dentity&Version=2011%2D06%2D15",
    ] {
        for request in both(&server, members) {
            let answer = signed(request, ACCOUNT, REGION).await;
            assert_eq!(identity(&answer), root("aws", ACCOUNT), "{members}");
        }
    }
}

#[tokio::test]
async fn access_key_that_names_no_account_and_no_key_at_all_mean_the_default_one() {
    let server = Server::start().await;
    for request in both(&server, GET_CALLER_IDENTITY) {
        assert_eq!(identity(&send(request).await), root("aws", ACCOUNT));
    }
    for access_key in [
        "AKIAIOSFODNN7EXAMPLE",
        "test",
        "11111111111",
        "1111111111111",
    ] {
        for request in both(&server, GET_CALLER_IDENTITY) {
            let answer = signed(request, access_key, REGION).await;
            assert_eq!(identity(&answer), root("aws", ACCOUNT), "{access_key}");
        }
    }
}

/// Fact 2.1: partitions: `aws`, `aws-cn`, `aws-us-gov`
#[tokio::test]
async fn partition_is_the_one_of_the_region() {
    let server = Server::start().await;
    for (region, partition) in [
        ("us-east-1", "aws"),
        ("eu-west-1", "aws"),
        ("cn-north-1", "aws-cn"),
        ("us-gov-west-1", "aws-us-gov"),
    ] {
        for request in both(&server, GET_CALLER_IDENTITY) {
            let answer = signed(request, ACCOUNT, region).await;
            assert_eq!(identity(&answer), root(partition, ACCOUNT), "{region}");
        }
    }
}

#[tokio::test]
async fn other_actions_are_invalid() {
    let server = Server::start().await;
    for action in [
        "AssumeRole",
        "GetSessionToken",
        "ListSecrets",
        "NoSuchAction",
    ] {
        for request in both(&server, &format!("Action={action}&Version=2011-06-15")) {
            let answer = signed(request, ACCOUNT, REGION).await;
            assert_eq!(refusal(&answer), no_operation(action));
        }
    }
}

#[tokio::test]
async fn action_is_escaped_in_the_text() {
    let server = Server::start().await;
    for (sent, action) in [
        ("%3CAction%3E", "<Action>"),
        ("a%26b", "a&b"),
        ("%26lt%3B", "&lt;"),
        ("%3C%2FMessage%3E", "</Message>"),
        ("a%22b%27c", "a\"b'c"),
    ] {
        for request in both(&server, &format!("Action={sent}&Version=2011-06-15")) {
            let answer = signed(request, ACCOUNT, REGION).await;
            assert_eq!(refusal(&answer), no_operation(action));
        }
    }
}

#[tokio::test]
async fn form_without_an_action_is_told_so() {
    let server = Server::start().await;
    for body in ["Version=2011-06-15", "RoleArn=a&Version=2011-06-15"] {
        let answer = signed(form(&server, body), ACCOUNT, REGION).await;
        assert_eq!(refusal(&answer).0, "MissingAction");
    }
}

/// Fact 1.2: headers: `x-amzn-RequestId: {uuid}`
#[tokio::test]
async fn every_answer_has_a_request_id_of_its_own() {
    let server = Server::start().await;
    let uuid = Regex::new("^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$").unwrap();
    let mut ids = Vec::new();
    for members in [
        GET_CALLER_IDENTITY,
        "Action=AssumeRole",
        "Version=2011-06-15",
    ] {
        for _ in 0..5 {
            let answer = signed(form(&server, members), ACCOUNT, REGION).await;
            let id = answer.headers["x-amzn-requestid"].to_str().unwrap();
            assert!(uuid.is_match(id), "{id}");
            ids.push(id.to_owned());
        }
    }
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 15);
}
