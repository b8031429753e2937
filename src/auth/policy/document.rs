//! A policy document, parsed (AWS IAM User Guide, "IAM JSON policy grammar"; fact sheet 8.1).

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::arn::Arn;
use crate::secret::id::AccountId;

/// A resource policy that keeps the grammar and names only what its service supports.
#[derive(Debug)]
pub struct Policy {
    pub(super) statements: Vec<Statement>,
}

/// Why a text is not such a policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Malformed {
    /// Not JSON, or not the grammar of policies.
    Syntax,
    /// A principal that is neither everybody, an account, a role, a user, a session nor a service.
    Principal,
    /// An action of another service.
    Action,
    /// A condition operator that does not exist.
    Condition,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Document {
    version: Option<String>,
    #[serde(rename = "Id")]
    _id: Option<String>,
    statement: OneOrMany<Statement>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Statement {
    #[serde(rename = "Sid")]
    _sid: Option<String>,
    pub(super) effect: Effect,
    pub(super) principal: Option<Principal>,
    pub(super) not_principal: Option<Principal>,
    pub(super) action: Option<OneOrMany<String>>,
    pub(super) not_action: Option<OneOrMany<String>>,
    pub(super) resource: Option<OneOrMany<String>>,
    not_resource: Option<OneOrMany<String>>,
    #[serde(default)]
    pub(super) condition: BTreeMap<String, BTreeMap<String, OneOrMany<Scalar>>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub(super) enum Effect {
    Allow,
    Deny,
}

/// `"*"`, or principals by kind.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum Principal {
    Text(String),
    ByKind(BTreeMap<PrincipalKind, OneOrMany<String>>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
pub(super) enum PrincipalKind {
    #[serde(rename = "AWS")]
    Aws,
    Service,
    Federated,
    CanonicalUser,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum OneOrMany<T> {
    One(T),
    Many(Vec<T>),
}

impl<T> OneOrMany<T> {
    pub(super) fn as_slice(&self) -> &[T] {
        match self {
            Self::One(one) => std::slice::from_ref(one),
            Self::Many(many) => many,
        }
    }
}

/// A value of a condition.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum Scalar {
    Text(String),
    // Booleans and numbers may be written without quotes; what they are plays no part here.
    Flag(#[expect(dead_code, reason = "only its presence matters")] bool),
    Number(#[expect(dead_code, reason = "only its presence matters")] f64),
}

impl Policy {
    /// Parses a document whose actions are those of one service, such as `secretsmanager`.
    pub fn parse(text: &str, service: &str) -> Result<Self, Malformed> {
        let document: Document = serde_json::from_str(text).map_err(|_| Malformed::Syntax)?;
        let version = document.version.as_deref();
        if !matches!(version, None | Some("2012-10-17" | "2008-10-17")) {
            return Err(Malformed::Syntax);
        }
        let statements = match document.statement {
            OneOrMany::One(statement) => vec![statement],
            OneOrMany::Many(statements) => statements,
        };
        if statements.is_empty() {
            return Err(Malformed::Syntax);
        }
        statements
            .iter()
            .try_for_each(|statement| statement.check(service))?;
        Ok(Self { statements })
    }
}

impl Statement {
    fn check(&self, service: &str) -> Result<(), Malformed> {
        let one_of_each = self.principal.is_some() != self.not_principal.is_some()
            && self.action.is_some() != self.not_action.is_some()
            && self.resource.is_some() != self.not_resource.is_some();
        let lists = [
            &self.action,
            &self.not_action,
            &self.resource,
            &self.not_resource,
        ];
        let is_empty = |list: &OneOrMany<String>| list.as_slice().is_empty();
        if !one_of_each || lists.into_iter().flatten().any(is_empty) {
            return Err(Malformed::Syntax);
        }
        for principal in [&self.principal, &self.not_principal].into_iter().flatten() {
            principal.check()?;
        }
        let actions = [&self.action, &self.not_action].into_iter().flatten();
        let mut actions = actions.flat_map(OneOrMany::as_slice);
        if !actions.all(|action| is_action(action, service)) {
            return Err(Malformed::Action);
        }
        if !self.condition.keys().all(|operator| is_operator(operator)) {
            return Err(Malformed::Condition);
        }
        Ok(())
    }
}

impl Principal {
    fn check(&self) -> Result<(), Malformed> {
        let supported = match self {
            Self::Text(text) => text == "*",
            Self::ByKind(kinds) if kinds.is_empty() => return Err(Malformed::Syntax),
            Self::ByKind(kinds) => kinds.iter().all(|(kind, names)| {
                *kind != PrincipalKind::Aws
                    || names.as_slice().iter().all(|name| is_aws_principal(name))
            }),
        };
        supported.then_some(()).ok_or(Malformed::Principal)
    }
}

fn is_aws_principal(name: &str) -> bool {
    let is_unique_id = |prefix| name.starts_with(prefix) && name.len() > 16;
    if name == "*" || AccountId::parse(name).is_some() {
        return true;
    }
    match Arn::parse(name) {
        None => is_unique_id("AIDA") || is_unique_id("AROA"),
        Some(arn) => {
            let kinds: &[&str] = match arn.service {
                "iam" => &["root", "user/", "role/"],
                "sts" => &["assumed-role/", "federated-user/"],
                _ => &[],
            };
            AccountId::parse(arn.account).is_some()
                && kinds.iter().any(|kind| arn.resource.starts_with(kind))
        }
    }
}

fn is_action(action: &str, service: &str) -> bool {
    action == "*"
        || action
            .split_once(':')
            .is_some_and(|(prefix, _)| prefix.eq_ignore_ascii_case(service))
}

/// The operators of the IAM User Guide, "IAM JSON policy elements: Condition operators".
const OPERATORS: &[&str] = &[
    "StringEquals",
    "StringNotEquals",
    "StringEqualsIgnoreCase",
    "StringNotEqualsIgnoreCase",
    "StringLike",
    "StringNotLike",
    "NumericEquals",
    "NumericNotEquals",
    "NumericLessThan",
    "NumericLessThanEquals",
    "NumericGreaterThan",
    "NumericGreaterThanEquals",
    "DateEquals",
    "DateNotEquals",
    "DateLessThan",
    "DateLessThanEquals",
    "DateGreaterThan",
    "DateGreaterThanEquals",
    "Bool",
    "BinaryEquals",
    "IpAddress",
    "NotIpAddress",
    "ArnEquals",
    "ArnLike",
    "ArnNotEquals",
    "ArnNotLike",
    "Null",
];

fn is_operator(text: &str) -> bool {
    let bare = text
        .strip_prefix("ForAnyValue:")
        .or_else(|| text.strip_prefix("ForAllValues:"))
        .unwrap_or(text);
    let bare = bare.strip_suffix("IfExists").unwrap_or(bare);
    OPERATORS.contains(&bare)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn statement(members: &str) -> String {
        format!(r#"{{"Version":"2012-10-17","Statement":[{{{members}}}]}}"#)
    }

    const REST: &str = r#""Effect":"Allow","Action":"secretsmanager:*","Resource":"*""#;

    #[test]
    fn each_form_of_a_principal_is_read() {
        for principal in [
            r#""*""#,
            r#"{"AWS":"*"}"#,
            r#"{"AWS":["123456789012","arn:aws:iam::123456789012:root"]}"#,
            r#"{"AWS":"arn:aws:iam::123456789012:role/path/r"}"#,
            r#"{"AWS":"arn:aws:sts::123456789012:assumed-role/r/session"}"#,
            r#"{"AWS":"AIDAJQABLZS4A3QDU576Q"}"#,
            r#"{"Service":"secretsmanager.amazonaws.com"}"#,
        ] {
            let text = statement(&format!(r#""Principal":{principal},{REST}"#));
            assert!(Policy::parse(&text, "secretsmanager").is_ok(), "{text}");
        }
    }

    #[test]
    fn what_is_wrong_is_told_apart() {
        let check = |text: String, expected| {
            assert_eq!(
                Policy::parse(&text, "secretsmanager").unwrap_err(),
                expected,
                "{text}"
            );
        };
        check("{".into(), Malformed::Syntax);
        check("[]".into(), Malformed::Syntax);
        check("{}".into(), Malformed::Syntax);
        check(statement(REST), Malformed::Syntax);
        let with = |members: &str| statement(&format!(r#""Principal":"*",{members}"#));
        check(
            with(r#""Effect":"Maybe","Action":"*","Resource":"*""#),
            Malformed::Syntax,
        );
        check(with(r#""Effect":"Allow","Action":"*""#), Malformed::Syntax);
        check(
            with(r#""Effect":"Allow","Action":[],"Resource":"*""#),
            Malformed::Syntax,
        );
        check(
            statement(&format!(r#""Principal":{{}},{REST}"#)),
            Malformed::Syntax,
        );
        check(with(&format!(r#"{REST},"Extra":1"#)), Malformed::Syntax);
        check(
            with(r#""Effect":"Allow","Action":"s3:GetObject","Resource":"*""#),
            Malformed::Action,
        );
        check(
            with(&format!(
                r#"{REST},"Condition":{{"Resembles":{{"a":"b"}}}}"#
            )),
            Malformed::Condition,
        );
        check(
            statement(&format!(r#""Principal":{{"AWS":"nobody"}},{REST}"#)),
            Malformed::Principal,
        );
    }
}
