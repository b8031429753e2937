//! CreateKey (fact sheet 6.5; AWS KMS API Reference).

use serde::Deserialize;

use super::metadata;
use super::policies;
use super::shapes::{CUSTOM_KEY_STORE_ID, DESCRIPTION, POLICY, TAGS, Tag, tags_of};
use crate::api::constraints::{Member, Present, Shape, Structure};
use crate::api::context::Context;
use crate::api::error::{Code, Error, KmsError};
use crate::api::fields::{Flag, List, Object, Text};
use crate::api::shapes::FLAG;
use crate::api::{Operation, Service};
use crate::kms::{KeyManager, KeySpec, KeyTags, KeyUsage, NewKey};

/// Creates a KMS key. One whose spec is not SYMMETRIC_DEFAULT can be looked at, named and deleted, but does no
/// cryptography here.
pub struct CreateKey;

static KEY_SPEC: Shape = Shape::one_of(&[
    "RSA_2048",
    "RSA_3072",
    "RSA_4096",
    "ECC_NIST_P256",
    "ECC_NIST_P384",
    "ECC_NIST_P521",
    "ECC_SECG_P256K1",
    "SYMMETRIC_DEFAULT",
    "HMAC_224",
    "HMAC_256",
    "HMAC_384",
    "HMAC_512",
    "SM2",
    "ML_DSA_44",
    "ML_DSA_65",
    "ML_DSA_87",
    "ECC_NIST_EDWARDS25519",
    "ML_KEM_512",
    "ML_KEM_768",
    "ML_KEM_1024",
]);
static OLD_KEY_SPEC: Shape = Shape::one_of(&[
    "RSA_2048",
    "RSA_3072",
    "RSA_4096",
    "ECC_NIST_P256",
    "ECC_NIST_P384",
    "ECC_NIST_P521",
    "ECC_SECG_P256K1",
    "SYMMETRIC_DEFAULT",
    "HMAC_224",
    "HMAC_256",
    "HMAC_384",
    "HMAC_512",
    "SM2",
]);
static KEY_USAGE: Shape = Shape::one_of(&[
    "SIGN_VERIFY",
    "ENCRYPT_DECRYPT",
    "GENERATE_VERIFY_MAC",
    "KEY_AGREEMENT",
    "ENCAPSULATE_DECAPSULATE",
]);
static ORIGIN: Shape =
    Shape::one_of(&["AWS_KMS", "EXTERNAL", "AWS_CLOUDHSM", "EXTERNAL_KEY_STORE"]);
static XKS_KEY_ID: Shape = Shape::pattern(1, 128, r"^[a-zA-Z0-9-_.]+$", |text| {
    let is_allowed = |b: u8| b.is_ascii_alphanumeric() || b"-_.".contains(&b);
    !text.is_empty() && text.bytes().all(is_allowed)
});

/// The request.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct Input {
    bypass_policy_lockout_safety_check: Option<Flag>,
    custom_key_store_id: Option<Text>,
    customer_master_key_spec: Option<Text>,
    description: Option<Text>,
    key_spec: Option<Text>,
    key_usage: Option<Text>,
    multi_region: Option<Flag>,
    origin: Option<Text>,
    policy: Option<Text>,
    tags: Option<List<Object<Tag>>>,
    xks_key_id: Option<Text>,
}

impl Structure for Input {
    const MEMBERS: &'static [Member<Self>] = &[
        Member::optional("BypassPolicyLockoutSafetyCheck", &FLAG, |i| {
            i.bypass_policy_lockout_safety_check.value()
        }),
        Member::optional("CustomKeyStoreId", &CUSTOM_KEY_STORE_ID, |i| {
            i.custom_key_store_id.value()
        }),
        Member::optional("CustomerMasterKeySpec", &OLD_KEY_SPEC, |i| {
            i.customer_master_key_spec.value()
        }),
        Member::optional("Description", &DESCRIPTION, |i| i.description.value()),
        Member::optional("KeySpec", &KEY_SPEC, |i| i.key_spec.value()),
        Member::optional("KeyUsage", &KEY_USAGE, |i| i.key_usage.value()),
        Member::optional("MultiRegion", &FLAG, |i| i.multi_region.value()),
        Member::optional("Origin", &ORIGIN, |i| i.origin.value()),
        Member::optional("Policy", &POLICY, |i| i.policy.value()),
        Member::optional("Tags", &TAGS, |i| i.tags.value()),
        Member::optional("XksKeyId", &XKS_KEY_ID, |i| i.xks_key_id.value()),
    ];
}

impl Input {
    /// Refuses keys whose material is not KMS's own.
    fn check_origin(&self) -> Result<(), Error> {
        let origin = self.origin.as_ref().map(|Text(name)| name.as_str());
        let elsewhere = match origin {
            Some("EXTERNAL") => "Imported key material",
            None | Some("AWS_KMS")
                if self.custom_key_store_id.is_none() && self.xks_key_id.is_none() =>
            {
                return Ok(());
            }
            _ => "A custom key store",
        };
        Err(KmsError::NotSupported(elsewhere).into())
    }

    fn kind(&self) -> Result<(KeySpec, KeyUsage), Error> {
        let named = match (&self.key_spec, &self.customer_master_key_spec) {
            (Some(_), Some(_)) => return Err(KmsError::TwoSpecs.into()),
            (named, old) => named.as_ref().or(old.as_ref()),
        };
        let spec = named.and_then(|Text(name)| KeySpec::parse(name));
        let spec = spec.unwrap_or(KeySpec::SYMMETRIC);
        let named = self.key_usage.as_ref();
        let usage = named.and_then(|Text(name)| KeyUsage::parse(name));
        let usage = usage
            .or(spec.implied_usage())
            .ok_or(KmsError::UsageMissing)?;
        if spec.algorithms(usage).is_none() {
            return Err(KmsError::UsageOfAnotherSpec {
                usage: usage.name(),
                spec: spec.name(),
            }
            .into());
        }
        Ok((spec, usage))
    }
}

impl Operation for CreateKey {
    const SERVICE: Service = Service::Kms;
    const NAME: &'static str = "CreateKey";
    const ERRORS: &'static [Code] = &[
        Code::KmsMalformedPolicyDocumentException,
        Code::DependencyTimeoutException,
        Code::InvalidArnException,
        Code::UnsupportedOperationException,
        Code::KmsInternalException,
        Code::KmsLimitExceededException,
        Code::TagException,
        Code::CustomKeyStoreNotFoundException,
        Code::CustomKeyStoreInvalidStateException,
        Code::CloudHsmClusterInvalidConfigurationException,
        Code::XksKeyInvalidConfigurationException,
        Code::XksKeyAlreadyInUseException,
        Code::XksKeyNotFoundException,
    ];
    type Input = Input;
    type Output = metadata::Output;

    async fn call(ctx: &Context<'_>, input: Input) -> Result<Self::Output, Error> {
        input.check_origin()?;
        let (spec, usage) = input.kind()?;
        if let Some(Text(policy)) = &input.policy {
            policies::check(policy, input.bypass_policy_lockout_safety_check.as_ref())?;
        }
        let mut tags = KeyTags::default();
        tags.upsert(tags_of(input.tags.unwrap_or_default()))?;
        let new = NewKey {
            scope: ctx.caller.clone(),
            manager: KeyManager::Customer,
            multi_region: input.multi_region == Some(Flag(true)),
            spec,
            usage,
            description: input.description.unwrap_or_default().0.into(),
            policy: input.policy.map(|Text(text)| text.into()),
            tags,
        };
        Ok(metadata::Output::of(&ctx.keys().create(new, ctx.now)))
    }
}
