//! Names of aliases, as requests give them.

use super::shapes::KEY_ID;
use crate::api::constraints::{Member, Present, Shape, Structure};
use crate::api::error::{Error, KmsError};
use crate::api::fields::{Required, Text};
use crate::kms::ALIAS_PREFIX;
use serde::Deserialize;

/// `AliasNameType`.
pub(super) static ALIAS_NAME: Shape = Shape::pattern(1, 256, r"^[a-zA-Z0-9:/_-]+$", |text| {
    let is_allowed = |b: u8| b.is_ascii_alphanumeric() || b":/_-".contains(&b);
    !text.is_empty() && text.bytes().all(is_allowed)
});

/// A request that gives a key an alias.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct Input {
    pub(super) alias_name: Required<Text>,
    pub(super) target_key_id: Required<Text>,
}

impl Structure for Input {
    const MEMBERS: &'static [Member<Self>] = &[
        Member::required("AliasName", &ALIAS_NAME, |i| i.alias_name.value()),
        Member::required("TargetKeyId", &KEY_ID, |i| i.target_key_id.value()),
    ];
}

impl Input {
    /// Refuses names that callers cannot give, and aliases of aliases.
    pub(super) fn check(&self) -> Result<(), Error> {
        check_name(&self.alias_name.0)?;
        let target = &self.target_key_id.0;
        let resource = target.rsplit(':').next().unwrap_or_default();
        if resource.starts_with(ALIAS_PREFIX) {
            return Err(KmsError::AliasOfAlias.into());
        }
        Ok(())
    }
}

/// Refuses names that are none of an alias, and those that are AWS's own (AWS KMS API Reference, "CreateAlias").
pub(super) fn check_name(name: &str) -> Result<(), Error> {
    let Some(rest) = name.strip_prefix(ALIAS_PREFIX) else {
        return Err(KmsError::AliasWithoutPrefix.into());
    };
    if rest.starts_with("aws/") {
        return Err(KmsError::ReservedAlias.into());
    }
    if rest.is_empty() || rest.contains(':') {
        return Err(KmsError::InvalidAliasName(name.to_owned()).into());
    }
    Ok(())
}
