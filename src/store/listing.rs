//! Listing the secrets of a scope, a page at a time: by name from the store's own order, by date from the orders beside it.

use std::iter;
use std::ops::Bound;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::orders::{Kind, OrderId};
use super::secrets::{Error, Secrets};
use super::{Direction, Position, SortBy, StoreError};
use crate::secret::Secret;
use crate::secret::id::{Scope, SecretKey};

/// Which part of a scope's secrets to list.
#[derive(Debug)]
pub struct ListQuery<'a> {
    /// The account and region.
    pub scope: &'a Scope,
    /// What all names that are wanted begin with; empty if that is not known.
    pub name_prefix: &'a str,
    /// What to sort by.
    pub sort: SortBy,
    /// Which way.
    pub direction: Direction,
    /// The last place of the page before.
    pub after: Option<Position>,
    /// The most secrets to return, at least 1.
    pub limit: usize,
}

/// A page of a list.
#[derive(Debug)]
pub struct Page {
    /// The secrets, in order.
    pub secrets: Vec<Arc<Secret>>,
    /// The last secret's place, if another one follows it.
    pub next: Option<Position>,
}

/// What stands at some places in an order.
struct Candidates {
    /// Nothing at a place whose secret has gone or stands elsewhere by now.
    secrets: Vec<Option<Arc<Secret>>>,
    /// The last of the places.
    last: Position,
}

/// How many candidates are fetched at once where some are not wanted.
const CHUNK: usize = 16;
/// After how many candidates that are not wanted other requests get a turn: these take a few microseconds, and should not wait
/// for long. A page that fills is soon done.
const PATIENCE: usize = 8;

impl Secrets {
    /// Lists the secrets of a scope that `wanted` picks. Secrets that come or go between pages disturb no others.
    pub async fn page(
        &self,
        query: ListQuery<'_>,
        now: DateTime<Utc>,
        wanted: impl Fn(&Secret) -> bool,
    ) -> Result<Page, Error> {
        let (sort, limit) = (query.sort, query.limit);
        let mut after = query.after.clone();
        let mut secrets: Vec<Arc<Secret>> = Vec::new();
        let mut passed_over = 0_usize;
        loop {
            // While all are wanted, what the page lacks, and the one that tells whether there is a next page.
            let most = match passed_over {
                0 => limit + 1 - secrets.len(),
                _ => CHUNK,
            };
            let candidates = self.candidates(&query, after.as_ref(), most).await?;
            let Some(candidates) = candidates else {
                return Ok(Page {
                    secrets,
                    next: None,
                });
            };
            for secret in candidates.secrets {
                let is_wanted = |secret: &Arc<Secret>| !secret.is_purged(now) && wanted(secret);
                let Some(secret) = secret.filter(is_wanted) else {
                    passed_over += 1;
                    if passed_over.is_multiple_of(PATIENCE) {
                        tokio::task::yield_now().await;
                    }
                    continue;
                };
                if secrets.len() == limit {
                    let next = secrets.last().map(|last| sort.position(last));
                    return Ok(Page { secrets, next });
                }
                secrets.push(secret);
            }
            after = Some(candidates.last);
        }
    }

    /// Makes an order by date, if there is none yet.
    async fn make_order(&self, id: &OrderId) -> Result<(), StoreError> {
        let _making = self.making.lock().await;
        if self.orders.is_ready(id) {
            return Ok(());
        }
        let OrderId { scope, kind } = id;
        let name_prefix = &*kind.name_prefix;
        let mut order = self.orders.make(id);
        let mut from = Bound::Included(SecretKey::first_with(scope, name_prefix));
        let end = SecretKey::after_all_with(scope, name_prefix);
        loop {
            let records = self.store.scan(from, Direction::Ascending, CHUNK).await?;
            let Some(last) = records.last() else { break };
            let last = last.secret.key().clone();
            order.add(records.iter().map(|stored| &*stored.secret));
            if last >= end {
                break;
            }
            from = Bound::Excluded(last);
            tokio::task::yield_now().await;
        }
        order.finish();
        Ok(())
    }

    /// What stands at the next places in an order, at most at so many; `None` if there are no more.
    async fn candidates(
        &self,
        query: &ListQuery<'_>,
        after: Option<&Position>,
        most: usize,
    ) -> Result<Option<Candidates>, StoreError> {
        let &ListQuery {
            scope,
            name_prefix,
            sort,
            direction,
            ..
        } = query;
        if sort == SortBy::Name {
            let from = match (after, direction) {
                (Some(position), _) => Bound::Excluded(SecretKey {
                    scope: scope.clone(),
                    name: position.name.clone(),
                }),
                (None, Direction::Ascending) => {
                    Bound::Included(SecretKey::first_with(scope, name_prefix))
                }
                (None, Direction::Descending) => {
                    Bound::Excluded(SecretKey::after_all_with(scope, name_prefix))
                }
            };
            let records = self.store.scan(from, direction, most).await?;
            // Comparing with an empty text is not free: its address is no memory, and some processors take 100 ns to bear with that.
            let has_prefix = |name: &str| name_prefix.is_empty() || name.starts_with(name_prefix);
            let is_in_range =
                |secret: &Arc<Secret>| secret.key().scope == *scope && has_prefix(secret.name());
            let secrets = records.into_iter().map(|stored| stored.secret);
            let secrets: Vec<_> = secrets.take_while(is_in_range).map(Some).collect();
            let last = secrets.last().and_then(Option::as_deref);
            let last = last.map(|last| sort.position(last));
            return Ok(last.map(|last| Candidates { secrets, last }));
        }
        let id = OrderId {
            scope: scope.clone(),
            kind: Kind {
                sort,
                name_prefix: name_prefix.into(),
            },
        };
        let order = loop {
            match self.orders.get(&id) {
                Some(order) => break order,
                None => self.make_order(&id).await?,
            }
        };
        let places = order.next(direction, after, most);
        let Some(&last) = places.last() else {
            return Ok(None);
        };
        let names: Vec<_> = places.iter().map(|place| &place.name).collect();
        let records = self.store.get_each(scope, &names).await?;
        let secrets = iter::zip(records, &places).map(|(stored, place)| {
            let secret = stored?.secret;
            (sort.rank(&secret) == place.rank).then_some(secret)
        });
        Ok(Some(Candidates {
            secrets: secrets.collect(),
            last: last.clone(),
        }))
    }
}
