//! All integration tests in one binary, so that polars is linked once.

#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod attempt;
mod binary;
mod brief;
mod check;
mod corpus;
mod delivery;
mod determinism;
mod diff;
mod documents;
mod evaluation;
mod examples;
mod explain;
mod first;
mod hostile;
mod init;
mod knowledge;
mod mapping;
mod norms;
mod outputs;
mod packs;
mod page;
mod plan;
mod portfolio;
mod properties;
mod read;
mod real_files;
mod score;
mod scoring;
mod shortlist;
mod spark;
mod stability;
mod traps;
mod workbook;
