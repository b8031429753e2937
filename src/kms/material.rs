//! A key's material: what encrypts. It does not leave this part of the program.

use std::fmt;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::cipher::Cipher;
use crate::entropy::Entropy;
use crate::sensitive::Sensitive;

/// The id of one piece of key material, printed as 64 hexadecimal digits (fact sheet 6.5).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MaterialId([u8; 32]);

impl fmt::Display for MaterialId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// How material came to replace older material.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RotationType {
    /// By the schedule.
    Automatic,
    /// By RotateKeyOnDemand.
    OnDemand,
}

/// One piece of key material.
#[derive(Debug, Clone)]
pub struct Material {
    /// Its id.
    pub id: MaterialId,
    /// The rotation that made it; `None` for the material the key was created with.
    pub rotation: Option<(DateTime<Utc>, RotationType)>,
    pub(super) cipher: Arc<Cipher>,
}

impl Material {
    /// New material.
    pub(super) fn draw(entropy: &Entropy, rotation: Option<(DateTime<Utc>, RotationType)>) -> Self {
        Self {
            id: MaterialId(entropy.bytes()),
            rotation,
            cipher: Arc::new(Cipher::new(&Sensitive::new(entropy.bytes()))),
        }
    }
}
