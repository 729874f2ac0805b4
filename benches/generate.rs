//! A number of rows and a seed in, a table of invented candidates out: 30 columns under kolscore's own headers, about 390 bytes a row.
//!
//! `generate ROWS SEED > candidates.csv`. One seed gives the same bytes on every machine: the random numbers, the logarithmic scale
//! and the formatting are written out here, because a library's or a platform's may change. The first rows do not depend on how many follow.

use std::io::{self, Write};
use std::process::ExitCode;

use words::{
    AGENCIES, BADGES, CITIES, COUNTRIES, ENGLISH_NAME_ENDS, ENGLISH_NAMES, ENGLISH_PERSONS, ENGLISH_PROMISES, ENGLISH_TITLES, NAME_ENDS, NAMES, PERSONS,
    PROMISES, PROVINCES, TITLES, TOPICS, Topic,
};

#[path = "words.rs"]
mod words;

/// The header row. `followers` and `views` together recognise kolscore's own table.
pub(crate) const HEADER: &str = "id,name,platform,url,mcn,verified,location,as_of,followers,posts_30d,views,likes,comments,saves,interactions,\
    price_image,price_video,bio,titles,hashtags,categories,audience.gender.女,audience.age.<18,audience.age.18-24,audience.age.25-34,\
    audience.age.35-44,audience.age.>44,audience.region,active_share,suspected_fake_share\n";

/// Share of cells without a value. Identity (id, name, platform) is always there.
const MISSING: f64 = 0.08;
/// How exports write that there is no value.
const MISSING_WORDS: [&str; 3] = ["", "-", "无数据"];
/// Share of large counts that are written as `1.2万` or `3.4K`.
const SUFFIXED: f64 = 0.15;
/// Share of creators who write English.
const ENGLISH: f64 = 0.15;
/// Share of bios that go over several lines.
const MULTI_LINE: f64 = 0.04;
/// Bytes that are gathered before they are written.
const BUFFER: usize = 1 << 20;

/// `SplitMix64` (Steele, Lea & Flood 2014, "Fast splittable pseudorandom number generators").
pub(crate) struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mixed(self.0)
    }

    /// Between 0 and 1.
    fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn chance(&mut self, share: f64) -> bool {
        self.unit() < share
    }

    fn below(&mut self, end: usize) -> usize {
        ((u128::from(self.next()) * end as u128) >> 64) as usize
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }

    /// Nearly normal with mean 0 and deviation 1: the sum of eight uniform numbers. It needs no logarithm, so every machine agrees.
    fn normal(&mut self) -> f64 {
        let (first, second) = (self.next(), self.next());
        let lanes = |word: u64| (0..4).map(|lane| word >> (16 * lane) & 0xffff).sum::<u64>();
        let sum = (lanes(first) + lanes(second)) as f64 / 65_536.0;
        (sum - 4.0) / (8.0_f64 / 12.0).sqrt()
    }
}

/// The finalizer of `SplitMix64`: no two inputs share an output.
fn mixed(word: u64) -> u64 {
    let word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    word ^ (word >> 31)
}

/// 2 to the power of `exponent`, at least 1, by the Taylor series of its fraction (error below 1e-4, which no count shows).
fn power_of_two(exponent: f64) -> f64 {
    let exponent = exponent.clamp(0.0, 40.0);
    let whole = exponent.floor();
    let x = (exponent - whole) * std::f64::consts::LN_2;
    (1_u64 << whole as u32) as f64 * (1.0 + x * (1.0 + x / 2.0 * (1.0 + x / 3.0 * (1.0 + x / 4.0 * (1.0 + x / 5.0)))))
}

/// The row that is being written, and the randomness behind it.
struct Table {
    random: Random,
    out: Vec<u8>,
    english: bool,
}

impl Table {
    fn text(&mut self, text: &str) {
        self.out.extend_from_slice(text.as_bytes());
    }

    /// One cell of text, quoted where it must be.
    fn cell(&mut self, text: &str) {
        if text.contains([',', '"', '\n']) {
            self.out.push(b'"');
            let quoted = text.replace('"', "\"\"");
            self.text(&quoted);
            self.out.push(b'"');
        } else {
            self.text(text);
        }
        self.out.push(b',');
    }

    /// Whether the next cell has no value; then it is written.
    fn missing(&mut self) -> bool {
        let missing = self.random.chance(MISSING);
        if missing {
            let word = self.random.pick(&MISSING_WORDS);
            self.cell(word);
        }
        missing
    }

    fn maybe(&mut self, text: &str) {
        if !self.missing() {
            self.cell(text);
        }
    }

    fn digits(&mut self, number: u64) {
        let mut digits = [0; 20];
        let (mut at, mut rest) = (20, number);
        loop {
            at -= 1;
            digits[at] = b'0' + (rest % 10) as u8;
            rest /= 10;
            if rest == 0 {
                break;
            }
        }
        self.out.extend_from_slice(&digits[at..]);
    }

    /// `tenths` with one decimal: 123 becomes `12.3`.
    fn decimal(&mut self, tenths: u64) {
        self.digits(tenths / 10);
        self.out.extend_from_slice(&[b'.', b'0' + (tenths % 10) as u8]);
    }

    fn count(&mut self, value: u64) {
        if self.missing() {
            return;
        }
        let (least, unit, suffix) = match (self.english, value >= 1_000_000) {
            (false, _) => (10_000, 1_000, "万"),
            (true, false) => (1_000, 100, "K"),
            (true, true) => (1_000_000, 100_000, "M"),
        };
        if value >= least && self.random.chance(SUFFIXED) {
            self.decimal(value / unit);
            self.text(suffix);
        } else {
            self.digits(value);
        }
        self.out.push(b',');
    }

    /// A share in tenths of a per cent, always with its sign.
    fn share(&mut self, tenths: f64) {
        if !self.missing() {
            self.decimal(tenths.clamp(0.0, 1_000.0) as u64);
            self.text("%,");
        }
    }

    /// Ids that no two rows share, and the profile address with the same id.
    fn identity(&mut self, row: u64, seed: u64) {
        let english = self.english;
        let (platform, before) = match self.random.below(100) {
            at if english => {
                [("Instagram", "https://www.instagram.com/"), ("TikTok", "https://www.tiktok.com/@"), ("YouTube", "https://www.youtube.com/channel/")][at % 3]
            }
            0..65 => ("小红书", "https://www.xiaohongshu.com/user/profile/"),
            65..92 => ("抖音", "https://www.xingtu.cn/ad/creator/author/douyin/"),
            _ => ("B站", "https://space.bilibili.com/"),
        };
        let unique = mixed(row ^ seed << 40);
        let id = match platform {
            "小红书" => format!("5f{:06x}{unique:016x}", row % 0x00ff_ffff),
            // A number that shares no factor with 10 only reorders the numbers below a power of ten.
            "抖音" => format!("69{:017}", u128::from(row) * 99_999_999_999_971 % 100_000_000_000_000_000),
            "B站" => format!("{}", 3_000_000_000 + row),
            _ => format!("UC{unique:016x}"),
        };
        let name = if english {
            format!("{} {}", self.random.pick(&ENGLISH_NAMES), self.random.pick(&ENGLISH_NAME_ENDS))
        } else {
            format!("{}{}", self.random.pick(&NAMES), self.random.pick(&NAME_ENDS))
        };
        self.cell(&id);
        self.cell(&name);
        self.cell(platform);
        self.maybe(&format!("{before}{id}"));
    }

    fn about(&mut self) {
        let agency = self.random.pick(&AGENCIES);
        self.maybe(agency);
        let badge = if self.random.chance(0.15) { self.random.pick(&BADGES) } else { "" };
        self.cell(badge);
        let place = if self.english { self.random.pick(&COUNTRIES) } else { self.random.pick(&CITIES) };
        self.maybe(place);
        let day = format!("2026-10-{:02}", 1 + self.random.below(31));
        self.maybe(&day);
    }

    /// Followers, figures a post and quotes: log-normal, and tied to each other as in life.
    fn figures(&mut self) {
        let followers_log = (13.6 + 2.3 * self.random.normal()).clamp(8.3, 25.0);
        let followers = power_of_two(followers_log);
        let views = power_of_two(0.85 * followers_log + 0.2 + 1.1 * self.random.normal());
        let [likes, comments, saves] = [-4.8, -8.2, -6.2].map(|rate| views * power_of_two(20.0 + rate + 0.8 * self.random.normal()) / f64::from(1 << 20));
        let posts = self.random.below(31) as u64;
        let price = followers * (0.03 + 0.05 * self.random.unit());
        let quote = |price: f64| (price / 50.0) as u64 * 50 + 50;
        self.count(followers as u64);
        self.count(posts);
        for value in [views, likes, comments, saves] {
            self.count(value as u64);
        }
        self.count(likes as u64 + comments as u64 + saves as u64);
        self.count(quote(price));
        self.count(quote(price * 1.6));
    }

    fn bio(&mut self, topic: &Topic) -> String {
        let lines = self.random.chance(MULTI_LINE);
        let (person, promise) = if self.english {
            (self.random.pick(&ENGLISH_PERSONS), self.random.pick(&ENGLISH_PROMISES))
        } else {
            (self.random.pick(&PERSONS), self.random.pick(&PROMISES))
        };
        let (first, second) = (self.word(topic), self.word(topic));
        match (lines, self.english) {
            (true, _) => format!("✨ {person}\n📍 {first} {second}\n\"{promise}\", 🌿"),
            (false, true) => format!("{person}, {first} and {second}, {promise}"),
            (false, false) => format!("{person}｜{first}、{second}，{promise}"),
        }
    }

    fn word(&mut self, topic: &Topic) -> &'static str {
        if self.english { self.random.pick(&topic.english_words) } else { self.random.pick(&topic.words) }
    }

    fn title(&mut self, topic: &Topic) -> String {
        let (before, after) = if self.english { self.random.pick(&ENGLISH_TITLES) } else { self.random.pick(&TITLES) };
        format!("{before}{}{after}", self.word(topic))
    }

    fn words(&mut self, topic: &Topic) {
        let bio = self.bio(topic);
        self.maybe(&bio);
        let titles: Vec<String> = (0..=self.random.below(4)).map(|_| self.title(topic)).collect();
        self.maybe(&titles.join(" | "));
        let hashtags: Vec<String> = (0..=self.random.below(3)).map(|_| format!("#{}", self.word(topic).replace(' ', ""))).collect();
        self.maybe(&hashtags.join(" "));
        let tag = if self.english { topic.english_tag } else { self.random.pick(&topic.tags) };
        self.maybe(tag);
    }

    fn audience(&mut self, topic: &Topic) {
        let women = topic.women * 10.0 + 90.0 * self.random.normal();
        self.share(women.clamp(20.0, 980.0));
        let weights = [40.0, 260.0, 400.0, 200.0, 100.0].map(|usual| usual * (0.3 + 1.4 * self.random.unit()));
        let scale = 1_000.0 / weights.iter().sum::<f64>();
        for weight in weights {
            self.share(weight * scale);
        }
        if !self.missing() {
            let (from, left) = (self.random.below(10), if self.english { 450.0 } else { 90.0 });
            for rank in 0..3 {
                let (place, between) = if self.english { (COUNTRIES[(from + rank) % 6], " / ") } else { (PROVINCES[(from + rank) % 10], "、") };
                self.text(if rank > 0 { between } else { "" });
                self.text(place);
                self.out.push(b' ');
                let share = (left + 40.0 * self.random.unit()) / (rank + 1) as f64;
                self.decimal(share as u64);
                self.out.push(b'%');
            }
            self.out.push(b',');
        }
        let active = 350.0 + 550.0 * self.random.unit();
        self.share(active);
        let fake = self.random.unit();
        self.share(15.0 + 350.0 * fake * fake * fake);
    }

    fn row(&mut self, row: u64, seed: u64) {
        self.english = self.random.chance(ENGLISH);
        let topic = &TOPICS[self.random.below(TOPICS.len())];
        self.identity(row, seed);
        self.about();
        self.figures();
        self.words(topic);
        self.audience(topic);
        self.out.pop();
        self.out.push(b'\n');
    }
}

/// Writes the header and `rows` candidates.
///
/// # Errors
/// Whatever stops `out`.
pub(crate) fn write(rows: u64, seed: u64, out: &mut impl Write) -> io::Result<()> {
    let mut table = Table { random: Random(seed), out: Vec::with_capacity(BUFFER + 4_096), english: false };
    table.text(HEADER);
    for row in 0..rows {
        table.row(row, seed);
        if table.out.len() >= BUFFER {
            out.write_all(&table.out)?;
            table.out.clear();
        }
    }
    out.write_all(&table.out)?;
    out.flush()
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let numbers: Vec<u64> = arguments.iter().filter_map(|argument| argument.parse().ok()).collect();
    let (&[rows, seed], 2) = (numbers.as_slice(), arguments.len()) else {
        eprintln!("usage: generate ROWS SEED > candidates.csv");
        return ExitCode::from(2);
    };
    match write(rows, seed, &mut io::stdout().lock()) {
        // Whoever reads may stop early, as `head` does.
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
        _ => ExitCode::SUCCESS,
    }
}
