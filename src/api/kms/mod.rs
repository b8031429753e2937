//! The operations of KMS, one file each, and the names of those that are out of scope.

pub mod aliases;
pub mod cancel_key_deletion;
pub mod create_alias;
pub mod create_key;
mod crypto;
pub mod decrypt;
pub mod delete_alias;
pub mod describe_key;
pub mod disable_key;
pub mod disable_key_rotation;
pub mod enable_key;
pub mod enable_key_rotation;
pub mod encrypt;
pub mod generate_data_key;
pub mod generate_data_key_without_plaintext;
pub mod generate_random;
pub mod get_key_policy;
pub mod get_key_rotation_status;
mod keys;
pub mod list_aliases;
pub mod list_key_policies;
pub mod list_key_rotations;
pub mod list_keys;
pub mod list_resource_tags;
mod metadata;
mod pages;
mod policies;
pub mod put_key_policy;
pub mod re_encrypt;
pub mod rotate_key_on_demand;
pub mod schedule_key_deletion;
mod shapes;
pub mod tag_resource;
pub mod untag_resource;
pub mod update_alias;
pub mod update_key_description;

use super::error::{Error, KmsError};

/// Operations of KMS that are not emulated: signatures, MACs, key pairs, key agreement, grants, imported key material,
/// replicas of multi-Region keys, and custom key stores.
pub const OUT_OF_SCOPE: &[&str] = &[
    "ConnectCustomKeyStore",
    "CreateCustomKeyStore",
    "CreateGrant",
    "Decapsulate",
    "DeleteCustomKeyStore",
    "DeleteImportedKeyMaterial",
    "DeriveSharedSecret",
    "DescribeCustomKeyStores",
    "DisconnectCustomKeyStore",
    "Encapsulate",
    "GenerateDataKeyPair",
    "GenerateDataKeyPairWithoutPlaintext",
    "GenerateMac",
    "GetKeyLastUsage",
    "GetParametersForImport",
    "GetPublicKey",
    "ImportKeyMaterial",
    "ListGrants",
    "ListRetirableGrants",
    "ReplicateKey",
    "RetireGrant",
    "RevokeGrant",
    "Sign",
    "UpdateCustomKeyStore",
    "UpdatePrimaryRegion",
    "Verify",
    "VerifyMac",
];

/// Why there is no operation of this name.
pub(super) fn refusal_of(name: &str) -> Error {
    match OUT_OF_SCOPE.iter().find(|known| **known == name) {
        Some(known) => KmsError::NotSupported(known).into(),
        None => Error::UnknownOperation,
    }
}
