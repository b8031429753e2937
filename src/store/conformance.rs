//! The contract of [`Store`](super::Store) as tests that every backend must pass.

use std::collections::HashSet;
use std::ops::Bound;
use std::sync::Arc;

use uuid::Uuid;

use super::{Direction, Revision, Store, StoreError, Stored};
use crate::secret::Secret;
use crate::secret::id::{AccountId, ArnSuffix, Region, Scope, SecretKey, SecretName};
use crate::secret::version::VersionId;

/// Runs every case, each on a store of its own.
pub(super) async fn check(new_store: impl Fn() -> Arc<dyn Store>) {
    a_commit_is_seen_by_get_and_scan(&*new_store()).await;
    each_of_many_is_what_get_gives(&*new_store()).await;
    a_commit_needs_the_expected_revision(&*new_store()).await;
    a_removal_needs_the_expected_revision(&*new_store()).await;
    revisions_grow_even_over_a_removal(&*new_store()).await;
    a_scan_is_in_key_order_both_ways(&*new_store()).await;
    what_was_read_does_not_change(&*new_store()).await;
    of_racing_commits_one_wins(new_store()).await;
    contents_are_put_back_whole_and_revisions_go_on(&*new_store()).await;
    contents_have_nothing_without_what_was_written_before(new_store()).await;
}

fn key(account: &str, region: &str, name: &str) -> SecretKey {
    SecretKey {
        scope: Scope {
            account: AccountId::parse(account).unwrap(),
            region: Region::parse(region).unwrap(),
        },
        name: SecretName::parse(name).unwrap(),
    }
}

fn secret(name: &str) -> Arc<Secret> {
    at(key("000000000001", "eu-west-1", name))
}

fn at(key: SecretKey) -> Arc<Secret> {
    let now = "2026-01-01T00:00:00Z".parse().unwrap();
    let suffix = ArnSuffix::draw(|_| 0);
    Arc::new(Secret::new(
        Uuid::nil(),
        key,
        suffix,
        VersionId::new("v1"),
        now,
    ))
}

fn described(secret: &Secret, description: &str) -> Arc<Secret> {
    let mut secret = secret.clone();
    let changes = crate::secret::AttributeChanges {
        description: Some(description.into()),
        ..Default::default()
    };
    secret
        .update_attributes(&changes, secret.created())
        .unwrap();
    Arc::new(secret)
}

async fn a_commit_is_seen_by_get_and_scan(store: &dyn Store) {
    let secret = secret("a");
    assert!(store.get(secret.key()).await.unwrap().is_none());
    let revision = store.commit(None, secret.clone()).await.unwrap();
    let got = store.get(secret.key()).await.unwrap().unwrap();
    assert_eq!((got.revision, &got.secret), (revision, &secret));
    let scanned = store.scan(Bound::Unbounded, Direction::Ascending, 9).await;
    assert_eq!(scanned.unwrap()[0].secret, secret);
}

async fn each_of_many_is_what_get_gives(store: &dyn Store) {
    let there = key("000000000001", "eu-west-1", "b");
    let elsewhere = key("000000000001", "us-east-1", "a");
    for key in [&there, &elsewhere] {
        store.commit(None, at(key.clone())).await.unwrap();
    }
    let names = ["b", "a", "b", "c"].map(|name| SecretName::parse(name).unwrap());
    let found = store
        .get_each(&there.scope, &names.each_ref())
        .await
        .unwrap();
    let stored = store.get(&there).await.unwrap().unwrap();
    let seen = |of: &Option<Stored>| of.as_ref().map(|of| (of.revision, of.secret.clone()));
    let it = Some((stored.revision, stored.secret));
    let seen: Vec<_> = found.iter().map(seen).collect();
    assert_eq!(seen, [it.clone(), None, it, None]);
    assert!(store.get_each(&there.scope, &[]).await.unwrap().is_empty());
}

async fn a_commit_needs_the_expected_revision(store: &dyn Store) {
    let first = secret("a");
    let absent = store.commit(Some(Revision(1)), first.clone()).await;
    assert!(matches!(absent, Err(StoreError::Conflict)));
    let revision = store.commit(None, first.clone()).await.unwrap();
    let second = described(&first, "second");
    let created_twice = store.commit(None, second.clone()).await;
    assert!(matches!(created_twice, Err(StoreError::Conflict)));
    store.commit(Some(revision), second.clone()).await.unwrap();
    let stale = store.commit(Some(revision), first.clone()).await;
    assert!(matches!(stale, Err(StoreError::Conflict)));
    let got = store.get(first.key()).await.unwrap().unwrap();
    assert_eq!(got.secret, second);
}

async fn a_removal_needs_the_expected_revision(store: &dyn Store) {
    let first = secret("a");
    let revision = store.commit(None, first.clone()).await.unwrap();
    let newer = store
        .commit(Some(revision), described(&first, "newer"))
        .await
        .unwrap();
    let stale = store.remove(first.key(), revision).await;
    assert!(matches!(stale, Err(StoreError::Conflict)));
    assert!(store.get(first.key()).await.unwrap().is_some());
    store.remove(first.key(), newer).await.unwrap();
    assert!(store.get(first.key()).await.unwrap().is_none());
    let again = store.remove(first.key(), newer).await;
    assert!(matches!(again, Err(StoreError::Conflict)));
}

async fn revisions_grow_even_over_a_removal(store: &dyn Store) {
    let first = secret("a");
    let revision = store.commit(None, first.clone()).await.unwrap();
    store.remove(first.key(), revision).await.unwrap();
    let recreated = store.commit(None, first.clone()).await.unwrap();
    assert!(recreated > revision);
}

async fn a_scan_is_in_key_order_both_ways(store: &dyn Store) {
    let in_order = [
        key("000000000001", "eu-west-1", "a"),
        key("000000000001", "eu-west-1", "a/b"),
        key("000000000001", "eu-west-1", "b"),
        key("000000000001", "us-east-1", "a"),
        key("000000000002", "eu-west-1", "a"),
    ];
    for at_place in [3, 0, 4, 2, 1] {
        let secret = at(in_order[at_place].clone());
        store.commit(None, secret).await.unwrap();
    }
    let scan = async |from, direction, limit| -> Vec<SecretKey> {
        let stored = store.scan(from, direction, limit).await.unwrap();
        stored.iter().map(|s| s.secret.key().clone()).collect()
    };
    let up = Direction::Ascending;
    let down = Direction::Descending;
    assert_eq!(scan(Bound::Unbounded, up, 9).await, in_order);
    assert_eq!(scan(Bound::Unbounded, up, 2).await, in_order[..2]);
    let middle = in_order[2].clone();
    let from_middle = scan(Bound::Included(middle.clone()), up, 9).await;
    assert_eq!(from_middle, in_order[2..]);
    let after_middle = scan(Bound::Excluded(middle.clone()), up, 9).await;
    assert_eq!(after_middle, in_order[3..]);
    let before_middle = scan(Bound::Excluded(middle), down, 9).await;
    assert_eq!(before_middle, [in_order[1].clone(), in_order[0].clone()]);
    let scope = &in_order[0].scope;
    let last_of_scope = scan(Bound::Excluded(SecretKey::end_of(scope)), down, 1).await;
    assert_eq!(last_of_scope, in_order[2..3]);
}

async fn what_was_read_does_not_change(store: &dyn Store) {
    let first = secret("a");
    let revision = store.commit(None, first.clone()).await.unwrap();
    let read = store.get(first.key()).await.unwrap().unwrap();
    let changed = described(&first, "changed");
    store.commit(Some(revision), changed).await.unwrap();
    assert_eq!(read.secret, first);
}

async fn of_racing_commits_one_wins(store: Arc<dyn Store>) {
    let first = secret("a");
    let revision = store.commit(None, first.clone()).await.unwrap();
    let racers: Vec<_> = (0..32)
        .map(|n| {
            let (store, secret) = (store.clone(), described(&first, &n.to_string()));
            tokio::spawn(async move { store.commit(Some(revision), secret).await.is_ok() })
        })
        .collect();
    let mut winners = 0;
    for racer in racers {
        winners += usize::from(racer.await.unwrap());
    }
    assert_eq!(winners, 1);
}

/// A writer creates secrets in turn, while another reads many at once.
async fn contents_have_nothing_without_what_was_written_before(store: Arc<dyn Store>) {
    const COUNT: usize = 6_000;
    let name = |n: usize| format!("{:04}", (n * 7_919) % COUNT);
    let first = secret(&name(0));
    let scope = first.key().scope.clone();
    store.commit(None, first).await.unwrap();
    let writer = tokio::spawn({
        let store = store.clone();
        async move {
            for n in 1..COUNT {
                store.commit(None, secret(&name(n))).await.unwrap();
                tokio::task::yield_now().await;
            }
        }
    });
    let names: Vec<_> = (0..COUNT)
        .map(|n| SecretName::parse(&name(n)).unwrap())
        .collect();
    let names: Vec<_> = names.iter().collect();
    loop {
        let is_last = writer.is_finished();
        let contents = store.contents().await.unwrap();
        let there: HashSet<_> = contents
            .records()
            .map(|stored| stored.secret.name().to_owned())
            .collect();
        let is_there = |n: &usize| there.contains(&name(*n));
        let written = (0..COUNT).take_while(is_there).count();
        assert_eq!(written, there.len());
        let found = store.get_each(&scope, &names).await.unwrap();
        let found = found.iter().take_while(|found| found.is_some()).count();
        assert!(found >= written, "{found} of {written}");
        let scan = store.scan(Bound::Unbounded, Direction::Descending, COUNT);
        assert!(scan.await.unwrap().len() >= found);
        if is_last {
            assert_eq!(written, COUNT);
            break;
        }
        tokio::task::yield_now().await;
    }
    writer.await.unwrap();
}

async fn contents_are_put_back_whole_and_revisions_go_on(store: &dyn Store) {
    let empty = store.contents().await.unwrap();
    let old = secret("changed");
    let first = store.commit(None, old.clone()).await.unwrap();
    let removed = store.commit(None, secret("removed")).await.unwrap();
    let before = store.contents().await.unwrap();
    assert_eq!((empty.len(), before.len()), (0, 2));

    let changed = described(&old, "changed");
    let last = store.commit(Some(first), changed.clone()).await.unwrap();
    let key = secret("removed").key().clone();
    store.remove(&key, removed).await.unwrap();
    store.commit(None, secret("added")).await.unwrap();
    let all = async || {
        let all = store.scan(Bound::Unbounded, Direction::Ascending, 9);
        let all = all.await.unwrap().into_iter();
        all.map(|stored| (stored.secret.name().to_owned(), stored.revision))
            .collect::<Vec<_>>()
    };
    store.restore(&before).await.unwrap();
    let as_before = [
        ("changed".to_owned(), first),
        ("removed".to_owned(), removed),
    ];
    assert_eq!(all().await, as_before);
    let stored = store.get(old.key()).await.unwrap().unwrap();
    assert_eq!(stored.secret, old);

    let stale = store.commit(Some(last), changed.clone()).await;
    assert!(matches!(stale, Err(StoreError::Conflict)));
    assert!(store.commit(Some(first), changed).await.unwrap() > last);
    store.restore(&empty).await.unwrap();
    assert_eq!(all().await, []);
    store.restore(&before).await.unwrap();
    assert_eq!(all().await, as_before);
}
