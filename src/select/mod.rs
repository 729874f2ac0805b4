//! Scored candidates in, a ranking out: who may be considered, who is the same, who comes first.
//!
//! ```text
//! candidate ─eligible→ kept or excluded      scored rows ─pool→ frame ─duplicates, order→ boards
//! ```

pub mod duplicates;
pub mod eligible;
pub mod key;
pub mod outlook;
pub mod pool;
pub mod portfolio;
pub mod prospect;
pub mod stability;
