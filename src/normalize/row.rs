//! One record in, one typed candidate out; cells that cannot be taken are counted with their place.

use compact_str::CompactString;
use xxhash_rust::xxh3::{xxh3_64, xxh3_64_with_seed};

use super::{
    address,
    bin::Bin,
    candidate::{Candidate, Kind},
    cell, date, distribution,
    field::{Facet, Field, Reading},
    figure::{self, Place},
    list,
    plan::{Column, Plan, label},
    plausible::{self, CpmColumn, CpmTally},
    reject::{Rejects, Tally},
    shares,
    target::Ranked,
};
use crate::{
    knowledge::{
        Knowledge,
        platforms::{PlatformId, ProfilePart},
    },
    read::Record,
};

/// What became of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The candidate was filled.
    Candidate,
    /// All cells are empty.
    Blank,
    /// The row was refused; it is among the rejects.
    Rejected,
}

/// Turns the records of one file into candidates.
#[derive(Debug)]
pub struct Normalizer<'a> {
    plan: &'a Plan<'a>,
    knowledge: &'a Knowledge,
    platform: Option<PlatformId>,
    /// The columns to read: first those that give values, then those that only check them.
    order: Vec<usize>,
    /// Hash of each column's header.
    seeds: Vec<u64>,
    /// Label and share columns of ranked lists.
    ranked: Vec<(Facet, usize, usize)>,
    cpm: Vec<CpmColumn>,
}

/// What normalizing found, over a part of a file.
#[derive(Debug, Default)]
pub struct Findings {
    /// Refused cells and rows.
    pub rejects: Rejects,
    /// What each column held.
    pub tallies: Vec<Tally>,
    /// What each column of reported CPMs says of the quotes, in the order of [`plausible::cpm_columns`].
    pub cpm: Vec<CpmTally>,
}

impl Findings {
    /// Nothing found yet in a file of so many columns.
    #[must_use]
    pub fn new(columns: usize) -> Self {
        Self { rejects: Rejects::default(), tallies: vec![Tally::default(); columns], cpm: Vec::new() }
    }

    /// Adds what the next part of the same file held.
    pub fn append(&mut self, later: Self) {
        self.rejects.append(later.rejects);
        for (tally, more) in self.tallies.iter_mut().zip(later.tallies) {
            tally.append(more);
        }
        self.cpm.resize(self.cpm.len().max(later.cpm.len()), CpmTally::default());
        for (tally, more) in self.cpm.iter_mut().zip(later.cpm) {
            tally.append(more);
        }
    }
}

impl<'a> Normalizer<'a> {
    /// A normalizer for one file; `platform` stands in for rows that do not say theirs.
    #[must_use]
    pub fn new(plan: &'a Plan<'a>, knowledge: &'a Knowledge, platform: Option<PlatformId>) -> Self {
        let of_pack = plan.pack.platform.as_deref().and_then(|name| knowledge.platforms.named(name));
        let read = |at: &usize| !matches!(plan.columns[*at].target.field, None | Some(Field::Reported));
        let mut order: Vec<usize> = (0..plan.columns.len()).filter(read).filter(|at| plan.columns[*at].target.ranked.is_none()).collect();
        order.sort_by_key(|at| plan.columns[*at].target.check);
        let seeds = plan.columns.iter().map(|column| xxh3_64(column.name.as_bytes())).collect();
        Self { plan, knowledge, platform: of_pack.or(platform), order, seeds, ranked: ranked_lists(plan), cpm: plausible::cpm_columns(plan) }
    }

    /// Hash of all cells of a record with their headers; the order of columns and line breaks does not matter.
    #[must_use]
    pub fn content(&self, record: &Record<'_>) -> u64 {
        let cells = self.seeds.iter().enumerate().map(|(at, &seed)| {
            let cell = record.cell(at).unwrap_or_default().trim();
            if cell.contains('\r') {
                xxh3_64_with_seed(cell.replace("\r\n", "\n").replace('\r', "\n").as_bytes(), seed)
            } else {
                xxh3_64_with_seed(cell.as_bytes(), seed)
            }
        });
        cells.fold(0, u64::wrapping_add)
    }

    /// Fills `candidate` from a record. Every cell that is not taken goes to `findings`.
    pub fn fill(&self, record: &Record<'_>, candidate: &mut Candidate, findings: &mut Findings) -> Outcome {
        candidate.clear();
        if record.is_blank() {
            return Outcome::Blank;
        }
        let line = record.line();
        if self.plan.columns.iter().enumerate().all(|(at, column)| record.cell(at).is_ok_and(|cell| cell.trim() == label(&column.name))) {
            findings.rejects.row(line, "", record.cell(0).unwrap_or_default(), "the header once more");
            return Outcome::Rejected;
        }
        if let Some(fault) = record.fault() {
            findings.rejects.row(line, "", record.cell(0).unwrap_or_default(), &fault.to_string());
            return Outcome::Rejected;
        }
        for &at in &self.order {
            let column = &self.plan.columns[at];
            let mut place = Place { line, at, column, tally: &mut findings.tallies[at], rejects: &mut findings.rejects };
            match record.cell(at) {
                Ok(cell) if column.target.check => figure::check(cell, candidate, &mut place),
                Ok(cell) => self.take(cell, candidate, &mut place),
                Err(invalid) => place.refuse(&invalid.shown, "not valid text in the file's encoding"),
            }
        }
        for &(facet, label, share) in &self.ranked {
            let column = &self.plan.columns[share];
            let mut place = Place { line, at: share, column, tally: &mut findings.tallies[share], rejects: &mut findings.rejects };
            self.take_ranked(facet, record.cell(label).unwrap_or_default(), record.cell(share).unwrap_or_default(), candidate, &mut place);
        }
        if let Some((column, id)) = spoiled_id(candidate, self.plan) {
            findings.rejects.row(line, &column, &id, "an id that a spreadsheet turned into a number; its digits are lost: export it again as text");
            return Outcome::Rejected;
        }
        self.complete(line, candidate, findings);
        if candidate.identity().is_empty() && candidate.name.is_empty() {
            findings.rejects.row(line, "", record.cell(0).unwrap_or_default(), "neither id, profile address, handle nor name");
            return Outcome::Rejected;
        }
        findings.cpm.resize(self.cpm.len(), CpmTally::default());
        for (column, tally) in self.cpm.iter().zip(&mut findings.cpm) {
            tally.saw(record.cell(column.at).unwrap_or_default(), line, column.format, candidate);
        }
        Outcome::Candidate
    }

    fn take(&self, cell: &str, candidate: &mut Candidate, place: &mut Place<'_>) {
        match place.column.target.reading {
            Reading::Text => self.text(cell.trim(), candidate, place),
            Reading::Date => match date::date(cell) {
                Some(date) => candidate.as_of = Some(date),
                None if cell::is_missing(cell) => {}
                None => place.refuse(cell, "not a date"),
            },
            Reading::Count => figure::count(cell, candidate, place),
            Reading::Money => figure::money(cell, candidate, place),
            Reading::Share => figure::share(cell, candidate, place),
            Reading::Texts if !cell::is_missing(cell) => {
                let target = &place.column.target;
                let loose = target.field == Some(Field::Hashtags);
                let origin = (target.field.unwrap_or(Field::Titles), place.at as u16);
                list::texts(cell, target.separator.as_deref(), loose, |text| candidate.documents.push(text, origin));
            }
            Reading::Tags if !cell::is_missing(cell) && !cell::is_spreadsheet_error(cell) => self.tags(cell, candidate, place),
            Reading::Distribution => self.distribution(cell, candidate, place),
            Reading::Texts | Reading::Tags | Reading::Untouched => {}
        }
    }

    fn text(&self, cell: &str, candidate: &mut Candidate, place: &mut Place<'_>) {
        let Some(field) = place.column.target.field else { return };
        if cell::is_missing(cell) {
            return;
        }
        match field {
            Field::Id => candidate.id.push_str(without_spreadsheet_dress(cell)),
            Field::Handle => candidate.handle.push_str(without_spreadsheet_dress(cell).trim_start_matches('@')),
            Field::Name => {
                for word in cell.split_whitespace() {
                    if !candidate.name.is_empty() {
                        candidate.name.push(' ');
                    }
                    candidate.name.push_str(word);
                }
                candidate.documents.push(cell, (Field::Name, place.at as u16));
            }
            Field::Url => {
                let before = candidate.url.len();
                if address::normalize_into(cell, &mut candidate.url) {
                    candidate.url.drain(..before);
                } else {
                    place.refuse(cell, "not a profile address");
                }
            }
            Field::Platform => match self.knowledge.platforms.named(cell) {
                Some(platform) => candidate.platform = Some(platform),
                None => candidate.other_platform.push_str(cell),
            },
            Field::Kind => {
                let cell_lower = cell.to_ascii_lowercase();
                match (cell_lower.contains("kol"), cell_lower.contains("koc")) {
                    (true, false) => candidate.kind = Some(Kind::Kol),
                    (false, true) => candidate.kind = Some(Kind::Koc),
                    _ => place.refuse(cell, "neither KOL nor KOC"),
                }
            }
            Field::Gender => candidate.gender = Bin::parse(Facet::Gender, cell, &self.knowledge.regions),
            Field::Mcn => candidate.mcn.push_str(cell),
            Field::Verified => {
                candidate.verified.push_str(cell);
                candidate.documents.push(cell, (Field::Verified, place.at as u16));
            }
            Field::Location => candidate.location.push_str(cell),
            Field::Currency => cell.clone_into(&mut candidate.currency),
            Field::Bio => {
                let appendix = place.column.target.separator.as_deref().and_then(|mark| cell.find(mark));
                candidate.documents.push(&cell[..appendix.unwrap_or(cell.len())], (Field::Bio, place.at as u16));
            }
            _ => {}
        }
    }

    fn tags(&self, cell: &str, candidate: &mut Candidate, place: &mut Place<'_>) {
        let separator = place.column.target.separator.as_deref();
        let categories = &self.knowledge.categories;
        if place.column.target.field == Some(Field::StyleTags) {
            list::tags(cell, separator, |path, _| {
                let style = path.iter().find_map(|step| self.knowledge.traits.tagged(step));
                match (style, categories.tagged(path)) {
                    // Persona tags such as 露营徒步 say what the creator talks about, not how.
                    (None, Some(id)) => candidate.categories.push((id, 1.0)),
                    (style, _) => {
                        candidate.has_style_tags = true;
                        candidate.style_tags.extend(style.filter(|id| !candidate.style_tags.contains(id)));
                    }
                }
            });
        } else if let Some(id) = categories.tagged(&[cell.trim()]) {
            // `Cinema & Actors/actresses` is one tag, whatever its slash looks like.
            candidate.categories.push((id, 1.0));
        } else {
            let (start, mut shared) = (candidate.categories.len(), true);
            list::tags(cell, separator, |path, share| match categories.tagged(path) {
                Some(id) => {
                    shared &= share.is_some();
                    candidate.categories.push((id, share.map_or(1.0, |share| share.value).max(0.0)));
                }
                None => candidate.unmapped_tags.push(CompactString::from(path.join("/"))),
            });
            // A cell counts once, however its shares are written, beside the cells of other columns.
            let own = &mut candidate.categories[start..];
            let total: f64 = own.iter().map(|(_, share)| share).sum();
            let even = own.len() as f64;
            own.iter_mut().for_each(|(_, share)| *share = if shared && total > 0.0 { *share / total } else { 1.0 / even });
        }
    }

    fn distribution(&self, cell: &str, candidate: &mut Candidate, place: &mut Place<'_>) {
        let Some(Field::Audience(facet)) = place.column.target.field else { return };
        if let Some((first, second)) = &place.column.target.pair
            && let Some((left, right)) = cell.split_once(['|', '｜', '/', ':', '：'])
        {
            for (part, bin) in [(left, first), (right, second)] {
                if let Some(share) = place.number(part) {
                    candidate.audience[facet as usize].bins.push((bin.clone(), share));
                }
            }
            return;
        }
        let (regions, distribution) = (&self.knowledge.regions, &mut candidate.audience[facet as usize]);
        distribution.within_top |= place.column.target.within_top;
        let (mut listed, mut unknown) = (false, false);
        let outcome = shares::read(cell, |item| {
            let Some(written) = item.share else { return };
            listed = true;
            let share = place.scaled(written);
            match Bin::parse(facet, item.label, regions) {
                Some(bin) => distribution.bins.push((bin, share)),
                None => unknown |= !Bin::is_the_rest(item.label),
            }
        });
        place.tally.filled += u64::from(listed || outcome.is_err());
        match outcome {
            // A list of names is what it is; it only says too little.
            Err(shares::LABELS_ONLY) => place.rejects.cell(place.line, &place.column.name, cell, shares::LABELS_ONLY),
            Err(reason) => place.refuse(cell, reason),
            Ok(()) if unknown => place.refuse(cell, "a list with a label that the facet does not know"),
            Ok(()) => {}
        }
    }

    /// One place of a ranked list: the label in one cell, its share in another.
    fn take_ranked(&self, facet: Facet, label: &str, share: &str, candidate: &mut Candidate, place: &mut Place<'_>) {
        if cell::is_missing(label) {
            return;
        }
        let distribution = &mut candidate.audience[facet as usize];
        distribution.within_top |= place.column.target.within_top;
        let Some(share) = place.number(share) else { return };
        match Bin::parse(facet, label.trim(), &self.knowledge.regions) {
            Some(bin) => distribution.bins.push((bin, share)),
            None if Bin::is_the_rest(label) => {}
            None => place.refuse(label, "a label that the facet does not know"),
        }
    }

    /// What follows from several cells together: the platform, the id in the address, the audience's sums.
    fn complete(&self, line: u64, candidate: &mut Candidate, findings: &mut Findings) {
        let platforms = &self.knowledge.platforms;
        if candidate.platform.is_none() && candidate.other_platform.is_empty() {
            candidate.platform = platforms.of_address(&candidate.url).or(self.platform);
        }
        if let Some(platform) = candidate.platform {
            match platforms.profile(platform, &candidate.url) {
                Some(ProfilePart::Id(id)) if candidate.id.is_empty() => candidate.id = id.to_owned(),
                Some(ProfilePart::Handle(handle)) if candidate.handle.is_empty() => candidate.handle = handle.trim_start_matches('@').to_owned(),
                _ => {}
            }
        }
        for facet in Facet::ALL {
            let distribution = &mut candidate.audience[facet as usize];
            distribution::settle(facet, distribution, line, &mut findings.rejects);
        }
    }
}

/// Pairs of columns that hold one place of a ranked list.
fn ranked_lists(plan: &Plan<'_>) -> Vec<(Facet, usize, usize)> {
    let column =
        |ranked: Ranked, field: Option<Field>| plan.columns.iter().position(|column| (column.target.field, column.target.ranked) == (field, Some(ranked)));
    let pair = |(at, column_of_label): (usize, &Column)| match (column_of_label.target.field, column_of_label.target.ranked) {
        (field @ Some(Field::Audience(facet)), Some(Ranked::Label(place))) => Some((facet, at, column(Ranked::Share(place), field)?)),
        _ => None,
    };
    plan.columns.iter().enumerate().filter_map(pair).collect()
}

/// An id without what keeps a spreadsheet from spoiling it (`="0012345"`, `'0012345`) and without the decimals that one added (`95012345678.0`).
fn without_spreadsheet_dress(cell: &str) -> &str {
    // Invisible characters that come along when an id is copied from a page.
    let cell = cell.trim_matches(|c: char| c.is_whitespace() || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}'));
    let cell = cell.strip_prefix("=\"").and_then(|rest| rest.strip_suffix('"')).unwrap_or(cell);
    let cell = cell.strip_prefix('\'').unwrap_or(cell);
    cell.strip_suffix(".0").filter(|digits| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())).unwrap_or(cell)
}

/// The id column and cell, where a spreadsheet left `6.97E+18` of an id.
fn spoiled_id(candidate: &Candidate, plan: &Plan<'_>) -> Option<(String, String)> {
    let spoiled = |text: &str| {
        let (mantissa, exponent) = text.split_once(['E', 'e'])?;
        let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
        (digits(mantissa) && mantissa.contains('.') && exponent.strip_prefix('+').is_some_and(digits)).then_some(())
    };
    for (text, field) in [(&candidate.id, Field::Id), (&candidate.handle, Field::Handle)] {
        if spoiled(text).is_some() {
            let column = plan.columns.iter().find(|column| column.target.field == Some(field));
            return Some((column.map_or(String::new(), |column| column.name.clone()), text.clone()));
        }
    }
    None
}
