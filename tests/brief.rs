//! Briefs: unknown keys, bad values and empty briefs are errors that say what to write.

use crate::binary::{Folder, kolscore, rank};

const FILE: &str = "id,name,categories\n1,甲,母婴/辅食\n";
const ASK: &str = "[domain]\ncategories = { \"母婴/辅食\" = 1.0 }\n";

fn error(brief: &str) -> String {
    rank(brief, FILE, &[]).fails(1)
}

#[test]
fn unknown_keys_and_words_say_what_was_meant() {
    for (brief, place, advice) in [
        ("[domain]\nkeyword = { \"a\" = 1 }\n", "brief.toml:2: unknown key `domain.keyword`", "did you mean `keywords`?"),
        ("[domian]\nmatch = \"any\"\n", "brief.toml:1: unknown key `domian`", "did you mean `domain`?"),
        (
            "[domain]\ncategories = { \"母婴/輔食品\" = 1.0 }\n",
            "brief.toml:2: `domain.categories.母婴/輔食品`: unknown category `母婴/輔食品`",
            "kolscore list categories",
        ),
        ("[style]\n\"专页\" = 1.0\n", "brief.toml:2: `style.专页`: no trait is called `专页`", "kolscore list traits"),
        ("[audience]\ngender = [\"1\"]\n", "brief.toml:2: `audience.gender`: `1` is no gender", "write 女 or 男"),
        ("[audience]\nage = [\"young\"]\n", "brief.toml:2: `audience.age`: `young` is no age", "25-34"),
        ("[audience]\ncity_tier = [\"六线\"]\n", "brief.toml:2: `audience.city_tier`: `六线` is no city tier", "新一线"),
        (
            "[aim]\ngoal = \"conversions\"\n[domain]\nkeywords = { \"a\" = 1 }\n",
            "brief.toml:2: `aim.goal`: unknown `conversions`",
            "did you mean `conversion`?",
        ),
        ("[domain]\nkeywords = { \"a\" = 1 }\nmatch = \"some\"\n", "brief.toml:3: `domain.match`: unknown `some`", "any, all"),
        ("[domain]\nkeywords = { \"a\" = 0 }\n", "brief.toml:2: `domain.keywords.a`: the weight 0 is not above 0", "such as 1.0"),
        ("[domain]\nkeywords = { \"##\" = 1 }\n", "holds no letter or digit", "hint: "),
        ("[eligible]\nplatforms = [\"小红薯书\"]\n[domain]\nkeywords = { \"a\" = 1 }\n", "brief.toml:2: `eligible.platforms`: unknown `小红薯书`", "小红书"),
        ("[eligible]\nfollowers = { min = 9, max = 1 }\n[domain]\nkeywords = { \"a\" = 1 }\n", "min 9 is above max 1", "swap them"),
        ("[columns]\n\"x\" = \"followres\"\n[domain]\nkeywords = { \"a\" = 1 }\n", "no candidate field is called `followres`", "did you mean `followers`?"),
        ("[domain]\nkeywords = \"辅食\"\n", "brief.toml:2: `domain.keywords`", "domain.keywords.*"),
        ("[domain\n", "brief.toml:1: not TOML", "hint: "),
        ("domain = 1\n", "`domain` is a section, not a value", "[domain]"),
        ("", "the brief asks for nothing", "categories = { \"母婴/辅食\" = 1.0 }"),
        ("[brand]\nname = \"a\"\n", "the brief asks for nothing", "hint: "),
    ] {
        let error = error(brief);
        assert!(error.contains(place), "{brief}\n{error}");
        assert!(error.contains(advice), "{brief}\n{error}");
    }
}

#[test]
fn set_overrides_any_key() {
    let scores = |more: &[&str]| rank(ASK, "id,name,categories,bio\n1,甲,美妆,辅食\n", more).ok();
    assert_ne!(scores(&[]), scores(&["--set", "domain.categories={ \"美妆\" = 1 }"]));
    assert_eq!(rank(ASK, FILE, &["--set", "eligible.followers.min=5", "--set", "domain.match=all"]).ok().lines().count(), 2);
    let error = rank(ASK, FILE, &["--set", "aim.gaol=branding"]).fails(2);
    assert!(error.contains("--set: unknown key `aim.gaol`") && error.contains("did you mean `goal`?"), "{error}");
    let error = rank(ASK, FILE, &["--set", "aim.goal"]).fails(2);
    assert!(error.contains("has no `=`"), "{error}");
}

#[test]
fn the_hash_of_a_brief_is_that_of_its_content() {
    let hash = |brief: &str, more: &[&str]| {
        let mut arguments = vec!["-f", "json"];
        arguments.extend(more);
        rank(brief, FILE, &arguments).json()["run"]["brief"]["hash"].clone()
    };
    let one = hash(ASK, &[]);
    assert_eq!(one, hash("# a comment\n[domain]\ncategories.\"母婴/辅食\" = 1\n", &[]));
    assert_ne!(one, hash(ASK, &["--set", "aim.goal=branding"]));
    assert_eq!(hash("[aim]\ngoal = \"branding\"\n[domain]\ncategories = { \"母婴/辅食\" = 1.0 }\n", &[]), hash(ASK, &["--set", "aim.goal=branding"]));
}

#[test]
fn the_aim_and_the_weights_shift_what_counts() {
    let brief = "[domain]\nkeywords = { \"辅食\" = 1 }\n[audience]\ngender = [\"女\"]\n";
    let weights = |more: &[&str]| {
        let mut arguments = vec!["-f", "json"];
        arguments.extend(more);
        rank(brief, "id,bio\n1,辅食\n", &arguments).json()["run"]["weights"]["kol"].clone()
    };
    let close = |found: &serde_json::Value, expected: f64| assert!((found.as_f64().unwrap() - expected).abs() < 1e-6, "{found}");
    close(&weights(&[])["domain"], 0.25 / 0.87);
    close(&weights(&["--set", "aim.collaboration=traffic"])["audience"], 0.33 / 1.03);
    close(&weights(&["--set", "weights={ domain = 1, audience = 3 }"])["audience"], 0.75);
    let error = rank(brief, "id\n1\n", &["--set", "weights={ domain = 0 }"]).fails(1);
    assert!(error.contains("no dimension that the brief asks for has a weight above 0"), "{error}");
}

#[test]
fn the_example_brief_documents_every_key() {
    let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/examples/baby-food/brief.toml")).unwrap();
    for key in kolscore::brief::keys::KEYS {
        let steps: Vec<&str> = key.path.split('.').filter(|step| !step.starts_with('*')).collect();
        for step in steps {
            assert!(text.contains(step), "`{}` is not in the example brief", key.path);
        }
    }
}

#[test]
fn rules_exclude_with_a_reason() {
    let folder = Folder::new();
    let brief = folder.file(
        "brief.toml",
        "[brand]\ncompetitors = [\"敌牌\"]\n[domain]\nkeywords = { \"辅食\" = 1 }\n[eligible]\nplatforms = [\"小红书\"]\nfollowers = { min = 100, max = 1e6 }\nprice = { max = 500 }\nexclude_keywords = [\"代理\"]\nexclude_ids = [\"7\"]\nexclude_categories = [\"游戏\"]\n",
    );
    let file = folder.file(
        "c.csv",
        "id,platform,followers,price_image,bio,categories\n1,抖音,500,1,x,\n2,小红书,50,1,x,\n3,小红书,5000000,1,x,\n4,小红书,500,900,x,\n5,小红书,500,1,招代理,\n6,小红书,500,1,爱敌牌,\n7,小红书,500,1,x,\n8,小红书,500,1,x,游戏\n9,,,,辅食,\n",
    );
    let whole = kolscore(["rank", "-b", &brief, &file, "-f", "json", "--show-excluded"]).json();
    let found: Vec<(&str, &str, &str)> = whole["excluded"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| (row["id"].as_str().unwrap(), row["rule"].as_str().unwrap(), row["detail"].as_str().unwrap()))
        .collect();
    assert_eq!(
        found,
        [
            ("1", "eligible.platforms", "抖音"),
            ("2", "eligible.followers", "followers 50 below 100"),
            ("3", "eligible.followers", "followers 5000000 above 1000000"),
            ("4", "eligible.price", "price 900 above 500"),
            ("5", "eligible.exclude_keywords", "`代理` in 「招代理」"),
            ("6", "brand.competitors", "`敌牌` in 「爱敌牌」"),
            ("7", "eligible.exclude_ids", "7"),
            ("8", "eligible.exclude_categories", "tagged with an excluded category"),
        ]
    );
    assert_eq!(whole["run"]["counts"]["ranked"], 1, "what is unknown breaks no rule");
}

#[test]
fn any_number_can_be_bounded_and_any_field_required() {
    let file = "id,followers,views,active_share,price_image,titles,categories,location,as_of\n1,900,50,40%,10,饭,母婴,上海,2026-05-01\n2,900,500,10%,10,饭,母婴,上海,2026-05-01\n3,900,500,40%,,饭,母婴,上海,2026-05-01\n4,900,500,40%,10,面,母婴,上海,2026-05-01\n5,900,500,40%,10,饭,游戏,上海,2026-05-01\n6,900,500,40%,10,饭,母婴,北京,2026-05-01\n7,900,500,40%,10,饭,母婴,上海,2025-05-01\n8,900,500,40%,10,饭,母婴,上海,2026-05-01\n9,900,500,40%,10,饭,母婴,上海,2026-05-01\n";
    let brief = "[domain]\ncategories = { \"母婴/辅食\" = 1.0 }\n[eligible]\nnumbers = { views = { min = 100 }, active_share = { min = 0.2 } }\nknown = [\"price_image\"]\nrequire_keywords = [\"饭\"]\nrequire_categories = [\"母婴\"]\nlocations = [\"上海\"]\nas_of_from = \"2026-01-01\"\nonly_ids = [\"1\", \"2\", \"3\", \"4\", \"5\", \"6\", \"7\", \"8\"]\n";
    let whole = rank(brief, file, &["-f", "json", "--show-excluded"]).json();
    let found: Vec<(&str, &str)> =
        whole["excluded"].as_array().unwrap().iter().map(|row| (row["rule"].as_str().unwrap(), row["detail"].as_str().unwrap())).collect();
    assert_eq!(
        found,
        [
            ("eligible.numbers", "views 50 below 100"),
            ("eligible.numbers", "active_share 0.1 below 0.2"),
            ("eligible.known", "`price_image` is unknown"),
            ("eligible.require_keywords", "no text holds `饭`"),
            ("eligible.require_categories", "neither tagged with a required category nor speaking of one"),
            ("eligible.locations", "lives in `北京`"),
            ("eligible.as_of_from", "data of 2025-05-01"),
            ("eligible.only_ids", "9"),
        ]
    );
    assert_eq!(whole["run"]["counts"]["ranked"], 1);
    let error = rank(ASK, FILE, &["--set", "eligible.numbers={ veiws = { min = 1 } }"]).fails(1);
    assert!(error.contains("unknown `veiws`") && error.contains("did you mean `views`?"), "{error}");
}

#[test]
fn a_constant_can_be_overridden_and_a_misspelt_one_is_an_error() {
    let score = |more: &[&str]| rank(ASK, FILE, more).ok();
    assert_ne!(score(&[]), score(&["--set", "constants.unknown.mean=0.5"]));
    let error = rank(ASK, FILE, &["--set", "constants.unknown.maen=0.5"]).fails(1);
    assert!(error.contains("did you mean `constants.unknown.mean`?"), "{error}");
    let error = rank(ASK, FILE, &["--set", "constants.unknown.mean=much"]).fails(1);
    assert!(error.contains("it takes a number from 0"), "{error}");
}

#[test]
fn what_people_write_is_understood_or_explained() {
    for brief in [
        "[audience]\ngender = \"女\"\n[domain]\nkeywords = [\"辅食\", \"米粉\"]\n",
        "[style]\n\"专业\" = { target = 0.5 }\n",
        "[aim]\ngoal = \"Conversion\"\n[budget]\nformat = \"图文\"\n[domain]\nkeywords = \"辅食\"\n".replace("\"辅食\"", "[\"辅食\"]").as_str(),
        "[audience]\nregion = [\"江浙沪\", \"guangdong\"]\n",
    ] {
        rank(brief, FILE, &[]).ok();
    }
    rank(ASK, FILE, &["--set", "domain.categories.\"护肤\"=2"]).ok();
    for (brief, says) in [
        ("[style]\n\"专业\" = \"very\"\n", "expected a weight such as 1.0, or { target = 0.5, weight = 1.0 }"),
        ("[audience]\ngender = 5\n", "expected a text or a list of texts"),
        ("[domain]\nkeywords = 5\n", "expected words with weights"),
        ("[audience]\nregion = [\"Shangai\"]\n", "did you mean `上海`"),
        ("[domain]\nkeywords = { \"A\" = 1, \"ａ\" = 2 }\n", "is named twice"),
        ("[domain]\nkeywords = { \"a\" = 1e308 }\n", "is too large"),
        ("[eligible]\nfollowers = { min = nan }\n[domain]\nkeywords = [\"a\"]\n", "is no number from 0 up"),
        ("[budget]\ntotal = 99999999999999999999\n", "brief.toml:2: not TOML"),
        ("[domain]\ncategories = [\"抗老\"]\n", "did you mean `美妆/护肤`?"),
    ] {
        let error = error(brief);
        assert!(error.contains(says), "{brief}\n{error}");
    }
    let error = rank(ASK, FILE, &["--set", "aim.goal=brand"]).fails(1);
    assert!(error.contains("error: --set: `aim.goal`: unknown `brand`"), "{error}");
}

#[test]
fn what_no_file_can_tell_is_said_once() {
    let run = rank("[audience]\ngender = [\"女\"]\nregion = [\"广东\"]\n", "id,audience.region\n1,江苏 40%、浙江 60%\n", &[]);
    assert!(run.err.contains("note: no candidate has an audience by gender"), "{}", run.err);
    assert!(run.err.contains("note: no candidate lists `广东` under `audience.region`"), "{}", run.err);
    let run = rank("[domain]\nkeywords = [\"a\"]\n[eligible]\nplatforms = [\"抖音\"]\n", "id,platform\n1,小红书\n", &[]);
    assert!(run.err.contains("note: every candidate is excluded: the first by `eligible.platforms`: 小红书"), "{}", run.err);
}
