//! Encrypt (fact sheet 6.5).

use serde::{Deserialize, Serialize};

use super::crypto::{SYMMETRIC_DEFAULT, algorithm_of, check_dry_run, check_key, context_of};
use super::keys;
use super::shapes::{ENCRYPTION_ALGORITHM, ENCRYPTION_CONTEXT, GRANT_TOKENS, KEY_ID, PLAINTEXT};
use crate::api::constraints::{Member, Present, Structure};
use crate::api::context::Context;
use crate::api::error::{Code, Error};
use crate::api::fields::{Flag, List, Required, SecretBlob, Text, TextMap};
use crate::api::shapes::{Base64, FLAG};
use crate::api::{Operation, Service};

/// Encrypts up to 4,096 bytes. The ciphertext names its key, and the encryption context is authenticated with it.
pub struct Encrypt;

/// The request.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct Input {
    dry_run: Option<Flag>,
    encryption_algorithm: Option<Text>,
    encryption_context: Option<TextMap>,
    grant_tokens: Option<List<Text>>,
    key_id: Required<Text>,
    plaintext: Required<SecretBlob>,
}

impl Structure for Input {
    const MEMBERS: &'static [Member<Self>] = &[
        Member::optional("DryRun", &FLAG, |i| i.dry_run.value()),
        Member::optional("EncryptionAlgorithm", &ENCRYPTION_ALGORITHM, |i| {
            i.encryption_algorithm.value()
        }),
        Member::optional("EncryptionContext", &ENCRYPTION_CONTEXT, |i| {
            i.encryption_context.value()
        }),
        Member::optional("GrantTokens", &GRANT_TOKENS, |i| i.grant_tokens.value()),
        Member::required("KeyId", &KEY_ID, |i| i.key_id.value()),
        Member::required("Plaintext", &PLAINTEXT, |i| i.plaintext.value()),
    ];
}

/// The answer.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Output {
    ciphertext_blob: Base64,
    encryption_algorithm: &'static str,
    key_id: String,
}

impl Operation for Encrypt {
    const SERVICE: Service = Service::Kms;
    const NAME: &'static str = "Encrypt";
    const ERRORS: &'static [Code] = &[
        Code::NotFoundException,
        Code::DisabledException,
        Code::KeyUnavailableException,
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
        let key = keys::used(ctx, &input.key_id.0, Self::NAME)?;
        let algorithm = algorithm_of(input.encryption_algorithm.as_ref());
        check_key(&key, Self::NAME, algorithm)?;
        check_dry_run(input.dry_run.as_ref())?;
        let context = context_of(input.encryption_context.as_ref());
        let plaintext = input.plaintext.0.expose();
        Ok(Output {
            ciphertext_blob: Base64(ctx.keys().encrypt(&key, &context, plaintext)?),
            encryption_algorithm: SYMMETRIC_DEFAULT,
            key_id: key.arn.to_string(),
        })
    }
}
