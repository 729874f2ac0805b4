//! Bytes of a stranger, taken the way that a file takes: what the fuzz targets and the tests of their corpus run.

use kolscore::{
    knowledge::Knowledge,
    normalize::{
        candidate::Candidate,
        cell, date, decide, list, plan, plausible,
        profile::Profile,
        row::{Findings, Normalizer, Outcome},
        shares,
    },
    read::Source,
};

/// Reads one cell in every way that a column could.
pub(crate) fn cell(text: &str) {
    let _ = (cell::number(text), cell::share(text), cell::money(text), cell::is_missing(text), date::date(text));
    list::texts(text, None, true, |_| ());
    list::tags(text, None, |_, _| ());
    distribution(text);
}

/// Reads one cell as labels with shares; every share is a number.
pub(crate) fn distribution(text: &str) {
    let _ = shares::read(text, |listed| assert!(listed.share.is_none_or(|share| share.value.is_finite()), "{text}"));
}

/// Reads a file as `rank` would, up to its candidates; an error is as good an end as any.
pub(crate) fn file(name: &str, bytes: &[u8], knowledge: &Knowledge) {
    let Ok(source) = Source::from_bytes(name, bytes.to_vec()) else { return };
    let Ok(mut plan) = plan::assign(source.headers(), &[], knowledge) else { return };
    let _ = plan::problem(name, &plan, knowledge);
    for _ in 0..2 {
        let Some(findings) = records(&source, &plan, knowledge) else { return };
        let _ = decide::refuse_misnamed(name, &plan, &findings.tallies, &findings.rejects.kept);
        let _ = plausible::problem(name, &plan, &findings.cpm);
        if decide::decide_shares(name, &mut plan, &findings.tallies).is_err() {
            return;
        }
    }
}

fn records(source: &Source, plan: &plan::Plan<'_>, knowledge: &Knowledge) -> Option<Findings> {
    let normalizer = Normalizer::new(plan, knowledge, None);
    let parts = source.scan(1, |batch| {
        let (mut candidate, mut findings) = (Candidate::default(), Findings::new(plan.columns.len()));
        let mut profiles = vec![Profile::default(); plan.columns.len()];
        batch.for_each(|record| {
            if normalizer.fill(record, &mut candidate, &mut findings) == Outcome::Candidate {
                assert!(candidate.followers.is_none_or(f64::is_finite) && candidate.prices.iter().flatten().all(|price| *price >= 0.0));
                assert!(candidate.audience.iter().all(|facet| (-1e-9..=1.100_001).contains(&facet.listed())));
            }
            for (at, profile) in profiles.iter_mut().enumerate() {
                profile.observe(record.cell(at).unwrap_or_default(), &plan.columns[at]);
            }
            Ok(())
        })?;
        Ok(findings)
    });
    let mut whole = Findings::new(plan.columns.len());
    parts.ok()?.0.into_iter().for_each(|findings| whole.append(findings));
    Some(whole)
}
