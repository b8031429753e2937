//! An exception as a JSON response.

use http::StatusCode;
use serde::Serialize;

use super::{AMZ_JSON, Response, response};
use crate::api::error::{Error, Family};

/// `__type`, and the text as `Message` or `message`; an exception without a text has neither (fact sheet 1.3).
#[derive(Serialize)]
struct Body {
    #[serde(rename = "__type")]
    code: &'static str,
    #[serde(rename = "Message", skip_serializing_if = "Option::is_none")]
    of_service: Option<String>,
    #[serde(rename = "message", skip_serializing_if = "Option::is_none")]
    of_framework: Option<String>,
}

pub(super) fn render(error: &Error) -> Response {
    let code = error.code();
    let text = Some(error.to_string()).filter(|text| !text.is_empty());
    let (of_service, of_framework) = match code.family() {
        Family::Service => (text, None),
        Family::Framework | Family::Kms => (None, text),
    };
    let body = Body {
        code: code.name(),
        of_service,
        of_framework,
    };
    let status = StatusCode::from_u16(code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    // Strings always serialize.
    let body = serde_json::to_vec(&body).unwrap_or_default();
    response(status, AMZ_JSON, body)
}

#[cfg(test)]
mod tests {
    use http_body_util::BodyExt as _;

    use super::*;

    async fn rendered(error: &Error) -> (u16, String) {
        let response = render(error);
        assert!(!response.headers().contains_key("x-amzn-errortype"));
        let status = response.status().as_u16();
        let body = response.into_body().collect().await.unwrap();
        (status, String::from_utf8(body.to_bytes().to_vec()).unwrap())
    }

    /// Fact 1.3: `InternalServiceError` is a fault: HTTP 500
    /// Fact 1.3: No `x-amzn-ErrorType` header is needed
    #[tokio::test]
    async fn an_internal_error_is_500_and_its_cause_is_not_shown() {
        let (status, body) = rendered(&Error::Internal("hunter2".into())).await;
        assert_eq!(status, 500);
        assert_eq!(
            body,
            r#"{"__type":"InternalServiceError","Message":"An error occurred on the server side."}"#
        );
    }

    #[tokio::test]
    async fn the_family_decides_the_letter_case_and_no_text_is_no_member() {
        let (_, service) = rendered(&Error::NoValue).await;
        assert!(service.contains(r#","Message":""#), "{service}");
        let (_, framework) = rendered(&Error::InvalidName).await;
        assert!(framework.contains(r#","message":""#), "{framework}");
        let (status, silent) = rendered(&Error::UnknownOperation).await;
        assert_eq!(status, 400);
        assert_eq!(silent, r#"{"__type":"UnknownOperationException"}"#);
    }
}
