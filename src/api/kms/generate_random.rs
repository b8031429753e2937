//! GenerateRandom (fact sheet 6.5).

use serde::{Deserialize, Serialize};

use super::crypto::{check_recipient, length_of};
use super::shapes::{CUSTOM_KEY_STORE_ID, NUMBER_OF_BYTES, RECIPIENT, Recipient};
use crate::api::constraints::{Member, Present, Structure};
use crate::api::context::Context;
use crate::api::error::{Code, Error, KmsError};
use crate::api::fields::{Integer, Object, Text};
use crate::api::shapes::SecretBase64;
use crate::api::{Operation, Service};

/// Answers random bytes.
pub struct GenerateRandom;

/// The request.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct Input {
    custom_key_store_id: Option<Text>,
    number_of_bytes: Option<Integer>,
    recipient: Option<Object<Recipient>>,
}

impl Structure for Input {
    const MEMBERS: &'static [Member<Self>] = &[
        Member::optional("CustomKeyStoreId", &CUSTOM_KEY_STORE_ID, |i| {
            i.custom_key_store_id.value()
        }),
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
}

impl Operation for GenerateRandom {
    const SERVICE: Service = Service::Kms;
    const NAME: &'static str = "GenerateRandom";
    const ERRORS: &'static [Code] = &[
        Code::DependencyTimeoutException,
        Code::KmsInternalException,
        Code::UnsupportedOperationException,
        Code::CustomKeyStoreNotFoundException,
        Code::CustomKeyStoreInvalidStateException,
    ];
    type Input = Input;
    type Output = Output;

    async fn call(ctx: &Context<'_>, input: Input) -> Result<Output, Error> {
        check_recipient(input.recipient.as_ref())?;
        if input.custom_key_store_id.is_some() {
            return Err(KmsError::NotSupported("A custom key store").into());
        }
        let number = input.number_of_bytes.as_ref();
        let length = length_of(number.ok_or(KmsError::NumberOfBytesMissing)?)?;
        Ok(Output {
            plaintext: SecretBase64(ctx.keys().random(length)),
        })
    }
}
