//! `ListKeyRotations`: the materials a key had, page by page.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use super::describe_key::{
    MANAGED, assert_date, assert_named_by_id_or_arn_alone, call, describe, text,
};
use super::enable_key_rotation::{assert_for_symmetric_keys_alone, enable, material};
use super::list_keys::{assert_limit_is_judged, assert_marker_is_judged, assert_pages_add_up};
use crate::protocol::assert_enum_violation;
use crate::support::Server;

/// A key's rotations, oldest first.
pub(crate) async fn rotations(server: &Server, key: &Value) -> Vec<Value> {
    list(server, key, "ROTATIONS_ONLY").await
}

/// A key's materials: all of them, or only those that rotations made.
async fn list(server: &Server, key: &Value, which: &str) -> Vec<Value> {
    let request = json!({"KeyId": key["KeyId"], "IncludeKeyMaterial": which});
    let answer = server.kms_ok("ListKeyRotations", request).await;
    assert_eq!(answer["Truncated"], false, "{answer}");
    assert!(answer.get("NextMarker").is_none(), "{answer}");
    let rotations = answer["Rotations"].as_array();
    rotations.expect("Rotations is a list").clone()
}

/// Rotates a key; returns its new material.
async fn rotate(server: &Server, key: &Value) -> Value {
    let request = json!({"KeyId": key["KeyId"]});
    server.kms_ok("RotateKeyOnDemand", request).await;
    material(server, key).await
}

/// Asserts an entry of a rotation.
#[track_caller]
fn assert_rotation(entry: &Value, expected: [&Value; 4], date: DateTime<Utc>) {
    let [key_id, material, state, kind] = expected;
    assert_date(&entry["RotationDate"], date);
    assert_eq!(
        entry,
        &json!({
            "KeyId": key_id,
            "KeyMaterialId": material,
            "KeyMaterialState": state,
            "RotationDate": entry["RotationDate"],
            "RotationType": kind,
        })
    );
}

#[tokio::test]
async fn new_key_has_its_first_material_alone() {
    let server = Server::start().await;
    let key = server.create_key().await;
    let mut request = json!({"KeyId": key["KeyId"]});
    assert_eq!(
        server.kms_ok("ListKeyRotations", request.clone()).await,
        json!({"Rotations": [], "Truncated": false})
    );

    request["IncludeKeyMaterial"] = json!("ALL_KEY_MATERIAL");
    assert_eq!(
        server.kms_ok("ListKeyRotations", request).await,
        json!({
            "Rotations": [{
                "KeyId": key["KeyId"],
                "KeyMaterialId": key["CurrentKeyMaterialId"],
                "KeyMaterialState": "CURRENT",
            }],
            "Truncated": false,
        })
    );
}

#[tokio::test]
async fn rotations_are_listed_oldest_first_and_the_last_is_current() {
    let server = Server::start().await;
    let key = server.create_key().await;
    let start = server.now();
    enable(&server, &key, 90).await;
    server.advance(TimeDelta::days(10));
    let second = rotate(&server, &key).await;
    server.advance(TimeDelta::days(81));
    let third = material(&server, &key).await;

    let listed = rotations(&server, &key).await;

    assert_eq!(listed.len(), 2, "{listed:?}");
    let id = &key["KeyId"];
    let (old, current) = (&json!("NON_CURRENT"), &json!("CURRENT"));
    let expected = [id, &second, old, &json!("ON_DEMAND")];
    assert_rotation(&listed[0], expected, start + TimeDelta::days(10));
    let expected = [id, &third, current, &json!("AUTOMATIC")];
    assert_rotation(&listed[1], expected, start + TimeDelta::days(90));

    let mut all = vec![json!({
        "KeyId": id,
        "KeyMaterialId": key["CurrentKeyMaterialId"],
        "KeyMaterialState": "NON_CURRENT",
    })];
    all.extend(listed);
    assert_eq!(list(&server, &key, "ALL_KEY_MATERIAL").await, all);
}

#[tokio::test]
async fn first_material_is_left_out_unless_asked_for() {
    let server = Server::start().await;
    let key = server.create_key().await;
    rotate(&server, &key).await;
    let request = json!({"KeyId": key["KeyId"]});
    let answer = server.kms_ok("ListKeyRotations", request).await;
    assert_eq!(answer["Rotations"], json!(rotations(&server, &key).await));
}

#[tokio::test]
async fn pages_of_every_size_show_every_rotation_once() {
    let server = Server::start().await;
    let key = server.create_key().await;
    for _ in 0..4 {
        rotate(&server, &key).await;
        server.advance(TimeDelta::hours(1));
    }
    for which in ["ROTATIONS_ONLY", "ALL_KEY_MATERIAL"] {
        let request = json!({"KeyId": key["KeyId"], "IncludeKeyMaterial": which});
        assert_pages_add_up(&server, "ListKeyRotations", &request, "Rotations").await;
    }
}

/// Fact 1.5: number too big
/// Fact 1.5: number too small
/// Fact 1.5: enum: `Value 'x' at
#[tokio::test]
async fn limit_marker_and_choice_are_judged() {
    let server = Server::start().await;
    let key = server.create_key().await;
    rotate(&server, &key).await;
    let request = json!({"KeyId": key["KeyId"]});
    assert_limit_is_judged(&server, "ListKeyRotations", &request).await;
    assert_marker_is_judged(&server, "ListKeyRotations", &request).await;

    let members = json!({"IncludeKeyMaterial": "x"});
    let answer = call(&server, "ListKeyRotations", &members, text(&key["KeyId"])).await;
    let choices = ["ALL_KEY_MATERIAL", "ROTATIONS_ONLY"];
    assert_enum_violation(&answer, "includeKeyMaterial", &choices);
}

#[tokio::test]
async fn managed_key_has_its_first_material() {
    let server = Server::start().await;
    let key = describe(&server, &json!(MANAGED)).await;
    assert_eq!(rotations(&server, &key).await, Vec::<Value>::new());
    let all = list(&server, &key, "ALL_KEY_MATERIAL").await;
    assert_eq!(all.len(), 1, "{all:?}");
}

#[tokio::test]
async fn only_symmetric_keys_rotate() {
    assert_for_symmetric_keys_alone("ListKeyRotations").await;
}

#[tokio::test]
async fn key_is_named_by_id_or_arn_alone() {
    assert_named_by_id_or_arn_alone("ListKeyRotations", &json!({})).await;
}
