//! `kolscore norms` and `rank --norms`: what is usual, frozen.

use crate::binary::{Folder, kolscore, rank};

const BRIEF: &str =
    "[domain]\ncategories = { \"母婴/辅食\" = 1.0 }\nkeywords = { \"米粉\" = 1 }\n[style]\n\"专业\" = 1.0\n[audience]\ngender = [\"女\"]\nage = [\"25-34\"]\n";
const HEADER: &str =
    "id,platform,kind,followers,views,likes,comments,saves,posts_30d,price_image,active_share,sponsored_share,titles,audience.gender,audience.age";

/// Invented rows of every size, the same on every run; each eighth lacks something.
fn rows(n: u64) -> Vec<String> {
    let mut state = 1_u64;
    let mut below = |most: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % most
    };
    let titles = ["宝宝辅食 米粉 自用回购", "成分干货 营养师教你", "今天吃什么", "空瓶记录 踩雷", "链接在评论 冲"];
    (0..n)
        .map(|at| {
            let followers = 500 * (1 + below(400));
            let views = if at % 8 == 3 { String::new() } else { (followers / (2 + below(6))).to_string() };
            let likes = followers / (10 + below(30));
            let (comments, saves, posts) = (likes / (3 + below(20)), likes / (2 + below(9)), below(12));
            let price = if at % 8 == 5 { String::new() } else { (followers / (8 + below(20))).to_string() };
            let (active, sponsored, women, young) = (30 + below(50), below(60), 40 + below(60), 20 + below(70));
            let platform = ["小红书", "抖音"][usize::from(at % 3 == 0)];
            let kind = ["KOL", "KOC"][usize::from(below(2) == 0)];
            format!(
                "{at},{platform},{kind},{followers},{views},{likes},{comments},{saves},{posts},{price},{active}%,{sponsored}%,{} {},女 {women}%、男 {}%,25-34 {young}%、35-44 {}%",
                titles[below(5) as usize],
                titles[below(5) as usize],
                100 - women,
                100 - young
            )
        })
        .collect()
}

fn table<'a>(rows: impl IntoIterator<Item = &'a String>) -> String {
    let mut text = format!("{HEADER}\n");
    rows.into_iter().for_each(|row| {
        text.push_str(row);
        text.push('\n');
    });
    text
}

struct Pool {
    folder: Folder,
    brief: String,
    rows: Vec<String>,
}

impl Pool {
    fn new() -> Self {
        let folder = Folder::new();
        let brief = folder.file("brief.toml", BRIEF);
        Self { folder, brief, rows: rows(600) }
    }

    fn norms(&self, name: &str, files: &[&str]) -> String {
        let path = self.folder.path(name).display().to_string();
        kolscore(["norms", "-b", &self.brief, "-o", &path].into_iter().chain(files.iter().copied())).ok();
        path
    }

    fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.folder.path(name)).unwrap()
    }
}

#[test]
fn norms_of_four_shards_put_together_are_the_norms_of_the_whole() {
    let pool = Pool::new();
    let whole = pool.folder.file("whole.csv", table(&pool.rows));
    pool.norms("whole.json", &[&whole]);
    let shards: Vec<String> = (0..4)
        .map(|shard| {
            let file = pool.folder.file(&format!("{shard}.csv"), table(pool.rows.iter().skip(shard).step_by(4)));
            pool.norms(&format!("{shard}.json"), &[&file])
        })
        .collect();
    for order in [[0, 1, 2, 3], [3, 1, 0, 2]] {
        let parts: Vec<&str> = order.iter().map(|at| shards[*at].as_str()).collect();
        pool.norms("merged.json", &parts);
        assert_eq!(pool.read("merged.json"), pool.read("whole.json"));
    }
    let threads: Vec<String> = ["1", "5"].iter().map(|threads| kolscore(["norms", "-b", &pool.brief, "--threads", threads, &whole]).ok()).collect();
    assert!(threads.iter().all(|text| *text == pool.read("whole.json")));
}

#[test]
fn with_fixed_norms_nobody_depends_on_the_others() {
    let pool = Pool::new();
    let whole = pool.folder.file("whole.csv", table(&pool.rows));
    let half = pool.folder.file("half.csv", table(pool.rows.iter().step_by(2)));
    let norms = pool.norms("norms.json", &[&whole]);
    let lines = |file: &str, more: &[&str]| {
        let arguments = ["rank", "-b", &pool.brief, file, "-f", "csv"].into_iter().chain(more.iter().copied());
        let text = kolscore(arguments).ok();
        // Without the rank, which tells how many come before.
        text.lines().skip(1).map(|line| line.split_once(',').unwrap().1.to_owned()).collect::<Vec<_>>()
    };
    let fixed = ["--norms", norms.as_str()];
    let of_half = lines(&half, &fixed);
    let of_whole: Vec<String> = lines(&whole, &fixed).into_iter().filter(|line| of_half.contains(line)).collect();
    assert_eq!((of_half.len(), of_half), (300, of_whole), "scores and order of the rows that are left");
    assert_eq!(lines(&whole, &fixed), lines(&whole, &[]), "norms of the pool are those of its file");
    assert_ne!(lines(&half, &[]), lines(&half, &fixed), "norms of the half are others");
}

#[test]
fn every_output_names_the_norms_and_what_is_built_in() {
    let pool = Pool::new();
    let whole = pool.folder.file("whole.csv", table(&pool.rows));
    let few = pool.folder.file("few.csv", table(pool.rows.iter().take(20)));
    let run = |file: &str| kolscore(["rank", "-b", &pool.brief, file, "-f", "json"]).json()["run"]["norms"].clone();
    let (many, few) = (run(&whole), run(&few));
    assert_eq!((many["rows"].as_u64(), many["built_in"].as_array().unwrap().len()), (Some(600), 0), "{many}");
    assert!(few["built_in"].as_array().unwrap().iter().any(|name| name == "active_share"), "{few}");
    let hash = many["hash"].as_str().unwrap().to_owned();
    assert_ne!(many["hash"], few["hash"]);
    let why = kolscore(["explain", "7", "-b", &pool.brief, &whole]).ok();
    assert!(!why.contains("built-in"), "with 600 rows everything is peers:\n{why}");
    for arguments in [vec!["rank", "-f", "table"], vec!["explain", "7"]] {
        let text = kolscore(arguments.into_iter().chain(["-b", &pool.brief, &whole])).ok();
        assert!(text.contains(&hash), "{text}");
    }
}

#[test]
fn norms_of_other_figures_are_refused() {
    let pool = Pool::new();
    let whole = pool.folder.file("whole.csv", table(&pool.rows));
    let norms = pool.norms("norms.json", &[&whole]);
    let with = |more: &[&str]| kolscore(["rank", "-b", &pool.brief, &whole, "--norms", &norms].into_iter().chain(more.iter().copied()));
    let error = with(&["--set", "metrics.scope=sponsored"]).fails(1);
    assert!(error.contains("was made of organic figures of 30 days, and the brief compares sponsored figures of 30 days"), "{error}");
    let run = with(&["--set", "budget.currency=USD", "-f", "json"]).json();
    assert!(run["run"]["norms"]["built_in"].to_string().contains("cpm"), "{}", run["run"]);
    assert!(run["run"]["notes"].to_string().contains("the norms hold image quotes in CNY"), "{}", run["run"]);
    let run = with(&["--set", "audience.gender=男", "-f", "json"]).json();
    assert!(run["run"]["notes"].to_string().contains("the norms were made for another audience"), "{}", run["run"]);
    for (text, says) in [
        ("{}", "is no norm file"),
        ("{\"format\": \"kolscore norms 9\"}", "is no norm file"),
        (&pool.read("norms.json").replace("xiaohongshu", "myspace"), "names the unknown platform `myspace`"),
        (&pool.read("norms.json").replace("\"rows\":", "\"rows\":18446744073709551"), "norm"),
    ] {
        let broken = pool.folder.file("broken.json", text);
        let error = kolscore(["rank", "-b", &pool.brief, &whole, "--norms", &broken]).fails(1);
        assert!(error.contains(says) && error.contains("hint: "), "{error}");
    }
    let other = pool.folder.path("other.json").display().to_string();
    kolscore(["norms", "-b", &pool.brief, "--set", "metrics.window_days=90", &whole, "-o", &other]).ok();
    let error = kolscore(["norms", &norms, &other]).fails(1);
    assert!(error.contains("were made on other terms"), "{error}");
    let error = kolscore(["norms", &norms, &whole]).fails(2);
    assert!(error.contains("cannot be mixed"), "{error}");
}

#[test]
fn a_professional_consumer_and_the_pessimistic_end_are_shown() {
    let file = "id,kind,categories,followers,sponsored_share\n1,KOC,母婴/辅食,900,60%\n2,KOC,母婴/辅食,900,10%\n3,KOC,母婴/辅食,900,\n";
    let whole = rank(BRIEF, file, &["-f", "json"]).json();
    let flags = |id: &str| {
        let rows = whole["boards"][1]["candidates"].as_array().unwrap();
        rows.iter().find(|row| row["id"] == id).unwrap()["flags"].to_string()
    };
    assert!(flags("1").contains("professional") && !flags("2").contains("professional"));
    // Unknown audience: the one with less to hope for may have more to rely on.
    let file = "id,kind,categories,audience.gender,audience.age\n1,KOC,母婴/辅食,女 32%、男 68%,25-34 4%、45-54 96%\n2,KOC,母婴/辅食,,\n";
    let first = |more: &[&str]| rank(BRIEF, file, more).ok().lines().nth(1).unwrap().split(',').nth(2).unwrap().to_owned();
    assert_eq!((first(&[]).as_str(), first(&["--rank-by", "lo"]).as_str()), ("2", "1"));
    let board = rank(BRIEF, file, &["--rank-by", "lo", "-f", "json"]).json();
    assert_eq!(board["run"]["ranked_by"], "score_lo");
    let rows = board["boards"][1]["candidates"].as_array().unwrap();
    assert!(rows[0]["score_lo"].as_f64() > rows[1]["score_lo"].as_f64());
}
