//! The published values of `scoring.md` §9, and the same through the binary.

use kolscore::{
    knowledge::{
        Knowledge,
        categories::path_similarity,
        presets::{Constants, Presets},
    },
    normalize::candidate::Kind,
    score::{
        audience::odds_lift,
        domain::{keywords, purity, shares, topic},
        text::Topics,
        total::{Total, total},
        value::Value,
        weights::Weights,
    },
};

const ORDER: [&str; 8] = ["domain", "style", "audience", "reach", "engagement", "loyalty", "credibility", "cost"];

/// Balanced weights of all eight dimensions, as `data/presets.toml` holds them.
pub(crate) fn balanced(kind: Kind, presets: &Presets) -> Weights {
    let table = match kind {
        Kind::Kol => &presets.weights.kol,
        Kind::Koc => &presets.weights.koc,
    };
    let gate = constants(presets).gate;
    Weights {
        weights: ORDER.iter().map(|name| table[*name]).collect(),
        thresholds: ORDER.iter().map(|name| gate.get(*name).copied()).collect(),
        floor: gate["floor"],
    }
}

fn constants(presets: &Presets) -> Constants {
    presets.constants(&[]).unwrap()
}

fn close(found: f64, expected: f64, tolerance: f64) {
    assert!((found - expected).abs() <= tolerance, "found {found}, expected {expected}");
}

fn knowledge() -> Knowledge {
    Knowledge::built_in().unwrap()
}

#[test]
fn balanced_weights_sum_to_one() {
    let presets = knowledge().presets;
    for kind in Kind::ALL {
        close(balanced(kind, &presets).weights.iter().sum(), 1.0, 1e-12);
    }
}

#[test]
fn totals_have_the_published_values() {
    let presets = knowledge().presets;
    let given = [0.80, 0.62, 0.70, 0.55, 0.60, 0.50, 0.90, 0.45].map(Value::exact);
    let with = |at: usize, value: Value| {
        let mut values = given;
        values[at] = value;
        values
    };
    let score = |values: [Value; 8], kind| total(&values, &balanced(kind, &presets));
    let both = |values: [Value; 8], kol: f64, koc: f64| {
        for (kind, expected) in [(Kind::Kol, kol), (Kind::Koc, koc)] {
            close(score(values, kind).score.unwrap(), expected, 5e-5);
        }
    };
    both(given, 69.3100, 71.6100);
    both(with(0, Value::exact(0.10)), 25.9050, 28.1050);
    both(with(6, Value::exact(0.20)), 39.5915, 36.5365);
    let mean = constants(&presets).unknown.mean;
    let interval = |total: Total, lo: f64, mid: f64, hi: f64| {
        close(total.lo, lo, 5e-5);
        close(total.score.unwrap(), mid, 5e-5);
        close(total.hi, hi, 5e-5);
    };
    let unknown = Value::unknown(mean);
    interval(score(with(7, unknown), Kind::Kol), 65.71, 68.91, 73.71);
    interval(score(with(7, unknown), Kind::Koc), 68.46, 71.26, 75.46);
    interval(score(with(2, unknown), Kind::Kol), 16.173, 62.71, 75.91);
    interval(score(with(2, unknown), Kind::Koc), 17.283, 65.61, 77.61);
    interval(score(with(2, Value::between(0.3, 0.9, mean, 0.5)), Kind::Kol), 60.51, 65.79, 73.71);
    let nothing = score([unknown; 8], Kind::Kol);
    assert_eq!((nothing.score, nothing.lo, nothing.hi, nothing.coverage), (None, 0.0, 100.0, 0.0));
    close(nothing.exact, 40.0, 1e-9);
}

#[test]
fn a_creator_of_skincare_and_makeup_has_the_published_domain() {
    let knowledge = knowledge();
    let categories = &knowledge.categories;
    let (skincare, makeup) = (categories.by_id("beauty/skincare").unwrap(), categories.by_id("beauty/makeup").unwrap());
    let mut topics = Topics::default();
    let documents = [vec![vec![skincare]; 9], vec![vec![makeup]; 4], vec![vec![skincare, makeup]]].concat();
    documents.iter().for_each(|categories| topics.add(categories));
    let profile = shares(&[(skincare, 1.0)], &topics, 5.0).unwrap();
    let ask = kolscore::brief::DomainAsk { categories: vec![(skincare, 1.0)], ..Default::default() };
    let (t, p) = (topic(&profile, &ask, 0.6, categories), purity(&profile, categories));
    let asked = [("a".to_owned(), 2.0), ("b".to_owned(), 1.0), ("c".to_owned(), 1.0)];
    let k = keywords(&asked, &[3, 1, 0], 2.0);
    close(t, 1.0, 1e-12);
    close(k, 0.625, 1e-12);
    close(p, 0.728_878, 1e-6);
    let parts = constants(&knowledge.presets).domain.kol;
    let domain = Value::mean(&[(parts.topic, Value::exact(t)), (parts.keywords, Value::exact(k)), (parts.purity, Value::exact(p))]).unwrap();
    close(domain.mid, 0.879_138, 2e-6);
}

#[test]
fn tags_of_a_sibling_and_of_the_parent_have_the_published_topic() {
    let knowledge = knowledge();
    let categories = &knowledge.categories;
    let id = |id: &str| categories.by_id(id).unwrap();
    let ask = kolscore::brief::DomainAsk { categories: vec![(id("beauty/skincare"), 1.0)], ..Default::default() };
    let only = |tag: &str| topic(&shares(&[(id(tag), 1.0)], &Topics::default(), 5.0).unwrap(), &ask, 0.6, categories);
    close(only("beauty/nails"), 0.416_667, 1e-6);
    close(only("beauty"), 0.740_741, 1e-6);
    close(path_similarity("beauty", "beauty/skincare"), 0.444_444, 1e-6);
}

#[test]
fn odds_lift_is_a_half_where_the_audience_is_like_everybody() {
    for share in [0.02, 0.3, 0.5, 0.98] {
        close(odds_lift(share, share), 0.5, 1e-12);
    }
}

#[test]
fn contributions_and_the_gate_add_up_to_the_score_of_every_example_row() {
    let run = crate::binary::kolscore([
        "rank",
        "-b",
        "examples/baby-food/brief.toml",
        "-f",
        "json",
        "examples/baby-food/pgy_export.csv",
        "examples/baby-food/mcn_sheet.csv",
        "examples/baby-food/koc_list.csv",
    ]);
    let mut rows = 0;
    for board in run.json()["boards"].as_array().unwrap() {
        for row in board["candidates"].as_array().unwrap() {
            let points: f64 = row["dimensions"].as_object().unwrap().values().filter_map(|dimension| dimension["points"].as_f64()).sum();
            if let Some(score) = row["score"].as_f64() {
                // Points are printed with 6 decimals, scores with 4.
                close(points + row["gate"]["points"].as_f64().unwrap(), score, 6e-5);
                rows += 1;
            }
        }
    }
    assert!(rows > 50, "{rows} rows");
}
