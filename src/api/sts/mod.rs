//! What is answered of STS.

pub mod get_caller_identity;
