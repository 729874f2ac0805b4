//! One file a command: its arguments and the order in which it calls the rooms. Nothing is computed here.

pub mod check;
pub mod diff;
pub mod eval;
pub mod explain;
pub mod init;
pub mod list;
pub mod norms;
pub mod plan;
pub mod rank;
pub mod score;
pub mod shell;

mod calendar;
mod checkup;
mod details;
mod evidence;
mod explained;
mod extra;
mod flags;
mod inputs;
mod join;
mod lock;
mod offers;
mod output;
mod planned;
mod planner;
mod pool;
mod progress;
mod report;
mod scan;
mod scoring;
mod setting;
pub mod shortlist;
mod sights;
mod wanted;
mod why;
