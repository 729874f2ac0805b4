//! `kolscore plan`: candidate files and a brief with a budget in, the best mix of KOL and KOC out, as a proposal.

use std::{
    io::Write,
    path::PathBuf,
    time::{Duration, Instant},
};

use anyhow::{Result, bail};

use super::{
    offers::Market,
    output::{OutputArgs, WidthArgs},
    planner::Planner,
    pool::{OrderArgs, PoolArgs, Ready},
    report::Ranking,
    setting::Setting,
    shortlist,
};
use crate::{
    failure::Failure,
    present::{self, Medium, color::ColorChoice, lang::Lang, plan::Plan},
    select::portfolio::solver::Effort,
};

/// Nodes of each search, so that a plan is the same on every machine.
const NODES: u64 = 20_000;

/// Arguments of `kolscore plan`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: kolscore plan -b examples/baby-food/brief.toml examples/baby-food/*.csv\n\
                        Quotas, must-have and never lists, fees, rebates and phases stand in the brief under [plan]: `kolscore list keys`.")]
pub struct Args {
    /// Candidate files (CSV, TSV, xlsx, ods, JSON); `-` is standard input
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// The brief (TOML)
    #[arg(short, long)]
    brief: PathBuf,
    /// What may be spent, in the brief's currency [default: `budget.total` of the brief]
    #[arg(long, value_name = "MONEY")]
    budget: Option<String>,
    /// Other budgets beside it: `budget=100000,200000,400000`
    #[arg(long, value_name = "budget=MONEY,…")]
    what_if: Option<String>,
    /// Stop searching after so long, with the best plan found and its gap; plans then depend on the machine
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u32).range(1..))]
    time_limit: Option<u32>,
    /// Put the creators of the plan into a shortlist
    #[arg(long, value_name = "FILE")]
    cart: Option<PathBuf>,
    #[command(flatten)]
    pool: PoolArgs,
    #[command(flatten)]
    order: OrderArgs,
    /// Output format: table, csv, tsv, json, jsonl, xlsx, html, md [default: from the file's ending, else table]
    #[arg(short, long)]
    format: Option<String>,
    #[command(flatten)]
    output: OutputArgs,
    #[command(flatten)]
    width: WidthArgs,
    /// When a table is coloured
    #[arg(long, value_enum, value_name = "WHEN", default_value_t = ColorChoice::Auto)]
    color: ColorChoice,
    /// Language of xlsx and html [default: that of the brief, else of the system]
    #[arg(long, value_enum)]
    lang: Option<Lang>,
}

/// Runs the command.
///
/// # Errors
/// A file or the brief stopped it, no plan keeps all rules (exit 1), or the arguments were wrong (exit 2).
pub fn run(args: &Args) -> Result<()> {
    let format = args.output.format(args.format.as_deref())?;
    args.output.refuse_foreign()?;
    let budgets = args.what_if.as_deref().map_or(Ok(Vec::new()), other_budgets)?;
    let plan = plan(args, &budgets)?;
    if let Some(path) = &args.cart {
        let cells: Vec<_> = plan.picks.iter().filter(|pick| !pick.row.id.is_empty()).map(|pick| shortlist::cells(&pick.row)).collect();
        shortlist::put_in(path, &cells)?;
    }
    let to_stream = args.output.output.is_none();
    let medium = if to_stream { Medium::Stream { width: args.width.columns(), color: args.color.for_stdout() } } else { Medium::File };
    args.output.write(|out| present::plan::write(&plan, format, medium, out))?;
    let mut errors = std::io::stderr().lock();
    present::write_warnings(&plan.report, false, &mut errors)?;
    if let Some(path) = &args.output.output {
        writeln!(errors, "wrote {}", path.display())?;
    }
    Ok(())
}

fn plan(args: &Args, budgets: &[f64]) -> Result<Plan> {
    let sets: Vec<String> = args.budget.iter().map(|budget| format!("budget.total={budget}")).collect();
    let ready = Ready::with(&args.pool, Some(&args.brief), &sets)?;
    let Some(budget) = ready.brief.budget.total else {
        bail!(Failure::usage("the brief names no budget").hint("write `--budget 200000`, or `total = 200_000` under [budget] in the brief"));
    };
    let mut files = ready.open(&args.files)?;
    let (norms, counted) = ready.norms(args.order.norms.as_deref(), &mut files)?;
    let setting = Setting { by: args.order.rank_by, ..ready.setting(&norms)? };
    let ranked = ready.rank(&mut files, counted, &setting, args.order.duplicates, None)?;
    let ranking = Ranking {
        files: &files,
        setting: &setting,
        ranked: &ranked,
        lang: args.lang.unwrap_or_else(|| Lang::of(ready.brief.settings.iter().map(|(_, value)| value.as_str()))),
    };
    let market = Market { files: &files, ranked: &ranked, setting: &setting, segments: setting.scorer.segments(), threads: ready.threads() };
    let effort = Effort { nodes: NODES, until: args.time_limit.map(|seconds| Instant::now() + Duration::from_secs(seconds.into())) };
    Planner { market: &market, effort, limit: args.time_limit }.plan(budget, budgets, ranking.run())
}

/// The budgets of `--what-if budget=…`.
fn other_budgets(text: &str) -> Result<Vec<f64>> {
    let hint = "write `--what-if budget=100000,200000,400000`";
    let Some(("budget", list)) = text.split_once('=') else { bail!(Failure::usage(format!("`--what-if {text}`: only the budget can vary")).hint(hint)) };
    let amount = |text: &str| text.trim().replace('_', "").parse::<f64>().ok().filter(|amount| (0.0..=1e12).contains(amount) && *amount > 0.0);
    list.split(',').map(|part| amount(part).ok_or_else(|| Failure::usage(format!("`--what-if`: `{part}` is no budget")).hint(hint).into())).collect()
}
