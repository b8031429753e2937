//! Who is calling, and what resource policies say.

pub mod credentials;
pub mod policy;
