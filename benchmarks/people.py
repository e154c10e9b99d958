"""Telling people of one name apart: our figures beside those of simple methods, on the recorded ACL Anthology sample."""

import argparse
import gzip
import json
import os
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import msgspec

CLONE = Path(__file__).parents[1]
RECORDED = Path(os.environ.get("DIGEST_RECORDED") or CLONE / "../shared/data") / "acl"
SAMPLE = "acl_sample.jsonl.gz"
GOLD = "gold_homonyms_dev.json"


def record_line(item: Mapping[str, Any]) -> dict[str, Any]:
    """Convert a line of the sample to one of our record lines; no id of a person is taken over."""
    line = {
        "id": f"url:aclanthology.org/{item['id']}",
        "title": item["title"],
        "authors": [{"name": author["name"]} for author in item["authors"]],
        "abstract": item["abstract"],
        "published": date(item["year"], 1, 1).isoformat(),
        "journal_ref": item["booktitle"],
        "doi": item["doi"],
    }
    return {key: value for key, value in line.items() if value}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--lines", type=Path)
    a = parser.parse_args()
    with gzip.open(RECORDED / SAMPLE, "rt") as f, a.lines.open("w") as o:
        for l in f:
            o.write(json.dumps(record_line(json.loads(l))) + "\n")


if __name__ == "__main__":
    main()
