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
    /// Of all versions in the chunks, one after the other: there are as many as versions.
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
        let mut kept = Self {
            digests: Vec::with_capacity(self.digests.len()),
            chunks: Vec::with_capacity(self.chunks.len()),
        };
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
        if self.newer.len() <= 1 {
            // Where it takes no list of its own.
            self.newer.shrink_to_fit();
        }
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
        let of_one_digest = |n| format!("same{n:02}ends");
        let of_digests_of_their_own = |n| format!("{n:04}ends");
        for name in [of_one_digest, of_digests_of_their_own] {
            let names: Vec<String> = (0..80).map(name).collect();
            let (first, more) = names.split_at(50);
            let mut versions = Versions::default();
            for (n, name) in first.iter().enumerate() {
                versions.push(version(name));
                has_just(&versions, &first[..=n], &first[n + 1..]);
            }
            // Some of most chunks go, and all of the second.
            let of_second_chunk = &names[CHUNK..2 * CHUNK];
            let stays = |name: &String| !name.contains('3') && !of_second_chunk.contains(name);
            let before = versions.clone();
            versions.retain(|version| stays(&version.id.as_str().to_owned()));
            let (mut kept, gone): (Vec<_>, Vec<_>) = first.iter().cloned().partition(stays);
            has_just(&versions, &kept, &gone);
            for name in more {
                versions.push(version(name));
                kept.push(name.clone());
                has_just(&versions, &kept, &gone);
            }
            has_just(&before, first, more);
        }
    }

    /// There are these versions in this order, and none of the others.
    fn has_just(versions: &Versions, these: &[String], others: &[String]) {
        assert_eq!(ids(versions), these);
        assert_eq!(versions.len(), these.len());
        for name in these {
            let id = VersionId::new(name);
            assert_eq!(versions.find(&id).unwrap().id, id);
            assert_eq!(versions.clone().find_mut(&id).unwrap().id, id);
        }
        for name in others {
            assert!(versions.find(&VersionId::new(name)).is_none());
            assert!(versions.clone().find_mut(&VersionId::new(name)).is_none());
        }
    }

    #[test]
    fn chunks_of_which_all_are_kept_stay_shared() {
        let before: Versions = (0..40)
            .map(|n| Arc::new(version(&format!("{n:04}"))))
            .collect();
        let mut after = before.clone();
        let (old, new) = (
            before.older.as_ref().unwrap(),
            after.older.as_ref().unwrap(),
        );
        assert!(Arc::ptr_eq(old, new));
        after.retain(|version| version.id.as_str() != "0009");
        let new = &after.older.as_ref().unwrap().chunks;
        let shared: Vec<_> = zip(&old.chunks, new)
            .map(|(old, new)| Arc::ptr_eq(old, new))
            .collect();
        assert_eq!(shared, [true, false, true, true]);
        let changed = after.find_mut(&VersionId::new("0016")).unwrap();
        changed.last_accessed = "2026-01-02".parse().ok();
        let held = before.find(&VersionId::new("0016")).unwrap();
        assert_eq!(held.last_accessed, None);
    }

    #[test]
    fn the_only_version_takes_no_list_of_its_own() {
        let mut versions: Versions = ["v1", "v2"]
            .map(|id| Arc::new(version(id)))
            .into_iter()
            .collect();
        versions.retain(|version| version.id.as_str() == "v1");
        assert_eq!(ids(&versions), ["v1"]);
        assert!(!versions.newer.spilled());
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
