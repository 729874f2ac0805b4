//! `kolscore shortlist`: ranked candidates in, a cart out that people edit too; and what is in it.

use std::{
    io::{IsTerminal, Write},
    path::{Path, PathBuf},
};

use anyhow::{Result, bail};
use clap::{Subcommand, ValueEnum};

use super::{
    extra::ExtraColumns,
    output::{OutputArgs, WidthArgs},
    pool::{OrderArgs, PoolArgs, Ready},
    report::{Ranking, Shown},
    setting::Setting,
    wanted::{self, Found},
};
use crate::{
    cart::{Cart, Held, OURS, STATUS, amount},
    failure::{Failure, did_you_mean},
    normalize::candidate::Kind,
    present::{self, cart::Group, lang::Lang, report::Row},
};

/// Arguments of `kolscore shortlist`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example: kolscore shortlist add --top 5 -b examples/baby-food/brief.toml examples/baby-food/*.csv\n         kolscore shortlist list --by platform\n\
                  Columns of your own, and `status`, `owner`, `quote` and `notes`, are never written by a refresh."
)]
pub struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Add candidates, or renew the figures of those who are there
    Add(Box<AddArgs>),
    /// Take candidates out
    Remove {
        /// Ids, or names that only one has
        #[arg(required = true, value_name = "ID")]
        who: Vec<String>,
        #[command(flatten)]
        cart: CartArgs,
    },
    /// Show who is in it, with totals
    List {
        /// Group the candidates
        #[arg(long, value_enum)]
        by: Option<By>,
        #[command(flatten)]
        cart: CartArgs,
        #[command(flatten)]
        width: WidthArgs,
    },
    /// Take everybody out
    Clear {
        /// Do not ask
        #[arg(long)]
        yes: bool,
        #[command(flatten)]
        cart: CartArgs,
    },
    /// Write it as CSV or JSON, with every column
    Export {
        /// Only candidates of these states
        #[arg(long, value_name = "STATUS,…", value_delimiter = ',')]
        status: Vec<String>,
        /// Output format
        #[arg(short, long, value_enum, default_value_t = Format::Csv)]
        format: Format,
        #[command(flatten)]
        cart: CartArgs,
        #[command(flatten)]
        output: OutputArgs,
    },
}

#[derive(Debug, clap::Args)]
struct CartArgs {
    /// The file that holds the shortlist
    #[arg(long, value_name = "FILE", default_value = "shortlist.csv")]
    cart: PathBuf,
}

#[derive(Debug, clap::Args)]
struct AddArgs {
    /// Ids (or names that only one candidate has), and the candidate files; what is no file is an id
    #[arg(required = true, value_name = "ID|FILE")]
    arguments: Vec<String>,
    /// The brief (TOML)
    #[arg(short, long)]
    brief: PathBuf,
    /// The first candidates of each board
    #[arg(short = 'n', long, value_parser = clap::value_parser!(u32).range(1..))]
    top: Option<u32>,
    /// Candidates for whom this holds, such as `score>=60` or `platform=小红书`; several must all hold
    #[arg(long = "where", value_name = "COLUMN OP VALUE")]
    conditions: Vec<String>,
    #[command(flatten)]
    cart: CartArgs,
    #[command(flatten)]
    pool: PoolArgs,
    #[command(flatten)]
    order: OrderArgs,
}

/// What candidates are grouped by.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum By {
    Category,
    Kind,
    Owner,
    Platform,
    Status,
    Tier,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Comma-separated, safe for spreadsheets
    Csv,
    /// A list of objects
    Json,
}

/// Runs the command.
///
/// # Errors
/// A file or the brief stopped it (exit 1), or the arguments were wrong (exit 2).
pub fn run(args: &Args) -> Result<()> {
    match &args.action {
        Action::Add(args) => add(args),
        Action::Remove { who, cart } => remove(who, cart),
        Action::List { by, cart, width } => list(*by, cart, width),
        Action::Clear { yes, cart } => clear(*yes, cart),
        Action::Export { status, format, cart, output } => export(status, *format, cart, output),
    }
}

fn add(args: &AddArgs) -> Result<()> {
    let (files, who) = wanted::divided(&args.arguments)?;
    let conditions = args.conditions.iter().map(|text| Condition::parse(text)).collect::<Result<Vec<_>>>()?;
    if files.is_empty() {
        bail!(Failure::usage("no candidate file is named").hint("write `kolscore shortlist add ID FILE -b BRIEF`"));
    }
    if who.is_empty() && args.top.is_none() && conditions.is_empty() {
        bail!(Failure::usage("nobody is named").hint("name ids, or say `--top 10` or `--where 'score>=60'`"));
    }
    let ready = Ready::new(&args.pool, Some(&args.brief))?;
    let mut files = ready.open(&files)?;
    let (norms, counted) = ready.norms(args.order.norms.as_deref(), &mut files)?;
    let setting = Setting { by: args.order.rank_by, ..ready.setting(&norms)? };
    let ranked = ready.rank(&mut files, counted, &setting, args.order.duplicates, None)?;
    let mut ids = Vec::new();
    for name in &who {
        match wanted::found(name, &files, &ranked, &setting, ready.threads())? {
            Found::Ranked(at) => ids.extend(ranked.placed[at].identity.clone()),
            Found::Excluded(at) => {
                let exclusion = &ranked.scan.excluded[at].exclusion;
                bail!(
                    Failure::new(format!("{name} is not ranked: `{}` excludes it: {}", exclusion.rule, exclusion.detail))
                        .hint("change the brief's rule to take it in")
                );
            }
        }
    }
    let extra = ExtraColumns::new(&[], false, &files)?;
    let ranking = Ranking { files: &files, setting: &setting, ranked: &ranked, lang: Lang::En };
    let top = args.top.filter(|_| who.is_empty() && conditions.is_empty()).map_or(usize::MAX, |top| top as usize);
    let shown = Shown { kinds: &Kind::ALL, top, cut: top, threads: ready.threads(), excluded: false, reasons: true, digests: false, extra: &extra };
    let report = ranking.report(&shown)?;
    let mut chosen = Vec::new();
    let within = |row: &Row| args.top.is_none_or(|top| row.rank.is_some_and(|rank| rank <= top as usize));
    for row in report.boards.iter().flat_map(|board| &board.candidates) {
        let named = ids.iter().any(|identity| identity.split('\u{1f}').next() == Some(row.id.as_str()));
        let by_rule = (args.top.is_some() || !conditions.is_empty()) && within(row) && conditions.iter().all(|condition| condition.holds(&cells(row)));
        if (named || by_rule) && !row.id.is_empty() {
            chosen.push(cells(row));
        }
    }
    if chosen.is_empty() {
        bail!(Failure::new("nobody is added: no ranked candidate with an id fits").hint("`kolscore rank` with the same files shows who is ranked"));
    }
    put_in(&args.cart.cart, &chosen)
}

/// Puts candidates into a cart, by their cells, and says what that did.
pub(super) fn put_in(path: &Path, chosen: &[[String; OURS.len()]]) -> Result<()> {
    let held = Held::wait_for(path)?;
    let mut cart = held.read()?;
    let added = cart.add(chosen);
    held.write(&cart)?;
    let mut errors = std::io::stderr().lock();
    added.conflicts.iter().try_for_each(|conflict| writeln!(errors, "conflict: {conflict}"))?;
    writeln!(errors, "{}: {} added, {} renewed, {} in all", path.display(), added.new, added.refreshed, cart.rows().len())?;
    Ok(())
}

/// The cells of [`OURS`].
pub(super) fn cells(row: &Row) -> [String; OURS.len()] {
    let reach = row.why.as_ref().and_then(|why| why.reach).filter(|reach| *reach > 0.0);
    let number = |value: Option<f64>, decimals: usize| value.map_or(String::new(), |value| format!("{value:.decimals$}"));
    let money = |value: Option<f64>| value.map_or(String::new(), |value| number(Some(value), if value.fract() == 0.0 { 0 } else { 2 }));
    [
        row.kind.name().to_owned(),
        row.id.clone(),
        row.name.clone(),
        row.platform.clone(),
        row.url.clone(),
        row.category.clone(),
        row.tier.clone(),
        number(row.score, 4),
        number(Some(row.lo), 4),
        number(Some(row.coverage), 4),
        number(row.followers, 0),
        money(row.price),
        number(reach, 0),
        money(row.price.zip(reach).map(|(price, reach)| (price / reach * 100_000.0).round() / 100.0)),
        row.flags.join("; "),
    ]
}

/// Whether an order is the one that a sign asks for.
type Sign = fn(std::cmp::Ordering) -> bool;

/// `score>=60`: a column of the cart, and what must be true of it.
struct Condition {
    column: usize,
    sign: Sign,
    value: String,
}

impl Condition {
    fn parse(text: &str) -> Result<Self> {
        let signs: [(&str, Sign); 6] =
            [(">=", |o| o.is_ge()), ("<=", |o| o.is_le()), ("!=", |o| o.is_ne()), (">", |o| o.is_gt()), ("<", |o| o.is_lt()), ("=", |o| o.is_eq())];
        let Some((name, sign, value)) =
            signs.iter().find_map(|(text_of, sign)| text.split_once(text_of).map(|(name, value)| (name.trim(), *sign, value.trim())))
        else {
            bail!(Failure::usage(format!("`--where {text}` compares nothing")).hint("write a column, a sign and a value: `score>=60`, `platform=小红书`"));
        };
        let Some(column) = OURS.iter().position(|own| *own == name) else {
            let close = did_you_mean(name, OURS).map_or(String::new(), |close| format!("did you mean `{close}`? "));
            bail!(Failure::usage(format!("`--where`: no column is called `{name}`")).hint(format!("{close}columns are {}", OURS.join(", "))));
        };
        Ok(Self { column, sign, value: value.to_owned() })
    }

    /// What is unknown fits no condition.
    fn holds(&self, cells: &[String; OURS.len()]) -> bool {
        let cell = &cells[self.column];
        let order = match (amount(cell), amount(&self.value)) {
            (Some(own), Some(wanted)) => own.total_cmp(&wanted),
            _ => cell.as_str().cmp(&self.value),
        };
        !cell.is_empty() && (self.sign)(order)
    }
}

fn remove(who: &[String], args: &CartArgs) -> Result<()> {
    let held = Held::wait_for(&args.cart)?;
    let mut cart = held.read()?;
    let missing = cart.remove(who);
    if !missing.is_empty() {
        bail!(
            Failure::new(format!("not in `{}`, or not the only one of that name: {}", args.cart.display(), missing.join(", ")))
                .hint("`kolscore shortlist list` shows ids; nobody was taken out")
        );
    }
    held.write(&cart)?;
    writeln!(std::io::stderr().lock(), "{}: {} taken out, {} left", args.cart.display(), who.len(), cart.rows().len())?;
    Ok(())
}

/// The cart that must exist.
fn existing(args: &CartArgs) -> Result<Cart> {
    if !args.cart.exists() {
        bail!(Failure::new(format!("`{}` does not exist", args.cart.display())).hint("`kolscore shortlist add` makes it; `--cart FILE` names another one"));
    }
    Cart::read(&args.cart)
}

fn list(by: Option<By>, args: &CartArgs, width: &WidthArgs) -> Result<()> {
    let cart = existing(args)?;
    let header = by.map(|by| match by {
        By::Category => "category",
        By::Kind => "kind",
        By::Owner => "owner",
        By::Platform => "platform",
        By::Status => "status",
        By::Tier => "tier",
    });
    let mut groups: Vec<Group<'_>> = Vec::new();
    for row in cart.rows() {
        let name = header.map_or("", |header| cart.cell(row, header));
        match groups.iter_mut().find(|group| group.name == name) {
            Some(group) => group.rows.push(row),
            None => groups.push(Group { name, rows: vec![row] }),
        }
    }
    groups.sort_by_key(|group| group.name);
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    present::cart::write(&cart, &groups, width.columns().max(60), &mut out)?;
    Ok(out.flush()?)
}

fn clear(yes: bool, args: &CartArgs) -> Result<()> {
    let held = Held::wait_for(&args.cart)?;
    let mut cart = held.read()?;
    if !yes {
        let question = format!("take {} candidates out of `{}`?", cart.rows().len(), args.cart.display());
        if !std::io::stdin().is_terminal() {
            bail!(Failure::usage(question).hint("say `--yes` where nobody can be asked"));
        }
        write!(std::io::stderr().lock(), "{question} [y/N] ")?;
        let mut answer = String::new();
        std::io::stdin().read_line(&mut answer)?;
        if !["y", "yes", "是"].contains(&answer.trim().to_lowercase().as_str()) {
            return Ok(());
        }
    }
    let count = cart.rows().len();
    cart.clear();
    held.write(&cart)?;
    writeln!(std::io::stderr().lock(), "{}: {count} taken out", args.cart.display())?;
    Ok(())
}

fn export(status: &[String], format: Format, args: &CartArgs, output: &OutputArgs) -> Result<()> {
    let mut cart = existing(args)?;
    // People may have states of their own; one that is neither theirs nor ours is a typing mistake.
    let known: Vec<&str> = STATUS.into_iter().chain(cart.rows().iter().map(|row| cart.cell(row, "status"))).collect();
    if let Some(unknown) = status.iter().find(|status| !known.contains(&status.as_str())) {
        let close = did_you_mean(unknown, STATUS).map_or(String::new(), |close| format!("did you mean `{close}`? "));
        bail!(Failure::usage(format!("`--status {unknown}`: nobody has this status")).hint(format!("{close}usual ones are {}", STATUS.join(", "))));
    }
    cart.keep(|cart, row| status.is_empty() || status.iter().any(|status| status == cart.cell(row, "status")));
    output.write(|out| match format {
        Format::Csv => cart.write_csv(out),
        Format::Json => present::cart::write_json(&cart, out),
    })
}
