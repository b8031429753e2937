//! Runs a history on both sides and compares what is heard and what is seen.

use std::collections::BTreeMap;
use std::fmt;

use proptest::test_runner::TestCaseError;

use crate::call::{CURRENT, Call, Id, Label, NAMES, Name, Refusal, Reply, Value, Versions, View};
use crate::history::{History, Pick, Step};
use crate::reference::{Expected, Reference, Secret};

/// Tokens from here on belong to bursts.
const FIRST_BURST_TOKEN: u32 = 1000;
/// Every value is opened once in so many steps, and at the end.
const STEPS_BETWEEN_OPENINGS: usize = 8;

/// One of the real sides.
pub(crate) trait Real {
    /// Makes a call.
    fn call(&mut self, call: &Call) -> Result<Reply, Refusal>;
    /// Looks at a secret; `None` if there is none by that name.
    fn look(&mut self, name: Name) -> Option<View>;
}

/// How often what happened.
#[derive(Default)]
pub(crate) struct Tally(BTreeMap<String, u32>);

/// What happens in few histories, and must not be absent from ten thousand: else they grew too tame to show anything.
pub(crate) const SELDOM: [&str; 12] = [
    "CreateSecret: InvalidRequestException",
    "CreateSecret: ResourceExistsException",
    "DeleteSecret: InvalidParameterException",
    "DeleteSecret: InvalidRequestException",
    "GetSecretValue: InvalidRequestException",
    "PutSecretValue: LimitExceededException",
    "PutSecretValue: ResourceExistsException",
    "UpdateSecret: LimitExceededException",
    "UpdateSecretVersionStage: InvalidParameterException",
    "UpdateSecretVersionStage: LimitExceededException",
    "UpdateSecretVersionStage: ResourceNotFoundException",
    RETENTION,
];

/// Versions were removed to make room.
const RETENTION: &str = "retention";

impl Tally {
    fn add(&mut self, event: String) {
        *self.0.entry(event).or_default() += 1;
    }

    /// How often this happened.
    pub(crate) fn count(&self, event: &str) -> u32 {
        self.0.get(event).copied().unwrap_or_default()
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0
            .iter()
            .try_for_each(|(event, count)| writeln!(f, "{count:8}  {event}"))
    }
}

/// Runs a history on the reference and on `real`; the first difference is the failure.
pub(crate) fn check(
    history: &History,
    real: &mut impl Real,
    tally: &mut Tally,
) -> Result<(), TestCaseError> {
    let mut sides = Sides {
        reference: Reference::default(),
        real,
        tally,
        next_token: FIRST_BURST_TOKEN,
    };
    for (at, step) in history.0.iter().enumerate() {
        let opens = at % STEPS_BETWEEN_OPENINGS == 0 || at + 1 == history.0.len();
        sides.run(step, opens).map_err(|difference| {
            TestCaseError::fail(format!("at step {at}, {step:?}\n{difference}"))
        })?;
    }
    Ok(())
}

/// Both sides in the middle of a history.
struct Sides<'a, R> {
    reference: Reference,
    real: &'a mut R,
    tally: &'a mut Tally,
    next_token: u32,
}

impl<R: Real> Sides<'_, R> {
    fn run(&mut self, step: &Step, opens: bool) -> Result<(), String> {
        let calls = self.calls(step);
        for call in &calls {
            self.call(call)?;
        }
        let after = |difference| format!("after {:?}\n{difference}", calls.last());
        for name in NAMES {
            self.look(name).map_err(after)?;
            if opens {
                self.open(name)?;
            }
        }
        Ok(())
    }

    /// The calls a step stands for.
    fn calls(&mut self, step: &Step) -> Vec<Call> {
        match *step {
            // A forced deletion takes some seconds (3.7), in which anything may be seen.
            Step::Call(ref call @ Call::Delete { force: true, .. }) => {
                vec![call.clone(), Call::Advance { seconds: 61 }]
            }
            Step::Call(ref call) => vec![call.clone()],
            Step::MoveLabel {
                name,
                label,
                from,
                to,
            } => {
                let (from, to) = (self.pick(name, from, label), self.pick(name, to, label));
                vec![Call::MoveLabel {
                    name,
                    label,
                    from,
                    to,
                }]
            }
            Step::Read { name, id, label } => {
                vec![Call::Read {
                    name,
                    id: self.pick(name, id, label.unwrap_or(CURRENT)),
                    label,
                }]
            }
            Step::Burst { name, puts } => {
                let tokens = self.next_token..self.next_token + puts;
                self.next_token = tokens.end;
                tokens
                    .map(|token| Call::Put {
                        name,
                        token: Id(token),
                        value: Value(0),
                        labels: None,
                    })
                    .collect()
            }
        }
    }

    /// The version that is meant, if there is one.
    fn pick(&self, name: Name, pick: Option<Pick>, label: Label) -> Option<Id> {
        let secret = self.reference.secrets.get(&name);
        match pick? {
            Pick::Holder => secret?.holder(label),
            Pick::Nth(n) => secret?.versions.keys().cycle().nth(n).copied(),
            Pick::Id(id) => Some(id),
        }
    }

    /// Makes a call on both sides and compares the outcome.
    fn call(&mut self, call: &Call) -> Result<(), String> {
        let expected = self.reference.apply(call);
        if expected == Expected::Unknown {
            return Ok(());
        }
        let actual = self.real.call(call);
        let agrees = match (&expected, &actual) {
            (Expected::Done(expected), Ok(actual)) => expected == actual,
            (Expected::Refused(reasons), Err(actual)) => {
                reasons.iter().any(|reason| allows(reason, actual))
            }
            (Expected::Unchanged, _) => true,
            _ => false,
        };
        if !agrees {
            return Err(format!(
                "{call:?}\nexpected {expected:?}\nactual   {actual:?}"
            ));
        }
        self.note(call, &actual);
        self.retire(call)
    }

    /// Lets the reference forget the versions that had to make room.
    fn retire(&mut self, call: &Call) -> Result<(), String> {
        let crowded = |name: &Name| {
            self.reference
                .secrets
                .get(name)
                .is_some_and(Secret::is_crowded)
        };
        let Some(name) = call.name().filter(crowded) else {
            return Ok(());
        };
        let seen = self
            .real
            .look(name)
            .map(|view| view.listed_with_deprecated.into_keys().collect());
        self.reference
            .retire(name, &seen.unwrap_or_default())
            .map_err(|problem| format!("{call:?}\n{problem}"))?;
        self.tally.add(RETENTION.to_owned());
        Ok(())
    }

    /// Compares what can be seen of a secret.
    fn look(&mut self, name: Name) -> Result<(), String> {
        let mut expected = self.reference.secrets.get(&name).map(Secret::view);
        let mut actual = self.real.look(name);
        if expected == actual {
            return Ok(());
        }
        if let (Some(expected), Some(actual)) = (&mut expected, &mut actual) {
            forget_common(&mut expected.described, &mut actual.described);
            forget_common(&mut expected.listed, &mut actual.listed);
            forget_common(
                &mut expected.listed_with_deprecated,
                &mut actual.listed_with_deprecated,
            );
        }
        Err(format!(
            "{name:?} is not as it should be; where it differs,\nexpected {expected:?}\nactual   {actual:?}"
        ))
    }

    /// Compares the value of every version; reading is refused while a secret is scheduled for deletion.
    fn open(&mut self, name: Name) -> Result<(), String> {
        let in_use = self
            .reference
            .secrets
            .get(&name)
            .filter(|secret| secret.deletion_date.is_none());
        let ids: Vec<Id> = in_use
            .into_iter()
            .flat_map(|secret| secret.versions.keys())
            .copied()
            .collect();
        ids.into_iter().try_for_each(|id| {
            self.call(&Call::Read {
                name,
                id: Some(id),
                label: None,
            })
        })
    }

    fn note(&mut self, call: &Call, actual: &Result<Reply, Refusal>) {
        let outcome = match actual {
            Ok(_) => "done",
            Err(refusal) => &refusal.code,
        };
        self.tally.add(format!("{}: {outcome}", call.operation()));
    }
}

/// Leaves only the versions in which two lists differ: there can be a hundred others.
fn forget_common(expected: &mut Versions, actual: &mut Versions) {
    let both = expected.clone();
    expected.retain(|id, labels| actual.get(id) != Some(labels));
    actual.retain(|id, labels| both.get(id) != Some(labels));
}

/// Is this refusal the one expected? Where no sentence is known, any will do.
fn allows(expected: &Refusal, actual: &Refusal) -> bool {
    expected.code == actual.code
        && (expected.sentence.is_none() || expected.sentence == actual.sentence)
}
