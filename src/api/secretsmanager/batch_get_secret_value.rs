//! BatchGetSecretValue (fact sheet 3.3).

use serde::{Deserialize, Serialize};

use super::get_secret_value;
use super::list_secrets::{ListRequest, limit_of, list};
use crate::api::Operation;
use crate::api::constraints::{Member, Present, Shape, Structure};
use crate::api::context::Context;
use crate::api::error::{Code, Error};
use crate::api::fields::{Integer, List, Object, Text};
use crate::api::json;
use crate::api::members::{Members, key, write_list};
use crate::api::shapes::{self, FilterInput, filters_of};
use crate::secret::VersionSelector;
use crate::store::{Direction, SortBy};

/// Opens the current values of up to 20 secrets, named one by one or picked by filters.
///
/// What is wrong with one secret is told in its own entry of `Errors` and does not disturb the others.
pub struct BatchGetSecretValue;

static SECRET_IDS: Shape = Shape::list(1, Some(20), &shapes::SECRET_ID);
static MAX_RESULTS: Shape = Shape::number(1, 20);
const PAGE: usize = 20;

/// The request.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct Input {
    secret_id_list: Option<List<Text>>,
    filters: Option<List<Object<FilterInput>>>,
    max_results: Option<Integer>,
    next_token: Option<Text>,
}

impl Structure for Input {
    const MEMBERS: &'static [Member<Self>] = &[
        Member::optional("SecretIdList", &SECRET_IDS, |i| i.secret_id_list.value()),
        Member::optional("Filters", &shapes::FILTERS, |i| i.filters.value()),
        Member::optional("MaxResults", &MAX_RESULTS, |i| i.max_results.value()),
        Member::optional("NextToken", &shapes::NEXT_TOKEN, |i| i.next_token.value()),
    ];
}

/// The answer.
#[derive(Debug)]
pub struct Output {
    secret_values: Vec<get_secret_value::Output>,
    next_token: Option<String>,
    errors: Vec<SecretError>,
}

impl json::Output for Output {
    fn length(&self) -> usize {
        json::USUAL_LENGTH + 512 * self.secret_values.len()
    }

    fn write(&self, body: &mut Vec<u8>) -> Result<(), Error> {
        let mut shown = Members::begin(body);
        shown.member(key!("SecretValues"), |body| {
            write_list(&self.secret_values, body, json::Output::write)
        })?;
        shown.some_text(key!("NextToken"), self.next_token.as_deref())?;
        shown.some(key!("Errors"), Some(&self.errors))?;
        shown.end()
    }
}

/// Why one secret's value is missing.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct SecretError {
    secret_id: String,
    error_code: &'static str,
    message: String,
}

impl Operation for BatchGetSecretValue {
    const NAME: &'static str = "BatchGetSecretValue";
    const ERRORS: &'static [Code] = &[
        Code::ResourceNotFoundException,
        Code::InvalidParameterException,
        Code::InvalidRequestException,
        Code::DecryptionFailure,
        Code::InvalidNextTokenException,
    ];
    type Input = Input;
    type Output = Output;

    async fn call(ctx: &Context<'_>, input: Input) -> Result<Output, Error> {
        if input.max_results.is_some() && input.filters.is_none() {
            return Err(Error::MaxResultsWithoutFilters);
        }
        let (ids, next_token) = match (input.secret_id_list, input.filters) {
            (Some(List(ids)), None) => {
                if input.next_token.is_some() {
                    return Err(Error::InvalidNextToken);
                }
                (ids.into_iter().map(|id| id.0).collect(), None)
            }
            (None, filters @ Some(_)) => {
                let request = ListRequest {
                    operation: Self::NAME,
                    filters: filters_of(filters)?,
                    include_planned_deletion: false,
                    sort: SortBy::Created,
                    direction: Direction::Ascending,
                    limit: limit_of(input.max_results, PAGE),
                    next_token: input.next_token.map(|token| token.0),
                };
                let (secrets, next_token) = list(ctx, request).await?;
                let ids = secrets.iter().map(|secret| secret.arn_text());
                (ids.collect(), next_token)
            }
            (Some(_), Some(_)) | (None, None) => return Err(Error::IdsOrFilters),
        };
        read_all(ctx, ids, next_token).await
    }
}

async fn read_all(
    ctx: &Context<'_>,
    ids: Vec<String>,
    next_token: Option<String>,
) -> Result<Output, Error> {
    let mut output = Output {
        secret_values: Vec::with_capacity(ids.len()),
        next_token,
        errors: Vec::new(),
    };
    for secret_id in ids {
        match read_one(ctx, &secret_id).await {
            Ok(value) => output.secret_values.push(value),
            Err(internal @ Error::Internal(_)) => return Err(internal),
            Err(error) => output.errors.push(SecretError {
                secret_id,
                error_code: error.code().name(),
                message: error.to_string(),
            }),
        }
    }
    Ok(output)
}

async fn read_one(ctx: &Context<'_>, secret_id: &str) -> Result<get_secret_value::Output, Error> {
    let secret = ctx.find(secret_id).await?;
    get_secret_value::read(ctx, secret, &VersionSelector::default()).await
}
