from __future__ import annotations

import pytest

from bot.views.callback_data import ChooseZone
from bot.views.settings import ZONES
from emulator.client import Person
from tests.integration.bot.shop.conftest import Shop
from tests.integration.bot.shop.looking import labels


def stored(shop: Shop, person: Person) -> object:
    return shop.value("SELECT settings::text FROM users WHERE id = $1", person.id)


def test_a_choice_is_kept_and_marked(shop: Shop, customer: Person) -> None:
    assert "Language: English" in customer.ask("/settings")
    shop.push(customer, "Language")
    assert "✓ As in Telegram" in labels(customer)
    assert "Language: English" in shop.push(customer, "English")
    shop.push(customer, "Language")
    assert "✓ English" in labels(customer)
    assert stored(shop, customer) == '{"language": "en"}'


def test_notifications_are_switched_off_and_on(shop: Shop, customer: Person) -> None:
    assert "Order notifications: on" in customer.ask("/settings")
    assert "Order notifications: off" in shop.push(customer, "Turn notifications off")
    assert stored(shop, customer) == '{"order_notifications": false}'
    assert "Order notifications: on" in shop.push(customer, "Turn notifications on")


def test_the_time_zone_is_chosen_by_region(shop: Shop, customer: Person) -> None:
    customer.ask("/settings")
    shop.push(customer, "Time zone")
    shop.push(customer, "Asia")
    [tokyo] = [label for label in labels(customer) if label.startswith("Tokyo")]
    assert "Time zone: Tokyo, " in shop.push(customer, tokyo)
    shop.push(customer, "Time zone")
    assert "Time zone: UTC, " in shop.push(customer, "As the shop")


def test_what_is_not_known_in_the_settings_is_kept(shop: Shop, customer: Person) -> None:
    customer.ask("/start")
    shop.sql("""UPDATE users SET settings = '{"language": 7, "theme": {"dark": [1]}}' WHERE id = $1""", customer.id)
    assert "Language: English" in customer.ask("/settings")
    shop.push(customer, "Turn notifications off")
    assert stored(shop, customer) == '{"theme": {"dark": [1]}, "language": 7, "order_notifications": false}'


@pytest.mark.parametrize("kept", ["[]", "7", "null", '"x"', '{"time_zone": "../etc", "order_notifications": "no"}'])
def test_settings_that_make_no_sense_count_as_none(shop: Shop, customer: Person, kept: str) -> None:
    customer.ask("/start")
    shop.sql("UPDATE users SET settings = $2::text::jsonb WHERE id = $1", customer.id, kept)
    shown = customer.ask("/settings")
    assert "Time zone: UTC, " in shown
    assert "Order notifications: on" in shown
    assert "Order notifications: off" in shop.push(customer, "Turn notifications off")
    assert "Order notifications: off" in customer.ask("/settings")


@pytest.mark.parametrize(
    "data",
    ["language:xx", "language:", "zone:Mars/Olympus", "zone:../../etc/passwd", "zones:moon", "notify:2", "zone:"],
)
def test_forged_choices_change_nothing_that_matters(shop: Shop, customer: Person, data: str) -> None:
    shop.tap(customer, data)
    assert "Language: English" in customer.ask("/settings")
    assert shop.failed() == []


def test_somebody_who_chooses_before_start_is_remembered(shop: Shop, customer: Person) -> None:
    customer.ask("/settings")
    shop.push(customer, "Turn notifications off")
    assert "0 orders" in customer.ask("/profile")


def test_every_zone_that_is_offered_fits_into_a_button() -> None:
    for names in ZONES.values():
        for name in names:
            assert len(ChooseZone(name=name).pack().encode()) <= 64
