//! Secrets as texts: seeds that declare what is to be there, exports, and imports.
//!
//! A text becomes a [`tree`] in which everything knows its place, the tree becomes secrets that are [`declared`], and those are
//! [applied](apply). Whatever is wrong with a text is found before any of it is applied. A mistake never quotes a value.

mod apply;
mod declared;
mod document;
mod export;
mod fields;
mod files;
mod json;
mod mistake;
mod tree;

pub use self::apply::{Counts, Seeder};
pub use self::declared::Declared;
pub use self::document::{Source, parse, parse_line};
pub use self::export::{Exporter, Query};
pub use self::files::{Files, Seed, read};
pub use self::mistake::{Mistake, Mistakes, Place};

#[cfg(test)]
mod tests;
