//! What several answers show of a secret: DescribeSecret and ListSecrets nearly all (fact sheet 3.6 and 3.11).

use std::iter::successors;

use super::error::Error;
use super::members::{Key, Members, key, write_list, write_text};
use super::timestamp::Timestamp;
use crate::secret::Secret;
use crate::secret::deletion::Deletion;
use crate::secret::id::Region;
use crate::secret::rotation::Rotation;
use crate::secret::schedule::Rules;
use crate::secret::staging::Labels;
use crate::secret::tags::Tag;
use crate::secret::version::VersionId;

/// Adds what is shown of a secret. Its ARN begins with `arn_start`, as do those of all secrets of its scope. The member
/// `versions` has its labelled versions: each operation gives it a name of its own.
pub(super) fn add_secret(
    shown: &mut Members<'_>,
    arn_start: &str,
    secret: &Secret,
    versions: Key,
) -> Result<(), Error> {
    // Nothing in an ARN or a name needs to be escaped.
    let (name, suffix) = (secret.name().as_bytes(), secret.suffix());
    shown.plain(
        key!("ARN"),
        [arn_start.as_bytes(), name, b"-", suffix.as_bytes()],
    );
    shown.plain(key!("Name"), [name]);
    let created = Timestamp(secret.created()).written();
    shown.written_time(key!("CreatedDate"), created);
    let changed = match secret.last_changed() {
        at if at == secret.created() => created,
        at => Timestamp(at).written(),
    };
    shown.written_time(key!("LastChangedDate"), changed);
    let last_accessed = secret.last_accessed().map(Timestamp::of_day);
    shown.some_time(key!("LastAccessedDate"), last_accessed);
    if let Deletion::Scheduled { requested, .. } = secret.deletion() {
        shown.time(key!("DeletedDate"), Timestamp(requested));
    }
    let attributes = secret.attributes();
    shown.some_text(key!("Description"), attributes.description)?;
    shown.some_text(key!("KmsKeyId"), attributes.kms_key_id)?;
    shown.some_text(key!("Type"), attributes.partner_type)?;
    if let Some(rotation) = secret.rotation() {
        add_rotation(shown, rotation)?;
    }
    shown.some_text(
        key!("PrimaryRegion"),
        secret.primary_region().map(Region::as_str),
    )?;
    if secret.tags().were_given() {
        shown.member(key!("Tags"), |body| write_tags(secret.tags().iter(), body))?;
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
    shown.some(key!("RotationEnabled"), Some(rotation.enabled))?;
    shown.some_text(key!("RotationLambdaARN"), rotation.function.as_deref())?;
    shown.member(key!("RotationRules"), |body| {
        let mut rules = Members::begin(body);
        rules.some(key!("AutomaticallyAfterDays"), rotation.days())?;
        rules.some_text(key!("Duration"), duration.as_deref())?;
        rules.some_text(key!("ScheduleExpression"), expression.as_deref())?;
        rules.end()
    })?;
    shown.some_time(
        key!("LastRotatedDate"),
        rotation.last_rotated.map(Timestamp),
    );
    shown.some_time(
        key!("NextRotationDate"),
        rotation.next_rotation().map(Timestamp),
    );
    let external = &rotation.external;
    if let Some(metadata) = &external.metadata {
        let items = metadata.iter().map(|(key, value)| Tag { key, value });
        shown.member(key!("ExternalSecretRotationMetadata"), |body| {
            write_tags(items, body)
        })?;
    }
    shown.some_text(
        key!("ExternalSecretRotationRoleArn"),
        external.role_arn.as_deref(),
    )
}

/// Writes keys with their values: tags, or pieces of metadata.
fn write_tags<'a>(tags: impl Iterator<Item = Tag<'a>>, body: &mut Vec<u8>) -> Result<(), Error> {
    write_list(tags, body, |tag, body| {
        let mut shown = Members::begin(body);
        shown.text(key!("Key"), tag.key)?;
        shown.text(key!("Value"), tag.value)?;
        shown.end()
    })
}

/// Writes a version's labels.
pub(super) fn write_labels(
    labels: &Labels,
    version: &VersionId,
    body: &mut Vec<u8>,
) -> Result<(), Error> {
    write_list(labels.of(version), body, |label, body| {
        write_text(label.as_str(), body)
    })
}

/// Adds the versions that have labels, sorted by their ids, each with its labels; nothing if there is none.
fn add_labelled_versions(shown: &mut Members<'_>, secret: &Secret, key: Key) -> Result<(), Error> {
    let labels = secret.labels();
    if labels.count() == 0 {
        return Ok(());
    }
    // There are few: looking at all of them for each version takes less than sorting them.
    let after = |last: Option<&VersionId>| {
        let versions = labels.iter().map(|(version, _)| version);
        versions
            .filter(|version| last.is_none_or(|last| *version > last))
            .min()
    };
    shown.member(key, |body| {
        let mut versions = Members::begin(body);
        for version in successors(after(None), |last| after(Some(last))) {
            versions.named_by(version.as_str(), |body| write_labels(labels, version, body))?;
        }
        versions.end()
    })
}
