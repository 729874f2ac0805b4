//! A plan in, titled tables out, each in the order in which a reader asks.

use std::borrow::Cow;

use super::{Pick, Plan};
use crate::{
    normalize::candidate::Kind,
    present::{
        columns::{Value, plain},
        lang::Lang,
        table::grouped,
    },
    score::DIMENSIONS,
};

/// A smaller gap is rounding.
const CERTAIN: f64 = 5e-5;

/// A titled table.
#[derive(Debug)]
pub(in crate::present) struct Section<'p> {
    /// Stable name.
    pub(in crate::present) id: &'static str,
    /// Title, in Chinese and English.
    pub(in crate::present) title: (&'static str, &'static str),
    /// What a reader should know to read it, in Chinese and English.
    pub(in crate::present) about: &'static [(&'static str, &'static str)],
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
pub(super) fn summary(plan: &Plan, lang: Lang) -> Vec<String> {
    let (kol, koc) = plan.creators();
    let currency = &plan.report.run.currency;
    let money = |amount: f64| grouped((amount * 100.0).round() / 100.0);
    let people = |count: f64| grouped(count.round() + 0.0);
    let (spent, budget, count) = (money(plan.spent), money(plan.budget), plan.picks.len());
    let (mid, lo, hi) = (people(plan.people.mid), people(plan.people.lo), people(plan.people.hi));
    let again = Some(plan.contacts - plan.people.mid).filter(|again| *again >= 1.0).map(people);
    let cost = plan.per_thousand().map(money);
    let mut lines = vec![
        lang.pick(
            format!("{count} 位达人（KOL {kol}，KOC {koc}），花费 {spent} / 预算 {budget} {currency}"),
            format!("{count} creators ({kol} KOL, {koc} KOC) for {spent} of {budget} {currency}"),
        ),
        lang.pick(
            format!(
                "触达目标人群 {mid} 人（{lo}–{hi}），每人只计一次{}{}",
                again.as_ref().map_or(String::new(), |again| format!("（另有 {again} 人次为重复触达）")),
                cost.as_ref().map_or(String::new(), |cost| format!("；千人成本 {cost} {currency}"))
            ),
            format!(
                "{mid} people of the target see a post ({lo}–{hi}), each counted once{}{}",
                again.as_ref().map_or(String::new(), |again| format!(" (and {again} times again by another creator)")),
                cost.as_ref().map_or(String::new(), |cost| format!("; {cost} {currency} for a thousand of them"))
            ),
        ),
        how_good(plan, lang),
    ];
    if let Some((wanted, why)) = &plan.mix {
        let spent: f64 = plan.picks.iter().filter(|pick| pick.row.kind == Kind::Kol).map(|pick| pick.price).sum();
        let got = if plan.spent > 0.0 { spent / plan.spent * 100.0 } else { 0.0 };
        let ratio = |kol: f64| format!("{kol:.0}:{:.0}", 100.0 - kol);
        let (got, wanted, points) = (ratio(got), ratio(wanted * 100.0), plan.mix_tolerance * 100.0);
        lines.push(lang.pick(
            format!("KOL:KOC 花费占比 {got}；要求 {wanted}，上下浮动 {points:.0} 个百分点（{why}）"),
            format!("KOL:KOC in the spend {got}; wanted {wanted}, give or take {points:.0} points ({why})"),
        ));
    }
    lines.extend(plan.unspent.clone());
    lines
}

/// What is maximised, and how far the plan may be from the best.
fn how_good(plan: &Plan, lang: Lang) -> String {
    let people = |count: f64| grouped(count.round() + 0.0);
    let (value, bound) = (people(plan.value), people(plan.bound));
    let what = match plan.objective {
        "match" => lang.pick("得分 × 目标触达之和", "score × target reach, summed"),
        _ => lang.pick("得分 × 目标触达（去重）", "score × target reach, each person counted once"),
    };
    if plan.gap() < CERTAIN {
        return lang.pick(format!("{what}：{value}，没有更优的方案"), format!("{what}: {value} of at most {bound}: no plan can be better"));
    }
    let more = (plan.bound / plan.value.max(f64::MIN_POSITIVE) - 1.0) * 100.0;
    let searched = if plan.best { lang.pick("，且搜索未找到更优者", ", and the search found none") } else { "" };
    lang.pick(
        format!("{what}：{value}，上界 {bound}；最优方案至多再好 {more:.2}%{searched}"),
        format!("{what}: {value} of at most {bound}: the best plan can be at most {more:.2} % better{searched}"),
    )
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
    let about = &[(
        "目标触达：看到该笔记的目标人群人数。边际贡献：去掉该达人后方案损失的加权触达。",
        "reach: people of the target who see the post. adds: what the plan would lose without the creator, score-weighted.",
    )];
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
    Section { id: "phases", title: ("阶段", "phases"), about: &[], columns, rows: rows.collect() }
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
    Section { id: "calendar", title: ("排期", "calendar"), about: &[], columns, rows: rows.collect() }
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
    let about =
        &[("可增加：约束放宽一步后，方案至少还能增加的加权触达。", "would add: what the plan would gain if the rule were eased by one step, at least.")];
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
    let about = &[(
        "变化：替换后方案的增减。入选价：降到这个价格就值得替换。",
        "change: what the plan would be worth more or less with the swap. enters at: the price from which it would be worth it.",
    )];
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
    let about = &[(
        "可触达人数：方案所在平台的目标人群中，单个话题能触达的用户。薄弱：覆盖率不到整体的一半。",
        "people: users of the plan's platforms in the target whom one topic can reach. thin: covered less than half as well as the whole target.",
    )];
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
    Section { id: "categories", title: ("领域覆盖", "what they speak of"), about: &[], columns, rows: rows.collect() }
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
        let Some(found) = &point.found else { return vec![Value::Money(point.budget), text("no plan")] };
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
    let about = &[("新增千人成本：预算增加后，每多触达一千人的花费。", "next 1,000: what a thousand more people cost, from one budget to the next.")];
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

/// A cell for people who read a language: phases, dimensions and reasons have names in Chinese.
pub(super) fn cell_in(plan: &Plan, heading: &Heading, value: &Value<'_>, lang: Lang) -> String {
    let shown = cell(value);
    match heading.name {
        _ if lang == Lang::En => shown,
        "phase" => plan.phases.iter().find(|phase| phase.id == shown).map_or(shown, |phase| phase.name.clone()),
        "why" => match plan.phases.iter().find(|phase| phase.why == shown) {
            Some(phase) => phase.why_zh.clone(),
            None => DIMENSIONS.iter().fold(shown, |shown, dimension| shown.replace(dimension.name, dimension.zh)),
        },
        _ => shown,
    }
}

/// Whether a column's cells are numbers.
pub(super) fn is_number(section: &Section<'_>, column: usize) -> bool {
    section.rows.iter().filter_map(|row| row.get(column)).any(|value| !matches!(value, Value::Text(_) | Value::Empty))
}
