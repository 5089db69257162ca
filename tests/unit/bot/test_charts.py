from __future__ import annotations

import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import combinations, pairwise
from zoneinfo import ZoneInfo

import pytest
from babel.numbers import list_currencies
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.figure import Figure
from matplotlib.font_manager import findfont
from matplotlib.ft2font import FT2Font
from matplotlib.text import Text
from matplotlib.transforms import Bbox
from PIL import Image

from bot.charting.drawing import SIDE, drawn, png
from bot.charting.encoding import decode, encode
from bot.domain.charts import scale
from bot.domain.languages import LANGUAGES
from bot.domain.money import Money
from bot.domain.statistics import DAYS, Figures, Statistics, last_dates
from bot.views.admin import stats
from bot.views.formatting import short_money, unescaped_money
from bot.views.translations import Translations

UTC_ZONE = ZoneInfo("UTC")
LONGEST_CAPTION = 1024  # characters, in Telegram

#: Orders of a day, and the price of each in minor units.
SALES = {
    "none": ([0] * DAYS, 0),
    "one": ([0] * (DAYS - 1) + [1], 1290),
    "cents": ([1, 2, 3] * 10, 3),
    "a few": ([0, 1, 3, 2, 7, 4] * 5, 1290),
    "many": ([830, 1200, 999] * 10, 4999),
    "very many": ([83_000, 120_001, 99_999] * 10, 100_000_000_000),
}


@pytest.fixture(params=LANGUAGES)
def language(i18n: Translations, request: pytest.FixtureRequest) -> Iterator[str]:
    with i18n.use_locale(request.param):
        yield request.param


def statistics(name: str, currency: str = "EUR") -> Statistics:
    orders, price = SALES[name]
    dates = last_dates(datetime(2026, 11, 23, tzinfo=UTC), UTC_ZONE)
    return Statistics(1234, dates, [Figures(2, count, Money(count * price, currency)) for count in orders])


def texts(figure: Figure) -> dict[str, Bbox]:
    """What can be read, and where."""
    figure.draw_without_rendering()
    shown = [text for text in figure.findobj(lambda artist: isinstance(artist, Text)) if text.get_visible()]
    places = [(text.get_text(), text.get_window_extent()) for text in shown if isinstance(text, Text)]
    return {f"{number} {text}": place for number, (text, place) in enumerate(places) if text}


@given(st.integers(0, 10**20), st.integers(2, 10))
def test_a_scale_holds_the_highest_value_in_a_few_round_steps(highest: int, steps: int) -> None:
    at = scale(highest, steps)
    assert at[0] == 0
    assert at[-1] >= highest
    assert at[-1] - at.step < max(highest, 1)
    assert len(at) <= steps + 1
    assert str(at.step).rstrip("0") in ("1", "2", "5")


@pytest.mark.parametrize("sales", SALES)
def test_a_chart_comes_through_json_as_it_is(sales: str) -> None:
    chart = stats.chart(statistics(sales))
    assert decode(json.loads(json.dumps(encode(chart)))) == chart


@pytest.mark.parametrize("sales", SALES)
def test_no_text_covers_another_or_leaves_the_picture(language: str, sales: str) -> None:
    # No language has a sign for francs, so their labels are among the longest.
    places = texts(drawn(stats.chart(statistics(sales, "CHF"))))
    for text, place in places.items():
        assert place.x0 >= 0 <= place.y0, text
        assert place.x1 <= SIDE >= place.y1, text
    for (text, place), (other, elsewhere) in combinations(places.items(), 2):
        assert not place.overlaps(elsewhere), (text, other)


def test_the_picture_has_a_background_of_its_own() -> None:
    with Image.open(io.BytesIO(png(stats.chart(statistics("a few"))))) as picture:
        assert (picture.format, picture.size) == ("PNG", (SIDE, SIDE))
        assert picture.convert("RGBA").getchannel("A").getextrema() == (255, 255)


def test_the_font_has_every_currency_sign(language: str) -> None:
    known = set(FT2Font(findfont("DejaVu Sans")).get_charmap())
    for currency in list_currencies():
        value = Money(123_456_789, currency)
        assert {ord(sign) for sign in unescaped_money(value) + short_money(value)} <= known, currency


def test_a_scale_of_money_is_short(i18n: Translations) -> None:
    amounts = (0, 50, 100, 150_000, 2_000_000, 100_000_000)
    labels = {
        "en": ["€0", "€0.50", "€1", "€1.5K", "€20K", "€1M"],
        "ru": ["0 €", "0,50 €", "1 €", "1,5 тыс. €", "20 тыс. €", "1 млн €"],
        "de": ["0 €", "0,50 €", "1 €", "1.500 €", "20.000 €", "1 Mio. €"],
    }
    for language, expected in labels.items():
        with i18n.use_locale(language):
            assert [stats.tick(Money(amount, "EUR")).replace("\xa0", " ") for amount in amounts] == expected


@pytest.mark.parametrize("sales", SALES)
def test_values_on_a_scale_have_labels_of_their_own(language: str, sales: str) -> None:
    for panel in stats.chart(statistics(sales)).panels:
        for tick, following in pairwise(panel.ticks):
            assert tick.at < following.at
            assert tick.label != following.label


@pytest.mark.parametrize("sales", SALES)
def test_the_caption_fits_below_a_picture(language: str, sales: str) -> None:
    assert len(stats.stats(statistics(sales), UTC_ZONE)) <= LONGEST_CAPTION // 2
