//! GenerateDataKeyWithoutPlaintext (fact sheet 6.5).

use serde::Deserialize;

use super::generate_data_key::{EncryptedDataKey, Wanted};
use super::shapes::{DATA_KEY_SPEC, ENCRYPTION_CONTEXT, GRANT_TOKENS, KEY_ID, NUMBER_OF_BYTES};
use crate::api::constraints::{Member, Present, Structure};
use crate::api::context::Context;
use crate::api::error::{Code, Error};
use crate::api::fields::{Flag, Integer, List, Required, Text, TextMap};
use crate::api::shapes::FLAG;
use crate::api::{Operation, Service};

/// Makes a data key that is only shown encrypted.
pub struct GenerateDataKeyWithoutPlaintext;

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
    ];
}

impl Operation for GenerateDataKeyWithoutPlaintext {
    const SERVICE: Service = Service::Kms;
    const NAME: &'static str = "GenerateDataKeyWithoutPlaintext";
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
    type Output = EncryptedDataKey;

    async fn call(ctx: &Context<'_>, input: Input) -> Result<EncryptedDataKey, Error> {
        let wanted = Wanted {
            operation: Self::NAME,
            key_id: &input.key_id.0,
            key_spec: input.key_spec.as_ref(),
            number_of_bytes: input.number_of_bytes.as_ref(),
            context: input.encryption_context.as_ref(),
            dry_run: input.dry_run.as_ref(),
        };
        let (_, encrypted) = wanted.generate(ctx)?;
        Ok(encrypted)
    }
}
