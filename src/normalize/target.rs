//! What a column is taken for, as text (`price_image:万`, `audience.age.18-24:percent`, `views:organic:30d`), read into a [`Target`].
//!
//! Packs, `[columns]` of a brief and `--map` share this one language.

use std::fmt;

use super::{
    bin::Bin,
    field::{FIELDS, Facet, Field, FieldInfo, Reading},
};
use crate::{
    failure::{Failure, did_you_mean},
    knowledge::regions::Regions,
};

/// Unit of a number without sign or suffix.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Unit {
    /// As it stands.
    One,
    /// Yuan (元).
    Yuan,
    /// Ten thousands (万).
    TenThousand,
    /// Hundredths of a yuan (分).
    Fen,
    /// Per cent.
    Percent,
    /// A fraction of one.
    Fraction,
    /// Per cent or fraction: the whole column decides.
    Share,
    /// Per ten thousand.
    BasisPoint,
}

impl Unit {
    const NAMES: [(&'static str, Self); 9] = [
        ("count", Self::One),
        ("元", Self::Yuan),
        ("万", Self::TenThousand),
        ("万元", Self::TenThousand),
        ("分", Self::Fen),
        ("percent", Self::Percent),
        ("fraction", Self::Fraction),
        ("share", Self::Share),
        ("bp", Self::BasisPoint),
    ];

    fn parse(name: &str) -> Option<Self> {
        Self::NAMES.iter().find(|(known, _)| *known == name).map(|(_, unit)| *unit)
    }

    /// The name that packs and mappings use.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::NAMES.iter().find(|(_, unit)| *unit == self).map_or("count", |(name, _)| name)
    }

    /// What a bare number is multiplied by.
    #[must_use]
    pub fn factor(self) -> f64 {
        match self {
            Self::One | Self::Yuan | Self::Fraction | Self::Share => 1.0,
            Self::TenThousand => 1e4,
            Self::Fen | Self::Percent => 1e-2,
            Self::BasisPoint => 1e-4,
        }
    }
}

/// Whether posts are the creator's own or paid for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Scope {
    /// 日常.
    Organic,
    /// 合作.
    Sponsored,
}

impl Scope {
    /// Name in briefs, targets and norm files.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Organic => "organic",
            Self::Sponsored => "sponsored",
        }
    }

    /// The scope that a word of either language names.
    #[must_use]
    pub fn named(word: &str) -> Option<Self> {
        match word {
            "organic" | "日常" => Some(Self::Organic),
            "sponsored" | "合作" => Some(Self::Sponsored),
            _ => None,
        }
    }
}

/// One column of a ranked list (`地域Top1-省`, `地域Top1-占比%`), with its place from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ranked {
    /// Holds the label.
    Label(u8),
    /// Holds the share.
    Share(u8),
}

/// What a column is taken for.
#[derive(Debug, Clone, PartialEq)]
pub struct Target {
    /// The field; `None` passes the column through untouched.
    pub field: Option<Field>,
    /// How the column's cells are read.
    pub reading: Reading,
    /// The bin, where one column holds one bin of an audience distribution.
    pub bin: Option<Bin>,
    /// Unit of bare numbers; `None` is the field's default.
    pub unit: Option<Unit>,
    /// Units between which nobody can decide from the file alone.
    pub undecided: Vec<String>,
    /// Organic or sponsored, for performance figures.
    pub scope: Option<Scope>,
    /// Days that the figures cover.
    pub window_days: Option<u16>,
    /// Whether the figure is a mean rather than a median.
    pub mean: bool,
    /// Whether zero means unknown; `None` is the field's default.
    pub zero_is_missing: Option<bool>,
    /// Labels of a `13.6% | 86.4%` cell, by position.
    pub pair: Option<(Bin, Bin)>,
    /// How list cells are split.
    pub separator: Option<String>,
    /// Whether the column only repeats another in a second notation.
    pub check: bool,
    /// Whether shares are relative within a top list.
    pub within_top: bool,
    /// Place in a ranked list that has one column for the label and one for the share of each place.
    pub ranked: Option<Ranked>,
    /// The text it was read from.
    pub text: String,
}

/// Field, bin, place in a ranked list, scope, window, and whether it is a mean.
pub type Slot<'t> = (Option<Field>, Option<&'t Bin>, Option<Ranked>, Option<Scope>, Option<u16>, bool);

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Target {
    /// The target of a column that passes through.
    #[must_use]
    pub fn untouched() -> Self {
        Self::empty("ignore")
    }

    fn empty(text: &str) -> Self {
        Self {
            field: None,
            reading: Reading::Untouched,
            bin: None,
            unit: None,
            undecided: Vec::new(),
            scope: None,
            window_days: None,
            mean: false,
            zero_is_missing: None,
            pair: None,
            separator: None,
            check: false,
            within_top: false,
            ranked: None,
            text: text.to_owned(),
        }
    }

    /// Reads a target.
    ///
    /// # Errors
    /// A failure that names the unknown field or attribute, with *did you mean*.
    pub fn parse(text: &str, regions: &Regions) -> Result<Self, Failure> {
        let mut parts = text.split(':');
        let name = parts.next().unwrap_or_default().trim();
        let mut target = Self::empty(text);
        if name == "ignore" {
            return Ok(target);
        }
        let (info, bin) = field(name, regions)?;
        target.reading = if bin.is_some() { Reading::Share } else { info.reading };
        (target.field, target.bin) = (Some(info.field), bin);
        while let Some(attribute) = parts.next() {
            // A separator may itself be or contain a colon: it is everything that is left.
            if let Some(separator) = attribute.strip_prefix("separator=") {
                let rest: Vec<&str> = std::iter::once(separator).chain(parts.by_ref()).collect();
                target.separator = Some(rest.join(":").replace("\\n", "\n").replace("\\t", "\t"));
                break;
            }
            target.apply(attribute.trim(), regions).ok_or_else(|| unknown_attribute(text, attribute))?;
        }
        Ok(target)
    }

    fn apply(&mut self, attribute: &str, regions: &Regions) -> Option<()> {
        match attribute {
            word if Scope::named(word).is_some() => self.scope = Scope::named(word),
            "median" => self.mean = false,
            "mean" => self.mean = true,
            "zero=missing" => self.zero_is_missing = Some(true),
            "zero=value" => self.zero_is_missing = Some(false),
            "check" => self.check = true,
            "top" => self.within_top = true,
            _ => {
                if let Some(place) = attribute.strip_prefix("label=") {
                    self.ranked = Some(Ranked::Label(place.parse().ok()?));
                } else if let Some(place) = attribute.strip_prefix("share=") {
                    self.ranked = Some(Ranked::Share(place.parse().ok()?));
                } else if let Some(labels) = attribute.strip_prefix("pair=") {
                    let (first, second) = labels.split_once('|')?;
                    let bin = |label| Bin::parse(Facet::Gender, label, regions);
                    self.pair = Some((bin(first)?, bin(second)?));
                } else if attribute.contains('|') {
                    self.undecided = attribute.split('|').map(str::to_owned).collect();
                    self.undecided.iter().all(|unit| Unit::parse(unit).is_some()).then_some(())?;
                } else if let Some(days) = attribute.strip_suffix('d').and_then(|days| days.parse().ok()) {
                    self.window_days = Some(days);
                } else {
                    self.unit = Some(Unit::parse(attribute)?);
                }
            }
        }
        Some(())
    }

    /// The unit of bare numbers, the field's default filled in.
    #[must_use]
    pub fn unit_or_default(&self) -> Unit {
        self.unit.unwrap_or(match self.reading {
            Reading::Share | Reading::Distribution => Unit::Share,
            _ => Unit::One,
        })
    }

    /// What must be single in a file: the field, its bin or place, scope, window and statistic.
    #[must_use]
    pub fn slot(&self) -> Slot<'_> {
        (self.field, self.bin.as_ref(), self.ranked, self.scope, self.window_days, self.mean)
    }
}

/// The field that a name means, and the bin behind an audience facet.
fn field(name: &str, regions: &Regions) -> Result<(&'static FieldInfo, Option<Bin>), Failure> {
    if let Some(info) = FIELDS.iter().find(|info| info.name == name) {
        return Ok((info, None));
    }
    if name.starts_with("reported.") {
        return Ok((Field::Reported.info(), None));
    }
    if let Some((facet, label)) = name.strip_prefix("audience.").and_then(|rest| rest.split_once('.'))
        && let Some(facet) = Facet::ALL.into_iter().find(|known| known.name() == facet)
    {
        let bin = Bin::parse(facet, label, regions).ok_or_else(|| {
            Failure::new(format!("no bin of `audience.{}` is called `{label}`", facet.name()))
                .hint("bins are written `audience.gender.女`, `audience.age.18-24`, `audience.age.<18`, `audience.age.>44`, `audience.city_tier.一线`")
        })?;
        return Ok((Field::Audience(facet).info(), Some(bin)));
    }
    let failure = Failure::new(format!("no candidate field is called `{name}`"));
    Err(failure.hint(match did_you_mean(name, FIELDS.iter().map(|info| info.name)) {
        Some(close) => format!("did you mean `{close}`? `kolscore list fields` prints them all"),
        None => "`kolscore list fields` prints all fields".into(),
    }))
}

fn unknown_attribute(target: &str, attribute: &str) -> Failure {
    let known = ["organic", "sponsored", "median", "mean", "zero=missing", "zero=value", "check", "top", "pair=", "label=", "share=", "separator="];
    let units = Unit::NAMES.iter().map(|(name, _)| *name);
    let failure = Failure::new(format!("`{target}` has the unknown attribute `{attribute}`"));
    failure.hint(match did_you_mean(attribute, units.chain(known)) {
        Some(close) => format!("did you mean `{close}`?"),
        None => "units are count, 万, percent, fraction, share, 元, 分, 万元, bp; others are organic, sponsored, 30d, median, mean, zero=missing, zero=value, check, top, pair=男|女, label=1 and share=1 (place in a ranked list), separator=…".into(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_are_read_whole() {
        let regions = Regions::default();
        let target = Target::parse("views:sponsored:30d:mean:zero=value", &regions).unwrap();
        assert_eq!(target.scope, Some(Scope::Sponsored));
        assert_eq!((target.window_days, target.mean, target.zero_is_missing), (Some(30), true, Some(false)));
        let target = Target::parse("audience.age.<18:percent", &regions).unwrap();
        assert_eq!((target.bin, target.unit), (Some(Bin::Age { from: 13, to: 17 }), Some(Unit::Percent)));
        assert_eq!(Target::parse("titles:separator= : ", &regions).unwrap().separator.as_deref(), Some(" : "));
        assert_eq!(Target::parse("price_video_short:分|元", &regions).unwrap().undecided, ["分", "元"]);
    }

    #[test]
    fn a_misspelt_target_names_the_closest_one() {
        let failure = Target::parse("follower", &Regions::default()).unwrap_err();
        assert_eq!(failure.message, "no candidate field is called `follower`");
        assert!(failure.hint.unwrap().starts_with("did you mean `followers`?"));
        assert!(Target::parse("followers:wan", &Regions::default()).is_err());
    }
}
