//! Candidate files and a brand brief in, ranked boards of KOLs and KOCs out.
//!
//! ```text
//! files ─read→ tables ─normalize→ candidates ─norms→ peers ─score→ scored ─select→ ranking ─present→ text, files
//! ```
//! Data flows one way. [`read`] knows encodings, containers and line numbers but no field; [`normalize`] is the only place that types a cell;
//! [`norms`] counts what is usual; [`score`] knows no file and no terminal; [`select`] cuts; [`present`] knows no frame and no formula; [`command`] only wires.
//! [`evaluate`] measures rankings against labels; [`cart`] keeps the selection, in a file that people edit too; [`changes`] compares two rankings; [`parallel`]
//! is how work is spread over threads.
//! What a user may extend is data: [`knowledge`] reads it.

pub mod brief;
pub mod cart;
pub mod changes;
pub mod cli;
pub mod command;
pub mod evaluate;
pub mod failure;
pub mod knowledge;
pub mod normalize;
pub mod norms;
pub mod parallel;
pub mod present;
pub mod random;
pub mod read;
pub mod score;
pub mod select;
