//! Arguments in, the chosen command out.

use anyhow::Result;
use clap::{CommandFactory, Parser, Subcommand};

use crate::command::{check, diff, eval, explain, init, list, norms, plan, rank, score, shell, shortlist};

/// Turn messy exports of influencer candidates into a ranked, explained, defensible shortlist for one brand brief.
#[derive(Debug, Parser)]
#[command(name = "kolscore", version, max_term_width = 100)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Write a brief to fill in: by flags, or by questions on a terminal
    Init(Box<init::Args>),
    /// Rank candidates for a brief: one board of KOLs, one of KOCs
    Rank(Box<rank::Args>),
    /// Say what each column is taken for, and what would change a ranking silently
    Check(Box<check::Args>),
    /// Take a candidate's score apart: why it is what it is, and what would change it
    Explain(Box<explain::Args>),
    /// Freeze peer statistics, so that scores of different weeks can be compared
    Norms(norms::Args),
    /// Score candidates row by row: a filter for streams and for engines that hold the rest
    Score(Box<score::Args>),
    /// Compare two rankings: who entered, left and moved, and why
    Diff(diff::Args),
    /// Choose the best mix of KOL and KOC for a budget, with quotas and phases
    Plan(Box<plan::Args>),
    /// Measure a ranking against labels or past results, beside naive rankings
    Eval(Box<eval::Args>),
    /// Keep a selection in a file that people edit too
    Shortlist(shortlist::Args),
    /// Print what is built in: fields, categories, traits, formats, keys of a brief
    List(list::Args),
    /// Write a completion script for a shell
    Completions(shell::CompletionsArgs),
    /// Write a page of the manual
    Man(shell::ManArgs),
}

impl Cli {
    /// Runs the command.
    ///
    /// # Errors
    /// Whatever stopped it, for [`crate::failure::explain`].
    pub fn run(self) -> Result<()> {
        match self.command {
            Command::Init(args) => init::run(&args),
            Command::Rank(args) => rank::run(&args),
            Command::Check(args) => check::run(&args),
            Command::Explain(args) => explain::run(&args),
            Command::Diff(args) => diff::run(&args),
            Command::Eval(args) => eval::run(&args),
            Command::Plan(args) => plan::run(&args),
            Command::Norms(args) => norms::run(&args),
            Command::Score(args) => score::run(&args),
            Command::Shortlist(args) => shortlist::run(&args),
            Command::List(args) => list::run(&args),
            Command::Completions(args) => shell::completions(&args, Self::command()),
            Command::Man(args) => shell::man(&args, Self::command()),
        }
    }
}
