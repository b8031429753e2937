//! ListSecrets (fact sheet 3.11).

use std::sync::Arc;

use serde::Deserialize;

use crate::api::Operation;
use crate::api::constraints::{Member, Present, Shape, Structure};
use crate::api::context::Context;
use crate::api::error::{Code, Error};
use crate::api::fields::{Flag, Integer, List, Object, Text};
use crate::api::json;
use crate::api::members::{Members, key, write_list};
use crate::api::page::Query;
use crate::api::shapes::{self, FilterInput, filters_of};
use crate::api::shown_secret::add_secret;
use crate::secret::Secret;
use crate::secret::deletion::Deletion;
use crate::secret::filter::{Filter, all_match, name_prefix};
use crate::secret::id::SecretName;
use crate::store::{Direction, ListQuery, Position, SortBy};

/// Lists the secrets of the caller's account and region, a page at a time.
///
/// Sorted by creation time, oldest first, unless asked otherwise. Changes show at once, where AWS may take minutes.
pub struct ListSecrets;

static SORT_BY: Shape = Shape::one_of(&[
    "created-date",
    "last-accessed-date",
    "last-changed-date",
    "name",
]);
static SORT_ORDER: Shape = Shape::one_of(&["asc", "desc"]);
const PAGE: usize = 100;

/// The request.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct Input {
    include_planned_deletion: Option<Flag>,
    max_results: Option<Integer>,
    next_token: Option<Text>,
    filters: Option<List<Object<FilterInput>>>,
    sort_order: Option<Text>,
    sort_by: Option<Text>,
}

impl Structure for Input {
    const MEMBERS: &'static [Member<Self>] = &[
        Member::optional("IncludePlannedDeletion", &shapes::FLAG, |i| {
            i.include_planned_deletion.value()
        }),
        Member::optional("MaxResults", &shapes::MAX_RESULTS, |i| {
            i.max_results.value()
        }),
        Member::optional("NextToken", &shapes::NEXT_TOKEN, |i| i.next_token.value()),
        Member::optional("Filters", &shapes::FILTERS, |i| i.filters.value()),
        Member::optional("SortOrder", &SORT_ORDER, |i| i.sort_order.value()),
        Member::optional("SortBy", &SORT_BY, |i| i.sort_by.value()),
    ];
}

/// The answer.
#[derive(Debug)]
pub struct Output {
    /// See [`Scope::arn_start`](crate::secret::id::Scope::arn_start).
    arn_start: String,
    secrets: Vec<Arc<Secret>>,
    next_token: Option<String>,
}

impl json::Output for Output {
    /// About what is shown of a secret with a description and a few tags.
    fn length(&self) -> usize {
        json::USUAL_LENGTH + 640 * self.secrets.len()
    }

    fn write(&self, body: &mut Vec<u8>) -> Result<(), Error> {
        let mut shown = Members::begin(body);
        shown.member(key!("SecretList"), |body| {
            write_list(&self.secrets, body, |secret, body| {
                let mut shown = Members::begin(body);
                add_secret(
                    &mut shown,
                    &self.arn_start,
                    secret,
                    key!("SecretVersionsToStages"),
                )?;
                shown.end()
            })
        })?;
        shown.some_text(key!("NextToken"), self.next_token.as_deref())?;
        shown.end()
    }
}

impl Operation for ListSecrets {
    const NAME: &'static str = "ListSecrets";
    const ERRORS: &'static [Code] = &[
        Code::InvalidParameterException,
        Code::InvalidRequestException,
        Code::InvalidNextTokenException,
    ];
    type Input = Input;
    type Output = Output;

    async fn call(ctx: &Context<'_>, input: Input) -> Result<Output, Error> {
        let request = ListRequest {
            operation: Self::NAME,
            filters: filters_of(input.filters)?,
            include_planned_deletion: input.include_planned_deletion == Some(Flag(true)),
            sort: match input.sort_by.as_ref().map(|text| &*text.0) {
                Some("last-accessed-date") => SortBy::LastAccessed,
                Some("last-changed-date") => SortBy::LastChanged,
                Some("name") => SortBy::Name,
                _ => SortBy::Created,
            },
            direction: match input.sort_order.as_ref().map(|text| &*text.0) {
                Some("desc") => Direction::Descending,
                _ => Direction::Ascending,
            },
            limit: limit_of(input.max_results, PAGE),
            next_token: input.next_token.map(|token| token.0),
        };
        let (secrets, next_token) = list(ctx, request).await?;
        Ok(Output {
            arn_start: ctx.caller.arn_start(0),
            secrets,
            next_token,
        })
    }
}

/// The size of a page: as given, within the constraint, or the largest.
pub(super) fn limit_of(given: Option<Integer>, largest: usize) -> usize {
    given.map_or(largest, |Integer(n)| {
        usize::try_from(n).unwrap_or(1).clamp(1, largest)
    })
}

/// What to list, for ListSecrets and for BatchGetSecretValue with filters.
pub(super) struct ListRequest {
    pub(super) operation: &'static str,
    pub(super) filters: Vec<Filter>,
    pub(super) include_planned_deletion: bool,
    pub(super) sort: SortBy,
    pub(super) direction: Direction,
    pub(super) limit: usize,
    pub(super) next_token: Option<String>,
}

/// A page of secrets, and the token for the page that follows it.
pub(super) async fn list(
    ctx: &Context<'_>,
    request: ListRequest,
) -> Result<(Vec<Arc<Secret>>, Option<String>), Error> {
    let ListRequest {
        operation,
        filters,
        include_planned_deletion,
        sort,
        direction,
        limit,
        next_token,
    } = request;
    let parts = (
        ctx.caller,
        &filters,
        include_planned_deletion,
        sort,
        direction,
    );
    let query = Query::new(operation, &parts);
    let tokens = &ctx.services.page_tokens;
    let after = match next_token {
        Some(token) => Some(position_in(&tokens.read(&query, &token)?)?),
        None => None,
    };
    let part = ListQuery {
        scope: ctx.caller,
        name_prefix: name_prefix(&filters),
        sort,
        direction,
        after,
        limit,
    };
    let wanted = |secret: &Secret| {
        (include_planned_deletion || secret.deletion() == Deletion::None)
            && all_match(&filters, secret)
    };
    let page = ctx.secrets().page(part, ctx.now, wanted).await?;
    let next_token = page
        .next
        .map(|position| tokens.make(&query, &place_of(&position)));
    Ok((page.secrets, next_token))
}

/// A position as a token carries it: eight bytes of rank, then the name.
fn place_of(position: &Position) -> Vec<u8> {
    let mut place = position.rank.to_be_bytes().to_vec();
    place.extend_from_slice(position.name.as_str().as_bytes());
    place
}

fn position_in(place: &[u8]) -> Result<Position, Error> {
    let (rank, name) = place
        .split_first_chunk::<8>()
        .ok_or(Error::InvalidNextToken)?;
    let name = std::str::from_utf8(name).map_err(|_| Error::InvalidNextToken)?;
    Ok(Position {
        rank: i64::from_be_bytes(*rank),
        name: SecretName::parse(name).map_err(|_| Error::InvalidNextToken)?,
    })
}
