//! ListResourceTags (fact sheet 6.5).

use serde::{Deserialize, Serialize};

use super::keys;
use super::pages::{Page, Rest};
use super::shapes::{KEY_ID, LIMIT, MARKER};
use crate::api::constraints::{Member, Present, Structure};
use crate::api::context::Context;
use crate::api::error::{Code, Error};
use crate::api::fields::{Integer, Required, Text};
use crate::api::page::Query;
use crate::api::{Operation, Service};

/// Lists a key's tags, in the order in which they were first given.
pub struct ListResourceTags;

const PAGE: usize = 50;

/// The request.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct Input {
    key_id: Required<Text>,
    limit: Option<Integer>,
    marker: Option<Text>,
}

impl Structure for Input {
    const MEMBERS: &'static [Member<Self>] = &[
        Member::required("KeyId", &KEY_ID, |i| i.key_id.value()),
        Member::optional("Limit", &LIMIT, |i| i.limit.value()),
        Member::optional("Marker", &MARKER, |i| i.marker.value()),
    ];
}

/// The answer.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Output {
    tags: Vec<ShownTag>,
    #[serde(flatten)]
    rest: Rest,
}

/// One tag.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ShownTag {
    tag_key: String,
    tag_value: String,
}

impl Operation for ListResourceTags {
    const SERVICE: Service = Service::Kms;
    const NAME: &'static str = "ListResourceTags";
    const ERRORS: &'static [Code] = &[
        Code::KmsInternalException,
        Code::NotFoundException,
        Code::InvalidArnException,
        Code::InvalidMarkerException,
    ];
    type Input = Input;
    type Output = Output;

    async fn call(ctx: &Context<'_>, input: Input) -> Result<Output, Error> {
        let key = keys::own(ctx, &input.key_id.0)?;
        let query = Query::new(Self::NAME, &(ctx.caller, key.id));
        let (limit, marker) = (input.limit.as_ref(), input.marker.as_ref());
        let page = Page::new(ctx, query, limit, PAGE, marker)?;
        // A marker holds the tag and its place, since either may be gone by then.
        let after = page.after_text()?.and_then(|place| place.split_once(' '));
        let passed = after.map_or(0, |(number, name)| {
            let held = key.tags.iter().position(|(held, _)| held == name);
            held.map_or_else(|| number.parse().unwrap_or(0), |at| at + 1)
        });
        let mut tags: Vec<_> = key
            .tags
            .iter()
            .skip(passed)
            .take(page.wanted())
            .map(|(name, value)| ShownTag {
                tag_key: name.to_owned(),
                tag_value: value.to_owned(),
            })
            .collect();
        let rest = page.cut(ctx, &mut tags, |tag| {
            let place = key.tags.iter().position(|(held, _)| held == tag.tag_key);
            format!("{} {}", place.unwrap_or_default(), tag.tag_key).into_bytes()
        });
        Ok(Output { tags, rest })
    }
}
