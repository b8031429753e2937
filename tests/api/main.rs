//! Every operation over HTTP, one file each, and what they share: the protocol and the ways to name a secret.
//!
//! These tests were written from the facts about AWS alone. Each names the fact it shows.

#[path = "../support/mod.rs"]
mod support;

mod batch_get_secret_value;
mod create_secret;
mod describe_secret;
mod get_secret_value;
mod put_secret_value;
mod secret_id;
mod update_secret;
mod update_secret_version_stage;
