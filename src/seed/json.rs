//! A part of a document as JSON text: what a value that is no text becomes.

use super::tree::{Kind, Node, Scalar};
use crate::sensitive::Sensitive;

/// Compact JSON, members in their order, numbers as they were written.
pub(super) fn text_of(node: &Node) -> Sensitive<String> {
    let mut json = Sensitive::new(String::new());
    write(node, json.expose_mut());
    json
}

fn write(node: &Node, json: &mut String) {
    match &node.kind {
        Kind::Scalar(scalar) => write_scalar(scalar, json),
        Kind::List(items) => {
            json.push('[');
            for (at, item) in items.iter().enumerate() {
                if at > 0 {
                    json.push(',');
                }
                write(item, json);
            }
            json.push(']');
        }
        Kind::Map(members) => {
            json.push('{');
            for (at, member) in members.iter().enumerate() {
                if at > 0 {
                    json.push(',');
                }
                write_text(member.name.expose(), json);
                json.push(':');
                write(&member.value, json);
            }
            json.push('}');
        }
    }
}

fn write_scalar(scalar: &Scalar, json: &mut String) {
    let text = &**scalar.text.expose();
    match text {
        _ if scalar.is_null() => json.push_str("null"),
        "true" | "True" | "TRUE" if scalar.plain => json.push_str("true"),
        "false" | "False" | "FALSE" if scalar.plain => json.push_str("false"),
        _ if scalar.plain && is_number(text) => json.push_str(text),
        _ => write_text(text, json),
    }
}

fn write_text(text: &str, json: &mut String) {
    // Text always serializes.
    let quoted = Sensitive::new(serde_json::to_string(text).unwrap_or_default());
    json.push_str(quoted.expose());
}

/// Is it a number of JSON's grammar? What only YAML takes for one, such as `0x1f`, stays a text.
fn is_number(text: &str) -> bool {
    let digits =
        |text: &str| text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let whole = digits(unsigned);
    if whole == 0 || (whole > 1 && unsigned.starts_with('0')) {
        return false;
    }
    let mut rest = &unsigned[whole..];
    if let Some(fraction) = rest.strip_prefix('.') {
        let length = digits(fraction);
        if length == 0 {
            return false;
        }
        rest = &fraction[length..];
    }
    if let Some(exponent) = rest.strip_prefix(['e', 'E']) {
        let exponent = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
        let length = digits(exponent);
        if length == 0 {
            return false;
        }
        rest = &exponent[length..];
    }
    rest.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seed::tree;

    #[track_caller]
    fn check(yaml: &str, json: &str) {
        let documents = tree::parse(yaml).unwrap();
        assert_eq!(text_of(&documents[0]).expose(), json, "{yaml}");
    }

    #[test]
    fn numbers_keep_their_spelling_and_other_things_are_texts() {
        check(
            "[0, -1, 10.50, 1e400, 2E-3, 12345678901234567890123]",
            "[0,-1,10.50,1e400,2E-3,12345678901234567890123]",
        );
        check(
            "[007, 0x1f, +1, 1., .5, 1_000, .inf, 1e, 2026-01-01, yes, \"1\", 'true']",
            r#"["007","0x1f","+1","1.",".5","1_000",".inf","1e","2026-01-01","yes","1","true"]"#,
        );
        check(
            "[true, FALSE, null, ~, \"\"]",
            r#"[true,false,null,null,""]"#,
        );
    }

    #[test]
    fn members_keep_their_order_and_texts_are_escaped() {
        check(
            "z: \"a\\\"b\"\na:\n  - {k: v}\nкл: |\n  x\n",
            r#"{"z":"a\"b","a":[{"k":"v"}],"кл":"x\n"}"#,
        );
    }
}
