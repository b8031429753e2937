//! GenerateDataKey (fact sheet 6.5).

use serde::{Deserialize, Serialize};

use super::crypto::{check_dry_run, check_recipient, context_of, data_key_length};
use super::keys;
use super::shapes::{
    DATA_KEY_SPEC, ENCRYPTION_CONTEXT, GRANT_TOKENS, KEY_ID, NUMBER_OF_BYTES, RECIPIENT, Recipient,
};
use crate::api::constraints::{Member, Present, Structure};
use crate::api::context::Context;
use crate::api::error::{Code, Error};
use crate::api::fields::{Flag, Integer, List, Object, Required, Text, TextMap};
use crate::api::shapes::{Base64, FLAG, SecretBase64};
use crate::api::{Operation, Service};
use crate::sensitive::Sensitive;

/// Makes a data key: in the clear, and encrypted under a KMS key.
pub struct GenerateDataKey;

/// The request.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct Input {
    dry_run: Option<Flag>,
    encryption_context: Option<TextMap>,
    grant_tokens: Option<List<Text>>,
    key_id: Required<Text>,
    key_spec: Option<Text>,
    number_of_bytes: Option<Integer>,
    recipient: Option<Object<Recipient>>,
}

impl Structure for Input {
    const MEMBERS: &'static [Member<Self>] = &[
        Member::optional("DryRun", &FLAG, |i| i.dry_run.value()),
        Member::optional("EncryptionContext", &ENCRYPTION_CONTEXT, |i| {
            i.encryption_context.value()
        }),
        Member::optional("GrantTokens", &GRANT_TOKENS, |i| i.grant_tokens.value()),
        Member::required("KeyId", &KEY_ID, |i| i.key_id.value()),
        Member::optional("KeySpec", &DATA_KEY_SPEC, |i| i.key_spec.value()),
        Member::optional("NumberOfBytes", &NUMBER_OF_BYTES, |i| {
            i.number_of_bytes.value()
        }),
        Member::optional("Recipient", &RECIPIENT, |i| i.recipient.value()),
    ];
}

/// The answer.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Output {
    plaintext: SecretBase64,
    #[serde(flatten)]
    encrypted: EncryptedDataKey,
}

/// A data key in the form in which it is kept.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct EncryptedDataKey {
    ciphertext_blob: Base64,
    key_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    key_material_id: Option<String>,
}

/// What a request for a data key says, in either of the operations.
pub(super) struct Wanted<'a> {
    pub(super) operation: &'static str,
    pub(super) key_id: &'a str,
    pub(super) key_spec: Option<&'a Text>,
    pub(super) number_of_bytes: Option<&'a Integer>,
    pub(super) context: Option<&'a TextMap>,
    pub(super) dry_run: Option<&'a Flag>,
}

impl Wanted<'_> {
    /// Makes the data key.
    pub(super) fn generate(
        &self,
        ctx: &Context<'_>,
    ) -> Result<(Sensitive<Vec<u8>>, EncryptedDataKey), Error> {
        let length = data_key_length(self.key_spec, self.number_of_bytes)?;
        let key = keys::used(ctx, self.key_id, self.operation)?;
        key.check_data_keys(self.operation)?;
        check_dry_run(self.dry_run)?;
        let plaintext = ctx.keys().random(length);
        let context = context_of(self.context);
        let encrypted = ctx.keys().encrypt(&key, &context, plaintext.expose())?;
        let encrypted = EncryptedDataKey {
            ciphertext_blob: Base64(encrypted),
            key_id: key.arn.to_string(),
            key_material_id: key.current_material().map(|id| id.to_string()),
        };
        Ok((plaintext, encrypted))
    }
}

impl Operation for GenerateDataKey {
    const SERVICE: Service = Service::Kms;
    const NAME: &'static str = "GenerateDataKey";
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
        check_recipient(input.recipient.as_ref())?;
        let wanted = Wanted {
            operation: Self::NAME,
            key_id: &input.key_id.0,
            key_spec: input.key_spec.as_ref(),
            number_of_bytes: input.number_of_bytes.as_ref(),
            context: input.encryption_context.as_ref(),
            dry_run: input.dry_run.as_ref(),
        };
        let (plaintext, encrypted) = wanted.generate(ctx)?;
        Ok(Output {
            plaintext: SecretBase64(plaintext),
            encrypted,
        })
    }
}
