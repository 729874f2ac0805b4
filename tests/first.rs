//! A ranking that asks for the first places scores no more than it must, and shows what a ranking of everybody shows.

use serde_json::Value;

use crate::binary::{Folder, generated, kolscore};

const BRIEF: &str = r#"
[aim]
goal = "conversion"
mode = "seeding"

[domain]
categories = { "母婴/辅食" = 1.0, "母婴/育儿" = 0.6 }
keywords = { "辅食" = 2, "米粉" = 1 }

[style]
"专业" = 1.0
avoid = ["硬广"]

[audience]
gender = ["女"]
age = ["25-34"]
region = ["上海", "浙江"]

[eligible]
followers = { min = 1_000 }
exclude_keywords = ["微商"]
"#;

/// The boards cut to their first places, with everything that is told of the whole pool.
fn cut(mut ranking: Value, places: usize) -> Value {
    for board in ranking["boards"].as_array_mut().unwrap() {
        board["candidates"].as_array_mut().unwrap().truncate(places);
        board["top"] = places.into();
    }
    ranking
}

/// Whether `--top` shows the first of what is shown without it.
fn is_a_part_of_the_whole(arguments: &[&str]) {
    let whole = kolscore(arguments).json();
    for places in [1, 7, 300] {
        let first = kolscore(arguments.iter().copied().chain(["--top", &places.to_string()])).json();
        assert_eq!(first, cut(whole.clone(), places), "{arguments:?}, {places} places");
    }
}

#[test]
fn the_first_places_are_those_of_the_whole_ranking() {
    let folder = Folder::new();
    let (file, brief) = (folder.file("candidates.csv", generated(6_000, 3)), folder.file("brief.toml", BRIEF));
    let rank = ["rank", "-b", &brief, &file, "-f", "json"];
    let with = |more: &[&str]| is_a_part_of_the_whole(&[&rank[..], more].concat());
    with(&[]);
    with(&["--rank-by", "lo"]);
    // Without a domain nothing bounds a score from above as well.
    with(&["--set", "domain.categories={}", "--set", "domain.keywords={}"]);
    with(&["--set", "weights.reach=1", "--set", "weights.cost=1"]);
    with(&["--set", "constants.unknown.mean=0.9", "--set", "constants.engagement.active_posts=0"]);
    let norms = folder.path("norms.json").display().to_string();
    kolscore(["norms", "-b", &brief, &file, "-o", &norms]).ok();
    with(&["--norms", &norms]);
}

#[test]
fn creators_in_several_rows_keep_nobody_from_the_first_places() {
    let folder = Folder::new();
    let table = String::from_utf8(generated(4_000, 3)).unwrap();
    let brief = folder.file("brief.toml", BRIEF);
    let once = folder.file("once.csv", &table);
    let best = kolscore(["rank", "-b", &brief, &once, "-f", "json", "--top", "40"]).json();
    // The best stand in a second file too, with half of their followers, so that they move when that file counts.
    let mut more = String::from("id,platform,followers,views\n");
    for candidate in best["boards"].as_array().unwrap().iter().flat_map(|board| board["candidates"].as_array().unwrap()) {
        let followers = candidate["followers"].as_f64().map_or(String::new(), |followers| (followers / 2.0).round().to_string());
        let text = |name: &str| candidate[name].as_str().unwrap();
        more += &[text("id"), text("platform"), &followers, "\n"].join(",");
    }
    assert!(more.lines().count() > 60, "{more}");
    let again = folder.file("again.csv", &more);
    let norms = folder.path("norms.json").display().to_string();
    kolscore(["norms", "-b", &brief, &once, "-o", &norms]).ok();
    // The half that counts is that of the file which is named first.
    for files in [[&again, &once], [&once, &again]] {
        let rank = ["rank", "-b", &brief, files[0], files[1], "-f", "json", "--duplicates", "first"];
        is_a_part_of_the_whole(&rank);
        is_a_part_of_the_whole(&[&rank[..], &["--norms", &norms]].concat());
    }
}
