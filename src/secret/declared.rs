//! Versions as somebody wrote them down: in a seed, or in an export of another emulator.

use chrono::{DateTime, Utc};

use super::staging::StagingLabel;
use super::version::{SealedValue, Version, VersionId};
use super::{Error, Secret};

/// A version that is to be there, with exactly these labels.
#[derive(Debug, Clone)]
pub struct DeclaredVersion {
    /// The id.
    pub id: VersionId,
    /// When it was made; a version that is there already keeps its own time.
    pub created: DateTime<Utc>,
    /// The value, sealed for the secret.
    pub value: SealedValue,
    /// Its labels. Versions that are not declared keep those that no declared version claims.
    pub labels: Vec<StagingLabel>,
}

impl Secret {
    /// Makes the secret have these versions. Does nothing if it has them. Returns how many deprecated versions made room.
    pub fn declare_versions(
        &mut self,
        declared: &[DeclaredVersion],
        now: DateTime<Utc>,
    ) -> Result<usize, Error> {
        self.check_writable()?;
        let (versions, labels) = (self.versions.clone(), self.labels.clone());
        for version in declared {
            self.declare_value(version)?;
        }
        let current = declared
            .iter()
            .find(|version| version.labels.contains(&StagingLabel::AWSCURRENT));
        if let Some(current) = current
            && !self.labels.is_on(&StagingLabel::AWSCURRENT, &current.id)
        {
            self.labels.move_current(&current.id);
            self.note_current_value(&current.id, now);
        }
        for DeclaredVersion { id, labels, .. } in declared {
            let held: Vec<_> = self.labels.of(id).cloned().collect();
            for label in held.iter().filter(|label| !labels.contains(label)) {
                self.labels.detach(label);
            }
            for label in labels {
                self.labels.attach(label.clone(), id);
            }
        }
        let current = StagingLabel::AWSCURRENT;
        if !declared.is_empty() && self.labels.holder(&current).is_none() {
            return Err(Error::LabelNotFound(current));
        }
        self.check_label_quota()?;
        let removed = self.prune_versions(now)?;
        if self.versions != versions || self.labels != labels {
            self.touch(now);
        }
        Ok(removed)
    }

    fn declare_value(&mut self, declared: &DeclaredVersion) -> Result<(), Error> {
        if let Some(held) = self.version(&declared.id)
            && held.value.is_some()
        {
            return self.check_same_value(held, declared.value.fingerprint());
        }
        match self.versions.find_mut(&declared.id) {
            Some(placeholder) => placeholder.value = Some(declared.value.clone()),
            None => self.versions.push(Version {
                id: declared.id.clone(),
                created: declared.created,
                last_accessed: None,
                value: Some(declared.value.clone()),
            }),
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::id::{AccountId, ArnSuffix, Region, Scope, SecretKey, SecretName};
    use crate::secret::version::{Envelope, Fingerprint, ValueKind};

    fn now() -> DateTime<Utc> {
        "2026-01-01T00:00:00Z".parse().unwrap()
    }

    fn later() -> DateTime<Utc> {
        "2026-01-02T00:00:00Z".parse().unwrap()
    }

    fn secret() -> Secret {
        let scope = Scope {
            account: AccountId::DEFAULT,
            region: Region::default(),
        };
        let name = SecretName::parse("s").unwrap();
        let (key, suffix) = (SecretKey { scope, name }, ArnSuffix::draw(|_| 0));
        Secret::new(uuid::Uuid::nil(), key, suffix, VersionId::new("t"), now())
    }

    fn version(id: &str, value: u8, labels: &[&str]) -> DeclaredVersion {
        let envelope = Envelope {
            kind: ValueKind::String,
            fingerprint: Fingerprint([value; Fingerprint::LENGTH]),
            kms_key: None,
            data_key: b"",
        };
        DeclaredVersion {
            id: VersionId::new(id),
            created: now(),
            value: SealedValue::new(envelope, 0, |_| {}),
            labels: labels
                .iter()
                .map(|label| StagingLabel::new(label))
                .collect(),
        }
    }

    fn labels(secret: &Secret, id: &str) -> Vec<String> {
        let id = VersionId::new(id);
        secret.labels().of(&id).map(ToString::to_string).collect()
    }

    #[test]
    fn labels_are_as_declared_and_declaring_again_changes_nothing() {
        let mut secret = secret();
        let declared = [
            version("v1", 1, &["AWSPREVIOUS", "old"]),
            version("v2", 2, &["AWSCURRENT"]),
            version("v0", 0, &[]),
        ];
        secret.declare_versions(&declared, now()).unwrap();
        let as_declared = secret.clone();
        secret.declare_versions(&declared, later()).unwrap();
        assert_eq!(secret, as_declared);

        let newer = version("v3", 3, &[]);
        secret
            .put_version(&newer.id, newer.value, &[], later())
            .unwrap();
        secret.declare_versions(&declared, later()).unwrap();
        assert_eq!(labels(&secret, "v1"), ["AWSPREVIOUS", "old"]);
        assert_eq!(labels(&secret, "v2"), ["AWSCURRENT"]);
        assert_eq!(labels(&secret, "v0"), [""; 0]);
        assert_eq!(labels(&secret, "v3"), [""; 0]);
        assert_eq!(secret.last_changed(), later());
    }

    #[test]
    fn a_version_has_one_value_and_one_version_is_current() {
        let mut secret = secret();
        let first = version("v1", 1, &["AWSCURRENT"]);
        secret.declare_versions(&[first], now()).unwrap();
        for (wrong, error) in [
            (
                version("v1", 2, &["AWSCURRENT"]),
                Error::TokenTaken {
                    token: VersionId::new("v1"),
                    arn: Box::new(secret.arn()),
                },
            ),
            (
                version("v1", 1, &["old"]),
                Error::LabelNotFound(StagingLabel::AWSCURRENT),
            ),
        ] {
            let refused = secret.clone().declare_versions(&[wrong], later());
            assert_eq!(refused, Err(error));
        }
        secret.declare_versions(&[], later()).unwrap();
        assert_eq!(secret.last_changed(), now());
    }
}
