//! ListKeyRotations (AWS KMS API Reference).

use serde::{Deserialize, Serialize};

use super::keys;
use super::pages::{Page, Rest};
use super::shapes::{KEY_ID, LIMIT, MARKER};
use crate::api::constraints::{Member, Present, Shape, Structure};
use crate::api::context::Context;
use crate::api::error::{Code, Error};
use crate::api::fields::{Integer, Required, Text};
use crate::api::page::Query;
use crate::api::timestamp::Timestamp;
use crate::api::{Operation, Service};
use crate::kms::{Key, Material, RotationType};

/// Lists a key's rotations, oldest first; with `ALL_KEY_MATERIAL` also the material it was created with.
pub struct ListKeyRotations;

static INCLUDE_KEY_MATERIAL: Shape = Shape::one_of(&["ALL_KEY_MATERIAL", "ROTATIONS_ONLY"]);
const PAGE: usize = 100;

/// The request.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct Input {
    include_key_material: Option<Text>,
    key_id: Required<Text>,
    limit: Option<Integer>,
    marker: Option<Text>,
}

impl Structure for Input {
    const MEMBERS: &'static [Member<Self>] = &[
        Member::optional("IncludeKeyMaterial", &INCLUDE_KEY_MATERIAL, |i| {
            i.include_key_material.value()
        }),
        Member::required("KeyId", &KEY_ID, |i| i.key_id.value()),
        Member::optional("Limit", &LIMIT, |i| i.limit.value()),
        Member::optional("Marker", &MARKER, |i| i.marker.value()),
    ];
}

/// The answer.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Output {
    rotations: Vec<RotationsListEntry>,
    #[serde(flatten)]
    rest: Rest,
}

/// One piece of key material.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct RotationsListEntry {
    key_id: String,
    key_material_id: String,
    key_material_state: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    rotation_date: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rotation_type: Option<&'static str>,
}

impl RotationsListEntry {
    fn of(key: &Key, material: &Material) -> Self {
        let is_current = key.current_material() == Some(material.id);
        Self {
            key_id: key.id.to_string(),
            key_material_id: material.id.to_string(),
            key_material_state: if is_current { "CURRENT" } else { "NON_CURRENT" },
            rotation_date: material.rotation.map(|(date, _)| Timestamp(date)),
            rotation_type: material.rotation.map(|(_, kind)| match kind {
                RotationType::Automatic => "AUTOMATIC",
                RotationType::OnDemand => "ON_DEMAND",
            }),
        }
    }
}

impl Operation for ListKeyRotations {
    const SERVICE: Service = Service::Kms;
    const NAME: &'static str = "ListKeyRotations";
    const ERRORS: &'static [Code] = &[
        Code::NotFoundException,
        Code::InvalidArnException,
        Code::InvalidMarkerException,
        Code::KmsInternalException,
        Code::KmsInvalidStateException,
        Code::UnsupportedOperationException,
    ];
    type Input = Input;
    type Output = Output;

    async fn call(ctx: &Context<'_>, input: Input) -> Result<Output, Error> {
        let key = keys::own(ctx, &input.key_id.0)?;
        key.check_rotatable()?;
        let with_first = input.include_key_material == Some(Text("ALL_KEY_MATERIAL".to_owned()));
        let query = Query::new(Self::NAME, &(ctx.caller, key.id, with_first));
        let (limit, marker) = (input.limit.as_ref(), input.marker.as_ref());
        let page = Page::new(ctx, query, limit, PAGE, marker)?;
        let after = page.after_text()?;
        let passed = after.and_then(|last| {
            let mut ids = key
                .materials()
                .iter()
                .map(|material| material.id.to_string());
            ids.position(|id| id == last)
        });
        let mut rotations: Vec<_> = key
            .materials()
            .iter()
            .skip(passed.map_or(0, |at| at + 1))
            .filter(|material| with_first || material.rotation.is_some())
            .take(page.wanted())
            .map(|material| RotationsListEntry::of(&key, material))
            .collect();
        let rest = page.cut(ctx, &mut rotations, |entry| {
            entry.key_material_id.clone().into_bytes()
        });
        Ok(Output { rotations, rest })
    }
}
