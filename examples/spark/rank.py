#!/usr/bin/env python3
"""Ranks candidates on Spark: kolscore counts and scores every partition, Spark keeps the first of each board.

    spark-submit examples/spark/rank.py -b BRIEF -o shortlist.csv [--top 1000] [--partitions N] CANDIDATES…

CANDIDATES  CSV with one header row in UTF-8, or Parquet; all files have the same columns
BRIEF       the brief, a TOML file
-o          what `kolscore rank` writes: csv, tsv, json, jsonl, xlsx, html or md, by the ending; beside it stand the norms, as OUTPUT.norms.json

1. `kolscore norms` counts each partition; the counts are put together on the driver.
2. `kolscore score --norms` scores each partition, row by row: a score depends on no other row.
3. Spark takes the first `--top` rows of each board by `sort_key`.
4. `kolscore rank` ranks and explains these, which is what it would have written of the whole pool.

README.md beside this file says what that needs and what it guarantees.
"""

import argparse
import contextlib
import itertools
import math
import os
import shutil
import subprocess
import sys
import tempfile
import threading

import pyarrow as pa
from pyspark import SparkFiles
from pyspark.sql import SparkSession, Window
from pyspark.sql import functions as F
from pyspark.sql.pandas.types import from_arrow_schema


class Pool:
    """A table of text in Spark, and its headers: Spark cannot take a column apart that is called `audience.gender.女`."""

    def __init__(self, table):
        self.headers = table.columns
        self.cells = [f"cell_{at}" for at in range(len(self.headers))]
        self.table = table.toDF(*self.cells)


class Kolscore:
    """The binary with its brief, and norms once there are some, wherever a partition is worked on."""

    def __init__(self, binary, brief, options=(), norms=None):
        self.binary, self.brief, self.options, self.norms = binary, brief, list(options), norms

    @contextlib.contextmanager
    def command(self, name, *arguments):
        """A command line; the files that it names are there for as long as it is used."""
        # On the path, or brought along by `spark-submit --files`.
        binary = shutil.which(self.binary) or SparkFiles.get(os.path.basename(self.binary))
        with tempfile.TemporaryDirectory() as folder:
            command = [binary, name, *self.options]
            for flag, content in [("--brief", self.brief), ("--norms", self.norms)]:
                if content is not None:
                    path = os.path.join(folder, f"file{flag}")
                    with open(path, "wb") as file:
                        file.write(content)
                    command += [flag, path]
            yield [*command, *arguments]


def failed(command, said):
    said.seek(0)
    return RuntimeError(f"{' '.join(command[:2])} failed:\n{said.read().decode(errors='replace')}")


def through(command, batches, read):
    """Feeds Arrow batches to a command and gives what `read` makes of its output, while it runs."""
    batches = iter(batches)
    first = next(batches, None)
    if first is None:
        return  # An empty partition has nothing to say.
    trouble = []
    with tempfile.TemporaryFile() as said, subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=said
    ) as process:

        def feed():
            try:
                with process.stdin, pa.ipc.new_stream(process.stdin, first.schema) as stream:
                    for batch in itertools.chain([first], batches):
                        stream.write_batch(batch)
            except OSError:
                pass  # The command has stopped reading, and says why.
            except BaseException as error:
                trouble.append(error)
                process.kill()

        feeder = threading.Thread(target=feed, daemon=True)
        feeder.start()
        try:
            yield from read(process.stdout)
        except pa.ArrowInvalid:
            if process.wait() == 0:
                raise
        except GeneratorExit:
            process.kill()
            raise
        feeder.join()
        if trouble:
            raise trouble[0]
        # A stream that was cut off would otherwise look like one that has ended.
        if process.wait() != 0:
            raise failed(command, said)


def renamed(batches, names):
    return (batch.rename_columns(names) for batch in batches)


def whole_text(output):
    yield pa.RecordBatch.from_pydict({"norms": [output.read().decode()]})


def batches_of(output):
    with pa.ipc.open_stream(output) as stream:
        yield from stream


def run(command, **more):
    with tempfile.TemporaryFile() as said:
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=said, **more)
        if done.returncode != 0:
            raise failed(command, said)
        return done.stdout


def norms(pool, kolscore, path):
    """Counts every partition, and puts the counts together into one file."""
    headers = pool.headers

    def count(batches):
        with kolscore.command("norms", "--threads", "1", "-") as command:
            yield from through(command, renamed(batches, headers), whole_text)

    def together(batches):
        texts = [text.as_py() for batch in batches for text in batch.column(0)]
        if texts:
            with tempfile.TemporaryDirectory() as folder:
                with kolscore.command("norms", *written(texts, folder)) as command:
                    yield pa.RecordBatch.from_pydict({"norms": [run(command).decode()]})

    # The counts of a part are as large as those of the whole: workers put most of them together.
    counts = pool.table.mapInArrow(count, "norms string")
    groups = max(1, math.isqrt(pool.table.rdd.getNumPartitions()))
    texts = [row["norms"] for row in counts.repartition(groups).mapInArrow(together, "norms string").collect()]
    if not texts:
        raise RuntimeError("there is no candidate")
    with tempfile.TemporaryDirectory() as folder:
        with kolscore.command("norms", "--force", "-o", path, *written(texts, folder)) as command:
            run(command)


def written(texts, folder):
    paths = [os.path.join(folder, f"part-{at}.json") for at in range(len(texts))]
    for path, text in zip(paths, texts):
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
    return paths


def stream_of(table):
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as stream:
        stream.write_table(table)
    return sink.getvalue().to_pybytes()


def scored(pool, kolscore):
    """Every candidate that the brief does not exclude, with its score; the cells of the files stand last. Also the hash of the norms."""
    arguments = ["score", "--arrow", "--keep-all", "--threads", "1", "-"]
    headers = pool.headers

    # Which columns come out is asked of kolscore, with no row: what is wrong with the brief or the columns is said here.
    nobody = pa.table({header: pa.array([], pa.string()) for header in headers})
    with kolscore.command(*arguments) as command:
        schema = pa.ipc.open_stream(run(command, input=stream_of(nobody))).schema
    names = schema.names[: -len(headers)] + pool.cells

    def score(batches):
        with kolscore.command(*arguments) as command:
            yield from renamed(through(command, renamed(batches, headers), batches_of), names)

    fields = pa.schema([field.with_name(name) for field, name in zip(schema, names)])
    return pool.table.mapInArrow(score, from_arrow_schema(fields)), schema.metadata[b"kolscore.norms"].decode()


def first(pool, all_scored, top):
    """The first rows of each board, as the files have them."""
    place = F.row_number().over(Window.partitionBy("kind").orderBy("sort_key"))
    rows = all_scored.withColumn("place", place).where(F.col("place") <= top).select(*pool.cells).collect()
    return pa.table({header: pa.array([row[at] for row in rows]) for at, header in enumerate(pool.headers)})


def candidates_of(spark, files, partitions=None):
    """The files as a table of text: kolscore reads `1.2万`, `12.3%` and `无数据` better than Spark does."""
    if files[0].endswith(".parquet"):
        table = spark.read.parquet(*files)
    else:
        # A row with too few or too many cells stops the job: Spark would fill it up, where kolscore refuses it.
        table = spark.read.csv(files, header=True, multiLine=True, quote='"', escape='"', encoding="UTF-8", mode="FAILFAST")
    return table.repartition(partitions) if partitions else table


def rank(candidates, binary, brief, output, top, options=()):
    """Ranks a table of candidates, and returns the hash of the norms."""
    pool, made = Pool(candidates), f"{output}.norms.json"
    with open(brief, "rb") as file:
        kolscore = Kolscore(binary, file.read(), options)
    norms(pool, kolscore, made)
    with open(made, "rb") as file:
        kolscore.norms = file.read()
    all_scored, norms_hash = scored(pool, kolscore)
    winners = stream_of(first(pool, all_scored, top))
    with kolscore.command("rank", "-n", str(top), "-o", output, "--force", "-") as command:
        run(command, input=winners)
    return norms_hash


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("candidates", nargs="+")
    parser.add_argument("-b", "--brief", required=True)
    parser.add_argument("-o", "--output", required=True)
    parser.add_argument("--top", type=int, default=1000, help="candidates a board (default: 1000)")
    parser.add_argument("--partitions", type=int, help="how many parts Spark works on (default: as the files are)")
    parser.add_argument("--map", action="append", default=[], metavar="HEADER=TARGET", help="as in kolscore: what a column is")
    parser.add_argument("--kolscore", default="kolscore", help="the binary on all machines (default: `kolscore` on the path)")
    args = parser.parse_args()
    spark = SparkSession.builder.appName("kolscore").getOrCreate()
    try:
        candidates = candidates_of(spark, args.candidates, args.partitions)
        options = [option for mapping in args.map for option in ("--map", mapping)]
        norms_hash = rank(candidates, args.kolscore, args.brief, args.output, args.top, options)
    finally:
        spark.stop()
    print(f"norms {norms_hash}, wrote {args.output}", file=sys.stderr)


if __name__ == "__main__":
    main()
