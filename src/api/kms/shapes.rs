//! Shapes that several operations of KMS share, with the constraints of AWS's service model.

use serde::{Deserialize, Serialize};

use crate::api::constraints::{Member, Present, Shape, Structure};
use crate::api::fields::{Blob, List, Object, Required, Text};

/// `KeyIdType`.
pub(super) static KEY_ID: Shape = Shape::text(1, 2048);
/// `DescriptionType`.
pub(super) static DESCRIPTION: Shape = Shape::text(0, 8192);
/// `PolicyType`.
pub(super) static POLICY: Shape =
    Shape::pattern(1, 131_072, r"[\u0009\u000A\u000D\u0020-\u00FF]+", |text| {
        !text.is_empty() && text.chars().all(|c| "\t\n\r".contains(c) || is_latin(c))
    });
/// `PolicyNameType`.
pub(super) static POLICY_NAME: Shape = Shape::pattern(1, 128, r"[\w]+", |text| {
    let is_word = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
    !text.is_empty() && text.bytes().all(is_word)
});
/// `LimitType`.
pub(super) static LIMIT: Shape = Shape::number(1, 1000);
/// `MarkerType`.
pub(super) static MARKER: Shape = Shape::pattern(1, 1024, r"[\u0020-\u00FF]*", |text| {
    text.chars().all(is_latin)
});
/// `GrantTokenList`.
pub(super) static GRANT_TOKENS: Shape = Shape::list(0, Some(10), &GRANT_TOKEN);
static GRANT_TOKEN: Shape = Shape::text(1, 8192);
/// `PlaintextType`.
pub(super) static PLAINTEXT: Shape = Shape::Blob { min: 1, max: 4096 };
/// `CiphertextType`.
pub(super) static CIPHERTEXT: Shape = Shape::Blob { min: 1, max: 6144 };
/// `EncryptionContextType`.
pub(super) static ENCRYPTION_CONTEXT: Shape = Shape::Map;
/// `EncryptionAlgorithmSpec`.
pub(super) static ENCRYPTION_ALGORITHM: Shape = Shape::one_of(&[
    "SYMMETRIC_DEFAULT",
    "RSAES_OAEP_SHA_1",
    "RSAES_OAEP_SHA_256",
    "SM2PKE",
]);
/// `DryRunModifierList`.
pub(super) static DRY_RUN_MODIFIERS: Shape = Shape::list(0, None, &DRY_RUN_MODIFIER);
static DRY_RUN_MODIFIER: Shape = Shape::one_of(&["IGNORE_CIPHERTEXT"]);
/// `DataKeySpec`.
pub(super) static DATA_KEY_SPEC: Shape = Shape::one_of(&["AES_256", "AES_128"]);
/// `NumberOfBytesType`.
pub(super) static NUMBER_OF_BYTES: Shape = Shape::number(1, 1024);
/// `RecipientInfo`.
pub(super) static RECIPIENT: Shape = Shape::Structure(Recipient::rules);
static ATTESTATION: Shape = Shape::Blob {
    min: 1,
    max: 262_144,
};
static KEY_ENCRYPTION: Shape = Shape::one_of(&["RSAES_OAEP_SHA_256"]);
/// `CustomKeyStoreIdType`.
pub(super) static CUSTOM_KEY_STORE_ID: Shape = Shape::text(1, 64);
/// `TagList`.
pub(super) static TAGS: Shape = Shape::list(0, None, &TAG);
static TAG: Shape = Shape::Structure(Tag::rules);
/// `TagKeyType`.
pub(super) static TAG_KEY: Shape = Shape::text(1, 128);
/// `TagKeyList`.
pub(super) static TAG_KEYS: Shape = Shape::list(0, None, &TAG_KEY);
static TAG_VALUE: Shape = Shape::text(0, 256);

/// `\u0020-\u00FF`.
fn is_latin(c: char) -> bool {
    ('\u{20}'..='\u{ff}').contains(&c)
}

/// A request that names a key and nothing else.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct OnlyKeyId {
    /// A key id or ARN.
    pub(super) key_id: Required<Text>,
}

impl Structure for OnlyKeyId {
    const MEMBERS: &'static [Member<Self>] =
        &[Member::required("KeyId", &KEY_ID, |i| i.key_id.value())];
}

/// `KeyId` in an answer.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct KeyArn {
    /// The key's ARN (fact sheet 6.5).
    pub(super) key_id: String,
}

/// `Tag` in requests and answers.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub(super) struct Tag {
    tag_key: Required<Text>,
    tag_value: Required<Text>,
}

impl Structure for Tag {
    const MEMBERS: &'static [Member<Self>] = &[
        Member::required("TagKey", &TAG_KEY, |i| i.tag_key.value()),
        Member::required("TagValue", &TAG_VALUE, |i| i.tag_value.value()),
    ];
}

/// The tags a request gives.
pub(super) fn tags_of(List(given): List<Object<Tag>>) -> Vec<(String, String)> {
    let pair = |Object(tag): Object<Tag>| {
        let (Text(key), Text(value)) = (tag.tag_key.into_inner(), tag.tag_value.into_inner());
        (key, value)
    };
    given.into_iter().map(pair).collect()
}

/// `RecipientInfo`: a Nitro enclave, for which nothing is encrypted here.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub(super) struct Recipient {
    attestation_document: Option<Blob>,
    key_encryption_algorithm: Option<Text>,
}

impl Structure for Recipient {
    const MEMBERS: &'static [Member<Self>] = &[
        Member::optional("AttestationDocument", &ATTESTATION, |i| {
            i.attestation_document.value()
        }),
        Member::optional("KeyEncryptionAlgorithm", &KEY_ENCRYPTION, |i| {
            i.key_encryption_algorithm.value()
        }),
    ];
}
