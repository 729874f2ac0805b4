//! What README and the examples' page show is what the tool prints.

#[test]
fn console_blocks_show_what_is_printed() {
    trycmd::TestCases::new().case("README.md");
}

#[test]
fn every_list_prints_something_for_everything_there_is() {
    use crate::binary::kolscore;
    use kolscore::{brief::keys::KEYS, normalize::field::FIELDS};
    let fields = kolscore(["list", "fields"]).ok();
    assert!(FIELDS.iter().all(|info| fields.contains(info.name)));
    let keys = kolscore(["list", "keys"]).ok();
    assert!(KEYS.iter().all(|key| keys.contains(key.path)));
    let categories = kolscore(["list", "categories"]).ok();
    assert!(categories.contains("母婴/辅食") && categories.contains("(Baby food, baby/feeding)"));
    let traits = kolscore(["list", "traits"]).ok();
    assert!(["expert", "warm", "playful", "refined", "bold", "trendy", "value", "hardsell"].iter().all(|id| traits.contains(&format!("({id})"))));
    let formats = kolscore(["list", "formats"]).ok();
    assert!(formats.contains("pgy-flat") && formats.contains("source: "));
    let error = kolscore(["list", "felds"]);
    assert_eq!(error.code, 2);
}
