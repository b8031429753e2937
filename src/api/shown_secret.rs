//! What DescribeSecret and ListSecrets both show of a secret (fact sheet 3.6 and 3.11).

use super::error::Error;
use super::members::{Members, write_list, write_text};
use super::shapes::Timestamp;
use crate::secret::Secret;
use crate::secret::deletion::Deletion;
use crate::secret::id::Region;
use crate::secret::rotation::Rotation;
use crate::secret::schedule::Rules;
use crate::secret::tags::Tag;

/// Adds what is shown of a secret. Its ARN begins with `arn_start`, as do those of all secrets of its scope. The member
/// `versions` has its labelled versions: each operation gives it a name of its own.
pub(super) fn add_secret(
    shown: &mut Members<'_>,
    arn_start: &str,
    secret: &Secret,
    versions: &str,
) -> Result<(), Error> {
    // Nothing in an ARN or a name needs to be escaped.
    shown.member("ARN", |body| {
        for part in [
            "\"",
            arn_start,
            secret.name(),
            "-",
            secret.suffix().as_str(),
            "\"",
        ] {
            body.extend_from_slice(part.as_bytes());
        }
        Ok(())
    })?;
    shown.text("Name", secret.name())?;
    shown.time("CreatedDate", Timestamp(secret.created()))?;
    shown.time("LastChangedDate", Timestamp(secret.last_changed()))?;
    let last_accessed = secret.last_accessed().map(Timestamp::of_day);
    shown.some_time("LastAccessedDate", last_accessed)?;
    if let Deletion::Scheduled { requested, .. } = secret.deletion() {
        shown.time("DeletedDate", Timestamp(requested))?;
    }
    let attributes = secret.attributes();
    shown.some_text("Description", attributes.description)?;
    shown.some_text("KmsKeyId", attributes.kms_key_id)?;
    shown.some_text("Type", attributes.partner_type)?;
    if let Some(rotation) = secret.rotation() {
        add_rotation(shown, rotation)?;
    }
    shown.some_text("PrimaryRegion", secret.primary_region().map(Region::as_str))?;
    if secret.tags().were_given() {
        shown.member("Tags", |body| write_tags(secret.tags().iter(), body))?;
    }
    add_labelled_versions(shown, secret, versions)
}

/// Adds how a secret is rotated. The days that a schedule comes to are shown beside it (fact sheet 5.4).
fn add_rotation(shown: &mut Members<'_>, rotation: &Rotation) -> Result<(), Error> {
    let Rules {
        duration,
        expression,
        ..
    } = &rotation.rules;
    shown.some("RotationEnabled", Some(rotation.enabled))?;
    shown.some_text("RotationLambdaARN", rotation.function.as_deref())?;
    shown.member("RotationRules", |body| {
        let mut rules = Members::begin(body);
        rules.some("AutomaticallyAfterDays", rotation.days())?;
        rules.some_text("Duration", duration.as_deref())?;
        rules.some_text("ScheduleExpression", expression.as_deref())?;
        rules.end()
    })?;
    shown.some_time("LastRotatedDate", rotation.last_rotated.map(Timestamp))?;
    shown.some_time("NextRotationDate", rotation.next_rotation().map(Timestamp))?;
    let external = &rotation.external;
    if let Some(metadata) = &external.metadata {
        let items = metadata.iter().map(|(key, value)| Tag { key, value });
        shown.member("ExternalSecretRotationMetadata", |body| {
            write_tags(items, body)
        })?;
    }
    shown.some_text(
        "ExternalSecretRotationRoleArn",
        external.role_arn.as_deref(),
    )
}

/// Writes keys with their values: tags, or pieces of metadata.
fn write_tags<'a>(tags: impl Iterator<Item = Tag<'a>>, body: &mut Vec<u8>) -> Result<(), Error> {
    write_list(tags, body, |tag, body| {
        let mut shown = Members::begin(body);
        shown.text("Key", tag.key)?;
        shown.text("Value", tag.value)?;
        shown.end()
    })
}

/// Adds the versions that have labels, sorted by their ids, each with its labels; nothing if there is none.
fn add_labelled_versions(
    shown: &mut Members<'_>,
    secret: &Secret,
    name: &str,
) -> Result<(), Error> {
    let mut labels: Vec<_> = secret.labels().iter().collect();
    if labels.is_empty() {
        return Ok(());
    }
    // The labels of a version stay in alphabetical order.
    labels.sort_by_key(|(version, _)| *version);
    shown.member(name, |body| {
        let mut versions = Members::begin(body);
        for of_one in labels.chunk_by(|(a, _), (b, _)| a == b) {
            let (version, _) = of_one[0];
            versions.named_by(version.as_str(), |body| {
                write_list(of_one, body, |(_, label), body| {
                    write_text(label.as_str(), body)
                })
            })?;
        }
        versions.end()
    })
}
