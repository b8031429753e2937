//! ListAliases (fact sheet 6.5).

use serde::{Deserialize, Serialize};

use super::keys;
use super::pages::{Page, Rest};
use super::shapes::{KEY_ID, LIMIT, MARKER};
use crate::api::constraints::{Member, Present, Structure};
use crate::api::context::Context;
use crate::api::error::{Code, Error};
use crate::api::fields::{Integer, Text};
use crate::api::page::Query;
use crate::api::timestamp::Timestamp;
use crate::api::{Operation, Service};
use crate::kms::{Alias, alias_arn};

/// Lists the caller's aliases, or those of one key, in the order of their names.
pub struct ListAliases;

const PAGE: usize = 50;

/// The request.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct Input {
    key_id: Option<Text>,
    limit: Option<Integer>,
    marker: Option<Text>,
}

impl Structure for Input {
    const MEMBERS: &'static [Member<Self>] = &[
        Member::optional("KeyId", &KEY_ID, |i| i.key_id.value()),
        Member::optional("Limit", &LIMIT, |i| i.limit.value()),
        Member::optional("Marker", &MARKER, |i| i.marker.value()),
    ];
}

/// The answer.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Output {
    aliases: Vec<AliasListEntry>,
    #[serde(flatten)]
    rest: Rest,
}

/// One alias.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct AliasListEntry {
    alias_name: String,
    alias_arn: String,
    target_key_id: String,
    creation_date: Timestamp,
    last_updated_date: Timestamp,
}

impl Operation for ListAliases {
    const SERVICE: Service = Service::Kms;
    const NAME: &'static str = "ListAliases";
    const ERRORS: &'static [Code] = &[
        Code::DependencyTimeoutException,
        Code::InvalidMarkerException,
        Code::KmsInternalException,
        Code::InvalidArnException,
        Code::NotFoundException,
    ];
    type Input = Input;
    type Output = Output;

    async fn call(ctx: &Context<'_>, input: Input) -> Result<Output, Error> {
        let of_key = match &input.key_id {
            None => None,
            Some(Text(given)) => Some(keys::own(ctx, given)?.id),
        };
        let query = Query::new(Self::NAME, &(ctx.caller, of_key));
        let (limit, marker) = (input.limit.as_ref(), input.marker.as_ref());
        let page = Page::new(ctx, query, limit, PAGE, marker)?;
        let after = page.after_text()?;
        let mut found = ctx
            .keys()
            .aliases(ctx.caller, of_key, after, page.wanted(), ctx.now);
        let rest = page.cut(ctx, &mut found, |(name, _)| name.as_bytes().to_vec());
        let entry = |(name, alias): (Box<str>, Alias)| AliasListEntry {
            alias_arn: alias_arn(ctx.caller, &name),
            alias_name: name.into(),
            target_key_id: alias.target.to_string(),
            creation_date: Timestamp(alias.created),
            last_updated_date: Timestamp(alias.updated),
        };
        Ok(Output {
            aliases: found.into_iter().map(entry).collect(),
            rest,
        })
    }
}
