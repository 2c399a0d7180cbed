"""What a change of level would do, in the words of the dial's page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from retail.channels import Feature, Level
from retail.channels.models import RunKind
from retail.channels.switching.preview import preview
from retail.customers.models import LinkReason
from retail.office import words

MOST = 8  # pairs of people that are shown


def previewed(level: str) -> dict[str, Any]:
    """`preview` with its slugs told. Where data moves it reads every open row."""
    found = preview(Level(level))
    join = found["kind"] == RunKind.JOIN
    joined: Mapping[str, int] = found["joined"]
    return found | {
        "join": join,
        "changes": [
            {
                "feature": Feature(name),
                "before": words.MEANS[name][change["before"]],
                "after": words.MEANS[name][change["after"]],
            }
            for name, change in found["features"].items()
        ],
        "goes_on": [
            {"name": name, "n": joined[slug], "becomes": joins if join else parts}
            for slug, (name, joins, parts) in words.JOINED.items()
            if joined.get(slug)
        ],
        "people": _people(found["customers"]) if found["customers"] else None,
        "takes": words.lasting(found["estimate"].get("seconds", 0)),
        "pause": words.lasting(found["estimate"].get("pause_seconds", 0)),
        "total": sum(sum(tables.values()) for tables in found["rows"].values()),
        "for_good": [words.FOR_GOOD[slug] for slug in found["cannot_be_undone"]],
        "in_the_way": [
            {"title": words.BLOCKS.get(block["slug"], ""), "says": block["says"]}
            for block in found["blocks"]
        ],
    }


def _people(told: Mapping[str, Any]) -> dict[str, Any]:
    """{"links": [(reason, rows)], "rows", "people", "doubts", "pairs", "doubtful"}."""
    links = [(LinkReason(slug).label, n) for slug, n in told["certain"].items() if n]
    if told["scored"]:
        links.append((LinkReason.SCORE.label, told["scored"]))
    return {
        "links": links,
        "rows": sum(n for _, n in links),
        "people": told["people"],
        "doubts": told["doubts"],
        "pairs": _pairs(told["examples"]),
        "doubtful": _pairs(told["doubt_examples"]),
    }


def _pairs(examples: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [
        {
            "one": each["one"],
            "other": each["other"],
            "score": each["score"],
            "reason": LinkReason(each["reason"]).label if each["reason"] else "",
            "agree": [
                words.SIGNS[sign["rule"]]
                for sign in each["reasons"]
                if sign["weight"] > 0 and sign["rule"] in words.SIGNS
            ],
            "differ": [
                words.SIGNS[sign["rule"]]
                for sign in each["reasons"]
                if sign["weight"] < 0 and sign["rule"] in words.SIGNS
            ],
        }
        for each in list(examples)[:MOST]
    ]
