"""A chart as JSON."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from bot.domain.charts import Chart, Panel, Tick


def encode(chart: Chart) -> dict[str, Any]:
    return asdict(chart)


def decode(given: dict[str, Any]) -> Chart:
    panels = [Panel(**panel | {"ticks": _ticks(panel["ticks"])}) for panel in given["panels"]]
    return Chart(panels, _ticks(given["days"]), given["empty"])


def _ticks(given: list[dict[str, Any]]) -> list[Tick]:
    return [Tick(**tick) for tick in given]
