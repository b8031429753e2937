//! The real thing, first side: secrets as values, without store, server or encryption.
//!
//! The driver does only what the layers around the core do: it keeps secrets by name, works on a copy and drops it when the
//! transition is refused, and removes what is purged. Refusals become codes and sentences as they do in the API.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, TimeDelta, Utc};
use secretstack::api::error::Error;
use secretstack::secret::deletion::{Deletion, RecoveryWindow};
use secretstack::secret::id::{AccountId, ArnSuffix, Region, Scope, SecretKey, SecretName};
use secretstack::secret::staging::StagingLabel;
use secretstack::secret::version::{
    Envelope, Fingerprint, SealedValue, ValueKind, Version, VersionId,
};
use secretstack::secret::{AttributeChanges, Secret, VersionSelector};
use uuid::Uuid;

use crate::call::{Call, Id, Label, Name, Refusal, Reply, Value, Versions, View, label};
use crate::check::Real;

/// Secrets by name, and the time.
pub(crate) struct Core {
    start: DateTime<Utc>,
    now: DateTime<Utc>,
    secrets: HashMap<Name, Secret>,
    created: u32,
}

impl Core {
    pub(crate) fn new() -> Self {
        let start = DateTime::UNIX_EPOCH;
        Self {
            start,
            now: start,
            secrets: HashMap::new(),
            created: 0,
        }
    }

    fn try_call(&mut self, call: &Call) -> Result<Reply, Error> {
        let now = self.now;
        match *call {
            Call::Create { name, token, value } => {
                self.create(name, token, value)?;
                Ok(Reply {
                    version: value.and(Some(token)),
                    ..Reply::default()
                })
            }
            Call::Put {
                name,
                token,
                value,
                ref labels,
            } => {
                let asked: Vec<_> = labels
                    .iter()
                    .flatten()
                    .copied()
                    .map(StagingLabel::new)
                    .collect();
                let secret = self.change(name, |secret| {
                    secret.put_version(&id(token), seal(token, value), &asked, now)?;
                    Ok(())
                })?;
                let labels = labels_on(secret, &id(token));
                Ok(Reply {
                    version: Some(token),
                    labels: Some(labels),
                    ..Reply::default()
                })
            }
            Call::Update { name, token, value } => {
                self.change(name, |secret| {
                    secret.update_attributes(&AttributeChanges::default(), now)?;
                    if let Some(value) = value {
                        secret.put_version(&id(token), seal(token, value), &[], now)?;
                    }
                    Ok(())
                })?;
                Ok(Reply {
                    version: value.and(Some(token)),
                    ..Reply::default()
                })
            }
            Call::MoveLabel {
                name,
                label,
                from,
                to,
            } => {
                let (from, to) = (from.map(id), to.map(id));
                let label = StagingLabel::new(label);
                self.change(name, |secret| {
                    secret.move_label(&label, from.as_ref(), to.as_ref(), now)
                })?;
                Ok(Reply::default())
            }
            Call::Delete {
                name,
                window,
                force,
            } => {
                let end = self.delete(name, window, force)?;
                Ok(Reply {
                    deletion_date: Some((end - self.start).num_seconds()),
                    ..Reply::default()
                })
            }
            Call::Restore { name } => {
                self.change(name, |secret| secret.restore(now))?;
                Ok(Reply::default())
            }
            Call::Read {
                name,
                id: wanted,
                label,
            } => {
                let secret = self.secrets.get(&name).ok_or(Error::SecretNotFound)?;
                let selector = VersionSelector {
                    id: wanted.map(id),
                    label: label.map(StagingLabel::new),
                };
                let (version, sealed) = secret.select(&selector)?;
                Ok(Reply {
                    version: Some(Id::parse(version.id.as_str())),
                    labels: Some(labels_on(secret, &version.id)),
                    value: Some(Value(sealed.ciphertext()[0])),
                    deletion_date: None,
                })
            }
            Call::Advance { seconds } => {
                self.now += TimeDelta::seconds(seconds);
                let now = self.now;
                self.secrets.retain(|_, secret| !secret.is_purged(now));
                Ok(Reply::default())
            }
        }
    }

    fn create(&mut self, name: Name, token: Id, value: Option<Value>) -> Result<(), Error> {
        if let Some(secret) = self.secrets.get(&name) {
            let fingerprint = value.map(|value| fingerprint(token, value));
            return Ok(secret.check_recreation(&id(token), fingerprint)?);
        }
        self.created += 1;
        let number = self.created as usize;
        let scope = Scope {
            account: AccountId::DEFAULT,
            region: Region::default(),
        };
        let key = SecretKey {
            scope,
            name: SecretName::parse(&name.to_string())?,
        };
        let suffix = ArnSuffix::draw(|_| number);
        let uid = Uuid::from_u128(self.created.into());
        let mut secret = Secret::new(uid, key, suffix, id(token), self.now);
        if let Some(value) = value {
            secret.put_version(&id(token), seal(token, value), &[], self.now)?;
        }
        self.secrets.insert(name, secret);
        Ok(())
    }

    /// What of a deletion is not a transition is done here: refusing two ways at once, and doing away at once.
    fn delete(
        &mut self,
        name: Name,
        window: Option<i64>,
        force: bool,
    ) -> Result<DateTime<Utc>, Error> {
        let now = self.now;
        match window {
            Some(_) if force => Err(Error::ForceWithRecoveryWindow),
            None if force => {
                self.secrets.remove(&name);
                Ok(now)
            }
            _ => {
                let window = window.map_or(Ok(RecoveryWindow::default()), RecoveryWindow::days)?;
                let secret = self.change(name, |secret| {
                    secret.schedule_deletion(window, now).map(drop)
                })?;
                match secret.deletion() {
                    Deletion::Scheduled { purge, .. } => Ok(purge),
                    Deletion::None => unreachable!("it was just scheduled"),
                }
            }
        }
    }

    /// Applies a transition to a copy, and keeps it if the transition was not refused.
    fn change(
        &mut self,
        name: Name,
        transition: impl FnOnce(&mut Secret) -> Result<(), secretstack::secret::Error>,
    ) -> Result<&Secret, Error> {
        let secret = self.secrets.get_mut(&name).ok_or(Error::SecretNotFound)?;
        let mut copy = secret.clone();
        transition(&mut copy)?;
        *secret = copy;
        Ok(secret)
    }
}

impl Real for Core {
    fn call(&mut self, call: &Call) -> Result<Reply, Refusal> {
        self.try_call(call).map_err(|error| {
            let mut sentence = error.to_string();
            if let Some(secret) = call.name().and_then(|name| self.secrets.get(&name)) {
                sentence = sentence.replace(&secret.arn().to_string(), "{ARN}");
            }
            Refusal::saying(error.code().name(), sentence)
        })
    }

    fn look(&mut self, name: Name) -> Option<View> {
        let secret = self.secrets.get(&name)?;
        let show = |version: &Version| {
            (
                Id::parse(version.id.as_str()),
                labels_on(secret, &version.id),
            )
        };
        let labelled: Versions = secret.labelled_versions().map(show).collect();
        Some(View {
            is_deleted: secret.deletion() != Deletion::None,
            described: labelled.clone(),
            listed: labelled,
            listed_with_deprecated: secret.versions().map(|version| show(version)).collect(),
        })
    }
}

fn labels_on(secret: &Secret, version: &VersionId) -> BTreeSet<Label> {
    secret
        .labels()
        .of(version)
        .map(|held| label(held.as_str()))
        .collect()
}

fn id(token: Id) -> VersionId {
    VersionId::new(&token.to_string())
}

/// A value that is not sealed at all: the core never looks inside.
fn seal(token: Id, value: Value) -> SealedValue {
    let envelope = Envelope {
        kind: ValueKind::String,
        fingerprint: fingerprint(token, value),
        kms_key: None,
        data_key: &[],
    };
    SealedValue::new(envelope, 1, |out| out[0] = value.0)
}

fn fingerprint(token: Id, value: Value) -> Fingerprint {
    let mut digest = [value.0; Fingerprint::LENGTH];
    digest[..4].copy_from_slice(&token.0.to_be_bytes());
    Fingerprint(digest)
}
