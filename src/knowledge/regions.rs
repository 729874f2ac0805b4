//! Names of places in, canonical names out: 广东省, Guangdong → 广东; and where a place lies: 浙江 杭州 萧山区 → 中国, 浙江, 杭州, 新一线.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use anyhow::{Context, Result, bail};
use compact_str::CompactString;
use foldhash::fast::RandomState;
use serde::Deserialize;

use crate::normalize::{
    bin::TIERS,
    fold::{fold, fold_label},
};

/// Canonical names of provinces and of the places beyond them, and the cities of China with their tiers.
#[derive(Debug, Default)]
pub struct Regions {
    canonical: HashMap<CompactString, CompactString, RandomState>,
    /// What a place lies in: 中国 or 海外.
    within: BTreeMap<CompactString, CompactString>,
    /// Names for several places together: 江浙沪.
    groups: BTreeMap<CompactString, Vec<CompactString>>,
    /// Folded words that stand before the name of a place and are none.
    before: Vec<CompactString>,
    /// Places inside a region by their folded spelling; one spelling may stand for several.
    inside: HashMap<CompactString, Vec<Inside>>,
    /// Two letters that mean a state behind the name of a city, with the region.
    codes: HashMap<CompactString, CompactString>,
    cities: Vec<City>,
}

/// A Chinese city of prefecture level, or a municipality.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct City {
    /// Canonical name: 杭州.
    pub name: CompactString,
    /// Canonical name of the province.
    pub province: CompactString,
    /// Position in [`TIERS`].
    pub tier: u8,
}

/// Where a place lies, as far as its text says.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Place {
    /// 中国 or 海外.
    pub whole: Option<CompactString>,
    /// Province, or country.
    pub region: Option<CompactString>,
    /// City in China; state or city elsewhere, as it is spelled in the table.
    pub city: Option<CompactString>,
    /// Tier of a city in China, its position in [`TIERS`].
    pub tier: Option<u8>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Inside {
    region: CompactString,
    name: CompactString,
    tier: Option<u8>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RegionFile {
    #[allow(dead_code)] // read by people, and demanded of every data file
    source: String,
    #[allow(dead_code)]
    year: u16,
    before: Vec<String>,
    region: Vec<Region>,
    group: Vec<Group>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Group {
    names: Vec<String>,
    members: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Region {
    name: String,
    #[serde(default)]
    aliases: Vec<String>,
    within: Option<String>,
    #[serde(default)]
    places: Vec<String>,
    #[serde(default)]
    codes: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CityFile {
    #[allow(dead_code)]
    source: String,
    #[allow(dead_code)]
    year: u16,
    province: Vec<Province>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Province {
    name: String,
    cities: Vec<CityRow>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct CityRow {
    name: String,
    full: String,
    tier: String,
    aliases: Vec<String>,
}

/// Longest name of a place, in characters where it is Chinese, in words where it is not.
const LONGEST: (usize, usize) = (14, 4);

impl Regions {
    pub(super) fn new(file: RegionFile, cities: CityFile) -> Result<Self> {
        let mut regions = Self { before: file.before.iter().map(|word| fold(word).into()).collect(), ..Self::default() };
        for region in file.region {
            let name = CompactString::from(&region.name);
            for alias in region.aliases.iter().chain([&region.name]) {
                regions.canonical.insert(fold_label(alias), name.clone());
            }
            for place in &region.places {
                regions.add(&[place], &Inside { region: name.clone(), name: CompactString::from(place), tier: None });
            }
            regions.codes.extend(region.codes.iter().map(|code| (fold_label(code), name.clone())));
            if let Some(whole) = region.within {
                regions.within.insert(name, CompactString::from(whole));
            }
        }
        for group in file.group {
            let members: Vec<CompactString> = group.members.iter().map(CompactString::from).collect();
            regions.groups.extend(group.names.iter().map(|name| (fold_label(name), members.clone())));
        }
        cities.province.into_iter().try_for_each(|province| regions.add_cities(province))?;
        Ok(regions)
    }

    fn add_cities(&mut self, province: Province) -> Result<()> {
        let name = CompactString::from(&province.name);
        if !self.within.contains_key(&name) {
            bail!("`data/cities.toml` names the province `{name}`, which `data/regions.toml` does not know");
        }
        for row in province.cities {
            let tier = TIERS.iter().position(|tier| *tier == row.tier);
            let tier = tier.with_context(|| format!("`data/cities.toml` puts `{}` into the unknown tier `{}`", row.name, row.tier))? as u8;
            let city = City { name: CompactString::from(&row.name), province: name.clone(), tier };
            let spellings: Vec<&String> = [&row.name, &row.full].into_iter().chain(&row.aliases).collect();
            self.add(&spellings, &Inside { region: name.clone(), name: city.name.clone(), tier: Some(tier) });
            self.cities.push(city);
        }
        Ok(())
    }

    fn add(&mut self, spellings: &[&String], inside: &Inside) {
        for spelling in spellings {
            let known = self.inside.entry(fold_label(spelling)).or_default();
            if !known.contains(inside) {
                known.push(inside.clone());
            }
        }
    }

    /// The places that a brief's word means: one, or the members of a group. `None` where nothing is called so.
    #[must_use]
    pub fn named(&self, word: &str) -> Option<Vec<CompactString>> {
        let word = fold_label(word);
        self.groups.get(&word).cloned().or_else(|| self.canonical.get(&word).map(|name| vec![name.clone()]))
    }

    /// What a place lies in, by its canonical name: 中国, 海外, or nothing.
    #[must_use]
    pub fn whole(&self, name: &str) -> Option<&str> {
        self.within.get(name).map(CompactString::as_str)
    }

    /// All places, by their canonical names.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        let unique: BTreeSet<&str> = self.canonical.values().map(CompactString::as_str).collect();
        unique.into_iter()
    }

    /// What a region is a part of: 中国 or 海外.
    #[must_use]
    pub fn around(&self, region: &str) -> Option<&str> {
        self.within.get(region).map(CompactString::as_str)
    }

    /// All cities of China, by province.
    #[must_use]
    pub fn cities(&self) -> &[City] {
        &self.cities
    }

    /// Every folded spelling of a place or a group, in the order of their bytes.
    pub fn spellings(&self) -> impl Iterator<Item = &str> {
        let all: BTreeSet<&str> = self.canonical.keys().chain(self.groups.keys()).map(CompactString::as_str).collect();
        all.into_iter()
    }

    /// The canonical name of the place that a folded label means.
    #[must_use]
    pub fn known(&self, label: &str) -> Option<CompactString> {
        self.canonical.get(label).cloned()
    }

    /// Where a text says that somebody is: `浙江 杭州 萧山区`, `美国达拉斯市`, `Los Angeles, CA`. What follows the last known name (a district, a street) is passed
    /// over, and so is a name that contradicts what came before it. `None` where no place is known.
    #[must_use]
    pub fn place(&self, text: &str) -> Option<Place> {
        let mut place = Place::default();
        for part in text.split([',', '，', '/', '|', '·', '>', '、', '-', ';', ':', '：']) {
            let mut rest = self.without_lead(part.trim());
            while !rest.is_empty() {
                let ends = ends_of_names(rest);
                let taken = ends.iter().rev().find(|end| self.take(&rest[..**end], &mut place));
                let passed = || rest.find(char::is_whitespace).unwrap_or(rest.len());
                rest = rest[taken.copied().unwrap_or_else(passed)..].trim_start();
            }
        }
        if let Some(city) = place.region.as_ref().filter(|_| place.city.is_none()).and_then(|region| self.municipality(region)) {
            (place.city, place.tier) = (Some(city.name.clone()), Some(city.tier));
        }
        if place.whole.is_none() {
            place.whole = place.region.as_deref().and_then(|region| self.within.get(region)).cloned();
        }
        (place != Place::default()).then_some(place)
    }

    /// The text behind words such as `IP属地` or `based in`.
    fn without_lead<'t>(&self, text: &'t str) -> &'t str {
        let behind = |word: &CompactString| {
            let (lead, rest) = text.split_at_checked(word.len())?;
            let ends = !word.ends_with(|c: char| c.is_ascii_alphanumeric()) || !rest.starts_with(|c: char| c.is_ascii_alphanumeric());
            (lead.eq_ignore_ascii_case(word) && ends).then(|| rest.trim_start())
        };
        self.before.iter().find_map(behind).unwrap_or(text)
    }

    /// A city that is a province.
    fn municipality(&self, region: &str) -> Option<&City> {
        self.cities.iter().find(|city| city.province == region && city.name == region)
    }

    /// Takes a name as the next finer part of a place, if it is one and does not contradict what is known. The finest that fits wins, the region before its
    /// city of the same name (吉林, 吉林市).
    fn take(&self, name: &str, place: &mut Place) -> bool {
        let folded = fold_label(name);
        // Two letters are a code only where they are written as one, and a state of the country that is known.
        if folded.len() == 2 && folded.is_ascii() {
            let state = self.codes.get(&folded);
            if !name.chars().all(|c| c.is_ascii_uppercase()) || (state.is_some() && state == place.region.as_ref()) {
                return state.is_some() && state == place.region.as_ref();
            }
            if let (Some(state), None, None) = (state, &place.region, self.canonical.get(&folded)) {
                place.region = Some(state.clone());
                return true;
            }
        }
        if let Some(region) = self.canonical.get(&folded)
            && self.fits(region, place)
        {
            if self.within.contains_key(region) {
                place.region = Some(region.clone());
            } else {
                place.whole = Some(region.clone());
            }
            return true;
        }
        let fits = |inside: &&Inside| place.city.is_none() && place.region.as_ref().is_none_or(|region| *region == inside.region);
        let several = self.inside.get(&folded).map_or(&[][..], Vec::as_slice);
        let fitting: Vec<&Inside> = several.iter().filter(fits).collect();
        // A name that two places share says nothing until one is ruled out.
        let [one] = fitting.as_slice() else { return false };
        (place.region, place.city, place.tier) = (Some(one.region.clone()), Some(one.name.clone()), one.tier);
        true
    }

    /// Whether a region may follow what is known of a place.
    fn fits(&self, region: &CompactString, place: &Place) -> bool {
        match (&place.region, &place.whole) {
            (Some(known), _) => {
                (place.city.is_some() && known == region) || (!self.within.contains_key(region) && self.within.get(known).is_none_or(|whole| whole == region))
            }
            (None, Some(whole)) => self.within.get(region).is_none_or(|own| own == whole),
            (None, None) => true,
        }
    }

    /// Whether a place lies in another one that is wanted; `None` where the text does not say, because it names nothing known or only what may hold it.
    #[must_use]
    pub fn lies_in(&self, text: &str, wanted: &str) -> Option<bool> {
        let place = self.place(text)?;
        if let Some(members) = self.groups.get(&fold_label(wanted)) {
            let region = place.region?;
            return Some(members.contains(&region));
        }
        let wanted = self.place(wanted)?;
        let same = |own: &Option<CompactString>, wanted: &Option<CompactString>| own.as_ref().zip(wanted.as_ref()).map(|(own, wanted)| own == wanted);
        let by_region = same(&place.region, &wanted.region).or_else(|| same(&place.whole, &wanted.whole).filter(|same| !same));
        match (&wanted.city, by_region) {
            (_, Some(false)) => Some(false),
            (None, _) if wanted.region.is_none() => same(&place.whole, &wanted.whole),
            (None, known) => known,
            // Elsewhere a name may be a state or a city in it, in one language or another.
            (Some(_), _) => same(&place.city, &wanted.city).filter(|same| *same || wanted.tier.is_some()),
        }
    }
}

/// Where a name of a place could end, from the start of a text: after each character of Chinese, after each word of others.
fn ends_of_names(text: &str) -> Vec<usize> {
    let ends: Vec<usize> = text.char_indices().map(|(at, c)| at + c.len_utf8()).collect();
    if text.starts_with(|c: char| c.is_ascii()) {
        let words = ends.iter().copied().filter(|end| text[*end..].chars().next().is_none_or(|next| !next.is_alphanumeric() && !matches!(next, '\'' | '.')));
        return words.take(LONGEST.1).collect();
    }
    ends.into_iter().take(LONGEST.0).filter(|end| text[..*end].chars().count() > 1).collect()
}
