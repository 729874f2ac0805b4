//! What is built in: the lexicons keep their rules, every place and tag of real files is known, and a user's own data is laid over all of it.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
    sync::LazyLock,
};

use kolscore::{
    knowledge::{
        Knowledge,
        vocabulary::{Marker, Meaning},
    },
    normalize::{bin::TIERS, fold::fold},
    read::{Batch, Input, Source},
};
use toml::{Table, Value};

use crate::binary::{Folder, kolscore, shared};

static KNOWLEDGE: LazyLock<Knowledge> = LazyLock::new(|| Knowledge::built_in().unwrap());

/// All cells of a column, in the order of the rows.
fn column(path: PathBuf, header: &str) -> Vec<String> {
    let source = Source::open(&Input::Path(path)).unwrap();
    let at = source.headers().iter().position(|own| own.name == header).unwrap_or_else(|| panic!("no column {header}"));
    let part = |batch: &Batch<'_>| {
        let mut cells = Vec::new();
        batch.for_each(|record| {
            cells.extend(record.cell(at).map(str::to_owned));
            Ok(())
        })?;
        Ok(cells)
    };
    source.scan(1, part).unwrap().0.into_iter().flatten().collect()
}

/// Every data file with its table.
fn data_files(folder: &str) -> Vec<(String, Table)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("data").join(folder);
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_file()).collect();
    files.sort();
    files.into_iter().map(|path| (path.display().to_string(), std::fs::read_to_string(&path).unwrap().parse().unwrap())).collect()
}

/// The words of a bilingual list, by language.
fn bilingual(list: &Value) -> BTreeMap<&str, Vec<&str>> {
    let words = |language| list.get(language).and_then(Value::as_array).map_or(Vec::new(), |words| words.iter().map(|word| word.as_str().unwrap()).collect());
    ["zh", "en"].into_iter().map(|language| (language, words(language))).collect()
}

fn is_chinese(term: &str) -> bool {
    term.chars().all(|c| ('\u{3400}'..='\u{9fff}').contains(&c))
}

#[test]
fn the_tree_is_deep_and_its_parts_are_related() {
    let ids: Vec<&str> = KNOWLEDGE.categories.iter().map(|(_, category)| category.id.as_str()).collect();
    assert!(ids.len() >= 150, "{}", ids.len());
    assert!(ids.iter().filter(|id| !id.contains('/')).count() >= 30);
    for id in &ids {
        let parent = id.rsplit_once('/').map(|(parent, _)| parent);
        assert!(parent.is_none_or(|parent| ids.contains(&parent)), "{id} has no parent");
    }
}

#[test]
fn every_category_has_fifty_to_two_hundred_terms_a_language_and_none_twice() {
    let mut seen = BTreeSet::new();
    for (file, table) in data_files("lexicons") {
        for (id, list) in table["terms"].as_table().unwrap() {
            assert!(seen.insert(id.clone()), "{file}: `{id}` has terms in two files");
            for (language, terms) in bilingual(list) {
                assert!((50..=200).contains(&terms.len()), "{file}: `{id}` has {} terms in {language}", terms.len());
                let mut folded = BTreeSet::new();
                terms.iter().for_each(|term| assert!(folded.insert(fold(term)), "{file}: `{id}` holds `{term}` twice"));
            }
        }
    }
    let without: Vec<&str> = KNOWLEDGE.categories.iter().map(|(_, category)| category.id.as_str()).filter(|id| !seen.contains(*id)).collect();
    assert_eq!(without, [""; 0], "categories without terms");
}

#[test]
fn no_term_speaks_of_two_unrelated_categories() {
    for (term, meanings) in KNOWLEDGE.vocabulary.iter() {
        let ids: Vec<u16> = meanings.iter().filter_map(|meaning| if let Meaning::Category(id) = meaning { Some(*id) } else { None }).collect();
        for (a, b) in ids.iter().flat_map(|a| ids.iter().map(move |b| (*a, *b))) {
            assert!(KNOWLEDGE.categories.similarity(a, b) > 0.0, "`{term}` means {} and {}", KNOWLEDGE.categories.path(a), KNOWLEDGE.categories.path(b));
        }
        assert!(ids.is_empty() || !meanings.contains(&Meaning::Shield), "`{term}` is a term and a shield");
    }
}

#[test]
fn a_term_of_one_chinese_character_has_a_shield() {
    let shields: Vec<&str> = KNOWLEDGE.vocabulary.terms_of(Meaning::Shield).collect();
    for (term, meanings) in KNOWLEDGE.vocabulary.iter() {
        let topical = meanings.iter().any(|meaning| matches!(meaning, Meaning::Category(_)));
        if topical && is_chinese(term) && term.chars().count() == 1 {
            assert!(shields.iter().any(|shield| shield.contains(term)), "nothing shields `{term}`");
        }
        assert!(!topical || !term.is_ascii() || term.len() > 1, "`{term}` is one letter");
    }
}

#[test]
fn traits_and_markers_have_sixty_terms_a_language() {
    let files = data_files("");
    let table = |name: &str| &files.iter().find(|(file, _)| file.ends_with(name)).unwrap().1;
    for (name, entries) in [("traits.toml", "trait"), ("markers.toml", "marker")] {
        for entry in table(name)[entries].as_array().unwrap() {
            for (language, terms) in bilingual(&entry["terms"]) {
                let folded: BTreeSet<String> = terms.iter().map(|term| fold(term)).collect();
                assert!(folded.len() >= 60, "{:?} has {} terms in {language}", entry["id"], folded.len());
                assert_eq!(folded.len(), terms.len(), "{:?} holds a term twice in {language}", entry["id"]);
            }
        }
    }
    assert!(Marker::ALL.iter().all(|marker| KNOWLEDGE.vocabulary.count(Meaning::Marker(*marker)) >= 120));
}

#[test]
fn every_data_file_says_where_it_is_from_and_of_which_year() {
    for (file, _) in ["", "lexicons", "formats", "norms"].into_iter().flat_map(data_files) {
        let text = std::fs::read_to_string(&file).unwrap();
        let says = |key: &str| text.lines().any(|line| line.starts_with(key));
        assert!(says("source = ") && says("year = "), "{file} names no source or no year");
    }
}

#[test]
fn every_city_resolves_to_its_province_and_tier() {
    let regions = &KNOWLEDGE.regions;
    assert_eq!(regions.cities().len(), 337);
    for city in regions.cities() {
        let written = [format!("{} {}", city.province, city.name), format!("中国 {} {}", city.province, city.name), format!("{}·{}", city.province, city.name)];
        for text in written {
            let place = regions.place(&text).unwrap_or_else(|| panic!("{text} is unknown"));
            let found = (place.whole.as_deref(), place.region.as_deref(), place.city.as_deref(), place.tier);
            assert_eq!(found, (Some("中国"), Some(city.province.as_str()), Some(city.name.as_str()), Some(city.tier)), "{text}");
        }
    }
    let Some(path) = shared("china/city_tier_2025_transcribed.csv") else { return };
    let mut rows = 0;
    for row in csv::Reader::from_path(path).unwrap().records().map(Result::unwrap) {
        let place = regions.place(&row[3]).unwrap_or_else(|| panic!("{} is unknown", &row[3]));
        let province = regions.known(&kolscore::normalize::fold::fold_label(&row[4])).unwrap();
        let tier = place.tier.map(|tier| TIERS[usize::from(tier)]);
        assert_eq!((tier, place.region.as_ref()), (Some(&row[0]), Some(&province)), "{}", &row[3]);
        rows += 1;
    }
    assert_eq!(rows, 337);
}

#[test]
fn places_are_read_as_profiles_write_them() {
    let place = |text: &str| {
        let place = KNOWLEDGE.regions.place(text).unwrap_or_default();
        [place.whole, place.region, place.city, place.tier.map(|tier| TIERS[usize::from(tier)].into())].map(|part| part.unwrap_or_default().to_string())
    };
    let cases = [
        ("浙江 杭州 萧山区", ["中国", "浙江", "杭州", "新一线"]),
        ("中国 重庆", ["中国", "重庆", "重庆", "新一线"]),
        ("海外", ["海外", "", "", ""]),
        ("美国达拉斯市", ["海外", "美国", "达拉斯", ""]),
        ("Los Angeles, CA", ["海外", "美国", "Los Angeles", ""]),
        ("IP属地：浙江", ["中国", "浙江", "", ""]),
        ("坐标杭州", ["中国", "浙江", "杭州", "新一线"]),
        ("Based in Berlin", ["海外", "德国", "Berlin", ""]),
        ("內蒙古自治區 呼和浩特", ["中国", "内蒙古", "呼和浩特", "三线"]),
        ("Shenzhen, China", ["中国", "广东", "深圳", "一线"]),
        ("Toronto, Canada", ["海外", "加拿大", "Toronto", ""]),
        ("Paris, France", ["海外", "法国", "Paris", ""]),
        ("LONDON", ["海外", "英国", "London", ""]),
        ("火星", ["", "", "", ""]),
        ("未知", ["", "", "", ""]),
    ];
    for (text, expected) in cases {
        assert_eq!(place(text), expected, "{text}");
    }
}

#[test]
fn nearly_all_tags_of_real_files_mean_a_category() {
    let mut tags: BTreeMap<Vec<String>, u64> = BTreeMap::new();
    let mut add = |path: &[&str], times: u64| *tags.entry(path.iter().map(|step| (*step).to_owned()).collect()).or_default() += times;
    let Some(xingtu) = shared("taxonomies/observed_xingtu_content_tags.csv") else { return };
    for row in csv::Reader::from_path(xingtu).unwrap().records().map(Result::unwrap) {
        add(&[row[0].trim_start_matches('\u{feff}'), &row[1]], row[2].parse().unwrap());
    }
    let columns = [
        ("kaggle_2022/instagram_dec.csv", "Category_1"),
        ("kaggle_2022/instagram_dec.csv", "Category_2"),
        ("kaggle_2022/instagram_jun.csv", "Category_1"),
        ("kaggle_2022/instagram_jun.csv", "Category_2"),
        ("kaggle_2022/youtube_nov.csv", "Category"),
        ("kaggle_2022/youtube_nov.csv", "Category-2"),
        ("douyin_bios/douyin.csv", "category"),
        ("bilibili/uploaders.xlsx", "创作领域"),
        ("pgy_energybar/pgy_kols_flat.csv", "contentTags"),
    ];
    for (file, header) in columns {
        for cell in column(shared(file).unwrap(), header).iter().filter(|cell| !kolscore::normalize::cell::is_missing(cell)) {
            let path: Vec<&str> = cell.split('>').map(str::trim).filter(|step| !step.is_empty()).collect();
            add(&path, 1);
        }
    }
    let total: u64 = tags.values().sum();
    let unmapped: Vec<(String, u64)> = tags
        .iter()
        .filter(|(path, _)| KNOWLEDGE.categories.tagged(&path.iter().map(String::as_str).collect::<Vec<_>>()).is_none())
        .map(|(path, times)| (path.join(" > "), *times))
        .collect();
    let lost: u64 = unmapped.iter().map(|(_, times)| times).sum();
    eprintln!("{total} tags, {lost} of them mean no category: {unmapped:?}");
    assert!(lost * 100 <= total * 3, "{lost} of {total}: {unmapped:?}");
}

#[test]
fn check_names_the_tags_that_mean_nothing() {
    let folder = Folder::new();
    let file = folder.file("tags.csv", "id,platform,categories\n1,抖音,美食\n2,抖音,其他\n3,抖音,占位标签\n4,抖音,其他\n");
    let text = kolscore(["check", "--width", "200", &file]).ok();
    assert!(text.contains("3 content tags mean no category that is known") && text.contains("`其他` 2, `占位标签` 1"), "{text}");
}

#[test]
fn why_says_which_terms_hit_and_which_shields_held() {
    let text = kolscore(["list", "--why", "面包 護膚品 my caring CAR"]).ok();
    let lines: Vec<Vec<&str>> = text.lines().map(|line| line.split_whitespace().collect()).collect();
    let has = |words: &[&str]| assert!(lines.iter().any(|line| line == words), "{words:?} is not in\n{text}");
    has(&["compared", "as:", "面包", "护肤品", "my", "caring", "car"]);
    has(&["car", "topic", "汽车", "only", "a", "part", "of", "a", "word"]);
    has(&["car", "topic", "汽车", "counts"]);
    assert!(text.contains("as a title it speaks of: "), "{text}");
    let text = kolscore(["list", "--why", "护肤保养"]).ok();
    assert!(text.contains("as a tag of a platform it means: category 美妆/护肤"), "{text}");
    let text = kolscore(["list", "--why", "zzzz"]).ok();
    assert!(text.contains("no known topic"), "{text}");
}

#[test]
fn terms_of_a_category_are_listed_with_those_below_it() {
    let text = kolscore(["list", "categories", "--terms", "护肤"]).ok();
    assert!(text.starts_with("美妆/护肤 (beauty/skincare)  ") && text.contains("serum"), "{text}");
    assert!(kolscore(["list", "categories", "--terms", "beauty"]).ok().contains("beauty/makeup"));
    assert!(kolscore(["list", "traits", "--terms", "真诚"]).ok().starts_with("亲和 (warm)"));
    assert!(kolscore(["list", "markers", "--terms", "first_hand"]).ok().contains("回购"));
    let err = kolscore(["list", "categories", "--terms", "beauty/skinare"]).fails(2);
    assert!(err.contains("no category is called `beauty/skinare`") && err.contains("did you mean `beauty/skincare`"), "{err}");
    assert!(kolscore(["list", "fields", "--terms", "x"]).fails(2).contains("only categories, traits and markers have terms"));
}

/// A brief, a file, and a folder with one lexicon of the user's.
fn with_data(lexicon: &str) -> (Folder, Vec<String>) {
    let folder = Folder::new();
    let brief = folder.file("brief.toml", "[domain]\ncategories = { \"母婴/辅食\" = 1.0 }\n");
    let file = folder.file("candidates.csv", "id,platform,followers,titles\n1,小红书,2000,绿野米糊测评\n2,小红书,2000,米糊\n3,小红书,2000,绿野\n");
    std::fs::create_dir_all(folder.path("own/lexicons")).unwrap();
    folder.file("own/lexicons/mine.toml", lexicon);
    let own = folder.path("own").display().to_string();
    let arguments = ["rank", "-b", &brief, &file, "--data", &own, "-f", "json"].map(str::to_owned).to_vec();
    (folder, arguments)
}

/// The domain of each candidate, by id; `None` where it is unknown.
fn domains(arguments: &[String]) -> (BTreeMap<String, Option<f64>>, serde_json::Value) {
    let whole = kolscore(arguments).json();
    let rows = whole["boards"].as_array().unwrap().iter().flat_map(|board| board["candidates"].as_array().unwrap().clone());
    let known = |row: &serde_json::Value| row["dimensions"]["domain"]["value"].as_f64().filter(|_| row["dimensions"]["domain"]["known"].as_f64() > Some(0.0));
    (rows.map(|row| (row["id"].as_str().unwrap().to_owned(), known(&row))).collect(), whole)
}

#[test]
fn a_users_terms_are_added_or_take_the_place_of_the_built_in_ones() {
    let (_folder, mut arguments) = with_data("[terms.\"baby/feeding\"]\nzh = [\"绿野\"]\n");
    let (added, whole) = domains(&arguments);
    assert!(added["1"].is_some() && added["2"].is_some() && added["3"].is_some(), "{added:?}");
    let data = &whole["run"]["data"];
    assert!(data["folder"].as_str().unwrap().ends_with("own") && data["hash"].as_str().unwrap().len() == 16, "{data}");
    let (_folder, replaced) = with_data("[terms.\"baby/feeding\"]\nreplace = true\nzh = [\"绿野\"]\n");
    let (replaced, _) = domains(&replaced);
    assert!(replaced["2"].is_none() && replaced["3"].is_some(), "{replaced:?}");
    let (_folder, removed) = with_data("[terms.\"baby/feeding\"]\nremove = [\"米糊\"]\n");
    assert!(domains(&removed).0["2"].is_none());
    let (_folder, shielded) = with_data("[shields]\nzh = [\"绿野米糊测评\"]\n");
    let shielded = domains(&shielded).0;
    assert!(shielded["1"].is_none() && shielded["2"].is_some(), "{shielded:?}");
    // Without the folder nothing of it remains, and the output says that nothing was laid over.
    arguments.drain(4..6);
    let (without, whole) = domains(&arguments);
    assert!(without["3"].is_none() && whole["run"]["data"].is_null(), "{without:?}");
}

#[test]
fn other_data_is_laid_over_key_by_key() {
    let folder = Folder::new();
    folder.file(
        "categories.toml",
        "[[category]]\nid = \"drones\"\nzh = \"无人机\"\nen = \"Drones\"\naliases = [\"航拍机\"]\n[[category]]\nid = \"food\"\naliases = [\"吃喝\"]\n",
    );
    folder.file("presets.toml", "[constants.domain]\nenough = 0.9\n");
    folder.file("cities.toml", "[[province]]\nname = \"浙江\"\ncities = [{ name = \"温州\", tier = \"一线\" }]\n");
    let own = folder.path("").display().to_string();
    let list = |what: &str| kolscore(["list", what, "--data", &own]).ok();
    assert!(list("categories").contains("无人机  (Drones, drones)  0 terms"));
    assert!(
        list("constants").contains("constants.domain.enough")
            && list("constants").lines().any(|line| line.starts_with("constants.domain.enough ") && line.ends_with("0.9"))
    );
    assert!(list("regions").contains("  温州  一线"));
    assert!(kolscore(["list", "--why", "吃喝", "--data", &own]).ok().contains("category 美食"));
}

#[test]
fn data_that_does_not_fit_is_refused_with_its_place() {
    let refused = |name: &str, text: &str| {
        let folder = Folder::new();
        std::fs::create_dir_all(folder.path("lexicons")).unwrap();
        folder.file(name, text);
        kolscore(["list", "categories", "--data", &folder.path("").display().to_string()]).fails(1)
    };
    let err = refused("lexicons/mine.toml", "[terms.\"baby/feding\"]\nzh = [\"绿野\"]\n");
    assert!(err.contains("unknown category `baby/feding`") && err.contains("did you mean `baby/feeding`"), "{err}");
    let err = refused("lexicons/mine.toml", "[terms.\"baby/feeding\"]\n\nzh = [绿野]\n");
    assert!(err.contains("mine.toml:3: "), "{err}");
    let err = refused("lexicons/mine.toml", "[terms.\"baby/feeding\"]\nzh = [\"！\"]\n");
    assert!(err.contains("has neither a letter nor a digit"), "{err}");
    let err = refused("lexicons/mine.toml", "[terms.\"baby/feeding\"]\nfr = [\"bébé\"]\n");
    assert!(err.contains("does not fit the built-in table") && err.contains("unknown field `fr`"), "{err}");
    let err = refused("categorys.toml", "year = 2026\n");
    assert!(err.contains("no built-in data file is called") && err.contains("did you mean `categories.toml`"), "{err}");
    let empty = Folder::new();
    let err = kolscore(["list", "categories", "--data", &empty.path("").display().to_string()]).fails(1);
    assert!(err.contains("holds no data file"), "{err}");
    let err = kolscore(["list", "categories", "--data", "no/such/folder"]).fails(1);
    assert!(err.contains("cannot read the data folder"), "{err}");
}

#[test]
fn the_whole_data_folder_laid_over_itself_changes_nothing() {
    let files = ["-b", "examples/baby-food/brief.toml", "examples/baby-food/koc_list.csv", "examples/baby-food/mcn_sheet.csv", "-f", "csv"];
    let plain = kolscore(["rank"].into_iter().chain(files)).ok();
    assert_eq!(plain, kolscore(["rank", "--data", "data"].into_iter().chain(files)).ok());
}
