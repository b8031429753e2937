//! Amazon Resource Names: parse and print.

use std::fmt;

/// An ARN's six parts, borrowed from the text it was parsed from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Arn<'a> {
    /// `aws`, `aws-cn`, `aws-us-gov`, ...
    pub partition: &'a str,
    /// `secretsmanager`, `kms`, ...
    pub service: &'a str,
    /// Such as `eu-central-1`.
    pub region: &'a str,
    /// Twelve digits.
    pub account: &'a str,
    /// All that follows the fifth colon.
    pub resource: &'a str,
}

impl<'a> Arn<'a> {
    /// Takes an ARN apart; `None` when it has fewer than six parts or does not begin with `arn:`.
    pub fn parse(text: &'a str) -> Option<Self> {
        let mut parts = text.splitn(6, ':');
        let ("arn", partition, service, region, account, resource) = (
            parts.next()?,
            parts.next()?,
            parts.next()?,
            parts.next()?,
            parts.next()?,
            parts.next()?,
        ) else {
            return None;
        };
        Some(Self {
            partition,
            service,
            region,
            account,
            resource,
        })
    }
}

impl fmt::Display for Arn<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            partition,
            service,
            region,
            account,
            resource,
        } = self;
        write!(f, "arn:{partition}:{service}:{region}:{account}:{resource}")
    }
}

/// The partition a region belongs to (AWS General Reference, "ARN format").
pub fn partition_of(region: &str) -> &'static str {
    if region.starts_with("cn-") {
        "aws-cn"
    } else if region.starts_with("us-gov-") {
        "aws-us-gov"
    } else {
        "aws"
    }
}

/// The ARN of an account's root user, as seen from a region.
pub fn root_user(account: impl fmt::Display, region: &str) -> String {
    format!("arn:{}:iam::{account}:root", partition_of(region))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_resource_keeps_its_colons_and_slashes() {
        let text = "arn:aws:secretsmanager:us-east-1:123456789012:secret:prod/db-AbCdEf";
        let arn = Arn::parse(text).unwrap();
        assert_eq!(arn.resource, "secret:prod/db-AbCdEf");
        assert_eq!(arn.to_string(), text);
    }

    #[test]
    fn what_is_too_short_or_begins_otherwise_is_no_arn() {
        assert_eq!(Arn::parse("arn:aws:secretsmanager:us-east-1:123"), None);
        assert_eq!(Arn::parse("a:b:c:d:e:f"), None);
    }
}
