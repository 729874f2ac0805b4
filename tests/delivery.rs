//! The contract of the dimensions of delivery: unknown until something is given, and moved in the right direction by each of their fields.

use serde_json::Value;

use crate::binary::rank;

const BRIEF: &str = "[domain]\nkeywords = { \"辅食\" = 1 }\n[audience]\ngender = [\"女\"]\n[budget]\nformat = \"image\"\n";

/// The dimensions of one candidate with these cells.
fn dimensions(kind: &str, cells: &[(&str, &str)], more: &[&str]) -> Value {
    let headers: Vec<&str> = cells.iter().map(|(header, _)| *header).collect();
    let values: Vec<String> = cells.iter().map(|(_, cell)| format!("\"{cell}\"")).collect();
    let file = format!("id,platform,kind,titles,x,{}\n1,小红书,{kind},辅食,,{}\n", headers.join(","), values.join(","));
    let maps: Vec<String> = headers.iter().map(|header| format!("{header}={}", target(header))).collect();
    let mut arguments = vec!["-f", "json"];
    maps.iter().for_each(|map| arguments.extend(["--map", map]));
    arguments.extend(more);
    let whole = rank(BRIEF, file, &arguments).json();
    let board = usize::from(kind == "KOC");
    whole["boards"][board]["candidates"][0]["dimensions"].clone()
}

fn target(header: &str) -> String {
    match header {
        "active_share" | "interacting_share" | "suspected_fake_share" | "sponsored_share" => format!("{header}:percent"),
        "price_image" => "price_image:元".to_owned(),
        _ => header.to_owned(),
    }
}

fn value(dimensions: &Value, name: &str) -> f64 {
    dimensions[name]["value"].as_f64().unwrap()
}

#[test]
fn every_field_moves_its_dimension_in_the_right_direction() {
    let base: [(&str, &str); 4] = [("followers", "5000"), ("views", "3000"), ("audience.gender", "女 60%、男 40%"), ("likes", "100")];
    // Kind, dimension, field, a worse cell, a better one.
    let checks = [
        ("KOL", "reach", "views", "500", "9000"),
        ("KOL", "reach", "audience.gender", "女 20%、男 80%", "女 90%、男 10%"),
        ("KOL", "engagement", "likes", "20", "400"),
        ("KOL", "engagement", "views", "500", "9000"),
        ("KOC", "engagement", "posts_30d", "1", "4"),
        ("KOC", "loyalty", "active_share", "30", "70"),
        ("KOC", "loyalty", "interacting_share", "2", "9"),
        ("KOC", "loyalty", "comments", "1", "6"),
        ("KOC", "loyalty", "saves", "5", "60"),
        ("KOC", "credibility", "active_share", "20", "80"),
        ("KOC", "credibility", "suspected_fake_share", "50", "5"),
        ("KOC", "credibility", "sponsored_share", "38", "10"),
        ("KOL", "credibility", "sponsored_share", "80", "20"),
        ("KOL", "cost", "price_image", "5000", "100"),
        ("KOL", "cost", "views", "500", "9000"),
    ];
    for (kind, dimension, field, worse, better) in checks {
        let with = |cell: &'static str| {
            let mut cells: Vec<(&str, &str)> = base.iter().copied().filter(|(header, _)| *header != field).collect();
            if dimension == "cost" && field != "price_image" {
                cells.push(("price_image", "500"));
            }
            cells.push((field, cell));
            dimensions(kind, &cells, &[])
        };
        let (low, high) = (value(&with(worse), dimension), value(&with(better), dimension));
        assert!(low < high, "{kind} {dimension}: {field} {worse} gives {low}, {better} gives {high}");
    }
}

#[test]
fn what_is_not_given_is_unknown_and_what_is_learned_narrows() {
    let bare = dimensions("KOC", &[("mcn", "")], &[]);
    for name in ["reach", "engagement", "loyalty", "cost"] {
        let one = &bare[name];
        assert_eq!(
            (one["known"].as_f64(), one["lo"].as_f64(), one["hi"].as_f64(), one["value"].as_f64()),
            (Some(0.0), Some(0.0), Some(1.0), Some(0.4)),
            "{name}"
        );
    }
    let known = dimensions("KOC", &[("followers", "5000"), ("active_share", "60")], &[]);
    let more = dimensions("KOC", &[("followers", "5000"), ("active_share", "60"), ("interacting_share", "9")], &[]);
    let width = |dimensions: &Value| dimensions["loyalty"]["hi"].as_f64().unwrap() - dimensions["loyalty"]["lo"].as_f64().unwrap();
    assert!(width(&more) < width(&known) && width(&known) < 1.0);
    assert_eq!(known["loyalty"]["known"].as_f64(), Some(0.25));
    // Views that are expected from followers are half known.
    assert!((known["reach"]["known"].as_f64().unwrap() - 0.25).abs() < 1e-9, "{}", known["reach"]);
}

#[test]
fn figures_of_another_scope_or_basis_are_not_compared() {
    let of = |target: &str, more: &[&str]| {
        let map = format!("x={target}");
        let more: Vec<&str> = ["--map", map.as_str()].into_iter().chain(more.iter().copied()).collect();
        let file = "id,platform,kind,followers,titles,x\n1,小红书,KOC,5000,辅食,300\n";
        let arguments: Vec<&str> = ["-f", "json"].into_iter().chain(more).collect();
        rank(BRIEF, file, &arguments).json()["boards"][1]["candidates"][0]["dimensions"]["engagement"].clone()
    };
    assert!(of("interactions:organic:30d", &[])["known"].as_f64() > Some(0.0));
    assert_eq!(of("interactions:sponsored:30d", &[])["known"].as_f64(), Some(0.0), "sponsored is not organic");
    assert!(of("interactions:sponsored:30d", &["--set", "metrics.scope=sponsored"])["known"].as_f64() > Some(0.0));
    // Shares alone are a part that nobody takes for the whole.
    assert_eq!(of("shares:organic:30d", &[])["known"].as_f64(), Some(0.0), "shares are not interactions");
}

#[test]
fn goods_in_place_of_money_cost_nothing_and_say_so() {
    let file = "id,platform,kind,followers,views,titles,price_image\n1,小红书,KOC,5000,3000,辅食,置换\n2,小红书,KOC,5000,3000,辅食,0\n3,小红书,KOC,5000,3000,辅食,500\n";
    let whole = rank(BRIEF, file, &["-f", "json"]).json();
    let of = |id: &str| whole["boards"][1]["candidates"].as_array().unwrap().iter().find(|row| row["id"] == id).unwrap().clone();
    assert_eq!(of("1")["dimensions"]["cost"]["value"].as_f64(), Some(1.0));
    assert!(of("1")["flags"].to_string().contains("barter"));
    assert_eq!(of("2")["dimensions"]["cost"]["known"].as_f64(), Some(0.0), "0 is not quoted");
    assert!(of("3")["dimensions"]["cost"]["known"].as_f64() > Some(0.0));
}
