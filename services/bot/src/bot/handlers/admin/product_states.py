"""What admins are asked about products."""

from __future__ import annotations

from aiogram.fsm.state import State, StatesGroup


class NewProduct(StatesGroup):
    sku = State()
    name = State()
    description = State()
    price = State()
    stock = State()
    confirmation = State()


class ChangedProduct(StatesGroup):
    value = State()


class ProductImport(StatesGroup):
    file = State()
