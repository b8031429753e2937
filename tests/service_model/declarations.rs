//! Names, required members, constraints and error lists, as declared beside each operation and as the model has them.

use std::collections::BTreeSet;

use proptest::prelude::*;
use regex::Regex;
use secretstack::api::TABLE;
use secretstack::api::constraints::{MemberRules, Pattern, Shape, TextRules};
use serde_json::Value;

use crate::support::service_model::{Model, errors_of, of};

/// Fact 3.1: `AddReplicaRegions`: list, min 1, of {Region len 1..128 pattern, KmsKeyId}
/// Fact 3.1: `ForceOverwriteReplicaSecret`: boolean
/// Fact 3.1: `Type`: len 0..256
/// Fact 3.1: `CrossAccountPrimaryARN`: len 20..2048
/// Fact 3.7: Request: `SecretId` (required), `RecoveryWindowInDays`
#[test]
fn every_input_is_declared_as_the_model_has_it() {
    for entry in TABLE {
        let Some(model) = of(entry.service) else {
            continue;
        };
        let input = model.shape_of(&model.operation(entry.name)["input"]);
        assert_structure(model, entry.name, &(entry.input)(), input);
    }
}

/// Fact 3.6: Request: `SecretId`. Error list
/// Fact 1.3: Modelled exceptions and their member
#[test]
fn every_error_list_is_the_models() {
    for entry in TABLE {
        let Some(model) = of(entry.service) else {
            continue;
        };
        let declared: BTreeSet<_> = entry.errors.iter().map(|code| code.name()).collect();
        let listed: BTreeSet<_> = errors_of(model.operation(entry.name))
            .into_iter()
            // Any operation may fail by our own fault.
            .filter(|name| *name != "InternalServiceError")
            .collect();
        assert_eq!(declared, listed, "{}", entry.name);
    }
}

fn assert_structure(service: &Model, path: &str, declared: &[MemberRules], model: &Value) {
    let members = model["members"].as_object().expect("members");
    let names: BTreeSet<_> = declared.iter().map(|member| member.name).collect();
    let expected: BTreeSet<_> = members.keys().map(String::as_str).collect();
    assert_eq!(names, expected, "{path}");
    assert_eq!(
        names.len(),
        declared.len(),
        "{path} declares a member twice"
    );
    for member in declared {
        let path = format!("{path}.{}", member.name);
        let required = model["required"].as_array();
        let required = required.is_some_and(|names| names.iter().any(|n| n == member.name));
        assert_eq!(member.required, required, "{path} required");
        assert_shape(
            service,
            &path,
            member.shape,
            service.shape_of(&members[member.name]),
        );
    }
}

fn assert_shape(service: &Model, path: &str, declared: &Shape, model: &Value) {
    let number = |name: &str| model[name].as_i64();
    let size = |name: &str| model[name].as_u64().map(|n| usize::try_from(n).unwrap());
    match (declared, model["type"].as_str().expect("a type")) {
        (Shape::Text(rules), "string") => assert_text(path, rules, model),
        (Shape::Blob { min, max }, "blob") => {
            assert_eq!(
                (Some(*min), Some(*max)),
                (size("min"), size("max")),
                "{path}"
            );
        }
        (Shape::Number(bounds), "integer" | "long") => {
            let model = number("min").zip(number("max"));
            assert_eq!(*bounds, model, "{path}");
        }
        (Shape::Flag, "boolean") | (Shape::Map, "map") => {}
        (Shape::List { min, max, item }, "list") => {
            assert_eq!(*min, size("min").unwrap_or(0), "{path} min");
            assert_eq!(*max, size("max"), "{path} max");
            assert_shape(
                service,
                &format!("{path}[]"),
                item,
                service.shape_of(&model["member"]),
            );
        }
        (Shape::Structure(members), "structure") => {
            assert_structure(service, path, &members(), model);
        }
        (declared, model) => panic!("{path} is declared as {declared:?} and is a {model}"),
    }
}

fn assert_text(path: &str, rules: &TextRules, model: &Value) {
    let size = |name: &str| model[name].as_u64().map(|n| usize::try_from(n).unwrap());
    let length = size("max").map(|max| (size("min").unwrap_or(0), max));
    assert_eq!(rules.length, length, "{path} length");
    assert_eq!(
        rules.sensitive,
        model["sensitive"] == true,
        "{path} sensitive"
    );
    let pattern = rules.pattern.map(|pattern| pattern.text);
    assert_eq!(pattern, model["pattern"].as_str(), "{path} pattern");
    let declared: BTreeSet<_> = rules.one_of.iter().copied().collect();
    let values = model["enum"].as_array().into_iter().flatten();
    let listed: BTreeSet<_> = values.map(|value| value.as_str().unwrap()).collect();
    assert_eq!(declared, listed, "{path} values");
}

/// Every pattern that is declared, with the check that stands for it.
fn patterns() -> Vec<Pattern> {
    let mut found = Vec::new();
    for entry in TABLE {
        collect_patterns(&(entry.input)(), &mut found);
    }
    found
}

fn collect_patterns(members: &[MemberRules], found: &mut Vec<Pattern>) {
    for member in members {
        let shape = match member.shape {
            Shape::List { item, .. } => item,
            shape => shape,
        };
        match shape {
            Shape::Text(rules) => found.extend(rules.pattern),
            Shape::Structure(members) => collect_patterns(&members(), found),
            _ => {}
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// AWS matches whole values, so a pattern without anchors is anchored here.
    #[test]
    fn every_check_agrees_with_the_pattern_it_stands_for(
        text in prop_oneof![
            "[ -~]{0,12}",
            "[a-z0-9-]{0,12}",
            "([a-z]{1,3}-){0,3}[0-9]{0,2}",
            "!?[a-zA-Z0-9 :_@/+=.-]{0,12}!?",
            any::<String>(),
        ]
    ) {
        for Pattern { text: pattern, check } in patterns() {
            // AWS's words are of ASCII letters, and its dashes need no escape.
            let plain = pattern.replace(r"\w", "A-Za-z0-9_").replace("0-9-_", r"0-9\-_");
            let regex = Regex::new(&format!(r"\A(?:{plain})\z")).unwrap();
            prop_assert_eq!(check(&text), regex.is_match(&text), "{} on {:?}", pattern, text);
        }
    }
}
