//! A secret's versions in order.

use std::hint::black_box;
use std::iter::zip;
use std::sync::Arc;

use smallvec::SmallVec;

use super::{Version, VersionId};

/// How many versions make a chunk. Some may be removed from it.
const CHUNK: usize = 8;

/// Versions, oldest first.
///
/// Each change of a secret begins with a copy of it, and a secret can have a hundred versions. So all copies share the older ones,
/// and most changes touch none of them: not even to look for an id.
#[derive(Debug, Default)]
pub(in crate::secret) struct Versions {
    older: Option<Arc<Older>>,
    /// At most a chunk. One, as nearly all secrets have, takes no list of its own.
    newer: SmallVec<[Held; 1]>,
}

/// Chunks of versions, none empty.
#[derive(Debug, Clone, Default)]
struct Older {
    /// Of all versions in the chunks, one after the other.
    digests: Vec<Digest>,
    chunks: Vec<Chunk>,
}

type Chunk = Arc<[Arc<Version>]>;

/// A version that is in no chunk yet.
#[derive(Debug, Clone)]
struct Held {
    digest: Digest,
    version: Arc<Version>,
}

/// A few bytes of an id: another id seldom has the same, so it need not be looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Digest(u32);

impl Digest {
    /// The first four bytes of an id and its last four in one number.
    fn of(id: &VersionId) -> Self {
        let bytes = id.as_str().as_bytes();
        let number = |four: Option<&[u8; 4]>| four.map_or(0, |four| u32::from_le_bytes(*four));
        Self(number(bytes.first_chunk()) ^ number(bytes.last_chunk()))
    }
}

impl Older {
    fn len(&self) -> usize {
        self.digests.len()
    }

    fn iter(&self) -> impl DoubleEndedIterator<Item = &Arc<Version>> {
        self.chunks.iter().flat_map(|chunk| chunk.iter())
    }

    /// In which chunk the version with this id is, and where there.
    fn place(&self, digest: Digest, id: &VersionId) -> Option<(usize, usize)> {
        let digests = self.digests.iter().enumerate().rev();
        let candidates = digests.filter(|(_, held)| **held == digest);
        candidates
            .filter_map(|(at, _)| self.place_of_number(at))
            .find(|&(chunk, at)| self.chunks[chunk][at].id == *id)
    }

    fn place_of_number(&self, mut number: usize) -> Option<(usize, usize)> {
        for (at, chunk) in self.chunks.iter().enumerate() {
            if number < chunk.len() {
                return Some((at, number));
            }
            number -= chunk.len();
        }
        None
    }

    /// Those that are to be kept. A chunk of which all are kept stays shared.
    fn kept(&self, mut keep: impl FnMut(&Version) -> bool) -> Self {
        let mut kept = Self::default();
        let mut digests = self.digests.as_slice();
        for chunk in &self.chunks {
            let stays: SmallVec<[bool; CHUNK]> = chunk.iter().map(|one| keep(one)).collect();
            let (of_chunk, rest) = digests.split_at(chunk.len());
            digests = rest;
            let staying = zip(of_chunk, &stays).filter(|(_, stays)| **stays);
            kept.digests.extend(staying.map(|(digest, _)| *digest));
            if stays.iter().all(|stays| *stays) {
                kept.chunks.push(chunk.clone());
            } else if stays.contains(&true) {
                let staying = zip(&**chunk, &stays).filter(|(_, stays)| **stays);
                let versions = staying.map(|(version, _)| version.clone());
                kept.chunks.push(versions.collect());
            }
        }
        kept
    }
}

impl Versions {
    pub(in crate::secret) fn len(&self) -> usize {
        self.older.as_deref().map_or(0, Older::len) + self.newer.len()
    }

    pub(in crate::secret) fn iter(&self) -> impl DoubleEndedIterator<Item = &Arc<Version>> {
        let older = self.older.as_deref().into_iter().flat_map(Older::iter);
        older.chain(self.newer.iter().map(|held| &held.version))
    }

    /// The version with this id.
    pub(in crate::secret) fn find(&self, id: &VersionId) -> Option<&Version> {
        let digest = Digest::of(id);
        // The versions that are asked for are nearly always the newest.
        if let Some(at) = self.place_in_newer(digest, id) {
            return Some(&self.newer[at].version);
        }
        let older = self.older.as_deref()?;
        let (chunk, at) = older.place(digest, id)?;
        Some(&older.chunks[chunk][at])
    }

    /// The version with this id, to be changed.
    pub(in crate::secret) fn find_mut(&mut self, id: &VersionId) -> Option<&mut Version> {
        let digest = Digest::of(id);
        if let Some(at) = self.place_in_newer(digest, id) {
            return Some(Arc::make_mut(&mut self.newer[at].version));
        }
        let older = self.older.as_mut()?;
        let (chunk, at) = older.place(digest, id)?;
        let chunk = Arc::make_mut(&mut Arc::make_mut(older).chunks[chunk]);
        Some(Arc::make_mut(&mut chunk[at]))
    }

    fn place_in_newer(&self, digest: Digest, id: &VersionId) -> Option<usize> {
        let is_it = |held: &Held| held.digest == digest && held.version.id == *id;
        self.newer.iter().rposition(is_it)
    }

    pub(in crate::secret) fn push(&mut self, version: Version) {
        self.add(Arc::new(version));
    }

    /// Removes the versions that `keep` does not want to keep.
    pub(in crate::secret) fn retain(&mut self, mut keep: impl FnMut(&Version) -> bool) {
        if let Some(older) = &mut self.older {
            *older = Arc::new(older.kept(&mut keep));
        }
        self.newer.retain(|held| keep(&held.version));
    }

    fn add(&mut self, version: Arc<Version>) {
        if self.newer.len() == CHUNK {
            let older = Arc::make_mut(self.older.get_or_insert_default());
            let digests = self.newer.iter().map(|held| held.digest);
            older.digests.extend(digests);
            let versions = self.newer.drain(..).map(|held| held.version);
            older.chunks.push(versions.collect());
        }
        self.newer.push(Held {
            digest: Digest::of(&version.id),
            version,
        });
    }
}

impl Clone for Versions {
    fn clone(&self) -> Self {
        // To share a version is to count it, which a processor waits for. So it looks at all of them first, at several at a time.
        let counts = self
            .newer
            .iter()
            .map(|held| Arc::strong_count(&held.version));
        black_box(counts.sum::<usize>());
        Self {
            older: self.older.clone(),
            newer: self.newer.clone(),
        }
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
        let stays = |id: &str| !id.contains('3') && !id.starts_with("same1");
        let before = versions.clone();
        versions.retain(|version| stays(version.id.as_str()));
        assert_eq!(ids(&before), names);
        let mut kept: Vec<_> = names
            .iter()
            .map(String::as_str)
            .filter(|n| stays(n))
            .collect();
        for more in ["other1", "other2", "other3", "other4", "other5"] {
            versions.push(version(more));
            kept.push(more);
        }
        assert_eq!(ids(&versions), kept);
        assert_eq!(versions.len(), kept.len());
        for name in &names {
            let id = VersionId::new(name);
            let found = versions.find(&id).map(|found| found.id.as_str().to_owned());
            assert_eq!(found.is_some(), stays(name));
            assert!(found.is_none_or(|found| found == *name));
            let changed = versions.find_mut(&id).map(|found| found.id.clone());
            assert_eq!(changed.is_some(), stays(name));
        }
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
