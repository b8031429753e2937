//! GetRandomPassword (fact sheet 3.9).

use serde::{Deserialize, Serialize, Serializer};

use crate::api::Operation;
use crate::api::constraints::{Member, Present, Shape, Structure};
use crate::api::context::Context;
use crate::api::error::{Code, Error};
use crate::api::fields::{Flag, Long, Text};
use crate::api::shapes::FLAG;
use crate::secret::password::PasswordRules;
use crate::sensitive::Sensitive;

/// Makes a password and keeps nothing of it.
pub struct GetRandomPassword;

static LENGTH: Shape = Shape::number(1, 4096);
static EXCLUDED: Shape = Shape::text(0, 4096);
const DEFAULT_LENGTH: i64 = 32;

/// The request.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct Input {
    password_length: Option<Long>,
    exclude_characters: Option<Text>,
    exclude_numbers: Option<Flag>,
    exclude_punctuation: Option<Flag>,
    exclude_uppercase: Option<Flag>,
    exclude_lowercase: Option<Flag>,
    include_space: Option<Flag>,
    require_each_included_type: Option<Flag>,
}

impl Structure for Input {
    const MEMBERS: &'static [Member<Self>] = &[
        Member::optional("PasswordLength", &LENGTH, |i| i.password_length.value()),
        Member::optional("ExcludeCharacters", &EXCLUDED, |i| {
            i.exclude_characters.value()
        }),
        Member::optional("ExcludeNumbers", &FLAG, |i| i.exclude_numbers.value()),
        Member::optional("ExcludePunctuation", &FLAG, |i| {
            i.exclude_punctuation.value()
        }),
        Member::optional("ExcludeUppercase", &FLAG, |i| i.exclude_uppercase.value()),
        Member::optional("ExcludeLowercase", &FLAG, |i| i.exclude_lowercase.value()),
        Member::optional("IncludeSpace", &FLAG, |i| i.include_space.value()),
        Member::optional("RequireEachIncludedType", &FLAG, |i| {
            i.require_each_included_type.value()
        }),
    ];
}

/// The answer.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Output {
    #[serde(serialize_with = "exposed")]
    random_password: Sensitive<String>,
}

fn exposed<S: Serializer>(password: &Sensitive<String>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(password.expose())
}

impl Operation for GetRandomPassword {
    const NAME: &'static str = "GetRandomPassword";
    const ERRORS: &'static [Code] = &[
        Code::InvalidParameterException,
        Code::InvalidRequestException,
    ];
    type Input = Input;
    type Output = Output;

    async fn call(ctx: &Context<'_>, input: Input) -> Result<Output, Error> {
        let is_set = |flag: Option<Flag>| flag == Some(Flag(true));
        let Long(length) = input.password_length.unwrap_or(Long(DEFAULT_LENGTH));
        let rules = PasswordRules {
            // The constraint leaves 1 to 4096.
            length: usize::try_from(length).unwrap_or_default(),
            exclude_characters: input.exclude_characters.unwrap_or_default().0,
            exclude_lowercase: is_set(input.exclude_lowercase),
            exclude_uppercase: is_set(input.exclude_uppercase),
            exclude_numbers: is_set(input.exclude_numbers),
            exclude_punctuation: is_set(input.exclude_punctuation),
            include_space: is_set(input.include_space),
            require_each_type: input.require_each_included_type != Some(Flag(false)),
        };
        let random_password = rules.generate(|bound| ctx.services.passwords.below(bound))?;
        Ok(Output { random_password })
    }
}
