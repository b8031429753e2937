//! [`Turns`]: work on one key, one after the other.

use std::hash::{DefaultHasher, Hash, Hasher};

use tokio::sync::{Mutex, MutexGuard};

/// Lets callers with the same key follow one another. Keys share a few locks, so a caller may also wait for another
/// key's; whoever holds a turn must not ask for a second one.
#[derive(Debug, Default)]
pub(crate) struct Turns([Mutex<()>; Self::LOCKS]);

impl Turns {
    const LOCKS: usize = 32;

    /// Waits for the turn of a key. It ends when the guard is dropped.
    pub(crate) async fn of(&self, key: &impl Hash) -> MutexGuard<'_, ()> {
        let mut hasher = DefaultHasher::new();
        key.hash(&mut hasher);
        let [.., low] = hasher.finish().to_be_bytes();
        self.0[usize::from(low) % Self::LOCKS].lock().await
    }

    /// Waits for the turn of all keys at once. Whoever asks must hold none.
    pub(crate) async fn of_all(&self) -> Vec<MutexGuard<'_, ()>> {
        let mut held = Vec::with_capacity(Self::LOCKS);
        // Always in this order, so that two who ask at once do not wait for each other.
        for lock in &self.0 {
            held.push(lock.lock().await);
        }
        held
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_key_has_one_turn_at_a_time() {
        let turns = Turns::default();
        let first = turns.of(&"key").await;
        let mut second = Box::pin(turns.of(&"key"));
        let waits = std::future::poll_fn(|task| {
            std::task::Poll::Ready(second.as_mut().poll(task).is_pending())
        });
        assert!(waits.await);
        let mut all = Box::pin(turns.of_all());
        let waits = std::future::poll_fn(|task| {
            std::task::Poll::Ready(all.as_mut().poll(task).is_pending())
        });
        assert!(waits.await);
        drop(first);
        drop(second.await);
        let all = all.await;
        let mut other = Box::pin(turns.of(&"another key"));
        let waits = std::future::poll_fn(|task| {
            std::task::Poll::Ready(other.as_mut().poll(task).is_pending())
        });
        assert!(waits.await);
        drop(all);
        let _other = other.await;
    }
}
