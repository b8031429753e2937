//! JSON to inputs and outputs to JSON.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::Empty;
use super::error::Error;
use super::fields::{MARK, Object};

/// Reads a body. None at all is read as `{}`. What is wrong with it is told in AWS's words or not at all, since serde's
/// own words may quote a secret value (fact sheet 1.4).
pub fn decode<T: DeserializeOwned>(body: &[u8]) -> Result<T, Error> {
    // As a whole, which takes less than each of its texts alone.
    let text = std::str::from_utf8(body).map_err(|_| Error::Serialization(String::new()))?;
    let text = if text.is_empty() { "{}" } else { text };
    match serde_json::from_str::<Object<T>>(text) {
        Ok(Object(input)) => Ok(input),
        Err(error) => Err(Error::Serialization(text_for_client(&error))),
    }
}

fn text_for_client(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let place = format!(" at line {} column {}", error.line(), error.column());
    text.strip_prefix(MARK)
        .map(|text| text.strip_suffix(&place).unwrap_or(text).to_owned())
        .unwrap_or_default()
}

/// Room for nearly every answer but those that are lists.
pub const USUAL_LENGTH: usize = 1024;

/// What an operation answers.
pub trait Output {
    /// How much room to begin with.
    fn length(&self) -> usize {
        USUAL_LENGTH
    }

    /// Writes it at the end of a body.
    fn write(&self, body: &mut Vec<u8>) -> Result<(), Error>;
}

impl<T: Serialize> Output for T {
    fn write(&self, body: &mut Vec<u8>) -> Result<(), Error> {
        write(self, body)
    }
}

impl Output for Empty {
    fn length(&self) -> usize {
        0
    }

    fn write(&self, _: &mut Vec<u8>) -> Result<(), Error> {
        Ok(())
    }
}

/// Writes a body.
pub fn encode(output: &impl Output) -> Result<Vec<u8>, Error> {
    let mut body = Vec::with_capacity(output.length());
    output.write(&mut body)?;
    Ok(body)
}

/// Writes a value at the end of a body.
pub fn write<T: Serialize + ?Sized>(value: &T, body: &mut Vec<u8>) -> Result<(), Error> {
    sonic_rs::to_writer(body, value).map_err(|error| Error::Internal(error.into()))
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;
    use crate::api::fields::{Flag, Integer, List, Long, SecretBlob, SecretText, Text};

    #[derive(Debug, Default, Deserialize)]
    #[serde(default, rename_all = "PascalCase")]
    struct Input {
        text: Option<Text>,
        secret: Option<SecretText>,
        flag: Option<Flag>,
        integer: Option<Integer>,
        long: Option<Long>,
        blob: Option<SecretBlob>,
        list: Option<List<Object<Input>>>,
    }

    #[track_caller]
    fn check(body: &str, expected: &str) {
        match decode::<Input>(body.as_bytes()) {
            Err(Error::Serialization(text)) => assert_eq!(text, expected, "{body}"),
            other => panic!("{body} gave {other:?}"),
        }
    }

    /// Facts 1.4: a member of the wrong JSON type.
    #[test]
    fn a_wrong_type_is_named_in_awss_words() {
        let cannot = |token: &str, to: &str| format!("{token}_VALUE can not be converted to {to}");
        check(r#"{"Text":1}"#, &cannot("NUMBER", "a String"));
        check(r#"{"Text":1.5}"#, &cannot("NUMBER", "a String"));
        check(r#"{"Secret":true}"#, &cannot("TRUE", "a String"));
        check(r#"{"Flag":"true"}"#, &cannot("STRING", "a Boolean"));
        check(r#"{"Integer":"1"}"#, &cannot("STRING", "an Integer"));
        check(r#"{"Integer":3000000000}"#, &cannot("NUMBER", "an Integer"));
        check(r#"{"Long":false}"#, &cannot("FALSE", "a Long"));
        check(
            r#"{"Text":{}}"#,
            "Start of structure or map found where not expected.",
        );
        check(r#"{"Text":[]}"#, "Start of list found where not expected");
        for not_a_list in ["{}", "\"x\"", "1", "-1", "1.5", "true"] {
            check(
                &format!(r#"{{"List":{not_a_list}}}"#),
                "Expected list or null",
            );
        }
        check(r#"{"List":[{"Text":1}]}"#, &cannot("NUMBER", "a String"));
    }

    #[test]
    fn what_is_not_this_json_at_all_is_refused_without_a_word_of_it() {
        for body in [
            "{",
            "hunter2",
            "[]",
            "\"hunter2\"",
            "{} {}",
            r#"{"List":["hunter2"]}"#,
            r#"{"List":[["hunter2"]]}"#,
            r#"{"Text":"hunter2","Text":"hunter2"}"#,
            "{\"Text\":\"\u{1}\"}",
        ] {
            check(body, "");
        }
        check(
            r#"{"Blob":"hunter2!"}"#,
            "STRING_VALUE can not be converted to a Blob",
        );
    }

    #[test]
    fn what_is_not_utf_8_is_refused_wherever_it_stands() {
        for body in [b"{\"Text\":\"\xff\"}", b"{\"Else\":\"\xff\"}"] {
            let refused = decode::<Input>(body);
            assert!(matches!(refused, Err(Error::Serialization(text)) if text.is_empty()));
        }
    }

    #[test]
    fn null_and_unknown_members_are_as_if_absent() {
        let input: Input = decode(br#"{"Text":null,"List":null,"Unknown":{"a":[1]}}"#).unwrap();
        assert!(input.text.is_none() && input.list.is_none());
        assert!(decode::<Input>(b"").is_ok());
    }
}
