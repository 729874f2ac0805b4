//! `kolscore explain`: whole outputs, and that what it says is so.

use serde_json::Value;

use crate::{
    binary::{Folder, kolscore},
    examples::{BABY_FOOD, golden},
};

fn explain(more: &[&str]) -> crate::binary::Run {
    kolscore(["explain"].into_iter().chain(BABY_FOOD[1..].iter().copied()).chain(more.iter().copied()))
}

#[test]
fn explanations_are_as_shown() {
    golden("explain-kol.txt", &explain(&["营养师麦卡"]).ok());
    golden("explain-koc.txt", &explain(&["糯米团子妈", "--width", "80"]).ok());
    golden("explain-gate.txt", &explain(&["一颗薄荷糖_", "圆滚滚妈妈", "-n", "10"]).ok());
    golden("explain.json", &explain(&["糯米团子妈", "-f", "json"]).ok());
}

fn points(one: &Value) -> f64 {
    one["dimensions"].as_array().unwrap().iter().map(|dimension| dimension["points"].as_f64().unwrap()).sum()
}

#[test]
fn points_and_gate_add_up_for_everybody() {
    let board = kolscore(BABY_FOOD.iter().copied().chain(["-f", "json"])).json();
    let rows: Vec<&Value> = board["boards"].as_array().unwrap().iter().flat_map(|board| board["candidates"].as_array().unwrap()).collect();
    let ids: Vec<&str> = rows.iter().map(|row| row["id"].as_str().unwrap()).filter(|id| !id.is_empty()).collect();
    let all = explain(&[ids.as_slice(), &["-f", "json"]].concat()).json();
    let explained = all["candidates"].as_array().unwrap();
    assert_eq!(explained.len(), ids.len());
    for (one, row) in explained.iter().zip(rows.iter().filter(|row| row["id"] != "")) {
        assert!((points(one) + one["gate"]["points"].as_f64().unwrap() - one["exact"].as_f64().unwrap()).abs() < 1e-9, "{one}");
        assert_eq!((&one["id"], &one["score"], &one["rank"]), (&row["id"], &row["score"], &row["rank"]));
        for dimension in one["dimensions"].as_array().unwrap() {
            let parts = dimension["parts"].as_array().unwrap();
            let mean: f64 = parts.iter().map(|part| part["share"].as_f64().unwrap() * part["value"].as_f64().unwrap()).sum();
            assert!((mean - dimension["value"].as_f64().unwrap()).abs() < 1e-9, "{} of {}", dimension["name"], one["name"]);
        }
    }
}

#[test]
fn evidence_points_at_the_cells() {
    let all = explain(&["糯米团子妈", "-f", "json"]).json();
    let mut cells = 0;
    let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/examples/baby-food/koc_list.csv")).unwrap();
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let headers = reader.headers().unwrap().clone();
    let row = reader.records().next().unwrap().unwrap();
    for part in all["candidates"][0]["dimensions"].as_array().unwrap().iter().flat_map(|dimension| dimension["parts"].as_array().unwrap()) {
        for cell in part["cells"].as_array().unwrap() {
            let mut place = cell["place"].as_str().unwrap().rsplit(':');
            let column: usize = place.next().unwrap().parse().unwrap();
            assert_eq!((place.next(), place.next()), (Some("2"), Some("examples/baby-food/koc_list.csv")));
            assert_eq!((&headers[column - 1], &row[column - 1]), (cell["column"].as_str().unwrap(), cell["cell"].as_str().unwrap()));
            cells += 1;
        }
    }
    assert!(cells > 8, "{cells}");
}

#[test]
fn somebody_is_found_by_id_or_by_a_name_of_their_own() {
    let by_id = explain(&["627a32bddfe6e48cfe128bf7"]).ok();
    assert_eq!(by_id, explain(&["糯米团子妈"]).ok());
    let error = explain(&["谁也不是"]).fails(1);
    assert!(error.contains("no candidate has the id or the name `谁也不是`"), "{error}");
    assert_eq!(by_id, explain(&["糯米团子妈", "627a32bddfe6e48cfe128bf7"]).ok(), "asked for twice, explained once");
    let error = kolscore(["explain", "糯米团子妈", "-b", BABY_FOOD[2], "nowhere.csv"]).fails(2);
    assert!(error.contains("`nowhere.csv` does not exist"), "{error}");
    let error = kolscore(["explain", "-b", BABY_FOOD[2], BABY_FOOD[3]]).fails(2);
    assert!(error.contains("nobody is named"), "{error}");
    let folder = Folder::new();
    let brief = folder.file("brief.toml", "[domain]\nkeywords = { \"a\" = 1 }\n[eligible]\nfollowers = { min = 10 }\n");
    let file = folder.file("c.csv", "id,name,followers,bio\n1,甲,100,a\n2,甲,100,a\n3,乙,5,a\n");
    let error = kolscore(["explain", "甲", "-b", &brief, &file]).fails(1);
    assert!(error.contains("2 candidates are called `甲`") && error.contains("name one by id: 1, 2"), "{error}");
    let text = kolscore(["explain", "乙", "-b", &brief, &file]).ok();
    assert!(text.contains("乙 is not ranked: `eligible.followers` excludes it: followers 5 below 10"), "{text}");
}

#[test]
fn at_its_break_even_price_a_candidate_enters_the_shortlist() {
    let folder = Folder::new();
    let brief =
        folder.file("brief.toml", "[domain]\nkeywords = { \"辅食\" = 1 }\n[weights]\ndomain = 0.5\ncost = 0.5\n[budget]\ntarget_cpm = 100\ntarget_cpe = 2\n");
    let norms = folder.path("norms.json").display().to_string();
    let with = |price: &str| {
        folder.file("c.csv", format!("id,kind,platform,followers,views,interactions,price_image,bio\n1,KOC,小红书,900,1000,100,100,辅食\n2,KOC,小红书,900,1000,100,300,辅食\n3,KOC,小红书,900,1000,100,{price},辅食\n"))
    };
    let file = with("5000");
    kolscore(["norms", "-b", &brief, &file, "-o", &norms]).ok();
    let run = |price: &str| kolscore(["explain", "3", "-b", &brief, &with(price), "--norms", &norms, "-n", "2", "-f", "json"]).json()["candidates"][0].clone();
    let says = run("5000")["prices"][0].as_str().unwrap().to_owned();
    // The second has the same text and 300: at that price the two change places.
    assert_eq!(says, "the quote is 5,000 CNY; among the first 2 up to 300 CNY");
    assert_eq!((run("299")["rank"].as_u64(), run("301")["rank"].as_u64()), (Some(2), Some(3)));
    let prices = run("5000")["prices"].to_string();
    assert!(prices.contains("the target CPM of 100 is met up to 100 (1,000 views)") && prices.contains("the target CPE of 2 is met up to 200"), "{prices}");
}

#[test]
fn sponsored_and_organic_figures_are_told_apart_and_compared() {
    let folder = Folder::new();
    let file = folder.file("c.csv", "id,name,kind,a,b,c\n1,甲,KOC,1000,400,5\n2,乙,KOC,1000,400,2\n");
    let brief = folder.file(
        "brief.toml",
        "[domain]\nkeywords = { \"辅食\" = 1 }\n[columns]\na = \"interactions:organic:30d\"\nb = \"interactions:sponsored:30d\"\nc = \"posts_sampled:sponsored:30d\"\n",
    );
    let text = |name: &str| kolscore(["explain", name, "-b", &brief, &file]).ok();
    assert!(text("甲").contains("sponsored posts have 0.40 times the interactions of organic ones (400 against 1,000)"), "{}", text("甲"));
    assert!(!text("乙").contains("sponsored posts have"), "two posts tell nothing");
    let engaged = |scope: &str| kolscore(["explain", "甲", "-b", &brief, &file, "--set", &format!("metrics.scope={scope}")]).ok();
    assert!(engaged("organic").contains("1,000 a post") && engaged("sponsored").contains("400 a post"));
}
