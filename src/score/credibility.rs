//! Credibility: honesty of the numbers, with authority for a KOL and a first-hand voice for a KOC. `scoring.md` §4.

use super::{
    Scene, domain, engagement,
    evidence::Evidence,
    style::{USUAL, strength},
    value::Value,
};
use crate::{
    knowledge::{presets::Checks, vocabulary::Marker},
    normalize::{
        candidate::{Documents, Kind},
        field::{Field, Metric, Quality},
    },
    norms::{
        statistic::{Figure, Statistic},
        tally::marker_rate,
    },
};

/// `.6 honesty + .4 authority` for a KOL, `.5 honesty + .5 first-hand` for a KOC.
#[must_use]
pub fn value(scene: &Scene<'_>) -> Value {
    let constants = &scene.constants.credibility;
    let parts = if scene.kind == Kind::Kol { constants.kol } else { constants.koc };
    let mut values = Vec::with_capacity(3);
    if parts.honesty > 0.0 {
        values.push((parts.honesty, honesty(scene, parts.honesty)));
    }
    if parts.authority > 0.0 {
        values.push((parts.authority, authority(scene, parts.authority)));
    }
    if parts.first_hand > 0.0 {
        values.push((parts.first_hand, first_hand(scene, parts.first_hand)));
    }
    Value::mean(&values).unwrap_or(scene.unknown())
}

/// As [`super::Dimension::most`]: checks that need no peers, and voices that no text shows.
#[must_use]
pub fn most(scene: &Scene<'_>) -> f64 {
    let constants = &scene.constants.credibility;
    let parts = if scene.kind == Kind::Kol { constants.kol } else { constants.koc };
    // Without peers only those checks run that need none; each of the others could but lower it.
    let honest = checks(scene).iter().filter_map(|check| check.severity).map(|severity| 1.0 - severity).product::<f64>();
    let unknown = scene.constants.unknown.mean;
    let voice = |hits: u32| match (scene.hits.documents, hits) {
        (0, _) => unknown,
        (_, 0) => USUAL,
        _ => 1.0,
    };
    let standing = if scene.candidate.verified.is_empty() { constants.authority.unverified } else { 1.0 };
    let purity = domain::profile(scene).map_or(unknown, |profile| domain::purity(profile, &scene.knowledge.categories));
    let authority = (standing + voice(scene.hits.authority) + purity) / 3.0;
    let balanced = if scene.hits.negative > 0 { constants.first_hand.balanced_bonus } else { 0.0 };
    let first_hand = if scene.hits.documents == 0 { unknown } else { (voice(scene.hits.first_hand) + balanced).min(1.0) };
    let weights = parts.honesty + parts.authority + parts.first_hand;
    if weights > 0.0 { (parts.honesty * honest + parts.authority * authority + parts.first_hand * first_hand) / weights } else { 1.0 }
}

/// One check of honesty.
#[derive(Debug)]
pub struct Check {
    /// What it asks, with its numbers; a question, never an accusation.
    pub question: String,
    /// 0 (nothing to ask) to 1; `None` where the files do not tell.
    pub severity: Option<f64>,
    /// The most that it could be, once all is known.
    pub most: f64,
    /// The least that it could be.
    pub least: f64,
    /// Fields that it looks at, where somebody asks why.
    fields: Vec<Field>,
}

/// Every check, whether it could run or not.
#[must_use]
pub fn checks(scene: &Scene<'_>) -> Vec<Check> {
    let of = &scene.constants.credibility.checks;
    let candidate = scene.candidate;
    let mut checks = Vec::with_capacity(6);
    let mut check = |severity: Option<f64>, most: f64, fields: &[Field], question: &dyn Fn() -> String| {
        let fires = severity.is_some_and(|severity| severity > 0.0);
        let question = if fires && scene.explains() { question() } else { String::new() };
        checks.push(Check {
            question,
            severity,
            most: severity.unwrap_or(most),
            least: severity.unwrap_or(0.0),
            fields: if scene.explains() { fields.to_vec() } else { Vec::new() },
        });
    };
    let distance = engagement::distance(scene, Figure::Interactions, scene.figures.interactions);
    let is_odd = |distance: f64| if distance > of.engagement_high || distance < of.engagement_low { of.engagement_severity } else { 0.0 };
    let odd = distance.map(is_odd);
    let figures = scene.figures.of_interactions.iter().flatten().map(|figure| Field::Metric(figure.metric));
    let counted: Vec<Field> = match odd {
        _ if !scene.explains() => Vec::new(),
        Some(_) => figures.chain([Field::Followers]).collect(),
        None => vec![Field::Metric(Metric::Interactions)],
    };
    check(odd, of.engagement_severity, &counted, &|| {
        format!("interactions are {:.1} scales from peers of the same size: is it bought, or one hit?", distance.unwrap_or_default())
    });
    let ratio = scene.figures.ratio(Metric::Comments, Metric::Likes);
    let usual = scene.peers.spread(Statistic::CommentsPerLike);
    let odd = ratio.zip(usual).map(|(ratio, (usual, _))| if ratio < usual.low || ratio > usual.high { of.comments_severity } else { 0.0 });
    check(odd, of.comments_severity, &[Field::Metric(Metric::Comments), Field::Metric(Metric::Likes)], &|| {
        let (ratio, usual) = (ratio.unwrap_or_default(), usual.map_or((0.0, 0.0), |(usual, _)| (usual.low, usual.high)));
        format!("{ratio:.3} comments a like, outside of {:.3} to {:.3}: are comments or likes bought?", usual.0, usual.1)
    });
    let warned = candidate.platform.is_some_and(|id| scene.knowledge.platforms.warns_of_inactive_followers(id));
    let active = candidate.quality(Quality::ActiveShare).filter(|_| warned);
    check(active.map(|share| inactivity(share, of)), if warned { 1.0 } else { 0.0 }, &[Field::Quality(Quality::ActiveShare)], &|| {
        format!("{:.1} % active followers, under {:.0} %: are the others real?", active.unwrap_or_default() * 100.0, of.active_share_from * 100.0)
    });
    let titles = repeated_titles(&candidate.documents);
    let repeats = |(repeated, all): (usize, usize)| if repeated as f64 >= of.duplicate_titles * all as f64 { of.duplicate_severity } else { 0.0 };
    check(titles.map(repeats), of.duplicate_severity, &[Field::Titles], &|| {
        let (repeated, all) = titles.unwrap_or_default();
        format!("{repeated} of {all} titles are repeated: is it one text posted again and again?")
    });
    let fake = candidate.quality(Quality::SuspectedFakeShare);
    check(fake.map(|share| fakeness(share, of)), of.fake_share_most, &[Field::Quality(Quality::SuspectedFakeShare)], &|| {
        format!("{:.1} % suspected fake followers, over {:.0} %: how does the vendor count them?", fake.unwrap_or_default() * 100.0, of.fake_share_from * 100.0)
    });
    let sponsored = candidate.quality(Quality::SponsoredShare);
    check(sponsored.map(|share| saturation(share, scene.kind, of)), of.sponsored_severity, &[Field::Quality(Quality::SponsoredShare)], &|| {
        format!("{:.0} % of posts are sponsored: does the audience still believe them?", sponsored.unwrap_or_default() * 100.0)
    });
    if let Some(at_most) = engagement::distance_at_most(scene, Figure::Interactions, scene.figures.interactions) {
        // Few posts are little to go by: more of them could make it odd, fewer could excuse it.
        let sure = scene.figures.posts.is_some();
        checks[0].most = checks[0].most.max(is_odd(at_most));
        checks[0].least = if sure { checks[0].least } else { 0.0 };
    }
    checks
}

/// `max(0, (.60 − a)/.60)`.
#[must_use]
pub fn inactivity(active_share: f64, of: &Checks) -> f64 {
    ((of.active_share_from - active_share) / of.active_share_from).max(0.0)
}

/// `min(.6, max(0, f − .15)·1.5)`.
#[must_use]
pub fn fakeness(share: f64, of: &Checks) -> f64 {
    ((share - of.fake_share_from).max(0.0) * of.fake_share_slope).min(of.fake_share_most)
}

/// `.5·clamp((s − .30)/.40, 0, 1)`, for a KOC from .15 over .25: a consumer who lives from sponsorship is no longer one.
#[must_use]
pub fn saturation(share: f64, kind: Kind, of: &Checks) -> f64 {
    let (from, span) = if kind == Kind::Kol { (of.sponsored_from, of.sponsored_span) } else { (of.sponsored_koc_from, of.sponsored_koc_span) };
    of.sponsored_severity * ((share - from) / span).clamp(0.0, 1.0)
}

/// Titles that say what another title says, and all titles; nothing where there are too few to tell.
fn repeated_titles(documents: &Documents) -> Option<(usize, usize)> {
    const ENOUGH: usize = 4;
    if documents.of(Field::Titles).take(ENOUGH).count() < ENOUGH {
        return None;
    }
    let mut titles: Vec<&str> = documents.of(Field::Titles).collect();
    let all = titles.len();
    titles.sort_unstable();
    titles.dedup();
    Some((all - titles.len(), all))
}

/// `Π(1 − severity)` over the checks that can run; those that cannot could only lower it.
fn honesty(scene: &Scene<'_>, weight: f64) -> Value {
    let checks = checks(scene);
    let ran = checks.iter().filter(|check| check.severity.is_some()).count();
    let product: f64 = checks.iter().filter_map(|check| check.severity).map(|severity| 1.0 - severity).product();
    let (worst, best): (f64, f64) = (checks.iter().map(|check| 1.0 - check.most).product(), checks.iter().map(|check| 1.0 - check.least).product());
    let value = if ran == 0 { scene.unknown() } else { Value::estimate(worst, product, best, ran as f64 / checks.len() as f64) };
    scene.part("credibility", "honesty", weight, value, || {
        let fired = checks.iter().filter(|check| check.severity.is_some_and(|severity| severity > 0.0));
        let mut evidence = Evidence::new(format!("{ran} of {} checks could run", checks.len()));
        for check in fired {
            evidence = evidence.say(format!("{} (−{:.0} %)", check.question, check.severity.unwrap_or_default() * 100.0));
        }
        // What cannot fire where it could run is nothing to ask for.
        let could = checks.iter().filter(|check| check.severity.is_some() || check.most > 0.0);
        could.fold(evidence, |evidence, check| {
            let cite = if check.severity.is_some() { Evidence::cell } else { Evidence::ask };
            check.fields.iter().copied().fold(evidence, cite)
        })
    })
}

/// How strong a marker is, 0 to 1; .5 is usual. `None` without texts.
fn marker(scene: &Scene<'_>, marker: Marker, hits: u32) -> Option<f64> {
    let documents = scene.hits.documents;
    let (usual, _) = scene.peers.rate(marker_rate(marker));
    (documents > 0).then(|| strength(f64::from(hits), documents as f64, false, false, usual, &scene.constants.style))
}

/// The mean of verification, the rate of expert markers, and vertical purity.
fn authority(scene: &Scene<'_>, weight: f64) -> Value {
    let verified = !scene.candidate.verified.is_empty();
    let unverified = scene.constants.credibility.authority.unverified;
    // An empty cell may be an unverified account or a file that does not tell.
    let standing = if verified { Value::exact(1.0) } else { Value::estimate(unverified, unverified, 1.0, 0.0) };
    let rate = marker(scene, Marker::Authority, scene.hits.authority);
    let purity = domain::profile(scene).map(|profile| domain::purity(profile, &scene.knowledge.categories));
    let known = |value: Option<f64>| value.map_or(scene.unknown(), Value::exact);
    let value = Value::mean(&[(1.0, standing), (1.0, known(rate)), (1.0, known(purity))]).unwrap_or(scene.unknown());
    scene.part("credibility", "authority", weight, value, || {
        let standing = if verified { format!("verified as 「{}」", scene.candidate.verified) } else { "no verification is given".to_owned() };
        let texts = format!("{} of {} texts speak as an expert", scene.hits.authority, scene.hits.documents);
        let purity = purity.map_or("no topic is seen".to_owned(), |purity| format!("vertical purity {purity:.2}"));
        let evidence = Evidence::new(standing).say(texts).say(purity).cell(Field::Verified);
        let evidence = if verified { evidence } else { evidence.ask(Field::Verified) };
        let evidence = if scene.hits.documents == 0 { evidence.ask(Field::Titles) } else { evidence };
        scene.quoted(evidence, Marker::Authority)
    })
}

/// The rate of first-hand markers, more where something is criticised too, less where it sells hard.
fn first_hand(scene: &Scene<'_>, weight: f64) -> Value {
    let of = &scene.constants.credibility.first_hand;
    let hits = scene.hits;
    let hardsell = scene.knowledge.traits.named("hardsell").map_or(0, usize::from);
    let value = marker(scene, Marker::FirstHand, hits.first_hand).map(|rate| {
        let (usual, _) = scene.peers.rate(hardsell);
        let selling = strength(f64::from(hits.traits[hardsell]), hits.documents as f64, false, false, usual, &scene.constants.style);
        let balanced = if hits.negative > 0 { of.balanced_bonus } else { 0.0 };
        rate + balanced - of.hardsell_malus * (2.0 * selling - 1.0).max(0.0)
    });
    let value = value.map_or(scene.unknown(), Value::exact);
    scene.part("credibility", "first_hand", weight, value, || {
        let texts = hits.documents;
        let evidence = Evidence::new(format!("{} of {texts} texts speak from own use", hits.first_hand))
            .say(format!("{} criticise something, {} sell hard", hits.negative, hits.traits[hardsell]));
        let evidence = if texts == 0 { evidence.ask(Field::Titles) } else { evidence };
        scene.quoted(scene.quoted(evidence, Marker::FirstHand), Marker::NegativeOpinion)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::knowledge::Knowledge;

    #[test]
    fn severities_are_those_of_the_specification() {
        let of = Knowledge::built_in().unwrap().presets.constants(&[]).unwrap().credibility.checks;
        let close = |found: f64, expected: f64| assert!((found - expected).abs() < 1e-12, "{found} {expected}");
        close(inactivity(0.30, &of), 0.5);
        close(inactivity(0.70, &of), 0.0);
        close(fakeness(0.35, &of), 0.3);
        close(fakeness(0.90, &of), 0.6);
        close(saturation(0.50, Kind::Kol, &of), 0.25);
        close(saturation(0.50, Kind::Koc, &of), 0.5);
        close(saturation(0.10, Kind::Koc, &of), 0.0);
    }
}
