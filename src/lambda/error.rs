//! How an invocation fails.

use std::fmt;
use std::time::Duration;

use serde_json::Value;

/// The most that is kept of a function's own words.
const LONGEST_TEXT: usize = 1024;

/// Why an invocation did not succeed. The text holds nothing of the event or of the answer but a function's own error.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvokeError {
    /// Nobody runs a function of this name, or the text is not the ARN of a function.
    #[error("nobody runs this function")]
    Unknown,
    /// The function's endpoint could not be reached.
    #[error("the function's endpoint cannot be reached: {0}")]
    Unreachable(String),
    /// The function did not end within the time limit.
    #[error("Task timed out after {:.2} seconds", .0.as_secs_f64())]
    TimedOut(Duration),
    /// The endpoint answered with a status that is not a success.
    #[error("the function's endpoint answered with HTTP status {0}")]
    Status(u16),
    /// The connection ended before the whole answer was there.
    #[error("the function's endpoint closed the connection before its answer was complete")]
    ClosedHalfWay,
    /// The answer is not HTTP.
    #[error("the function's endpoint answered with something that is not HTTP")]
    Garbage,
    /// The function ran and failed.
    #[error(transparent)]
    Function(#[from] FunctionError),
}

/// A function's error in its own words, cut to 1 KiB each.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct FunctionError {
    /// Such as `ValueError` or `Runtime.ExitError`; empty when it is not known.
    pub error_type: String,
    /// Such as `division by zero`; empty when it is not known.
    pub message: String,
}

impl FunctionError {
    /// An error with these words.
    pub(super) fn new(error_type: &str, message: &str) -> Self {
        let cut = |text: &str| text[..text.floor_char_boundary(LONGEST_TEXT)].to_owned();
        Self {
            error_type: cut(error_type),
            message: cut(message),
        }
    }

    /// The error in a document of Lambda's form: a JSON object with `errorMessage`, `errorType` or both (AWS Lambda Developer
    /// Guide, "Using the Lambda runtime API for custom runtimes", `ErrorRequest`).
    pub(super) fn read(body: &[u8]) -> Option<Self> {
        let document: Value = serde_json::from_slice(body).ok()?;
        let word = |name: &str| document.get(name).and_then(Value::as_str);
        let (error_type, message) = (word("errorType"), word("errorMessage"));
        (error_type.is_some() || message.is_some())
            .then(|| Self::new(error_type.unwrap_or_default(), message.unwrap_or_default()))
    }

    /// The error in the answer of an endpoint that reports success in spite of it.
    ///
    /// Lambda's Runtime Interface Emulator does so: a failed function's error document comes with status 200 and no header,
    /// and a time-out as the plain text `Task timed out after 3.00 seconds`
    /// (aws/aws-lambda-runtime-interface-emulator, issue 21).
    pub(super) fn in_successful_answer(body: &[u8]) -> Option<Self> {
        const TIMED_OUT: &str = "Task timed out after ";
        if let Ok(text) = std::str::from_utf8(body)
            && text.starts_with(TIMED_OUT)
        {
            return Some(Self::new("", text.lines().next().unwrap_or_default()));
        }
        let document: Value = serde_json::from_slice(body).ok()?;
        let failed = document.get("errorMessage").is_some_and(Value::is_string)
            && (document.get("errorType").is_some() || document.get("stackTrace").is_some());
        failed.then(|| Self::read(body))?
    }

    /// The answer is larger than Lambda allows.
    pub(super) fn too_large() -> Self {
        Self::new(
            "Function.ResponseSizeTooLarge",
            &format!(
                "Response payload size exceeded maximum allowed payload size ({} bytes).",
                super::LARGEST_PAYLOAD
            ),
        )
    }
}

impl fmt::Display for FunctionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.error_type.as_str(), self.message.as_str()) {
            ("", "") => f.write_str("the function failed without saying why"),
            (error_type, "") => f.write_str(error_type),
            ("", message) => f.write_str(message),
            (error_type, message) => write!(f, "{error_type}: {message}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn in_answer(body: &str) -> Option<String> {
        FunctionError::in_successful_answer(body.as_bytes()).map(|error| error.to_string())
    }

    #[test]
    fn an_error_document_in_a_successful_answer_is_found() {
        let error = r#"{"errorMessage":"no","errorType":"ValueError","requestId":"x"}"#;
        assert_eq!(in_answer(error).unwrap(), "ValueError: no");
        let error = r#"{"errorMessage":"no","stackTrace":[]}"#;
        assert_eq!(in_answer(error).unwrap(), "no");
        let error = "Task timed out after 3.00 seconds";
        assert_eq!(in_answer(error).unwrap(), error);
    }

    #[test]
    fn what_a_function_returns_otherwise_is_no_error() {
        for body in [
            "",
            "null",
            "done",
            "[1]",
            r#""errorMessage""#,
            r#"{"errorMessage":"no"}"#,
            r#"{"errorMessage":null,"errorType":"x"}"#,
            r#"{"errorType":"x"}"#,
        ] {
            assert_eq!(in_answer(body), None, "{body}");
        }
    }

    #[test]
    fn long_words_are_cut_between_characters() {
        let error = FunctionError::new("T", &"ä".repeat(1000));
        assert_eq!(error.message, "ä".repeat(512));
        let error = FunctionError::new("T", &format!("a{}", "ä".repeat(1000)));
        assert_eq!(error.message.len(), 1023);
    }

    #[test]
    fn an_error_without_words_still_says_something() {
        let text = |error_type, message| FunctionError::new(error_type, message).to_string();
        assert_eq!(text("", ""), "the function failed without saying why");
        assert_eq!(text("Runtime.Unknown", ""), "Runtime.Unknown");
    }
}
