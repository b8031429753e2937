//! Resource policies: their grammar, and whether one opens a secret to everybody.

mod document;
mod public;

pub use self::document::{Malformed, Policy};
