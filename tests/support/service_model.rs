//! AWS's service models, as the files in `model/` have them.

use std::sync::LazyLock;

use secretstack::api::Service;
use serde_json::Value;

/// One service's model.
#[derive(Debug)]
pub struct Model {
    json: Value,
    /// Exceptions that any operation of the service may answer, besides those it lists.
    of_any: &'static [&'static str],
}

/// Secrets Manager's.
pub static SECRETS_MANAGER: LazyLock<Model> = LazyLock::new(|| Model {
    json: parsed(include_str!("../../model/secretsmanager.json")),
    of_any: &[
        "ValidationException",
        "SerializationException",
        "AccessDeniedException",
    ],
});

/// KMS's.
pub static KMS: LazyLock<Model> = LazyLock::new(|| Model {
    json: parsed(include_str!("../../model/kms.json")),
    of_any: &[
        "ValidationException",
        "SerializationException",
        "AccessDeniedException",
        "NotAuthorizedException",
        "UnsupportedOperationException",
    ],
});

/// The model of a service, if there is a file of it.
pub fn of(service: Service) -> Option<&'static Model> {
    match service {
        Service::SecretsManager => Some(&SECRETS_MANAGER),
        Service::Kms => Some(&KMS),
        Service::Sts => None,
    }
}

fn parsed(text: &str) -> Value {
    serde_json::from_str(text).expect("a service model is JSON")
}

/// The names of the errors that an operation lists.
pub fn errors_of(operation: &Value) -> Vec<&str> {
    let errors = operation["errors"].as_array().expect("errors");
    errors
        .iter()
        .map(|error| error["shape"].as_str().expect("an error's name"))
        .collect()
}

impl Model {
    /// What its operations' names begin with in the target header.
    pub fn target_prefix(&self) -> &str {
        let prefix = self.json["metadata"]["targetPrefix"].as_str();
        prefix.expect("a target prefix")
    }

    /// An operation of the model.
    pub fn operation(&self, name: &str) -> &Value {
        self.json["operations"]
            .get(name)
            .unwrap_or_else(|| panic!("the service model has no {name}"))
    }

    /// Does the model have this operation?
    pub fn has_operation(&self, name: &str) -> bool {
        self.json["operations"].get(name).is_some()
    }

    /// All operations of the model.
    pub fn operation_names(&self) -> Vec<&str> {
        let operations = self.json["operations"].as_object().expect("operations");
        operations.keys().map(String::as_str).collect()
    }

    /// The shape that something of the model refers to.
    pub fn shape_of(&self, reference: &Value) -> &Value {
        let name = reference["shape"].as_str().expect("a reference to a shape");
        &self.json["shapes"][name]
    }

    /// Asserts that an answer has the model's shape: no member that the model lacks, none that is `null`, and the right
    /// JSON types.
    #[track_caller]
    pub fn assert_output_fits(&self, name: &str, body: &str) {
        match self.operation(name).get("output") {
            None => assert_eq!(body, "", "{name} answers nothing"),
            Some(output) => {
                let value = serde_json::from_str(body)
                    .unwrap_or_else(|_| panic!("{name} answered no JSON: {body:?}"));
                self.assert_fits(name, self.shape_of(output), &value);
            }
        }
    }

    #[track_caller]
    fn assert_fits(&self, path: &str, shape: &Value, value: &Value) {
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
                    let shape = self.shape_of(&shape["member"]);
                    self.assert_fits(&format!("{path}[]"), shape, item);
                }
            }
            "map" => {
                for item in value.as_object().into_iter().flat_map(|map| map.values()) {
                    let shape = self.shape_of(&shape["value"]);
                    self.assert_fits(&format!("{path}{{}}"), shape, item);
                }
            }
            "structure" => {
                for (name, item) in value.as_object().into_iter().flatten() {
                    let member = shape["members"]
                        .get(name)
                        .unwrap_or_else(|| panic!("{path} has no member {name}"));
                    self.assert_fits(&format!("{path}.{name}"), self.shape_of(member), item);
                }
            }
            _ => {}
        }
    }

    /// Asserts that an exception is one that the operation lists, or one that any may answer.
    #[track_caller]
    pub fn assert_error_is_listed(&self, name: &str, code: &str) {
        assert!(
            self.of_any.contains(&code) || errors_of(self.operation(name)).contains(&code),
            "{name} does not list {code}"
        );
    }
}
