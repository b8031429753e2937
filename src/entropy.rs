//! Chance as a collaborator: bytes, choices and UUIDs.
//!
//! Each use draws from a child with a name of its own, so that one more draw in one place does not change what a
//! seeded run gives in another.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rand::rngs::ChaCha12Rng;
use rand::{Rng, RngExt, SeedableRng};
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// A source of random bytes: the system's, or one that gives the same bytes for the same seed. Clones draw from one source.
#[derive(Clone)]
pub struct Entropy(Source);

#[derive(Clone)]
enum Source {
    System,
    Seeded(Arc<Seeded>),
}

struct Seeded {
    seed: [u8; 32],
    draws: Draws,
    /// The draws of all that descend from one seed, in the order they were made in.
    family: Arc<Mutex<Vec<Draws>>>,
}

type Draws = Arc<Mutex<ChaCha12Rng>>;

/// How far the draws of a seed and of all its descendants have come.
#[derive(Debug, Clone)]
pub(crate) struct Place(Vec<u128>);

impl Entropy {
    /// Cryptographically secure randomness, seeded by the operating system.
    pub fn system() -> Self {
        Self(Source::System)
    }

    /// The same draws on each run: for tests, never for real secrets.
    pub fn seeded(seed: u64) -> Self {
        let seed = Sha256::digest(seed.to_be_bytes());
        Self::from_seed(seed.into(), Arc::default())
    }

    fn from_seed(seed: [u8; 32], family: Arc<Mutex<Vec<Draws>>>) -> Self {
        let draws = Arc::new(Mutex::new(ChaCha12Rng::from_seed(seed)));
        lock(&family).push(draws.clone());
        Self(Source::Seeded(Arc::new(Seeded {
            seed,
            draws,
            family,
        })))
    }

    /// A source of its own for the purpose called `name`.
    #[must_use]
    pub fn child(&self, name: &str) -> Self {
        match &self.0 {
            Source::System => Self(Source::System),
            Source::Seeded(seeded) => {
                let digest = Sha256::new().chain_update(seeded.seed).chain_update(name);
                Self::from_seed(digest.finalize().into(), seeded.family.clone())
            }
        }
    }

    /// How far this source and all that are of one seed with it have come; nothing for the system's randomness.
    pub(crate) fn place(&self) -> Place {
        match &self.0 {
            Source::System => Place(Vec::new()),
            Source::Seeded(seeded) => {
                let family = lock(&seeded.family);
                Place(family.iter().map(|rng| lock(rng).get_word_pos()).collect())
            }
        }
    }

    /// Lets this source and all that are of one seed with it draw again what they drew from a place on.
    pub(crate) fn return_to(&self, Place(positions): &Place) {
        if let Source::Seeded(seeded) = &self.0 {
            for (rng, position) in lock(&seeded.family).iter().zip(positions) {
                lock(rng).set_word_pos(*position);
            }
        }
    }

    /// Fills `bytes`.
    pub fn fill(&self, bytes: &mut [u8]) {
        self.with(|rng| rng.fill_bytes(bytes));
    }

    /// An array of random bytes.
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.fill(&mut bytes);
        bytes
    }

    /// A number below `bound`, each equally likely. `bound` is at least 1.
    pub fn below(&self, bound: usize) -> usize {
        self.with(|rng| rng.random_range(0..bound.max(1)))
    }

    /// A version 4 UUID.
    pub fn uuid(&self) -> Uuid {
        uuid::Builder::from_random_bytes(self.bytes()).into_uuid()
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "this is the one place that reads the system's randomness"
    )]
    fn with<T>(&self, draw: impl FnOnce(&mut dyn Rng) -> T) -> T {
        match &self.0 {
            Source::System => draw(&mut rand::rng()),
            Source::Seeded(seeded) => {
                let mut rng = lock(&seeded.draws);
                draw(&mut *rng)
            }
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl fmt::Debug for Entropy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            Source::System => "Entropy::system",
            Source::Seeded(_) => "Entropy::seeded",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_repeats_its_draws_and_children_are_independent() {
        let (first, second) = (Entropy::seeded(7), Entropy::seeded(7));
        assert_eq!(first.uuid(), second.uuid());
        let undisturbed: [u8; 16] = second.child("arn").bytes();
        first.child("password").bytes::<64>();
        assert_eq!(first.child("arn").bytes::<16>(), undisturbed);
        assert_ne!(first.child("password").bytes::<16>(), undisturbed);
    }

    #[test]
    fn a_family_returns_to_a_place() {
        let parent = Entropy::seeded(7);
        let (one, other) = (parent.child("one"), parent.child("other"));
        one.bytes::<3>();
        let place = parent.place();
        let drawn = (one.uuid(), other.uuid(), parent.below(1_000_000));
        other.fill(&mut [0; 77]);
        other.return_to(&place);
        assert_eq!((one.uuid(), other.uuid(), parent.below(1_000_000)), drawn);
    }

    #[test]
    fn a_uuid_is_of_version_4() {
        assert_eq!(Entropy::system().uuid().get_version_num(), 4);
    }
}
