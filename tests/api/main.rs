//! Every operation over HTTP, one file each, and what they share: the protocol and the ways to name a secret.
//!
//! These tests were written from the facts about AWS alone. Each names the fact it shows.

#![allow(
    clippy::unwrap_used,
    reason = "a test ends where something is not as it should be"
)]

#[path = "../support/mod.rs"]
mod support;

mod associate_cross_account_replica;
mod batch_get_secret_value;
mod cancel_rotate_secret;
mod create_secret;
mod customer_keys;
mod customer_keys_accounts;
mod customer_keys_replicas;
mod customer_keys_unusable;
mod customer_keys_update;
mod customer_keys_update_refused;
mod delete_resource_policy;
mod delete_secret;
mod describe_secret;
mod disassociate_cross_account_replica;
mod get_random_password;
mod get_resource_policy;
mod get_secret_value;
mod kms;
mod list_resource_policies;
mod list_secret_version_ids;
mod list_secrets;
mod list_secrets_filters;
mod list_secrets_pages;
mod list_secrets_words;
mod order_of_checks;
mod protocol;
mod put_resource_policy;
mod put_secret_value;
mod remove_regions_from_replication;
mod replicate_secret_to_regions;
mod replication;
mod replication_follows;
mod replication_force;
mod replication_replica;
mod restore_secret;
mod rotate_secret;
mod rotate_secret_expressions;
mod rotate_secret_failures;
mod rotate_secret_order;
mod rotate_secret_refused;
mod rotate_secret_schedule;
mod rotate_secret_steps;
mod rotate_secret_test;
mod rotation;
mod rotations_admin;
mod secret_id;
mod stop_replication_to_replica;
mod sts;
mod tag_resource;
mod untag_resource;
mod update_secret;
mod update_secret_version_stage;
mod validate_resource_policy;
mod validation;
