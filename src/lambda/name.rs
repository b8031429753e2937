//! What a function is called.

use std::fmt;
use std::sync::Arc;

use crate::arn::Arn;
use crate::secret::id::{AccountId, Region, Scope};

/// A function's name: 1 to 64 ASCII letters, digits, hyphens and underscores (AWS Lambda API reference, "CreateFunction",
/// `FunctionName`).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FunctionName(Arc<str>);

impl FunctionName {
    /// Reads a bare name.
    pub fn parse(text: &str) -> Option<Self> {
        let valid = (1..=64).contains(&text.len())
            && text
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
        valid.then(|| Self(text.into()))
    }

    /// The name in what a caller gave for a function: an ARN, a partial ARN such as `123456789012:function:NAME`, or a name,
    /// each with or without a version or alias after a further colon (AWS Lambda API reference, "Invoke",
    /// `FunctionName`).
    ///
    /// Partition, region, account, version and alias tell functions apart in AWS. Here a name is one function.
    pub fn of(text: &str) -> Option<Self> {
        if !text.bytes().all(|b| b.is_ascii_graphic()) {
            return None;
        }
        let name = if text.starts_with("arn:") {
            let arn = Arn::parse(text).filter(|arn| arn.service == "lambda")?;
            arn.resource.strip_prefix("function:")?
        } else {
            let without_account = text
                .split_once(':')
                .filter(|(account, _)| is_account(account))
                .map_or(text, |(_, rest)| rest);
            without_account
                .strip_prefix("function:")
                .unwrap_or(without_account)
        };
        match name.split_once(':') {
            Some((_, qualifier)) if !is_qualifier(qualifier) => None,
            Some((name, _)) => Self::parse(name),
            None => Self::parse(name),
        }
    }

    /// The name under which the workers for one account and region are asked for: `NAME.ACCOUNT.REGION`, which no function can
    /// be called.
    pub(super) fn in_scope(&self, scope: &Scope) -> Self {
        let Scope { account, region } = scope;
        Self(format!("{self}.{account}.{region}").into())
    }

    /// Reads the name that a worker asks for, which may be one for an account and region.
    pub(super) fn of_worker(text: &str) -> Option<Self> {
        let Some((name, scope)) = text.split_once('.') else {
            return Self::parse(text);
        };
        let (account, region) = scope.split_once('.')?;
        let scope = Scope {
            account: AccountId::parse(account)?,
            region: Region::parse(region)?,
        };
        Self::parse(name).map(|name| name.in_scope(&scope))
    }

    /// The function's own name.
    pub(super) fn of_function(&self) -> &str {
        self.0.split('.').next().unwrap_or_default()
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for FunctionName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit())
}

/// A version's number, `$LATEST`, or an alias.
fn is_qualifier(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"-_$".contains(&b))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(given: &str, name: Option<&str>) {
        let found = FunctionName::of(given);
        assert_eq!(
            found.as_ref().map(FunctionName::as_str),
            name,
            "the name in {given:?}"
        );
    }

    #[test]
    fn every_documented_form_names_the_function() {
        for given in [
            "rotate-db_1",
            "rotate-db_1:$LATEST",
            "rotate-db_1:prod",
            "function:rotate-db_1",
            "123456789012:function:rotate-db_1",
            "123456789012:function:rotate-db_1:7",
            "arn:aws:lambda:eu-central-1:123456789012:function:rotate-db_1",
            "arn:aws:lambda:eu-central-1:123456789012:function:rotate-db_1:$LATEST",
            "arn:aws-cn:lambda:cn-north-1:123456789012:function:rotate-db_1:prod",
        ] {
            check(given, Some("rotate-db_1"));
        }
    }

    #[test]
    fn what_is_not_a_function_has_no_name() {
        for given in [
            "",
            "a/b",
            "a b",
            "name:",
            "name:prod:more",
            "12345:function:name",
            "arn:aws:lambda",
            "arn:aws:lambda:eu-central-1:123456789012:layer:name",
            "arn:aws:lambda:eu-central-1:123456789012:function:",
            "arn:aws:sqs:eu-central-1:123456789012:function:name",
            "arn:aws:lambda:eu-central-1\n:123456789012:function:name",
        ] {
            check(given, None);
        }
        check(&"n".repeat(65), None);
    }
}
