//! What clients see: operations with their shapes, constraints and errors.
//!
//! An operation is a type with an input, an output and a `call`. The [`TABLE`] has a line for each; nothing else knows
//! them by name. The order in which a request is judged is in [`run`], once.

pub mod constraints;
pub mod context;
pub mod error;
pub mod fields;
pub mod json;
pub mod kms;
pub mod members;
pub mod page;
pub mod secretsmanager;
pub mod service;
pub mod shapes;
mod shown_secret;
pub mod sts;
pub mod timestamp;

use std::future::Future;
use std::pin::Pin;

use serde::de::DeserializeOwned;

use self::constraints::{MemberRules, Structure};
use self::context::Context;
use self::error::{Code, Error};
use self::json::Output;
pub use self::service::Service;
use self::{kms as k, secretsmanager as sm};

/// One operation of a service.
pub trait Operation: 'static {
    /// The service it belongs to.
    const SERVICE: Service = Service::SecretsManager;
    /// The name in the target header.
    const NAME: &'static str;
    /// The exceptions that AWS's model lists for it, besides the front end's and the internal one.
    const ERRORS: &'static [Code];
    /// What the body is read as.
    type Input: Structure + DeserializeOwned + Send;
    /// What is answered.
    type Output: Output + Send;

    /// Does it. The input keeps its constraints.
    fn call(
        ctx: &Context<'_>,
        input: Self::Input,
    ) -> impl Future<Output = Result<Self::Output, Error>> + Send;
}

/// The answer of an operation that answers nothing: a body of zero bytes (fact sheet 1.2).
#[derive(Debug)]
pub struct Empty;

/// A body to answer with, or the exception.
pub type Answer = Result<Vec<u8>, Error>;

/// An operation at work.
pub type Answering<'a> = Pin<Box<dyn Future<Output = Answer> + Send + 'a>>;

/// An operation as the table has it.
pub struct Entry {
    /// The service it belongs to.
    pub service: Service,
    /// The name in the target header, after the service's prefix and a dot.
    pub name: &'static str,
    /// See [`Operation::ERRORS`].
    pub errors: &'static [Code],
    /// The declarations of the input's members.
    pub input: fn() -> Vec<MemberRules>,
    /// Runs a request.
    pub run: for<'a> fn(&'a Context<'a>, &'a [u8]) -> Answering<'a>,
}

impl Entry {
    const fn of<O: Operation>() -> Self {
        Self {
            service: O::SERVICE,
            name: O::NAME,
            errors: O::ERRORS,
            input: O::Input::rules,
            run: |ctx, body| Box::pin(run::<O>(ctx, body)),
        }
    }
}

/// Every operation that is answered.
pub static TABLE: &[Entry] = &[
    Entry::of::<sm::associate_cross_account_replica::AssociateCrossAccountReplica>(),
    Entry::of::<sm::batch_get_secret_value::BatchGetSecretValue>(),
    Entry::of::<sm::cancel_rotate_secret::CancelRotateSecret>(),
    Entry::of::<sm::create_secret::CreateSecret>(),
    Entry::of::<sm::delete_resource_policy::DeleteResourcePolicy>(),
    Entry::of::<sm::delete_secret::DeleteSecret>(),
    Entry::of::<sm::describe_secret::DescribeSecret>(),
    Entry::of::<sm::disassociate_cross_account_replica::DisassociateCrossAccountReplica>(),
    Entry::of::<sm::get_random_password::GetRandomPassword>(),
    Entry::of::<sm::get_resource_policy::GetResourcePolicy>(),
    Entry::of::<sm::get_secret_value::GetSecretValue>(),
    Entry::of::<sm::list_resource_policies::ListResourcePolicies>(),
    Entry::of::<sm::list_secret_version_ids::ListSecretVersionIds>(),
    Entry::of::<sm::list_secrets::ListSecrets>(),
    Entry::of::<sm::put_resource_policy::PutResourcePolicy>(),
    Entry::of::<sm::put_secret_value::PutSecretValue>(),
    Entry::of::<sm::remove_regions_from_replication::RemoveRegionsFromReplication>(),
    Entry::of::<sm::replicate_secret_to_regions::ReplicateSecretToRegions>(),
    Entry::of::<sm::restore_secret::RestoreSecret>(),
    Entry::of::<sm::rotate_secret::RotateSecret>(),
    Entry::of::<sm::stop_replication_to_replica::StopReplicationToReplica>(),
    Entry::of::<sm::tag_resource::TagResource>(),
    Entry::of::<sm::untag_resource::UntagResource>(),
    Entry::of::<sm::update_secret::UpdateSecret>(),
    Entry::of::<sm::update_secret_version_stage::UpdateSecretVersionStage>(),
    Entry::of::<sm::validate_resource_policy::ValidateResourcePolicy>(),
    Entry::of::<k::cancel_key_deletion::CancelKeyDeletion>(),
    Entry::of::<k::create_alias::CreateAlias>(),
    Entry::of::<k::create_key::CreateKey>(),
    Entry::of::<k::decrypt::Decrypt>(),
    Entry::of::<k::delete_alias::DeleteAlias>(),
    Entry::of::<k::describe_key::DescribeKey>(),
    Entry::of::<k::disable_key::DisableKey>(),
    Entry::of::<k::disable_key_rotation::DisableKeyRotation>(),
    Entry::of::<k::enable_key::EnableKey>(),
    Entry::of::<k::enable_key_rotation::EnableKeyRotation>(),
    Entry::of::<k::encrypt::Encrypt>(),
    Entry::of::<k::generate_data_key::GenerateDataKey>(),
    Entry::of::<k::generate_data_key_without_plaintext::GenerateDataKeyWithoutPlaintext>(),
    Entry::of::<k::generate_random::GenerateRandom>(),
    Entry::of::<k::get_key_policy::GetKeyPolicy>(),
    Entry::of::<k::get_key_rotation_status::GetKeyRotationStatus>(),
    Entry::of::<k::list_aliases::ListAliases>(),
    Entry::of::<k::list_key_policies::ListKeyPolicies>(),
    Entry::of::<k::list_key_rotations::ListKeyRotations>(),
    Entry::of::<k::list_keys::ListKeys>(),
    Entry::of::<k::list_resource_tags::ListResourceTags>(),
    Entry::of::<k::put_key_policy::PutKeyPolicy>(),
    Entry::of::<k::re_encrypt::ReEncrypt>(),
    Entry::of::<k::rotate_key_on_demand::RotateKeyOnDemand>(),
    Entry::of::<k::schedule_key_deletion::ScheduleKeyDeletion>(),
    Entry::of::<k::tag_resource::TagResource>(),
    Entry::of::<k::untag_resource::UntagResource>(),
    Entry::of::<k::update_alias::UpdateAlias>(),
    Entry::of::<k::update_key_description::UpdateKeyDescription>(),
    Entry::of::<sts::get_caller_identity::GetCallerIdentity>(),
];

/// The operation of a service by its name.
pub fn find(service: Service, name: &str) -> Result<&'static Entry, Error> {
    let named = |entry: &&Entry| entry.service == service && entry.name == name;
    match TABLE.iter().find(named) {
        Some(entry) => Ok(entry),
        None if service == Service::Kms => Err(k::refusal_of(name)),
        None => Err(Error::UnknownOperation),
    }
}

/// Judges and answers a request, in AWS's order (fact sheet 1.6): JSON shape, constraints, and then what the operation
/// itself checks.
async fn run<O: Operation>(ctx: &Context<'_>, body: &[u8]) -> Answer {
    let input: O::Input = json::decode(body)?;
    constraints::check(&input)?;
    let called = O::call(ctx, input).await;
    let output = called
        .map_err(|error| O::SERVICE.as_its_own(error))
        .inspect_err(|error| {
            debug_assert!(
                is_declared::<O>(error.code()),
                "{} does not declare {:?}",
                O::NAME,
                error.code()
            );
        })?;
    json::encode(&output).map_err(|error| O::SERVICE.as_its_own(error))
}

fn is_declared<O: Operation>(code: Code) -> bool {
    O::SERVICE.errors_of_any().contains(&code) || O::ERRORS.contains(&code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_operation_answers_only_what_its_model_lists_and_what_any_may() {
        type Describe = sm::describe_secret::DescribeSecret;
        assert!(is_declared::<Describe>(Code::ResourceNotFoundException));
        assert!(is_declared::<Describe>(Code::ValidationException));
        assert!(!is_declared::<Describe>(Code::LimitExceededException));
    }
}
