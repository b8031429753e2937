//! Every exception a client can be answered with: wording, code and family next to each other.
//!
//! Codes are in `code`, KMS's exceptions in `kms`.
//!
//! The inner errors of `secret`, `store` and `kms` know no HTTP; they become AWS's exceptions here and nowhere else.

mod code;
mod kms;

pub use self::code::{Code, Family};
pub use self::kms::KmsError;
use super::service::STS_VERSION;
use crate::auth::policy::Malformed;
use crate::kms::EnvelopeError;
use crate::secret::password::PasswordError;
use crate::secret::{self, id::IdError};
use crate::store;

/// What a request is refused with. The texts are AWS's, apostrophes included; an empty text is left out of the answer.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "each variant's wording says what it is")]
pub enum Error {
    // The front end.
    #[error("")]
    UnknownOperation,
    #[error("{0}")]
    Serialization(String),
    #[error("{0}")]
    Validation(String),
    #[error(
        "Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!"
    )]
    InvalidName,

    #[error("The request has failed due to a temporary failure of the server.")]
    Unavailable,

    // Finding things.
    #[error("Invalid ARN.")]
    InvalidArn,
    #[error("Secrets Manager can't find the specified secret.")]
    SecretNotFound,
    #[error("Secrets Manager can't find the specified secret value for staging label: {0}")]
    LabelNotFound(String),
    #[error("Secrets Manager can't find the specified secret value for VersionId: {0}")]
    VersionNotFound(String),
    #[error("You provided a VersionStage that is not associated to the provided VersionId.")]
    LabelNotOnVersion,
    #[error("Secrets Manager can't find the specified resource policy.")]
    PolicyNotFound,
    #[error("The provided NextToken is not valid.")]
    InvalidNextToken,

    // State.
    #[error("You can't perform this operation on the secret because it was marked for deletion.")]
    MarkedForDeletion,
    #[error(
        "You can't create this secret because a secret with this name is already scheduled for deletion."
    )]
    NameScheduledForDeletion,
    #[error("The operation failed because the secret {0} already exists.")]
    NameTaken(String),
    #[error(
        "You can't use ClientRequestToken {token} because that value is already in use for a version of secret {arn}."
    )]
    TokenTaken { token: String, arn: String },
    #[error(
        "You can't access a secret from a different AWS account if you encrypt the secret with the default KMS service key."
    )]
    DefaultKeyAcrossAccounts,

    // Parameters.
    #[error("You must provide a ClientRequestToken value. We recommend a UUID-type value.")]
    TokenMissing,
    // The same sentence under another code, in RotateSecret (fact sheet 1.6).
    #[error("You must provide a ClientRequestToken value. We recommend a UUID-type value.")]
    RotationTokenMissing,
    #[error(
        "You can’t specify both a binary secret value and a string secret value in the same secret."
    )]
    TwoValues,
    #[error("You must provide either SecretString or SecretBinary.")]
    NoValue,
    #[error("The RecoveryWindowInDays value must be between 7 and 30 days (inclusive).")]
    RecoveryWindowOutOfRange,
    #[error("You can't use ForceDeleteWithoutRecovery in conjunction with RecoveryWindowInDays.")]
    ForceWithRecoveryWindow,
    #[error("Either 'SecretIdList' or 'Filters' must be provided, but not both.")]
    IdsOrFilters,
    #[error(
        "'Filters' not specified. 'Filters' must also be specified when 'MaxResults' is provided."
    )]
    MaxResultsWithoutFilters,
    #[error("Invalid filter key")]
    FilterKeyMissing,
    #[error("Invalid filter values for key: {0}")]
    FilterValuesMissing(String),
    #[error(
        "The parameter RemoveFromVersionId can't be empty. Staging label {label} is currently attached to version {holder}, so you must explicitly reference that version in RemoveFromVersionId."
    )]
    HolderNotNamed { label: String, holder: String },
    #[error(
        "When you move staging label {0}, if you specify RemoveFromVersionId, it must be set to the version that currently has the staging label {0}."
    )]
    NotTheHolder(String),
    #[error(
        "You can only move staging label AWSCURRENT to a different secret version. It can’t be completely removed."
    )]
    CurrentCannotBeRemoved,
    #[error("You must specify RemoveFromVersionId, MoveToVersionId, or both.")]
    NoVersionNamed,
    #[error("You can't modify system tags. Tag key: '{0}'.")]
    ReservedTagKey(String),
    #[error("The request has more than one tag with the key '{0}'.")]
    DuplicateTagKey(String),
    #[error("Every tag must have a key.")]
    TagKeyMissing,
    #[error("A secret can have at most 50 tags.")]
    TooManyTags,
    #[error("{}", match .0 {
        PasswordError::TooShort => "Password length is too short based on the required types.",
        PasswordError::ClassEmptied => "All characters of the desired type have been excluded",
        PasswordError::NothingLeft => "All characters have been excluded from selection",
    })]
    Password(PasswordError),
    #[error("The only supported PolicyName is default.")]
    UnsupportedPolicyName,
    #[error(
        "Operation not permitted on a replica secret. Call must be made in primary secret's region."
    )]
    IsReplica,
    #[error("The secret is not a replica.")]
    NotAReplica,
    #[error("Invalid replica region.")]
    InvalidReplicaRegion,
    #[error("You can't delete secret {arn} that still has replica regions [{}].", regions.join(", "))]
    HasReplicas { arn: String, regions: Vec<String> },
    #[error("The ARN must be that of a secret in another account.")]
    NotAnotherAccount,
    #[error(
        "A secret that follows CrossAccountPrimaryARN can't have a value or replicas of its own."
    )]
    CrossAccountReplicaWithContent,

    // Quotas.
    #[error("You can't have more than 20 staging labels attached to the versions of a secret.")]
    TooManyLabels,
    #[error(
        "You can't have more than 100 versions of a secret, and none of them can be removed yet."
    )]
    TooManyVersions,

    // Rotation.
    #[error("You cannot specify both rotation frequency and schedule expression together.")]
    TwoSchedules,
    #[error("Invalid rotation rules: the schedule expression or the duration isn't valid.")]
    InvalidSchedule,
    #[error("No Lambda rotation function ARN is associated with this secret.")]
    NoRotationFunction,
    #[error(
        "Secrets Manager cannot invoke the specified Lambda function. Ensure that the function policy grants access to the principal secretsmanager.amazonaws.com."
    )]
    FunctionNotInvocable,
    #[error("A previous rotation isn't complete. That rotation will be reattempted.")]
    RotationIncomplete,
    #[error("Secrets Manager is unable to assume role for the external secret's rotation.")]
    RoleNotAssumable,
    #[error(
        "You can't use ClientRequestToken {token} because that value is already in use for a version of secret {arn}."
    )]
    RotationTokenTaken { token: String, arn: String },

    // Policies.
    #[error("This resource policy contains {}.", match .0 {
        Malformed::Syntax => "a syntax error",
        Malformed::Principal => "an unsupported principal",
        Malformed::Action => "an unsupported action",
        Malformed::Condition => "an unsupported condition",
    })]
    MalformedPolicy(Malformed),
    #[error(
        "The BlockPublicPolicy parameter is set to true, and the resource policy did not prevent broad access to the secret."
    )]
    PublicPolicy,

    // KMS.
    #[error("Secrets Manager can't find the specified KMS key.")]
    KmsKeyNotFound,
    #[error("Cannot generate a data key with an asymmetric KMS key.")]
    AsymmetricKmsKey,
    #[error(
        "Secrets Manager can't encrypt the protected secret text using the provided KMS key. Check that the KMS key is available, enabled, and not in an invalid state."
    )]
    EncryptionFailure,
    #[error("Secrets Manager can't decrypt the protected secret text using the provided KMS key.")]
    DecryptionFailure,

    // Other services.
    #[error(transparent)]
    Kms(#[from] KmsError),
    #[error("Could not find operation {0} for version {STS_VERSION}")]
    InvalidAction(String),
    #[error("Missing Action")]
    MissingAction,

    /// The cause goes to the log; the client learns only that it was our fault.
    #[error("An error occurred on the server side.")]
    Internal(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl Error {
    /// What was our fault, for the log.
    pub fn internal_cause(&self) -> Option<&(dyn std::error::Error + Send + Sync)> {
        match self {
            Self::Internal(cause) | Self::Kms(KmsError::Internal(cause)) => Some(&**cause),
            _ => None,
        }
    }

    /// The exception's code.
    pub fn code(&self) -> Code {
        match self {
            Self::UnknownOperation => Code::UnknownOperationException,
            Self::Unavailable => Code::ServiceUnavailable,
            Self::Serialization(_) => Code::SerializationException,
            Self::Validation(_) | Self::InvalidName => Code::ValidationException,
            Self::SecretNotFound
            | Self::LabelNotFound(_)
            | Self::VersionNotFound(_)
            | Self::PolicyNotFound => Code::ResourceNotFoundException,
            Self::InvalidNextToken => Code::InvalidNextTokenException,
            Self::LabelNotOnVersion
            | Self::MarkedForDeletion
            | Self::NameScheduledForDeletion
            | Self::DefaultKeyAcrossAccounts
            | Self::TokenMissing
            | Self::NoValue
            | Self::NotAReplica
            | Self::NoRotationFunction
            | Self::RotationIncomplete
            | Self::RoleNotAssumable
            | Self::RotationTokenTaken { .. } => Code::InvalidRequestException,
            Self::NameTaken(_) | Self::TokenTaken { .. } => Code::ResourceExistsException,
            Self::InvalidArn
            | Self::TwoValues
            | Self::RecoveryWindowOutOfRange
            | Self::ForceWithRecoveryWindow
            | Self::IdsOrFilters
            | Self::MaxResultsWithoutFilters
            | Self::FilterKeyMissing
            | Self::FilterValuesMissing(_)
            | Self::HolderNotNamed { .. }
            | Self::NotTheHolder(_)
            | Self::CurrentCannotBeRemoved
            | Self::NoVersionNamed
            | Self::ReservedTagKey(_)
            | Self::DuplicateTagKey(_)
            | Self::TagKeyMissing
            | Self::TooManyTags
            | Self::Password(_)
            | Self::UnsupportedPolicyName
            | Self::IsReplica
            | Self::InvalidReplicaRegion
            | Self::HasReplicas { .. }
            | Self::NotAnotherAccount
            | Self::CrossAccountReplicaWithContent
            | Self::RotationTokenMissing
            | Self::TwoSchedules
            | Self::InvalidSchedule
            | Self::KmsKeyNotFound
            | Self::AsymmetricKmsKey => Code::InvalidParameterException,
            Self::TooManyLabels | Self::TooManyVersions => Code::LimitExceededException,
            Self::MalformedPolicy(_) => Code::MalformedPolicyDocumentException,
            Self::PublicPolicy => Code::PublicPolicyException,
            Self::FunctionNotInvocable => Code::AccessDeniedException,
            Self::EncryptionFailure => Code::EncryptionFailure,
            Self::DecryptionFailure => Code::DecryptionFailure,
            Self::Kms(error) => error.code(),
            Self::InvalidAction(_) => Code::InvalidAction,
            Self::MissingAction => Code::MissingAction,
            Self::Internal(_) => Code::InternalServiceError,
        }
    }
}

impl From<IdError> for Error {
    fn from(error: IdError) -> Self {
        match error {
            IdError::InvalidName => Self::InvalidName,
            IdError::InvalidArn => Self::InvalidArn,
            IdError::Elsewhere => Self::SecretNotFound,
        }
    }
}

impl From<secret::Error> for Error {
    fn from(error: secret::Error) -> Self {
        use secret::Error as E;
        match error {
            // UpdateSecret tries again; nobody else moves values to another key.
            E::ValuesChanged => Self::Internal(E::ValuesChanged.into()),
            E::MarkedForDeletion => Self::MarkedForDeletion,
            E::NameScheduledForDeletion => Self::NameScheduledForDeletion,
            E::NameTaken(name) => Self::NameTaken(name.to_string()),
            E::TokenTaken { token, arn } => Self::TokenTaken {
                token: token.to_string(),
                arn: arn.to_string(),
            },
            E::VersionNotFound(id) => Self::VersionNotFound(id.to_string()),
            E::LabelNotFound(label) => Self::LabelNotFound(label.to_string()),
            E::LabelNotOnVersion => Self::LabelNotOnVersion,
            E::HolderNotNamed { label, holder } => Self::HolderNotNamed {
                label: label.to_string(),
                holder: holder.to_string(),
            },
            E::NotTheHolder(label) => Self::NotTheHolder(label.to_string()),
            E::CurrentCannotBeRemoved => Self::CurrentCannotBeRemoved,
            E::NoVersionNamed => Self::NoVersionNamed,
            E::TooManyLabels => Self::TooManyLabels,
            E::TooManyVersions => Self::TooManyVersions,
            E::TooManyTags => Self::TooManyTags,
            E::DuplicateTagKey(key) => Self::DuplicateTagKey(key),
            E::ReservedTagKey(key) => Self::ReservedTagKey(key),
            E::RecoveryWindowOutOfRange => Self::RecoveryWindowOutOfRange,
            E::IsReplica => Self::IsReplica,
            E::NotAReplica => Self::NotAReplica,
            E::InvalidReplicaRegion => Self::InvalidReplicaRegion,
            E::TwoSchedules => Self::TwoSchedules,
            E::InvalidSchedule => Self::InvalidSchedule,
            E::NoRotationFunction => Self::NoRotationFunction,
            E::RoleNotAssumable => Self::RoleNotAssumable,
            E::RotationTokenTaken { token, arn } => Self::RotationTokenTaken {
                token: token.to_string(),
                arn: arn.to_string(),
            },
            E::HasReplicas { arn, regions } => Self::HasReplicas {
                arn: arn.to_string(),
                regions: regions.iter().map(ToString::to_string).collect(),
            },
        }
    }
}

impl From<store::Error> for Error {
    fn from(error: store::Error) -> Self {
        match error {
            store::Error::NotFound => Self::SecretNotFound,
            store::Error::Refused(refusal) => refusal.into(),
            store::Error::Store(cause) => Self::Internal(cause.into()),
        }
    }
}

/// What trouble with a KMS key means for a secret (fact sheet 6.4).
impl From<EnvelopeError> for Error {
    fn from(error: EnvelopeError) -> Self {
        use crate::kms::Error as E;
        let refusal = match error {
            EnvelopeError::Opening(_) => return Self::DecryptionFailure,
            EnvelopeError::Sealing(refusal) => refusal,
        };
        match refusal {
            E::KeyNotFound(_)
            | E::InvalidKeyId(_)
            | E::ForeignArn(_)
            | E::InvalidArn(_)
            | E::AliasNotFound(_) => Self::KmsKeyNotFound,
            E::DataKeyUnderAsymmetric | E::WrongUsage { .. } => Self::AsymmetricKmsKey,
            E::Disabled(_)
            | E::PendingDeletion(_)
            | E::NotPendingDeletion(_)
            | E::AliasNotAllowed
            | E::AliasExists(_)
            | E::AliasOfAnotherKind
            | E::WrongAlgorithm { .. }
            | E::NotSupported
            | E::TooManyRotations(_)
            | E::InvalidCiphertext
            | E::TooManyTags
            | E::DuplicateTag
            | E::ReservedTag => Self::EncryptionFailure,
        }
    }
}

impl From<PasswordError> for Error {
    fn from(error: PasswordError) -> Self {
        Self::Password(error)
    }
}

impl From<Malformed> for Error {
    fn from(error: Malformed) -> Self {
        Self::MalformedPolicy(error)
    }
}
