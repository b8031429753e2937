//! ListKeys (fact sheet 6.5).

use serde::{Deserialize, Serialize};

use super::pages::{Page, Rest};
use super::shapes::{LIMIT, MARKER};
use crate::api::constraints::{Member, Present, Shape, Structure};
use crate::api::context::Context;
use crate::api::error::{Code, Error, KmsError};
use crate::api::fields::{Integer, List, Text};
use crate::api::page::Query;
use crate::api::{Operation, Service};
use crate::kms::{KeyId, key_arn};

/// Lists the caller's keys, in the order of their ids. No key is shared between accounts here.
pub struct ListKeys;

static RESOURCE_OWNERS: Shape = Shape::list(1, Some(2), &RESOURCE_OWNER);
static RESOURCE_OWNER: Shape = Shape::one_of(&[SELF, "OTHER_ACCOUNTS_VIA_RAM"]);
const SELF: &str = "SELF";
const PAGE: usize = 100;

/// The request.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct Input {
    limit: Option<Integer>,
    marker: Option<Text>,
    resource_owners: Option<List<Text>>,
}

impl Structure for Input {
    const MEMBERS: &'static [Member<Self>] = &[
        Member::optional("Limit", &LIMIT, |i| i.limit.value()),
        Member::optional("Marker", &MARKER, |i| i.marker.value()),
        Member::optional("ResourceOwners", &RESOURCE_OWNERS, |i| {
            i.resource_owners.value()
        }),
    ];
}

/// The answer.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Output {
    keys: Vec<KeyListEntry>,
    #[serde(flatten)]
    rest: Rest,
}

/// One key.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct KeyListEntry {
    key_arn: String,
    key_id: String,
}

impl Operation for ListKeys {
    const SERVICE: Service = Service::Kms;
    const NAME: &'static str = "ListKeys";
    const ERRORS: &'static [Code] = &[
        Code::DependencyTimeoutException,
        Code::KmsInternalException,
        Code::InvalidMarkerException,
    ];
    type Input = Input;
    type Output = Output;

    async fn call(ctx: &Context<'_>, input: Input) -> Result<Output, Error> {
        let owners = input.resource_owners.map(|List(owners)| owners);
        let with_own = owners.is_none_or(|owners| owners.iter().any(|Text(name)| name == SELF));
        let query = Query::new(Self::NAME, &(ctx.caller, with_own));
        let (limit, marker) = (input.limit.as_ref(), input.marker.as_ref());
        let page = Page::new(ctx, query, limit, PAGE, marker)?;
        let after = match page.after_text()? {
            None => None,
            Some(last) => Some(KeyId::parse(last).ok_or(KmsError::InvalidMarker)?),
        };
        let mut ids = if with_own {
            let keys = ctx.keys();
            keys.keys(ctx.caller, after, page.wanted(), ctx.now)
        } else {
            Vec::new()
        };
        let rest = page.cut(ctx, &mut ids, |id| id.to_string().into_bytes());
        let entry = |id: KeyId| KeyListEntry {
            key_arn: key_arn(ctx.caller, id),
            key_id: id.to_string(),
        };
        Ok(Output {
            keys: ids.into_iter().map(entry).collect(),
            rest,
        })
    }
}
