//! One audience label in, a bin key out: genders, age bands, city tiers, and places or interests by their folded name.

use compact_str::CompactString;

use super::{field::Facet, fold::fold_label};
use crate::knowledge::regions::Regions;

/// The bin of an audience distribution.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Bin {
    /// Women.
    Female,
    /// Men.
    Male,
    /// Whole years, both ends included; `open` bands (`<18`, `50+`) carry the ends that the norms give them.
    Age {
        /// Youngest year.
        from: u8,
        /// Oldest year.
        to: u8,
    },
    /// City tier, 0 is 一线.
    Tier(u8),
    /// A place, an interest or a crowd, by its canonical folded name.
    Label(CompactString),
}

/// The youngest and oldest years that open age bands reach to: platforms admit accounts from 13, and 69 keeps `>44` from reaching into ages that hardly use them.
pub const OPEN_AGES: (u8, u8) = (13, 69);

/// City tiers from first to fifth, as the yearly list of 第一财经 names them.
pub const TIERS: [&str; 6] = ["一线", "新一线", "二线", "三线", "四线", "五线"];

const OTHERS: &[&str] = &["其他", "其它", "未知", "other", "others", "unknown", "汇总"];

impl Bin {
    /// The bin that a label names within a facet, or nothing where it names none (an age that is no age, a gender that is neither).
    ///
    /// Labels of the rest (其他, others) are `None` too: their mass stays unlisted.
    #[must_use]
    pub fn parse(facet: Facet, label: &str, regions: &Regions) -> Option<Self> {
        let label = fold_label(label);
        let rest = || OTHERS.contains(&label.as_str());
        match facet {
            Facet::Gender => gender(&label),
            Facet::Age => age(&label).map(|(from, to)| Self::Age { from, to }),
            Facet::CityTier => tier(&label),
            Facet::Region => regions.known(&label).or_else(|| (!label.is_empty() && !rest()).then(|| label.clone())).map(Self::Label),
            Facet::City => Some(label.trim_end_matches('市')).filter(|city| !city.is_empty() && !rest()).map(|city| Self::Label(city.into())),
            Facet::Interest | Facet::Crowd => (!label.is_empty() && !rest()).then(|| Self::Label(label.clone())),
        }
    }

    /// Whether a label stands for all that is not listed.
    #[must_use]
    pub fn is_the_rest(label: &str) -> bool {
        OTHERS.contains(&fold_label(label).as_str())
    }

    /// The bin's name for people.
    #[must_use]
    pub fn label(&self) -> String {
        match self {
            Self::Female => "女".into(),
            Self::Male => "男".into(),
            Self::Age { from, to } if *from == OPEN_AGES.0 => format!("<{}", to + 1),
            Self::Age { from, to } if *to == OPEN_AGES.1 => format!("{from}+"),
            Self::Age { from, to } => format!("{from}-{to}"),
            Self::Tier(tier) => TIERS[usize::from(*tier)].into(),
            Self::Label(label) => label.to_string(),
        }
    }
}

fn gender(label: &str) -> Option<Bin> {
    match label {
        "女" | "女性" | "女生" | "女粉" | "女性粉丝" | "f" | "female" | "females" | "women" | "woman" => Some(Bin::Female),
        "男" | "男性" | "男生" | "男粉" | "男性粉丝" | "m" | "male" | "males" | "men" | "man" => Some(Bin::Male),
        _ => None,
    }
}

fn tier(label: &str) -> Option<Bin> {
    let label = label.trim_end_matches("城市");
    let label = match label {
        "tier1" | "1线" => "一线",
        "newtier1" | "新1线" => "新一线",
        "tier2" | "2线" => "二线",
        // Open tiers are read as their largest: those below are no nearer to any target above.
        "tier3" | "3线" | "三线及以下" => "三线",
        "tier4" | "4线" | "四线及以下" => "四线",
        "tier5" | "5线" | "五线及以下" => "五线",
        other => other,
    };
    TIERS.iter().position(|name| *name == label).map(|at| Bin::Tier(at as u8))
}

/// `18-24岁`, `<18`, `50+`, `>44岁`, `18以下`, `31~40`.
fn age(label: &str) -> Option<(u8, u8)> {
    let label = label.trim_end_matches(['岁', '周']).trim_start_matches("age");
    let years = |text: &str| text.trim_end_matches('岁').parse::<u8>().ok().filter(|year| *year <= 120);
    let closed = |text: &str| text.split_once(['-', '~', '–', '至']).and_then(|(from, to)| Some((years(from)?, years(to)?)));
    if let Some((from, to)) = closed(label) {
        return (from <= to).then_some((from, to));
    }
    if let Some(below) = label.strip_prefix(['<', '＜']).or_else(|| label.strip_suffix("以下")).and_then(years) {
        return Some((OPEN_AGES.0, below.checked_sub(1)?.max(OPEN_AGES.0)));
    }
    if let Some(above) = label.strip_prefix(['>', '＞']).and_then(years) {
        return Some((above + 1, OPEN_AGES.1.max(above + 1)));
    }
    let from = label.strip_suffix('+').or_else(|| label.strip_suffix("以上")).and_then(years)?;
    Some((from, OPEN_AGES.1.max(from)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn age_bands_of_all_platforms_are_read() {
        for (label, expected) in [
            ("18-24岁", (18, 24)),
            ("<18", (13, 17)),
            ("<18岁", (13, 17)),
            (">44", (45, 69)),
            (">44岁", (45, 69)),
            ("50+", (50, 69)),
            ("50岁以上", (50, 69)),
            ("18岁以下", (13, 17)),
            ("1-23", (1, 23)),
        ] {
            assert_eq!(age(&fold_label(label)), Some(expected), "{label}");
        }
        assert_eq!(age("其他"), None);
        assert_eq!(age("34-25"), None);
    }

    #[test]
    fn tiers_and_genders_are_read_in_both_languages() {
        assert_eq!(tier("新一线城市"), Some(Bin::Tier(1)));
        assert_eq!(gender("female"), Some(Bin::Female));
        assert_eq!(gender("1"), None, "a code is never guessed");
    }
}
