//! What a secret is called: accounts and regions, names, ARNs, and what a caller may give for them.

use std::fmt;

use arcstr::ArcStr;

use crate::arn::{Arn, partition_of};

/// A 12-digit AWS account number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AccountId(u64);

impl AccountId {
    /// The account of requests that name none, unless configured otherwise.
    pub const DEFAULT: Self = Self(0);

    /// Reads exactly twelve ASCII digits.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit());
        digits.then(|| text.parse().ok().map(Self))?
    }

    fn digits(self) -> [u8; 12] {
        let mut rest = self.0;
        let mut digits = [b'0'; 12];
        for digit in digits.iter_mut().rev() {
            *digit = b'0' + (rest % 10) as u8;
            rest /= 10;
        }
        digits
    }
}

impl fmt::Display for AccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:012}", self.0)
    }
}

/// An AWS region's code, such as `eu-central-1`. Any code of the right form is accepted.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Region(ArcStr);

impl Region {
    /// Reads 1 to 128 lower-case letters, digits and hyphens.
    pub fn parse(text: &str) -> Option<Self> {
        let valid = (1..=128).contains(&text.len())
            && text
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        valid.then(|| Self(text.into()))
    }

    /// The region's code.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Default for Region {
    /// The region of requests that name none, unless configured otherwise.
    fn default() -> Self {
        Self("us-east-1".into())
    }
}

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// An account in a region: the space in which names are unique (fact sheet 2.3).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Scope {
    /// The account.
    pub account: AccountId,
    /// The region.
    pub region: Region,
}

impl Scope {
    /// What the ARNs of all its secrets begin with, with room for so many bytes more (fact sheet 2.1).
    pub fn arn_start(&self, room: usize) -> String {
        let region = self.region.as_str();
        let partition = partition_of(region);
        let length = partition.len() + region.len() + 42;
        let mut text = String::with_capacity(length + room);
        for part in [
            "arn:",
            partition,
            ":secretsmanager:",
            region,
            ":",
            ascii(&self.account.digits()),
            ":secret:",
        ] {
            text.push_str(part);
        }
        text
    }
}

/// A secret's friendly name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SecretName(ArcStr);

impl SecretName {
    /// Accepts ASCII letters, digits and `/_+=.@-!` (fact sheet 1.6 and 2.3). The length is a request constraint.
    pub fn parse(text: &str) -> Result<Self, IdError> {
        let valid = text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"/_+=.@-!".contains(&b));
        if valid {
            Ok(Self(text.into()))
        } else {
            Err(IdError::InvalidName)
        }
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for SecretName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A secret's place: account, region and name, in this order.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SecretKey {
    /// The account and region.
    pub scope: Scope,
    /// The name.
    pub name: SecretName,
}

impl SecretKey {
    /// Before every key of a scope.
    pub fn start_of(scope: &Scope) -> Self {
        Self::first_with(scope, "")
    }

    /// After every key of a scope.
    pub fn end_of(scope: &Scope) -> Self {
        Self::after_all_with(scope, "")
    }

    /// At or before every key of a scope whose name has a prefix, and after those with smaller names.
    pub fn first_with(scope: &Scope, prefix: &str) -> Self {
        Self {
            scope: scope.clone(),
            name: SecretName(prefix.into()),
        }
    }

    /// After every key of a scope whose name has a prefix, and before those with greater names.
    pub fn after_all_with(scope: &Scope, prefix: &str) -> Self {
        Self {
            scope: scope.clone(),
            // Names are ASCII.
            name: SecretName(format!("{prefix}\u{10ffff}").into()),
        }
    }
}

/// The six characters that end a secret's ARN and tell a recreated secret from its predecessor (fact sheet 2.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ArnSuffix([u8; Self::LENGTH]);

impl ArnSuffix {
    /// How many there are.
    pub const LENGTH: usize = 6;
    const ALPHABET: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    /// Draws a suffix; `below(n)` gives a number below `n`.
    pub fn draw(mut below: impl FnMut(usize) -> usize) -> Self {
        let mut pick = || {
            let choice = below(Self::ALPHABET.len());
            Self::ALPHABET[choice % Self::ALPHABET.len()]
        };
        Self(std::array::from_fn(|_| pick()))
    }

    /// The characters.
    pub fn as_str(&self) -> &str {
        ascii(&self.0)
    }

    /// The characters, all ASCII.
    pub fn as_bytes(&self) -> &[u8; Self::LENGTH] {
        &self.0
    }

    /// Splits `name-XXXXXX` into the name and the suffix, if the text ends so.
    fn split(text: &str) -> Option<(&str, Self)> {
        let (name, suffix) = text.rsplit_once('-')?;
        let suffix: [u8; Self::LENGTH] = suffix.as_bytes().try_into().ok()?;
        suffix
            .iter()
            .all(u8::is_ascii_alphanumeric)
            .then_some((name, Self(suffix)))
    }
}

impl fmt::Display for ArnSuffix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|&b| write!(f, "{}", b as char))
    }
}

/// The text of a secret's ARN (fact sheet 2.1). Nearly every answer has one, so it is put together without a formatter.
pub(super) fn arn_text(SecretKey { scope, name }: &SecretKey, suffix: ArnSuffix) -> String {
    let room = name.0.len() + 1 + ArnSuffix::LENGTH;
    let mut text = scope.arn_start(room);
    for part in [&name.0, "-", suffix.as_str()] {
        text.push_str(part);
    }
    text
}

fn ascii(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap_or_default()
}

/// A secret's full ARN (fact sheet 2.1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecretArn {
    /// Account, region and name.
    pub key: SecretKey,
    /// The six characters at the end.
    pub suffix: ArnSuffix,
}

impl fmt::Display for SecretArn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&arn_text(&self.key, self.suffix))
    }
}

impl SecretArn {
    /// Reads a full ARN, of any account and region.
    pub fn parse(text: &str) -> Option<Self> {
        let arn = Arn::parse(text)?;
        let (name, suffix) = ArnSuffix::split(arn.resource.strip_prefix("secret:")?)?;
        let region = Region::parse(arn.region)?;
        let is_ours =
            arn.service == "secretsmanager" && arn.partition == partition_of(region.as_str());
        let key = SecretKey {
            scope: Scope {
                account: AccountId::parse(arn.account)?,
                region,
            },
            name: SecretName::parse(name).ok()?,
        };
        is_ours.then_some(Self { key, suffix })
    }
}

/// What a caller gave for a secret, resolved once: the place to look, and the suffix the secret there must have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecretId {
    /// Where the secret is, if it exists.
    pub key: SecretKey,
    /// Given by a full ARN only.
    pub suffix: Option<ArnSuffix>,
}

/// Why a text cannot be a secret's id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IdError {
    /// A name with a character that names cannot have.
    InvalidName,
    /// A text that begins like an ARN but is not the ARN of a secret.
    InvalidArn,
    /// An ARN of another region or partition, in which this endpoint finds nothing.
    Elsewhere,
}

impl SecretId {
    /// Resolves a name, an ARN, or an ARN without its last seven characters, for a caller in `scope`
    /// (fact sheet 2.2).
    ///
    /// An ARN whose last part ends in a hyphen and six characters is always read as a full ARN, even where a secret
    /// by that longer name exists: AWS does the same.
    pub fn resolve(text: &str, scope: &Scope) -> Result<Self, IdError> {
        if !text.starts_with("arn:") {
            let name = SecretName::parse(text)?;
            let scope = scope.clone();
            return Ok(Self {
                key: SecretKey { scope, name },
                suffix: None,
            });
        }
        let arn = Arn::parse(text).ok_or(IdError::InvalidArn)?;
        let account = AccountId::parse(arn.account);
        let resource = arn.resource.strip_prefix("secret:");
        let ("secretsmanager", Some(account), Some(resource)) = (arn.service, account, resource)
        else {
            return Err(IdError::InvalidArn);
        };
        if arn.region != scope.region.as_str() || arn.partition != partition_of(arn.region) {
            return Err(IdError::Elsewhere);
        }
        let (name, suffix) = match ArnSuffix::split(resource) {
            Some((name, suffix)) => (name, Some(suffix)),
            None => (resource, None),
        };
        Ok(Self {
            key: SecretKey {
                scope: Scope {
                    account,
                    region: scope.region.clone(),
                },
                // Not parsed: an ARN's name is not checked for its characters, it is just not found.
                name: SecretName(name.into()),
            },
            suffix,
        })
    }

    /// Does this id name the secret with that suffix at its place?
    pub fn names(&self, suffix: ArnSuffix) -> bool {
        self.suffix.is_none_or(|wanted| wanted == suffix)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scope() -> Scope {
        Scope {
            account: AccountId::parse("123456789012").unwrap(),
            region: Region::parse("us-east-1").unwrap(),
        }
    }

    /// Resolves the last part of an ARN and shows the name and suffix it is read as.
    #[track_caller]
    fn check_arn(resource: &str, name: &str, suffix: Option<&str>) {
        let text = format!("arn:aws:secretsmanager:us-east-1:123456789012:secret:{resource}");
        let id = SecretId::resolve(&text, &scope()).unwrap();
        assert_eq!(id.key.name.as_str(), name);
        assert_eq!(id.suffix.map(|s| s.to_string()).as_deref(), suffix);
    }

    /// Facts 2.2: full ARN, partial ARN, names that end in a hyphen and some characters.
    #[test]
    fn six_characters_after_a_hyphen_are_always_a_suffix() {
        check_arn("prod/db-AbCdEf", "prod/db", Some("AbCdEf"));
        check_arn("prod/db", "prod/db", None);
        check_arn("N-a1b2c3", "N", Some("a1b2c3"));
        check_arn("N-a1b2", "N-a1b2", None);
        check_arn("N-a1b2c3-", "N-a1b2c3-", None);
        check_arn("N-a1b2c3-AbCdEf", "N-a1b2c3", Some("AbCdEf"));
    }

    #[test]
    fn another_account_is_another_place_and_another_region_is_elsewhere() {
        let foreign = "arn:aws:secretsmanager:us-east-1:999999999999:secret:s";
        let id = SecretId::resolve(foreign, &scope()).unwrap();
        assert_eq!(id.key.scope.account.to_string(), "999999999999");
        let distant = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:s";
        assert_eq!(
            SecretId::resolve(distant, &scope()),
            Err(IdError::Elsewhere)
        );
    }

    #[test]
    fn an_arn_of_any_account_and_region_is_parsed_and_nothing_else_is() {
        let good = "arn:aws:secretsmanager:eu-west-1:999999999999:secret:a/b-AbCdEf";
        assert_eq!(SecretArn::parse(good).unwrap().to_string(), good);
        for bad in [
            "arn:aws:kms:eu-west-1:999999999999:secret:a/b-AbCdEf",
            "arn:aws-cn:secretsmanager:eu-west-1:999999999999:secret:a/b-AbCdEf",
            "arn:aws:secretsmanager:eu-west-1:999:secret:a/b-AbCdEf",
            "arn:aws:secretsmanager:EU:999999999999:secret:a/b-AbCdEf",
            "arn:aws:secretsmanager:eu-west-1:999999999999:secret:a/b",
            "arn:aws:secretsmanager:eu-west-1:999999999999:a/b-AbCdEf",
            "a/b",
        ] {
            assert_eq!(SecretArn::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn malformed_ids_are_told_apart() {
        let check = |text, error| assert_eq!(SecretId::resolve(text, &scope()), Err(error));
        check("with space", IdError::InvalidName);
        check("arn:aws:s3:::bucket", IdError::InvalidArn);
        check("arn:", IdError::InvalidArn);
        check(
            "arn:aws:secretsmanager:us-east-1:12:secret:s",
            IdError::InvalidArn,
        );
    }

    #[test]
    fn an_arn_prints_with_its_partition() {
        let arn = |region: &str| SecretArn {
            key: SecretKey {
                scope: Scope {
                    account: AccountId::parse("000000000001").unwrap(),
                    region: Region::parse(region).unwrap(),
                },
                name: SecretName::parse("a/b").unwrap(),
            },
            suffix: ArnSuffix(*b"AbCdEf"),
        };
        assert_eq!(
            arn("us-east-1").to_string(),
            "arn:aws:secretsmanager:us-east-1:000000000001:secret:a/b-AbCdEf"
        );
        assert!(arn("cn-north-1").to_string().starts_with("arn:aws-cn:"));
        assert!(
            arn("us-gov-west-1")
                .to_string()
                .starts_with("arn:aws-us-gov:")
        );
    }
}
