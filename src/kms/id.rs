//! Names of KMS keys: ids, ARNs, aliases, and what a caller may give for a key.

use std::fmt;

use uuid::Uuid;

use super::Error;
use crate::arn::{Arn, partition_of};
use crate::secret::id::{AccountId, Region, Scope};

/// What every alias name begins with.
pub const ALIAS_PREFIX: &str = "alias/";
/// What a multi-Region key's id begins with.
const MULTI_REGION_PREFIX: &str = "mrk-";

/// A KMS key's id: a UUID, or `mrk-` and 32 hexadecimal digits for a multi-Region key (fact sheet 6.5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId {
    /// Unique among all keys.
    pub uuid: Uuid,
    /// Does the id begin with `mrk-`?
    pub multi_region: bool,
}

impl KeyId {
    /// Reads an id in the form in which it is printed.
    pub fn parse(text: &str) -> Option<Self> {
        let uuid = Uuid::try_parse(text.strip_prefix(MULTI_REGION_PREFIX).unwrap_or(text)).ok()?;
        let id = Self {
            uuid,
            multi_region: text.starts_with(MULTI_REGION_PREFIX),
        };
        // The parser also takes braces, capitals and other forms that are no key ids.
        (id.to_string() == text).then_some(id)
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.multi_region {
            write!(f, "{MULTI_REGION_PREFIX}{}", self.uuid.simple())
        } else {
            self.uuid.fmt(f)
        }
    }
}

/// The ARN of a key.
pub fn key_arn(scope: &Scope, id: KeyId) -> String {
    arn(scope, &format!("key/{id}"))
}

/// The ARN of an alias, whose name begins with `alias/`.
pub fn alias_arn(scope: &Scope, name: &str) -> String {
    arn(scope, name)
}

fn arn(scope: &Scope, resource: &str) -> String {
    let (account, region) = (scope.account.to_string(), scope.region.as_str());
    let arn = Arn {
        partition: partition_of(region),
        service: "kms",
        region,
        account: &account,
        resource,
    };
    arn.to_string()
}

/// Is this the name or the ARN of an alias, and not of a key?
pub fn is_alias(given: &str) -> bool {
    alias_name(given).is_some()
}

/// Refuses what cannot name a key for a caller in a scope, whether or not there is such a key.
pub fn check_key_name(given: &str, caller: &Scope) -> Result<(), Error> {
    KeyRef::parse(given, caller).map(drop)
}

/// The name of the alias that a text is, or is the ARN of.
pub fn alias_name(given: &str) -> Option<&str> {
    let resource = Arn::parse(given).map_or(given, |arn| arn.resource);
    resource.starts_with(ALIAS_PREFIX).then_some(resource)
}

/// What a caller gave for a key, with the account and region it lies in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum KeyRef {
    /// A key, by id or ARN.
    Key(Scope, KeyId),
    /// An alias, by its name or ARN; the name begins with `alias/`.
    Alias(Scope, Box<str>),
}

impl KeyRef {
    /// Reads a key id, key ARN, alias name or alias ARN (fact sheet 6.5). The first and the third are the caller's own.
    pub(super) fn parse(given: &str, caller: &Scope) -> Result<Self, Error> {
        if !given.starts_with("arn:") {
            if given.starts_with(ALIAS_PREFIX) {
                return Ok(Self::Alias(caller.clone(), given.into()));
            }
            return KeyId::parse(given)
                .map(|id| Self::Key(caller.clone(), id))
                .ok_or_else(|| Error::InvalidKeyId(given.to_owned()));
        }
        let malformed = || Error::InvalidArn(given.to_owned());
        let arn = Arn::parse(given).ok_or_else(malformed)?;
        if arn.service != "kms" || arn.partition != partition_of(arn.region) {
            return Err(malformed());
        }
        if arn.region != caller.region.as_str() {
            return Err(Error::ForeignArn(arn.region.to_owned()));
        }
        let scope = Scope {
            account: AccountId::parse(arn.account).ok_or_else(malformed)?,
            region: Region::parse(arn.region).ok_or_else(malformed)?,
        };
        if arn.resource.starts_with(ALIAS_PREFIX) {
            return Ok(Self::Alias(scope, arn.resource.into()));
        }
        let id = arn.resource.strip_prefix("key/").ok_or_else(malformed)?;
        let id = KeyId::parse(id).ok_or_else(|| Error::InvalidKeyId(id.to_owned()))?;
        Ok(Self::Key(scope, id))
    }

    /// Reads a key id or key ARN, where an alias is not taken.
    pub(super) fn parse_key(given: &str, caller: &Scope) -> Result<(Scope, KeyId), Error> {
        match Self::parse(given, caller)? {
            Self::Key(scope, id) => Ok((scope, id)),
            Self::Alias(..) if given.starts_with("arn:") => Err(Error::AliasNotAllowed),
            Self::Alias(..) => Err(Error::InvalidKeyId(given.to_owned())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn caller() -> Scope {
        Scope {
            account: AccountId::parse("000000000001").unwrap(),
            region: Region::parse("us-east-1").unwrap(),
        }
    }

    #[test]
    fn an_id_is_read_only_as_it_is_printed() {
        for id in [
            "1234abcd-12ab-34cd-56ef-1234567890ab",
            "mrk-1234abcd12ab34cd56ef1234567890ab",
        ] {
            assert_eq!(KeyId::parse(id).unwrap().to_string(), id);
            assert_eq!(KeyId::parse(&id.to_uppercase()), None);
        }
        for other in [
            "",
            "1234abcd12ab34cd56ef1234567890ab",
            "{1234abcd-12ab-34cd-56ef-1234567890ab}",
            "mrk-1234abcd-12ab-34cd-56ef-1234567890ab",
        ] {
            assert_eq!(KeyId::parse(other), None, "{other}");
        }
    }

    #[test]
    fn what_is_printed_is_read_back() {
        let id = KeyId::parse("1234abcd-12ab-34cd-56ef-1234567890ab").unwrap();
        let home = caller();
        let of_key = KeyRef::Key(home.clone(), id);
        let of_alias = KeyRef::Alias(home.clone(), "alias/mine".into());
        for (given, expected) in [
            (id.to_string(), &of_key),
            (key_arn(&home, id), &of_key),
            ("alias/mine".to_owned(), &of_alias),
            (alias_arn(&home, "alias/mine"), &of_alias),
        ] {
            assert_eq!(KeyRef::parse(&given, &home).as_ref(), Ok(expected));
        }
    }

    #[test]
    fn an_arn_of_another_region_or_partition_or_service_names_no_key_here() {
        let id = "1234abcd-12ab-34cd-56ef-1234567890ab";
        let region = format!("arn:aws:kms:eu-west-1:000000000001:key/{id}");
        let refused = KeyRef::parse(&region, &caller());
        assert_eq!(refused, Err(Error::ForeignArn("eu-west-1".to_owned())));
        for malformed in [
            format!("arn:aws-cn:kms:us-east-1:000000000001:key/{id}"),
            format!("arn:aws:secretsmanager:us-east-1:000000000001:key/{id}"),
            format!("arn:aws:kms:us-east-1:me:key/{id}"),
            format!("arn:aws:kms:us-east-1:000000000001:{id}"),
            "arn:aws:kms".to_owned(),
        ] {
            let refused = KeyRef::parse(&malformed, &caller());
            assert_eq!(refused, Err(Error::InvalidArn(malformed.clone())));
        }
    }
}
