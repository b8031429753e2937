//! Lists of KMS: `Limit` and `Marker` in, `NextMarker` and `Truncated` out.

use serde::Serialize;

use crate::api::context::Context;
use crate::api::error::{Error, KmsError};
use crate::api::fields::{Integer, Text};
use crate::api::page::Query;

/// The page that a request asks for.
pub(super) struct Page {
    query: Query,
    /// The place after which it begins.
    pub(super) after: Option<Vec<u8>>,
    limit: usize,
}

/// The end of every list's answer.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Rest {
    #[serde(skip_serializing_if = "Option::is_none")]
    next_marker: Option<String>,
    truncated: bool,
}

impl Page {
    /// Reads what a request says of it. `default` is the limit of a request that names none.
    pub(super) fn new(
        ctx: &Context<'_>,
        query: Query,
        limit: Option<&Integer>,
        default: usize,
        marker: Option<&Text>,
    ) -> Result<Self, Error> {
        let invalid = |_| Error::from(KmsError::InvalidMarker);
        let after = marker
            .map(|Text(marker)| ctx.services.page_tokens.read(&query, marker))
            .transpose()
            .map_err(invalid)?;
        let limit = limit.and_then(|Integer(limit)| usize::try_from(*limit).ok());
        Ok(Self {
            query,
            after,
            limit: limit.unwrap_or(default),
        })
    }

    /// The place after which it begins, as text.
    pub(super) fn after_text(&self) -> Result<Option<&str>, Error> {
        let text = self.after.as_deref().map(std::str::from_utf8).transpose();
        text.map_err(|_| KmsError::InvalidMarker.into())
    }

    /// How many items must be looked up, to know whether there are more than fit.
    pub(super) fn wanted(&self) -> usize {
        self.limit + 1
    }

    /// Cuts the items that were looked up to the page. `place` tells where an item stands.
    pub(super) fn cut<T>(
        &self,
        ctx: &Context<'_>,
        items: &mut Vec<T>,
        place: impl Fn(&T) -> Vec<u8>,
    ) -> Rest {
        let truncated = items.len() > self.limit;
        items.truncate(self.limit);
        let last = items.last().filter(|_| truncated);
        let make = |last: &T| ctx.services.page_tokens.make(&self.query, &place(last));
        Rest {
            next_marker: last.map(make),
            truncated,
        }
    }
}
