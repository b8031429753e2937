//! The form of a ciphertext: a format byte, the KMS key's id, the number of its material, and the sealed bytes, with which the
//! encryption context is authenticated. What precedes the sealed bytes need not be: whoever alters it names another key or
//! another material, which does not open them.

use uuid::Uuid;

use super::cipher::{Cipher, Forged};
use super::{EncryptionContext, Error};
use crate::sensitive::Sensitive;

const FORMAT: u8 = 1;
const HEADER: usize = 1 + 16 + 4;
/// What sealing adds to the plaintext: a nonce and a tag.
const OVERHEAD: usize = 12 + 16;

/// A ciphertext, taken apart.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ciphertext<'a> {
    /// The key that made it.
    pub(super) key: Uuid,
    /// Which of the key's materials.
    pub(super) material: u32,
    sealed: &'a [u8],
}

impl<'a> Ciphertext<'a> {
    /// Takes a ciphertext apart. That it looks like one says nothing about who made it.
    pub(super) fn parse(bytes: &'a [u8]) -> Result<Self, Error> {
        let (header, sealed) = bytes
            .split_first_chunk::<HEADER>()
            .ok_or(Error::InvalidCiphertext)?;
        let [FORMAT, id @ .., _, _, _, _] = *header else {
            return Err(Error::InvalidCiphertext);
        };
        let [.., a, b, c, d] = *header;
        Ok(Self {
            key: Uuid::from_bytes(id),
            material: u32::from_be_bytes([a, b, c, d]),
            sealed,
        })
    }

    /// Opens it with the material that it names.
    pub(super) fn open(
        &self,
        cipher: &Cipher,
        context: &EncryptionContext,
    ) -> Result<Sensitive<Vec<u8>>, Error> {
        cipher
            .open(context.as_bytes(), self.sealed)
            .map_err(|Forged| Error::InvalidCiphertext)
    }
}

/// Encrypts `plaintext` under material of a key. The nonce must be used only once.
pub(super) fn seal(
    (key, material): (Uuid, u32),
    cipher: &Cipher,
    nonce: [u8; 12],
    context: &EncryptionContext,
    plaintext: &[u8],
) -> Vec<u8> {
    let mut header = [0; HEADER];
    header[0] = FORMAT;
    header[1..17].copy_from_slice(key.as_bytes());
    header[17..].copy_from_slice(&material.to_be_bytes());
    let mut out = Vec::with_capacity(HEADER + OVERHEAD + plaintext.len());
    out.extend_from_slice(&header);
    cipher.seal_into(nonce, context.as_bytes(), plaintext, &mut out);
    out
}
