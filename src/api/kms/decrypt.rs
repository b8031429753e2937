//! Decrypt (fact sheet 6.5).

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::crypto::{
    SYMMETRIC_DEFAULT, algorithm_of, check_dry_run, check_key, check_recipient, context_of,
    is_about_the_key,
};
use super::keys;
use super::shapes::{
    CIPHERTEXT, DRY_RUN_MODIFIERS, ENCRYPTION_ALGORITHM, ENCRYPTION_CONTEXT, GRANT_TOKENS, KEY_ID,
    RECIPIENT, Recipient,
};
use crate::api::constraints::{Member, Present, Structure};
use crate::api::context::Context;
use crate::api::error::{Code, Error, KmsError};
use crate::api::fields::{Blob, Flag, List, Object, Text, TextMap};
use crate::api::shapes::{FLAG, SecretBase64};
use crate::api::{Operation, Service};
use crate::kms::Key;

/// Decrypts what Encrypt, ReEncrypt or a data key operation made. The ciphertext tells the key; a request may insist on
/// one.
pub struct Decrypt;

/// The request.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct Input {
    ciphertext_blob: Option<Blob>,
    dry_run: Option<Flag>,
    dry_run_modifiers: Option<List<Text>>,
    encryption_algorithm: Option<Text>,
    encryption_context: Option<TextMap>,
    grant_tokens: Option<List<Text>>,
    key_id: Option<Text>,
    recipient: Option<Object<Recipient>>,
}

impl Structure for Input {
    const MEMBERS: &'static [Member<Self>] = &[
        Member::optional("CiphertextBlob", &CIPHERTEXT, |i| i.ciphertext_blob.value()),
        Member::optional("DryRun", &FLAG, |i| i.dry_run.value()),
        Member::optional("DryRunModifiers", &DRY_RUN_MODIFIERS, |i| {
            i.dry_run_modifiers.value()
        }),
        Member::optional("EncryptionAlgorithm", &ENCRYPTION_ALGORITHM, |i| {
            i.encryption_algorithm.value()
        }),
        Member::optional("EncryptionContext", &ENCRYPTION_CONTEXT, |i| {
            i.encryption_context.value()
        }),
        Member::optional("GrantTokens", &GRANT_TOKENS, |i| i.grant_tokens.value()),
        Member::optional("KeyId", &KEY_ID, |i| i.key_id.value()),
        Member::optional("Recipient", &RECIPIENT, |i| i.recipient.value()),
    ];
}

/// The answer.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Output {
    encryption_algorithm: &'static str,
    key_id: String,
    key_material_id: String,
    plaintext: SecretBase64,
}

/// The ciphertext a request gives, which the model does not demand and the service does (fact sheet 6.5).
pub(super) fn ciphertext_of(given: Option<&Blob>) -> Result<&[u8], Error> {
    match given {
        Some(Blob(bytes)) => Ok(bytes),
        None => Err(KmsError::CiphertextMissing.into()),
    }
}

/// The key that a ciphertext is of, which may be the one that the request insists on, and only that.
pub(super) fn key_of(
    ctx: &Context<'_>,
    ciphertext: &[u8],
    named: Option<&Key>,
) -> Result<Arc<Key>, Error> {
    let key = ctx.keys().key_of(ciphertext, ctx.now)?;
    if key.scope.region != ctx.caller.region {
        return Err(KmsError::InvalidCiphertext.into());
    }
    if named.is_some_and(|named| named.id != key.id) {
        return Err(KmsError::IncorrectKey.into());
    }
    Ok(key)
}

impl Input {
    /// A trial that asks about the key alone.
    fn ignores_ciphertext(&self) -> bool {
        is_about_the_key(self.dry_run.as_ref(), self.dry_run_modifiers.as_ref())
            && self.key_id.is_some()
    }
}

impl Operation for Decrypt {
    const SERVICE: Service = Service::Kms;
    const NAME: &'static str = "Decrypt";
    const ERRORS: &'static [Code] = &[
        Code::NotFoundException,
        Code::DisabledException,
        Code::InvalidCiphertextException,
        Code::KeyUnavailableException,
        Code::IncorrectKeyException,
        Code::InvalidKeyUsageException,
        Code::DependencyTimeoutException,
        Code::InvalidGrantTokenException,
        Code::KmsInternalException,
        Code::KmsInvalidStateException,
        Code::DryRunOperationException,
    ];
    type Input = Input;
    type Output = Output;

    async fn call(ctx: &Context<'_>, input: Input) -> Result<Output, Error> {
        check_recipient(input.recipient.as_ref())?;
        let algorithm = algorithm_of(input.encryption_algorithm.as_ref());
        let named = match &input.key_id {
            None => None,
            Some(Text(given)) => {
                let key = keys::used(ctx, given, Self::NAME)?;
                check_key(&key, Self::NAME, algorithm)?;
                Some(key)
            }
        };
        if input.ignores_ciphertext() {
            return Err(KmsError::DryRun.into());
        }
        let ciphertext = ciphertext_of(input.ciphertext_blob.as_ref())?;
        let key = key_of(ctx, ciphertext, named.as_deref())?;
        keys::check_allowed(ctx, &key, Self::NAME)?;
        check_key(&key, Self::NAME, algorithm)?;
        let context = context_of(input.encryption_context.as_ref());
        let opened = ctx.keys().decrypt(key, ciphertext, &context)?;
        check_dry_run(input.dry_run.as_ref())?;
        Ok(Output {
            encryption_algorithm: SYMMETRIC_DEFAULT,
            key_id: opened.key.arn.to_string(),
            key_material_id: opened.material.to_string(),
            plaintext: SecretBase64(opened.plaintext),
        })
    }
}
