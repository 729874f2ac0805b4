//! Rows of the same creator in, one of them out. Rows that contradict each other are the user's to decide.

use std::collections::HashMap;

use clap::ValueEnum;

use super::pool::Placed;
use crate::failure::Failure;
use crate::normalize::{
    candidate::{Candidate, Performance},
    field::{Facet, Field, PriceFormat},
};

/// What to do with rows of one creator that contradict each other. Rows that do not are merged: the better known one stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Policy {
    /// Stop and show where they differ.
    Error,
    /// Keep the row that is read first.
    First,
    /// Keep the row with the latest `as_of`; stop where no row has one.
    Newest,
}

/// Two exports round and date one share differently; further apart they contradict each other.
const SHARES_AGREE_WITHIN: f64 = 0.02;

/// Positions (in the ordered list) of rows that share an identity, in the order in which the files hold them.
#[must_use]
pub fn groups(placed: &[Placed]) -> Vec<Vec<usize>> {
    let mut by_identity: HashMap<&str, Vec<usize>> = HashMap::with_capacity(placed.len());
    for (at, row) in placed.iter().enumerate() {
        if let Some(identity) = &row.identity {
            by_identity.entry(identity).or_default().push(at);
        }
    }
    let mut groups: Vec<Vec<usize>> = by_identity.into_values().filter(|group| group.len() > 1).collect();
    for group in &mut groups {
        group.sort_by_key(|at| placed[*at].origin);
    }
    groups.sort_by_key(|group| placed[group[0]].origin);
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
        if let (Some(left), Some(right)) = (left, right)
            && left != right
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

/// The position of the row that stays. `members` are the group's candidates with their places, in the order of the group.
///
/// # Errors
/// The rows contradict each other and the policy cannot decide.
pub fn keep(group: &[usize], members: &[(Candidate, String)], placed: &[Placed], policy: Policy) -> Result<usize, Failure> {
    let order = |at: usize| (placed[group[at]].coverage, !members[at].0.name.is_empty(), std::cmp::Reverse(placed[group[at]].content));
    let better = |a: usize, b: usize| order(a).0.total_cmp(&order(b).0).then_with(|| (order(a).1, order(a).2).cmp(&(order(b).1, order(b).2)));
    let Some((left, right, field)) = first_conflict(members) else {
        // They agree wherever both speak: the better known one stays; what decides between equals is no row's place.
        return Ok(group[(0..members.len()).max_by(|a, b| better(*a, *b)).unwrap_or(0)]);
    };
    let who = format!("{} and {} are the same creator (`{}`)", members[left].1, members[right].1, members[left].0.identity());
    match policy {
        Policy::First => Ok(group[0]),
        Policy::Newest if members.iter().all(|(member, _)| member.as_of.is_none()) => {
            Err(Failure::new(format!("{who}, and neither has a date (`as_of`)")).hint("`--duplicates first` keeps the row that is read first"))
        }
        Policy::Newest => {
            let newer = |a: usize, b: usize| members[a].0.as_of.cmp(&members[b].0.as_of).then_with(|| better(a, b));
            Ok(group[(0..members.len()).max_by(|a, b| newer(*a, *b)).unwrap_or(0)])
        }
        Policy::Error => {
            let (name, a, b) = field;
            Err(Failure::new(format!("{who} but differ in `{name}`: {a} and {b}"))
                .hint("mend the files, or keep one row with `--duplicates first` or `--duplicates newest` (by `as_of`)"))
        }
    }
}

/// The first two members that contradict each other, and where. Each is compared with all that was known before it, at once.
fn first_conflict(members: &[(Candidate, String)]) -> Option<(usize, usize, (String, String, String))> {
    let mut known = members.first()?.0.clone();
    for (right, (member, _)) in members.iter().enumerate().skip(1) {
        if contradiction(&known, member).is_some() {
            return (0..right).find_map(|left| Some((left, right, contradiction(&members[left].0, member)?)));
        }
        known.learn(member);
    }
    None
}
