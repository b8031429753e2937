//! What the cryptographic operations share.

use super::shapes::Recipient;
use crate::api::error::{Error, KmsError};
use crate::api::fields::{Flag, Integer, List, Object, Text, TextMap};
use crate::kms::{EncryptionContext, Key};

/// The only algorithm that is really there.
pub(super) const SYMMETRIC_DEFAULT: &str = "SYMMETRIC_DEFAULT";

/// The algorithm a request asks for.
pub(super) fn algorithm_of(given: Option<&Text>) -> &str {
    given.map_or(SYMMETRIC_DEFAULT, |Text(name)| name)
}

/// The context a request gives; none is the same as an empty one.
pub(super) fn context_of(given: Option<&TextMap>) -> EncryptionContext {
    let pairs = given.into_iter().flat_map(|TextMap(pairs)| pairs);
    EncryptionContext::new(pairs.map(|(name, value)| (name.as_str(), value.as_str())))
}

/// Refuses unless a key can encrypt or decrypt with an algorithm, in its state and here.
pub(super) fn check_key(key: &Key, operation: &'static str, algorithm: &str) -> Result<(), Error> {
    key.check_encryption(operation, algorithm)?;
    if key.spec.is_symmetric() {
        Ok(())
    } else {
        Err(KmsError::NotSupported("Encryption under an asymmetric KMS key").into())
    }
}

/// Refuses requests from Nitro enclaves.
pub(super) fn check_recipient(given: Option<&Object<Recipient>>) -> Result<(), Error> {
    match given {
        None => Ok(()),
        Some(_) => Err(KmsError::NotSupported("Recipient").into()),
    }
}

/// Ends a request that was only a trial.
pub(super) fn check_dry_run(given: Option<&Flag>) -> Result<(), Error> {
    match given {
        Some(Flag(true)) => Err(KmsError::DryRun.into()),
        _ => Ok(()),
    }
}

/// Is it a trial that asks about the keys alone, without a ciphertext?
pub(super) fn is_about_the_key(dry_run: Option<&Flag>, modifiers: Option<&List<Text>>) -> bool {
    let ignores = |List(given): &List<Text>| given.iter().any(|Text(m)| m == "IGNORE_CIPHERTEXT");
    dry_run == Some(&Flag(true)) && modifiers.is_some_and(ignores)
}

/// The length of a data key.
pub(super) fn data_key_length(
    spec: Option<&Text>,
    number_of_bytes: Option<&Integer>,
) -> Result<usize, Error> {
    match (spec.map(|Text(name)| name.as_str()), number_of_bytes) {
        (Some("AES_256"), None) => Ok(32),
        (Some("AES_128"), None) => Ok(16),
        (None, Some(number)) => length_of(number),
        _ => Err(KmsError::DataKeySize.into()),
    }
}

/// A number of bytes, whose bounds the constraints have checked.
pub(super) fn length_of(Integer(number): &Integer) -> Result<usize, Error> {
    usize::try_from(*number).map_err(|error| Error::Internal(error.into()))
}
