//! Random histories.

use std::fmt;

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use crate::call::{CURRENT, Call, Id, LABELS, Label, NAMES, Name, PENDING, PREVIOUS, Value};

/// The steps of a history.
#[derive(Clone)]
pub(crate) struct History(pub(crate) Vec<Step>);

/// What happens between two looks at the secrets. The calls it stands for are made up when its turn comes.
#[derive(Clone)]
pub(crate) enum Step {
    /// One call.
    Call(Call),
    /// UpdateSecretVersionStage.
    MoveLabel {
        name: Name,
        label: Label,
        from: Option<Pick>,
        to: Option<Pick>,
    },
    /// GetSecretValue.
    Read {
        name: Name,
        id: Option<Pick>,
        label: Option<Label>,
    },
    /// So many PutSecretValue calls in a row, each with a token never seen before: the way to the version quota.
    Burst { name: Name, puts: u32 },
}

/// A version chosen when its turn comes, as chance alone would seldom name one that exists.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Pick {
    /// The version that holds the label in question.
    Holder,
    /// The n-th version there is, counted over and over.
    Nth(usize),
    /// This id, whether there is such a version or not.
    Id(Id),
}

impl fmt::Debug for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Call(call) => write!(f, "{call:?}"),
            Self::MoveLabel {
                name,
                label,
                from,
                to,
            } => {
                write!(
                    f,
                    "MoveLabel {{ name: {name:?}, label: {label:?}, from: {from:?}, to: {to:?} }}"
                )
            }
            Self::Read { name, id, label } => {
                write!(f, "Read {{ name: {name:?}, id: {id:?}, label: {label:?} }}")
            }
            Self::Burst { name, puts } => write!(f, "Burst {{ name: {name:?}, puts: {puts} }}"),
        }
    }
}

impl fmt::Debug for History {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0
            .iter()
            .enumerate()
            .try_for_each(|(at, step)| writeln!(f, "{at:3}  {step:?}"))
    }
}

/// A history of up to 25 steps. It begins with a secret, and with this probability also with nearly as many versions of
/// it as there can be.
pub(crate) fn any(crowded: f64) -> impl Strategy<Value = History> {
    let name = Name(0);
    let create = (tokens(), option::weighted(0.8, values()))
        .prop_map(move |(token, value)| Step::Call(Call::Create { name, token, value }));
    let crowd = (90..=99_u32).prop_map(move |puts| Step::Burst { name, puts });
    (
        create,
        option::weighted(crowded, crowd),
        vec(steps(), 0..24),
    )
        .prop_map(|(create, crowd, rest)| {
            History([create].into_iter().chain(crowd).chain(rest).collect())
        })
}

fn steps() -> impl Strategy<Value = Step> {
    let call = prop_oneof![
        5 => (select(&NAMES[..]), tokens(), option::weighted(0.7, values()))
            .prop_map(|(name, token, value)| Call::Create { name, token, value }),
        14 => (names(), tokens(), values(), label_sets())
            .prop_map(|(name, token, value, labels)| Call::Put { name, token, value, labels }),
        7 => (names(), tokens(), option::weighted(0.7, values()))
            .prop_map(|(name, token, value)| Call::Update { name, token, value }),
        1 => (names(), windows(), prop::bool::weighted(0.3))
            .prop_map(|(name, window, force)| Call::Delete { name, window, force }),
        3 => names().prop_map(|name| Call::Restore { name }),
        5 => advances().prop_map(|seconds| Call::Advance { seconds }),
    ];
    let label = || select(&LABELS[..6]);
    prop_oneof![
        80 => call.prop_map(Step::Call),
        32 => (names(), label(), option::weighted(0.8, picks(3)), option::weighted(0.8, picks(1)))
            .prop_map(|(name, label, from, to)| Step::MoveLabel { name, label, from, to }),
        10 => (names(), option::of(picks(1)), option::of(label()))
            .prop_map(|(name, id, label)| Step::Read { name, id, label }),
        1 => (30..=60_u32).prop_map(|puts| Step::Burst { name: Name(0), puts }),
    ]
}

/// Mostly one secret, so that it lives through something.
fn names() -> impl Strategy<Value = Name> {
    prop_oneof![8 => Just(0), 1 => Just(1), 1 => Just(2)].prop_map(Name)
}

/// Tokens are often reused.
fn tokens() -> impl Strategy<Value = Id> {
    prop_oneof![3 => 0..5_u32, 1 => 5..40_u32].prop_map(Id)
}

/// Versions to move labels between and to read; a label is best taken from its holder.
fn picks(holders: u32) -> impl Strategy<Value = Pick> {
    prop_oneof![holders => Just(Pick::Holder), 3 => (0..6_usize).prop_map(Pick::Nth), 1 => tokens().prop_map(Pick::Id)]
}

fn values() -> impl Strategy<Value = Value> {
    (0..3_u8).prop_map(Value)
}

/// `VersionStages`: absent, a few, or so many that two such versions exceed the quota of 20.
fn label_sets() -> impl Strategy<Value = Option<Vec<Label>>> {
    let few = subsequence(
        vec![CURRENT, PREVIOUS, PENDING, "blue", "AWSSOMETHING"],
        1..=3,
    );
    let many =
        (0..=5_usize, 12..=20_usize).prop_map(|(first, count)| LABELS[first..][..count].to_vec());
    prop_oneof![9 => Just(None), 7 => few.prop_map(Some), 2 => many.prop_map(Some)]
}

fn windows() -> impl Strategy<Value = Option<i64>> {
    option::weighted(
        0.6,
        prop_oneof![8 => 7..=30_i64, 1 => Just(6), 1 => Just(31)],
    )
}

/// A minute to 40 days, and a second: so no two moments of a history are a whole number of minutes apart, and nothing
/// depends on what is still or already so in the very instant a day or a recovery window ends.
fn advances() -> impl Strategy<Value = i64> {
    prop_oneof![
        1..=90_i64,
        (1..=60_i64).prop_map(|hours| hours * 60),
        (1..=40_i64).prop_map(|days| days * 24 * 60)
    ]
    .prop_map(|minutes| minutes * 60 + 1)
}
