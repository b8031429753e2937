//! Does a policy open a secret to everybody, or close it to everybody? (fact sheet 8.1)
//!
//! AWS decides the first by automated reasoning over all policies. Here it is a rule that errs towards "yes": an Allow for
//! everybody counts as broad unless a condition of its own, or a Deny for everybody, pins callers to fixed values.

use std::net::IpAddr;

use super::Policy;
use super::document::{Effect, OneOrMany, Principal, PrincipalKind, Scalar, Statement};
use crate::arn::Arn;
use crate::secret::id::AccountId;

/// Condition keys whose fixed value leaves only known callers.
const NARROWING_KEYS: &[&str] = &[
    "aws:principalaccount",
    "aws:principalarn",
    "aws:principalorgid",
    "aws:principalorgpaths",
    "aws:sourceaccount",
    "aws:sourcearn",
    "aws:sourceip",
    "aws:sourceorgid",
    "aws:sourcevpc",
    "aws:sourcevpce",
    "aws:userid",
    "aws:username",
];

/// Operators by which a value must be one of those listed, and their opposites.
const EQUALITY: &[(&str, &str)] = &[
    ("StringEquals", "StringNotEquals"),
    ("StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase"),
    ("StringLike", "StringNotLike"),
    ("ArnEquals", "ArnNotEquals"),
    ("ArnLike", "ArnNotLike"),
    ("IpAddress", "NotIpAddress"),
];

impl Policy {
    /// Does the policy allow something to callers whom it does not pin down?
    pub fn is_public(&self) -> bool {
        let narrowed_by_deny = self.statements.iter().any(|statement| {
            statement.effect == Effect::Deny
                && statement.is_for_everybody()
                && statement.is_for_all_actions()
                && statement.is_for_all_resources()
                && statement.has_fixed_value(|(_, opposite)| opposite)
        });
        !narrowed_by_deny
            && self.statements.iter().any(|statement| {
                statement.effect == Effect::Allow
                    && statement.is_for_everybody()
                    && !statement.has_fixed_value(|(operator, _)| operator)
            })
    }
}

impl Policy {
    /// Does the policy deny an action to everybody, whoever calls? AWS looks at the caller; callers have no identity here,
    /// so only a denial without a condition counts.
    pub fn denies_everybody(&self, action: &str) -> bool {
        self.statements.iter().any(|statement| {
            statement.effect == Effect::Deny
                && statement.principal.is_some()
                && statement.is_for_everybody()
                && statement.condition.is_empty()
                && statement.covers(action)
        })
    }

    /// Does the policy allow an action to anybody at all?
    pub fn allows_somebody(&self, action: &str) -> bool {
        let allows =
            |statement: &Statement| statement.effect == Effect::Allow && statement.covers(action);
        self.statements.iter().any(allows) && !self.denies_everybody(action)
    }
}

/// Does a pattern with `*` and `?` fit a text, whatever the letter case? (AWS IAM User Guide, "IAM JSON policy elements:
/// Action".)
fn is_match(pattern: &str, text: &str) -> bool {
    let pattern = pattern.to_ascii_lowercase().into_bytes();
    let text = text.to_ascii_lowercase().into_bytes();
    // What the pattern read so far fits: lengths of the text's beginnings.
    let mut reached = vec![false; text.len() + 1];
    reached[0] = true;
    for symbol in pattern {
        if symbol == b'*' {
            let first = reached.iter().position(|fits| *fits);
            let first = first.unwrap_or(reached.len());
            reached[first..].fill(true);
            continue;
        }
        for end in (0..text.len()).rev() {
            reached[end + 1] = reached[end] && (symbol == b'?' || symbol == text[end]);
        }
        reached[0] = false;
    }
    reached[text.len()]
}

impl Statement {
    fn is_for_everybody(&self) -> bool {
        match &self.principal {
            Some(Principal::Text(text)) => text == "*",
            Some(Principal::ByKind(kinds)) => kinds
                .get(&PrincipalKind::Aws)
                .is_some_and(|names| names.as_slice().iter().any(|name| name == "*")),
            // NotPrincipal: everybody but those.
            None => true,
        }
    }

    /// Is an action, such as `kms:PutKeyPolicy`, one of the statement's, by its name or by a pattern?
    fn covers(&self, action: &str) -> bool {
        let matches = |list: &OneOrMany<String>| {
            let mut patterns = list.as_slice().iter();
            patterns.any(|pattern| is_match(pattern, action))
        };
        match (&self.action, &self.not_action) {
            (Some(named), _) => matches(named),
            (None, Some(excepted)) => !matches(excepted),
            (None, None) => false,
        }
    }

    fn is_for_all_actions(&self) -> bool {
        let actions = self.action.as_ref().map_or(&[][..], OneOrMany::as_slice);
        self.names("*") || actions.iter().any(|action| action == "*")
    }

    fn is_for_all_resources(&self) -> bool {
        let resources = self.resource.as_ref().map_or(&[][..], OneOrMany::as_slice);
        resources.iter().any(|resource| resource == "*")
    }

    /// Is this action of Secrets Manager named, in any letter case?
    fn names(&self, action: &str) -> bool {
        let actions = self.action.as_ref().map_or(&[][..], OneOrMany::as_slice);
        let mut names = actions.iter().filter_map(|action| action.split_once(':'));
        names.any(|(_, name)| name.eq_ignore_ascii_case(action))
    }

    fn has_fixed_value(
        &self,
        side: impl Fn(&(&'static str, &'static str)) -> &'static str,
    ) -> bool {
        let is_equality = |operator: &str| EQUALITY.iter().any(|pair| side(pair) == operator);
        self.condition
            .iter()
            .filter(|(operator, _)| is_equality(operator))
            .flat_map(|(_, keys)| keys)
            .any(|(key, values)| {
                NARROWING_KEYS.contains(&key.to_ascii_lowercase().as_str())
                    && values.as_slice().iter().all(Scalar::pins_the_caller)
            })
    }
}

impl Scalar {
    /// Does the value leave only callers that somebody knows? Not one with a wildcard, unless it fixes an account or an
    /// organization, and not a range of more than a 256th of all addresses.
    fn pins_the_caller(&self) -> bool {
        let Self::Text(text) = self else { return false };
        if let Some((_, bits)) = text
            .split_once('/')
            .filter(|(address, _)| is_address(address))
        {
            return bits.parse().is_ok_and(|bits: u8| bits >= 8);
        }
        let Some(wildcard) = text.find(['*', '?']) else {
            return !text.is_empty();
        };
        let fixed = &text[..wildcard];
        let account = Arn::parse(fixed).and_then(|arn| AccountId::parse(arn.account));
        account.is_some() || (fixed.starts_with("o-") && fixed.contains('/'))
    }
}

fn is_address(text: &str) -> bool {
    text.parse::<IpAddr>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(statements: &str, public: bool) {
        let text = format!(r#"{{"Version":"2012-10-17","Statement":[{statements}]}}"#);
        let policy = Policy::parse(&text, "secretsmanager").unwrap();
        assert_eq!(policy.is_public(), public, "{text}");
    }

    fn statement(effect: &str, principal: &str, condition: &str) -> String {
        format!(
            r#"{{"Effect":"{effect}","Principal":{principal},"Action":"secretsmanager:*","Resource":"*","Condition":{condition}}}"#
        )
    }

    #[test]
    fn an_allow_for_everybody_is_public_unless_a_condition_pins_the_caller() {
        check(&statement("Allow", r#""*""#, "{}"), true);
        check(&statement("Allow", r#"{"AWS":["*"]}"#, "{}"), true);
        check(
            &statement("Allow", r#"{"AWS":"123456789012"}"#, "{}"),
            false,
        );
        check(&statement("Deny", r#""*""#, "{}"), false);
        let by = |condition: &str| statement("Allow", r#""*""#, condition);
        check(
            &by(r#"{"StringEquals":{"aws:PrincipalOrgID":"o-1"}}"#),
            false,
        );
        check(&by(r#"{"StringLike":{"aws:PrincipalOrgID":"*"}}"#), true);
        check(
            &by(r#"{"IpAddress":{"aws:SourceIp":["10.0.0.0/8","0.0.0.0/0"]}}"#),
            true,
        );
        check(
            &by(r#"{"StringNotEquals":{"aws:PrincipalOrgID":"o-1"}}"#),
            true,
        );
        check(&by(r#"{"Bool":{"aws:SecureTransport":true}}"#), true);
        check(&by(r#"{"StringLike":{"aws:PrincipalArn":"arn:*"}}"#), true);
        check(
            &by(r#"{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::123456789012:role/*"}}"#),
            false,
        );
        check(
            &by(r#"{"IpAddress":{"aws:SourceIp":["0.0.0.0/1","128.0.0.0/1"]}}"#),
            true,
        );
        check(&by(r#"{"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}}"#), false);
    }

    #[test]
    fn a_deny_for_all_but_known_callers_narrows_every_allow() {
        let allow = statement("Allow", r#""*""#, "{}");
        let deny = statement(
            "Deny",
            r#""*""#,
            r#"{"StringNotEquals":{"aws:SourceVpce":"vpce-1"}}"#,
        );
        check(&format!("{allow},{deny}"), false);
    }

    #[test]
    fn an_unconditional_denial_for_everybody_locks_everybody_out() {
        let locks_out = |statement: &str| {
            let text = format!(r#"{{"Version":"2012-10-17","Statement":{statement}}}"#);
            Policy::parse(&text, "secretsmanager")
                .unwrap()
                .denies_everybody("secretsmanager:PutResourcePolicy")
        };
        assert!(locks_out(&statement("Deny", r#""*""#, "{}")));
        assert!(!locks_out(&statement("Allow", r#""*""#, "{}")));
        assert!(!locks_out(&statement(
            "Deny",
            r#"{"AWS":"123456789012"}"#,
            "{}"
        )));
        assert!(!locks_out(&statement(
            "Deny",
            r#""*""#,
            r#"{"Bool":{"aws:SecureTransport":"false"}}"#
        )));
    }

    #[test]
    fn an_action_is_allowed_to_somebody_unless_it_is_denied_to_everybody() {
        let one = |effect: &str, actions: &str, principal: &str| {
            format!(r#"{{"Effect":"{effect}","Principal":{principal},{actions},"Resource":"*"}}"#)
        };
        let allows = |statements: &[String]| {
            let text = format!(
                r#"{{"Version":"2012-10-17","Statement":[{}]}}"#,
                statements.join(",")
            );
            let policy = Policy::parse(&text, "kms").unwrap();
            policy.allows_somebody("kms:PutKeyPolicy")
        };
        let root = r#"{"AWS":"arn:aws:iam::123456789012:root"}"#;
        let everything = one("Allow", r#""Action":"kms:*""#, root);
        assert!(allows(std::slice::from_ref(&everything)));
        assert!(allows(&[one(
            "Allow",
            r#""NotAction":"kms:Encrypt""#,
            root
        )]));
        assert!(!allows(&[one("Allow", r#""NotAction":"kms:Put*""#, root)]));
        assert!(!allows(&[one("Allow", r#""Action":"kms:Encrypt""#, root)]));
        let denied = one("Deny", r#""Action":"kms:Put*""#, r#""*""#);
        assert!(!allows(&[everything.clone(), denied]));
        let denied = one("Deny", r#""Action":"kms:Put*""#, root);
        assert!(allows(&[everything, denied]));
    }

    #[test]
    fn a_pattern_fits_by_its_stars_and_question_marks() {
        for (pattern, text, fits) in [
            ("*", "kms:PutKeyPolicy", true),
            ("kms:*", "kms:PutKeyPolicy", true),
            ("KMS:put*", "kms:PutKeyPolicy", true),
            ("kms:Put???Policy", "kms:PutKeyPolicy", true),
            ("kms:*Policy", "kms:PutKeyPolicy", true),
            ("kms:*Key", "kms:PutKeyPolicy", false),
            ("kms:Put", "kms:PutKeyPolicy", false),
            ("", "kms:PutKeyPolicy", false),
        ] {
            assert_eq!(is_match(pattern, text), fits, "{pattern}");
        }
    }
}
