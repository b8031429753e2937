//! ReEncrypt (fact sheet 6.5).

use serde::{Deserialize, Serialize};

use super::crypto::{
    SYMMETRIC_DEFAULT, algorithm_of, check_dry_run, check_key, context_of, is_about_the_key,
};
use super::decrypt::{ciphertext_of, key_of};
use super::keys;
use super::shapes::{
    CIPHERTEXT, DRY_RUN_MODIFIERS, ENCRYPTION_ALGORITHM, ENCRYPTION_CONTEXT, GRANT_TOKENS, KEY_ID,
};
use crate::api::constraints::{Member, Present, Structure};
use crate::api::context::Context;
use crate::api::error::{Code, Error, KmsError};
use crate::api::fields::{Blob, Flag, List, Required, Text, TextMap};
use crate::api::shapes::{Base64, FLAG};
use crate::api::{Operation, Service};

/// Decrypts a ciphertext and encrypts it again, under another key or another context, without showing it.
pub struct ReEncrypt;

/// The request.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct Input {
    ciphertext_blob: Option<Blob>,
    destination_encryption_algorithm: Option<Text>,
    destination_encryption_context: Option<TextMap>,
    destination_key_id: Required<Text>,
    dry_run: Option<Flag>,
    dry_run_modifiers: Option<List<Text>>,
    grant_tokens: Option<List<Text>>,
    source_encryption_algorithm: Option<Text>,
    source_encryption_context: Option<TextMap>,
    source_key_id: Option<Text>,
}

impl Structure for Input {
    const MEMBERS: &'static [Member<Self>] = &[
        Member::optional("CiphertextBlob", &CIPHERTEXT, |i| i.ciphertext_blob.value()),
        Member::optional(
            "DestinationEncryptionAlgorithm",
            &ENCRYPTION_ALGORITHM,
            |i| i.destination_encryption_algorithm.value(),
        ),
        Member::optional("DestinationEncryptionContext", &ENCRYPTION_CONTEXT, |i| {
            i.destination_encryption_context.value()
        }),
        Member::required("DestinationKeyId", &KEY_ID, |i| {
            i.destination_key_id.value()
        }),
        Member::optional("DryRun", &FLAG, |i| i.dry_run.value()),
        Member::optional("DryRunModifiers", &DRY_RUN_MODIFIERS, |i| {
            i.dry_run_modifiers.value()
        }),
        Member::optional("GrantTokens", &GRANT_TOKENS, |i| i.grant_tokens.value()),
        Member::optional("SourceEncryptionAlgorithm", &ENCRYPTION_ALGORITHM, |i| {
            i.source_encryption_algorithm.value()
        }),
        Member::optional("SourceEncryptionContext", &ENCRYPTION_CONTEXT, |i| {
            i.source_encryption_context.value()
        }),
        Member::optional("SourceKeyId", &KEY_ID, |i| i.source_key_id.value()),
    ];
}

/// The answer.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Output {
    ciphertext_blob: Base64,
    destination_encryption_algorithm: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    destination_key_material_id: Option<String>,
    key_id: String,
    source_encryption_algorithm: &'static str,
    source_key_id: String,
    source_key_material_id: String,
}

/// The two halves of the operation, as policies name them.
const FROM: &str = "ReEncryptFrom";
const TO: &str = "ReEncryptTo";

impl Operation for ReEncrypt {
    const SERVICE: Service = Service::Kms;
    const NAME: &'static str = "ReEncrypt";
    const ERRORS: &'static [Code] = &[
        Code::NotFoundException,
        Code::DisabledException,
        Code::InvalidCiphertextException,
        Code::KeyUnavailableException,
        Code::IncorrectKeyException,
        Code::DependencyTimeoutException,
        Code::InvalidKeyUsageException,
        Code::InvalidGrantTokenException,
        Code::KmsInternalException,
        Code::KmsInvalidStateException,
        Code::DryRunOperationException,
    ];
    type Input = Input;
    type Output = Output;

    async fn call(ctx: &Context<'_>, input: Input) -> Result<Output, Error> {
        let algorithm = algorithm_of(input.source_encryption_algorithm.as_ref());
        let named = match &input.source_key_id {
            None => None,
            Some(Text(given)) => {
                let key = keys::used(ctx, given, FROM)?;
                check_key(&key, Self::NAME, algorithm)?;
                Some(key)
            }
        };
        let destination = keys::used(ctx, &input.destination_key_id.0, TO)?;
        let new_algorithm = algorithm_of(input.destination_encryption_algorithm.as_ref());
        check_key(&destination, Self::NAME, new_algorithm)?;
        let modifiers = input.dry_run_modifiers.as_ref();
        if named.is_some() && is_about_the_key(input.dry_run.as_ref(), modifiers) {
            return Err(KmsError::DryRun.into());
        }
        let ciphertext = ciphertext_of(input.ciphertext_blob.as_ref())?;
        let source = key_of(ctx, ciphertext, named.as_deref())?;
        keys::check_allowed(ctx, &source, FROM)?;
        check_key(&source, Self::NAME, algorithm)?;
        let context = context_of(input.source_encryption_context.as_ref());
        let opened = ctx.keys().decrypt(source, ciphertext, &context)?;
        check_dry_run(input.dry_run.as_ref())?;
        let context = context_of(input.destination_encryption_context.as_ref());
        let plaintext = opened.plaintext.expose();
        let material = destination.current_material();
        Ok(Output {
            ciphertext_blob: Base64(ctx.keys().encrypt(&destination, &context, plaintext)?),
            destination_encryption_algorithm: SYMMETRIC_DEFAULT,
            destination_key_material_id: material.map(|id| id.to_string()),
            key_id: destination.arn.to_string(),
            source_encryption_algorithm: SYMMETRIC_DEFAULT,
            source_key_id: opened.key.arn.to_string(),
            source_key_material_id: opened.material.to_string(),
        })
    }
}
