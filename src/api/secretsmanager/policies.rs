//! What the operations on resource policies share. A secret has at most one policy, and it is called `default`.

use serde::Serialize;

use crate::api::error::Error;
use crate::api::fields::Text;
use crate::api::shapes::SecretNames;
use crate::secret::Secret;

/// The only name a resource policy can have (fact sheet 3.15).
pub(super) const DEFAULT: &str = "default";

/// `ARN`, `Name`, and the policy's name if the caller gave it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct PolicyNames {
    #[serde(flatten)]
    names: SecretNames,
    #[serde(skip_serializing_if = "Option::is_none")]
    policy_name: Option<String>,
}

impl PolicyNames {
    pub(super) fn of(secret: &Secret, policy_name: Option<Text>) -> Self {
        Self {
            names: SecretNames::of(secret),
            policy_name: policy_name.map(|name| name.0),
        }
    }
}

/// Does a request name the one policy there can be?
pub(super) fn is_default(policy_name: Option<&Text>) -> bool {
    policy_name.is_none_or(|name| name.0 == DEFAULT)
}

/// Refuses to write a policy of another name.
pub(super) fn check_name(policy_name: Option<&Text>) -> Result<(), Error> {
    if is_default(policy_name) {
        Ok(())
    } else {
        Err(Error::UnsupportedPolicyName)
    }
}
