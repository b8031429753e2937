//! AES-256-GCM over a byte string: a nonce, the ciphertext, the tag.

use aes_gcm::aead::{AeadInOut, KeyInit};
use aes_gcm::{Aes256Gcm, Nonce};
use zeroize::Zeroize;

use super::KeyBytes;
use crate::sensitive::Sensitive;

const NONCE: usize = 12;

/// One key, ready for use.
pub(super) struct Cipher(Aes256Gcm);

/// The message or what it is bound to was altered.
#[derive(Debug)]
pub(super) struct Forged;

impl Cipher {
    pub(super) fn new(key: &KeyBytes) -> Self {
        Self(Aes256Gcm::new(key.expose().into()))
    }

    /// Encrypts `plaintext` and appends nonce, ciphertext and tag to `out`. A nonce must be used only once.
    pub(super) fn seal_into(
        &self,
        nonce: [u8; NONCE],
        bound_to: &[u8],
        plaintext: &[u8],
        out: &mut Vec<u8>,
    ) {
        out.extend_from_slice(&nonce);
        let start = out.len();
        out.extend_from_slice(plaintext);
        let tag = self
            .0
            .encrypt_inout_detached(&Nonce::from(nonce), bound_to, (&mut out[start..]).into())
            .expect("a value is far smaller than AES-GCM's limit of 64 GiB");
        out.extend_from_slice(&tag);
    }

    /// Opens what [`seal_into`](Self::seal_into) appended.
    pub(super) fn open(
        &self,
        bound_to: &[u8],
        sealed: &[u8],
    ) -> Result<Sensitive<Vec<u8>>, Forged> {
        let (nonce, sealed) = sealed.split_first_chunk::<NONCE>().ok_or(Forged)?;
        let mut buffer = sealed.to_vec();
        let nonce = Nonce::from(*nonce);
        if self
            .0
            .decrypt_in_place(&nonce, bound_to, &mut buffer)
            .is_err()
        {
            buffer.zeroize();
            return Err(Forged);
        }
        Ok(Sensitive::new(buffer))
    }
}

impl std::fmt::Debug for Cipher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Cipher")
    }
}
