//! Files in, a checkup out: each column's profile, the rows of one creator, and what the brief would need.

use std::{
    collections::{BTreeMap, HashMap},
    path::{Path, PathBuf},
};

use anyhow::Result;

use super::{
    details,
    inputs::{OpenFile, Reading},
    join,
    pool::{Ranked, Ready},
    scan::{self, Aim},
    setting::Setting,
    sights::Sights,
};
use crate::{
    failure,
    normalize::{
        candidate::Candidate,
        field::Reading as Kind,
        fold::fold_label,
        plan::{self, Column, Origin, label},
        profile::Profile,
        row::{Findings, Outcome},
        target::Scope,
    },
    norms::Norms,
    present::checkup::{Checkup, ColumnCheck, Conflict, Duplicates, FileCheck, Finding, Missing, PackFacts, RejectFacts, Severity},
    score::evidence::grouped,
    select::{duplicates, pool, prospect::Bar},
};

/// Rows that are looked at for what the brief would need; more of them would not move the mean.
const LOOKED_AT: usize = 2_000;

/// Checks all files, each on its own first.
pub(super) fn of(ready: &Ready<'_>, paths: &[PathBuf], has_brief: bool) -> Result<Checkup> {
    let reading = ready.reading()?;
    let norms = Norms::built_in(&ready.knowledge)?;
    let setting = ready.setting(&norms)?;
    let (mut files, mut sound): (Vec<FileCheck>, Vec<OpenFile<'_>>) = (Vec::new(), Vec::new());
    for path in paths {
        let (check, file) = file(sound.len(), path, &reading, ready, &setting);
        files.push(check);
        sound.extend(file);
    }
    let mut checkup = Checkup {
        version: env!("CARGO_PKG_VERSION"),
        candidates: files.iter().map(|file| file.candidates).sum(),
        files,
        duplicates: Duplicates::default(),
        coverage: None,
        missing: Vec::new(),
        findings: Vec::new(),
        errors: 0,
        warnings: 0,
    };
    let ranked = whole_pool(ready, &mut sound, &setting)?;
    checkup.duplicates = same_creators(&ranked, &sound, &setting)?;
    if checkup.duplicates.contradicting > 0 {
        let hint = "mend the files, or decide with `--duplicates first` or `--duplicates newest` (by `as_of`) when ranking";
        let text = format!("rows of {} creators contradict each other", checkup.duplicates.contradicting);
        checkup.findings.push(Finding::new(Severity::Error, "duplicates", text).hint(hint));
    }
    if has_brief {
        (checkup.coverage, checkup.missing) = missing(&ranked, &sound, &setting)?;
    }
    let all = || checkup.files.iter().flat_map(|file| &file.findings).chain(&checkup.findings);
    checkup.errors = all().filter(|finding| finding.severity == Severity::Error).count();
    let refused = checkup.files.iter().filter(|file| !file.rejects.is_empty()).count();
    checkup.warnings = all().filter(|finding| finding.severity == Severity::Warning).count() + refused;
    Ok(checkup)
}

/// One file, and the file itself where it can be ranked.
fn file<'k>(index: usize, path: &Path, reading: &Reading<'k>, ready: &Ready<'_>, setting: &Setting<'_>) -> (FileCheck, Option<OpenFile<'k>>) {
    let stopped = |about: &'static str, error: &anyhow::Error| {
        let (message, hint) = failure::parts(error);
        Finding { severity: Severity::Error, about, text: message, hint: hint.map(str::to_owned) }
    };
    let mut file = match reading.assigned(index, path) {
        Ok(file) => file,
        Err(error) => return (unread(path, stopped("file", &error)), None),
    };
    let problem = match plan::problem(file.source.name(), &file.plan, &ready.knowledge) {
        Some(failure) => Some(stopped("decision", &failure.into())),
        None => scan::scan(std::slice::from_mut(&mut file), setting, Aim::Count, ready.threads()).err().map(|error| stopped("column", &error)),
    };
    let mut check = match profiled(&file, ready) {
        Ok(check) => check,
        Err(error) => return (unread(path, problem.unwrap_or_else(|| stopped("file", &error))), None),
    };
    let sound = problem.is_none();
    if check.candidates == 0 && !sound {
        // Every row would be refused for the one reason that the finding names.
        check.rejects.clear();
    }
    check.findings.splice(0..0, problem);
    (check, sound.then_some(file))
}

fn unread(path: &Path, finding: Finding) -> FileCheck {
    FileCheck {
        path: path.display().to_string(),
        container: String::new(),
        bytes: 0,
        records: 0,
        blank: 0,
        candidates: 0,
        pack: None,
        columns: Vec::new(),
        rejects: Vec::new(),
        findings: vec![finding],
    }
}

/// What one batch, then one file, holds.
struct Part {
    profiles: Vec<Profile>,
    findings: Findings,
    sights: Sights,
    records: u64,
    blank: u64,
    candidates: u64,
}

impl Part {
    fn new(columns: usize) -> Self {
        let mut findings = Findings::new(columns);
        findings.rejects.room = usize::MAX;
        Self { profiles: vec![Profile::default(); columns], findings, sights: Sights::default(), records: 0, blank: 0, candidates: 0 }
    }

    fn append(&mut self, later: Self) {
        self.profiles.iter_mut().zip(&later.profiles).for_each(|(profile, more)| profile.append(more));
        self.findings.append(later.findings);
        self.sights.append(later.sights);
        self.records += later.records;
        self.blank += later.blank;
        self.candidates += later.candidates;
    }
}

/// Reads a file once more for what its columns hold.
pub(super) fn profiled(file: &OpenFile<'_>, ready: &Ready<'_>) -> Result<FileCheck> {
    let columns = file.plan.columns.len();
    let (parts, _) = file.source.scan(ready.threads(), |batch| {
        let (normalizer, mut candidate, mut part) = (file.normalizer(&ready.knowledge), Candidate::default(), Part::new(columns));
        batch.for_each(|record| {
            part.records += 1;
            match normalizer.fill(record, &mut candidate, &mut part.findings) {
                Outcome::Blank => {
                    part.blank += 1;
                    return Ok(());
                }
                Outcome::Rejected => {}
                Outcome::Candidate => {
                    part.candidates += 1;
                    part.sights.saw(&candidate, record.line());
                }
            }
            for (at, (profile, column)) in part.profiles.iter_mut().zip(&file.plan.columns).enumerate() {
                profile.observe(record.cell(at).unwrap_or_default(), column);
            }
            Ok(())
        })?;
        Ok(part)
    })?;
    let mut whole = Part::new(columns);
    parts.into_iter().for_each(|part| whole.append(part));
    Ok(facts(file, &whole, ready))
}

fn facts(file: &OpenFile<'_>, part: &Part, ready: &Ready<'_>) -> FileCheck {
    let pack = file.plan.pack;
    let header =
        |folded: &str| file.plan.columns.iter().find(|column| fold_label(&column.name) == *folded).map_or(folded.to_owned(), |column| column.name.clone());
    let rows = (part.records - part.blank).max(1) as f64;
    let columns: Vec<ColumnCheck> =
        file.plan.columns.iter().zip(&part.profiles).map(|(column, profile)| column_facts(column, profile, rows, file, ready)).collect();
    let mut findings: Vec<Finding> = file.source.notes().iter().map(|note| Finding::new(Severity::Note, "layout", note)).collect();
    findings.extend(file.source.doubts().iter().map(|doubt| Finding::new(Severity::Warning, "cells", doubt)));
    if let Some(text) = file.source.container().text().filter(|text| text.doubtful) {
        let text = format!("{} is a guess", text.encoding);
        findings.push(Finding::new(Severity::Warning, "encoding", text).hint("if names look wrong, save the file as UTF-8"));
    }
    findings.extend(file.decisions.iter().map(|decision| Finding::new(Severity::Note, "unit", format!("column `{}`: {}", decision.column, decision.text))));
    findings.extend(part.sights.findings(file, &part.profiles));
    let of_pack = pack.notes.iter().filter(|_| !pack.recognise.is_empty());
    findings.extend(of_pack.map(|note| Finding::new(Severity::Note, "export", note)));
    let reject = |reject: &crate::normalize::reject::Reject| RejectFacts {
        line: reject.line,
        column: reject.column.clone(),
        cell: reject.cell.clone(),
        reason: reject.reason.clone(),
        row: reject.row,
    };
    FileCheck {
        path: file.source.name().to_owned(),
        container: file.source.container().to_string(),
        bytes: file.source.container().bytes,
        records: part.records,
        blank: part.blank,
        candidates: part.candidates,
        pack: Some(PackFacts {
            id: pack.id.clone(),
            title: pack.title.clone(),
            because: pack.recognise.iter().map(|folded| header(folded)).collect(),
            notes: pack.notes.clone(),
        }),
        columns,
        rejects: part.findings.rejects.kept.iter().map(reject).collect(),
        findings,
    }
}

fn column_facts(column: &Column, profile: &Profile, rows: f64, file: &OpenFile<'_>, ready: &Ready<'_>) -> ColumnCheck {
    let (target, knowledge) = (&column.target, &ready.knowledge);
    let is_read = column.target.text != "ignore";
    let typed = matches!(target.reading, Kind::Count | Kind::Money | Kind::Share | Kind::Distribution);
    let header = fold_label(label(&column.name));
    let is_contact = knowledge.contacts.iter().any(|word| header.contains(word.as_str()));
    let identifies = is_read && matches!(target.text.split(':').next(), Some("id" | "handle" | "url"));
    let sample = |text: &String| match (is_contact, identifies) {
        (true, _) => "(contact data)".to_owned(),
        (_, true) => text.clone(),
        _ => masked(text),
    };
    let mut samples: Vec<String> = profile.samples.iter().map(sample).collect();
    samples.dedup();
    let number = |value: f64| if target.reading == Kind::Share { format!("{}%", trimmed(value * 100.0)) } else { trimmed(value) };
    let day = |(year, month, day): (i32, u32, u32)| format!("{year}-{month:02}-{day:02}");
    ColumnCheck {
        column: column.name.clone(),
        target: is_read.then(|| target.text.clone()),
        field: target.field.map(|field| field.info().name.to_owned()),
        unit: (typed && is_read).then(|| column.unit.name()),
        scope: target.scope.map(Scope::name),
        window_days: target.window_days,
        reason: reason(column, file),
        filled: profile.filled as f64 / rows,
        range: profile.numbers.map(|(low, high)| (number(low), number(high))).or(profile.days.map(|(first, last)| (day(first), day(last)))),
        samples,
        perhaps: if column.origin == Origin::Nobody { plan::suggestion(label(&column.name), knowledge).map(str::to_owned) } else { None },
    }
}

fn reason(column: &Column, file: &OpenFile<'_>) -> String {
    let decided = file.decisions.iter().find(|decision| decision.column == column.name).map_or(String::new(), |decision| format!("; {}", decision.text));
    let unit = if column.target.unit.is_none_or(|unit| unit == column.unit) { String::new() } else { format!("; read in {}", column.unit.name()) };
    match column.origin {
        Origin::User => format!("the brief or `--map` says so{decided}"),
        Origin::Pack => format!("the pack `{}` says so{unit}{decided}", file.plan.pack.id),
        Origin::General => format!("the general list of headers{unit}{decided}"),
        Origin::Nobody => "nobody knows it".to_owned(),
    }
}

/// A number with as many decimals as matter.
fn trimmed(value: f64) -> String {
    if value.fract() == 0.0 || value.abs() >= 1_000.0 {
        return grouped(value);
    }
    let text = format!("{value:.2}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// Text without mail addresses and telephone numbers.
fn masked(text: &str) -> String {
    let is_mail = |word: &str| word.split_once('@').is_some_and(|(who, host)| !who.is_empty() && host.contains('.'));
    let digits = |word: &str| word.chars().filter(char::is_ascii_digit).count();
    let is_phone = |word: &str| digits(word) >= 11 && digits(word) <= 13 && word.chars().all(|c| c.is_ascii_digit() || matches!(c, '+' | '-'));
    let words = text.split_inclusive(|c: char| c.is_whitespace() || matches!(c, ':' | '：' | '，' | ',' | ';' | '/'));
    let masked: String = words.map(|word| if is_mail(word) || is_phone(word.trim_end()) { "(contact) " } else { word }).collect();
    masked.trim_end().to_owned()
}

/// Scores all rows that can be scored, whoever may be eligible.
fn whole_pool(ready: &Ready<'_>, files: &mut [OpenFile<'_>], setting: &Setting<'_>) -> Result<Ranked> {
    let mut scan = scan::scan(files, setting, Aim::Score(&Bar::new(None)), ready.threads())?;
    let placed = pool::ordered(std::mem::take(&mut scan.frames))?;
    Ok(Ranked { scan, placed, totals: [0; 2], unscored: 0, merged: 0, joined: HashMap::new() })
}

fn same_creators(ranked: &Ranked, files: &[OpenFile<'_>], setting: &Setting<'_>) -> Result<Duplicates> {
    let creators = join::creators(files, &ranked.scan, setting)?;
    let rows = creators.iter().map(|members| members.len() as u64 - 1).sum();
    let mut found = Duplicates { creators: creators.len() as u64, rows, ..Duplicates::default() };
    for members in &creators {
        let before = found.conflicts.len();
        for (at, member) in members.iter().enumerate().skip(1) {
            let earlier = members[..at].iter().map(|other| (other, duplicates::contradictions(&other.candidate, &member.candidate)));
            let Some((other, fields)) = earlier.into_iter().find(|(_, fields)| !fields.is_empty()) else { continue };
            found.conflicts.extend(fields.into_iter().map(|(field, first, second)| Conflict {
                id: other.candidate.identity().to_owned(),
                name: other.candidate.name.clone(),
                places: (other.place.clone(), member.place.clone()),
                field,
                values: (first, second),
            }));
        }
        found.contradicting += u64::from(found.conflicts.len() > before);
    }
    Ok(found)
}

/// Mean coverage, and the fields that would add to it.
fn missing(ranked: &Ranked, files: &[OpenFile<'_>], setting: &Setting<'_>) -> Result<(Option<f64>, Vec<Missing>)> {
    let step = ranked.placed.len().div_ceil(LOOKED_AT).max(1);
    let wanted: Vec<pool::Origin> = ranked.placed.iter().step_by(step).map(|row| row.origin).collect();
    let mut gains: BTreeMap<(String, Vec<&'static str>), f64> = BTreeMap::new();
    let mut coverage = 0.0;
    details::rows(&wanted, files, &ranked.scan, setting, |_, candidate, _, _| {
        let explained = setting.scorer.explain(candidate, &setting.scorer.hits(candidate));
        let weights = setting.scorer.weights(explained.scored.kind.kind);
        coverage += explained.scored.total.coverage;
        for (at, dimension) in crate::score::DIMENSIONS.iter().enumerate() {
            let parts = || explained.parts.iter().filter(|part| part.dimension == dimension.name);
            let all: f64 = parts().map(|part| part.weight).sum();
            for part in parts().filter(|part| part.value.known < 1.0 && !part.evidence.asks.is_empty() && all > 0.0) {
                let mut fields: Vec<&'static str> = part.evidence.asks.iter().map(|field| field.info().name).collect();
                fields.dedup();
                let adds = weights.weights[at] * part.weight / all * (1.0 - part.value.known);
                *gains.entry((format!("{} {}", part.dimension, part.name), fields)).or_default() += adds;
            }
        }
        Ok(())
    })?;
    let rows = wanted.len() as f64;
    let mut missing: Vec<Missing> = gains.into_iter().map(|((part, fields), adds)| Missing { fields, part, adds: adds / rows }).collect();
    missing.retain(|missing| missing.adds >= 0.000_5);
    missing.sort_by(|a, b| b.adds.total_cmp(&a.adds).then_with(|| a.part.cmp(&b.part)));
    Ok(((rows > 0.0).then_some(coverage / rows), missing))
}
