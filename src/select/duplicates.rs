//! Rows of the same creator in, the order in which they are joined out. Rows that contradict each other are the user's to decide.

use std::collections::{HashMap, HashSet};

use clap::ValueEnum;

use super::pool::Origin;
use crate::failure::Failure;
use crate::normalize::{
    candidate::{Candidate, Performance},
    field::{Facet, Field, PriceFormat},
};

/// What to do with rows of one creator that contradict each other. Rows are joined: what one leaves unknown, another may fill.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Policy {
    /// Stop and show where they differ.
    Error,
    /// The row that is read first counts.
    First,
    /// The row with the latest `as_of` counts; stop where no row has one.
    Newest,
}

/// Two exports round and date one share differently; further apart they contradict each other.
const SHARES_AGREE_WITHIN: f64 = 0.02;

/// Followers come and go from one export to the next; a count further apart than this part of the larger one contradicts.
const FOLLOWERS_AGREE_WITHIN: f64 = 0.02;

/// One row of a creator who has several.
#[derive(Debug)]
pub struct Member {
    /// Where it stands.
    pub origin: Origin,
    /// What the row says.
    pub candidate: Candidate,
    /// What it is joined by, as [`Candidate::key`].
    pub identity: String,
    /// File and line.
    pub place: String,
    /// Known mass of the row alone.
    pub coverage: f64,
    /// Hash of its cells.
    pub content: u64,
}

/// Rows whose identities have one hash, in the order in which the files hold them.
///
/// Most creators stand in one row: their hashes alone, sorted, tell who may not, so that no table of all identities is held.
#[must_use]
pub fn groups(rows: impl Iterator<Item = (u64, Origin)> + Clone) -> Vec<Vec<Origin>> {
    let mut hashes: Vec<u64> = rows.clone().map(|(hash, _)| hash).collect();
    hashes.sort_unstable();
    let twice: HashSet<u64> = hashes.windows(2).filter(|pair| pair[0] == pair[1]).map(|pair| pair[0]).collect();
    if twice.is_empty() {
        return Vec::new();
    }
    drop(hashes);
    let mut by_hash: HashMap<u64, Vec<Origin>> = HashMap::new();
    for (hash, origin) in rows.filter(|(hash, _)| twice.contains(hash)) {
        by_hash.entry(hash).or_default().push(origin);
    }
    let mut groups: Vec<Vec<Origin>> = by_hash.into_values().collect();
    groups.iter_mut().for_each(|group| group.sort());
    groups.sort();
    groups
}

/// The first field in which two rows contradict each other, with both values.
#[must_use]
pub fn contradiction(a: &Candidate, b: &Candidate) -> Option<(String, String, String)> {
    contradictions(a, b).into_iter().next()
}

/// The fields in which two rows contradict each other, with both values. Unknown contradicts nothing, and names and places are written in many ways.
#[must_use]
pub fn contradictions(a: &Candidate, b: &Candidate) -> Vec<(String, String, String)> {
    let mut found = Vec::new();
    let numbers = [
        ("followers", a.followers, b.followers),
        ("posts_30d", a.posts_30d, b.posts_30d),
        ("followers_growth_30d", a.followers_growth_30d, b.followers_growth_30d),
    ];
    let prices = PriceFormat::ALL.map(|format| (Field::Price(format).info().name, a.prices[format as usize], b.prices[format as usize]));
    for (name, left, right) in numbers.into_iter().chain(prices) {
        let room = if name == "followers" { FOLLOWERS_AGREE_WITHIN } else { 0.0 };
        if let (Some(left), Some(right)) = (left, right)
            && (left - right).abs() > room * left.max(right)
        {
            found.push((name.to_owned(), left.to_string(), right.to_string()));
        }
    }
    if let (Some(left), Some(right)) = (a.kind, b.kind)
        && left != right
    {
        found.push(("kind".into(), left.name().into(), right.name().into()));
    }
    for left in &a.metrics {
        let same = |right: &&Performance| (right.metric, right.scope, right.window_days, right.mean) == (left.metric, left.scope, left.window_days, left.mean);
        if let Some(right) = b.metrics.iter().find(same).filter(|right| right.value != left.value) {
            found.push((Field::Metric(left.metric).info().name.to_owned(), left.value.to_string(), right.value.to_string()));
        }
    }
    for facet in Facet::ALL {
        let right = &b.audience(facet).bins;
        for (bin, share) in &a.audience(facet).bins {
            let other = right.iter().find(|(other, _)| other == bin).map(|(_, other)| *other);
            if let Some(other) = other.filter(|other| (share - other).abs() > SHARES_AGREE_WITHIN) {
                found.push((format!("audience.{}.{}", facet.name(), bin.label()), format!("{share:.4}"), format!("{other:.4}")));
            }
        }
    }
    found
}

/// The order in which rows of one creator count: the first one stays, the others fill what it leaves unknown.
///
/// # Errors
/// The rows contradict each other and the policy cannot decide.
pub fn order(members: &[Member], policy: Policy) -> Result<Vec<usize>, Failure> {
    // What decides between equals is no row's place.
    let better = |a: &Member, b: &Member| {
        let name = |member: &Member| (!member.candidate.name.is_empty(), std::cmp::Reverse(member.content));
        a.coverage.total_cmp(&b.coverage).then_with(|| name(a).cmp(&name(b)))
    };
    let mut order: Vec<usize> = (0..members.len()).collect();
    let Some((left, right, field)) = first_conflict(members) else {
        // They agree wherever both speak: the better known one stays.
        order.sort_by(|a, b| better(&members[*b], &members[*a]));
        return Ok(order);
    };
    let who = format!("{} and {} are the same creator (`{}`)", members[left].place, members[right].place, members[left].candidate.identity());
    match policy {
        Policy::First => Ok(order),
        Policy::Newest if members.iter().all(|member| member.candidate.as_of.is_none()) => {
            Err(Failure::new(format!("{who}, and neither has a date (`as_of`)")).hint("`--duplicates first` keeps the row that is read first"))
        }
        Policy::Newest => {
            let newer = |a: &Member, b: &Member| a.candidate.as_of.cmp(&b.candidate.as_of).then_with(|| better(a, b));
            order.sort_by(|a, b| newer(&members[*b], &members[*a]));
            Ok(order)
        }
        Policy::Error => {
            let (name, a, b) = field;
            Err(Failure::new(format!("{who} but differ in `{name}`: {a} and {b}"))
                .hint("mend the files, or keep one row with `--duplicates first` or `--duplicates newest` (by `as_of`); `kolscore check` lists them all"))
        }
    }
}

/// The first two members that contradict each other, and where. Each is compared with all that was known before it, at once.
fn first_conflict(members: &[Member]) -> Option<(usize, usize, (String, String, String))> {
    let mut known = members.first()?.candidate.clone();
    for (right, member) in members.iter().enumerate().skip(1) {
        if contradiction(&known, &member.candidate).is_some() {
            return (0..right).find_map(|left| Some((left, right, contradiction(&members[left].candidate, &member.candidate)?)));
        }
        known.learn(&member.candidate, 1);
    }
    None
}
