//! `kolscore init`: answers in (flags, or questions on a terminal), a commented brief out.

use std::{
    collections::BTreeMap,
    io::{BufRead, IsTerminal, Write},
};

use anyhow::{Result, bail};

use super::{output::OutputArgs, pool::DataArgs};
use crate::{
    brief::Brief,
    failure::{self, Failure},
    knowledge::Knowledge,
};

/// A brief in which every key is an example behind a `#`.
const TEMPLATE: &str = include_str!("init.toml");

/// Arguments of `kolscore init`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example: kolscore init --brand 小鹿辅食 --category 母婴/辅食 --keyword 辅食,米粉 --goal conversion --gender 女 --age 25-34 -o brief.toml\n\
                  On a terminal and without any of these flags it asks."
)]
pub struct Args {
    /// Name of the brand
    #[arg(long)]
    brand: Option<String>,
    /// Brands whose promotion makes a creator ineligible
    #[arg(long, value_name = "NAME,…", value_delimiter = ',')]
    competitor: Vec<String>,
    /// Categories that creators should talk about
    #[arg(long, value_name = "CATEGORY,…", value_delimiter = ',')]
    category: Vec<String>,
    /// Words that their titles, hashtags or bio should hold
    #[arg(long, value_name = "WORD,…", value_delimiter = ',')]
    keyword: Vec<String>,
    /// Traits, or words for them
    #[arg(long, value_name = "TRAIT,…", value_delimiter = ',')]
    style: Vec<String>,
    /// acquisition, conversion, activation or branding
    #[arg(long)]
    goal: Option<String>,
    /// seeding, `direct_sale`, buzz or local
    #[arg(long)]
    mode: Option<String>,
    /// Gender of the followers who are wanted
    #[arg(long, value_name = "GENDER,…", value_delimiter = ',')]
    gender: Vec<String>,
    /// Their ages, such as 25-34
    #[arg(long, value_name = "AGES,…", value_delimiter = ',')]
    age: Vec<String>,
    /// Tiers of their cities, such as 一线
    #[arg(long, value_name = "TIER,…", value_delimiter = ',')]
    city_tier: Vec<String>,
    /// Platforms on which creators are looked for
    #[arg(long, value_name = "PLATFORM,…", value_delimiter = ',')]
    platform: Vec<String>,
    /// Total budget
    #[arg(long, value_name = "MONEY")]
    budget: Option<String>,
    /// Which quote is bought: image, video, `video_short`, `video_mid` or `video_long`
    #[arg(long)]
    format: Option<String>,
    #[command(flatten)]
    data: DataArgs,
    #[command(flatten)]
    output: OutputArgs,
}

/// How an answer is written.
#[derive(Debug, Clone, Copy)]
enum Form {
    Text,
    Number,
    List,
    /// Words that all weigh 1, in one table.
    Weights,
    /// Words that all weigh 1, a line each.
    Lines,
}

/// What may be answered: key, form, question.
const QUESTIONS: [(&str, Form, &str); 13] = [
    ("brand.name", Form::Text, "Which brand is it for?"),
    ("domain.categories", Form::Weights, "What should creators talk about? Categories, such as 母婴/辅食, 美妆/护肤"),
    ("domain.keywords", Form::Weights, "Which words should they use? Such as 辅食, 米粉"),
    ("style", Form::Lines, "How should they talk? Such as 专业, 亲和, 搞笑"),
    ("audience.gender", Form::List, "Whom should they reach: 女, 男, or everybody?"),
    ("audience.age", Form::List, "Of which ages? Such as 18-24, 25-34"),
    ("audience.city_tier", Form::List, "In which cities? Such as 一线, 新一线"),
    ("aim.goal", Form::Text, "What for: acquisition, conversion, activation or branding?"),
    ("aim.mode", Form::Text, "How: seeding, direct_sale, buzz or local?"),
    ("eligible.platforms", Form::List, "On which platforms? Such as 小红书, 抖音"),
    ("budget.total", Form::Number, "How much may it cost?"),
    ("budget.format", Form::Text, "Which quote is bought: image, video, video_short, video_mid or video_long?"),
    ("brand.competitors", Form::List, "Whose promoters are out? Competing brands"),
];

/// Runs the command.
///
/// # Errors
/// An answer is none that a brief can hold (exit 1), or nothing was said and nobody can be asked (exit 2).
pub fn run(args: &Args) -> Result<()> {
    args.output.refuse_foreign()?;
    let knowledge = args.data.knowledge()?;
    let mut answers = flags(args);
    if answers.is_empty() {
        if !std::io::stdin().is_terminal() {
            bail!(
                Failure::usage("nothing is said of the brief, and nobody can be asked")
                    .hint("say at least what creators should talk about: `kolscore init --category 母婴/辅食`")
            );
        }
        ask(&knowledge, &mut answers)?;
    }
    let text = filled(&answers)?;
    Brief::read("the new brief", &text, &[], &knowledge)?;
    args.output.write(|out| Ok(out.write_all(text.as_bytes())?))?;
    if let Some(path) = &args.output.output {
        writeln!(std::io::stderr().lock(), "wrote {0}; `kolscore rank -b {0} FILES` ranks with it", path.display())?;
    }
    Ok(())
}

/// What the flags say, by key.
fn flags(args: &Args) -> BTreeMap<&'static str, Vec<String>> {
    let one = |text: &Option<String>| text.iter().cloned().collect::<Vec<_>>();
    let all = [
        ("brand.name", one(&args.brand)),
        ("brand.competitors", args.competitor.clone()),
        ("domain.categories", args.category.clone()),
        ("domain.keywords", args.keyword.clone()),
        ("style", args.style.clone()),
        ("aim.goal", one(&args.goal)),
        ("aim.mode", one(&args.mode)),
        ("audience.gender", args.gender.clone()),
        ("audience.age", args.age.clone()),
        ("audience.city_tier", args.city_tier.clone()),
        ("eligible.platforms", args.platform.clone()),
        ("budget.total", one(&args.budget)),
        ("budget.format", one(&args.format)),
    ];
    all.into_iter().filter(|(_, words)| !words.is_empty()).collect()
}

/// Asks every question; an answer that no brief can hold is asked for again, an empty one leaves the key out.
fn ask(knowledge: &Knowledge, answers: &mut BTreeMap<&'static str, Vec<String>>) -> Result<()> {
    let (mut input, mut errors) = (std::io::stdin().lock(), std::io::stderr());
    for (key, form, question) in QUESTIONS {
        loop {
            write!(errors, "{question}\n  [nothing] > ")?;
            let mut line = String::new();
            if input.read_line(&mut line)? == 0 {
                return Ok(());
            }
            let words: Vec<String> = match form {
                Form::Text | Form::Number => vec![line.trim().to_owned()],
                _ => line.split([',', '，', '、']).map(|word| word.trim().to_owned()).collect(),
            };
            let words: Vec<String> = words.into_iter().filter(|word| !word.is_empty()).collect();
            if words.is_empty() {
                break;
            }
            let alone = BTreeMap::from([(key, words.clone()), ("domain.keywords", vec!["x".to_owned()])]);
            match filled(&alone).and_then(|text| Brief::read("the answer", &text, &[], knowledge)) {
                Ok(_) => {
                    answers.insert(key, words);
                    break;
                }
                Err(error) => write!(errors, "{}", failure::explain(&error).0)?,
            }
        }
    }
    Ok(())
}

/// The template with the answers in the place of their examples.
fn filled(answers: &BTreeMap<&str, Vec<String>>) -> Result<String> {
    let (mut text, mut section) = (String::new(), String::new());
    for line in TEMPLATE.lines() {
        if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            name.clone_into(&mut section);
        }
        let example = line.strip_prefix("# ").and_then(|rest| rest.split_once(" = "));
        // The traits stand a line each, in the place of the first one of the section.
        let key = example.map(|(name, _)| if section == "style" && name.starts_with('"') { section.clone() } else { format!("{section}.{name}") });
        match key.and_then(|key| QUESTIONS.iter().find(|(own, _, _)| *own == key)).and_then(|(key, form, _)| Some((key, form, answers.get(key)?))) {
            Some((key, form, words)) => text.push_str(&written(key, *form, words)?),
            None => text.push_str(line),
        }
        text.push('\n');
    }
    Ok(text)
}

/// `name = "小鹿辅食"`.
fn written(key: &str, form: Form, words: &[String]) -> Result<String> {
    let name = key.rsplit('.').next().unwrap_or(key);
    // Every text of JSON is one of TOML.
    let quoted: Vec<String> = words.iter().map(serde_json::to_string).collect::<Result<_, _>>()?;
    let weighing: Vec<String> = quoted.iter().map(|word| format!("{word} = 1.0")).collect();
    Ok(match form {
        Form::Text => format!("{name} = {}", quoted.join("")),
        Form::Number => {
            let number = crate::cart::amount(&words.join(" "));
            let Some(number) = number else {
                bail!(Failure::new(format!("`{}` is no amount of money", words.join(" "))).hint("write it like 200000 or 20万"))
            };
            format!("{name} = {number}")
        }
        Form::List => format!("{name} = [{}]", quoted.join(", ")),
        Form::Weights => format!("{name} = {{ {} }}", weighing.join(", ")),
        Form::Lines => weighing.join("\n"),
    })
}
