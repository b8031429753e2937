//! AWS Secrets Manager on your own machine.
//!
//! Most people run the `secretstack` binary. A Rust test can start an [`Emulator`] in its own process instead, under a
//! clock of its own ([`Clock`]).
//!
//! The parts, from the inside out:
//!
//! - [`secret`]: a secret as a value with transitions; pure.
//! - [`store`]: secrets by key and revision, behind a compare-and-swap contract.
//! - [`kms`]: the simulated KMS and envelope encryption.
//! - [`auth`]: who is calling, and resource policies.
//! - [`replication`]: the worker that brings replicas up to their primaries.
//! - [`lambda`], [`rotation`]: who runs rotation functions, and the worker that performs rotations.
//! - [`trail`]: service events in CloudTrail's form.
//! - [`api`]: the operations, with their shapes, constraints and errors.
//! - `state`: all that an emulator holds, as one thing: snapshots and resetting.
//! - [`seed`]: secrets as texts: seeds, exports and imports.
//! - `protocol`: AWS JSON 1.1 and the query protocol over HTTP.
//! - `admin`: the emulator's own paths.
//! - `app`, `server`, [`cli`], [`telemetry`]: putting it together and running it.
//!
//! `ARCHITECTURE.md` says more.

mod admin;
pub mod api;
mod app;
pub mod arn;
pub mod auth;
pub mod cli;
mod clock;
pub mod config;
mod emulator;
mod entropy;
mod environment;
mod journal;
pub mod kms;
pub mod lambda;
mod protocol;
pub mod replication;
pub mod rotation;
pub mod secret;
pub mod seed;
pub mod sensitive;
mod server;
mod state;
pub mod store;
pub mod telemetry;
mod timetable;
pub mod trail;
mod turns;

pub use clock::{Clock, Mode as ClockMode, Waiting};
pub use emulator::{Builder, Emulator};
pub use entropy::Entropy;
pub use journal::Done;
pub use state::Snapshot;
