//! The account and region a request belongs to, read from its credentials.
//!
//! Signatures are not verified: any secret key will do, and a request without credentials is accepted.

use memchr::memchr2;

use crate::secret::id::{AccountId, Region, Scope};

/// Which account and region a request belongs to when its credentials do not say.
#[derive(Debug, Clone)]
pub struct Defaults(pub Scope);

impl Defaults {
    /// The scope of a request with this `Authorization` header and query string.
    ///
    /// The access key id is the account if it is exactly twelve digits. The region is the one of the credential scope,
    /// as a header or a presigned URL has it.
    pub fn scope_of(&self, authorization: Option<&[u8]>, query: Option<&str>) -> Scope {
        let from_query = || {
            let (_, credential) = form_urlencoded::parse(query?.as_bytes())
                .find(|(name, _)| name == "X-Amz-Credential")?;
            Some(self.scope_in(credential.as_bytes()))
        };
        authorization
            .and_then(credential_in)
            .map(|credential| self.scope_in(credential))
            .or_else(from_query)
            .unwrap_or_else(|| self.0.clone())
    }

    /// Reads `{access key id}/{date}/{region}/{service}/aws4_request`.
    fn scope_in(&self, credential: &[u8]) -> Scope {
        let Self(Scope { account, region }) = self;
        let mut parts = credential.split(|byte| *byte == b'/');
        let access_key_id = parts.next().and_then(text);
        let given = parts.nth(1);
        let is_default = given == Some(region.as_str().as_bytes());
        let other = given.filter(|_| !is_default).and_then(text);
        Scope {
            account: access_key_id.and_then(AccountId::parse).unwrap_or(*account),
            region: other
                .and_then(Region::parse)
                .unwrap_or_else(|| region.clone()),
        }
    }
}

fn text(part: &[u8]) -> Option<&str> {
    std::str::from_utf8(part).ok()
}

/// The credential in `AWS4-HMAC-SHA256 Credential=..., SignedHeaders=..., Signature=...`.
fn credential_in(authorization: &[u8]) -> Option<&[u8]> {
    const NAME: &[u8] = b"Credential=";
    let begin = match authorization.strip_prefix(b"AWS4-HMAC-SHA256 ") {
        Some(rest) if rest.starts_with(NAME) => authorization.len() - rest.len(),
        _ => authorization
            .windows(NAME.len())
            .position(|part| part == NAME)?,
    };
    let rest = &authorization[begin + NAME.len()..];
    let end = memchr2(b',', b' ', rest).unwrap_or(rest.len());
    Some(&rest[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(authorization: Option<&str>, query: Option<&str>, account: &str, region: &str) {
        let found = scope_of(authorization.map(str::as_bytes), query);
        assert_eq!(found, (account.to_owned(), region.to_owned()));
    }

    fn scope_of(authorization: Option<&[u8]>, query: Option<&str>) -> (String, String) {
        let defaults = Defaults(Scope {
            account: AccountId::parse("000000000000").unwrap(),
            region: Region::parse("us-east-1").unwrap(),
        });
        let scope = defaults.scope_of(authorization, query);
        (scope.account.to_string(), scope.region.to_string())
    }

    #[test]
    fn twelve_digits_are_the_account_and_the_credential_scope_has_the_region() {
        let header = |key: &str, region: &str| {
            format!(
                "AWS4-HMAC-SHA256 Credential={key}/20260101/{region}/secretsmanager/aws4_request, \
                 SignedHeaders=host, Signature=00"
            )
        };
        let default = ("000000000000", "us-east-1");
        check(None, None, default.0, default.1);
        check(
            Some(&header("123456789012", "eu-west-1")),
            None,
            "123456789012",
            "eu-west-1",
        );
        for key in ["AKIAIOSFODNN7EXAMPLE", "1234567890123", "12345678901x", ""] {
            check(
                Some(&header(key, "eu-west-1")),
                None,
                default.0,
                "eu-west-1",
            );
        }
        for region in ["", "no_region", "EU"] {
            check(
                Some(&header("123456789012", region)),
                None,
                "123456789012",
                default.1,
            );
        }
        for nonsense in ["", "Bearer x", "AWS4-HMAC-SHA256 Credential="] {
            check(Some(nonsense), None, default.0, default.1);
        }
        let strange = b"AWS4-HMAC-SHA256 Credential=123456789012/\xff/\xff/secretsmanager, x";
        let scope = scope_of(Some(strange), None);
        assert_eq!(scope, ("123456789012".to_owned(), default.1.to_owned()));
        // Nothing behind a credential is taken for a part of it.
        for end in [
            ", SignedHeaders=host;x",
            ",a,b",
            " a/b",
            "/20260101,eu-west-1/b",
            "",
        ] {
            let header = format!("AWS4-HMAC-SHA256 Credential=123456789012{end}");
            check(Some(&header), None, "123456789012", default.1);
        }
    }

    #[test]
    fn a_presigned_url_names_account_and_region() {
        let query = "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=\
                     123456789012%2F20260101%2Feu-west-1%2Fsecretsmanager%2Faws4_request";
        check(None, Some(query), "123456789012", "eu-west-1");
    }
}
