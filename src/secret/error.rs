//! What a transition can refuse. No wording and no status here: `api::error` puts these into AWS's sentences.

use super::id::{Region, SecretArn, SecretName};
use super::staging::StagingLabel;
use super::version::VersionId;

/// Why a secret cannot do what was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// What was sealed does not fit the secret any more: it names another KMS key by now, or has other values to move to a new
    /// one. Whoever sealed begins again.
    #[error("the secret's values or its KMS key changed while a value was sealed")]
    ValuesChanged,
    /// The secret is scheduled for deletion.
    #[error("the secret is scheduled for deletion")]
    MarkedForDeletion,
    /// The name belongs to a secret that is scheduled for deletion.
    #[error("the name is still taken by a secret that is scheduled for deletion")]
    NameScheduledForDeletion,
    /// The name belongs to another secret.
    #[error("the name {0} is taken")]
    NameTaken(SecretName),
    /// A version with this id holds another value.
    #[error("version {token} of {arn} holds another value")]
    TokenTaken {
        /// The client request token.
        token: VersionId,
        /// The secret.
        arn: Box<SecretArn>,
    },
    /// No version has this id, or it has no value.
    #[error("no value for version {0}")]
    VersionNotFound(VersionId),
    /// No version holds this label, or it has no value.
    #[error("no value for label {0}")]
    LabelNotFound(StagingLabel),
    /// The version asked for does not hold the label asked for.
    #[error("the label is not on the version")]
    LabelNotOnVersion,
    /// A label is to move, and the version that holds it was not named.
    #[error("label {label} is on version {holder}, which was not named")]
    HolderNotNamed {
        /// The label.
        label: StagingLabel,
        /// The version that holds it.
        holder: VersionId,
    },
    /// A label is to be taken from a version that does not hold it.
    #[error("label {0} is not on the version named")]
    NotTheHolder(StagingLabel),
    /// AWSCURRENT can be moved, and not removed.
    #[error("AWSCURRENT cannot be removed")]
    CurrentCannotBeRemoved,
    /// Neither a version to take the label from nor one to give it to.
    #[error("no version to move the label from or to")]
    NoVersionNamed,
    /// More than 20 labels over all versions.
    #[error("too many staging labels")]
    TooManyLabels,
    /// More than 100 versions, of which none can be removed yet.
    #[error("too many versions")]
    TooManyVersions,
    /// More than 50 tags.
    #[error("too many tags")]
    TooManyTags,
    /// One request names a tag key twice.
    #[error("tag key {0} is given twice")]
    DuplicateTagKey(String),
    /// A tag key that begins with `aws:`.
    #[error("tag key {0} is reserved")]
    ReservedTagKey(String),
    /// A recovery window of fewer than 7 or more than 30 days.
    #[error("the recovery window is out of range")]
    RecoveryWindowOutOfRange,
    /// A replica is changed by its primary only.
    #[error("the secret is a replica")]
    IsReplica,
    /// Only a replica can do this.
    #[error("the secret is not a replica")]
    NotAReplica,
    /// A region that cannot have a replica, has none to remove, or is given twice.
    #[error("not a region for a replica")]
    InvalidReplicaRegion,
    /// A primary cannot be deleted before its replicas.
    #[error("{arn} still has replicas")]
    HasReplicas {
        /// The primary.
        arn: Box<SecretArn>,
        /// Its replicas' regions.
        regions: Vec<Region>,
    },
    /// Days and a schedule expression exclude each other.
    #[error("both days and a schedule expression")]
    TwoSchedules,
    /// Rotation rules that are none.
    #[error("not a rotation schedule")]
    InvalidSchedule,
    /// There is nothing to rotate the secret with.
    #[error("no rotation function")]
    NoRotationFunction,
    /// There are no roles here to assume.
    #[error("the role cannot be assumed")]
    RoleNotAssumable,
    /// A version with this id is there already, and not by this rotation.
    #[error("version {token} of {arn} exists")]
    RotationTokenTaken {
        /// The client request token.
        token: VersionId,
        /// The secret.
        arn: Box<SecretArn>,
    },
}
