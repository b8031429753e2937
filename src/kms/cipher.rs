//! AES-256-GCM over a byte string: a nonce, the ciphertext, the tag. The nonce is left out under a key for one message.

use aes_gcm::aead::{AeadInOut, KeyInit};
use aes_gcm::{Aes256Gcm, Nonce};

use super::KeyBytes;
use crate::sensitive::Sensitive;

const NONCE: usize = 12;
/// What [`Cipher::seal_once`] adds to the plaintext.
pub(super) const TAG: usize = 16;
/// A nonce must not be used twice under a key, so the only message of a key may have any, and need not keep it.
const ONLY: [u8; NONCE] = [0; NONCE];

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

    /// Encrypts the only message that there ever is under this key into `out`, which has room for it and the tag.
    pub(super) fn seal_once(self, bound_to: &[u8], plaintext: &[u8], out: &mut [u8]) {
        let (text, tag_at) = out.split_at_mut(plaintext.len());
        text.copy_from_slice(plaintext);
        let tag = self
            .0
            .encrypt_inout_detached(&Nonce::from(ONLY), bound_to, text.into())
            .expect("a value is far smaller than AES-GCM's limit of 64 GiB");
        tag_at.copy_from_slice(&tag);
    }

    /// Opens what [`seal_once`](Self::seal_once) wrote.
    pub(super) fn open_once(
        &self,
        bound_to: &[u8],
        sealed: &[u8],
    ) -> Result<Sensitive<Vec<u8>>, Forged> {
        self.open_under(ONLY, bound_to, sealed)
    }

    /// Opens what [`seal_into`](Self::seal_into) appended.
    pub(super) fn open(
        &self,
        bound_to: &[u8],
        sealed: &[u8],
    ) -> Result<Sensitive<Vec<u8>>, Forged> {
        let (nonce, sealed) = sealed.split_first_chunk::<NONCE>().ok_or(Forged)?;
        self.open_under(*nonce, bound_to, sealed)
    }

    fn open_under(
        &self,
        nonce: [u8; NONCE],
        bound_to: &[u8],
        sealed: &[u8],
    ) -> Result<Sensitive<Vec<u8>>, Forged> {
        let mut buffer = Sensitive::new(sealed.to_vec());
        let nonce = Nonce::from(nonce);
        self.0
            .decrypt_in_place(&nonce, bound_to, buffer.expose_mut())
            .map_err(|_| Forged)?;
        Ok(buffer)
    }
}

impl std::fmt::Debug for Cipher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Cipher")
    }
}
