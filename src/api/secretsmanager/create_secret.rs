//! CreateSecret (fact sheet 3.1).

use serde::{Deserialize, Serialize};

use super::replicas::{
    ReplicationStatus, another_accounts_secret, replicas_of, replication_status,
};
use crate::api::Operation;
use crate::api::constraints::{Member, Present, Structure};
use crate::api::context::Context;
use crate::api::error::{Code, Error};
use crate::api::fields::{Flag, List, Object, Required, SecretBlob, SecretText, Text};
use crate::api::shapes::{self, ReplicaRegion, SecretNames, SecretValue, Tag, tags_of, token_of};
use crate::secret::id::{ArnSuffix, SecretKey, SecretName};
use crate::secret::version::VersionId;
use crate::secret::{AttributeChanges, Secret};

/// Makes a secret, with or without a value.
///
/// A repeated call with the same token and value answers as the first one did. With `CrossAccountPrimaryARN` the secret
/// waits for that primary to associate it, and has no value of its own until then.
pub struct CreateSecret;

/// The request.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct Input {
    name: Required<Text>,
    client_request_token: Option<Text>,
    description: Option<Text>,
    kms_key_id: Option<Text>,
    secret_binary: Option<SecretBlob>,
    secret_string: Option<SecretText>,
    tags: Option<List<Object<Tag>>>,
    add_replica_regions: Option<List<Object<ReplicaRegion>>>,
    force_overwrite_replica_secret: Option<Flag>,
    r#type: Option<Text>,
    #[serde(rename = "CrossAccountPrimaryARN")]
    cross_account_primary_arn: Option<Text>,
}

impl Structure for Input {
    const MEMBERS: &'static [Member<Self>] = &[
        Member::required("Name", &shapes::NAME, |i| i.name.value()),
        Member::optional("ClientRequestToken", &shapes::VERSION_ID, |i| {
            i.client_request_token.value()
        }),
        Member::optional("Description", &shapes::DESCRIPTION, |i| {
            i.description.value()
        }),
        Member::optional("KmsKeyId", &shapes::KMS_KEY_ID, |i| i.kms_key_id.value()),
        Member::optional("SecretBinary", &shapes::SECRET_BINARY, |i| {
            i.secret_binary.value()
        }),
        Member::optional("SecretString", &shapes::SECRET_STRING, |i| {
            i.secret_string.value()
        }),
        Member::optional("Tags", &shapes::TAGS, |i| i.tags.value()),
        Member::optional("AddReplicaRegions", &shapes::REPLICA_REGIONS, |i| {
            i.add_replica_regions.value()
        }),
        Member::optional("ForceOverwriteReplicaSecret", &shapes::FLAG, |i| {
            i.force_overwrite_replica_secret.value()
        }),
        Member::optional("Type", &shapes::PARTNER_TYPE, |i| i.r#type.value()),
        Member::optional("CrossAccountPrimaryARN", &shapes::SECRET_ARN, |i| {
            i.cross_account_primary_arn.value()
        }),
    ];
}

/// The answer.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Output {
    #[serde(flatten)]
    names: SecretNames,
    #[serde(skip_serializing_if = "Option::is_none")]
    version_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    replication_status: Option<Vec<ReplicationStatus>>,
}

impl Output {
    async fn of(ctx: &Context<'_>, secret: &Secret, token: &VersionId) -> Result<Self, Error> {
        Ok(Self {
            names: SecretNames::of(secret),
            version_id: secret.version(token).map(|version| version.id.to_string()),
            replication_status: replication_status(ctx, secret).await?,
        })
    }
}

impl Operation for CreateSecret {
    const NAME: &'static str = "CreateSecret";
    const ERRORS: &'static [Code] = &[
        Code::InvalidParameterException,
        Code::InvalidRequestException,
        Code::LimitExceededException,
        Code::EncryptionFailure,
        Code::ResourceExistsException,
        Code::ResourceNotFoundException,
        Code::MalformedPolicyDocumentException,
        Code::PreconditionNotMetException,
        Code::DecryptionFailure,
    ];
    type Input = Input;
    type Output = Output;

    async fn call(ctx: &Context<'_>, input: Input) -> Result<Output, Error> {
        let token = token_of(input.client_request_token.as_ref())?;
        let name = SecretName::parse(&input.name.0)?;
        let value = SecretValue::of(input.secret_string, input.secret_binary)?;
        let key = SecretKey {
            scope: ctx.caller.clone(),
            name,
        };
        if let Some(existing) = ctx.secrets().get(&key, ctx.now).await? {
            return repeat(ctx, &existing, &token, value.as_ref()).await;
        }
        let mut secret = new_secret(ctx, key, &token);
        let tags = input.tags.unwrap_or_default();
        secret.add_tags(&tags_of(&tags)?, ctx.now)?;
        let attributes = AttributeChanges {
            description: input.description.map(|text| text.0),
            kms_key_id: input.kms_key_id.map(|text| text.0),
            partner_type: input.r#type.map(|text| text.0),
        };
        secret.update_attributes(&attributes, ctx.now)?;
        let key_id = secret.attributes().kms_key_id;
        if let Some(key_id) = key_id {
            ctx.sealer().check_key(&secret, key_id, ctx.now)?;
        }
        if let Some(value) = &value {
            let sealed = ctx.seal(&secret, &token, key_id, value.as_ref())?;
            secret.put_version(&token, sealed, &[], ctx.now)?;
        }
        let overwrite = input.force_overwrite_replica_secret == Some(Flag(true));
        if let Some(regions) = input.add_replica_regions {
            secret.add_replicas(replicas_of(&secret, regions, overwrite)?)?;
        }
        if let Some(Text(arn)) = input.cross_account_primary_arn {
            let primary = another_accounts_secret(ctx, &arn)?;
            if value.is_some() || secret.replicas().next().is_some() {
                return Err(Error::CrossAccountReplicaWithContent);
            }
            secret.await_primary(primary);
        }
        match ctx.secrets().create(secret, ctx.now).await? {
            Ok(created) => Output::of(ctx, &created, &token).await,
            // Another caller was faster.
            Err(existing) => repeat(ctx, &existing, &token, value.as_ref()).await,
        }
    }
}

/// Answers a call for a name that exists: as the first call was answered, if this one repeats it.
async fn repeat(
    ctx: &Context<'_>,
    existing: &Secret,
    token: &VersionId,
    value: Option<&SecretValue>,
) -> Result<Output, Error> {
    let fingerprint = value.map(|value| ctx.sealer().fingerprint(existing, token, value.as_ref()));
    existing.check_recreation(token, fingerprint)?;
    Output::of(ctx, existing, token).await
}

fn new_secret(ctx: &Context<'_>, key: SecretKey, token: &VersionId) -> Secret {
    let identities = &ctx.services.identities;
    let suffix = ArnSuffix::draw(|bound| identities.below(bound));
    Secret::new(identities.uuid(), key, suffix, token.clone(), ctx.now)
}
