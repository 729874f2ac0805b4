//! The page is opened in a real browser: it ranks, sorts, filters and weighs as the tool does, asks the network for nothing, and keeps names text.

use std::{path::Path, process::Command};

use serde_json::Value;

use crate::binary::{Folder, kolscore};

const FILES: [&str; 3] = ["examples/baby-food/koc_list.csv", "examples/baby-food/mcn_sheet.csv", "examples/baby-food/pgy_export.csv"];
const BRIEF: &str = "examples/baby-food/brief.toml";

/// The browser, if there is one.
fn chromium() -> Option<&'static str> {
    let found = ["chromium", "chromium-browser", "google-chrome"]
        .into_iter()
        .find(|name| Command::new(name).arg("--version").output().is_ok_and(|run| run.status.success()));
    if found.is_none() {
        eprintln!("skipped: no Chromium is installed");
    }
    found
}

/// Opens a page and runs a script in it, which returns a value.
fn in_browser(browser: &str, folder: &Folder, page: &str, script: &str) -> Value {
    let run = format!(
        "<script>addEventListener('load', () => {{ let result; try {{ result = (() => {{ {script} }})(); }} catch (error) {{ result = {{ failed: String(error) }}; }}\n\
         const shown = document.createElement('pre'); shown.id = 'result'; shown.textContent = JSON.stringify(result); document.body.replaceChildren(shown); }});</script></body>"
    );
    let file = folder.file("opened.html", page.replacen("</body>", &run, 1));
    let profile = folder.path("profile").display().to_string();
    let output = Command::new(browser)
        .args([
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--host-resolver-rules=MAP * ~NOTFOUND",
            "--virtual-time-budget=5000",
        ])
        .args([&format!("--user-data-dir={profile}"), "--window-size=1400,900", "--dump-dom", &format!("file://{file}")])
        .output()
        .unwrap();
    let dom = String::from_utf8_lossy(&output.stdout).into_owned();
    let text = dom.split_once("<pre id=\"result\">").and_then(|(_, rest)| rest.split_once("</pre>")).map(|(text, _)| text.to_owned());
    let text = text.unwrap_or_else(|| panic!("no result in {dom}\n{}", String::from_utf8_lossy(&output.stderr)));
    let value: Value = serde_json::from_str(&text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")).unwrap();
    assert!(value.get("failed").is_none(), "{value}");
    value
}

/// The ids of a board, in the order of the tool.
fn ids(arguments: &[String], kind: &str) -> Vec<String> {
    let whole =
        kolscore(["rank", "-b", BRIEF, "-f", "json"].map(str::to_owned).into_iter().chain(FILES.map(str::to_owned)).chain(arguments.iter().cloned())).json();
    let board = whole["boards"].as_array().unwrap().iter().find(|board| board["kind"] == kind).unwrap().clone();
    board["candidates"].as_array().unwrap().iter().map(|row| row["id"].as_str().unwrap().to_owned()).collect()
}

fn texts(value: &Value) -> Vec<String> {
    value.as_array().unwrap_or_else(|| panic!("{value}")).iter().map(|text| text.as_str().unwrap().to_owned()).collect()
}

fn page_of_the_example() -> String {
    kolscore([&["rank", "-b", BRIEF, "-f", "html"][..], &FILES].concat()).ok()
}

#[test]
fn the_page_is_the_same_each_time_and_holds_no_address_but_profiles() {
    let page = page_of_the_example();
    assert_eq!(page, page_of_the_example());
    let (before, data) = page.split_once("id=\"data\">").unwrap();
    let (data, after) = data.split_once("</script>").unwrap();
    for part in [before, after] {
        assert!(!part.replace("http://www.w3.org/2000/svg", "").contains("src=\"http") && !part.contains("@import") && !part.contains("fetch("));
    }
    let data: Value = serde_json::from_str(data).unwrap();
    let why = &data["boards"][0]["candidates"][0]["why"];
    assert!(why[0][0].as_str().unwrap().starts_with("topic "), "{why}");
}

#[test]
fn the_page_ranks_sorts_filters_and_weighs_as_the_tool_does() {
    let Some(browser) = chromium() else { return };
    let folder = Folder::new();
    let script = "
        const out = {};
        document.querySelector('#tab-kol').click();
        out.kol = kolscore.order();
        document.querySelector('#tab-koc').click();
        out.koc = kolscore.order();
        document.querySelector('th[data-key=price] button').click();
        out.by_price = kolscore.shown();
        const text = document.querySelector('#text');
        text.value = '糯米'; text.dispatchEvent(new Event('input', { bubbles: true }));
        out.filtered = kolscore.shown();
        text.value = ''; text.dispatchEvent(new Event('input', { bubbles: true }));
        kolscore.setWeight('domain', 5); kolscore.setWeight('cost', 60);
        out.weighed = kolscore.order();
        out.command = document.querySelector('#command').textContent || document.querySelector('#command').value;
        document.querySelector('#reset').click();
        out.reset = kolscore.order();
        out.rows = document.querySelectorAll('tr.row').length;
        document.querySelector('tr.row').click();
        out.detail = document.querySelector('#detail').textContent.length;
        out.svg = document.querySelectorAll('svg').length;
        out.errors = kolscore.errors;
        out.requests = performance.getEntriesByType('resource').length;
        return out;";
    let out = in_browser(browser, &folder, &page_of_the_example(), script);
    assert_eq!((texts(&out["kol"]), texts(&out["koc"])), (ids(&[], "kol"), ids(&[], "koc")));
    assert_eq!(texts(&out["reset"]), ids(&[], "koc"));
    let command = out["command"].as_str().unwrap();
    let sets: Vec<String> =
        command.split_whitespace().map(str::to_owned).filter(|word| word.starts_with("weights.")).flat_map(|set| ["--set".to_owned(), set]).collect();
    assert!(sets.contains(&"weights.domain=5.0".to_owned()) && sets.contains(&"weights.cost=60.0".to_owned()), "{command}");
    assert_eq!(texts(&out["weighed"]), ids(&sets, "koc"), "{command}");
    assert_ne!(out["weighed"], out["koc"]);
    let prices = kolscore([&["rank", "-b", BRIEF, "-f", "json", "--kind", "koc"][..], &FILES].concat()).json();
    let price = |id: &String| prices["boards"][0]["candidates"].as_array().unwrap().iter().find(|row| row["id"] == id.as_str()).unwrap()["price"].as_f64();
    let by_price: Vec<Option<f64>> = texts(&out["by_price"]).iter().map(price).collect();
    let known: Vec<f64> = by_price.iter().map_while(|price| *price).collect();
    assert!(known.is_sorted() || known.iter().rev().is_sorted(), "{by_price:?}");
    assert!(known.len() > 10 && by_price[known.len()..].iter().all(Option::is_none), "unknown prices stand last: {by_price:?}");
    assert_eq!(texts(&out["filtered"]).len(), 1, "{}", out["filtered"]);
    assert!(out["rows"].as_u64() > Some(5) && out["detail"].as_u64() > Some(100) && out["svg"].as_u64() > Some(1), "{out}");
    assert_eq!((&out["errors"], out["requests"].as_u64()), (&Value::Array(Vec::new()), Some(0)));
}

#[test]
fn hostile_names_stay_text_in_every_format() {
    let folder = Folder::new();
    let brief = folder.file("brief.toml", "[brand]\nname = \"<b>__DATA__</b>\"\n[domain]\ncategories = { \"母婴/辅食\" = 1.0 }\n");
    let names = ["<script>alert(1)</script>", "</script><img src=x onerror=alert(2)>", "=cmd|' /C calc'!A0", "a|b`c`[d](http://e)", "__TITLE__ & \"quotes\""];
    let rows: String = names.iter().enumerate().map(|(at, name)| format!("{at},\"{}\",小红书,900,辅食\n", name.replace('"', "\"\""))).collect();
    let file = folder.file("hostile.csv", format!("id,name,platform,followers,titles\n{rows}"));
    let ranked = |format: &str| kolscore(["rank", "-b", &brief, &file, "-f", format]).ok();
    let page = ranked("html");
    assert!(!page.contains("<script>alert") && !page.contains("<img src=x") && page.contains("&lt;b&gt;__DATA__&lt;/b&gt;"));
    assert!(ranked("csv").contains("'=cmd|'"));
    let markdown = ranked("md");
    assert!(markdown.contains("&lt;script&gt;alert(1)&lt;/script&gt;") && markdown.contains(r"a\|b\`c\`\[d\](http://e)"), "{markdown}");
    let Some(browser) = chromium() else { return };
    let script = "return { shown: kolscore.shown().length, scripts: document.querySelectorAll('table script, table img').length, errors: kolscore.errors,
        names: [...document.querySelectorAll('tr.row')].map(row => row.textContent).join(' ') };";
    let out = in_browser(browser, &folder, &page, script);
    assert_eq!((out["shown"].as_u64(), out["scripts"].as_u64()), (Some(5), Some(0)));
    assert!(names.iter().all(|name| out["names"].as_str().unwrap().contains(name)), "{out}");
    assert_eq!(out["errors"], Value::Array(Vec::new()));
}

#[test]
fn a_page_is_replaced_by_a_page_and_nobody_elses_is() {
    let folder = Folder::new();
    let page = folder.path("shortlist.html").display().to_string();
    let write = || kolscore([&["rank", "-b", BRIEF, "-o", &page][..], &FILES].concat());
    write().ok();
    write().ok();
    assert!(Path::new(&page).metadata().unwrap().len() > 60_000);
    folder.file("shortlist.html", "<!doctype html>\n<p>minutes of a meeting</p>\n");
    assert!(write().fails(2).contains("was not written by kolscore"));
}
