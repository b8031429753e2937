//! Replication as a state: what a primary knows of its replicas, and what a replica knows of its primary.
//!
//! A change to a primary is recorded with it, and each replica that lacks the change is *due*. `crate::replication`
//! performs what is due and records how it ended. So nothing is lost between the two, and a replica never holds up a
//! write (fact sheet 9).

use std::sync::Arc;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::error::Error;
use super::id::{Region, SecretArn, SecretKey};
use super::version::{SealedValue, Version, VersionId};
use super::{Deletion, Secret};
use crate::arn::partition_of;

/// Where a secret comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// It is its own: standalone or a primary.
    Own,
    /// It follows a primary in another region of its account.
    Replica(Box<SecretArn>),
    /// It was promoted and is its own, but its primary does not know yet.
    Promoted(Box<SecretArn>),
    /// It was made to follow a primary in another account.
    CrossAccount(Box<SecretArn>, Link),
}

/// How far a secret and its primary in another account have come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Link {
    /// The primary has not copied anything to it yet.
    Pending,
    /// It follows the primary.
    Attached,
    /// It followed the primary once, and is its own now.
    Detached,
}

/// One replica, as its primary has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replica {
    /// Where it is.
    pub target: SecretKey,
    /// The KMS key as the caller named it; `None` for the default key of its region.
    pub kms_key_id: Option<Box<str>>,
    /// May it replace another secret by its name?
    pub overwrite: bool,
    /// Only for a replica in another account.
    pub cross_account: Option<CrossAccount>,
    progress: Progress,
}

/// What is particular to a replica in another account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CrossAccount {
    /// The replica's ARN as it was associated.
    pub arn: SecretArn,
    /// The role to replicate with; kept and shown.
    pub role_arn: Option<Box<str>>,
}

/// What was done for a replica so far.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Progress {
    /// Nothing.
    New,
    /// It was given the primary's content of this number.
    Copied(u64),
    /// Given up, for this reason, until replication is asked for again; if there is a replica that was left behind, until
    /// the content has another number.
    Failed {
        reason: Box<str>,
        left_behind_at: Option<u64>,
    },
    /// It is to go, and is no replica any more for anybody who asks.
    Removing,
}

/// A replica's status as it is shown (fact sheet 9.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status<'a> {
    /// There is work to do.
    InProgress,
    /// It has all that the primary has.
    InSync,
    /// Given up, for this reason.
    Failed(&'a str),
}

/// How the work for a replica ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It has the primary's content of this number.
    Copied(u64),
    /// It could not be made, or not be given the primary's content.
    Failed {
        /// Why.
        reason: String,
        /// The number of that content.
        content: u64,
    },
    /// It is a replica no more.
    Gone,
}

impl Progress {
    fn after(&self, outcome: Outcome) -> Self {
        let is_made = match self {
            Self::Copied(_) => true,
            Self::Failed { left_behind_at, .. } => left_behind_at.is_some(),
            Self::New | Self::Removing => false,
        };
        match outcome {
            Outcome::Copied(content) => Self::Copied(content),
            Outcome::Failed { reason, content } => Self::Failed {
                reason: reason.into(),
                left_behind_at: is_made.then_some(content),
            },
            Outcome::Gone => Self::Removing,
        }
    }
}

impl Replica {
    /// A replica of a secret in another region of its account, still to be made.
    pub fn in_region(primary: &Secret, region: Region) -> Self {
        let mut target = primary.key.clone();
        target.scope.region = region;
        Self {
            target,
            kms_key_id: None,
            overwrite: false,
            cross_account: None,
            progress: Progress::New,
        }
    }

    /// A replica in another account, still to be given its content.
    pub fn in_account(cross_account: CrossAccount) -> Self {
        Self {
            target: cross_account.arn.key.clone(),
            kms_key_id: None,
            overwrite: false,
            cross_account: Some(cross_account),
            progress: Progress::New,
        }
    }

    /// Its region.
    pub fn region(&self) -> &Region {
        &self.target.scope.region
    }

    /// Is it to go?
    pub fn is_leaving(&self) -> bool {
        self.progress == Progress::Removing
    }

    fn is_due(&self, content: u64) -> bool {
        match self.progress {
            Progress::New | Progress::Removing => true,
            Progress::Copied(copied) => copied != content,
            Progress::Failed { left_behind_at, .. } => {
                left_behind_at.is_some_and(|at| at != content)
            }
        }
    }
}

/// A primary and its replicas.
impl Secret {
    /// Where it comes from.
    pub fn origin(&self) -> &Origin {
        &self.extras.origin
    }

    /// Does it follow a primary? Then it is changed there and not here.
    pub fn is_replica(&self) -> bool {
        matches!(
            self.extras.origin,
            Origin::Replica(_) | Origin::CrossAccount(_, Link::Pending | Link::Attached)
        )
    }

    /// Refuses if the secret is scheduled for deletion or is a replica (fact sheet 9.3).
    pub fn check_writable(&self) -> Result<(), Error> {
        self.check_in_use()?;
        if self.is_replica() {
            return Err(Error::IsReplica);
        }
        Ok(())
    }

    /// The replicas that are to stay.
    pub fn replicas(&self) -> impl Iterator<Item = &Replica> {
        let replicas = self.extras.replicas.iter();
        replicas.filter(|replica| !replica.is_leaving())
    }

    /// A replica's status.
    pub fn status_of<'a>(&self, replica: &'a Replica) -> Status<'a> {
        match &replica.progress {
            Progress::Failed { reason, .. } => Status::Failed(reason),
            Progress::Copied(copied) if *copied == self.content => Status::InSync,
            _ => Status::InProgress,
        }
    }

    /// The primary's region, of a primary that has replicas in other regions and of such a replica.
    pub fn primary_region(&self) -> Option<&Region> {
        match &self.extras.origin {
            Origin::Replica(primary) => Some(&primary.key.scope.region),
            _ => self
                .replicas()
                .any(|replica| replica.cross_account.is_none())
                .then_some(&self.key.scope.region),
        }
    }

    /// Is there replication work to do for this secret?
    pub fn is_replication_due(&self) -> bool {
        matches!(self.extras.origin, Origin::Promoted(_)) || self.due_replicas().next().is_some()
    }

    /// The replicas for which there is work to do.
    pub fn due_replicas(&self) -> impl Iterator<Item = &Replica> {
        let is_due = |replica: &&Replica| replica.is_due(self.content);
        self.extras.replicas.iter().filter(is_due)
    }

    /// Records that replicas are wanted. One that is there already stays as it is, unless it has failed or is leaving.
    pub fn add_replicas(&mut self, replicas: Vec<Replica>) -> Result<(), Error> {
        self.check_writable()?;
        for (at, replica) in replicas.iter().enumerate() {
            let region = replica.region();
            let is_repeated = || {
                replicas[..at]
                    .iter()
                    .any(|other| other.target == replica.target)
            };
            let own = &self.key.scope.region;
            if replica.target == self.key
                || partition_of(region.as_str()) != partition_of(own.as_str())
                || is_repeated()
            {
                return Err(Error::InvalidReplicaRegion);
            }
        }
        self.extras.change(|extras| {
            for replica in replicas {
                let mut held = extras.replicas.iter_mut();
                match held.find(|held| held.target == replica.target) {
                    Some(held) => {
                        if matches!(held.progress, Progress::Failed { .. } | Progress::Removing) {
                            *held = replica;
                        }
                    }
                    None => extras.replicas.push(replica),
                }
            }
        });
        Ok(())
    }

    /// Records that replicas are to go: those that `chosen` picks, and there must be one for each of `count`.
    fn remove_chosen(
        &mut self,
        count: usize,
        chosen: impl Fn(&Replica) -> bool,
    ) -> Result<(), Error> {
        self.check_writable()?;
        self.extras.change(|extras| {
            let leaving = extras.replicas.iter_mut();
            let leaving: Vec<_> = leaving
                .filter(|held| !held.is_leaving() && chosen(held))
                .collect();
            if leaving.len() < count {
                return Err(Error::InvalidReplicaRegion);
            }
            for replica in leaving {
                replica.progress = Progress::Removing;
            }
            Ok(())
        })
    }

    /// Records that the replicas in these regions are to be deleted (fact sheet 3.20).
    pub fn remove_regions(&mut self, regions: &[Region]) -> Result<(), Error> {
        let mut distinct = regions.to_vec();
        distinct.sort_unstable();
        distinct.dedup();
        self.remove_chosen(distinct.len(), |replica| {
            replica.cross_account.is_none() && distinct.contains(replica.region())
        })
    }

    /// Records that a replica in another account is to be left alone (fact sheet 3.24).
    pub fn dissociate(&mut self, replica_arn: &SecretArn) -> Result<(), Error> {
        self.remove_chosen(1, |replica| {
            replica
                .cross_account
                .as_ref()
                .is_some_and(|cross_account| cross_account.arn == *replica_arn)
        })
    }

    /// Records how the work for a replica ended.
    pub fn record_replication(&mut self, target: &SecretKey, outcome: Outcome) {
        self.extras.change(|extras| {
            let replicas = &mut extras.replicas;
            if outcome == Outcome::Gone {
                replicas.retain(|replica| replica.target != *target);
                return;
            }
            let held = replicas.iter_mut().find(|held| held.target == *target);
            // What was asked for meanwhile comes first.
            if let Some(replica) = held.filter(|replica| !replica.is_leaving()) {
                replica.progress = replica.progress.after(outcome);
            }
        });
    }

    /// Notes the change that a transition made.
    pub(super) fn touch(&mut self, now: DateTime<Utc>) {
        // The times of racing requests do not come in the order of their changes; this date never goes back.
        self.last_changed = self.last_changed.max(now);
        self.content += 1;
    }

    /// The number of the content that replicas should have.
    pub fn content(&self) -> u64 {
        self.content
    }
}

/// A replica and its primary.
impl Secret {
    /// A replica in another region, still without content. It has the primary's suffix (fact sheet 2.1).
    pub fn replica_of(primary: &Secret, replica: &Replica, uid: Uuid, now: DateTime<Utc>) -> Self {
        let token = primary.token.clone();
        let mut secret = Self::new(uid, replica.target.clone(), primary.suffix, token, now);
        secret.extras.change(|extras| {
            extras.kms_key_id.clone_from(&replica.kms_key_id);
            extras.origin = Origin::Replica(Box::new(primary.arn()));
        });
        secret
    }

    /// Refuses if it is not a replica.
    pub fn check_replica(&self) -> Result<(), Error> {
        if self.is_replica() {
            Ok(())
        } else {
            Err(Error::NotAReplica)
        }
    }

    /// Makes a new secret wait for a primary in another account to associate it (fact sheet 3.24).
    pub fn await_primary(&mut self, primary: SecretArn) {
        let origin = Origin::CrossAccount(Box::new(primary), Link::Pending);
        self.extras.change(|extras| extras.origin = origin);
    }

    /// Does it follow this primary?
    pub fn follows(&self, primary: &Secret) -> bool {
        self.is_replica() && self.came_from(primary)
    }

    /// Did it once follow this primary, whether or not it still does?
    pub fn came_from(&self, primary: &Secret) -> bool {
        match &self.extras.origin {
            Origin::Own => false,
            Origin::Replica(arn) | Origin::Promoted(arn) | Origin::CrossAccount(arn, _) => {
                **arn == primary.arn()
            }
        }
    }

    /// The versions whose value a replica does not have yet.
    pub fn values_missing<'a>(&self, primary: &'a Secret) -> Vec<(&'a VersionId, &'a SealedValue)> {
        let has_value = |id: &VersionId| self.version(id).is_some_and(|held| held.value.is_some());
        primary
            .versions
            .iter()
            .filter(|version| !has_value(&version.id))
            .filter_map(|version| Some((&version.id, version.value.as_ref()?)))
            .collect()
    }

    /// Takes over the primary's versions, labels, description, tags and policy; the KMS key and the days of access are the
    /// replica's own (fact sheet 9.2). `sealed` has the values that were missing, sealed for the replica under the key
    /// that it names as `key_id`.
    pub fn follow(
        &mut self,
        primary: &Secret,
        sealed: &[(VersionId, SealedValue)],
        key_id: Option<&str>,
    ) -> Result<(), Error> {
        if !self.follows(primary) {
            return Err(Error::NotAReplica);
        }
        self.check_names_key(key_id)?;
        let versions = primary.versions.iter().map(|version| {
            let held = self.version(&version.id);
            let new = sealed.iter().find(|(id, _)| *id == version.id);
            Arc::new(Version {
                id: version.id.clone(),
                created: version.created,
                last_accessed: held.and_then(|held| held.last_accessed),
                value: held
                    .and_then(|held| held.value.clone())
                    .or_else(|| new.map(|(_, value)| value.clone())),
            })
        });
        let versions = versions.collect();
        self.versions = versions;
        self.labels = primary.labels.clone();
        self.description.clone_from(&primary.description);
        self.tags = primary.tags.clone();
        self.last_changed = primary.last_changed;
        let theirs = &primary.extras;
        self.extras.change(|own| {
            own.partner_type.clone_from(&theirs.partner_type);
            own.policy.clone_from(&theirs.policy);
            if let Origin::CrossAccount(_, link) = &mut own.origin {
                *link = Link::Attached;
            }
        });
        Ok(())
    }

    /// Makes a replica a secret of its own; its primary is still to be told (fact sheet 3.21).
    pub fn promote(&mut self, now: DateTime<Utc>) -> Result<(), Error> {
        self.check_in_use()?;
        self.check_replica()?;
        self.extras.change(|extras| {
            let before = std::mem::replace(&mut extras.origin, Origin::Own);
            extras.origin = match before {
                Origin::Replica(primary) | Origin::CrossAccount(primary, _) => {
                    Origin::Promoted(primary)
                }
                other => other,
            };
        });
        self.touch(now);
        Ok(())
    }

    /// Notes that the primary knows of the promotion.
    pub fn settle_promotion(&mut self) {
        self.extras.change(|extras| {
            if matches!(extras.origin, Origin::Promoted(_)) {
                extras.origin = Origin::Own;
            }
        });
    }

    /// Makes a replica in another account its own, because its primary let it go.
    pub fn detach(&mut self) {
        self.extras.change(|extras| {
            if let Origin::CrossAccount(_, link) = &mut extras.origin {
                *link = Link::Detached;
            }
        });
    }

    /// Refuses the deletion of a primary that has replicas, naming their regions (fact sheet 3.7).
    pub fn check_without_replicas(&self) -> Result<(), Error> {
        let regions: Vec<_> = self
            .replicas()
            .map(|replica| replica.region().clone())
            .collect();
        if regions.is_empty() {
            return Ok(());
        }
        Err(Error::HasReplicas {
            arn: Box::new(self.arn()),
            regions,
        })
    }

    /// Refuses to delete the secret at once.
    pub fn check_removable(&self) -> Result<(), Error> {
        if self.deletion() == Deletion::None {
            self.check_writable()?;
        }
        self.check_without_replicas()
    }
}
