//! A secret's versions in order.

use std::sync::Arc;

use smallvec::SmallVec;

use super::{Version, VersionId};

/// How many versions there are in a full chunk.
const CHUNK: usize = 8;

/// Versions, oldest first.
///
/// Each change of a secret begins with a copy of it, and a secret can have a hundred versions. So all copies share the older ones,
/// in full chunks, and most changes touch none of them: not even to look for an id.
#[derive(Debug, Clone, Default)]
pub(in crate::secret) struct Versions {
    older: Option<Arc<Vec<Chunk>>>,
    /// At most a chunk. One, as nearly all secrets have, takes no list of its own.
    newer: SmallVec<[Held; 1]>,
}

type Chunk = Arc<[Held]>;

/// A version, and a few bytes of its id: another id seldom has the same, so it need not be looked at.
#[derive(Debug, Clone)]
struct Held {
    digest: u32,
    version: Arc<Version>,
}

impl Held {
    fn new(version: Arc<Version>) -> Self {
        Self {
            digest: digest(&version.id),
            version,
        }
    }

    fn is_of(&self, digest: u32, id: &VersionId) -> bool {
        self.digest == digest && self.version.id == *id
    }
}

/// The first four bytes of an id and its last four in one number.
fn digest(id: &VersionId) -> u32 {
    let bytes = id.as_str().as_bytes();
    let number = |four: Option<&[u8; 4]>| four.map_or(0, |four| u32::from_le_bytes(*four));
    number(bytes.first_chunk()) ^ number(bytes.last_chunk())
}

impl Versions {
    pub(in crate::secret) fn len(&self) -> usize {
        self.older().len() * CHUNK + self.newer.len()
    }

    pub(in crate::secret) fn iter(&self) -> impl DoubleEndedIterator<Item = &Arc<Version>> {
        self.held().map(|held| &held.version)
    }

    /// The version with this id.
    pub(in crate::secret) fn find(&self, id: &VersionId) -> Option<&Version> {
        let digest = digest(id);
        // From the end: the versions that are asked for are nearly always the newest.
        let held = self.held().rev().find(|held| held.is_of(digest, id));
        held.map(|held| &*held.version)
    }

    /// The version with this id, to be changed.
    pub(in crate::secret) fn find_mut(&mut self, id: &VersionId) -> Option<&mut Version> {
        let digest = digest(id);
        let is_it = |held: &Held| held.is_of(digest, id);
        let held = if let Some(at) = self.newer.iter().position(is_it) {
            &mut self.newer[at]
        } else {
            let place = |chunk: &Chunk| chunk.iter().position(is_it);
            let mut places = self.older().iter().map(place).enumerate();
            let (chunk, at) = places.find_map(|(chunk, at)| Some((chunk, at?)))?;
            let chunks = Arc::make_mut(self.older.as_mut()?);
            &mut Arc::make_mut(&mut chunks[chunk])[at]
        };
        Some(Arc::make_mut(&mut held.version))
    }

    pub(in crate::secret) fn push(&mut self, version: Version) {
        self.add(Arc::new(version));
    }

    /// Removes the versions that `keep` does not want to keep.
    pub(in crate::secret) fn retain(&mut self, mut keep: impl FnMut(&Version) -> bool) {
        let kept = self.iter().filter(|version| keep(version)).cloned();
        *self = kept.collect();
    }

    fn add(&mut self, version: Arc<Version>) {
        if self.newer.len() == CHUNK {
            let older = Arc::make_mut(self.older.get_or_insert_default());
            older.push(self.newer.drain(..).collect());
        }
        self.newer.push(Held::new(version));
    }

    fn older(&self) -> &[Chunk] {
        self.older.as_deref().map_or(&[], Vec::as_slice)
    }

    fn held(&self) -> impl DoubleEndedIterator<Item = &Held> {
        let older = self.older().iter().flat_map(|chunk| chunk.iter());
        older.chain(&self.newer)
    }
}

impl FromIterator<Arc<Version>> for Versions {
    fn from_iter<I: IntoIterator<Item = Arc<Version>>>(versions: I) -> Self {
        let mut list = Self::default();
        for version in versions {
            list.add(version);
        }
        list
    }
}

impl PartialEq for Versions {
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len() && self.iter().eq(other.iter())
    }
}

impl Eq for Versions {}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(id: &str) -> Version {
        Version {
            id: VersionId::new(id),
            created: "2026-01-01T00:00:00Z".parse().unwrap(),
            last_accessed: None,
            value: None,
        }
    }

    fn ids(versions: &Versions) -> Vec<&str> {
        versions.iter().map(|version| version.id.as_str()).collect()
    }

    #[test]
    fn versions_are_found_in_order_however_many_there_are() {
        let mut versions = Versions::default();
        let names: Vec<_> = (0..50).map(|n| format!("same{n:02}ends")).collect();
        for (n, name) in names.iter().enumerate() {
            versions.push(version(name));
            assert_eq!(ids(&versions), names[..=n]);
            assert_eq!(versions.len(), n + 1);
        }
        for name in &names {
            let id = VersionId::new(name);
            assert_eq!(versions.find(&id).unwrap().id, id);
        }
        assert!(versions.find(&VersionId::new("same99ends")).is_none());
        versions.retain(|version| !version.id.as_str().contains('3'));
        assert!(versions.find(&VersionId::new("same03ends")).is_none());
        assert_eq!(versions.len(), 36);
    }

    #[test]
    fn a_change_does_not_reach_copies() {
        let before: Versions = (0..40)
            .map(|n| Arc::new(version(&format!("v{n}"))))
            .collect();
        for name in ["v1", "v39"] {
            let mut after = before.clone();
            assert_eq!(after, before);
            let day = "2026-01-02".parse().ok();
            let changed = after.find_mut(&VersionId::new(name)).unwrap();
            changed.last_accessed = day;
            assert_ne!(after, before);
            let found = before.find(&VersionId::new(name)).unwrap();
            assert_eq!(found.last_accessed, None);
        }
    }
}
