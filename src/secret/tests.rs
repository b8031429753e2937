use super::*;
use crate::secret::id::{AccountId, Region, Scope, SecretName};
use crate::secret::replication::{Outcome, Replica, Status};
use crate::secret::version::{Envelope, ValueKind};

pub(super) fn start() -> DateTime<Utc> {
    "2026-01-01T00:00:00Z".parse().unwrap()
}

pub(super) fn empty() -> Secret {
    let scope = Scope {
        account: AccountId::parse("000000000000").unwrap(),
        region: Region::parse("us-east-1").unwrap(),
    };
    let name = SecretName::parse("s").unwrap();
    let suffix = ArnSuffix::draw(|_| 0);
    let key = SecretKey { scope, name };
    Secret::new(Uuid::nil(), key, suffix, VersionId::new("v1"), start())
}

pub(super) fn value(content: u8) -> SealedValue {
    value_under(None, content)
}

fn value_under(kms_key: Option<&str>, content: u8) -> SealedValue {
    let envelope = Envelope {
        kind: ValueKind::String,
        fingerprint: Fingerprint([content; Fingerprint::LENGTH]),
        kms_key,
        data_key: &[],
    };
    SealedValue::new(envelope, 0, |_| {})
}

pub(super) fn put(secret: &mut Secret, id: &str, labels: &[&str]) -> Result<usize, Error> {
    let labels: Vec<_> = labels
        .iter()
        .map(|label| StagingLabel::new(label))
        .collect();
    secret.put_version(&VersionId::new(id), value(1), &labels, start())
}

pub(super) fn shown(secret: &Secret) -> String {
    let show = |version: &Version| {
        let labels: Vec<_> = secret
            .labels()
            .of(&version.id)
            .map(StagingLabel::as_str)
            .collect();
        format!("{}{{{}}}", version.id, labels.join(","))
    };
    let versions: Vec<_> = secret.labelled_versions().map(show).collect();
    versions.join(" ")
}

/// There may be half a million secrets. What few of them have belongs to the extras.
#[test]
fn a_secret_is_small() {
    assert!(size_of::<Secret>() <= 208);
    assert!(size_of::<Version>() <= 40);
}

/// Fact 2.5: pending version without value, by id and/or label
/// Fact 3.4: token matches the **AWSPENDING placeholder**
/// Fact 4.1: V8: an AWSPENDING version may have no value
#[test]
fn a_filled_placeholder_keeps_its_label_and_does_not_become_current() {
    let mut secret = empty();
    let pending = VersionId::new("p");
    secret.versions.push(Version {
        id: pending.clone(),
        created: start(),
        last_accessed: None,
        value: None,
    });
    secret.labels.attach(StagingLabel::AWSPENDING, &pending);
    let selector = VersionSelector {
        id: Some(pending.clone()),
        label: Some(StagingLabel::AWSPENDING),
    };
    assert_eq!(
        secret.select(&selector).unwrap_err(),
        Error::LabelNotFound(StagingLabel::AWSPENDING)
    );
    put(&mut secret, "p", &["AWSPENDING"]).unwrap();
    assert_eq!(shown(&secret), "p{AWSPENDING}");
    assert!(secret.select(&selector).is_ok());
}

/// Fact 4.2: T4: C ends as {AWSPREVIOUS} only: **AWSPENDING is dropped**
#[test]
fn awspending_is_dropped_from_the_version_that_awscurrent_leaves() {
    let mut secret = empty();
    put(&mut secret, "v1", &[]).unwrap();
    put(&mut secret, "v2", &["AWSPENDING"]).unwrap();
    let (v1, v2) = (VersionId::new("v1"), VersionId::new("v2"));
    let current = StagingLabel::AWSCURRENT;
    secret
        .move_label(&current, Some(&v1), Some(&v2), start())
        .unwrap();
    assert_eq!(shown(&secret), "v1{AWSPREVIOUS} v2{AWSCURRENT,AWSPENDING}");
    secret
        .move_label(&current, Some(&v2), Some(&v1), start())
        .unwrap();
    assert_eq!(shown(&secret), "v1{AWSCURRENT} v2{AWSPREVIOUS}");
}

/// Fact 4.4: never those younger than 24 h
/// Fact 4.4: labelled versions are never removed
#[test]
fn the_oldest_deprecated_version_makes_room_once_it_is_a_day_old() {
    let mut secret = empty();
    for n in 0..100 {
        put(&mut secret, &format!("v{n}"), &[]).unwrap();
    }
    let v0 = VersionId::new("v0");
    secret
        .move_label(&StagingLabel::new("keep"), None, Some(&v0), start())
        .unwrap();
    let mut add = |id: &str, age: TimeDelta| {
        let mut next = secret.clone();
        let removed = next.put_version(&VersionId::new(id), value(1), &[], start() + age)?;
        secret = next;
        Ok(removed)
    };
    let day = TimeDelta::hours(24);
    assert_eq!(
        add("new", day - TimeDelta::milliseconds(1)),
        Err(Error::TooManyVersions)
    );
    assert_eq!(add("new", day), Ok(1));
    assert_eq!(secret.versions().count(), 100);
    assert!(secret.version(&v0).is_some());
    assert!(secret.version(&VersionId::new("v1")).is_none());
    assert!(secret.version(&VersionId::new("v2")).is_some());
}

/// Found by a random history: the move was taken for one that changes nothing, and succeeded. The fact makes no exception
/// for the version that holds the label already.
///
/// Fact 4.3: label is on A, `RemoveFromVersionId` missing
#[test]
fn a_label_moves_to_its_holder_only_if_the_holder_is_named() {
    let mut secret = empty();
    put(&mut secret, "v1", &[]).unwrap();
    let (v1, current) = (VersionId::new("v1"), StagingLabel::AWSCURRENT);
    let before = secret.clone();
    assert_eq!(
        secret.move_label(&current, None, Some(&v1), start()),
        Err(Error::HolderNotNamed {
            label: current.clone(),
            holder: v1.clone()
        })
    );
    secret
        .move_label(&current, Some(&v1), Some(&v1), start())
        .unwrap();
    assert_eq!(secret, before);
}

/// Fact 4.3: secret has no AWSCURRENT (created empty, rotated): Move AWSCURRENT without Remove
#[test]
fn awscurrent_that_nobody_holds_needs_no_version_to_be_taken_from() {
    let mut secret = empty();
    let pending = VersionId::new("p");
    secret.versions.push(Version {
        id: pending.clone(),
        created: start(),
        last_accessed: None,
        value: Some(value(1)),
    });
    secret.labels.attach(StagingLabel::AWSPENDING, &pending);
    secret
        .move_label(&StagingLabel::AWSCURRENT, None, Some(&pending), start())
        .unwrap();
    assert_eq!(shown(&secret), "p{AWSCURRENT,AWSPENDING}");
}

#[test]
fn reading_changes_the_secret_once_a_day() {
    let mut secret = empty();
    put(&mut secret, "v1", &[]).unwrap();
    let id = VersionId::new("v1");
    let later = start() + TimeDelta::hours(23);
    secret.record_access(&id, start());
    let version = secret.version(&id).unwrap();
    assert!(!Secret::is_access_new(version, later));
    assert!(Secret::is_access_new(version, later + TimeDelta::hours(1)));
    let before = secret.clone();
    secret.record_access(&id, later);
    assert_eq!(secret, before);
}

/// Fact 4.4: deprecated versions are removed when the secret has more than 100 versions
#[test]
fn the_token_of_a_removed_version_makes_a_new_version() {
    let mut secret = empty();
    for n in 0..100 {
        put(&mut secret, &format!("v{n}"), &[]).unwrap();
    }
    let v0 = VersionId::new("v0");
    let other = value(2);
    let next_day = start() + TimeDelta::hours(24);
    let taken = secret
        .clone()
        .put_version(&v0, other.clone(), &[], next_day);
    assert!(matches!(taken, Err(Error::TokenTaken { .. })));
    secret
        .put_version(&VersionId::new("new"), value(1), &[], next_day)
        .unwrap();
    assert!(secret.version(&v0).is_none());
    secret.put_version(&v0, other, &[], next_day).unwrap();
    assert!(secret.labels().is_on(&StagingLabel::AWSCURRENT, &v0));
}

/// Found in review: two requests read the time in one order and changed the secret in the other.
///
/// Fact 3.5: `LastChangedDate` grows on every effective call
#[test]
fn the_date_of_the_last_change_never_goes_back() {
    let mut secret = empty();
    let later = start() + TimeDelta::seconds(1);
    secret.set_policy(Some("{}"), later).unwrap();
    secret.set_policy(None, start()).unwrap();
    assert_eq!(secret.last_changed(), later);
}

/// Fact 9.1: asynchronous: first answer normally `InProgress`, later `InSync`
#[test]
fn a_replica_that_lacks_a_change_is_never_shown_as_in_sync() {
    let mut primary = empty();
    put(&mut primary, "v1", &[]).unwrap();
    let region = Region::parse("eu-west-1").unwrap();
    let replica = Replica::in_region(&primary, region);
    let target = replica.target.clone();
    primary.add_replicas(vec![replica]).unwrap();
    let status = |primary: &Secret| {
        let replica = primary.replicas().next().unwrap();
        (
            primary.status_of(replica) == Status::InSync,
            primary.is_replication_due(),
        )
    };
    assert_eq!(status(&primary), (false, true));
    let content = primary.content();
    primary.record_replication(&target, Outcome::Copied(content));
    assert_eq!(status(&primary), (true, false));

    put(&mut primary, "v2", &[]).unwrap();
    assert_eq!(status(&primary), (false, true));
    // What was copied meanwhile is the content of before.
    primary.record_replication(&target, Outcome::Copied(content));
    assert_eq!(status(&primary), (false, true));
    let content = primary.content();
    let reason = "because".to_owned();
    primary.record_replication(&target, Outcome::Failed { reason, content });
    assert_eq!(status(&primary), (false, false));
    // A replica that was left behind is looked at again with the next change.
    put(&mut primary, "v3", &[]).unwrap();
    assert_eq!(status(&primary), (false, true));
}

/// Not known of AWS, and chosen here: a region without a replica is refused, and no other replica goes.
#[test]
fn only_regions_with_a_replica_can_be_removed() {
    let mut primary = empty();
    let region = |code: &str| Region::parse(code).unwrap();
    let replica = Replica::in_region(&primary, region("eu-west-1"));
    primary.add_replicas(vec![replica]).unwrap();
    let mut refused = primary.clone();
    assert_eq!(
        refused.remove_regions(&[region("eu-west-1"), region("eu-west-2")]),
        Err(Error::InvalidReplicaRegion)
    );
    assert_eq!(refused, primary);
    let twice = [region("eu-west-1"), region("eu-west-1")];
    primary.remove_regions(&twice).unwrap();
    assert_eq!(primary.replicas().count(), 0);
}

#[test]
fn what_was_sealed_under_another_key_than_the_secret_names_by_now_is_refused() {
    let mut secret = empty();
    put(&mut secret, "v1", &[]).unwrap();
    let changes = AttributeChanges {
        kms_key_id: Some("alias/new".into()),
        ..AttributeChanges::default()
    };
    secret.update_attributes(&changes, start()).unwrap();
    assert_eq!(secret.check_names_key(None), Err(Error::ValuesChanged));
    assert_eq!(secret.check_names_key(Some("alias/new")), Ok(()));
}

#[test]
fn a_secret_moves_to_a_key_with_all_its_labelled_values_or_not_at_all() {
    let mut secret = empty();
    put(&mut secret, "v1", &[]).unwrap();
    put(&mut secret, "v2", &[]).unwrap();
    let before = secret.clone();
    let under_new = |id: &str, key: &str| (VersionId::new(id), value_under(Some(key), 1));
    for incomplete in [
        vec![under_new("v2", "new")],
        vec![under_new("v1", "other"), under_new("v2", "new")],
    ] {
        let refused = secret.move_to_key(Some("new"), &incomplete);
        assert_eq!(refused, Err(Error::ValuesChanged));
        assert_eq!(secret, before);
    }
    let all = [under_new("v1", "new"), under_new("v2", "new")];
    secret.move_to_key(Some("new"), &all).unwrap();
    let keys = secret.versions_under_its_key();
    let keys: Vec<_> = keys.map(|(_, held)| held.kms_key()).collect();
    assert_eq!(keys, [Some("new"), Some("new")]);
}
