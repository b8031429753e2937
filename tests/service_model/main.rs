//! Our declarations and our answers against AWS's service model.

#![allow(
    clippy::unwrap_used,
    reason = "a test ends where something is not as it should be"
)]

#[path = "../support/mod.rs"]
mod support;

mod boundaries;
mod declarations;
