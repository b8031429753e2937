//! What few secrets have. It is kept apart from a secret, which is smaller by it.

use std::ops::Deref;

use super::deletion::Deletion;
use super::replication::{Origin, Replica};
use super::rotation::Rotation;

/// The fields that few secrets have. Each has a value of its own for a secret that lacks it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fields {
    pub(super) deletion: Deletion,
    /// The KMS key as the caller named it; `None` for the account's default key.
    pub(super) kms_key_id: Option<Box<str>>,
    /// A managed external secret's partner type.
    pub(super) partner_type: Option<Box<str>>,
    pub(super) policy: Option<Box<str>>,
    pub(super) rotation: Option<Box<Rotation>>,
    pub(super) origin: Origin,
    pub(super) replicas: Vec<Replica>,
}

/// The fields of a secret that has nothing of all this.
static NONE: Fields = Fields::NONE;

impl Fields {
    const NONE: Self = Self {
        deletion: Deletion::None,
        kms_key_id: None,
        partner_type: None,
        policy: None,
        rotation: None,
        origin: Origin::Own,
        replicas: Vec::new(),
    };
}

/// A secret's [`Fields`]: nothing, if the secret has none of them. So equal fields are equal here.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Extras(Option<Box<Fields>>);

impl Extras {
    /// Changes fields.
    pub(super) fn change<T>(&mut self, change: impl FnOnce(&mut Fields) -> T) -> T {
        let mut fields = self.0.take().unwrap_or_else(|| Box::new(Fields::NONE));
        let outcome = change(&mut fields);
        self.0 = Some(fields).filter(|fields| **fields != NONE);
        outcome
    }

    /// The rotation, to be changed; it is there for good.
    pub(super) fn rotation_mut(&mut self) -> Option<&mut Rotation> {
        self.0.as_mut()?.rotation.as_deref_mut()
    }
}

impl Deref for Extras {
    type Target = Fields;

    fn deref(&self) -> &Fields {
        self.0.as_deref().unwrap_or(&NONE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_that_are_cleared_again_leave_nothing() {
        let mut extras = Extras::default();
        extras.change(|fields| fields.policy = Some("{}".into()));
        assert_eq!(extras.policy.as_deref(), Some("{}"));
        assert_ne!(extras, Extras::default());
        extras.change(|fields| fields.policy = None);
        assert!(extras.0.is_none());
        assert_eq!(*extras, NONE);
    }
}
