//! The words a history is told in: calls, what a caller hears back, and what can be seen of a secret.
//!
//! Names, tokens and values are small numbers, so that a shrunk history reads `put(a, v3, x1)`; `Display` gives
//! the form the wire wants. The reference and both drivers speak only these types, which keeps the reference
//! free of anything it could borrow from the implementation.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// A staging label. All labels used here are known beforehand.
pub(crate) type Label = &'static str;

/// The label of the version a secret is read by.
pub(crate) const CURRENT: Label = "AWSCURRENT";
/// The label of the version AWSCURRENT last left.
pub(crate) const PREVIOUS: Label = "AWSPREVIOUS";
/// The label a rotation works under.
pub(crate) const PENDING: Label = "AWSPENDING";

/// All labels there are here: the three above, two custom ones (V6: `AWS` does not reserve a label), and more than the
/// quota allows.
pub(crate) const LABELS: [Label; 25] = [
    CURRENT,
    PREVIOUS,
    PENDING,
    "blue",
    "AWSSOMETHING",
    "l0",
    "l1",
    "l2",
    "l3",
    "l4",
    "l5",
    "l6",
    "l7",
    "l8",
    "l9",
    "l10",
    "l11",
    "l12",
    "l13",
    "l14",
    "l15",
    "l16",
    "l17",
    "l18",
    "l19",
];

/// The label a driver was told in writing.
pub(crate) fn label(text: &str) -> Label {
    LABELS
        .into_iter()
        .find(|label| *label == text)
        .unwrap_or_else(|| panic!("no label {text} was ever given"))
}

/// The name of a secret: `a`, `b`, `c`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Name(pub(crate) u8);

/// All names there are here.
pub(crate) const NAMES: [Name; 3] = [Name(0), Name(1), Name(2)];

/// A ClientRequestToken, and so the id of a version.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Id(pub(crate) u32);

/// A secret value.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Value(pub(crate) u8);

/// One call, with everything it needs spelled out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Call {
    Create {
        name: Name,
        token: Id,
        value: Option<Value>,
    },
    Put {
        name: Name,
        token: Id,
        value: Value,
        labels: Option<Vec<Label>>,
    },
    Update {
        name: Name,
        token: Id,
        value: Option<Value>,
    },
    MoveLabel {
        name: Name,
        label: Label,
        from: Option<Id>,
        to: Option<Id>,
    },
    Delete {
        name: Name,
        window: Option<i64>,
        force: bool,
    },
    Restore {
        name: Name,
    },
    Read {
        name: Name,
        id: Option<Id>,
        label: Option<Label>,
    },
    Advance {
        seconds: i64,
    },
}

/// What a successful call tells; a member is absent where the call does not speak of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Reply {
    /// The version made, found again, or read.
    pub(crate) version: Option<Id>,
    /// The labels on that version now.
    pub(crate) labels: Option<BTreeSet<Label>>,
    /// What the version opens to.
    pub(crate) value: Option<Value>,
    /// When a deleted secret will be gone, in seconds since the history began.
    pub(crate) deletion_date: Option<i64>,
}

/// All that can be seen of a secret without opening a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct View {
    /// Is it scheduled for deletion?
    pub(crate) is_deleted: bool,
    /// What DescribeSecret shows.
    pub(crate) described: Versions,
    /// What ListSecretVersionIds lists.
    pub(crate) listed: Versions,
    /// What it lists with IncludeDeprecated.
    pub(crate) listed_with_deprecated: Versions,
}

/// Versions and their labels.
pub(crate) type Versions = BTreeMap<Id, BTreeSet<Label>>;

/// Why a call was refused: the code, and the sentence where one is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) code: String,
    pub(crate) sentence: Option<String>,
}

impl Refusal {
    /// A refusal whose wording is not known, or does not matter.
    pub(crate) fn new(code: &str) -> Self {
        Self {
            code: code.to_owned(),
            sentence: None,
        }
    }

    /// A refusal in these words. The ARN of the secret, which differs from run to run, is written `{ARN}`.
    pub(crate) fn saying(code: &str, sentence: impl Into<String>) -> Self {
        Self {
            code: code.to_owned(),
            sentence: Some(sentence.into()),
        }
    }
}

impl Call {
    /// The secret it is about.
    pub(crate) fn name(&self) -> Option<Name> {
        match *self {
            Self::Create { name, .. }
            | Self::Put { name, .. }
            | Self::Update { name, .. }
            | Self::MoveLabel { name, .. }
            | Self::Delete { name, .. }
            | Self::Restore { name }
            | Self::Read { name, .. } => Some(name),
            Self::Advance { .. } => None,
        }
    }

    /// The operation's name.
    pub(crate) fn operation(&self) -> &'static str {
        match self {
            Self::Create { .. } => "CreateSecret",
            Self::Put { .. } => "PutSecretValue",
            Self::Update { .. } => "UpdateSecret",
            Self::MoveLabel { .. } => "UpdateSecretVersionStage",
            Self::Delete { .. } => "DeleteSecret",
            Self::Restore { .. } => "RestoreSecret",
            Self::Read { .. } => "GetSecretValue",
            Self::Advance { .. } => "advance",
        }
    }
}

impl Id {
    /// Reads what `Display` wrote.
    pub(crate) fn parse(text: &str) -> Self {
        let number = text
            .rsplit('-')
            .next()
            .and_then(|number| number.parse().ok());
        Self(number.unwrap_or_else(|| panic!("no version {text} was ever made")))
    }
}

impl Value {
    /// Reads what `Display` wrote.
    pub(crate) fn parse(text: &str) -> Self {
        let number = text
            .strip_prefix("value ")
            .and_then(|number| number.parse().ok());
        Self(number.unwrap_or_else(|| panic!("no value {text} was ever given")))
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "model/{}", char::from(b'a' + self.0))
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", char::from(b'a' + self.0))
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "00000000-0000-4000-8000-{:012}", self.0)
    }
}

impl fmt::Debug for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "v{}", self.0)
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "value {}", self.0)
    }
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "x{}", self.0)
    }
}
