//! The properties of `scoring.md` §10 that concern domain, style, audience and the total.

use std::sync::LazyLock;

use kolscore::{
    brief::Brief,
    knowledge::Knowledge,
    normalize::{
        candidate::{Candidate, Kind},
        plan,
        row::{Findings, Normalizer, Outcome},
    },
    norms::Norms,
    read::Source,
    score::{
        Scorer,
        audience::{blend, odds_lift},
        text::Matcher,
        total::{Total, total},
        value::Value,
    },
};
use proptest::prelude::*;

use crate::scoring::balanced;

static KNOWLEDGE: LazyLock<Knowledge> = LazyLock::new(|| Knowledge::built_in().unwrap());
static NORMS: LazyLock<Norms> = LazyLock::new(|| Norms::built_in(&KNOWLEDGE).unwrap());
static BRIEF: LazyLock<Brief> = LazyLock::new(|| {
    let text = "[domain]\ncategories = { \"母婴/辅食\" = 1.0, \"beauty\" = 0.5 }\nkeywords = { \"辅食\" = 2, \"skin care\" = 1 }\n[style]\n\"专业\" = 1.0\navoid = [\"硬广\"]\n[audience]\ngender = [\"女\"]\nage = [\"25-34\"]\nregion = [\"广东\"]\ncity_tier = [\"一线\"]\n";
    Brief::read("brief.toml", text, &[], &KNOWLEDGE).unwrap()
});
static MATCHER: LazyLock<Matcher> = LazyLock::new(|| Matcher::new(&BRIEF, &KNOWLEDGE.vocabulary).unwrap());
static SCORER: LazyLock<Scorer<'static>> = LazyLock::new(|| Scorer::new(&BRIEF, &NORMS, &MATCHER, &KNOWLEDGE).unwrap());

fn value() -> impl Strategy<Value = Value> {
    let number = || 0.0..=1.0_f64;
    prop_oneof![
        number().prop_map(Value::exact),
        Just(Value::unknown(0.4)),
        (number(), number(), number()).prop_map(|(a, b, known)| Value::between(a.min(b), a.max(b), 0.4, known)),
    ]
}

fn values() -> impl Strategy<Value = Vec<Value>> {
    prop::collection::vec(value(), 8)
}

fn score(values: &[Value]) -> Total {
    total(values, &balanced(Kind::Koc, &KNOWLEDGE.presets))
}

proptest! {
    #[test]
    fn the_score_lies_in_its_interval(values in values()) {
        let total = score(&values);
        prop_assert!(total.lo - 1e-4 <= total.exact && total.exact <= total.hi + 1e-4, "{total:?}");
        prop_assert!(total.lo >= 0.0 && total.hi <= 100.0);
        prop_assert!((0.0..=1.0).contains(&total.coverage));
    }

    #[test]
    fn completing_what_is_unknown_lands_inside_the_interval(values in values(), at in prop::collection::vec(0.0..=1.0_f64, 8)) {
        let before = score(&values);
        let completed: Vec<Value> = values.iter().zip(at).map(|(value, at)| Value::exact(value.lo + at * (value.hi - value.lo))).collect();
        let after = score(&completed);
        prop_assert!(before.lo - 1e-3 <= after.exact && after.exact <= before.hi + 1e-3, "{before:?} {after:?}");
    }

    #[test]
    fn learning_a_value_never_widens_the_interval(values in values(), which in 0..8_usize, at in 0.0..=1.0_f64) {
        let before = score(&values);
        let mut learned = values.clone();
        learned[which] = Value::exact(values[which].lo + at * (values[which].hi - values[which].lo));
        let after = score(&learned);
        prop_assert!(after.lo >= before.lo - 1e-3 && after.hi <= before.hi + 1e-3);
    }

    #[test]
    fn raising_a_value_never_lowers_the_score(values in values(), which in 0..8_usize, to in 0.0..=1.0_f64) {
        let mut raised = values.clone();
        raised[which] = Value::exact(values[which].mid.max(to));
        let mut same = values.clone();
        same[which] = Value::exact(values[which].mid);
        prop_assert!(score(&raised).exact >= score(&same).exact - 1e-9);
    }

    #[test]
    fn hiding_a_dimension_of_at_least_the_mean_never_raises_the_score(values in values(), which in 0..8_usize, own in 0.4..=1.0_f64) {
        let mut shown = values.clone();
        shown[which] = Value::exact(own);
        let mut hidden = values.clone();
        hidden[which] = Value::unknown(0.4);
        prop_assert!(score(&hidden).exact <= score(&shown).exact + 1e-9);
    }

    #[test]
    fn a_dimension_without_weight_changes_nothing(values in values(), which in 0..8_usize, other in value()) {
        let mut weights = balanced(Kind::Kol, &KNOWLEDGE.presets);
        weights.weights[which] = 0.0;
        let mut changed = values.clone();
        changed[which] = other;
        let (a, b) = (total(&values, &weights), total(&changed, &weights));
        prop_assert_eq!((a.exact, a.lo, a.hi, a.coverage, a.gate), (b.exact, b.lo, b.hi, b.coverage, b.gate));
    }

    #[test]
    fn contributions_and_the_gate_add_up(values in values()) {
        let total = score(&values);
        let sum: f64 = total.points.iter().sum::<f64>() + total.gate.points;
        prop_assert!((sum - total.exact).abs() < 1e-9);
    }

    #[test]
    fn completing_a_truncated_audience_lands_inside_its_interval(listed in 0.0..=1.0_f64, rest in 0.0..=1.0_f64, among in 0.0..=1.0_f64, truly in 0.0..=1.0_f64, base in 0.0..=1.0_f64) {
        let rest = rest * (1.0 - listed);
        let share = blend(listed, rest, among, 1.0, base);
        let complete = odds_lift(listed + rest * truly, share.base);
        prop_assert!(odds_lift(share.lo, share.base) <= complete + 1e-12 && complete <= odds_lift(share.hi, share.base) + 1e-12);
        prop_assert!(share.lo <= share.mid + 1e-12 && share.mid <= share.hi + 1e-12);
    }
}

/// Cells that are more likely than random text to upset a parser.
fn cell() -> impl Strategy<Value = String> {
    prop_oneof![
        ".{0,40}",
        "[0-9,.%wW万亿kKmM+-]{0,12}",
        "[辅食米粉宝宝护肤 #|/:：;；,，()（）0-9%]{0,40}",
        Just("1e400".to_owned()),
        Just("NaN".to_owned()),
        Just("-1".to_owned()),
        Just("上海|17.4% 北京|95.2%".to_owned()),
        Just("18-24: 31%; 25-34: -5%".to_owned()),
        Just("美妆(护肤,彩妆);母婴(辅食".to_owned()),
        Just("{\"美妆\":[\"护肤保养\"".to_owned()),
    ]
}

const HEADERS: [&str; 26] = [
    "id",
    "name",
    "url",
    "followers",
    "bio",
    "titles",
    "hashtags",
    "categories",
    "price_image",
    "audience.gender",
    "audience.age",
    "audience.region",
    "audience.city_tier",
    "style_tags",
    "views:organic",
    "likes:organic",
    "comments",
    "saves:30d",
    "interactions:sponsored",
    "posts_sampled",
    "posts_30d",
    "active_share",
    "suspected_fake_share",
    "sponsored_share",
    "verified",
    "location",
];

fn scored(rows: &[Vec<String>]) -> Vec<(kolscore::score::Scored, Option<f64>, [f64; 8])> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(HEADERS).unwrap();
    rows.iter().for_each(|row| writer.write_record(row).unwrap());
    // What is no table of text (NUL bytes) is refused before anything is scored.
    let Ok(source) = Source::from_bytes("rows.csv", writer.into_inner().unwrap()) else { return Vec::new() };
    let mappings: Vec<plan::Mapping> = HEADERS
        .iter()
        .map(|header| plan::Mapping { header: (*header).to_owned(), target: kolscore::normalize::target::Target::parse(header, &KNOWLEDGE.regions).unwrap() })
        .collect();
    let plan = plan::plan("rows.csv", source.headers(), &mappings, &KNOWLEDGE).unwrap();
    let normalizer = Normalizer::new(&plan, &KNOWLEDGE, None);
    let (batches, _) = source
        .scan(1, |batch| {
            let (mut candidate, mut findings, mut found) = (Candidate::default(), Findings::new(HEADERS.len()), Vec::new());
            batch.for_each(|record| {
                if normalizer.fill(record, &mut candidate, &mut findings) == Outcome::Candidate {
                    let hits = SCORER.hits(&candidate);
                    let (kind, scored) = (SCORER.kind(&candidate, &hits).kind, SCORER.score(&candidate, &hits));
                    found.push((scored, SCORER.ceiling(&candidate, &hits, kind), SCORER.ceilings(&candidate, &hits, kind)));
                }
                Ok(())
            })?;
            Ok(found)
        })
        .unwrap();
    batches.concat()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn scores_of_any_cells_are_finite_and_bounded(row in prop::collection::vec(cell(), HEADERS.len())) {
        for (scored, ceiling, ceilings) in scored(&[row]) {
            let total = &scored.total;
            if let Some(ceiling) = ceiling {
                prop_assert!(total.score.is_some() && total.exact <= ceiling + 1e-7, "{} is above {ceiling}: {:?}", total.exact, scored.values);
            }
            for (value, most) in scored.values.iter().zip(ceilings).filter(|(value, _)| value.known > 0.0) {
                prop_assert!(value.mid <= most + 1e-12, "{} is above {most}: {:?} {ceilings:?}", value.mid, scored.values);
            }
            prop_assert!(total.exact.is_finite() && total.lo >= 0.0 && total.hi <= 100.0);
            prop_assert!(total.lo <= total.exact + 1e-4 && total.exact <= total.hi + 1e-4);
            prop_assert!(scored.values.iter().all(|value| 0.0 <= value.lo && value.lo <= value.mid && value.mid <= value.hi && value.hi <= 1.0));
        }
    }
}

/// Fields of a full row, and a cell of each that could stand there.
fn full_row() -> impl Strategy<Value = Vec<(&'static str, String)>> {
    let percent = |most: u32| (0..=most).prop_map(|share| format!("{share}%"));
    let count = |most: u32| (1..=most).prop_map(|count| count.to_string());
    (
        (count(3_000_000), count(900_000), count(90_000), count(60), count(20), count(90_000)),
        (percent(100), percent(60), percent(100), percent(100)),
        (percent(100), percent(100), percent(100)),
        0..2_usize,
    )
        .prop_map(|((followers, views, interactions, sampled, posts, price), (active, interacting, fake, sponsored), (women, young, first), kind)| {
            vec![
                ("id", "1".to_owned()),
                ("platform", "小红书".to_owned()),
                ("kind", ["KOL", "KOC"][kind].to_owned()),
                ("titles", "宝宝辅食 自用回购".to_owned()),
                ("categories", "母婴/辅食".to_owned()),
                ("followers", followers),
                ("views", views),
                ("interactions", interactions),
                ("posts_sampled", sampled),
                ("posts_30d", posts),
                ("price_image:元", price),
                ("active_share:percent", active),
                ("interacting_share:percent", interacting),
                ("suspected_fake_share:percent", fake),
                ("sponsored_share:percent", sponsored),
                ("verified", "注册营养师".to_owned()),
                ("audience.gender", format!("女 {women}")),
                ("audience.age", format!("25-34 {young}")),
                ("audience.city_tier", format!("一线 {first}")),
            ]
        })
}

fn score_of(row: &[(&'static str, String)], hidden: Option<usize>) -> Total {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(row.iter().map(|(header, _)| *header)).unwrap();
    writer.write_record(row.iter().enumerate().map(|(at, (_, cell))| if Some(at) == hidden { "" } else { cell.as_str() })).unwrap();
    let source = Source::from_bytes("row.csv", writer.into_inner().unwrap()).unwrap();
    let target = |header: &str| kolscore::normalize::target::Target::parse(header, &KNOWLEDGE.regions).unwrap();
    let mappings: Vec<plan::Mapping> = row.iter().map(|(header, _)| plan::Mapping { header: (*header).to_owned(), target: target(header) }).collect();
    let plan = plan::plan("row.csv", source.headers(), &mappings, &KNOWLEDGE).unwrap();
    let normalizer = Normalizer::new(&plan, &KNOWLEDGE, None);
    let (scores, _) = source
        .scan(1, |batch| {
            let (mut candidate, mut findings, mut found) = (Candidate::default(), Findings::new(row.len()), None);
            batch.for_each(|record| {
                assert!(normalizer.fill(record, &mut candidate, &mut findings) == Outcome::Candidate);
                found = Some(SCORER.score(&candidate, &SCORER.hits(&candidate)).total);
                Ok(())
            })?;
            Ok(found)
        })
        .unwrap();
    scores.into_iter().flatten().next().unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn a_cell_that_is_looked_up_lands_inside_the_interval(row in full_row(), hidden in 5..19_usize) {
        let (before, after) = (score_of(&row, Some(hidden)), score_of(&row, None));
        let header = row[hidden].0;
        prop_assert!(before.lo - 2e-4 <= after.exact && after.exact <= before.hi + 2e-4, "{header}: {before:?} {after:?}");
        prop_assert!(before.lo - 2e-4 <= after.lo && after.hi <= before.hi + 2e-4, "{header} widens: {before:?} {after:?}");
        prop_assert!(after.coverage >= before.coverage - 1e-4, "{header} covers: {before:?} {after:?}");
    }
}
