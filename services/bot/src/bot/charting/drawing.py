"""A picture that can be read on a phone, in light and in dark chats: large, few words, a background of its own.

Only the process that draws imports this.
"""

from __future__ import annotations

import io
from itertools import cycle
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine

from bot.domain.charts import Chart, Panel

SIDE = 1080  # pixels; Telegram keeps up to 1280
DPI = 100
#: In points of 1/72 inch; a phone shows them at about a quarter of their pixels.
TITLE, TOTAL, LABEL = 32, 28, 24

BACKGROUND, GRID, TEXT, FAINT = "#1c2733", "#3a4857", "#f4f7fa", "#c3ced9"
COLOURS = ("#4fb3ff", "#ffb454")

_STYLE: dict[Any, Any] = {
    "font.family": "DejaVu Sans",  # comes with matplotlib, and has every letter and currency sign of our languages
    "font.size": LABEL,
    "text.parse_math": False,  # a dollar is a dollar
    "text.color": TEXT,
    "axes.titlecolor": TEXT,
    "axes.facecolor": BACKGROUND,
    "figure.facecolor": BACKGROUND,
    "xtick.color": FAINT,
    "ytick.color": FAINT,
}


def png(chart: Chart) -> bytes:
    picture = io.BytesIO()
    drawn(chart).savefig(picture, format="png")
    return picture.getvalue()


def drawn(chart: Chart) -> Figure:
    with mpl.rc_context(_STYLE):
        figure = Figure((SIDE / DPI, SIDE / DPI), DPI, layout=ConstrainedLayoutEngine(w_pad=0.3, h_pad=0.3))
        ratios = [3, *[2] * (len(chart.panels) - 1)]
        column = figure.subplots(len(ratios), 1, sharex=True, squeeze=False, height_ratios=ratios)[:, 0]
        for axes, panel, colour in zip(column, chart.panels, cycle(COLOURS), strict=False):
            _draw(axes, panel, colour, chart.empty)
        column[-1].set_xticks([tick.at for tick in chart.days], [tick.label for tick in chart.days])
    return figure


def _draw(axes: Axes, panel: Panel, colour: str, empty: str) -> None:
    days = range(len(panel.values))
    axes.bar(days, panel.values, width=0.72, color=colour, zorder=2)
    axes.set_title(panel.title, loc="left", fontsize=TITLE, fontweight="bold", pad=22)
    axes.set_title(panel.total, loc="right", fontsize=TOTAL, color=colour, pad=22)
    axes.set_xlim(-0.7, len(panel.values) - 0.3)
    axes.set_ylim(0, (panel.ticks[-1].at or 1) * 1.02)
    axes.set_yticks([tick.at for tick in panel.ticks], [tick.label for tick in panel.ticks])
    axes.grid(axis="y", color=GRID, linewidth=2, zorder=1)
    axes.set_axisbelow(True)
    axes.spines[:].set_visible(False)
    axes.axhline(0, color=FAINT, linewidth=3, zorder=3, clip_on=False)
    axes.tick_params("x", length=0, pad=20)
    axes.tick_params("y", length=0, pad=14)
    if not any(panel.values):
        axes.text(0.5, 0.5, empty, transform=axes.transAxes, ha="center", va="center", color=FAINT)
