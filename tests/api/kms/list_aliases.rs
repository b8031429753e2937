//! `ListAliases`: what an alias shows, in which order, and on which pages.

use regex::Regex;
use serde_json::{Value, json};

use super::fixtures::{
    BREAKS, EU, OTHER_ACCOUNT, UNKNOWN_ID, alias, alias_arn, alias_as, does_not_exist, id_of, key,
    key_arn, key_as, set, text,
};
use crate::protocol::{assert_violations, violation};
use crate::support::{ACCOUNT, REGION, Server};

/// The names on a page.
fn names(page: &Value) -> Vec<String> {
    let entries = page["Aliases"].as_array().expect("Aliases is a list");
    entries
        .iter()
        .map(|entry| text(&entry["AliasName"]).to_owned())
        .collect()
}

/// The names on all pages, which must tell whether there are more.
async fn pages(server: &Server, query: &Value) -> Vec<Vec<String>> {
    let mut pages = Vec::new();
    let mut query = query.clone();
    loop {
        let page = server.kms_ok("ListAliases", query.clone()).await;
        pages.push(names(&page));
        let marker = page.get("NextMarker");
        assert_eq!(page["Truncated"], marker.is_some(), "{page}");
        match marker {
            Some(marker) => query["Marker"] = marker.clone(),
            None => return pages,
        }
    }
}

/// Gives a key these aliases.
async fn create_all(server: &Server, key: &str, names: &[&str]) {
    for name in names {
        alias(server, name, key).await;
    }
}

/// Fact 6.5: ListAliases KeyId Limit 1..100
#[tokio::test]
async fn without_aliases_the_list_is_empty_and_whole() {
    let server = Server::start().await;
    key(&server).await;
    assert_eq!(
        server.kms_ok("ListAliases", json!({})).await,
        json!({"Aliases": [], "Truncated": false})
    );
}

/// Fact 6.5: ListAliases KeyId Limit 1..100 Marker
/// Fact 1.2: timestamps: JSON number
#[tokio::test]
async fn entry_has_name_arn_key_and_dates() {
    let server = Server::start().await;
    let key = key(&server).await;
    alias(&server, "alias/app", &key).await;

    let answer = server.kms("ListAliases", json!({})).await;

    for member in ["CreationDate", "LastUpdatedDate"] {
        let pattern = format!(r#""{member}":\s*1768471200\.123\s*[,}}]"#);
        let pattern = Regex::new(&pattern).expect("the pattern is valid");
        assert!(pattern.is_match(&answer.text), "{}", answer.text);
    }
    let list = answer.json();
    let date = list["Aliases"][0]["CreationDate"].clone();
    assert_eq!(
        list,
        json!({
            "Aliases": [{
                "AliasName": "alias/app",
                "AliasArn": alias_arn("alias/app"),
                "TargetKeyId": id_of(&key),
                "CreationDate": date,
                "LastUpdatedDate": date,
            }],
            "Truncated": false,
        })
    );
}

/// Fact 6.5: ListAliases KeyId Limit 1..100
#[tokio::test]
async fn aliases_are_sorted_by_name() {
    let server = Server::start().await;
    let (key, other) = (key(&server).await, key(&server).await);
    create_all(&server, &key, &["alias/d", "alias/a/b", "alias/c"]).await;
    create_all(&server, &other, &["alias/b", "alias/a"]).await;
    let list = server.kms_ok("ListAliases", json!({})).await;
    assert_eq!(
        names(&list),
        ["alias/a", "alias/a/b", "alias/b", "alias/c", "alias/d"]
    );
}

/// Fact 6.5: ListAliases KeyId Limit 1..100
#[tokio::test]
async fn key_shows_its_own_aliases_alone() {
    let server = Server::start().await;
    let (key, other, bare) = (key(&server).await, key(&server).await, key(&server).await);
    create_all(&server, &key, &["alias/a", "alias/c"]).await;
    create_all(&server, &other, &["alias/b"]).await;
    for (of, found) in [
        (&key, ["alias/a", "alias/c"].as_slice()),
        (&other, &["alias/b"]),
        (&bare, &[]),
    ] {
        for form in [of.as_str(), id_of(of)] {
            let list = server.kms_ok("ListAliases", json!({"KeyId": form})).await;
            assert_eq!(names(&list), found, "{form}");
        }
    }
}

/// Fact 6.5: NotFoundException key (well-formed id)
#[tokio::test]
async fn aliases_of_an_unknown_key_are_not_found() {
    let server = Server::start().await;
    let unknown = key_arn(UNKNOWN_ID);
    let foreign = key_as(&server.client(OTHER_ACCOUNT, REGION), json!({})).await;
    for (form, arn) in [
        (UNKNOWN_ID, &unknown),
        (&unknown, &unknown),
        (&foreign, &foreign),
    ] {
        server
            .kms("ListAliases", json!({"KeyId": form}))
            .await
            .assert_kms_error("NotFoundException", &does_not_exist(arn));
    }
}

/// Fact 6.5: ListAliases KeyId Limit 1..100 Marker
#[tokio::test]
async fn other_regions_and_accounts_are_not_shown() {
    let server = Server::start().await;
    for (account, region) in [(ACCOUNT, EU), (OTHER_ACCOUNT, REGION)] {
        let client = server.client(account, region);
        let key = key_as(&client, json!({})).await;
        alias_as(&client, "alias/app", &key).await;
        let list = client.kms_ok("ListAliases", json!({})).await;
        assert_eq!(names(&list), ["alias/app"]);
    }
    let list = server.kms_ok("ListAliases", json!({})).await;
    assert_eq!(list["Aliases"], json!([]));
}

/// Fact 6.5: Key-state effects: allows DescribeKey, DeleteAlias, ListAliases
#[tokio::test]
async fn aliases_of_keys_in_every_state_are_shown() {
    let server = Server::start().await;
    for (operation, name) in BREAKS.into_iter().zip(["alias/a", "alias/b"]) {
        let key = key(&server).await;
        alias(&server, name, &key).await;
        set(&server, operation, &key).await;
        let list = server.kms_ok("ListAliases", json!({"KeyId": key})).await;
        assert_eq!(names(&list), [name]);
    }
    let list = server.kms_ok("ListAliases", json!({})).await;
    assert_eq!(names(&list), ["alias/a", "alias/b"]);
}

/// Fact 6.5: ListAliases KeyId Limit 1..100 Marker
#[tokio::test]
async fn pages_of_every_size_show_every_alias_once_in_order() {
    let server = Server::start().await;
    let (key, other) = (key(&server).await, key(&server).await);
    let all = ["alias/a", "alias/b", "alias/c", "alias/d", "alias/e"];
    create_all(&server, &key, &all).await;
    create_all(&server, &other, &["alias/bb", "alias/f"]).await;
    for size in 1..=6 {
        let query = json!({"KeyId": key, "Limit": size});
        let pages = pages(&server, &query).await;
        assert_eq!(pages.concat(), all, "by pages of {size}");
        assert_eq!(pages.len(), all.len().div_ceil(size));
    }
    for size in [1, 2, 3, 7, 100] {
        let pages = pages(&server, &json!({"Limit": size})).await;
        assert_eq!(pages.concat().len(), 7, "by pages of {size}");
        assert_eq!(pages.len(), 7_usize.div_ceil(size));
    }
}

/// Fact 6.5: ListAliases KeyId Limit 1..100 default 50
#[tokio::test]
async fn page_holds_50_aliases_unless_told_otherwise() {
    let server = Server::start().await;
    let key = key(&server).await;
    for number in 0..51 {
        alias(&server, &format!("alias/{number:02}"), &key).await;
    }
    let pages = pages(&server, &json!({})).await;
    let lengths: Vec<usize> = pages.iter().map(Vec::len).collect();
    assert_eq!(lengths, [50, 1]);
}

/// Fact 1.5: number too big
/// Fact 1.5: number too small
#[tokio::test]
async fn limit_must_be_as_the_model_has_it() {
    let server = Server::start().await;
    for (limit, constraint) in [
        (0, "have value greater than or equal to 1"),
        (1001, "have value less than or equal to 1000"),
    ] {
        let answer = server.kms("ListAliases", json!({"Limit": limit})).await;
        let item = violation(&limit.to_string(), "limit", constraint);
        assert_violations(&answer, &[item]);
    }
}

#[tokio::test]
async fn marker_that_no_page_gave_is_refused() {
    let server = Server::start().await;
    server
        .kms("ListAliases", json!({"Marker": "no marker"}))
        .await
        .assert_code("InvalidMarkerException");
}
