//! Key policies. A key has one, and it is called `default`.

use crate::api::Service;
use crate::api::error::{Error, KmsError};
use crate::api::fields::{Flag, Text};
use crate::auth::policy::Policy;

/// The only name a key policy can have (AWS KMS API Reference, "PutKeyPolicy").
pub(super) const DEFAULT: &str = "default";

/// Does a request name the one policy there is?
pub(super) fn is_default(policy_name: Option<&Text>) -> bool {
    policy_name.is_none_or(|Text(name)| name == DEFAULT)
}

/// Refuses a text that is no key policy, and, unless told otherwise, a policy that nobody could change again. AWS asks
/// whether the caller could; callers have no identity here.
pub(super) fn check(text: &str, bypass: Option<&Flag>) -> Result<(), Error> {
    let parsed = Policy::parse(text, Service::Kms.name());
    let policy = parsed.map_err(|_| KmsError::MalformedPolicy)?;
    if bypass != Some(&Flag(true)) && !policy.allows_somebody("kms:PutKeyPolicy") {
        return Err(KmsError::PolicyLocksOut.into());
    }
    Ok(())
}
