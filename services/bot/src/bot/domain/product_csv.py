"""The products as a table that spreadsheets open: written, and read again, line by line."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Literal

from bot.domain.money import Money, parse_price
from bot.domain.products import Product, parse_description, parse_name, parse_sku, parse_stock

COLUMNS = ("sku", "name", "description", "price", "stock", "hidden")
LARGEST_FILE = 5 * 1024 * 1024  # bytes
MOST_LINES = 20_000

_CHUNK = 1000  # lines
_HIDDEN = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}
#: By which spreadsheets know that it is UTF-8.
_BYTE_ORDER_MARK = "\N{ZERO WIDTH NO-BREAK SPACE}"

Fault = Literal["sku", "name", "description", "price", "stock", "hidden", "fields", "twice", "quotes"]


class NotText(Exception):
    """The file is not UTF-8."""


class TooManyLines(Exception): ...


class WrongColumns(Exception):
    def __init__(self, missing: Sequence[str], unknown: Sequence[str], repeated: Sequence[str]) -> None:
        super().__init__(missing, unknown, repeated)
        self.missing = missing
        self.unknown = unknown
        self.repeated = repeated


@dataclass(frozen=True, slots=True)
class ProductLine:
    """What a line says of a product. None leaves that as it is; a new product must have a price."""

    #: In the file, where the line begins.
    number: int
    sku: str
    name: str
    description: str | None
    price: Money | None
    stock: int | None
    is_hidden: bool | None


@dataclass(frozen=True, slots=True)
class Problem:
    fault: Fault
    #: What the file says.
    value: str = ""
    #: How many fields there are, or in which line the SKU was before.
    number: int = 0


@dataclass(frozen=True, slots=True)
class BadLine:
    number: int
    problems: Sequence[Problem]


@dataclass(frozen=True, slots=True)
class Chunk:
    """The next of the file."""

    #: How many lines have been read with this chunk, the header not counted.
    read: int
    lines: Sequence[ProductLine]
    bad_lines: Sequence[BadLine]


@dataclass(frozen=True, slots=True)
class Imported:
    added: int
    changed: int
    unchanged: int


def header() -> str:
    """Before the lines of a file."""
    return _BYTE_ORDER_MARK + _written([COLUMNS])


def written(products: Iterable[Product], currency: str) -> str:
    """Lines of a file. A price in another currency is left out: read again, it would become one in this."""
    return _written(
        (
            product.sku,
            product.name,
            product.description,
            product.price.plain if product.price.currency == currency else "",
            str(product.stock),
            "yes" if product.is_hidden else "no",
        )
        for product in products
    )


class ProductFile:
    """Raises NotText, WrongColumns."""

    def __init__(self, content: bytes, currency: str) -> None:
        text = _decoded(content)
        self._currency = currency
        # Strict, or all that follows a quotation mark too many would be one field.
        self._reader = csv.reader(
            io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True, skipinitialspace=True
        )
        self._columns = self._read_header()
        self._header_ends = self._reader.line_num
        #: How many there are, the header not counted.
        self.lines = max(0, _count_lines(text) - self._header_ends)
        self._numbers: dict[str, int] = {}

    def chunks(self) -> Iterator[Chunk]:
        """All of the file. Raises TooManyLines."""
        found = 0
        entries = self._entries()
        while chunk := list(islice(entries, _CHUNK)):
            checked = [entry for entry in chunk if entry is not None]
            found += len(checked)
            if found > MOST_LINES:
                raise TooManyLines
            yield Chunk(
                self._reader.line_num - self._header_ends,
                [entry for entry in checked if isinstance(entry, ProductLine)],
                [entry for entry in checked if isinstance(entry, BadLine)],
            )

    def _read_header(self) -> list[str]:
        try:
            fields = next((fields for fields in self._reader if any(fields)), [])
        except csv.Error:
            fields = []
        columns = [field.strip().lower() for field in fields]
        missing = [name for name in COLUMNS if name not in columns]
        unknown = sorted(set(columns) - set(COLUMNS))
        repeated = [name for name in COLUMNS if columns.count(name) > 1]
        if missing or unknown or repeated:
            raise WrongColumns(missing, unknown, repeated)
        return columns

    def _entries(self) -> Iterator[ProductLine | BadLine | None]:
        """None for an empty line."""
        while True:
            number = self._reader.line_num + 1
            try:
                fields = next(self._reader)
            except StopIteration:
                return
            except csv.Error:  # nobody can tell where the next line begins
                yield BadLine(number, [Problem("quotes")])
                return
            yield self._entry(number, fields) if any(field.strip() for field in fields) else None

    def _entry(self, number: int, fields: list[str]) -> ProductLine | BadLine:
        if len(fields) != len(COLUMNS):
            return BadLine(number, [Problem("fields", number=len(fields))])
        given = {name: field.strip() for name, field in zip(self._columns, fields, strict=True)}
        sku, name = parse_sku(given["sku"]), parse_name(given["name"])
        description = parse_description(given["description"])
        price, stock = _price(given["price"], self._currency), parse_stock(given["stock"])
        hidden = _HIDDEN.get(given["hidden"].lower())
        read = {"sku": sku, "name": name, "description": description, "price": price, "stock": stock, "hidden": hidden}
        problems = [
            Problem(column, given[column])
            for column in ("sku", "name", "description", "price", "stock", "hidden")
            if read[column] is None and (given[column] or column in ("sku", "name"))
        ]
        if sku is not None and (before := self._numbers.setdefault(sku, number)) != number:
            problems.append(Problem("twice", sku, before))
        if problems or sku is None or name is None:
            return BadLine(number, problems)
        return ProductLine(number, sku, name, description or None, price, stock, hidden)


def _written(rows: Iterable[Iterable[str]]) -> str:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue()


def _decoded(content: bytes) -> str:
    try:
        text = content.decode().removeprefix(_BYTE_ORDER_MARK)
    except UnicodeDecodeError:
        raise NotText from None
    if "\0" in text:  # UTF-16, or no text at all
        raise NotText
    return text


def _delimiter(text: str) -> str:
    first = re.search(r"[^\r\n]+", text)
    return ";" if first and first[0].count(";") > first[0].count(",") else ","


def _count_lines(text: str) -> int:
    ends = text.count("\n") + text.count("\r") - text.count("\r\n")
    return ends if text.endswith(("\n", "\r")) else ends + 1


def _price(text: str, currency: str) -> Money | None:
    try:
        return parse_price(text, currency)
    except ValueError:
        return None
