//! AWS's service model, as `model/secretsmanager.json` has it.

use std::sync::LazyLock;

use serde_json::Value;

static MODEL: LazyLock<Value> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../../model/secretsmanager.json"))
        .expect("the service model is JSON")
});

/// An operation of the model.
pub fn operation(name: &str) -> &'static Value {
    MODEL["operations"]
        .get(name)
        .unwrap_or_else(|| panic!("the service model has no {name}"))
}

/// Does the model have this operation?
pub fn has_operation(name: &str) -> bool {
    MODEL["operations"].get(name).is_some()
}

/// All operations of the model.
pub fn operation_names() -> Vec<&'static str> {
    let operations = MODEL["operations"].as_object().expect("operations");
    operations.keys().map(String::as_str).collect()
}

/// The shape that something of the model refers to.
pub fn shape_of(reference: &Value) -> &'static Value {
    let name = reference["shape"].as_str().expect("a reference to a shape");
    &MODEL["shapes"][name]
}

/// The names of the errors that an operation lists.
pub fn errors_of(operation: &Value) -> Vec<&str> {
    let errors = operation["errors"].as_array().expect("errors");
    errors
        .iter()
        .map(|error| error["shape"].as_str().expect("an error's name"))
        .collect()
}

/// Asserts that an answer has the model's shape: no member that the model lacks, none that is `null`, and the right
/// JSON types.
#[track_caller]
pub fn assert_output_fits(name: &str, body: &str) {
    match operation(name).get("output") {
        None => assert_eq!(body, "", "{name} answers nothing"),
        Some(output) => {
            let value = serde_json::from_str(body)
                .unwrap_or_else(|_| panic!("{name} answered no JSON: {body:?}"));
            assert_fits(name, shape_of(output), &value);
        }
    }
}

#[track_caller]
fn assert_fits(path: &str, shape: &Value, value: &Value) {
    let kind = shape["type"].as_str().expect("a shape's type");
    let fits = match kind {
        "string" | "blob" => value.is_string(),
        "boolean" => value.is_boolean(),
        "integer" | "long" | "timestamp" => value.is_number(),
        "list" => value.is_array(),
        _ => value.is_object(),
    };
    assert!(fits, "{path} should be of type {kind}: {value}");
    match kind {
        "list" => {
            for item in value.as_array().into_iter().flatten() {
                assert_fits(&format!("{path}[]"), shape_of(&shape["member"]), item);
            }
        }
        "map" => {
            for item in value.as_object().into_iter().flat_map(|map| map.values()) {
                assert_fits(&format!("{path}{{}}"), shape_of(&shape["value"]), item);
            }
        }
        "structure" => {
            for (name, item) in value.as_object().into_iter().flatten() {
                let member = shape["members"]
                    .get(name)
                    .unwrap_or_else(|| panic!("{path} has no member {name}"));
                assert_fits(&format!("{path}.{name}"), shape_of(member), item);
            }
        }
        _ => {}
    }
}

/// Asserts that an exception is one that the operation lists, or one that the front end answers for any.
#[track_caller]
pub fn assert_error_is_listed(name: &str, code: &str) {
    let of_any = ["ValidationException", "SerializationException"];
    assert!(
        of_any.contains(&code) || errors_of(operation(name)).contains(&code),
        "{name} does not list {code}"
    );
}
