"""Whatever a file holds, it is read to rows and to errors that name their lines."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.money import HIGHEST_PRICE, Money
from bot.domain.product_csv import (
    COLUMNS,
    MOST_LINES,
    BadLine,
    NotText,
    Problem,
    ProductFile,
    ProductLine,
    TooManyLines,
    WrongColumns,
    header,
    written,
)
from bot.domain.products import MOST_STOCK, Product, ProductId, one_line, parse_description, parse_name, parse_stock
from bot.views.admin import product_csv as views

HEADER = ",".join(COLUMNS)

SKUS = st.from_regex(r"[A-Z0-9][A-Z0-9_-]{0,31}", fullmatch=True)
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\r"), max_size=60)
PRODUCTS = st.builds(
    Product,
    st.integers(1, 2**62).map(ProductId),
    SKUS,
    TEXTS.map(one_line).filter(bool),
    TEXTS.map(str.strip),
    st.builds(Money, st.integers(0, HIGHEST_PRICE), st.just("EUR")),
    st.integers(0, MOST_STOCK),
    st.booleans(),
)


def read(content: bytes | str) -> tuple[list[ProductLine], list[BadLine]]:
    file = ProductFile(content if isinstance(content, bytes) else content.encode(), "EUR")
    chunks = list(file.chunks())
    assert [chunk.read for chunk in chunks] == sorted(chunk.read for chunk in chunks)
    assert all(chunk.read <= file.lines for chunk in chunks)
    return [line for chunk in chunks for line in chunk.lines], [bad for chunk in chunks for bad in chunk.bad_lines]


def problems(*lines: str) -> list[BadLine]:
    return read("\n".join([HEADER, *lines]))[1]


def problem(line: str) -> Problem:
    """The only one."""
    found = problems(line)
    assert [bad.number for bad in found] == [2]
    assert len(found[0].problems) == 1
    return found[0].problems[0]


def check(content: bytes) -> None:
    """It is read, or refused with words for whoever has sent it."""
    refusal = None
    lines: list[ProductLine] = []
    bad_lines: list[BadLine] = []
    try:
        lines, bad_lines = read(content)
    except (NotText, TooManyLines, WrongColumns) as error:
        refusal = views.refused(error).text
    assert refusal is None or 0 < len(refusal) < 4096
    numbers = [line.number for line in lines] + [bad.number for bad in bad_lines]
    assert len(set(numbers)) == len(numbers)
    assert all(bad.problems for bad in bad_lines)
    assert len({line.sku for line in lines}) == len(lines)
    for line in lines:
        assert parse_name(line.name) == line.name
        assert line.description is None or parse_description(line.description) == line.description
        assert line.stock is None or parse_stock(str(line.stock)) == line.stock
    assert len(views.bad_lines(bad_lines, "EUR").text) < 4096


@given(st.binary(max_size=200))
def test_any_bytes_are_read(content: bytes) -> None:
    check(content)


@given(st.binary(max_size=200))
def test_any_bytes_below_a_header_are_read(content: bytes) -> None:
    check(f"{HEADER}\n".encode() + content)


@given(st.text(st.sampled_from("a1,;\"'\n\r\t -.é\u2028"), max_size=100), st.sampled_from(",;"))
def test_any_table_is_read(text: str, delimiter: str) -> None:
    check((delimiter.join(COLUMNS) + "\r\n" + text).encode())


@given(
    st.lists(st.lists(TEXTS | SKUS | st.sampled_from(["", "1", "4.50", "yes"]), min_size=5, max_size=7), max_size=40)
)
def test_any_fields_are_read(rows: list[list[str]]) -> None:
    text = io.StringIO()
    csv.writer(text).writerows([COLUMNS, *rows])
    check(text.getvalue().encode())


@given(st.lists(PRODUCTS, max_size=20, unique_by=lambda product: product.sku))
def test_what_was_written_is_read_again(products: list[Product]) -> None:
    lines, bad_lines = read(header() + written(products, "EUR"))
    assert not bad_lines
    assert [
        (line.sku, line.name, line.description or "", line.price, line.stock, line.is_hidden) for line in lines
    ] == [
        (product.sku, product.name, product.description, product.price, product.stock, product.is_hidden)
        for product in products
    ]


def test_a_price_in_another_currency_is_not_written() -> None:
    product = Product(ProductId(1), "TEA", "Tea", "", Money(450, "USD"), 3)
    assert written([product], "EUR") == "TEA,Tea,,,3,no\r\n"
    assert written([product], "USD") == "TEA,Tea,,4.50,3,no\r\n"


def test_spreadsheets_know_that_it_is_utf_8() -> None:
    assert header().encode() == b"\xef\xbb\xbfsku,name,description,price,stock,hidden\r\n"


def test_what_is_left_empty_stays_as_it_is() -> None:
    assert read(f"{HEADER}\ntea , Green tea ,,,,\n")[0] == [ProductLine(2, "TEA", "Green tea", None, None, None, None)]


def test_columns_stand_in_any_order_and_with_semicolons() -> None:
    text = '\ufeff\r\nHidden;Price;SKU;Stock;Name;Description\r\nyes;4,5;tea;3;Green, tea;"From; Uji"\r\n'
    assert read(text)[0] == [ProductLine(3, "TEA", "Green, tea", "From; Uji", Money(450, "EUR"), 3, True)]


@pytest.mark.parametrize(("said", "meant"), [("YES", True), ("true", True), ("1", True), ("No", False), ("0", False)])
def test_hidden_is_yes_or_no(said: str, meant: bool) -> None:
    assert read(f"{HEADER}\nTEA,Tea,,4,3,{said}")[0][0].is_hidden is meant


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (",Tea,,4,3,no", Problem("sku")),
        ("-tea,Tea,,4,3,no", Problem("sku", "-tea")),
        (f"{'A' * 33},Tea,,4,3,no", Problem("sku", "A" * 33)),
        ("TEA,,,4,3,no", Problem("name")),
        (f"TEA,{'n' * 101},,4,3,no", Problem("name", "n" * 101)),
        (f"TEA,Tea,{'d' * 1001},4,3,no", Problem("description", "d" * 1001)),
        ("TEA,Tea,,cheap,3,no", Problem("price", "cheap")),
        ("TEA,Tea,,-1,3,no", Problem("price", "-1")),
        ("TEA,Tea,,4.505,3,no", Problem("price", "4.505")),
        ("TEA,Tea,,1000000000.01,3,no", Problem("price", "1000000000.01")),
        ("TEA,Tea,,4,many,no", Problem("stock", "many")),
        ("TEA,Tea,,4,1000000001,no", Problem("stock", "1000000001")),
        ("TEA,Tea,,4,٣,no", Problem("stock", "٣")),
        ("TEA,Tea,,4,3,perhaps", Problem("hidden", "perhaps")),
        ("TEA,Tea,,4,3", Problem("fields", number=5)),
        ("TEA,Tea,,4,3,no,", Problem("fields", number=7)),
        ('TEA,"Tea,,4,3,no', Problem("quotes")),
        ('TEA,"Te"a,,4,3,no', Problem("quotes")),
        (f"TEA,{'n' * 200_000},,4,3,no", Problem("quotes")),
    ],
)
def test_a_wrong_value_is_named(line: str, expected: Problem) -> None:
    assert problem(line) == expected
    assert "\nLine 2: " in views.bad_lines(problems(line), "EUR").text


def test_all_that_is_wrong_with_a_line_is_named() -> None:
    assert problems("?,,,x,y,z") == [
        BadLine(
            2,
            [
                Problem("sku", "?"),
                Problem("name"),
                Problem("price", "x"),
                Problem("stock", "y"),
                Problem("hidden", "z"),
            ],
        )
    ]


def test_lines_are_counted_as_an_editor_shows_them() -> None:
    found = problems("", '"A","two\r\nlines","three\n\nlines",1,1,no', ",,,,,", "B,bad,,x,1,no")
    assert [bad.number for bad in found] == [8]


def test_a_sku_that_comes_again_names_both_lines() -> None:
    found = problems("TEA,Tea,,4,3,no", "MUG,Mug,,4,3,no", "tea,Other tea,,4,3,no")
    assert found == [BadLine(4, [Problem("twice", "TEA", 2)])]
    assert "Line 4: TEA is in line 2 already." in views.bad_lines(found, "EUR").text


def test_no_more_bad_lines_are_listed_than_fit() -> None:
    found = problems(*(f"TEA-{number},Tea,,cheap,3,no" for number in range(100)))
    text = views.bad_lines(found, "EUR").text
    assert "Line 31: " in text
    assert "Line 32: " not in text
    assert "and 70 more bad lines" in text


@pytest.mark.parametrize("value", ["&" * 100, "<b>" * 40, "😀" * 100])
def test_the_message_stays_short_whatever_is_in_the_lines(value: str) -> None:
    found = problems(*(f"{value},{value * 40},{value * 40},{value},{value},{value}" for _ in range(100)))
    text = views.bad_lines(found, "EUR").text
    assert len(text) < 4096
    assert "more bad lines" in text


@pytest.mark.parametrize(
    "content", [b"\xff\xfes\0k\0u\0", b"s\0k\0u\0", HEADER.encode() + b"\nTEA,Gr\xfcner Tee,,4,3,no"]
)
def test_another_encoding_is_refused(content: bytes) -> None:
    with pytest.raises(NotText):
        ProductFile(content, "EUR")


@pytest.mark.parametrize(
    ("first", "missing", "unknown", "repeated"),
    [
        ("", list(COLUMNS), [], []),
        ("sku,name,description,stock,hidden", ["price"], [], []),
        (f"{HEADER},colour", [], ["colour"], []),
        (f"{HEADER},SKU", [], [], ["sku"]),
        ('"sku', list(COLUMNS), [], []),
    ],
)
def test_a_wrong_header_is_told(first: str, missing: list[str], unknown: list[str], repeated: list[str]) -> None:
    with pytest.raises(WrongColumns) as raised:
        ProductFile(f"{first}\nTEA,Tea,,4,3,no".encode() if first else b"", "EUR")
    assert (raised.value.missing, raised.value.unknown, raised.value.repeated) == (missing, unknown, repeated)
    text = views.refused(raised.value).text
    assert all(name in text for name in [*missing, *unknown, *repeated])


def test_so_many_lines_are_read_and_no_more() -> None:
    lines = [f"TEA-{number},Tea,,4,3,no" for number in range(MOST_LINES)]
    assert len(read("\n".join([HEADER, *lines, "", ",,,,,"]))[0]) == MOST_LINES
    with pytest.raises(TooManyLines):
        read("\n".join([HEADER, *lines, "MUG,Mug,,4,3,no"]))
