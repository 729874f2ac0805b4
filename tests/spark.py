"""Runs examples/spark/rank.py on a real local Spark, and compares with one process, to the byte.

    tests/spark.py KOLSCORE BRIEF CANDIDATES

Two, four and eight partitions on several workers give the same norm file, the same hash and the same first 1,000 of each board.
"""

import os
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
EXAMPLE = os.path.join(ROOT, "examples", "spark")
sys.path.insert(0, EXAMPLE)
os.environ["PYTHONPATH"] = EXAMPLE
os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
os.environ["PYSPARK_PYTHON"] = os.environ["PYSPARK_DRIVER_PYTHON"] = sys.executable

import rank  # noqa: E402
from pyspark.sql import SparkSession  # noqa: E402

TOP = 1000


def read(path):
    with open(path, "rb") as file:
        return file.read()


def main():
    kolscore, brief, candidates = sys.argv[1:]
    spark = (
        SparkSession.builder.master("local[4]")
        .config("spark.ui.enabled", "false")
        .config("spark.ui.showConsoleProgress", "false")
        .config("spark.sql.shuffle.partitions", "4")
        .config("spark.driver.memory", "1g")
        .config("spark.sql.execution.arrow.maxRecordsPerBatch", "1000")
        .getOrCreate()
    )
    spark.sparkContext.setLogLevel("ERROR")
    with tempfile.TemporaryDirectory() as folder:
        path = lambda name: os.path.join(folder, name)
        one = path("one.json")
        subprocess.run([kolscore, "norms", "-b", brief, candidates, "-o", one], check=True, capture_output=True)
        subprocess.run(
            [kolscore, "rank", "-b", brief, "--norms", one, "-n", str(TOP), "-o", path("one.csv"), candidates], check=True, capture_output=True
        )
        expected = read(path("one.csv"))
        assert expected.count(b"\nkol,") == 0 and expected.count(b",kol,") >= TOP and expected.count(b",koc,") >= TOP, "too few candidates to be cut"
        hashes = set()
        for partitions in (2, 4, 8):
            start = time.monotonic()
            table = rank.candidates_of(spark, [candidates], partitions)
            assert table.rdd.getNumPartitions() == partitions
            output = path(f"{partitions}.csv")
            hashes.add(rank.rank(table, kolscore, brief, output, TOP))
            assert read(f"{output}.norms.json") == read(one), f"{partitions} partitions: other norms"
            assert read(output) == expected, f"{partitions} partitions: another first {TOP}"
            print(f"{partitions} partitions: the same first {TOP} of each board, in {time.monotonic() - start:.1f} s")
        assert len(hashes) == 1
        said = subprocess.run([kolscore, "score", "-b", brief, "--norms", one, candidates], check=True, capture_output=True).stderr.decode()
        assert f"norms {one} {hashes.pop()} of " in " ".join(said.split()), said
        # What stops kolscore on a partition stops the job, with its reason.
        spark.sparkContext.setLogLevel("OFF")
        broken = table.drop("id", "name", "url")
        try:
            rank.rank(broken, kolscore, brief, path("broken.csv"), TOP)
        except Exception as error:
            assert "no column names the candidate" in str(error), error
        else:
            raise AssertionError("a pool that cannot be read was ranked")
    spark.stop()
    print("ok")


main()
