//! `rank --stability`: how firm places are, and that the change it names does what it says.

use serde_json::Value;

use crate::{binary::kolscore, examples::BABY_FOOD};

fn board(more: &[&str]) -> Value {
    let arguments = BABY_FOOD.iter().copied().chain(["-f", "json", "--stability", "--kind", "kol", "--top", "8"]).chain(more.iter().copied());
    kolscore(arguments).json()
}

#[test]
fn the_change_that_drops_somebody_out_drops_them_out() {
    let whole = board(&[]);
    let weights = whole["run"]["weights"]["kol"].as_object().unwrap();
    let rows = whole["boards"][0]["candidates"].as_array().unwrap();
    assert_eq!(rows.len(), 8);
    for row in rows.iter().filter(|row| !row["stability"]["drops_at"].is_null()) {
        let change = &row["stability"]["drops_at"];
        let is_in = |factor: f64| {
            let changed: Vec<String> = weights
                .iter()
                .map(|(name, weight)| {
                    let by = if *name == change["dimension"] { 1.0 + change["by"].as_f64().unwrap() * factor } else { 1.0 };
                    format!("{name} = {}", weight.as_f64().unwrap() * by)
                })
                .collect();
            let whole = board(&["--set", &format!("weights={{ {} }}", changed.join(", "))]);
            whole["boards"][0]["candidates"].as_array().unwrap().iter().any(|other| other["id"] == row["id"])
        };
        assert!(is_in(0.99) && !is_in(1.01), "{row}");
    }
}

#[test]
fn firmness_repeats_and_agrees_with_itself() {
    let whole = board(&[]);
    assert_eq!(whole, board(&["--threads", "1"]));
    let rows = whole["boards"][0]["candidates"].as_array().unwrap();
    for row in rows {
        let firm = &row["stability"];
        let (from, to, rank) = (firm["rank_from"].as_u64().unwrap(), firm["rank_to"].as_u64().unwrap(), row["rank"].as_u64().unwrap());
        assert!(from <= to && from <= rank + 3 && rank <= to + 3, "{row}");
        assert!((0.0..=1.0).contains(&firm["in_top"].as_f64().unwrap()));
        if to <= 8 {
            assert!(firm["in_top"].as_f64().unwrap() >= 0.95, "{row}");
        }
    }
    let csv = kolscore(BABY_FOOD.iter().copied().chain(["-f", "csv", "--stability", "--kind", "kol"])).ok();
    assert!(csv.lines().next().unwrap().ends_with("flags,in_top,rank_from,rank_to,drops_at"), "{csv}");
    let text = kolscore(BABY_FOOD.iter().copied().chain(["--stability", "--top", "5"])).ok();
    assert!(text.contains("top 5 ranks drops at"), "{text}");
}
