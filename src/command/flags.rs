//! A scored candidate in, the words out that tell a reader where to look twice. They are the same in all formats; README explains each.

use super::setting::Setting;
use crate::{
    normalize::{candidate::Candidate, field::Facet},
    score::{DIMENSIONS, Scored, figures, kind::DecidedBy},
};

/// All flags of one candidate, in a fixed order.
pub(super) fn flags(candidate: &Candidate, scored: &Scored, setting: &Setting<'_>) -> Vec<String> {
    let mut flags = Vec::new();
    let mut flag = |yes: bool, text: &str| {
        if yes {
            flags.push(text.to_owned());
        }
    };
    let limited_by = scored.total.gate.limited_by.map(|at| DIMENSIONS[at].name);
    flag(limited_by.is_some(), &format!("gate:{}", limited_by.unwrap_or_default()));
    flag(scored.kind.decided_by == DecidedBy::Size, "kind:size");
    flag(scored.kind.decided_by == DecidedBy::Nothing, "kind:unknown");
    flag(scored.kind.professional, "professional");
    flag(candidate.identity().is_empty(), "no-id");
    flag(candidate.platform.is_none(), "platform:unknown");
    flag(candidate.barter, "barter");
    let quoted = candidate.price(setting.brief.budget.format).is_some();
    flag(quoted && figures::price(candidate, setting.brief).is_none(), "price:currency");
    for facet in Facet::ALL {
        let scaled = candidate.audience(facet).scaled_from.map(|sum| format!("audience:{}:{:.0}%", facet.name(), sum * 100.0));
        flag(scaled.is_some(), scaled.as_deref().unwrap_or_default());
    }
    flags
}
