//! GetCallerIdentity (AWS STS API Reference).

use serde::{Deserialize, Serialize};

use crate::api::constraints::{Member, Structure};
use crate::api::context::Context;
use crate::api::error::{Code, Error};
use crate::api::{Operation, Service};

/// Tells a caller who it is: the root user of the account that its access key belongs to, since there are no other
/// identities here.
pub struct GetCallerIdentity;

/// The request, which has no members.
#[derive(Debug, Default, Deserialize)]
pub struct Input {}

impl Structure for Input {
    const MEMBERS: &'static [Member<Self>] = &[];
}

/// The answer.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Output {
    arn: String,
    user_id: String,
    account: String,
}

impl Operation for GetCallerIdentity {
    const SERVICE: Service = Service::Sts;
    const NAME: &'static str = "GetCallerIdentity";
    const ERRORS: &'static [Code] = &[];
    type Input = Input;
    type Output = Output;

    async fn call(ctx: &Context<'_>, _: Input) -> Result<Output, Error> {
        let account = ctx.caller.account.to_string();
        Ok(Output {
            arn: ctx.caller_arn(),
            user_id: account.clone(),
            account,
        })
    }
}
