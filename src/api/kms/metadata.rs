//! `KeyMetadata`: all that is shown of a key (fact sheet 6.5).

use serde::Serialize;

use crate::api::timestamp::Timestamp;
use crate::kms::{Key, KeyManager, KeyState, KeyUsage};

/// `KeyMetadata`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct KeyMetadata {
    #[serde(rename = "AWSAccountId")]
    aws_account_id: String,
    arn: String,
    creation_date: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    current_key_material_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    customer_master_key_spec: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    deletion_date: Option<Timestamp>,
    description: String,
    enabled: bool,
    #[serde(flatten)]
    algorithms: Algorithms,
    key_id: String,
    key_manager: &'static str,
    key_spec: &'static str,
    key_state: &'static str,
    key_usage: &'static str,
    multi_region: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    multi_region_configuration: Option<MultiRegionConfiguration>,
    origin: &'static str,
}

/// What the key's algorithms are called depends on what the key is for.
#[derive(Debug, Serialize)]
#[expect(clippy::enum_variant_names, reason = "they are members of the wire")]
enum Algorithms {
    EncryptionAlgorithms(&'static [&'static str]),
    SigningAlgorithms(&'static [&'static str]),
    MacAlgorithms(&'static [&'static str]),
    KeyAgreementAlgorithms(&'static [&'static str]),
    EncapsulationAlgorithms(&'static [&'static str]),
}

/// A multi-Region key has no replicas here.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct MultiRegionConfiguration {
    multi_region_key_type: &'static str,
    primary_key: MultiRegionKey,
    replica_keys: [MultiRegionKey; 0],
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct MultiRegionKey {
    arn: String,
    region: String,
}

/// `KeyMetadata` as the whole answer.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Output {
    key_metadata: KeyMetadata,
}

impl Output {
    /// Shows a key.
    pub(super) fn of(key: &Key) -> Self {
        Self {
            key_metadata: KeyMetadata::of(key),
        }
    }
}

impl KeyMetadata {
    fn of(key: &Key) -> Self {
        let algorithms = key.spec.algorithms(key.usage).unwrap_or_default();
        let primary = || MultiRegionConfiguration {
            multi_region_key_type: "PRIMARY",
            primary_key: MultiRegionKey {
                arn: key.arn.to_string(),
                region: key.scope.region.to_string(),
            },
            replica_keys: [],
        };
        Self {
            aws_account_id: key.scope.account.to_string(),
            arn: key.arn.to_string(),
            creation_date: Timestamp(key.created),
            current_key_material_id: key.current_material().map(|id| id.to_string()),
            customer_master_key_spec: key.spec.old_name(),
            deletion_date: match key.state() {
                KeyState::PendingDeletion { date } => Some(Timestamp(date)),
                KeyState::Enabled | KeyState::Disabled => None,
            },
            description: key.description.to_string(),
            enabled: key.state() == KeyState::Enabled,
            algorithms: match key.usage {
                KeyUsage::EncryptDecrypt => Algorithms::EncryptionAlgorithms(algorithms),
                KeyUsage::SignVerify => Algorithms::SigningAlgorithms(algorithms),
                KeyUsage::GenerateVerifyMac => Algorithms::MacAlgorithms(algorithms),
                KeyUsage::KeyAgreement => Algorithms::KeyAgreementAlgorithms(algorithms),
                KeyUsage::EncapsulateDecapsulate => Algorithms::EncapsulationAlgorithms(algorithms),
            },
            key_id: key.id.to_string(),
            key_manager: match key.manager {
                KeyManager::Customer => "CUSTOMER",
                KeyManager::Aws => "AWS",
            },
            key_spec: key.spec.name(),
            key_state: key.state().name(),
            key_usage: key.usage.name(),
            multi_region: key.id.multi_region,
            multi_region_configuration: key.id.multi_region.then(primary),
            origin: "AWS_KMS",
        }
    }
}
