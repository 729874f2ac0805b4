#!/usr/bin/env python3
"""Scores candidates in pandas by the eight dimensions of `scoring.md`, and says how far `kolscore rank` is from that.

It is a second implementation, written from the specification to check the first: the same inputs, weights, lexicons and published norms, read
from the same data folder, and peer statistics counted from the file itself. It is no tool for daily work: it reads one CSV whose headers are the
plain field names (`followers`, `views`, `audience.age.25-34`, ...), as `generate.rs` writes them, knows only those keys of a brief that such a file
needs, and stops where a brief asks for more. It gives point scores with their coverage (which orders ties); no intervals, no evidence, no report.
Where the specification leaves open how something is counted (bins of medians, digits of sums), it counts as kolscore does.

    python3 -m venv env && env/bin/pip install pandas ahocorasick_rs opencc
    env/bin/python rank_pandas.py -b brief.toml candidates.csv --top 20 > top.csv

    kolscore rank -b brief.toml candidates.csv --top 1000000 -f json > ranking.json
    env/bin/python rank_pandas.py -b brief.toml candidates.csv --check ranking.json

`--check` joins both rankings by id, prints the largest differences of every column, and ends with 1 where they are more than the last digits.
`--literal NAME` takes the specification by the letter where its wording leaves room (see LITERAL).
`--each-text` folds and searches every text; without it, a text that many candidates share is searched once.
"""

import argparse
import glob
import itertools
import json
import os
import re
import sys
import tomllib
import unicodedata

import ahocorasick_rs
import numpy as np
import opencc
import pandas as pd

DIMENSIONS = ["domain", "style", "audience", "reach", "engagement", "loyalty", "credibility", "cost"]
MISSING = ["", "-", "--", "---", "—", "——", "/", "无", "无数据", "暂无", "暂无数据", "未知"]
MISSING += ["N/A", "n/a", "NA", "na", "NaN", "nan", "NULL", "null", "None", "none"]
PARTS = ["likes", "comments", "saves", "shares"]
OPEN_AGES = (13, 69)
USUAL_AGES = (13, 18, 25, 35, 45)
# What float noise may take from a sum of shares.
ROUNDING = 1e-9
# JSON has six decimals of a dimension.
WITHIN = 1e-6
LITERAL = {
    "documents": "only titles, hashtags and bio are documents; a nickname or verification text shows no category",
    "medians": "medians, MADs, quantiles and rates of the values themselves, not of bins and digits; 20 parts of equal count by rank",
    "target": "the median of views in the target is taken of the shares that candidates are scored with",
    "titles": "duplicated titles are judged from two titles on",
}


# ---------------------------------------------------------------------------------------------------------------- words

def simplifier():
    """Traditional to simplified, one character at a time."""
    characters = [chr(code) for code in range(0x3400, 0xA000)]
    simple = opencc.OpenCC("t2s").convert("\n".join(characters)).split("\n")
    return {ord(a): b for a, b in zip(characters, simple) if a != b and len(b) == 1}


SIMPLE = simplifier()


def fold(text):
    return unicodedata.normalize("NFKC", text).lower().translate(SIMPLE)


def label(text):
    return "".join(fold(text).split())


def toml(*path):
    with open(os.path.join(*path), "rb") as file:
        return tomllib.load(file)


class Categories:
    """The tree: names to positions, and the similarity of every pair."""

    def __init__(self, data):
        table = toml(data, "categories.toml")
        rows = table["category"]
        self.ids = [row["id"] for row in rows]
        self.at = {id: at for at, id in enumerate(self.ids)}
        steps = [id.split("/") for id in self.ids]
        size = len(rows)
        self.similarity = np.empty((size, size))
        for a, b in itertools.product(range(size), repeat=2):
            shared = sum(1 for _ in itertools.takewhile(lambda pair: pair[0] == pair[1], zip(steps[a], steps[b])))
            self.similarity[a, b] = (2 * shared / (len(steps[a]) + len(steps[b]))) ** 2
        for kin in table.get("kinship", []):
            a, b = self.at[kin["a"]], self.at[kin["b"]]
            self.similarity[a, b] = self.similarity[b, a] = kin["similarity"]
        self.named, single, aliases = {}, {}, {}
        for at, row in enumerate(rows):
            above = ["/".join(steps[at][:depth + 1]) for depth in range(len(steps[at]))]
            for name in (row["id"], *("/".join(rows[self.at[id]][tongue] for id in above if id in self.at) for tongue in ("zh", "en"))):
                self.named[label(name)] = at
            for name in (row["zh"], row["en"]):
                single.setdefault(label(name), set()).add(at)
            aliases.update((label(alias), at) for alias in row.get("aliases", []))
        for name, those in single.items():
            top = {at for at in those if "/" not in self.ids[at]}
            winner = top if len(top) == 1 else those
            if len(winner) == 1:
                self.named.setdefault(name, next(iter(winner)))
        self.tags = {**self.named, **aliases}

    def tagged(self, path):
        if len(path) > 1 and (at := self.tags.get(label("/".join(path)))) is not None:
            return at
        for step in reversed(path):
            for name in (step, *reversed(re.split("[-·—]", step))):
                if (at := self.tags.get(label(name))) is not None:
                    return at
        return None

    def of_cell(self, cell):
        """The categories of a tag cell with their shares: `美妆(护肤)`, `Food`, `美食/旅行`."""
        if (whole := self.tagged([cell.strip()])) is not None:
            return [(whole, 1.0)]
        found = []
        for group in re.split(r"[;；、,，|/\n](?![^(（]*[)）])", cell):
            inner = re.fullmatch(r"\s*([^(（]+)[(（](.*)[)）]\s*", group)
            if inner:
                children = [child.strip() for child in re.split("[,，、/|]", inner[2]) if child.strip()]
                paths = [[inner[1].strip(), child] for child in children] or [[inner[1].strip()]]
            else:
                paths = [[step.strip() for step in re.split("[>＞]", group) if step.strip()]]
            found += [at for path in paths if path and (at := self.tagged(path)) is not None]
        return [(at, 1.0 / len(found)) for at in found]


class Terms:
    """All words that texts are searched for, each with what it says, in one automaton."""

    def __init__(self, data, categories, traits, brief):
        meanings = {}

        def add(words, meaning):
            for word in words:
                meanings.setdefault(fold(word), set()).add(meaning)

        def both(table):
            return table.get("zh", []) + table.get("en", [])

        for path in sorted(glob.glob(os.path.join(data, "lexicons", "*.toml"))):
            table = toml(path)
            for id, terms in table.get("terms", {}).items():
                add(both(terms), ("category", categories.at[id]))
            add(both(table.get("shields", {})), ("shield", 0))
        for trait in traits:
            add(both(trait["terms"]), ("trait", trait["id"]))
        for marker in toml(data, "markers.toml")["marker"]:
            add(both(marker["terms"]), ("marker", marker["id"]))
        for at, word in enumerate(brief["keywords"]):
            add([word.strip()], ("keyword", at))
        for word in brief["excluded"]:
            add([word.strip()], ("excluded", 0))
        words = list(meanings)
        self.lengths = [len(word) for word in words]
        self.categories = [sorted(at for what, at in meanings[word] if what == "category") for word in words]
        self.contests = [any(what in ("category", "shield") for what, _ in meanings[word]) for word in words]
        self.says = [[f"{what}/{at}" for what, at in meanings[word] if what not in ("category", "shield")] for word in words]
        self.automaton = ahocorasick_rs.AhoCorasick(words, matchkind=ahocorasick_rs.MatchKind.Standard)

    def find(self, text):
        """Categories that a folded text shows, and everything else that it says."""
        def word_goes_on(a, b):
            return a.isascii() and a.isalnum() and b.isascii() and b.isalnum()

        contest, says = [], set()
        for word, start, end in self.automaton.find_matches_as_indexes(text, overlapping=True):
            if (start > 0 and word_goes_on(text[start], text[start - 1])) or (end < len(text) and word_goes_on(text[end - 1], text[end])):
                continue
            if self.contests[word]:
                contest.append((start, -end, word))
            says.update(self.says[word])
        # Leftmost, then longest; what begins inside of the winner is eaten, shields eat and show nothing.
        categories, until = set(), 0
        for start, end, word in sorted(contest):
            if start >= until:
                until = -end
                categories.update(self.categories[word])
        return sorted(categories), says


# ---------------------------------------------------------------------------------------------------------------- brief

KNOWN_KEYS = {
    "brand": {"name", "competitors"}, "aim": {"goal", "mode", "collaboration", "stage"}, "domain": {"categories", "keywords", "match"},
    "style": None, "audience": {"gender", "age", "region"}, "budget": {"format", "target_cpe", "total", "target_cpm"},
    "eligible": {"followers", "price", "exclude_keywords"}, "weights": None, "constants": None,
}


def weighted(asked):
    return dict(asked) if isinstance(asked, dict) else {word: 1.0 for word in asked}


def read_brief(path, data, categories, traits, regions):
    given = toml(path)
    for section, table in given.items():
        known = KNOWN_KEYS.get(section, set())
        unknown = set() if known is None else set(table) - known
        if unknown:
            sys.exit(f"{path}: [{section}] {', '.join(sorted(unknown))}: not part of this check")
    presets = toml(data, "presets.toml")
    constants = presets["constants"]

    def lay_over(own, more):
        for key, value in more.items():
            own[key] = lay_over(own[key], value) if isinstance(value, dict) else value
        return own

    lay_over(constants, given.get("constants", {}))
    domain = given.get("domain", {})
    trait_of = {label(word): trait["id"] for trait in traits for word in [*trait["words"], trait["id"], trait["zh"], trait["en"]]}
    style = {}
    for word, ask in given.get("style", {}).items():
        if word != "avoid":
            ask = ask if isinstance(ask, dict) else {"weight": ask}
            style[trait_of[label(word)]] = (ask.get("target", 1.0), ask.get("weight", 1.0))
    for word in given.get("style", {}).get("avoid", []):
        style[trait_of[label(word)]] = (0.0, 1.0)
    audience = dict(given.get("audience", {}))
    audience["region"] = [regions[label(place)] for place in audience.get("region", [])]
    audience["age"] = [age_band(label(band)) for band in audience.get("age", [])]
    audience["gender"] = [label(gender) for gender in audience.get("gender", [])]
    chosen = []
    for table, name in given.get("aim", {}).items():
        chosen += [preset for id, preset in presets[table].items() if name in (id, preset["name"])]
    asked = {name: True for name in DIMENSIONS}
    asked |= {"domain": bool(domain), "style": bool(style), "audience": any(audience.values())}
    weights = {}
    for kind in ("kol", "koc"):
        own = given.get("weights") or presets["weights"][kind]
        shift = 1.0 if given.get("weights") else None
        raw = {
            name: asked[name] * own.get(name, 0.0) * (shift or np.prod([preset["multiply"].get(name, 1.0) for preset in chosen]))
            for name in DIMENSIONS
        }
        weights[kind] = {name: weight / sum(raw.values()) for name, weight in raw.items()}
    keywords = weighted(domain.get("keywords", {}))
    eligible = given.get("eligible", {})
    return {
        "constants": constants,
        "categories": {categories.named[label(name)]: weight for name, weight in weighted(domain.get("categories", {})).items()},
        "match": domain.get("match", "any"),
        "keywords": list(keywords),
        "keyword_weights": np.array(list(keywords.values()), float),
        "style": style,
        "audience": audience,
        "weights": weights,
        "format": given.get("budget", {}).get("format", "image"),
        "followers": eligible.get("followers", {}),
        "price": eligible.get("price", {}),
        "excluded": eligible.get("exclude_keywords", []) + given.get("brand", {}).get("competitors", []),
    }


# ---------------------------------------------------------------------------------------------------------------- cells

SUFFIXES = {"k": 3, "K": 3, "千": 3, "w": 4, "W": 4, "万": 4, "萬": 4, "m": 6, "M": 6, "亿": 8, "億": 8, "b": 9, "B": 9, "%": -2}


def numbers(cells):
    """`12`, `1.2万`, `3.4K`, `12.3%` as numbers. Powers go into the text, so that .123 is the nearest to 12.3 %."""
    def number(cell):
        cell = cell.strip()
        power = SUFFIXES.get(cell[-1:])
        try:
            return float(cell) if power is None else float(f"{cell[:-1].rstrip()}e{power}")
        except ValueError:
            return np.nan

    return cells.map(number, na_action="ignore").astype(float)


def age_band(text):
    if found := re.fullmatch(r"(\d+)[-~–至](\d+)岁?", text):
        return int(found[1]), int(found[2])
    if found := re.fullmatch(r"[<＜](\d+)岁?", text):
        return OPEN_AGES[0], int(found[1]) - 1
    if found := re.fullmatch(r"[>＞](\d+)岁?", text):
        return int(found[1]) + 1, OPEN_AGES[1]
    if found := re.fullmatch(r"(\d+)\+", text):
        return int(found[1]), OPEN_AGES[1]
    sys.exit(f"`{text}` is no age band")


def read_candidates(path):
    frame = pd.read_csv(path, dtype=str, keep_default_na=False, na_values=MISSING)
    columns = ["followers", "posts_30d", "views", "interactions", *PARTS, *(f"price_{format}" for format in FORMATS)]
    columns += ["active_share", "interacting_share", "suspected_fake_share", "sponsored_share"]
    columns += [name for name in frame if name.startswith(("audience.gender.", "audience.age."))]
    for name in columns:
        frame[name] = numbers(frame[name]) if name in frame else np.nan
    for name in ("active_share", "interacting_share", "suspected_fake_share", "sponsored_share"):
        frame[name] = frame[name].where(frame[name] <= 1.10).clip(upper=1.0)
    for name in (name for name in columns if name.startswith("price_")):
        frame[name] = frame[name].where(frame[name] > 0)
    for name in ("name", "verified", "bio", "titles", "hashtags", "categories", "audience.region"):
        if name not in frame:
            frame[name] = np.nan
    return frame


FORMATS = ["image", "video", "video_short", "video_mid", "video_long"]


def quote(frame, format):
    own = frame[f"price_{format}"]
    return own if format == "image" else own.fillna(frame[[f"price_{other}" for other in FORMATS[1:]]].min(axis=1))


# ---------------------------------------------------------------------------------------------------------------- texts

def distinct_texts(texts, each_text):
    """Distinct texts, and which one each is; or all of them."""
    return (np.arange(len(texts)), texts) if each_text else pd.factorize(texts)


def documents(frame, literal, each_text):
    """One row a document: whose, of which field, folded."""
    lists = {
        "bio": frame["bio"].str.strip(),
        "titles": frame["titles"].str.split(r"[|;；]|\n", regex=True),
        "hashtags": frame["hashtags"].str.split(r"[\s#,，;；、|/]", regex=True),
    }
    if "documents" not in literal:
        lists |= {"name": frame["name"], "verified": frame["verified"]}
    parts = [cells.explode().dropna().rename("text").rename_axis("row").reset_index().assign(field=field) for field, cells in lists.items()]
    texts = pd.concat(parts, ignore_index=True)
    codes, distinct = distinct_texts(texts["text"].astype(object), each_text)
    folded = [fold(text.strip()) for text in distinct]
    speaking = np.array([any(map(str.isalnum, text)) for text in folded], bool)
    texts["text"] = np.array(folded, object)[codes]
    return texts[speaking[codes]].reset_index(drop=True)


def search(frame, terms, literal, each_text):
    """What the texts of each candidate say: counts by column, and category masses in long form."""
    texts = documents(frame, literal, each_text)
    codes, distinct = distinct_texts(texts["text"], each_text)
    found = [terms.find(text) for text in distinct]
    texts["code"], texts["speaks"] = codes, texts["field"].isin(["bio", "titles", "hashtags"])
    counts = texts[texts["speaks"]].groupby("row").size().rename("documents").to_frame()

    def spread_out(lists, name):
        """One row a document and thing found in it."""
        own = pd.DataFrame({"code": np.repeat(np.arange(len(lists)), [len(one) for one in lists]), name: [item for one in lists for item in one]})
        return texts[["row", "code", "speaks"]].merge(own, on="code")

    said = spread_out([says for _, says in found], "says")
    spoken = said[said["speaks"]]
    counts = counts.join(pd.crosstab(spoken["row"], spoken["says"]), how="outer").reindex(frame.index).fillna(0)
    counts["excluded"] = frame.index.isin(said.loc[said["says"] == "excluded/0", "row"])
    size = np.array([len(categories) for categories, _ in found])
    topics = spread_out([categories for categories, _ in found], "categories")
    counts["on_topic"] = texts[size[codes] > 0].groupby("row").size().reindex(frame.index).fillna(0)
    mass = pd.Series(1.0 / size[topics["code"]]).groupby([topics["row"], topics["categories"]]).sum()
    titles = texts[texts["field"] == "titles"].groupby("row")["text"].agg(["size", "nunique"]).reindex(frame.index).fillna(0)
    counts["titles"], counts["repeated"] = titles["size"], titles["size"] - titles["nunique"]
    return counts, mass


def count(hits, name):
    return hits[name] if name in hits else pd.Series(0.0, hits.index)


# ---------------------------------------------------------------------------------------------------------------- norms

def rounded(values, width):
    """Numbers of fixed bins; halves go up."""
    return np.floor(values / width + 0.5)


class Norms:
    """Peer statistics of the pool: for each candidate those of the finest stratum with enough rows, else the published ones."""

    def __init__(self, frame, data, constants, literal):
        self.frame, self.rules, self.exact = frame, constants["norms"], "medians" in literal
        self.built_in = toml(data, "norms", "built-in.toml")
        levels = [["platform", "kind", "tier"], ["platform", "kind"], ["platform"], []]
        # A candidate of unknown size has no tier, and its finest stratum is platform x kind.
        self.strata = [list(frame.groupby(keys).indices.values()) if keys else [np.arange(len(frame))] for keys in levels]

    def finest(self, width, counts, enough, statistic):
        """`statistic(rows that count)` of the finest stratum that has enough of them, as a row of numbers for every candidate."""
        out = np.full((len(self.frame), width), np.nan)
        done = np.zeros(len(self.frame), bool)
        for groups in self.strata:
            for members in groups:
                open = members[~done[members]]
                if len(open) and counts[members].sum() >= enough:
                    out[open] = statistic(members[counts[members]])
                    done[open] = True
        return out, done

    def spread(self, values, width):
        """Median, 1.4826 MAD, 1st and 99th percentile."""
        values = np.asarray(values, float)

        def quantile(sorted, at):
            return sorted[max(int(np.ceil(at * len(sorted))), 1) - 1]

        def statistic(rows):
            own = values[rows]
            if self.exact:
                median = np.median(own)
                return median, 1.4826 * np.median(np.abs(own - median)), *np.quantile(own, [0.01, 0.99])
            bins = np.sort(rounded(own, width))
            middle = quantile(bins, 0.5)
            mad = quantile(np.sort(np.abs(bins - middle)), 0.5)
            return middle * width, 1.4826 * mad * width, quantile(bins, 0.01) * width, quantile(bins, 0.99) * width

        return self.finest(4, np.isfinite(values), self.rules["rows"], statistic)

    def spread_or_published(self, values, width, name):
        out, done = self.spread(values, width)
        entries = [entry for entry in self.built_in["spread"] if entry["of"] == name]
        found = {entry["platform"]: [entry[key] for key in ("median", "deviation", "low", "high")] for entry in entries}
        for platform in self.frame.loc[~done, "platform"].unique():
            out[~done & (self.frame["platform"] == platform).to_numpy()] = found.get(platform, found["all"])
        return out

    def rate(self, hits, documents, published):
        """Mean and standard deviation of the share of documents."""
        share = (hits / documents.where(documents > 0)).to_numpy()

        def statistic(rows):
            own = share[rows]
            if self.exact:
                return own.mean(), own.std()
            # Summed in whole millionths, squares in billionths.
            mean, squares = rounded(own, 1e-6).mean() * 1e-6, rounded(own * own, 1e-9).mean() * 1e-9
            return mean, np.sqrt(max(squares - mean * mean, 0.0))

        out, done = self.finest(2, np.isfinite(share), self.rules["rows"], statistic)
        out[~done] = published["mean"], published["deviation"]
        return out

    def curve(self, figure, basis, name):
        """The usual ln(figure+1) at each candidate's size, and its scale. Figures of different bases are never compared."""
        size = np.log1p(self.frame["followers"].to_numpy())
        usual, scale = np.full(len(size), np.nan), np.full(len(size), np.nan)
        values = np.log1p(figure.to_numpy())
        for one in pd.unique(basis[figure.notna()]):
            own = (basis == one).to_numpy()
            curves = []

            def statistic(rows):
                curves.append(self.through(size[rows], values[rows]))
                return [len(curves) - 1]

            number, done = self.finest(1, own & np.isfinite(values) & np.isfinite(size), self.rules["curve_rows"], statistic)
            for at, (x, y, deviation) in enumerate(curves):
                those = own & (number[:, 0] == at)
                usual[those], scale[those] = np.interp(size[those], x, y), deviation
            if one == "reported" or "likes" in one:
                for platform in self.frame.loc[own & ~done, "platform"].unique():
                    those = own & ~done & (self.frame["platform"] == platform).to_numpy()
                    entries = {entry["platform"]: entry for entry in self.built_in["curve"] if entry["figure"] == name}
                    entry = entries.get(platform, entries["all"])
                    points = np.log1p(np.array(entry["points"], float))
                    usual[those], scale[those] = np.interp(size[those], points[:, 0], points[:, 1]), entry["deviation"]
        usual[~np.isfinite(size)] = np.nan
        return usual, scale

    def through(self, size, value):
        """Medians in 20 parts of equal count, and the scale of what is left."""
        table = pd.DataFrame({"size": size, "value": value})
        if self.exact:
            table["part"] = (np.argsort(np.argsort(size, kind="stable"), kind="stable") * 20) // len(size)
            points = table.groupby("part")[["size", "value"]].median()
            left = np.median(np.abs(value - np.interp(size, points["size"], points["value"])))
            return points["size"].to_numpy(), points["value"].to_numpy(), 1.4826 * left
        table = pd.DataFrame({"size": rounded(size, 0.1), "value": rounded(value, 0.02)})
        bins = table.groupby("size").size()
        # Candidates of one bin of sizes stay together, in the part that holds the middle of them.
        part = (2 * (bins.cumsum() - bins) + bins) * 20 // (2 * len(table))
        parts = table.groupby(table["size"].map(part))
        points = parts.quantile(0.5, interpolation="lower")
        x, y = points["size"].to_numpy() * 0.1, points["value"].to_numpy() * 0.02
        left = np.sort(np.abs(table["value"] * 0.02 - np.interp(table["size"] * 0.1, x, y)))
        return x, y, 1.4826 * left[(len(left) + 1) // 2 - 1]

    def base(self, shares):
        """Mean shares over the candidates whose list is whole; one column a bin."""
        whole = (shares.sum(axis=1) >= 1 - ROUNDING).to_numpy()
        table = shares.fillna(0).to_numpy()
        return self.finest(table.shape[1], whole, self.rules["rows"], lambda rows: table[rows].mean(axis=0))


# ------------------------------------------------------------------------------------------------------------- audience

def settled(shares, constants):
    """Lists that add up to a whole, scaled to 1; those that add up to too much, or to nothing, are unknown."""
    total = shares.sum(axis=1, min_count=1)
    scale = total.where(total >= constants["whole"] - ROUNDING, 1.0)
    return shares.div(scale.where((total > 0) & (total <= 1.10)), axis=0)


class Share:
    """The target's share of each candidate's audience in one facet, and among everybody.

    `base` are everybody's shares of the bins; `member` is how much of a bin is in the target where a list names it, `unlisted` where it does not.
    """

    def __init__(self, shares, base, member, unlisted, constants):
        listed = shares.notna().to_numpy()
        self.known = listed.any(axis=1)
        usual = (base * np.where(listed, member, unlisted)).sum(axis=1) / base.sum(axis=1)
        self.base = np.clip(usual, constants["base_low"], constants["base_high"])
        # What is not listed is in the bins that are not listed, as everybody's is.
        left = np.where(listed, 0.0, base)
        in_target, left = (left * unlisted).sum(axis=1), left.sum(axis=1)
        rest = (1 - shares.sum(axis=1)).clip(lower=0).to_numpy()
        among = np.divide(in_target, left, out=usual, where=left > 0)
        self.mid = np.where(self.known, shares.fillna(0).to_numpy() @ member + rest * among, np.nan)
        self.listed = self.known * np.where(in_target > 0, 1 - rest, 1.0)

    def lift(self):
        inside, outside = self.mid * (1 - self.base), self.base * (1 - self.mid)
        return inside / (inside + outside)


class Audience:
    """Gender, age and region as the brief asks for them, against any base shares."""

    def __init__(self, frame, brief, data, regions):
        self.constants, self.ask = brief["constants"]["audience"], brief["audience"]
        self.built_in = toml(data, "norms", "built-in.toml")["base"]
        self.within = {region["name"]: region.get("within") for region in toml(data, "regions.toml")["region"]}
        self.facets = [facet for facet in ("gender", "age", "region") if self.ask.get(facet)]
        # One gender given gives the other.
        gender = pd.DataFrame({sex: frame.get(f"audience.gender.{sex}", pd.Series(np.nan, frame.index)) for sex in "女男"})
        gender = gender.where(gender <= 1.10)
        gender["女"], gender["男"] = gender["女"].fillna((1 - gender["男"]).clip(0)), gender["男"].fillna((1 - gender["女"]).clip(0))
        self.gender = settled(gender, self.constants)
        bands = {name: age_band(label(name.split(".", 2)[2])) for name in frame if name.startswith("audience.age.")}
        ages = frame[list(bands)].set_axis(list(bands.values()), axis=1)
        self.age = settled(ages.where(ages <= 1.10), self.constants)
        listed = frame["audience.region"].str.extractall(r"([^\s、/;；,，|:：%\d][^、/;；,，|:：%\d]*?)[\s:：|]*([\d.]+)%")
        long = pd.DataFrame({"row": listed.index.get_level_values(0), "place": listed[0].map(label), "share": (listed[1] + "e-2").map(float)})
        long["place"] = long["place"].map(regions).fillna(long["place"])
        table = long.pivot_table(index="row", columns="place", values="share", aggfunc="sum").reindex(frame.index)
        self.region = settled(table, self.constants)

    def membership(self, band):
        """How much of an age band is in the target: overlapping years count whole, a band next to it a quarter."""
        first, last = band
        inside = sum(max(0, min(last, b) - max(first, a) + 1) for a, b in self.ask["age"]) / (last - first + 1)
        touches = any(last + 1 == a or b + 1 == first for a, b in self.ask["age"])
        inside = min(inside, 1.0)
        return inside + self.constants["neighbour"] * (1 - inside) if inside > 0 or touches else 0.0

    def of_years(self):
        """How much of each year is in the target, as the usual band is that holds it; these are cut where the brief's begin and end."""
        cuts = {*USUAL_AGES, *(first for first, _ in self.ask["age"]), *(last + 1 for _, last in self.ask["age"])}
        starts = sorted(cut for cut in cuts if OPEN_AGES[0] <= cut <= OPEN_AGES[1])
        bands = [(first, after - 1) for first, after in itertools.pairwise([*starts, OPEN_AGES[1] + 1])]
        return {year: self.membership(band) for band in bands for year in range(band[0], band[1] + 1)}

    def shares(self, norms):
        return {facet: getattr(self, f"of_{facet}")(norms) for facet in self.facets}

    def everybody(self, shares, published, norms):
        """Base shares of every candidate's peers, and whose are of the pool."""
        of_pool, done = norms.base(shares) if norms else (None, np.zeros(len(shares), bool))
        return np.where(done[:, None], of_pool, published) if done.any() else np.tile(published, (len(shares), 1)), done

    def of_gender(self, norms):
        base, _ = self.everybody(self.gender, [self.built_in["gender"]["shares"][sex] for sex in self.gender], norms)
        member = np.array([sex in self.ask["gender"] for sex in self.gender], float)
        return Share(self.gender, base, member, member, self.constants)

    def of_age(self, norms):
        of_years, bands, published = self.of_years(), list(self.age), {}
        for name, share in self.built_in["age"]["shares"].items():
            first, last = map(int, name.split("-"))
            published |= {year: share / (last - first + 1) for year in range(first, last + 1)}
        years = [[year for year in of_years if first <= year <= last] for first, last in bands]
        if sorted(sum(years, [])) != sorted(of_years):
            sys.exit("the age bands of the file overlap, or leave years out")
        base, of_pool = self.everybody(self.age, [sum(published[year] for year in own) for own in years], norms)
        # A pool knows whole bands, spread evenly over their years.
        evenly = [np.mean([of_years[year] for year in own]) for own in years]
        as_published = [np.average([of_years[year] for year in own], weights=[published[year] for year in own]) for own in years]
        member = np.array([self.membership(band) for band in bands])
        return Share(self.age, base, member, np.where(of_pool[:, None], evenly, as_published), self.constants)

    def of_region(self, norms):
        published, wanted = self.built_in["region"], self.ask["region"]
        if any(place in self.within.values() or self.within[place] in self.region for place in wanted):
            sys.exit("a place of the target has places inside, or a list names what is around it: not part of this check")
        if norms and norms.base(self.region)[1].any():
            sys.exit("whole lists of regions: base shares of regions from the pool are not part of this check")
        base = {place: published["shares"].get(place, published["other"]) for place in {*published["shares"], *wanted}}
        # A place without a base share is a part of what is left: it makes everybody no more.
        shares = self.region.reindex(columns=sorted({*base, *self.region}))
        member = np.array([place in wanted for place in shares], float)
        return Share(shares, np.array([[base.get(place, 0.0) for place in shares]]), member, member, self.constants)


# --------------------------------------------------------------------------------------------------------------- scores

def logistic(x):
    return 1 / (1 + np.exp(-x))


def strength(hits, documents, usual, constants):
    """How strong a trait is beside its usual rate: .5 is usual."""
    rate = (hits + constants["prior_documents"] * usual[:, 0]) / (documents + constants["prior_documents"])
    return logistic((rate - usual[:, 0]) / np.maximum(usual[:, 1], constants["least_deviation"]))


def mean(parts, unknown):
    """Weighted mean of (weight, value, known mass); a value that is missing counts at `unknown`."""
    parts = [(np.asarray(weight, float), np.asarray(value, float), np.asarray(known, float)) for weight, value, known in parts]
    total = sum(weight for weight, _, _ in parts)
    return (
        sum(weight * np.where(np.isnan(value), unknown, value) for weight, value, _ in parts) / total,
        sum(weight * np.where(np.isnan(value), 0.0, known) for weight, value, known in parts) / total,
    )


def profiles(frame, mass, on_topic, categories, constants):
    """Shares of categories by tags and texts, in long form, and who has any."""
    cells = frame["categories"].dropna()
    of_cell = {cell: categories.of_cell(cell) for cell in cells.unique()}
    tags = pd.DataFrame(
        [(row, at, share) for row, cell in cells.items() for at, share in of_cell[cell]], columns=["row", "categories", "share"]
    )
    total = tags.groupby("row")["share"].sum()
    weight = constants["tag_documents"]
    of_tags = (weight * tags["share"] / tags["row"].map(total)).groupby([tags["row"], tags["categories"]]).sum()
    both = mass.add(of_tags, fill_value=0.0)
    whole = on_topic + weight * frame.index.isin(total.index)
    return both / whole.reindex(both.index.get_level_values(0)).to_numpy(), (whole > 0).to_numpy()


def domain_parts(profile, rows, brief, categories):
    """Topic T and purity P of every candidate with a profile."""
    similarity, asked, enough = categories.similarity, brief["categories"], brief["constants"]["domain"]["enough"]
    who, what = profile.index.get_level_values(0).to_numpy(), profile.index.get_level_values(1).to_numpy()
    share = profile.to_numpy()

    def on_topic(weights):
        return np.bincount(who, share * weights[what], rows)

    if not asked:
        topic = np.full(rows, np.nan)
    elif brief["match"] == "all":
        parts = [weight * np.minimum(1, on_topic(similarity[at]) / enough) for at, weight in asked.items()]
        topic = sum(parts) / sum(asked.values())
    else:
        most = max(asked.values())
        topic = np.minimum(1, on_topic(np.max([weight / most * similarity[at] for at, weight in asked.items()], axis=0)) / enough)
    purity = np.empty(rows)
    for first in range(0, rows, 10_000):
        inside = (who >= first) & (who < first + 10_000)
        table = np.zeros((min(10_000, rows - first), len(similarity)))
        table[who[inside] - first, what[inside]] = share[inside]
        purity[first:first + len(table)] = ((table @ similarity) * table).sum(axis=1)
    return topic, purity


def kinds(frame, hits, tiers, constants):
    first_hand, authority = count(hits, "marker/first_hand"), count(hits, "marker/authority")
    large = frame["followers"] >= frame["tiers"].map({name: table["kol_from"] for name, table in tiers.items()})
    by_text = first_hand + authority >= constants["kind"]["opinions"]
    return np.where(by_text, np.where(first_hand > authority, "koc", "kol"), np.where(large, "kol", "koc"))


def ratio(frame, of):
    return (frame[of] / frame["likes"].where(frame["likes"] > 0)).to_numpy()


def score(frame, brief, data, categories, terms, regions, literal, each_text):
    constants, n = brief["constants"], len(frame)
    unknown, rules, slope = constants["unknown"]["mean"], constants["norms"], constants["norms"]["slope"]
    hits, mass = search(frame, terms, literal, each_text)

    platforms = toml(data, "platforms.toml")["platform"]
    named = {label(name): platform for platform in platforms for name in [*platform["aliases"], platform["id"], platform["name"]]}
    tiers = {table["id"]: table for table in toml(data, "tiers.toml")["tiers"]}
    of_row = frame["platform"].map(lambda name: named[label(name)])
    frame = frame.assign(platform=of_row.map(lambda row: row["id"]), tiers=of_row.map(lambda row: row["tiers"]))
    frame["kind"] = kinds(frame, hits, tiers, constants)
    frame["tier"] = np.nan
    for name, table in tiers.items():
        bounds = [bound["below"] for bound in table["bounds"][:-1]]
        those = (frame["tiers"] == name) & frame["followers"].notna()
        frame.loc[those, "tier"] = np.searchsorted(bounds, frame.loc[those, "followers"], side="right")
    kol = (frame["kind"] == "kol").to_numpy()

    # Interactions as reported, else the sum of those parts that are there.
    there = frame[PARTS].notna()
    names = pd.Series("", frame.index)
    for part in PARTS:
        names = names + np.where(there[part], part + "+", "")
    basis = pd.Series(np.where(frame["interactions"].notna(), "reported", names), frame.index)
    interactions = frame["interactions"].fillna(frame[PARTS].sum(axis=1, min_count=1))
    views, price = frame["views"].to_numpy(), quote(frame, brief["format"]).to_numpy()
    documents = hits["documents"].to_numpy()
    norms = Norms(frame, data, constants, literal)

    # 3.1 domain
    profile, has_profile = profiles(frame, mass, hits["on_topic"], categories, constants["domain"])
    topic, purity = domain_parts(profile, n, brief, categories)
    topic, purity = np.where(has_profile, topic, np.nan), np.where(has_profile, purity, np.nan)
    enough = constants["domain"]["keyword_documents"]
    held = np.array([np.minimum(1, count(hits, f"keyword/{at}") / enough) for at in range(len(brief["keywords"]))])
    keywords = np.where(documents > 0, brief["keyword_weights"] @ held / brief["keyword_weights"].sum(), np.nan) if len(held) else None
    part = {name: np.where(kol, constants["domain"]["kol"][name], constants["domain"]["koc"][name]) for name in ("topic", "keywords", "purity")}
    asked = [(part["topic"], topic, 1), (part["purity"], purity, 1)] if brief["categories"] else []
    asked += [(part["keywords"], keywords, 1)] if keywords is not None else []
    values, known = {}, {}
    if asked:
        values["domain"], known["domain"] = mean(asked, unknown)

    # 3.2 style
    of_traits = norms.built_in["traits"]["rates"]
    rate = {
        trait: norms.rate(count(hits, f"trait/{trait}"), hits["documents"], of_traits[trait]) for trait in {*brief["style"], "hardsell"}
    }

    def of_trait(trait):
        return strength(count(hits, f"trait/{trait}").to_numpy(), documents, rate[trait], constants["style"])

    if brief["style"]:
        values["style"], known["style"] = mean(
            [(weight, np.where(documents > 0, 1 - np.abs(of_trait(trait) - target), np.nan), 1) for trait, (target, weight) in brief["style"].items()],
            unknown,
        )

    # 3.3 audience
    audience = Audience(frame, brief, data, regions)
    shares = audience.shares(norms)
    if shares:
        values["audience"], known["audience"] = mean([(1.0, share.lift(), share.listed) for share in shares.values()], unknown)
    target, seen = np.ones(n), np.ones(n)
    for share in shares.values():
        target = target * np.where(share.known, share.mid, share.base)
    if shares:
        seen = np.mean([share.listed for share in shares.values()], axis=0)
    # Norms are counted before there are any: of unlisted followers at published base shares.
    counted = shares if "target" in literal else audience.shares(None)
    target_counted = np.prod([share.mid for share in counted.values()], axis=0) if counted else np.ones(n)

    # 4 reach
    usual_views, _ = norms.curve(frame["views"], pd.Series("reported", frame.index), "views")
    expected = np.where(np.isnan(views), np.expm1(usual_views), views)
    spread, _ = norms.spread(np.log1p(views * target_counted), 0.02)
    z = (np.log1p(expected * target) - spread[:, 0]) / np.maximum(spread[:, 1], rules["least_deviation"])
    values["reach"] = np.where(np.isnan(z), unknown, logistic(slope * z))
    views_known = np.where(np.isnan(views), np.where(np.isnan(expected), 0.0, rules["expected_views"]), 1.0)
    known["reach"] = np.where(np.isnan(z), 0.0, views_known * (1 + seen) / 2)

    # 4 engagement
    of = constants["engagement"]
    trust = of["unknown_posts"] / (of["unknown_posts"] + of["prior_posts"])
    usual, scale = norms.curve(interactions, basis, "interactions")
    distance = (np.log1p(interactions.to_numpy()) - usual) * trust / np.maximum(scale, rules["least_deviation"])
    usual, scale = norms.curve(frame["views"], pd.Series("reported", frame.index), "views")
    of_views = (np.log1p(views) - usual) * trust / np.maximum(scale, rules["least_deviation"])
    activity = np.minimum(1, frame["posts_30d"].to_numpy() / of["active_posts"])
    values["engagement"], known["engagement"] = mean(
        [(of["interactions"], logistic(slope * distance), 1), (of["views"], logistic(slope * of_views), 1), (of["activity"], activity, 1)], unknown
    )

    # 4 loyalty
    signs = {
        "active_share": frame["active_share"].to_numpy(), "interacting_share": frame["interacting_share"].to_numpy(),
        "comments_per_like": ratio(frame, "comments"), "saves_per_like": ratio(frame, "saves"),
    }
    spreads = {name: norms.spread_or_published(sign, 0.002, name) for name, sign in signs.items()}
    each = pd.DataFrame({
        name: logistic(slope * (sign - spreads[name][:, 0]) / np.maximum(spreads[name][:, 1], rules["least_share_deviation"]))
        for name, sign in signs.items()
    })
    values["loyalty"], known["loyalty"] = each.mean(axis=1).fillna(unknown).to_numpy(), each.notna().mean(axis=1).to_numpy()

    # 4 credibility
    of, check = constants["credibility"], constants["credibility"]["checks"]
    comments, usual = signs["comments_per_like"], spreads["comments_per_like"]
    severity = pd.DataFrame(index=frame.index)
    odd = (distance > check["engagement_high"]) | (distance < check["engagement_low"])
    severity["engagement"] = np.where(np.isnan(distance), np.nan, odd * check["engagement_severity"])
    odd = (comments < usual[:, 2]) | (comments > usual[:, 3])
    severity["comments"] = np.where(np.isnan(comments), np.nan, odd * check["comments_severity"])
    warns = frame["platform"].map({platform["id"]: platform.get("warns_of_inactive_followers", False) for platform in platforms})
    inactive = ((check["active_share_from"] - frame["active_share"]) / check["active_share_from"]).clip(lower=0)
    severity["active"] = inactive.where(warns.astype(bool))
    least_titles = 2 if "titles" in literal else 4
    repeated = (hits["repeated"] >= check["duplicate_titles"] * hits["titles"]) * check["duplicate_severity"]
    severity["titles"] = repeated.where(hits["titles"] >= least_titles)
    fake = (frame["suspected_fake_share"] - check["fake_share_from"]).clip(lower=0) * check["fake_share_slope"]
    severity["fake"] = fake.clip(upper=check["fake_share_most"])
    start = np.where(kol, check["sponsored_from"], check["sponsored_koc_from"])
    span = np.where(kol, check["sponsored_span"], check["sponsored_koc_span"])
    severity["sponsored"] = check["sponsored_severity"] * ((frame["sponsored_share"] - start) / span).clip(0, 1)
    honesty = (1 - severity).prod(axis=1, min_count=1).to_numpy()
    honesty_known = severity.notna().mean(axis=1).to_numpy()

    def of_marker(name):
        found = count(hits, f"marker/{name}")
        usual = norms.rate(found, hits["documents"], norms.built_in["markers"]["rates"][name])
        return np.where(documents > 0, strength(found.to_numpy(), documents, usual, constants["style"]), np.nan)

    verified = frame["verified"].notna().to_numpy()
    authority, authority_known = mean(
        [(1, np.where(verified, 1.0, of["authority"]["unverified"]), verified), (1, of_marker("authority"), 1), (1, purity, 1)], unknown
    )
    balanced = (count(hits, "marker/negative_opinion") > 0) * of["first_hand"]["balanced_bonus"]
    selling = np.clip(2 * of_trait("hardsell") - 1, 0, None)
    first_hand = np.clip(of_marker("first_hand") + balanced - of["first_hand"]["hardsell_malus"] * selling, 0, 1)
    part = {name: np.where(kol, of["kol"][name], of["koc"][name]) for name in ("honesty", "authority", "first_hand")}
    values["credibility"], known["credibility"] = mean(
        [(part["honesty"], honesty, honesty_known), (part["authority"], authority, authority_known), (part["first_hand"], first_hand, 1)], unknown
    )

    # 4 cost
    with np.errstate(divide="ignore", invalid="ignore"):
        cptr = np.where((price > 0) & (views > 0) & (target_counted > 0), np.log(price / views * 1000 / target_counted), np.nan)
    spread, done = norms.spread(cptr, 0.02)
    median = np.exp(spread[:, 0])
    thousands = expected * target / 1000
    cost = thousands * median / (thousands * median + price)
    values["cost"], known["cost"] = np.where(np.isnan(cost), unknown, cost), np.where(np.isnan(cost), 0.0, views_known * (1 + seen) / 2)
    if not done.all():
        sys.exit("fewer prices than make peers: published prices are not part of this check")

    # 5 total
    out = pd.DataFrame({"kind": frame["kind"], "id": frame["id"]})
    weights = pd.DataFrame({name: np.where(kol, brief["weights"]["kol"][name], brief["weights"]["koc"][name]) for name in DIMENSIONS})
    total, gate, coverage = np.zeros(n), np.ones(n), np.zeros(n)
    floor = constants["gate"]["floor"]
    for name in DIMENSIONS:
        value = values.get(name, np.full(n, unknown))
        weight = weights[name].to_numpy()
        total += weight * value
        coverage += weight * known.get(name, np.zeros(n))
        if threshold := constants["gate"].get(name):
            gate = np.minimum(gate, np.where((weight > 0) & (value < threshold), floor + (1 - floor) * value / threshold, 1.0))
        # A file shows nothing where nothing is known; the total counts it at its mean.
        out[name] = np.where(known.get(name, np.zeros(n)) > 0, value, np.nan)
    out.insert(2, "score", np.where(coverage > 0, np.floor(100 * total * gate * 1e4 + 0.5) / 1e4, np.nan))
    out["exact"] = 100 * total * gate
    out["coverage"], out["price"], out["excluded"] = np.floor(coverage * 1e4 + 0.5) / 1e4, price, hits["excluded"]
    return out


def ranked(out, frame, brief, top):
    """Without those that the brief rules out; one board a kind: score down, coverage down, price up, id up."""
    stays = ~out["excluded"]
    for column, bounds in ((frame["followers"], brief["followers"]), (out["price"], brief["price"])):
        stays &= ~(column < bounds.get("min", -np.inf)) & ~(column > bounds.get("max", np.inf))
    out = out[stays].assign(kind=pd.Categorical(out.loc[stays, "kind"], ["kol", "koc"]))
    out = out.sort_values(["kind", "score", "coverage", "price", "id"], ascending=[True, False, False, True, True], na_position="last")
    out.insert(0, "rank", out.groupby("kind", observed=True).cumcount() + 1)
    return out[out["rank"] <= top].drop(columns=["price", "excluded"])


def check(out, path):
    """Joins a ranking with what `kolscore rank -f json` printed, says how far they are apart, and whether that is no more than the last digits."""
    with open(path, encoding="utf-8") as file:
        boards = json.load(file)["boards"]
    whole = ["id", "rank", "exact", "coverage"]
    rows = []
    for board in boards:
        for one in board["candidates"]:
            known = {name: dimension["value"] for name, dimension in one["dimensions"].items() if dimension and dimension["known"] > 0}
            rows.append({"kind": board["kind"], **{name: one[name] for name in whole}, **known})
    theirs = pd.DataFrame(rows, columns=["kind", *whole, *DIMENSIONS])
    both = out.merge(theirs, on="id", suffixes=("", "_theirs"))
    other = {name: (both[name].astype(object) != both[f"{name}_theirs"]).sum() for name in ("kind", "rank")}
    print(f"{len(out)} rows here, {len(theirs)} there, {len(both)} in both; {other['kind']} of another kind, {other['rank']} of another rank\n")
    print(f"{'column':12} {'max |diff|':>10} {'mean |diff|':>11} {'rows off':>8}  furthest")
    fine = len(out) == len(theirs) == len(both) and not any(other.values())
    for name in ("exact", "coverage", *DIMENSIONS):
        mine, their = both[name], both[f"{name}_theirs"]
        apart = (mine - their).abs().fillna(0).mask(mine.isna() != their.isna(), np.inf)
        off = apart > WITHIN
        furthest = apart[off].nlargest(3).index
        print(f"{name:12} {apart.max():10.2e} {apart.mean():11.2e} {off.sum():8}  {', '.join(both.loc[furthest, 'id'])}")
        fine &= not off.any()
    return fine


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("file")
    beside = os.path.join(os.path.dirname(__file__), "..", "data")
    arguments.add_argument("--data", default=beside, help="folder of categories.toml, lexicons/, norms/, ... [default: the project's]")
    arguments.add_argument("-b", "--brief", required=True)
    arguments.add_argument("--top", type=int, default=20, help="rows of each board")
    arguments.add_argument("-o", "--output", default="-")
    literal = "; ".join(f"{name}: {what}" for name, what in LITERAL.items())
    arguments.add_argument("--literal", nargs="*", choices=LITERAL, default=[], help=literal)
    arguments.add_argument("--each-text", action="store_true", help="search every text, not every distinct text once")
    arguments.add_argument("--check", metavar="RANKING.json", help="compare with what `kolscore rank -f json` printed")
    given = arguments.parse_args()
    categories = Categories(given.data)
    traits = toml(given.data, "traits.toml")["trait"]
    places = toml(given.data, "regions.toml")["region"]
    regions = {label(name): region["name"] for region in places for name in [*region.get("aliases", []), region["name"]]}
    brief = read_brief(given.brief, given.data, categories, traits, regions)
    terms = Terms(given.data, categories, traits, brief)
    frame = read_candidates(given.file)
    out = score(frame, brief, given.data, categories, terms, regions, set(given.literal), given.each_text)
    out = ranked(out, frame, brief, len(out) if given.check else given.top)
    if given.check:
        sys.exit(0 if check(out, given.check) else 1)
    out[["rank", "kind", "id", "score", *DIMENSIONS]].to_csv(sys.stdout if given.output == "-" else given.output, index=False, float_format="%.4f")


if __name__ == "__main__":
    main()
