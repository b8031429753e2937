//! Sealed values: each one block of bytes, because there is one for every version of every secret.
//!
//! A block has a header of fixed length (the kind, the length of the ARN, the length of the data key, the fingerprint), the
//! ARN of the KMS key, the data key, and the ciphertext up to the end.

use std::fmt;
use std::sync::Arc;

/// Which of the two members a value was given as, and comes back as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ValueKind {
    /// `SecretString`: UTF-8 text.
    String,
    /// `SecretBinary`: bytes.
    Binary,
}

/// A keyed digest of a value, its kind and the version it belongs to. Two seals of one value differ; their
/// fingerprints do not, so a repeated request can be told from a conflicting one without opening anything.
///
/// Twelve bytes of a keyed BLAKE3 digest are enough: fingerprints are only compared with one another, and without the key nobody
/// can look for two values of one fingerprint.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Fingerprint(pub [u8; Self::LENGTH]);

impl Fingerprint {
    /// Its bytes.
    pub const LENGTH: usize = 12;
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Fingerprint")
    }
}

/// What a sealed value has beside its ciphertext.
#[derive(Debug, Clone, Copy)]
pub struct Envelope<'a> {
    /// What the value is returned as.
    pub kind: ValueKind,
    /// For comparing with a value that is not sealed yet.
    pub fingerprint: Fingerprint,
    /// The ARN of the customer's KMS key that protects it; `None` for the default key of the secret's account and
    /// region.
    pub kms_key: Option<&'a str>,
    /// The data key, encrypted by the KMS key that it names.
    pub data_key: &'a [u8],
}

/// An envelope-encrypted value: immutable, cheap to clone, and of no use without the KMS key that wrapped its data key.
#[derive(Clone, PartialEq, Eq)]
pub struct SealedValue(Arc<[u8]>);

const KMS_KEY_LENGTH: usize = 1;
const DATA_KEY_LENGTH: usize = KMS_KEY_LENGTH + 1;
const FINGERPRINT: usize = DATA_KEY_LENGTH + 1;
const HEADER: usize = FINGERPRINT + Fingerprint::LENGTH;

impl SealedValue {
    /// Makes room for a ciphertext of so many bytes, and lets `write` put it there.
    pub fn new(envelope: Envelope<'_>, length: usize, write: impl FnOnce(&mut [u8])) -> Self {
        let Envelope {
            kind,
            fingerprint,
            kms_key,
            data_key,
        } = envelope;
        let kms_key = kms_key.unwrap_or_default();
        let total = HEADER + kms_key.len() + data_key.len() + length;
        let mut block: Arc<[u8]> = std::iter::repeat_n(0, total).collect();
        // Nobody else has the block yet, so this copies nothing.
        let (header, rest) = Arc::make_mut(&mut block).split_at_mut(HEADER);
        header[0] = match kind {
            ValueKind::String => b's',
            ValueKind::Binary => b'b',
        };
        header[KMS_KEY_LENGTH] = length_of(kms_key.as_bytes());
        header[DATA_KEY_LENGTH] = length_of(data_key);
        header[FINGERPRINT..].copy_from_slice(&fingerprint.0);
        let (kms_key_at, rest) = rest.split_at_mut(kms_key.len());
        kms_key_at.copy_from_slice(kms_key.as_bytes());
        let (data_key_at, ciphertext_at) = rest.split_at_mut(data_key.len());
        data_key_at.copy_from_slice(data_key);
        write(ciphertext_at);
        Self(block)
    }

    /// What the value is returned as.
    pub fn kind(&self) -> ValueKind {
        match self.0[0] {
            b's' => ValueKind::String,
            _ => ValueKind::Binary,
        }
    }

    /// See [`Envelope::fingerprint`].
    pub fn fingerprint(&self) -> Fingerprint {
        Fingerprint(std::array::from_fn(|at| self.0[FINGERPRINT + at]))
    }

    /// See [`Envelope::kms_key`].
    pub fn kms_key(&self) -> Option<&str> {
        let key = &self.0[HEADER..self.data_key_start()];
        // It was given as text.
        let text = std::str::from_utf8(key).ok();
        text.filter(|text| !text.is_empty())
    }

    /// See [`Envelope::data_key`].
    pub fn data_key(&self) -> &[u8] {
        &self.0[self.data_key_start()..self.ciphertext_start()]
    }

    /// The value, encrypted under the data key.
    pub fn ciphertext(&self) -> &[u8] {
        &self.0[self.ciphertext_start()..]
    }

    fn data_key_start(&self) -> usize {
        HEADER + self.length_at(KMS_KEY_LENGTH)
    }

    fn ciphertext_start(&self) -> usize {
        self.data_key_start() + self.length_at(DATA_KEY_LENGTH)
    }

    fn length_at(&self, at: usize) -> usize {
        self.0[at].into()
    }
}

fn length_of(part: &[u8]) -> u8 {
    u8::try_from(part.len()).expect("neither keys' ARNs nor wrapped data keys are that long")
}

impl fmt::Debug for SealedValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SealedValue")
            .field("kind", &self.kind())
            .field("ciphertext", &self.ciphertext().len())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_gives_back_what_was_put_into_it() {
        let arn = "arn:aws:kms:us-east-1:000000000000:key/a";
        for kind in [ValueKind::String, ValueKind::Binary] {
            for kms_key in [None, Some(arn)] {
                for (data_key, ciphertext) in [(&b"key"[..], &b"sealed"[..]), (b"", b"")] {
                    let fingerprint = Fingerprint(*b"0123456789ab");
                    let envelope = Envelope {
                        kind,
                        fingerprint,
                        kms_key,
                        data_key,
                    };
                    let write = |out: &mut [u8]| out.copy_from_slice(ciphertext);
                    let sealed = SealedValue::new(envelope, ciphertext.len(), write);
                    assert_eq!(sealed.kind(), kind);
                    assert_eq!(sealed.fingerprint(), fingerprint);
                    assert_eq!(sealed.kms_key(), kms_key);
                    assert_eq!(sealed.data_key(), data_key);
                    assert_eq!(sealed.ciphertext(), ciphertext);
                }
            }
        }
    }

    /// There are as many blocks as versions, so each byte counts.
    #[test]
    fn a_block_is_little_more_than_its_parts() {
        let envelope = Envelope {
            kind: ValueKind::String,
            fingerprint: Fingerprint([0; Fingerprint::LENGTH]),
            kms_key: None,
            data_key: &[0; 81],
        };
        let sealed = SealedValue::new(envelope, 272, |_| {});
        assert_eq!(sealed.0.len(), 81 + 272 + 15);
    }
}
