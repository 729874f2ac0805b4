//! The fixed list of candidate fields: name, group, default unit and null rule. `kolscore list fields` prints it; mappings are checked against it.

/// What a column can be taken for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Field {
    /// Stable platform id.
    Id,
    /// Public account name, may change.
    Handle,
    /// Nickname, never an identity.
    Name,
    /// Platform.
    Platform,
    /// Profile address.
    Url,
    /// KOL or KOC.
    Kind,
    /// Agency.
    Mcn,
    /// Verification text.
    Verified,
    /// Where the creator lives.
    Location,
    /// The creator's own gender.
    Gender,
    /// Date of the data.
    AsOf,
    /// Followers.
    Followers,
    /// Followers gained in 30 days.
    FollowersGrowth,
    /// Posts in 30 days.
    Posts,
    /// A performance figure.
    Metric(Metric),
    /// Quote for a format.
    Price(PriceFormat),
    /// Currency of the quotes.
    Currency,
    /// Self description.
    Bio,
    /// Post titles or captions.
    Titles,
    /// Hashtags.
    Hashtags,
    /// Content tags.
    Categories,
    /// Style and persona tags.
    StyleTags,
    /// A packed audience distribution.
    Audience(Facet),
    /// A share that describes the followers' or posts' quality.
    Quality(Quality),
    /// A figure that the platform or a vendor reports; kept apart, never computed with.
    Reported,
}

/// Performance figures of a post, median unless the column says mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(missing_docs)] // the names are the documentation
pub enum Metric {
    Views,
    Likes,
    Comments,
    Saves,
    Shares,
    Interactions,
    /// Posts behind the figures.
    PostsSampled,
}

/// What a quote buys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(missing_docs)]
pub enum PriceFormat {
    Image,
    Video,
    VideoShort,
    VideoMid,
    VideoLong,
}

impl PriceFormat {
    /// All formats, in the order in which a missing one is replaced by the next that is quoted.
    pub const ALL: [Self; 5] = [Self::Image, Self::Video, Self::VideoShort, Self::VideoMid, Self::VideoLong];

    /// The name a brief uses.
    #[must_use]
    pub fn name(self) -> &'static str {
        ["image", "video", "video_short", "video_mid", "video_long"][self as usize]
    }
}

/// What an audience distribution splits the followers by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(missing_docs)]
pub enum Facet {
    Gender,
    Age,
    Region,
    City,
    CityTier,
    Interest,
    Crowd,
}

impl Facet {
    /// All facets, in the order in which they are summed.
    pub const ALL: [Self; 7] = [Self::Gender, Self::Age, Self::Region, Self::City, Self::CityTier, Self::Interest, Self::Crowd];

    /// The name that briefs, norms and targets use.
    #[must_use]
    pub fn name(self) -> &'static str {
        ["gender", "age", "region", "city", "city_tier", "interest", "crowd"][self as usize]
    }
}

/// Shares that describe quality.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(missing_docs)]
pub enum Quality {
    ActiveShare,
    InteractingShare,
    SuspectedFakeShare,
    SponsoredShare,
}

/// How the cells of a field are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reading {
    /// As text.
    Text,
    /// As a calendar day.
    Date,
    /// As a number of things.
    Count,
    /// As money.
    Money,
    /// As a share between 0 and 1.
    Share,
    /// As a list of texts.
    Texts,
    /// As a list of tags with or without shares.
    Tags,
    /// As labels with shares.
    Distribution,
    /// Not at all.
    Untouched,
}

/// One line of the list of fields.
#[derive(Debug)]
pub struct FieldInfo {
    /// The name in packs, mappings, output and documentation.
    pub name: &'static str,
    /// What it is.
    pub field: Field,
    /// How its cells are read.
    pub reading: Reading,
    /// Heading under which it is listed.
    pub group: &'static str,
    /// What it means, its unit, and what zero or nothing means.
    pub about: &'static str,
}

const fn line(name: &'static str, field: Field, reading: Reading, group: &'static str, about: &'static str) -> FieldInfo {
    FieldInfo { name, field, reading, group, about }
}

/// Every field there is, in the order in which `kolscore list fields` prints them.
#[rustfmt::skip]
pub static FIELDS: &[FieldInfo] = &[
    line("id", Field::Id, Reading::Text, "identity", "stable platform id, always text; `6.97E+18` is refused"),
    line("handle", Field::Handle, Reading::Text, "identity", "public account name (小红书号, 抖音号, @name); identity only where id and url are missing"),
    line("name", Field::Name, Reading::Text, "identity", "nickname; never an identity"),
    line("platform", Field::Platform, Reading::Text, "identity", "platform; else from the pack, the profile address or `--platform`"),
    line("url", Field::Url, Reading::Text, "identity", "profile address; query and fragment are dropped"),
    line("kind", Field::Kind, Reading::Text, "identity", "KOL or KOC; a column that says so wins over every guess"),
    line("mcn", Field::Mcn, Reading::Text, "identity", "agency; 无机构 means none"),
    line("verified", Field::Verified, Reading::Text, "identity", "verification text; empty is unverified or unknown"),
    line("location", Field::Location, Reading::Text, "identity", "where the creator lives"),
    line("gender", Field::Gender, Reading::Text, "identity", "the creator's own gender; number codes are never guessed"),
    line("as_of", Field::AsOf, Reading::Date, "identity", "date of the data"),
    line("followers", Field::Followers, Reading::Count, "size", "followers; nothing is unknown"),
    line("followers_growth_30d", Field::FollowersGrowth, Reading::Count, "size", "followers gained in 30 days, may be negative"),
    line("posts_30d", Field::Posts, Reading::Count, "size", "posts in 30 days"),
    line("views", Field::Metric(Metric::Views), Reading::Count, "performance", "views or reads a post, median unless `mean`; sponsored zero is unknown"),
    line("likes", Field::Metric(Metric::Likes), Reading::Count, "performance", "likes a post"),
    line("comments", Field::Metric(Metric::Comments), Reading::Count, "performance", "comments a post"),
    line("saves", Field::Metric(Metric::Saves), Reading::Count, "performance", "saves (收藏) a post"),
    line("shares", Field::Metric(Metric::Shares), Reading::Count, "performance", "shares (转发, 分享) a post"),
    line("interactions", Field::Metric(Metric::Interactions), Reading::Count, "performance", "interactions a post, in the platform's own sum"),
    line("posts_sampled", Field::Metric(Metric::PostsSampled), Reading::Count, "performance", "posts behind the performance figures"),
    line("price_image", Field::Price(PriceFormat::Image), Reading::Money, "price", "quote for an image post; zero is not quoted"),
    line("price_video", Field::Price(PriceFormat::Video), Reading::Money, "price", "quote for a video; zero is not quoted"),
    line("price_video_short", Field::Price(PriceFormat::VideoShort), Reading::Money, "price", "quote for a video of 1-20 s; zero is not quoted"),
    line("price_video_mid", Field::Price(PriceFormat::VideoMid), Reading::Money, "price", "quote for a video of 21-60 s; zero is not quoted"),
    line("price_video_long", Field::Price(PriceFormat::VideoLong), Reading::Money, "price", "quote for a video over 60 s; zero is not quoted"),
    line("currency", Field::Currency, Reading::Text, "price", "currency of the quotes; else 元, 万 and 分 are CNY, and other quotes are in the brief's currency"),
    line("bio", Field::Bio, Reading::Text, "text", "self description"),
    line("titles", Field::Titles, Reading::Texts, "text", "titles or captions of posts"),
    line("hashtags", Field::Hashtags, Reading::Texts, "text", "hashtags; counts behind them are dropped"),
    line("categories", Field::Categories, Reading::Tags, "tags", "the platform's content tags, with shares where given"),
    line("style_tags", Field::StyleTags, Reading::Tags, "tags", "the platform's style and persona tags"),
    line("audience.gender", Field::Audience(Facet::Gender), Reading::Distribution, "audience", "followers by gender; `audience.gender.女` for one column"),
    line("audience.age", Field::Audience(Facet::Age), Reading::Distribution, "audience", "followers by age band; `audience.age.18-24` for one column"),
    line("audience.region", Field::Audience(Facet::Region), Reading::Distribution, "audience", "followers by province, country or 海外; a top list is never blown up to 100 %"),
    line("audience.city", Field::Audience(Facet::City), Reading::Distribution, "audience", "followers by city"),
    line("audience.city_tier", Field::Audience(Facet::CityTier), Reading::Distribution, "audience", "followers by city tier (一线 … 五线)"),
    line("audience.interest", Field::Audience(Facet::Interest), Reading::Distribution, "audience", "followers by interest"),
    line("audience.crowd", Field::Audience(Facet::Crowd), Reading::Distribution, "audience", "followers by crowd (八大人群)"),
    line("active_share", Field::Quality(Quality::ActiveShare), Reading::Share, "quality", "share of active followers"),
    line("interacting_share", Field::Quality(Quality::InteractingShare), Reading::Share, "quality", "share of followers who interact"),
    line("suspected_fake_share", Field::Quality(Quality::SuspectedFakeShare), Reading::Share, "quality", "share of suspected fake followers (水粉)"),
    line("sponsored_share", Field::Quality(Quality::SponsoredShare), Reading::Share, "quality", "share of sponsored posts"),
    line("reported", Field::Reported, Reading::Untouched, "reported", "`reported.<name>`: a vendor's figure (CPM, CPE, 指数, engagement rate), kept apart, never computed with"),
];

impl Field {
    /// The field's line in the list.
    #[must_use]
    pub fn info(self) -> &'static FieldInfo {
        FIELDS.iter().find(|info| info.field == self).unwrap_or(&FIELDS[0])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_has_one_line_and_every_name_is_its_own() {
        for (at, info) in FIELDS.iter().enumerate() {
            assert!(std::ptr::eq(info.field.info(), info), "{}", info.name);
            assert!(FIELDS[..at].iter().all(|other| other.name != info.name), "{}", info.name);
        }
    }
}
