//! Who runs rotation functions: endpoints of the Invoke API, workers of the Runtime API, and processes that are started for it.

#![allow(
    clippy::unwrap_used,
    reason = "a test ends where something is not as it should be"
)]

mod invoke;
mod precedence;
mod process;
mod process_end;
mod runtime;
mod runtime_refusals;
mod support;
