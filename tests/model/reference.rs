//! The reference: sections 4 and 3.1 to 3.12 of the fact sheet (`aws-behaviour.md`), rule by rule.
//!
//! It is written from the sheet alone and shaped unlike the implementation on purpose: every version holds its own set
//! of labels, and quotas are counted when all is done. Comments name the rule a line carries out. Where the sheet is
//! not sure ([I]) or silent, the answer is [`Expected::Unknown`] (the call is left out), [`Expected::Unchanged`] (any
//! answer will do, as long as nothing changes), or a choice of refusals.
//!
//! One [I] is taken as settled: a secret's state is checked before the other parameters (1.6), so that all that a secret
//! scheduled for deletion refuses is refused because of that; except by DeleteSecret.
//!
//! Not here: placeholders of a rotation (V8, T15, T16), replicas, KMS keys, descriptions, binary values.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use crate::call::{
    CURRENT, Call, Id, Label, Name, PENDING, PREVIOUS, Refusal, Reply, Value, Versions, View,
};

/// 4.4: a deprecated version younger than this is never removed.
const KEPT_FOR: i64 = 24 * 60 * 60;
/// Section 7.
const MOST_VERSIONS: usize = 100;
/// V7: over all versions of a secret.
const MOST_LABELS: usize = 20;

const EXISTS: &str = "ResourceExistsException";
const NOT_FOUND: &str = "ResourceNotFoundException";
const INVALID_PARAMETER: &str = "InvalidParameterException";
const INVALID_REQUEST: &str = "InvalidRequestException";
const LIMIT_EXCEEDED: &str = "LimitExceededException";

const NO_SUCH_SECRET: &str = "Secrets Manager can't find the specified secret.";
const MARKED_FOR_DELETION: &str =
    "You can't perform this operation on the secret because it was marked for deletion.";

/// What the sheet says a call does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Expected {
    /// It succeeds with this reply.
    Done(Reply),
    /// It is refused for one of these reasons: the sheet does not order the checks.
    Refused(Vec<Refusal>),
    /// Success or refusal, but it has no effect.
    Unchanged,
    /// The sheet does not say.
    Unknown,
}

/// The secrets of one account and region, and the time, in seconds since the history began.
#[derive(Debug, Clone, Default)]
pub(crate) struct Reference {
    now: i64,
    pub(crate) secrets: BTreeMap<Name, Secret>,
}

/// A secret: what its creation asked for, when it will be gone, and its versions.
#[derive(Debug, Clone)]
pub(crate) struct Secret {
    created_by: (Id, Option<Value>),
    pub(crate) deletion_date: Option<i64>,
    pub(crate) versions: BTreeMap<Id, Version>,
}

/// A version (V1), with the labels it has and those it was asked to have, which tell a replay.
#[derive(Debug, Clone)]
pub(crate) struct Version {
    value: Value,
    labels: BTreeSet<Label>,
    asked: Rc<BTreeSet<Label>>,
    born: i64,
}

impl Reference {
    /// Does what the sheet says, and says what the caller should hear.
    pub(crate) fn apply(&mut self, call: &Call) -> Expected {
        match *call {
            Call::Create { name, token, value } => self.create(name, token, value),
            Call::Put {
                name,
                token,
                value,
                ref labels,
            } => {
                let asked = labels.clone().unwrap_or_else(|| vec![CURRENT]);
                self.put(name, token, value, asked.into_iter().collect())
            }
            Call::Update { name, token, value } => self.update(name, token, value),
            Call::MoveLabel {
                name,
                label,
                from,
                to,
            } => self.move_label(name, label, from, to),
            Call::Delete {
                name,
                window,
                force,
            } => self.delete(name, window, force),
            Call::Restore { name } => self.restore(name),
            Call::Read { name, id, label } => self.read(name, id, label),
            Call::Advance { seconds } => {
                self.now += seconds;
                let now = self.now;
                self.secrets
                    .retain(|_, secret| secret.deletion_date.is_none_or(|end| now < end));
                Expected::Done(Reply::default())
            }
        }
    }

    /// 3.1, T1, T2.
    fn create(&mut self, name: Name, token: Id, value: Option<Value>) -> Expected {
        let Some(secret) = self.secrets.get(&name) else {
            let mut secret = Secret {
                created_by: (token, value),
                deletion_date: None,
                versions: BTreeMap::new(),
            };
            if let Some(value) = value {
                secret.add(token, value, BTreeSet::from([CURRENT]), self.now);
            }
            self.secrets.insert(name, secret);
            return Expected::Done(Reply {
                version: value.and(Some(token)),
                ..Reply::default()
            });
        };
        let (created_token, created_value) = secret.created_by;
        if token != created_token && !secret.versions.contains_key(&token) {
            return match secret.deletion_date {
                None => saying(
                    EXISTS,
                    format!("The operation failed because the secret {name} already exists."),
                ),
                Some(_) => saying(
                    INVALID_REQUEST,
                    "You can't create this secret because a secret with this name is already scheduled for deletion.",
                ),
            };
        }
        // A replay is told from a conflict by token and value. The sheet knows it for the token the secret was
        // created with, both calls carrying a value; not for tokens of later versions, for empty secrets,
        // for a first version that retention has removed (its token may have made another since), nor for a
        // secret scheduled for deletion.
        let first = secret
            .versions
            .get(&created_token)
            .filter(|first| Some(first.value) == created_value);
        match (first, value) {
            (Some(first), Some(value))
                if token == created_token && secret.deletion_date.is_none() =>
            {
                if first.value == value {
                    Expected::Done(Reply {
                        version: Some(token),
                        ..Reply::default()
                    })
                } else {
                    token_in_use(token)
                }
            }
            _ => Expected::Unknown,
        }
    }

    /// 3.4.
    fn put(&mut self, name: Name, token: Id, value: Value, asked: BTreeSet<Label>) -> Expected {
        let now = self.now;
        let secret = match self.live(name) {
            Ok(secret) => secret,
            Err(refusal) => return refusal,
        };
        if let Some(version) = secret.versions.get(&token) {
            return if version.value != value {
                token_in_use(token)
            } else if *version.asked == asked {
                Expected::Done(version.reply(token))
            } else {
                Expected::Unknown // [I]: labels unchanged or added
            };
        }
        let mut after = secret.clone();
        after.add(token, value, asked, now);
        if after.label_count() > MOST_LABELS {
            return Expected::Refused(vec![Refusal::new(LIMIT_EXCEEDED)]);
        }
        if after.versions.len() > MOST_VERSIONS && secret.removable(now).is_empty() {
            // A version this very call deprecates may or may not make room for the new one.
            return if after.removable(now).is_empty() {
                Expected::Refused(vec![Refusal::new(LIMIT_EXCEEDED)])
            } else {
                Expected::Unknown
            };
        }
        *secret = after;
        Expected::Done(secret.versions[&token].reply(token))
    }

    /// 3.5: with a value a put of AWSCURRENT, without one no change of versions.
    fn update(&mut self, name: Name, token: Id, value: Option<Value>) -> Expected {
        let Some(value) = value else {
            return match self.live(name) {
                Err(refusal) => refusal,
                Ok(secret) if secret.versions.contains_key(&token) => Expected::Unknown,
                Ok(_) => Expected::Done(Reply::default()),
            };
        };
        match self.put(name, token, value, BTreeSet::from([CURRENT])) {
            Expected::Done(reply) => Expected::Done(Reply {
                labels: None,
                ..reply
            }),
            refused => refused,
        }
    }

    /// 3.12, 4.3, T10 to T14.
    fn move_label(
        &mut self,
        name: Name,
        label: Label,
        from: Option<Id>,
        to: Option<Id>,
    ) -> Expected {
        let secret = match self.live(name) {
            Ok(secret) => secret,
            Err(refusal) => return refusal,
        };
        if from.is_none() && to.is_none() {
            return Expected::Unchanged; // [I]
        }
        let holder = secret.holder(label);
        let mut reasons = Vec::new();
        if [from, to]
            .into_iter()
            .flatten()
            .any(|id| !secret.versions.contains_key(&id))
        {
            reasons.push(Refusal::new(NOT_FOUND));
        }
        match (holder, from) {
            (Some(holder), None) => reasons.push(Refusal::saying(
                INVALID_PARAMETER,
                format!(
                    "The parameter RemoveFromVersionId can't be empty. Staging label {label} is currently attached \
                     to version {holder}, so you must explicitly reference that version in RemoveFromVersionId."
                ),
            )),
            (Some(holder), Some(from)) if holder != from => {
                reasons.push(Refusal::new(INVALID_PARAMETER));
            }
            (None, Some(_)) => {
                reasons.push(Refusal::new(INVALID_PARAMETER));
                reasons.push(Refusal::new(NOT_FOUND)); // 1.6: label missing
            }
            _ => {}
        }
        if label == CURRENT && to.is_none() {
            reasons.push(Refusal::saying(
                INVALID_PARAMETER,
                "You can only move staging label AWSCURRENT to a different secret version. \
                 It can\u{2019}t be completely removed.",
            ));
        }
        if !reasons.is_empty() {
            return Expected::Refused(reasons);
        }
        if from == to {
            return Expected::Unchanged; // [I]: move = remove = holder
        }
        let mut after = secret.clone();
        if label == CURRENT {
            after.current_leaves(); // T10, T11
        }
        after.strip(label);
        if let Some(version) = to.and_then(|to| after.versions.get_mut(&to)) {
            version.labels.insert(label);
        }
        if after.label_count() > MOST_LABELS {
            return Expected::Refused(vec![Refusal::new(LIMIT_EXCEEDED)]);
        }
        *secret = after;
        Expected::Done(Reply::default())
    }

    /// 3.7.
    fn delete(&mut self, name: Name, window: Option<i64>, force: bool) -> Expected {
        let mut reasons = Vec::new();
        if window.is_some_and(|days| !(7..=30).contains(&days)) {
            let sentence =
                "The RecoveryWindowInDays value must be between 7 and 30 days (inclusive).";
            reasons.push(Refusal::saying(INVALID_PARAMETER, sentence));
        }
        if window.is_some() && force {
            let sentence = "You can't use ForceDeleteWithoutRecovery in conjunction with RecoveryWindowInDays.";
            reasons.push(Refusal::saying(INVALID_PARAMETER, sentence));
        }
        if !force && let Err(Expected::Refused(refusals)) = self.live(name) {
            reasons.extend(refusals);
        }
        if !reasons.is_empty() {
            return Expected::Refused(reasons);
        }
        let deletion_date = if force {
            self.secrets.remove(&name); // an unknown name is fine, too
            self.now
        } else {
            self.now + window.unwrap_or(30) * 24 * 60 * 60
        };
        if let Some(secret) = self.secrets.get_mut(&name) {
            secret.deletion_date = Some(deletion_date);
        }
        Expected::Done(Reply {
            deletion_date: Some(deletion_date),
            ..Reply::default()
        })
    }

    /// 3.8: versions and labels were kept, so only the date goes.
    fn restore(&mut self, name: Name) -> Expected {
        let Some(secret) = self.secrets.get_mut(&name) else {
            return saying(NOT_FOUND, NO_SUCH_SECRET);
        };
        secret.deletion_date = None;
        Expected::Done(Reply::default())
    }

    /// 3.2, 2.5.
    fn read(&mut self, name: Name, id: Option<Id>, label: Option<Label>) -> Expected {
        let secret = match self.live(name) {
            Ok(secret) => secret,
            Err(refusal) => return refusal,
        };
        let label = if id.is_none() {
            label.or(Some(CURRENT))
        } else {
            label
        };
        let by_label = label.map(|label| secret.holder(label));
        let found = match (id, by_label) {
            (Some(id), Some(holder)) => holder.filter(|holder| *holder == id),
            (Some(id), None) => Some(id),
            (None, holder) => holder.flatten(),
        };
        if let Some((id, version)) = found.and_then(|id| secret.versions.get_key_value(&id)) {
            return Expected::Done(Reply {
                value: Some(version.value),
                ..version.reply(*id)
            });
        }
        let mut reasons = Vec::new();
        let mut reason = |code, sentence| reasons.push(Refusal::saying(code, sentence));
        if id.is_some() && label.is_some() {
            let sentence =
                "You provided a VersionStage that is not associated to the provided VersionId.";
            reason(INVALID_REQUEST, sentence.to_owned());
        }
        if let Some(id) = id.filter(|id| !secret.versions.contains_key(id)) {
            reason(
                NOT_FOUND,
                format!(
                    "Secrets Manager can't find the specified secret value for VersionId: {id}"
                ),
            );
        }
        if let Some(label) = label.filter(|label| secret.holder(label).is_none()) {
            let sentence =
                "Secrets Manager can't find the specified secret value for staging label:";
            reason(NOT_FOUND, format!("{sentence} {label}"));
        }
        Expected::Refused(reasons)
    }

    /// The secret, unless it is unknown or scheduled for deletion.
    fn live(&mut self, name: Name) -> Result<&mut Secret, Expected> {
        match self.secrets.get_mut(&name) {
            None => Err(saying(NOT_FOUND, NO_SUCH_SECRET)),
            Some(secret) if secret.deletion_date.is_some() => {
                Err(saying(INVALID_REQUEST, MARKED_FOR_DELETION))
            }
            Some(secret) => Ok(secret),
        }
    }

    /// 4.4: which versions make room is not said, so those no longer seen are forgotten, if they could go.
    pub(crate) fn retire(&mut self, name: Name, seen: &BTreeSet<Id>) -> Result<(), String> {
        let now = self.now;
        let Some(secret) = self.secrets.get_mut(&name) else {
            return Ok(());
        };
        let gone: BTreeSet<Id> = secret
            .versions
            .keys()
            .filter(|id| !seen.contains(id))
            .copied()
            .collect();
        if let Some(kept) = gone.difference(&secret.removable(now)).next() {
            return Err(format!(
                "{kept:?} removed though labelled or younger than 24 h"
            ));
        }
        secret.versions.retain(|id, _| !gone.contains(id));
        if secret.is_crowded() {
            return Err(format!("{} versions kept", secret.versions.len()));
        }
        Ok(())
    }
}

impl Secret {
    /// T1, T3 to T9, T17 to T19: a new version with the labels asked for.
    fn add(&mut self, id: Id, value: Value, asked: BTreeSet<Label>, now: i64) {
        let mut labels = asked.clone();
        if self.versions.is_empty() {
            labels.insert(CURRENT); // 3.4: the first value always gets it
        }
        if labels.contains(CURRENT) {
            self.current_leaves(); // T3, T8
            self.strip(PENDING); // T4, T5
        }
        for label in &labels {
            self.strip(label); // T6, V2
        }
        self.versions.insert(
            id,
            Version {
                value,
                labels,
                asked: asked.into(),
                born: now,
            },
        );
    }

    /// C loses AWSCURRENT and gains AWSPREVIOUS, P loses AWSPREVIOUS; custom labels stay (T9).
    fn current_leaves(&mut self) {
        self.strip(PREVIOUS);
        if let Some(current) = self
            .versions
            .values_mut()
            .find(|version| version.labels.contains(CURRENT))
        {
            current.labels.remove(CURRENT);
            // T4 says so where a value is put; here AWSCURRENT drops it however it leaves, since nothing is pending there.
            current.labels.remove(PENDING);
            current.labels.insert(PREVIOUS);
        }
    }

    /// Takes a label away from whichever version has it.
    fn strip(&mut self, label: Label) {
        for version in self.versions.values_mut() {
            version.labels.remove(label);
        }
    }

    /// V2: the version a label sits on.
    pub(crate) fn holder(&self, label: Label) -> Option<Id> {
        self.versions
            .iter()
            .find(|(_, version)| version.labels.contains(label))
            .map(|(id, _)| *id)
    }

    /// Are there more versions than there should be?
    pub(crate) fn is_crowded(&self) -> bool {
        self.versions.len() > MOST_VERSIONS
    }

    /// 4.4: deprecated versions old enough to go.
    fn removable(&self, now: i64) -> BTreeSet<Id> {
        let can_go =
            |version: &Version| version.labels.is_empty() && now - version.born >= KEPT_FOR;
        self.versions
            .iter()
            .filter(|(_, version)| can_go(version))
            .map(|(id, _)| *id)
            .collect()
    }

    /// What can be seen (V5: deprecated versions only when asked for).
    pub(crate) fn view(&self) -> View {
        let all: Versions = self
            .versions
            .iter()
            .map(|(id, version)| (*id, version.labels.clone()))
            .collect();
        let labelled: Versions = all
            .iter()
            .filter(|(_, labels)| !labels.is_empty())
            .map(|(id, labels)| (*id, labels.clone()))
            .collect();
        View {
            is_deleted: self.deletion_date.is_some(),
            described: labelled.clone(),
            listed: labelled,
            listed_with_deprecated: all,
        }
    }

    fn label_count(&self) -> usize {
        self.versions
            .values()
            .map(|version| version.labels.len())
            .sum()
    }
}

impl Version {
    fn reply(&self, id: Id) -> Reply {
        Reply {
            version: Some(id),
            labels: Some(self.labels.clone()),
            ..Reply::default()
        }
    }
}

fn saying(code: &str, sentence: impl Into<String>) -> Expected {
    Expected::Refused(vec![Refusal::saying(code, sentence)])
}

fn token_in_use(token: Id) -> Expected {
    let sentence = format!(
        "You can't use ClientRequestToken {token} because that value is already in use for a version of secret {{ARN}}."
    );
    saying(EXISTS, sentence)
}
