//! Encryption contexts: what a ciphertext is bound to.

/// A set of name-value pairs in one fixed byte form, authenticated with a ciphertext and not stored in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EncryptionContext(Vec<u8>);

impl EncryptionContext {
    /// The context of some pairs, whatever their order.
    pub fn new<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let mut pairs: Vec<_> = pairs.into_iter().collect();
        pairs.sort_unstable();
        let mut bytes = Vec::with_capacity(pairs.iter().map(|(n, v)| n.len() + v.len() + 16).sum());
        for text in pairs.iter().flat_map(|(name, value)| [*name, *value]) {
            // Lengths first, so that no two sets of pairs give the same bytes.
            bytes.extend_from_slice(&(text.len() as u64).to_be_bytes());
            bytes.extend_from_slice(text.as_bytes());
        }
        Self(bytes)
    }

    /// The bytes to authenticate.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_does_not_matter_and_boundaries_do() {
        let context = EncryptionContext::new([("a", "1"), ("b", "2")]);
        assert_eq!(context, EncryptionContext::new([("b", "2"), ("a", "1")]));
        assert_ne!(context, EncryptionContext::new([("a", "1b"), ("", "2")]));
    }
}
