//! Page tokens: opaque, key-based, bound to the query that made them.
//!
//! A token is the place after which the next page begins, authenticated together with the query. Nothing is kept on
//! the server, and secrets that come or go between pages disturb no others.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::error::Error;
use crate::entropy::Entropy;
use crate::sensitive::Sensitive;

/// The bytes of a token's authentication code.
const TAG: usize = 16;

/// Makes and reads page tokens.
#[derive(Debug)]
pub struct PageTokens {
    key: Sensitive<[u8; 64]>,
}

/// What a list was asked for, all but the page. Two queries give the same text only if they are the same.
#[derive(Debug)]
pub struct Query(String);

impl Query {
    /// Describes a query by anything that prints differently for different queries.
    pub fn new(operation: &str, parts: &impl std::fmt::Debug) -> Self {
        Self(format!("{operation} {parts:?}"))
    }
}

impl PageTokens {
    /// Tokens that another process does not accept.
    pub fn new(entropy: &Entropy) -> Self {
        Self {
            key: Sensitive::new(entropy.child("page").bytes()),
        }
    }

    /// A token for the page that follows `place`.
    pub fn make(&self, query: &Query, place: &[u8]) -> String {
        let mut token = self.tag(query, place).to_vec();
        token.extend_from_slice(place);
        URL_SAFE_NO_PAD.encode(token)
    }

    /// The place in a token that was made for this query.
    pub fn read(&self, query: &Query, token: &str) -> Result<Vec<u8>, Error> {
        let bytes = URL_SAFE_NO_PAD
            .decode(token)
            .map_err(|_| Error::InvalidNextToken)?;
        match bytes.split_first_chunk::<TAG>() {
            Some((tag, place)) if *tag == self.tag(query, place) => Ok(place.to_vec()),
            _ => Err(Error::InvalidNextToken),
        }
    }

    fn tag(&self, query: &Query, place: &[u8]) -> [u8; TAG] {
        let mut mac = Hmac::<Sha256>::new(self.key.expose().into());
        mac.update(&(query.0.len() as u64).to_be_bytes());
        mac.update(query.0.as_bytes());
        mac.update(place);
        let mut tag = [0; TAG];
        tag.copy_from_slice(&mac.finalize().into_bytes()[..TAG]);
        tag
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_read_back_for_its_query_only_and_only_unaltered() {
        let tokens = PageTokens::new(&Entropy::seeded(1));
        let query = Query::new("List", &("a", 1));
        let token = tokens.make(&query, b"place");
        assert_eq!(tokens.read(&query, &token).unwrap(), b"place");
        let refused = |query: &Query, token: &str| tokens.read(query, token).is_err();
        assert!(refused(&Query::new("List", &("a", 2)), &token));
        for at in 0..token.len() {
            let mut altered = token.clone().into_bytes();
            altered[at] = if altered[at] == b'A' { b'B' } else { b'A' };
            assert!(refused(&query, &String::from_utf8(altered).unwrap()));
        }
        for foreign in ["", "x", "not base64!", "AAAAAAAAAAAAAAAAAAAAAAAAAAAA"] {
            assert!(refused(&query, foreign));
        }
        let other = PageTokens::new(&Entropy::seeded(2));
        assert!(other.read(&query, &token).is_err());
    }
}
