"""A three-term score over the benchmark's file, as an analyst would write it: `compare.py duckdb|polars FILE`.

Prints the top 20 as CSV and nothing else. Both engines use two threads and read only the nine columns they need.

score = 0.4 * topic + 0.3 * ln(1 + odds) + 0.3 * response
  topic     share of the words that occur in titles, bio or categories
  odds      p / (1 - p), where p = share of women * share of 25-34
  response  ln(1 + interactions) / ln(1 + followers)
A term that cannot be computed counts as 0; ties go by id.
"""

import os
import sys

THREADS = 2
TOP = 20
WORDS = ["辅食", "米粉", "宝宝零食", "育儿", "baby food", "weaning"]
MISSING = ["", "-", "无数据"]
FACTORS = {"万": 1e4, "K": 1e3, "M": 1e6}


def with_duckdb(path):
    import duckdb

    def number(column):
        factors = " ".join(f"WHEN '{suffix}' THEN {factor}" for suffix, factor in FACTORS.items())
        return f"TRY_CAST(rtrim({column}, '{''.join(FACTORS)}') AS DOUBLE) * CASE right({column}, 1) {factors} ELSE 1 END"

    def share(column):
        return f"""TRY_CAST(rtrim("{column}", '%') AS DOUBLE) / 100"""

    topic = " + ".join(f"contains(text, '{word}')::INT" for word in WORDS)
    query = f"""
        WITH typed AS (
            SELECT id, name,
                   lower(concat_ws(' ', titles, bio, categories)) AS text,
                   {share('audience.gender.女')} * {share('audience.age.25-34')} AS p,
                   {number('followers')} AS followers,
                   {number('interactions')} AS interactions
            FROM read_csv($path, header = true, all_varchar = true, delim = ',', quote = '"', escape = '"', nullstr = {MISSING})
        )
        SELECT id, name,
               0.4 * ({topic}) / {len(WORDS)}
               + 0.3 * coalesce(ln(1 + p / nullif(1 - p, 0)), 0)
               + 0.3 * coalesce(ln(1 + interactions) / nullif(ln(1 + followers), 0), 0) AS score
        FROM typed
        ORDER BY score DESC, id
        LIMIT {TOP}
    """
    return duckdb.connect(config={"threads": THREADS}).execute(query, {"path": path}).fetchall()


def with_polars(path):
    os.environ["POLARS_MAX_THREADS"] = str(THREADS)
    import polars as pl

    def number(column):
        text = pl.col(column)
        factor = text.str.slice(-1).replace_strict(list(FACTORS), list(FACTORS.values()), default=1.0, return_dtype=pl.Float64)
        return text.str.strip_chars_end("".join(FACTORS)).cast(pl.Float64, strict=False) * factor

    def share(column):
        return pl.col(column).str.strip_chars_end("%").cast(pl.Float64, strict=False) / 100

    text, p = pl.col("text"), pl.col("p")
    topic = pl.sum_horizontal(text.str.contains(word, literal=True).cast(pl.Int32) for word in WORDS) / len(WORDS)
    odds = pl.when(p < 1).then(p / (1 - p))
    response = pl.when(pl.col("followers") > 0).then(pl.col("interactions").log1p() / pl.col("followers").log1p())
    ranking = (
        pl.scan_csv(path, infer_schema=False, null_values=MISSING)
        .select(
            "id",
            "name",
            pl.concat_str("titles", "bio", "categories", separator=" ", ignore_nulls=True).str.to_lowercase().alias("text"),
            (share("audience.gender.女") * share("audience.age.25-34")).alias("p"),
            number("followers").alias("followers"),
            number("interactions").alias("interactions"),
        )
        .select("id", "name", (0.4 * topic + 0.3 * odds.log1p().fill_null(0) + 0.3 * response.fill_null(0)).alias("score"))
        .top_k(TOP, by=["score", "id"], reverse=[False, True])
        .sort(["score", "id"], descending=[True, False])
    )
    return ranking.collect(engine="streaming").rows()


ENGINES = {"duckdb": with_duckdb, "polars": with_polars}

if __name__ == "__main__":
    if len(sys.argv) != 3 or sys.argv[1] not in ENGINES:
        sys.exit(f"usage: compare.py {'|'.join(ENGINES)} FILE")
    for identity, name, score in ENGINES[sys.argv[1]](sys.argv[2]):
        print(f"{identity},{name},{score:.6f}")
