//! Section 3.9: which characters a password is drawn from, which must be in it, and how long it is.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::support::{Answer, Server};

const LOWERCASE: &str = "abcdefghijklmnopqrstuvwxyz";
const UPPERCASE: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const NUMBERS: &str = "0123456789";
const PUNCTUATION: &str = r##"!"#$%&'()*+,-./:;<=>?@[\]^_`{|}~"##;

/// Each class of characters with the switch that leaves it out.
const CLASSES: [(&str, &str); 4] = [
    ("ExcludeLowercase", LOWERCASE),
    ("ExcludeUppercase", UPPERCASE),
    ("ExcludeNumbers", NUMBERS),
    ("ExcludePunctuation", PUNCTUATION),
];

/// AWS's sentence for a password shorter than the number of types it must contain. Nobody knows whether it ends in a
/// full stop.
const TOO_SHORT: &str = "Password length is too short based on the required types";
/// AWS's sentence for a required type of which `ExcludeCharacters` leaves nothing.
const TYPE_EXCLUDED: &str = "All characters of the desired type have been excluded";
/// AWS's sentence for nothing to draw from.
const ALL_EXCLUDED: &str = "All characters have been excluded from selection";

/// One position of the six switches.
#[derive(Debug, Clone, Copy)]
struct Switches(u8);

impl Switches {
    /// All 64 positions.
    fn all() -> impl Iterator<Item = Self> {
        (0..64).map(Self)
    }

    fn is_on(self, number: usize) -> bool {
        (self.0 >> number) & 1 == 1
    }

    fn include_space(self) -> bool {
        self.is_on(4)
    }

    fn require_each_included_type(self) -> bool {
        self.is_on(5)
    }

    /// The request that sets every switch to this position.
    fn request(self) -> Value {
        let mut body = json!({
            "IncludeSpace": self.include_space(),
            "RequireEachIncludedType": self.require_each_included_type(),
        });
        for (number, (switch, _)) in CLASSES.into_iter().enumerate() {
            body[switch] = json!(self.is_on(number));
        }
        body
    }

    /// The classes that are not switched off.
    fn classes(self) -> Vec<&'static str> {
        CLASSES
            .into_iter()
            .enumerate()
            .filter(|(number, _)| !self.is_on(*number))
            .map(|(_, (_, class))| class)
            .collect()
    }

    /// Every character a password may have.
    fn pool(self) -> BTreeSet<char> {
        let space = if self.include_space() { " " } else { "" };
        self.classes()
            .into_iter()
            .chain([space])
            .flat_map(str::chars)
            .collect()
    }
}

/// Draws a password.
async fn password(server: &Server, body: Value) -> String {
    let answer = server.ok("GetRandomPassword", body).await;
    answer["RandomPassword"]
        .as_str()
        .expect("RandomPassword is a string")
        .to_owned()
}

/// How many characters a password has.
fn length(password: &str) -> usize {
    password.chars().count()
}

/// Whether a password has a character of a class.
fn has_one_of(password: &str, class: &str) -> bool {
    password.chars().any(|character| class.contains(character))
}

/// Asserts that the answer is the refusal of a length, with or without a full stop.
#[track_caller]
fn assert_too_short(answer: &Answer, what: &str) {
    assert_eq!(answer.status, 400, "{what}: {}", answer.text);
    let body = answer.json();
    assert_eq!(body["__type"], "InvalidParameterException", "{what}");
    let message = body["Message"].as_str().expect("Message is a string");
    assert_eq!(message.trim_end_matches('.'), TOO_SHORT, "{what}");
}

/// Fact 3.9: Response `RandomPassword`.
/// Fact 3.9: `PasswordLength`: 32
#[tokio::test]
async fn answer_is_a_password_of_32_characters() {
    let server = Server::start().await;
    let answer = server.ok("GetRandomPassword", json!({})).await;
    assert_eq!(answer.as_object().map(serde_json::Map::len), Some(1));
    let password = answer["RandomPassword"]
        .as_str()
        .expect("RandomPassword is a string");
    assert_eq!(length(password), 32);
}

/// Fact 3.9: Response `RandomPassword`. (each is another)
#[tokio::test]
async fn every_password_is_another() {
    let server = Server::start().await;
    let mut passwords = BTreeSet::new();
    for _ in 0..50 {
        passwords.insert(password(&server, json!({})).await);
    }
    assert_eq!(passwords.len(), 50);
}

/// Fact 3.9: `ExcludeNumbers`, `ExcludePunctuation`, `ExcludeUppercase`, `ExcludeLowercase`, `IncludeSpace`: false
/// Fact 3.9: `RequireEachIncludedType`: **true**
#[tokio::test]
async fn password_has_each_type_and_no_space_unless_told_otherwise() {
    let server = Server::start().await;
    for _ in 0..100 {
        let password = password(&server, json!({"PasswordLength": 4})).await;
        for (_, class) in CLASSES {
            assert!(has_one_of(&password, class), "{password:?}");
        }
    }
    let long = password(&server, json!({"PasswordLength": 4096})).await;
    assert_eq!(
        long.chars().collect::<BTreeSet<_>>(),
        Switches(0).pool(),
        "a password of 4096 characters has each of 94 characters"
    );
}

/// Fact 3.9: Punctuation set, 32 characters
#[tokio::test]
async fn punctuation_is_a_set_of_32_characters() {
    let server = Server::start().await;
    let long = password(
        &server,
        json!({
            "PasswordLength": 4096, "ExcludeLowercase": true, "ExcludeUppercase": true, "ExcludeNumbers": true,
        }),
    )
    .await;
    let found: BTreeSet<char> = long.chars().collect();
    assert_eq!(found.len(), 32);
    assert_eq!(found, PUNCTUATION.chars().collect());
}

/// Fact 3.9: `ExcludeNumbers`, `ExcludePunctuation`, `ExcludeUppercase`, `ExcludeLowercase`, `IncludeSpace`
/// (all positions of the six switches: a long password has every character it may have and no other)
#[tokio::test]
async fn long_password_has_exactly_the_characters_the_switches_allow() {
    let server = Server::start().await;
    for switches in Switches::all() {
        let mut body = switches.request();
        body["PasswordLength"] = json!(4096);
        if switches.pool().is_empty() {
            continue;
        }
        let password = password(&server, body).await;
        assert_eq!(length(&password), 4096, "{switches:?}");
        assert_eq!(
            password.chars().collect::<BTreeSet<_>>(),
            switches.pool(),
            "{switches:?}"
        );
    }
}

/// Fact 3.9: `RequireEachIncludedType`: **true** (all positions of the six switches: a password as short as may be has
/// one character of each class)
#[tokio::test]
async fn shortest_password_has_one_character_of_each_required_class() {
    let server = Server::start().await;
    for switches in Switches::all() {
        let classes = switches.classes();
        if classes.is_empty() || !switches.require_each_included_type() {
            continue;
        }
        for _ in 0..5 {
            let mut body = switches.request();
            body["PasswordLength"] = json!(classes.len());
            let password = password(&server, body).await;
            assert_eq!(length(&password), classes.len(), "{switches:?}");
            for class in &classes {
                assert!(
                    has_one_of(&password, class),
                    "{switches:?} gave {password:?}"
                );
            }
        }
    }
}

/// Fact 3.9: `RequireEachIncludedType` (all positions of the six switches: without it, one character is enough)
#[tokio::test]
async fn password_of_one_character_requires_no_type() {
    let server = Server::start().await;
    for switches in Switches::all() {
        if switches.pool().is_empty() || switches.require_each_included_type() {
            continue;
        }
        let mut body = switches.request();
        body["PasswordLength"] = json!(1);
        let password = password(&server, body).await;
        assert_eq!(length(&password), 1, "{switches:?}");
        assert!(
            password
                .chars()
                .all(|character| switches.pool().contains(&character)),
            "{switches:?} gave {password:?}"
        );
    }
}

/// Fact 3.9: length < number of required classes (classes not switched off) → `InvalidParameterException`
/// (all positions of the six switches)
#[tokio::test]
async fn password_shorter_than_its_required_types_is_refused() {
    let server = Server::start().await;
    for switches in Switches::all() {
        if !switches.require_each_included_type() {
            continue;
        }
        for length in 1..switches.classes().len() {
            let mut body = switches.request();
            body["PasswordLength"] = json!(length);
            let answer = server.call("GetRandomPassword", body).await;
            assert_too_short(&answer, &format!("{switches:?} with length {length}"));
        }
    }
}

/// Fact 3.9: nothing left to draw from (all positions of the six switches)
#[tokio::test]
async fn no_class_and_no_space_leave_nothing_to_draw_from() {
    let server = Server::start().await;
    let mut refused = 0;
    for switches in Switches::all() {
        if !switches.pool().is_empty() {
            continue;
        }
        refused += 1;
        server
            .call("GetRandomPassword", switches.request())
            .await
            .assert_service_error("InvalidParameterException", ALL_EXCLUDED);
    }
    assert_eq!(refused, 2);
}

/// Fact 3.9: nothing left to draw from (because `ExcludeCharacters` names it all)
#[tokio::test]
async fn excluded_characters_may_leave_nothing_to_draw_from() {
    let server = Server::start().await;
    let everything = [LOWERCASE, UPPERCASE, NUMBERS, PUNCTUATION].concat();
    server
        .call(
            "GetRandomPassword",
            json!({"ExcludeCharacters": everything, "RequireEachIncludedType": false}),
        )
        .await
        .assert_service_error("InvalidParameterException", ALL_EXCLUDED);
    let with_space = format!("{everything} ");
    server
        .call(
            "GetRandomPassword",
            json!({
                "ExcludeCharacters": with_space, "RequireEachIncludedType": false, "IncludeSpace": true,
            }),
        )
        .await
        .assert_service_error("InvalidParameterException", ALL_EXCLUDED);
}

/// Fact 3.9: a required class emptied by `ExcludeCharacters` while RequireEachIncludedType
#[tokio::test]
async fn required_class_without_characters_is_refused() {
    let server = Server::start().await;
    for (_, class) in CLASSES {
        let reversed: String = class.chars().rev().collect();
        for body in [
            json!({"ExcludeCharacters": class}),
            json!({"ExcludeCharacters": reversed, "RequireEachIncludedType": true}),
            json!({"ExcludeCharacters": class, "PasswordLength": 4096, "IncludeSpace": true}),
        ] {
            server
                .call("GetRandomPassword", body)
                .await
                .assert_service_error("InvalidParameterException", TYPE_EXCLUDED);
        }
    }
}

/// Fact 3.9: With RequireEachIncludedType=false an emptied class is fine.
#[tokio::test]
async fn class_without_characters_is_fine_when_no_type_is_required() {
    let server = Server::start().await;
    for (_, class) in CLASSES {
        let long = password(
            &server,
            json!({"ExcludeCharacters": class, "RequireEachIncludedType": false, "PasswordLength": 4096}),
        )
        .await;
        let expected: BTreeSet<char> = Switches(0)
            .pool()
            .into_iter()
            .filter(|character| !class.contains(*character))
            .collect();
        assert_eq!(long.chars().collect::<BTreeSet<_>>(), expected);
    }
}

/// Fact 3.9: a required class emptied by `ExcludeCharacters` (a class that is switched off is not required)
#[tokio::test]
async fn class_without_characters_is_fine_when_it_is_switched_off() {
    let server = Server::start().await;
    for (switch, class) in CLASSES {
        let drawn = password(&server, json!({"ExcludeCharacters": class, switch: true})).await;
        assert_eq!(length(&drawn), 32);
        assert!(!has_one_of(&drawn, class), "{drawn:?}");
    }
}

/// Fact 3.9: a required class emptied by `ExcludeCharacters` (one character left is enough)
#[tokio::test]
async fn class_with_one_character_left_is_not_empty() {
    let server = Server::start().await;
    for (_, class) in CLASSES {
        let last = class.chars().last().expect("the class has characters");
        let others: String = class
            .chars()
            .filter(|character| *character != last)
            .collect();
        let drawn = password(
            &server,
            json!({"ExcludeCharacters": others, "PasswordLength": 4}),
        )
        .await;
        assert_eq!(drawn.matches(last).count(), 1, "{drawn:?}");
        assert!(!has_one_of(&drawn, &others), "{drawn:?}");
    }
}

/// Fact 3.9: `ExcludeCharacters`: "" ; len 0..4096
#[tokio::test]
async fn excluded_characters_never_appear() {
    let server = Server::start().await;
    for excluded in ["", "a", "aaa", "abcXYZ019!~`\"\\", "\u{e9}\u{1f511}"] {
        let long = password(
            &server,
            json!({"ExcludeCharacters": excluded, "PasswordLength": 4096}),
        )
        .await;
        let expected: BTreeSet<char> = Switches(0)
            .pool()
            .into_iter()
            .filter(|character| !excluded.contains(*character))
            .collect();
        assert_eq!(
            long.chars().collect::<BTreeSet<_>>(),
            expected,
            "{excluded}"
        );
    }
}

/// Fact 3.9: `ExcludeCharacters` (also the space, which is no type that could be required)
#[tokio::test]
async fn space_may_be_excluded_although_it_is_included() {
    let server = Server::start().await;
    let long = password(
        &server,
        json!({"ExcludeCharacters": " ", "IncludeSpace": true, "PasswordLength": 4096}),
    )
    .await;
    assert_eq!(long.chars().collect::<BTreeSet<_>>(), Switches(0).pool());
}

/// Fact 3.9: Space is admitted but never *required* by RequireEachIncludedType.
#[tokio::test]
async fn space_is_admitted_but_never_required() {
    let server = Server::start().await;
    for _ in 0..50 {
        let short = password(&server, json!({"IncludeSpace": true, "PasswordLength": 4})).await;
        assert!(!short.contains(' '), "{short:?}");
    }
    let long = password(
        &server,
        json!({"IncludeSpace": true, "PasswordLength": 4096}),
    )
    .await;
    assert!(long.contains(' '));
}

/// Fact 3.9: `PasswordLength`: range 1..4096
#[tokio::test]
async fn password_has_the_length_that_was_asked_for() {
    let server = Server::start().await;
    for asked in [4, 5, 31, 32, 33, 100, 4095, 4096] {
        let drawn = password(&server, json!({"PasswordLength": asked})).await;
        assert_eq!(length(&drawn), asked);
    }
    for asked in [1, 2, 3] {
        let drawn = password(
            &server,
            json!({"PasswordLength": asked, "RequireEachIncludedType": false}),
        )
        .await;
        assert_eq!(length(&drawn), asked);
    }
}

/// Fact 3.9: length 0 or > 4096: ValidationException rows 4/5, path `passwordLength`
#[tokio::test]
async fn length_outside_1_to_4096_is_refused() {
    let server = Server::start().await;
    for (asked, constraint) in [
        (0_i64, "greater than or equal to 1"),
        (-1, "greater than or equal to 1"),
        (i64::MIN, "greater than or equal to 1"),
        (4097, "less than or equal to 4096"),
        (4_294_967_296, "less than or equal to 4096"),
        (i64::MAX, "less than or equal to 4096"),
    ] {
        server
            .call("GetRandomPassword", json!({"PasswordLength": asked}))
            .await
            .assert_framework_error(
                "ValidationException",
                &format!(
                    "1 validation error detected: Value '{asked}' at 'passwordLength' failed to satisfy \
                     constraint: Member must have value {constraint}"
                ),
            );
    }
}

/// Fact 3.9: `ExcludeCharacters`: len 0..4096
#[tokio::test]
async fn more_than_4096_excluded_characters_are_refused() {
    let server = Server::start().await;
    password(&server, json!({"ExcludeCharacters": "a".repeat(4096)})).await;
    let excluded = "a".repeat(4097);
    server
        .call("GetRandomPassword", json!({"ExcludeCharacters": excluded}))
        .await
        .assert_framework_error(
            "ValidationException",
            &format!(
                "1 validation error detected: Value '{excluded}' at 'excludeCharacters' failed to satisfy \
                 constraint: Member must have length less than or equal to 4096"
            ),
        );
}
