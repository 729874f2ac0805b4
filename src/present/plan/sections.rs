//! A plan in, titled tables out, each in the order in which a reader asks.

use std::borrow::Cow;

use super::{Pick, Plan};
use crate::present::{
    columns::{Value, plain},
    lang::Lang,
    table::grouped,
};

/// A titled table.
#[derive(Debug)]
pub(in crate::present) struct Section<'p> {
    /// Stable name.
    pub(in crate::present) id: &'static str,
    /// Title, in Chinese and English.
    pub(in crate::present) title: (&'static str, &'static str),
    /// What a reader should know to read it.
    pub(in crate::present) about: Vec<String>,
    pub(in crate::present) columns: Vec<Heading>,
    pub(in crate::present) rows: Vec<Vec<Value<'p>>>,
}

/// A column's name in machine formats, its title in Chinese, and whether it is shown where there is little room.
#[derive(Debug, Clone, Copy)]
pub(in crate::present) struct Heading {
    pub(in crate::present) name: &'static str,
    pub(in crate::present) zh: &'static str,
    pub(in crate::present) short: Option<&'static str>,
}

/// A column of every format.
const fn shown(name: &'static str, zh: &'static str, short: &'static str) -> Heading {
    Heading { name, zh, short: Some(short) }
}

/// A column that a table on a terminal leaves out.
const fn wide(name: &'static str, zh: &'static str) -> Heading {
    Heading { name, zh, short: None }
}

impl Heading {
    pub(in crate::present) fn title(&self, lang: Lang) -> &'static str {
        lang.pick(self.zh, self.name)
    }
}

fn text<'p>(text: impl Into<Cow<'p, str>>) -> Value<'p> {
    Value::Text(text.into())
}

/// The sections of a plan; those with nothing to say are left out.
pub(super) fn all(plan: &Plan) -> Vec<Section<'_>> {
    let sections = [creators(plan), phases(plan), calendar(plan), rules(plan), misses(plan), segments(plan), categories(plan), curve(plan)];
    sections.into_iter().filter(|section| !section.rows.is_empty()).collect()
}

/// The first lines of a plan: what it buys, for how much, and how good it is.
pub(super) fn summary(plan: &Plan) -> Vec<String> {
    let (kol, koc) = plan.creators();
    let currency = &plan.report.run.currency;
    let money = |amount: f64| grouped((amount * 100.0).round() / 100.0);
    let people = |count: f64| grouped(count.round() + 0.0);
    let per_thousand = plan.per_thousand().map_or(String::new(), |price| format!("; {} {currency} for a thousand of them", money(price)));
    let twice = plan.contacts - plan.people.mid;
    let counted =
        if twice >= 1.0 { format!("each counted once (and {} times again by another creator)", people(twice)) } else { "each counted once".to_owned() };
    let mut lines = vec![
        format!("{} creators ({kol} KOL, {koc} KOC) for {} of {} {currency}", plan.picks.len(), money(plan.spent), money(plan.budget)),
        format!("{} people of the target see a post ({}–{}), {counted}{per_thousand}", people(plan.people.mid), people(plan.people.lo), people(plan.people.hi)),
    ];
    let what = if plan.objective == "match" { "score × target reach, summed" } else { "score × target reach, each person counted once" };
    let how_good = if plan.gap() < 5e-5 {
        "no plan can be better".to_owned()
    } else {
        format!("the best plan can be at most {:.2} % better", (plan.bound / plan.value.max(f64::MIN_POSITIVE) - 1.0) * 100.0)
    };
    let searched = if plan.best { ", and the search found none" } else { "" };
    lines.push(format!("{what}: {} of at most {}: {how_good}{}", people(plan.value), people(plan.bound), if plan.gap() < 5e-5 { "" } else { searched }));
    if let Some((kol, why)) = &plan.mix {
        let spent: f64 = plan.picks.iter().filter(|pick| pick.row.kind.name() == "kol").map(|pick| pick.price).sum();
        let got = if plan.spent > 0.0 { spent / plan.spent * 100.0 } else { 0.0 };
        lines.push(format!(
            "KOL:KOC in the spend {:.0}:{:.0}; wanted {:.0}:{:.0}, give or take {:.0} points ({why})",
            got,
            100.0 - got,
            kol * 100.0,
            100.0 - kol * 100.0,
            plan.mix_tolerance * 100.0
        ));
    }
    lines.extend(plan.unspent.clone());
    lines
}

/// What stands below the tables.
pub(super) fn remarks(plan: &Plan) -> Vec<String> {
    let left: Vec<String> = plan.funnel.iter().map(|(why, count)| format!("{why} {count}")).collect();
    let mut lines = plan.notes.clone();
    if !left.is_empty() {
        lines.push(format!("not planned with: {}", left.join(", ")));
    }
    lines
}

/// The creators who are bought.
pub(super) fn creators(plan: &Plan) -> Section<'_> {
    let columns = vec![
        shown("place", "序号", "#"),
        shown("phase", "阶段", "phase"),
        wide("day", "发布日"),
        shown("kind", "类型", "kind"),
        wide("id", "达人ID"),
        shown("name", "昵称", "name"),
        shown("platform", "平台", "platform"),
        wide("category", "领域"),
        shown("tier", "量级", "tier"),
        wide("agency", "机构"),
        shown("score", "总分", "score"),
        wide("score_lo", "最低分"),
        wide("quote", "报价"),
        shown("price", "成本", "price"),
        shown("reach", "目标触达", "reach"),
        wide("reach_lo", "触达下界"),
        wide("reach_hi", "触达上界"),
        shown("cptr", "千人成本", "per 1,000"),
        shown("adds", "边际贡献", "adds"),
        wide("must", "必选"),
        shown("why", "理由", "why"),
        wide("flags", "提示"),
    ];
    let about = vec!["reach: people of the target who see the post. adds: what the plan would lose without the creator, score-weighted.".to_owned()];
    let rows = plan.picks.iter().enumerate().map(|(at, pick)| pick_values(plan, at, pick)).collect();
    Section { id: "creators", title: ("达人组合", "creators"), about, columns, rows }
}

fn pick_values<'p>(plan: &'p Plan, at: usize, pick: &'p Pick) -> Vec<Value<'p>> {
    let row = &pick.row;
    let per_thousand = if pick.reach.mid > 0.0 { Value::Money((pick.price / pick.reach.mid * 100_000.0).round() / 100.0) } else { Value::Empty };
    vec![
        Value::Rank(at + 1),
        text(plan.phases.get(pick.phase).map_or("", |phase| phase.id.as_str())),
        text(pick.day.as_str()),
        text(row.kind.name()),
        text(row.id.as_str()),
        text(if row.name.is_empty() { row.id.as_str() } else { row.name.as_str() }),
        text(row.platform.as_str()),
        text(row.category.as_str()),
        text(row.tier.as_str()),
        text(pick.agency.as_str()),
        row.score.map_or(Value::Empty, Value::Score),
        Value::Score(row.lo),
        row.price.map_or(Value::Empty, Value::Money),
        Value::Money(pick.price),
        Value::Count(pick.reach.mid.round()),
        Value::Count(pick.reach.lo.round()),
        Value::Count(pick.reach.hi.round()),
        per_thousand,
        Value::Count(pick.adds.round()),
        text(if pick.must { "must" } else { "" }),
        text(pick.why.as_str()),
        text(row.flags.join("; ")),
    ]
}

fn phases(plan: &Plan) -> Section<'_> {
    let columns = vec![
        shown("phase", "阶段", "phase"),
        shown("name", "名称", ""),
        shown("from", "开始", "from"),
        shown("to", "结束", "to"),
        shown("creators", "人数", "creators"),
        shown("spent", "花费", "spent"),
        shown("share", "占比", "share"),
        shown("wanted", "计划占比", "wanted"),
        shown("reach", "目标触达", "reach"),
        shown("why", "作用", "why"),
    ];
    let rows = plan.phases.iter().enumerate().map(|(at, phase)| {
        let members = || plan.picks.iter().filter(move |pick| pick.phase == at);
        vec![
            text(phase.id.as_str()),
            text(phase.name.as_str()),
            text(phase.days.0.as_str()),
            text(phase.days.1.as_str()),
            Value::Count(members().count() as f64),
            Value::Money(phase.spent),
            Value::Share(phase.got),
            Value::Share(phase.share),
            Value::Count(members().map(|pick| pick.reach.mid).sum::<f64>().round() + 0.0),
            text(phase.why.as_str()),
        ]
    });
    Section { id: "phases", title: ("阶段", "phases"), about: Vec::new(), columns, rows: rows.collect() }
}

fn calendar(plan: &Plan) -> Section<'_> {
    let columns = vec![shown("day", "日期", "day"), shown("phase", "阶段", "phase"), shown("creators", "人数", "creators"), shown("who", "达人", "who")];
    let mut days: Vec<(&str, usize, Vec<&str>)> = Vec::new();
    for pick in &plan.picks {
        let name = if pick.row.name.is_empty() { &pick.row.id } else { &pick.row.name };
        match days.last_mut().filter(|(day, ..)| *day == pick.day) {
            Some((_, _, names)) => names.push(name),
            None => days.push((&pick.day, pick.phase, vec![name])),
        }
    }
    let rows = days.into_iter().map(|(day, phase, names)| {
        let phase = plan.phases.get(phase).map_or("", |phase| phase.id.as_str());
        vec![text(day), text(phase), Value::Count(names.len() as f64), text(names.join(", "))]
    });
    Section { id: "calendar", title: ("排期", "calendar"), about: Vec::new(), columns, rows: rows.collect() }
}

fn rules(plan: &Plan) -> Section<'_> {
    let columns = vec![
        shown("rule", "约束", "rule"),
        shown("wanted", "要求", "wanted"),
        shown("got", "实际", "got"),
        shown("step", "放宽一步", "one step more"),
        shown("gain", "可增加", "would add"),
    ];
    let rows = plan.rules.iter().map(|rule| {
        vec![text(rule.name.as_str()), text(rule.wanted.as_str()), text(rule.got.as_str()), text(rule.step.as_str()), Value::Count(rule.gain.round())]
    });
    let about = vec!["would add: what the plan would gain if the rule were eased by one step, at least.".to_owned()];
    Section { id: "rules", title: ("约束与代价", "rules and what they cost"), about, columns, rows: rows.collect() }
}

fn misses(plan: &Plan) -> Section<'_> {
    let columns = vec![
        shown("kind", "类型", "kind"),
        wide("id", "达人ID"),
        shown("name", "昵称", "name"),
        shown("platform", "平台", "platform"),
        shown("score", "总分", "score"),
        shown("price", "成本", "price"),
        shown("instead_of", "替换", "instead of"),
        shown("change", "变化", "change"),
        shown("enters_at", "入选价", "enters at"),
    ];
    let rows = plan.misses.iter().map(|miss| {
        vec![
            text(miss.row.kind.name()),
            text(miss.row.id.as_str()),
            text(if miss.row.name.is_empty() { miss.row.id.as_str() } else { miss.row.name.as_str() }),
            text(miss.row.platform.as_str()),
            miss.row.score.map_or(Value::Empty, Value::Score),
            Value::Money(miss.price),
            miss.instead_of.as_deref().map_or(Value::Empty, text),
            Value::Count(miss.change.round()),
            miss.enters_at.map_or(Value::Empty, Value::Money),
        ]
    });
    let about = vec!["change: what the plan would be worth more or less with the swap. enters at: the price from which it would be worth it.".to_owned()];
    Section { id: "misses", title: ("差一点入选", "just missed"), about, columns, rows: rows.collect() }
}

fn segments(plan: &Plan) -> Section<'_> {
    let columns = vec![
        shown("facet", "维度", "facet"),
        shown("segment", "人群", "segment"),
        shown("people", "可触达人数", "people"),
        shown("reached", "触达人数", "reached"),
        shown("coverage", "覆盖率", "coverage"),
        shown("thin", "薄弱", ""),
    ];
    let rows = plan.segments.iter().map(|segment| {
        let coverage = if segment.people > 0.0 { Value::Share(segment.reached / segment.people) } else { Value::Empty };
        let thin = if segment.thin { "thin" } else { "" };
        vec![
            text(segment.facet),
            text(segment.label.as_str()),
            Value::Count(segment.people.round()),
            Value::Count(segment.reached.round()),
            coverage,
            text(thin),
        ]
    });
    let about = vec![
        "people: users of the plan's platforms in the target whom one topic can reach. thin: covered less than half as well as the whole target.".to_owned(),
    ];
    Section { id: "segments", title: ("人群覆盖", "who is reached"), about, columns, rows: rows.collect() }
}

fn categories(plan: &Plan) -> Section<'_> {
    let columns = vec![
        shown("category", "领域", "category"),
        shown("creators", "人数", "creators"),
        shown("spent", "花费", "spent"),
        shown("share", "占比", "share"),
        shown("wanted", "需求占比", "weight"),
        shown("thin", "薄弱", ""),
    ];
    let rows = plan.categories.iter().map(|category| {
        vec![
            text(category.name.as_str()),
            Value::Count(category.creators as f64),
            Value::Money(category.spent),
            Value::Share(category.shares.0),
            Value::Share(category.shares.1),
            text(if category.thin { "thin" } else { "" }),
        ]
    });
    Section { id: "categories", title: ("领域覆盖", "what they speak of"), about: Vec::new(), columns, rows: rows.collect() }
}

fn curve(plan: &Plan) -> Section<'_> {
    let columns = vec![
        shown("budget", "预算", "budget"),
        shown("spent", "花费", "spent"),
        shown("kol", "KOL", "KOL"),
        shown("koc", "KOC", "KOC"),
        shown("people", "目标触达", "people"),
        shown("cptr", "千人成本", "per 1,000"),
        shown("value", "目标值", "value"),
        shown("next_cptr", "新增千人成本", "next 1,000"),
        shown("gap", "差距上界", "gap"),
    ];
    let mut last: Option<(f64, f64)> = None;
    let rows = plan.curve.iter().map(|point| {
        let Some(found) = &point.found else { return vec![Value::Money(point.budget), text("no plan keeps all rules")] };
        let per_thousand = |money: f64, people: f64| if people > 0.0 { Value::Money((money / people * 100_000.0).round() / 100.0) } else { Value::Empty };
        let next = last.map_or(Value::Empty, |(spent, people)| per_thousand(found.spent - spent, found.people - people));
        last = Some((found.spent, found.people));
        vec![
            Value::Money(point.budget),
            Value::Money(found.spent),
            Value::Count(found.creators.0 as f64),
            Value::Count(found.creators.1 as f64),
            Value::Count(found.people.round()),
            per_thousand(found.spent, found.people),
            Value::Count(found.value.round()),
            next,
            Value::Share(if found.bound > 0.0 { (1.0 - found.value / found.bound).max(0.0) } else { 0.0 }),
        ]
    });
    let about = vec!["next 1,000: what a thousand more people cost, from one budget to the next.".to_owned()];
    Section { id: "what_if", title: ("预算曲线", "other budgets"), about, columns, rows: rows.collect() }
}

/// A cell for people to read.
pub(super) fn cell(value: &Value<'_>) -> String {
    match value {
        Value::Empty => String::new(),
        Value::Text(text) => text.to_string(),
        Value::Rank(rank) => rank.to_string(),
        Value::Score(score) => format!("{score:.1}"),
        Value::Share(share) if *share < 5e-6 => "0%".to_owned(),
        Value::Share(share) if *share < 0.001 => format!("{:.3}%", share * 100.0),
        Value::Share(share) if *share < 0.1 => format!("{:.1}%", share * 100.0),
        Value::Share(share) => format!("{:.0}%", share * 100.0),
        Value::Count(count) => grouped(*count),
        Value::Money(money) if *money >= 1_000.0 => grouped(money.round()),
        Value::Money(money) => plain((money * 100.0).round() / 100.0),
    }
}

/// Whether a column's cells are numbers.
pub(super) fn is_number(section: &Section<'_>, column: usize) -> bool {
    section.rows.iter().filter_map(|row| row.get(column)).any(|value| !matches!(value, Value::Text(_) | Value::Empty))
}
