//! Names of aliases, as requests give them.

use std::sync::Arc;

use serde::Deserialize;

use super::keys;
use super::shapes::KEY_ID;
use crate::api::constraints::{Member, Present, Shape, Structure, Value};
use crate::api::context::Context;
use crate::api::error::{Error, KmsError};
use crate::api::fields::{Required, Text};
use crate::kms::{ALIAS_PREFIX, Key, is_alias};

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
    /// The key that is to have the alias; an alias cannot have one.
    pub(super) fn target(
        &self,
        ctx: &Context<'_>,
        operation: &'static str,
    ) -> Result<Arc<Key>, Error> {
        let given = &self.target_key_id.0;
        if is_alias(given) {
            return Err(KmsError::AliasOfAlias.into());
        }
        keys::own_to_change(ctx, given, operation)
    }
}

/// Refuses names without the prefix, and those that are AWS's own (AWS KMS API Reference, "CreateAlias").
pub(super) fn check_name(name: &str) -> Result<(), Error> {
    match name.strip_prefix(ALIAS_PREFIX) {
        None => Err(KmsError::AliasWithoutPrefix.into()),
        Some(rest) if rest.starts_with("aws/") => Err(KmsError::ReservedAlias.into()),
        Some(_) => Ok(()),
    }
}

/// Refuses names that a new alias cannot have, though the constraint on their letters allows them.
pub(super) fn check_new_name(name: &str) -> Result<(), Error> {
    check_name(name)?;
    if name == ALIAS_PREFIX || name.contains(':') {
        return Err(KmsError::InvalidAliasName(name.to_owned()).into());
    }
    Ok(())
}

/// Refuses what no alias can be called, whoever makes it.
pub fn check_possible_name(name: &str) -> Result<(), Error> {
    if ALIAS_NAME.violated_by(&Value::Text(name)).is_empty() {
        return check_new_name(name);
    }
    Err(KmsError::InvalidAliasName(name.to_owned()).into())
}
