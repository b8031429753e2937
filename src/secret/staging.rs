//! Staging labels and the one map that says which version holds which.

use std::cmp::Ordering;
use std::fmt;

use arcstr::ArcStr;
use smallvec::SmallVec;

use super::version::VersionId;

/// A staging label: free text of 1 to 256 characters (fact sheet 4.1, V6). Three have a meaning of their own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StagingLabel(Text);

/// A label's text. Those that nearly all labels have take no room; no other is equal to one of them.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Text {
    Current,
    Previous,
    Pending,
    Other(ArcStr),
}

impl StagingLabel {
    /// On the version that is returned when none is asked for.
    pub const AWSCURRENT: Self = Self(Text::Current);
    /// On the version that AWSCURRENT last left.
    pub const AWSPREVIOUS: Self = Self(Text::Previous);
    /// On the version that a rotation is preparing.
    pub const AWSPENDING: Self = Self(Text::Pending);

    /// The labels that AWS gives a meaning.
    pub const OF_AWS: [Self; 3] = [Self::AWSCURRENT, Self::AWSPREVIOUS, Self::AWSPENDING];

    /// Takes a label as it is; its length is a request constraint.
    pub fn new(text: &str) -> Self {
        Self::OF_AWS
            .into_iter()
            .find(|known| known.as_str() == text)
            .unwrap_or_else(|| Self(Text::Other(text.into())))
    }

    /// The label as text.
    pub fn as_str(&self) -> &str {
        match &self.0 {
            Text::Current => "AWSCURRENT",
            Text::Previous => "AWSPREVIOUS",
            Text::Pending => "AWSPENDING",
            Text::Other(text) => text,
        }
    }
}

/// In alphabetical order.
impl Ord for StagingLabel {
    fn cmp(&self, other: &Self) -> Ordering {
        self.as_str().cmp(other.as_str())
    }
}

impl PartialOrd for StagingLabel {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for StagingLabel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The labels of a secret's versions: one map from label to version, so that a label on two versions (V2) cannot be
/// written down. Sorted by label. Nearly all secrets have the one label AWSCURRENT, so there is room for one beside
/// the secret's other fields.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Labels(SmallVec<[(StagingLabel, VersionId); 1]>);

impl Labels {
    /// How many labels there are, over all versions.
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// The version that holds a label.
    pub fn holder(&self, label: &StagingLabel) -> Option<&VersionId> {
        self.find(label).ok().map(|at| &self.0[at].1)
    }

    /// Each label's version and the label, in alphabetical order of the labels.
    pub fn iter(&self) -> impl Iterator<Item = (&VersionId, &StagingLabel)> {
        self.0.iter().map(|(label, version)| (version, label))
    }

    /// Is a label on this version?
    pub fn is_on(&self, label: &StagingLabel, version: &VersionId) -> bool {
        self.holder(label) == Some(version)
    }

    /// A version's labels, in alphabetical order.
    pub fn of<'a>(&'a self, version: &'a VersionId) -> impl Iterator<Item = &'a StagingLabel> {
        self.0
            .iter()
            .filter(move |(_, holder)| holder == version)
            .map(|(label, _)| label)
    }

    /// Has this version at least one label? Without one it is deprecated (V5).
    pub fn any_on(&self, version: &VersionId) -> bool {
        self.of(version).next().is_some()
    }

    /// Puts a label on a version, taking it from whichever held it.
    pub fn attach(&mut self, label: StagingLabel, version: &VersionId) {
        match self.find(&label) {
            Ok(at) => self.0[at].1 = version.clone(),
            Err(at) => self.0.insert(at, (label, version.clone())),
        }
    }

    /// Takes a label from whichever version holds it.
    pub fn detach(&mut self, label: &StagingLabel) {
        if let Ok(at) = self.find(label) {
            self.0.remove(at);
        }
    }

    /// Takes all labels from a version.
    pub fn detach_all(&mut self, version: &VersionId) {
        self.0.retain(|(_, holder)| *holder != *version);
    }

    /// Moves AWSCURRENT to `to`. The version it leaves gains AWSPREVIOUS, keeps its custom labels, and loses AWSPENDING,
    /// which a rotation leaves behind on the current version (fact sheet 4.2, T3, T4, T9 to T11).
    pub fn move_current(&mut self, to: &VersionId) {
        let from = self.holder(&StagingLabel::AWSCURRENT).cloned();
        self.attach(StagingLabel::AWSCURRENT, to);
        if let Some(from) = from
            && from != *to
        {
            if self.is_on(&StagingLabel::AWSPENDING, &from) {
                self.detach(&StagingLabel::AWSPENDING);
            }
            self.attach(StagingLabel::AWSPREVIOUS, &from);
        }
    }

    fn find(&self, label: &StagingLabel) -> Result<usize, usize> {
        self.0.binary_search_by(|(held, _)| held.cmp(label))
    }
}
