//! Tables in, candidates out: the only place that knows what a header or a cell means.
//!
//! ```text
//! headers ─plan→ columns (field, unit, scope)      record + columns ─row→ candidate + rejects
//! ```

pub mod address;
pub mod bin;
pub mod candidate;
pub mod cell;
pub mod date;
pub mod decide;
mod distribution;
pub mod field;
pub mod figure;
pub mod fold;
pub mod list;
pub mod plan;
pub mod plausible;
pub mod profile;
pub mod reject;
pub mod row;
pub mod shares;
pub mod target;
