//! KMS's exceptions: wording and code (fact sheet 6.5).

use super::Code;
use crate::kms::Error as Refusal;

/// What a request to KMS is refused with. An empty text is left out of the answer.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "each variant's wording says what it is")]
pub enum KmsError {
    // Finding things.
    #[error("Key '{0}' does not exist")]
    KeyNotFound(String),
    #[error("Invalid keyId '{0}'")]
    InvalidKeyId(String),
    #[error("Invalid arn {0}")]
    InvalidArn(String),
    #[error("Key Aliases are not supported for this operation.")]
    AliasNotAllowed,
    #[error("Alias {0} is not found.")]
    AliasNotFound(String),
    #[error("No such policy exists")]
    PolicyNotFound,
    #[error("The marker is not valid.")]
    InvalidMarker,

    // State and permission.
    #[error("{0} is disabled.")]
    Disabled(String),
    #[error("{0} is pending deletion.")]
    PendingDeletion(String),
    #[error("{0} is not pending deletion.")]
    NotPendingDeletion(String),
    #[error(
        "User: {user} is not authorized to perform: kms:{operation} on resource: {arn} because no resource-based policy allows the kms:{operation} action"
    )]
    NotAllowed {
        user: String,
        operation: &'static str,
        arn: String,
    },

    // Creating keys.
    #[error(
        "You must specify a KeyUsage value for all KMS keys except for symmetric encryption keys."
    )]
    UsageMissing,
    #[error("KeyUsage {usage} is not compatible with KeySpec {spec}")]
    UsageOfAnotherSpec {
        usage: &'static str,
        spec: &'static str,
    },
    #[error(
        "You cannot specify KeySpec and CustomerMasterKeySpec in the same request. CustomerMasterKeySpec is deprecated."
    )]
    TwoSpecs,
    #[error("PendingWindowInDays must be between 7 and 30")]
    PendingWindowOutOfRange,
    #[error("The key policy is not a valid policy document.")]
    MalformedPolicy,
    #[error("The new key policy will not allow you to update the key policy in the future.")]
    PolicyLocksOut,

    // Cryptography.
    #[error("{arn} key usage is {usage} which is not valid for {operation}.")]
    WrongUsage {
        arn: String,
        usage: &'static str,
        operation: &'static str,
    },
    #[error("Algorithm {algorithm} is incompatible with key spec {spec}.")]
    WrongAlgorithm {
        algorithm: String,
        spec: &'static str,
    },
    #[error("Cannot generate a data key with an asymmetric KMS key")]
    DataKeyUnderAsymmetric,
    #[error("")]
    InvalidCiphertext,
    #[error("The key ID in the request does not identify a CMK that can perform this operation.")]
    IncorrectKey,
    #[error(
        "1 validation error detected: Value null at 'ciphertextBlob' failed to satisfy constraint: Member must not be null"
    )]
    CiphertextMissing,
    #[error("NumberOfBytes is required.")]
    NumberOfBytesMissing,
    #[error("Please specify either number of bytes or key spec.")]
    DataKeySize,
    #[error("The request would have succeeded, but the DryRun option is set.")]
    DryRun,

    // Aliases.
    #[error("An alias with the name {0} already exists")]
    AliasExists(String),
    #[error(
        "Alias must start with the prefix \"alias/\". Please see https://docs.aws.amazon.com/kms/latest/developerguide/kms-alias.html"
    )]
    AliasWithoutPrefix,
    #[error("{0} contains invalid characters for an alias")]
    InvalidAliasName(String),
    #[error("")]
    ReservedAlias,
    #[error("Aliases must refer to keys. Not aliases")]
    AliasOfAlias,
    #[error("The alias can only be moved to a KMS key of the same type and key usage.")]
    AliasOfAnotherKind,

    // Tags and quotas.
    #[error("Duplicate tag keys")]
    DuplicateTag,
    #[error("Too many tags")]
    TooManyTags,
    #[error("Tags beginning with aws: are reserved")]
    ReservedTag,
    #[error(
        "The on-demand rotations limit has been reached for the given keyId. No more on-demand rotations can be performed for this key: {0}"
    )]
    TooManyRotations(String),

    // What is not there.
    #[error("")]
    NotForThisKey,
    #[error("{0} is not supported.")]
    NotSupported(&'static str),

    /// The cause goes to the log; the client learns only that it was our fault.
    #[error("An internal error occurred.")]
    Internal(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl KmsError {
    /// The exception's code.
    pub fn code(&self) -> Code {
        match self {
            Self::KeyNotFound(_)
            | Self::InvalidKeyId(_)
            | Self::InvalidArn(_)
            | Self::AliasNotFound(_)
            | Self::PolicyNotFound => Code::NotFoundException,
            Self::AliasNotAllowed => Code::InvalidArnException,
            Self::InvalidMarker => Code::InvalidMarkerException,
            Self::Disabled(_) => Code::DisabledException,
            Self::PendingDeletion(_) | Self::NotPendingDeletion(_) => {
                Code::KmsInvalidStateException
            }
            Self::NotAllowed { .. } => Code::AccessDeniedException,
            Self::UsageMissing
            | Self::UsageOfAnotherSpec { .. }
            | Self::TwoSpecs
            | Self::PendingWindowOutOfRange
            | Self::CiphertextMissing
            | Self::NumberOfBytesMissing
            | Self::DataKeySize
            | Self::AliasWithoutPrefix
            | Self::AliasOfAlias
            | Self::AliasOfAnotherKind => Code::ValidationException,
            Self::MalformedPolicy | Self::PolicyLocksOut => {
                Code::KmsMalformedPolicyDocumentException
            }
            Self::WrongUsage { .. }
            | Self::WrongAlgorithm { .. }
            | Self::DataKeyUnderAsymmetric => Code::InvalidKeyUsageException,
            Self::InvalidCiphertext => Code::InvalidCiphertextException,
            Self::IncorrectKey => Code::IncorrectKeyException,
            Self::DryRun => Code::DryRunOperationException,
            Self::AliasExists(_) => Code::AlreadyExistsException,
            Self::InvalidAliasName(_) => Code::InvalidAliasNameException,
            Self::ReservedAlias => Code::NotAuthorizedException,
            Self::DuplicateTag | Self::TooManyTags | Self::ReservedTag => Code::TagException,
            Self::TooManyRotations(_) => Code::KmsLimitExceededException,
            Self::NotForThisKey | Self::NotSupported(_) => Code::UnsupportedOperationException,
            Self::Internal(_) => Code::KmsInternalException,
        }
    }
}

impl From<Refusal> for KmsError {
    fn from(refusal: Refusal) -> Self {
        use Refusal as R;
        match refusal {
            R::KeyNotFound(arn) => Self::KeyNotFound(arn),
            R::InvalidKeyId(id) => Self::InvalidKeyId(id),
            R::ForeignArn(text) | R::InvalidArn(text) => Self::InvalidArn(text),
            R::AliasNotAllowed => Self::AliasNotAllowed,
            R::AliasNotFound(arn) => Self::AliasNotFound(arn),
            R::AliasExists(arn) => Self::AliasExists(arn),
            R::AliasOfAnotherKind => Self::AliasOfAnotherKind,
            R::Disabled(arn) => Self::Disabled(arn),
            R::PendingDeletion(arn) => Self::PendingDeletion(arn),
            R::NotPendingDeletion(arn) => Self::NotPendingDeletion(arn),
            R::WrongUsage {
                arn,
                usage,
                operation,
            } => Self::WrongUsage {
                arn,
                usage,
                operation,
            },
            R::WrongAlgorithm { algorithm, spec } => Self::WrongAlgorithm { algorithm, spec },
            R::DataKeyUnderAsymmetric => Self::DataKeyUnderAsymmetric,
            R::NotSupported => Self::NotForThisKey,
            R::TooManyRotations(arn) => Self::TooManyRotations(arn),
            R::InvalidCiphertext => Self::InvalidCiphertext,
            R::TooManyTags => Self::TooManyTags,
            R::DuplicateTag => Self::DuplicateTag,
            R::ReservedTag => Self::ReservedTag,
        }
    }
}

impl From<Refusal> for super::Error {
    fn from(refusal: Refusal) -> Self {
        Self::Kms(refusal.into())
    }
}
