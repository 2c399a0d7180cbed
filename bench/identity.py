"""How well customers are matched: precision and recall on people whose truth is known.

    .venv/bin/python -m bench.identity bench/data/febrl.csv.gz bench/data/fake_1000.csv.gz
    .venv/bin/python -m bench.identity --generated 1000000

Reads a CSV of FEBRL or Splink (told by its columns), or makes people up to see how long
a million takes, and runs what a switch runs: the same blocks, score and groups.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import io
import os
import random
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from uuid import UUID

import django
import psycopg

PROJECT = Path(__file__).resolve().parents[1]
VAR = PROJECT / "var" / "bench-identity"  # servers of its own
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "retail.settings")
os.environ.setdefault("RETAIL_NO_DATABASE", "1")
django.setup()

from retail.customers import blocking, scoring  # noqa: E402
from retail.customers.grouping import Groups, grouped  # noqa: E402
from retail.embedded import servers  # noqa: E402

THRESHOLDS = (45, 50, 55, 60, 65, 70, 75, 80, 85, 90, 95, 100)
TABLE = "measured_customer"
SEED = 20_261_122

Row = tuple[str, str, str, str, str, str]  # truth, first, last, born, postcode, email


def febrl(rows: list[dict[str, str]]) -> dict[str, list[Row]]:
    """Synthetic Australians; a cluster is valid within its data set."""
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        found[f"febrl {row['dataset']}"].append(
            (
                row["true_cluster"],
                row["given_name"],
                row["surname"],
                row["date_of_birth"],
                row["postcode"],
                "",
            )
        )
    return found


def splink(rows: list[dict[str, str]]) -> dict[str, list[Row]]:
    """Splink's demo data; we have no column for a city."""
    found = [
        (
            row["cluster"],
            row["first_name"],
            row["surname"],
            row["dob"].replace("-", ""),
            "",
            row["email"],
        )
        for row in rows
    ]
    return {"splink fake_1000": found}


def people(path: Path) -> dict[str, list[Row]]:
    packed = path.read_bytes()
    text = (gzip.decompress(packed) if path.suffix == ".gz" else packed).decode()
    rows = list(csv.DictReader(io.StringIO(text)))
    return febrl(rows) if "given_name" in rows[0] else splink(rows)


def generated(count: int) -> dict[str, list[Row]]:
    """Made up: a fifth are there twice, of these a third with a slip in one field. Names
    follow Zipf's law, so that common ones meet by chance as they do."""
    chosen = random.Random(SEED)
    syllables = ["mar", "tin", "ber", "nard", "du", "bois", "tho", "ro", "pe", "roy"]
    names = ["".join(chosen.choices(syllables, k=5)) for _ in range(20_000)]
    common = [1 / (rank + 10) for rank in range(len(names))]
    lasts = chosen.choices(names, common, k=count)
    firsts = chosen.choices(names[:2_000], common[:2_000], k=count)
    made: list[Row] = []
    for i, (first, last) in enumerate(zip(firsts, lasts, strict=True)):
        if len(made) >= count:
            break
        born = date.fromordinal(chosen.randrange(712_000, 732_000)).strftime("%Y%m%d")
        row = (str(i), first, last, born, f"{chosen.randrange(1, 6_000):05d}", "")
        made.append(row)
        if i % 5 == 0:
            slip = chosen.randrange(9)
            made.append(
                (row[0], first, last[1:] if slip == 0 else last, born, *row[4:])
                if slip != 1
                else (*row[:4], f"{chosen.randrange(1, 6_000):05d}", "")
            )
    return {f"generated {count:,}": made[:count]}


def born(text: str) -> date | None:
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:8]))
    except ValueError:
        return None  # the data's own slips make days that do not exist


def load(on: psycopg.Connection, rows: list[Row]) -> None:
    on.execute(f"DROP TABLE IF EXISTS {TABLE}")
    on.execute(
        f"CREATE TEMP TABLE {TABLE} (id uuid, origin text, first_name text,"
        " last_name text, email text, email_verified_at timestamptz, phone text,"
        " card text, birth_date date, postcode text, erased_at timestamptz)"
    )
    with (
        on.cursor() as cursor,
        cursor.copy(
            f"COPY {TABLE} (id, origin, first_name, last_name, email, phone, card,"
            " birth_date, postcode) FROM STDIN"
        ) as copy,
    ):
        for i, (_, first, last, day, postcode, email) in enumerate(rows, 1):
            copy.write_row(
                (UUID(int=i), "pos", first, last, email, "", "", born(day), postcode)
            )


def pairs_of(groups: dict[object, list[int]]) -> int:
    return sum(len(group) * (len(group) - 1) // 2 for group in groups.values())


def measure(name: str, rows: list[Row], on: psycopg.Connection) -> None:
    truth = [row[0] for row in rows]
    true_pairs = sum(n * (n - 1) // 2 for n in Counter(truth).values())
    load(on, rows)
    begun = time.perf_counter()
    blocking.prepare(on, TABLE)
    blocked = time.perf_counter() - begun
    if len(rows) > 100_000:
        return timed(name, on, blocked, truth, true_pairs)
    pairs = list(blocking.compared(on))
    met = sum(truth[p.one - 1] == truth[p.other - 1] for p in pairs)
    print(f"\n## {name}: {len(rows):,} rows, {true_pairs:,} true pairs\n")
    print(f"{len(pairs):,} pairs share a key, {met:,} true ({met / true_pairs:.1%}).\n")
    print("| From | Pairs right | Pairs found | Linked right | Linked found | Wrong |")
    print("|---|---|---|---|---|---|")
    scores = [scoring.judge(p.first, p.second).score for p in pairs]
    for threshold in THRESHOLDS:
        judged = [
            (scoring.judge(p.first, p.second, link_from=threshold), p) for p in pairs
        ]
        told = [p for p, score in zip(pairs, scores, strict=True) if score >= threshold]
        right = sum(truth[p.one - 1] == truth[p.other - 1] for p in told)
        edges = [
            (p.one, p.other)
            for verdict, p in sorted(judged, key=lambda each: -each[0].score)
            if verdict.reason
        ]
        linked, wrong = linked_pairs(len(rows), edges, truth)
        print(
            f"| {threshold} | {share(right, len(told))} | {share(right, true_pairs)}"
            f" | {share(linked - wrong, linked)} | {share(linked - wrong, true_pairs)}"
            f" | {wrong} of {linked:,} |"
        )
    return None


def linked_pairs(
    size: int, edges: list[tuple[int, int]], truth: list[str]
) -> tuple[int, int]:
    """All pairs of rows that end in one group, and how many of them are strangers."""
    ones, others = [edge[0] for edge in edges], [edge[1] for edge in edges]
    groups, _ = grouped(Groups(size), ones, others)
    together: dict[object, list[int]] = defaultdict(list)
    right: dict[object, list[int]] = defaultdict(list)
    for row in {row for edge in edges for row in edge}:
        together[groups.root(row)].append(row)
        right[groups.root(row), truth[row - 1]].append(row)
    return pairs_of(together), pairs_of(together) - pairs_of(right)


def share(part: int, whole: int) -> str:
    return f"{part / whole:.4f}" if whole else "–"


def timed(
    name: str,
    on: psycopg.Connection,
    blocked: float,
    truth: list[str],
    true_pairs: int,
) -> None:
    begun = time.perf_counter()
    count, edges = 0, []
    for pair in blocking.compared(on):
        count += 1
        if scoring.judge(pair.first, pair.second).reason:
            edges.append((pair.one, pair.other))
    scored = time.perf_counter() - begun
    linked, wrong = linked_pairs(len(truth), edges, truth)
    print(f"\n## {name}\n")
    print(f"{blocked:.0f} s to find {count:,} pairs, {scored:.0f} s to score them.")
    print(f"{true_pairs:,} true pairs; linked {linked:,}, of which {wrong} wrong.")


def all_people(paths: list[Path], count: int) -> Iterator[tuple[str, list[Row]]]:
    for path in paths:
        yield from people(path).items()
    if count:
        yield from generated(count).items()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("csv", nargs="*", type=Path)
    parser.add_argument("--generated", type=int, default=0, metavar="ROWS")
    given = parser.parse_args()
    started = servers.ensure(VAR, unsafe=False)
    try:
        with psycopg.connect(started.url("postgres", user="postgres")) as on:
            for name, rows in all_people(given.csv, given.generated):
                measure(name, rows, on)
    finally:
        servers.stop(VAR)
    return 0


if __name__ == "__main__":
    sys.exit(main())
