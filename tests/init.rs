//! `kolscore init`: a brief that ranks, from flags.

use crate::binary::{Folder, kolscore};

#[test]
fn flags_make_a_brief_that_ranks() {
    let folder = Folder::new();
    let brief = folder.path("brief.toml").display().to_string();
    let flags = ["--brand", "小鹿 \"辅食\"", "--category", "母婴/辅食,育儿", "--keyword", "辅食,米粉", "--style", "专业,亲和", "--goal", "conversion"];
    let more = ["--gender", "女", "--age", "25-34", "--platform", "小红书", "--budget", "20万", "--format", "image", "--competitor", "芽小厨", "-o", &brief];
    let run = kolscore([&["init"][..], &flags, &more].concat());
    assert!(run.err.contains("wrote ") && run.out.is_empty(), "{}", run.err);
    run.ok();
    let text = std::fs::read_to_string(&brief).unwrap();
    for line in [
        "name = \"小鹿 \\\"辅食\\\"\"",
        "categories = { \"母婴/辅食\" = 1.0, \"育儿\" = 1.0 }",
        "\"专业\" = 1.0\n\"亲和\" = 1.0",
        "gender = [\"女\"]",
        "total = 200000",
        "# mode = \"seeding\"",
        "# region = [\"浙江\", \"上海\"]",
    ] {
        assert!(text.contains(line), "`{line}` is not in\n{text}");
    }
    let ranked = kolscore(["rank", "-b", &brief, "examples/baby-food/pgy_export.csv", "-f", "json"]).json();
    assert!(ranked["run"]["counts"]["ranked"].as_u64() > Some(10));
    assert!(kolscore(["init", "--category", "母婴", "-o", &brief]).fails(2).contains("was not written by kolscore"));
}

#[test]
fn every_example_of_the_template_is_a_key_that_fits() {
    let text = kolscore(["init", "--keyword", "辅食"]).ok();
    let uncommented: String = text.lines().map(|line| line.strip_prefix("# ").filter(|rest| rest.contains(" = ")).unwrap_or(line).to_owned() + "\n").collect();
    let folder = Folder::new();
    let brief = folder.file("brief.toml", uncommented);
    kolscore(["rank", "-b", &brief, "examples/baby-food/pgy_export.csv"]).ok();
}

#[test]
fn what_no_brief_can_hold_is_refused() {
    let err = kolscore(["init"]).fails(2);
    assert!(err.contains("nobody can be asked") && err.contains("kolscore init --category"), "{err}");
    let err = kolscore(["init", "--category", "母婴/辅实"]).fails(1);
    assert!(err.contains("母婴/辅实"), "{err}");
    assert!(kolscore(["init", "--category", "母婴", "--goal", "convert"]).fails(1).contains("did you mean `conversion`"));
    assert!(kolscore(["init", "--category", "母婴", "--budget", "plenty"]).fails(1).contains("is no amount of money"));
}
