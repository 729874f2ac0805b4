//! One contract over all format packs: each recognises its own headers, and reads its sample to the values that it states.

use std::collections::BTreeMap;

use crate::binary::workbook;
use kolscore::{
    knowledge::Knowledge,
    normalize::{field::Field, plan},
    read::{Input, Source},
};

fn knowledge() -> Knowledge {
    Knowledge::built_in().unwrap()
}

fn header_row(pack: &kolscore::knowledge::formats::Pack) -> Vec<u8> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let identifies = |field: Option<Field>| matches!(field, Some(Field::Id | Field::Handle | Field::Name | Field::Url));
    let name = (!pack.columns().any(|(_, target)| identifies(target.field))).then_some("name");
    let headers: Vec<&str> = pack.columns().map(|(header, _)| header).chain(name).collect();
    // A repeated header is `Label#2` in a pack, and the label itself again in a file.
    let labels: Vec<&str> = headers
        .iter()
        .map(|header| header.rsplit_once('#').filter(|(label, n)| !label.is_empty() && n.parse::<u32>().is_ok()).map_or(*header, |(label, _)| label))
        .collect();
    writer.write_record(&labels).unwrap();
    writer.into_inner().unwrap()
}

#[test]
fn every_pack_is_recognised_by_its_own_headers() {
    let knowledge = knowledge();
    for pack in knowledge.packs.iter().filter(|pack| !pack.recognise.is_empty()) {
        let source = Source::from_bytes(format!("{}.csv", pack.id), header_row(pack)).unwrap();
        match plan::plan("sample.csv", source.headers(), &[], &knowledge) {
            Ok(plan) => assert_eq!(plan.pack.id, pack.id),
            Err(error) => assert!(error.to_string().contains("the file does not say"), "{}: {error}", pack.id),
        }
    }
}

#[test]
fn every_pack_names_its_source_and_a_candidate() {
    let knowledge = knowledge();
    assert!(knowledge.packs[0].recognise.is_empty(), "the general pack stands first");
    for pack in &knowledge.packs {
        assert!(pack.source.len() > 10, "{}", pack.id);
        let identifies = |field: Option<Field>| matches!(field, Some(Field::Id | Field::Handle | Field::Name | Field::Url));
        assert!(pack.id == "kolscore-fields" || pack.columns().any(|(_, target)| identifies(target.field)), "{}", pack.id);
        if let Some(platform) = &pack.platform {
            assert!(knowledge.platforms.named(platform).is_some(), "{}: {platform}", pack.id);
        }
    }
}

#[test]
fn no_pack_maps_a_column_of_contacts() {
    for pack in &knowledge().packs {
        for (header, target) in pack.columns().filter(|(_, target)| target.field.is_some()) {
            for word in ["邮箱", "email", "微信", "手机", "电话", "phone", "联系方式", "wechat"] {
                assert!(!header.contains(word), "{}: `{header}` is mapped to `{target}`", pack.id);
            }
        }
    }
}

/// Samples under `tests/formats/<pack>.csv`; the first line of each says what its first row must read to, as `# field=value …`.
/// JSON has no room for such a line: that of `<pack>.json` is `<pack>.expected`.
#[test]
fn every_sample_reads_to_the_values_that_it_states() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/formats");
    let mut seen = std::collections::BTreeSet::new();
    let mut entries: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let text = std::fs::read_to_string(&path).unwrap();
        if path.extension().is_some_and(|end| end == "expected") {
            let source = Source::open(&Input::Path(path.with_extension("json"))).unwrap();
            sample(&name, text.trim_end(), &source);
            seen.insert(name);
            continue;
        } else if path.extension().is_some_and(|end| end == "json") {
            continue;
        }
        let (stated, table) = text.split_once('\n').unwrap();
        let source = Source::from_bytes(format!("{name}.csv"), table.as_bytes().to_vec()).unwrap();
        let delimiter = source.container().text().unwrap().delimiter;
        sample(&name, stated, &source);
        sample(&name, stated, &Source::from_bytes(format!("{name}.xlsx"), workbook(table, delimiter)).unwrap());
        seen.insert(name);
    }
    let required = [
        "kolscore",
        "kolscore-zh",
        "pgy-grouped",
        "pgy-spider",
        "pgy-userscript",
        "pgy-list",
        "pgy-flat",
        "pgy-collector-wan",
        "xingtu-userscript",
        "xingtu-detail",
        "huitun-xhs",
        "qiangua-userscript",
        "agency-second-round",
        "mcn-sheet",
        "modash-report",
        "team-outreach",
        "lineup-sheet",
        "kaggle-instagram-2022",
        "xhs-koc-list",
        "pgy-portraits",
        "resource-table",
        "xhs-koc-creators",
        "nox-overseas",
        "agency-performance",
        "chanmama-live",
        "creator-benchmark",
        "huitun-douyin",
        "huitun-douyin-library",
        "team-audit",
        "team-targets",
        "tiktok-shop-manual",
        "xingtu-grouped",
    ];
    for name in required {
        assert!(seen.contains(name), "no sample `tests/formats/{name}.csv`");
    }
}

/// Ranks one sample with all columns and compares the stated cells of its first row.
fn sample(name: &str, stated: &str, source: &Source) {
    let stated = stated.strip_prefix("# ").unwrap_or_else(|| panic!("{name}: the first line states no values"));
    let mut expected: BTreeMap<&str, &str> = stated.split(" ; ").map(|pair| pair.split_once('=').unwrap_or_else(|| panic!("{name}: {pair}"))).collect();
    let pack = expected.remove("format").unwrap_or_else(|| panic!("{name}: no format"));
    let maps: Vec<String> = expected.remove("map").map(|maps| maps.split(" & ").map(str::to_owned).collect()).unwrap_or_default();
    let knowledge = knowledge();
    let mappings: Vec<plan::Mapping> = maps
        .iter()
        .map(|map| map.split_once("=>").unwrap())
        .map(|(header, target)| plan::Mapping {
            header: header.to_owned(),
            target: kolscore::normalize::target::Target::parse(target, &knowledge.regions).unwrap(),
        })
        .collect();
    let mut plan = plan::plan(name, source.headers(), &mappings, &knowledge).unwrap_or_else(|error| panic!("{name}: {error}"));
    assert_eq!(plan.pack.id, pack, "{name}");
    let read = |plan: &plan::Plan<'_>| {
        let normalizer = kolscore::normalize::row::Normalizer::new(plan, &knowledge, None);
        let mut findings = kolscore::normalize::row::Findings::new(plan.columns.len());
        let mut first = None;
        let (parts, _) = source
            .scan(1, |batch| {
                let (mut candidate, mut own) =
                    (kolscore::normalize::candidate::Candidate::default(), kolscore::normalize::row::Findings::new(plan.columns.len()));
                let mut first = None;
                batch.for_each(|record| {
                    if normalizer.fill(record, &mut candidate, &mut own) == kolscore::normalize::row::Outcome::Candidate && first.is_none() {
                        first = Some(candidate.clone());
                    }
                    Ok(())
                })?;
                Ok((first, own))
            })
            .unwrap();
        for (candidate, own) in parts {
            first = first.or(candidate);
            findings.append(own);
        }
        (first, findings)
    };
    let (_, findings) = read(&plan);
    kolscore::normalize::decide::decide_shares(name, &mut plan, &findings.tallies).unwrap();
    let (candidate, findings) = read(&plan);
    assert!(findings.rejects.kept.is_empty(), "{name}: {:?}", findings.rejects.kept);
    let facts = facts(&candidate.unwrap_or_else(|| panic!("{name}: no candidate")), &knowledge);
    for (field, value) in expected {
        assert_eq!(facts.get(field).map(String::as_str), Some(value), "{name}: `{field}`; read: {facts:?}");
    }
}

/// Everything known of a candidate, by the names of the fields: numbers plain, shares with 4 decimals, lists joined by `|`.
fn facts(candidate: &kolscore::normalize::candidate::Candidate, knowledge: &Knowledge) -> BTreeMap<String, String> {
    use kolscore::normalize::{
        field::{Facet, PriceFormat},
        target::Scope,
    };
    let mut facts = BTreeMap::new();
    let mut fact = |name: &str, value: String| {
        if !value.is_empty() {
            facts.insert(name.to_owned(), value);
        }
    };
    let texts = [
        ("id", &candidate.id),
        ("handle", &candidate.handle),
        ("name", &candidate.name),
        ("url", &candidate.url),
        ("mcn", &candidate.mcn),
        ("verified", &candidate.verified),
        ("location", &candidate.location),
        ("currency", &candidate.currency),
    ];
    texts.into_iter().for_each(|(name, text)| fact(name, text.clone()));
    fact("platform", candidate.platform.map_or_else(|| candidate.other_platform.clone(), |id| knowledge.platforms.name(id).to_owned()));
    fact("kind", candidate.kind.map_or(String::new(), |kind| kind.name().to_owned()));
    fact("gender", candidate.gender.as_ref().map_or(String::new(), kolscore::normalize::bin::Bin::label));
    fact("as_of", candidate.as_of.map_or(String::new(), |(year, month, day)| format!("{year}-{month:02}-{day:02}")));
    let numbers = [("followers", candidate.followers), ("followers_growth_30d", candidate.followers_growth_30d), ("posts_30d", candidate.posts_30d)];
    numbers.into_iter().for_each(|(name, number)| fact(name, number.map_or(String::new(), |number| number.to_string())));
    for format in PriceFormat::ALL {
        fact(&format!("price_{}", format.name()), candidate.prices[format as usize].map_or(String::new(), |price| price.to_string()));
    }
    fact("barter", if candidate.barter { "yes".into() } else { String::new() });
    for figure in &candidate.metrics {
        let scope = match figure.scope {
            Some(Scope::Organic) => ":organic",
            Some(Scope::Sponsored) => ":sponsored",
            None => "",
        };
        let window = figure.window_days.map_or(String::new(), |days| format!(":{days}d"));
        let metric = figure.metric;
        let name = kolscore::normalize::field::Field::Metric(metric).info().name;
        fact(&format!("{name}{scope}{window}{}", if figure.mean { ":mean" } else { "" }), figure.value.to_string());
    }
    // Nickname and verification text are documents too, and stand under their own names.
    let texts = &candidate.documents;
    let spoken: Vec<&str> = (0..texts.len()).filter(|document| texts.speaks(*document)).map(|document| texts.get(document)).collect();
    fact("documents", spoken.join("|").replace('\n', "|"));
    fact(
        "categories",
        candidate
            .categories
            .iter()
            .map(|(id, share)| format!("{}={}", knowledge.categories.path(*id), (share * 1e4).round() / 1e4))
            .collect::<Vec<_>>()
            .join("|"),
    );
    let traits: Vec<&str> = knowledge.traits.iter().filter(|(id, _)| candidate.style_tags.contains(id)).map(|(_, style)| style.id.as_str()).collect();
    fact("style_tags", traits.join("|"));
    for facet in Facet::ALL {
        for (bin, share) in &candidate.audience(facet).bins {
            fact(&format!("audience.{}.{}", facet.name(), bin.label()), format!("{share:.4}"));
        }
    }
    for (name, share) in ["active_share", "interacting_share", "suspected_fake_share", "sponsored_share"].into_iter().zip(candidate.quality) {
        fact(name, share.map_or(String::new(), |share| format!("{share:.4}")));
    }
    facts
}
