//! A plan in, a proposal out: one model, cut into titled tables that every format walks.

use std::io::Write;

use anyhow::Result;

mod json;
mod page;
mod sections;
mod text;
mod workbook;

use super::{
    Format, Medium, delimited,
    report::{Report, Row},
};
pub(super) use sections::Section;

/// A plan with everything that a reader may ask of it.
#[derive(Debug)]
pub struct Plan {
    /// What was run on what; its boards are empty.
    pub report: Report,
    /// What is maximised: `reach` or `match`.
    pub objective: &'static str,
    /// Money, in the budget's currency.
    pub budget: f64,
    /// What the plan costs.
    pub spent: f64,
    /// What is maximised: score × target reach, of which `reach` counts each person once.
    pub value: f64,
    /// What no plan can be worth more than.
    pub bound: f64,
    /// Whether a search over all that could be better went to its end.
    pub best: bool,
    /// People of the target who see a post, each counted once.
    pub people: People,
    /// The same with everybody counted for each creator who reaches them.
    pub contacts: f64,
    /// KOL's part of the spend that the aim or the brief asks for, and who says so.
    pub mix: Option<(f64, String)>,
    /// How far the mix may be from that, 0 to 1.
    pub mix_tolerance: f64,
    /// The creators, in the order in which they publish.
    pub picks: Vec<Pick>,
    /// The phases, in their order.
    pub phases: Vec<Phase>,
    /// What was kept, and what a little more room would be worth.
    pub rules: Vec<Rule>,
    /// Who comes nearest to being bought.
    pub misses: Vec<Miss>,
    /// How well each segment of the target is covered.
    pub segments: Vec<Segment>,
    /// How well each category of the brief is.
    pub categories: Vec<Category>,
    /// What became of the candidates who are not planned with.
    pub funnel: Vec<(String, u64)>,
    /// Why much of the budget is not spent, where it is not.
    pub unspent: Option<String>,
    /// What else a reader should know.
    pub notes: Vec<String>,
    /// Other budgets, where they were asked for.
    pub curve: Vec<Point>,
}

/// People, with the least and most that they could be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct People {
    /// Least.
    pub lo: f64,
    /// Expected.
    pub mid: f64,
    /// Most.
    pub hi: f64,
}

/// A creator who is bought.
#[derive(Debug)]
pub struct Pick {
    /// As a ranking shows it.
    pub row: Row,
    /// Agency; empty where none is named.
    pub agency: String,
    /// Whether the brief says that it must be in.
    pub must: bool,
    /// What it costs, fee and rebate included.
    pub price: f64,
    /// People of the target who see its post.
    pub reach: People,
    /// What the plan would lose without it, in what is maximised.
    pub adds: f64,
    /// Position of its phase.
    pub phase: usize,
    /// Its day.
    pub day: String,
    /// What speaks for it, in a few words.
    pub why: String,
}

/// A phase of the campaign.
#[derive(Debug)]
pub struct Phase {
    /// `preheat`, `ignite` or `spread`.
    pub id: String,
    /// Chinese name.
    pub name: String,
    /// First and last day.
    pub days: (String, String),
    /// Part of the spend that it should have.
    pub share: f64,
    /// Part that it has.
    pub got: f64,
    /// What it costs.
    pub spent: f64,
    /// What it is for.
    pub why: String,
}

/// A rule, what it came to, and what a little more room would be worth.
#[derive(Debug)]
pub struct Rule {
    /// As the brief names it.
    pub name: String,
    /// What must hold.
    pub wanted: String,
    /// What holds.
    pub got: String,
    /// The little more room.
    pub step: String,
    /// What the plan would gain by it, in what is maximised: at least so much.
    pub gain: f64,
}

/// Somebody who just missed the plan.
#[derive(Debug)]
pub struct Miss {
    /// As a ranking shows it.
    pub row: Row,
    /// What it costs.
    pub price: f64,
    /// Whom it would best stand in for; `None` where it would come on top.
    pub instead_of: Option<String>,
    /// By how much what is maximised would change.
    pub change: f64,
    /// The price from which it would be in; `None` where the price is not what keeps it out.
    pub enters_at: Option<f64>,
}

/// A segment of the target.
#[derive(Debug)]
pub struct Segment {
    /// The facet, such as `age`.
    pub facet: &'static str,
    /// The bin, such as `25-34`.
    pub label: String,
    /// People in it on the platforms of the plan whom the topic can reach.
    pub people: f64,
    /// Those who are reached, each counted once.
    pub reached: f64,
    /// Whether it is covered much less than the target as a whole.
    pub thin: bool,
}

/// A category that the brief asks for.
#[derive(Debug)]
pub struct Category {
    /// Its path.
    pub name: String,
    /// Creators who speak of it most.
    pub creators: usize,
    /// What they cost.
    pub spent: f64,
    /// Their part of the spend, beside the part that the category has among the brief's weights.
    pub shares: (f64, f64),
    /// Whether it has much less than its weight asks for.
    pub thin: bool,
}

/// The best plan for another budget.
#[derive(Debug)]
pub struct Point {
    /// Money.
    pub budget: f64,
    /// What was found; `None` where no plan keeps all rules.
    pub found: Option<PointPlan>,
}

/// What a budget buys.
#[derive(Debug)]
pub struct PointPlan {
    /// What it costs.
    pub spent: f64,
    /// Creators, KOL and KOC.
    pub creators: (usize, usize),
    /// People of the target, each counted once.
    pub people: f64,
    /// What is maximised.
    pub value: f64,
    /// What no plan is worth more than.
    pub bound: f64,
}

impl Plan {
    /// By how much the plan may be short of the best, 0 to 1.
    #[must_use]
    pub fn gap(&self) -> f64 {
        if self.bound > 0.0 { (1.0 - self.value / self.bound).max(0.0) } else { 0.0 }
    }

    /// The price of a thousand people of the target; `None` where nobody is reached.
    #[must_use]
    pub fn per_thousand(&self) -> Option<f64> {
        (self.people.mid > 0.0).then(|| self.spent / self.people.mid * 1000.0)
    }

    /// Creators of each kind: KOL, KOC.
    #[must_use]
    pub fn creators(&self) -> (usize, usize) {
        let kol = self.picks.iter().filter(|pick| pick.row.kind == crate::normalize::candidate::Kind::Kol).count();
        (kol, self.picks.len() - kol)
    }
}

/// Writes a plan in a format.
///
/// # Errors
/// The output is gone, or the format cannot hold the plan.
pub fn write(plan: &Plan, format: &Format, medium: Medium, out: &mut dyn Write) -> Result<()> {
    match format.name {
        "csv" => delimited::write_section(&sections::creators(plan), medium, b',', out),
        "tsv" => delimited::write_section(&sections::creators(plan), medium, b'\t', out),
        "json" => json::write(plan, out),
        "jsonl" => json::write_lines(plan, out),
        "xlsx" => workbook::write(plan, out),
        "html" => page::write(plan, out),
        "md" => text::write_markdown(plan, out),
        _ => text::write(plan, medium, out),
    }
}
