//! The headers of one file in, what each column is taken for out; what cannot be decided stops the run with the lines to write.

use std::collections::HashSet;

use anyhow::{Result, bail};
use compact_str::CompactString;

use super::{
    field::{Field, Reading},
    fold::fold_label,
    target::{Target, Unit},
};
use crate::{
    failure::Failure,
    knowledge::{Knowledge, formats::Pack},
    read::Header,
};

/// What the columns of one file are taken for.
#[derive(Debug)]
pub struct Plan<'k> {
    /// The pack that recognised the file; the general one where none did.
    pub pack: &'k Pack,
    /// One entry a column of the file.
    pub columns: Vec<Column>,
}

/// One column.
#[derive(Debug)]
pub struct Column {
    /// The header's unique name.
    pub name: String,
    /// What it is taken for.
    pub target: Target,
    /// Unit of bare numbers, once decided.
    pub unit: Unit,
    /// Who decided.
    pub origin: Origin,
}

/// Who said what a column is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// `[columns]` or `--map`.
    User,
    /// The pack that recognised the file.
    Pack,
    /// The general list of headers.
    General,
    /// Nobody: the column passes through.
    Nobody,
}

/// A decision of the user: header and target.
#[derive(Debug, Clone)]
pub struct Mapping {
    /// Header as the user wrote it.
    pub header: String,
    /// What it is.
    pub target: Target,
}

/// Endings of a header that name its unit.
const UNIT_ENDINGS: &[(&str, Unit)] = &[
    ("(万)", Unit::TenThousand),
    ("(w)", Unit::TenThousand),
    ("/w", Unit::TenThousand),
    ("/万", Unit::TenThousand),
    ("(万元)", Unit::TenThousand),
    ("(%)", Unit::Percent),
    ("%", Unit::Percent),
    ("(元)", Unit::Yuan),
    ("(rmb)", Unit::Yuan),
    ("/元", Unit::Yuan),
    ("(分)", Unit::Fen),
];

/// Plans the columns of one file.
///
/// # Errors
/// Columns that need a decision, all of them in one failure with the lines to write; no column that names the candidate.
pub fn plan<'k>(file: &str, headers: &[Header], mappings: &[Mapping], knowledge: &'k Knowledge) -> Result<Plan<'k>> {
    let plan = assign(headers, mappings, knowledge)?;
    match problem(file, &plan, knowledge) {
        Some(failure) => Err(failure.into()),
        None => Ok(plan),
    }
}

/// What each column is taken for, decided or not.
///
/// # Errors
/// Only where no general pack is built in.
pub fn assign<'k>(headers: &[Header], mappings: &[Mapping], knowledge: &'k Knowledge) -> Result<Plan<'k>> {
    let folded: Vec<CompactString> = headers.iter().map(|header| fold_label(&header.name)).collect();
    let pack = recognise(&folded, &knowledge.packs)?;
    let mut columns: Vec<Column> = headers.iter().zip(&folded).map(|(header, folded)| decided(header, folded, mappings, pack)).collect();
    if let Some(general) = knowledge.packs.first() {
        fill_from_general(&mut columns, &folded, general);
    }
    Ok(Plan { pack, columns })
}

/// Why a plan cannot be read by: columns that need a decision, or none that names the candidate.
#[must_use]
pub fn problem(file: &str, plan: &Plan<'_>, knowledge: &Knowledge) -> Option<Failure> {
    let open = undecided(&plan.columns);
    if !open.is_empty() {
        return Some(ask(file, &open));
    }
    let identifies = |column: &Column| matches!(column.target.field, Some(Field::Id | Field::Handle | Field::Name | Field::Url));
    (!plan.columns.iter().any(identifies)).then(|| nobody_is_named(file, &plan.columns, knowledge))
}

/// The pack whose every `recognise` header is there; the one that asks for the most wins.
fn recognise<'k>(folded: &[CompactString], packs: &'k [Pack]) -> Result<&'k Pack> {
    let found = packs.iter().filter(|pack| pack.recognise.iter().all(|header| folded.contains(header)));
    let named = |pack: &Pack| folded.iter().filter(|header| pack.target(header).is_some()).count();
    match found.max_by_key(|pack| (pack.recognise.len(), named(pack), std::cmp::Reverse(&pack.id))) {
        Some(pack) => Ok(pack),
        None => bail!("no general format pack is built in"),
    }
}

fn decided(header: &Header, folded: &str, mappings: &[Mapping], pack: &Pack) -> Column {
    let by_user = mappings.iter().rfind(|mapping| fold_label(&mapping.header) == *folded).map(|mapping| (&mapping.target, Origin::User));
    let by_pack = || if pack.recognise.is_empty() { None } else { pack.target(folded).map(|target| (target, Origin::Pack)) };
    match by_user.or_else(by_pack) {
        Some((target, origin)) => Column { name: header.name.clone(), target: target.clone(), unit: target.unit_or_default(), origin },
        None => Column { name: header.name.clone(), target: Target::untouched(), unit: Unit::One, origin: Origin::Nobody },
    }
}

/// Takes the general list's word for columns that nobody named, unless their field is taken.
fn fill_from_general(columns: &mut [Column], folded: &[CompactString], general: &Pack) {
    let taken: Vec<Target> = columns.iter().filter(|column| column.target.field.is_some()).map(|column| column.target.clone()).collect();
    for (column, folded) in columns.iter_mut().zip(folded) {
        if column.origin != Origin::Nobody {
            continue;
        }
        // The second `Followers` means what the first means; whether both may is decided later.
        let Some((target, unit)) = general_target(label(folded), general) else { continue };
        if taken.iter().any(|other| other.slot() == target.slot()) {
            continue;
        }
        *column = Column { name: column.name.clone(), unit: unit.unwrap_or(target.unit_or_default()), target, origin: Origin::General };
    }
}

/// The general target of a folded header, whose ending may name the unit: `粉丝数(万)`.
fn general_target(folded: &str, general: &Pack) -> Option<(Target, Option<Unit>)> {
    if let Some(target) = general.target(folded) {
        return Some((target.clone(), None));
    }
    UNIT_ENDINGS.iter().find_map(|(ending, unit)| {
        let target = general.target(folded.strip_suffix(ending)?)?;
        let fits = match target.reading {
            Reading::Share | Reading::Distribution => *unit == Unit::Percent,
            Reading::Count => *unit == Unit::TenThousand,
            Reading::Money => *unit != Unit::Percent,
            _ => false,
        };
        fits.then(|| (target.clone(), Some(*unit)))
    })
}

/// A column that needs a decision: why, and the lines that would make it.
struct Open {
    why: String,
    lines: Vec<String>,
}

fn undecided(columns: &[Column]) -> Vec<Open> {
    let mut open = Vec::new();
    for (at, column) in columns.iter().enumerate() {
        let target = &column.target;
        if !target.undecided.is_empty() {
            let units = target.undecided.join("` or `");
            open.push(Open {
                why: format!("column `{}` may be in `{units}`: the file does not say", one_line(&column.name)),
                lines: target
                    .undecided
                    .iter()
                    .map(|unit| line(&column.name, &format!("{}:{unit}", target.text.split(':').next().unwrap_or_default())))
                    .collect(),
            });
        }
        let rivals: Vec<&Column> = columns.iter().filter(|other| rival(&other.target, target)).collect();
        let first = columns.iter().position(|other| rival(&other.target, target));
        if rivals.len() > 1 && first == Some(at) {
            let names: Vec<String> = rivals.iter().map(|rival| format!("`{}`", one_line(&rival.name))).collect();
            let info = target.text.clone();
            let mut lines: Vec<String> = rivals[..rivals.len() - 1].iter().map(|rival| line(&rival.name, "ignore")).collect();
            lines.push(line(&rivals[rivals.len() - 1].name, &info));
            open.push(Open { why: format!("columns {} are all taken for `{info}`", names.join(" and ")), lines });
        }
    }
    open
}

/// Whether two targets claim the same place. Lists (titles, hashtags, tags) add up instead.
fn rival(a: &Target, b: &Target) -> bool {
    let adds_up = matches!(a.reading, Reading::Texts | Reading::Tags | Reading::Untouched);
    a.field.is_some() && a.slot() == b.slot() && !a.check && !b.check && !adds_up
}

fn ask(file: &str, open: &[Open]) -> Failure {
    let why: Vec<&str> = open.iter().map(|open| open.why.as_str()).collect();
    let lines: Vec<String> = open.iter().flat_map(|open| open.lines.iter()).map(|line| format!("      {line}")).collect();
    Failure::new(format!("{file}:1: {}", why.join("; ")))
        .hint(format!("decide in the brief (or with `--map 'HEADER=TARGET'`), keeping the lines that are right:\n      [columns]\n{}", lines.join("\n")))
}

fn nobody_is_named(file: &str, columns: &[Column], knowledge: &Knowledge) -> Failure {
    let mut lines: Vec<String> = suggested(columns, knowledge).iter().map(|(header, target)| line(header, target)).collect();
    if !columns.iter().any(|column| suggestion(&column.name, knowledge).is_some_and(|target| matches!(target, "id" | "handle" | "name" | "url"))) {
        lines.insert(0, "# \"HEADER\" = \"id\"   (HEADER: the column that names the creator)".to_owned());
    }
    let lines: Vec<String> = lines.iter().map(|line| format!("      {line}")).collect();
    let names: Vec<String> = columns.iter().take(12).map(|column| format!("`{}`", one_line(&column.name))).collect();
    Failure::new(format!("{file}:1: no column names the candidate (id, handle, name or url) among {}", names.join(", "))).hint(format!(
        "say what the columns are, in the brief or with `--map 'HEADER=TARGET'` (`kolscore list fields` prints the targets); for this file perhaps:\n      [columns]\n{}",
        lines.join("\n")
    ))
}

/// Headers that nobody knows, with targets that might be right. Of two columns under one header, the first is taken to repeat the second in short form.
#[must_use]
pub fn suggested(columns: &[Column], knowledge: &Knowledge) -> Vec<(String, String)> {
    let mut taken: Vec<&str> = columns.iter().map(|column| column.target.text.as_str()).collect();
    let mut found = Vec::new();
    let repeated: HashSet<&str> = columns.iter().filter(|column| column.name.ends_with("#2")).map(|column| label(&column.name)).collect();
    // More lines than these would help nobody.
    for column in columns.iter().filter(|column| column.origin == Origin::Nobody).take(200) {
        let Some(target) = suggestion(label(&column.name), knowledge) else { continue };
        if repeated.contains(column.name.as_str()) {
            found.push((column.name.clone(), format!("{target}:check")));
        } else if matches!(target, "categories" | "titles" | "hashtags" | "style_tags") || !taken.contains(&target) {
            found.push((column.name.clone(), target.to_owned()));
            taken.push(target);
        }
    }
    found
}

/// A header without the number that tells repeated ones apart.
#[must_use]
pub fn label(name: &str) -> &str {
    name.rsplit_once('#').filter(|(label, n)| !label.is_empty() && n.parse::<u32>().is_ok()).map_or(name, |(label, _)| label)
}

/// What an unknown header might mean, for advice only.
#[must_use]
pub fn suggestion<'k>(header: &str, knowledge: &'k Knowledge) -> Option<&'k str> {
    let header = fold_label(header);
    // No header that means something is that long, and comparing takes time with its square.
    if header.chars().count() > 40 {
        return None;
    }
    let exact = knowledge.suggestions.iter().find(|(word, _)| *word == header);
    let close = || {
        let similarity = |word: &str| strsim::normalized_damerau_levenshtein(word, &header);
        let ranked = knowledge.suggestions.iter().map(|suggestion| (similarity(&suggestion.0), suggestion));
        ranked.max_by(|a, b| a.0.total_cmp(&b.0)).filter(|(close, _)| *close > 0.8).map(|(_, suggestion)| suggestion)
    };
    exact.or_else(close).map(|(_, target)| target.as_str())
}

/// A line of `[columns]`.
#[must_use]
pub fn line(header: &str, target: &str) -> String {
    format!("{} = {target:?}", toml_key(header))
}

/// A quoted key: TOML escapes what JSON escapes.
#[must_use]
pub fn toml_key(header: &str) -> String {
    serde_json::Value::from(header).to_string()
}

fn one_line(header: &str) -> String {
    super::reject::shortened(&header.split_whitespace().collect::<Vec<_>>().join(" "))
}
