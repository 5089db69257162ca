"""An admin takes the products out as a file and brings them back: all of it, or nothing."""

from __future__ import annotations

import asyncio
import json
import signal
import urllib.request
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from asyncpg import Connection, Record

from emulator.client import Person
from tests.integration.bot.processes import TOKEN
from tests.integration.bot.shop.conftest import OWNER, Shop
from tests.waiting import wait_for

HEADER = "sku,name,description,price,stock,hidden"
COLUMNS = "sku, name, description, price, currency, stock, is_hidden"


@pytest.fixture
def owner(owner: Person) -> Person:
    """Who has read what earlier tests have left."""
    owner.read(wait=0)
    return owner


@pytest.fixture(autouse=True)
def no_products(shop: Shop) -> None:
    shop.sql("DELETE FROM products")


def products(shop: Shop) -> list[tuple[Any, ...]]:
    return shop.sql(f"SELECT {COLUMNS} FROM products ORDER BY sku")


def send(person: Person, *lines: str, name: str = "products.csv") -> str:
    """Below the header; what the bot says in the end."""
    return send_content(person, "\n".join([HEADER, *lines]).encode(), name)


def send_content(person: Person, content: bytes, name: str = "products.csv") -> str:
    person.send_file(name, content)
    return read_import(person)[1]


def read_import(owner: Person) -> tuple[list[str], str]:
    """What was said of the progress, as far as it was seen, and the end."""
    progress: list[str] = []
    while found := owner.read():
        for answer in found:
            if not answer.text.startswith("Checked"):
                return progress, answer.text
            progress.append(answer.text)
    raise AssertionError(f"the import has not ended: {progress}")


def export(shop: Shop, owner: Person) -> bytes:
    owner.say("/products")
    owner.expect()
    owner.press("Export CSV")
    document = owner.expect().message["document"]
    assert document["file_name"] == "products.csv"
    return downloaded(shop, document["file_id"])


def downloaded(shop: Shop, file_id: str) -> bytes:
    with urllib.request.urlopen(f"{shop.emulator.url}/bot{TOKEN}/getFile?file_id={file_id}") as response:
        path = json.load(response)["result"]["file_path"]
    with urllib.request.urlopen(f"{shop.emulator.url}/file/bot{TOKEN}/{path}") as response:
        content: bytes = response.read()
    return content


def progress(shop: Shop, method: str, after: int) -> list[str]:
    """What the bot has told so, after the call of that number."""
    said = [call["parameters"].get("text", "") for call in shop.emulator.calls(method, after)]
    return [text for text in said if text.startswith("Checked")]


def test_products_are_added_and_changed(shop: Shop, owner: Person) -> None:
    shop.product("TEA", "Tea", 450, 10, description="From Uji")
    shop.product("MUG", "Mug", 900, 5)
    text = send(
        owner,
        "tea,Green <tea>,,5,,",
        "MUG,Mug,,9.00,5,no",
        'POT,"Pot, ""big""","two\r\nlines",20.5,,yes',
        "BAG,Bag,,1,3,",
    )
    assert "2 products added\n1 product changed\n1 product left as it was" in text
    assert products(shop) == [
        ("BAG", "Bag", "", 100, "EUR", 3, False),
        ("MUG", "Mug", "", 900, "EUR", 5, False),
        ("POT", 'Pot, "big"', "two\nlines", 2050, "EUR", 0, True),
        ("TEA", "Green <tea>", "From Uji", 500, "EUR", 10, False),
    ]


def test_only_what_changes_is_written(shop: Shop, owner: Person) -> None:
    shop.product("TEA")
    before = shop.sql("SELECT xmin::text, updated_at FROM products")
    assert "1 product left as it was" in send(owner, "TEA,Tea,,4.5,10,no")
    assert shop.sql("SELECT xmin::text, updated_at FROM products") == before
    assert "1 product changed" in send(owner, "TEA,Tea,,4.5,11,no")
    assert shop.sql("SELECT xmin::text, updated_at FROM products") != before


def test_what_was_exported_changes_nothing_when_it_is_imported(shop: Shop, owner: Person) -> None:
    shop.product("TEA", 'Green, "tea"; <b>', 450, 10, description="=1+1\nFrom\n\nUji, ❤")
    shop.product("MUG", "Mug", 0, 0, is_hidden=True)
    shop.product("COFFEE", "Coffee", 900, 3, currency="USD")
    before = products(shop)
    content = export(shop, owner)
    assert content.startswith(b"\xef\xbb\xbfsku,name,description,price,stock,hidden\r\n")
    assert b"\r\nCOFFEE,Coffee,,,3,no\r\n" in content  # a price of 9.00 would become one in euros
    assert "3 products left as they were" in send_content(owner, content)
    assert products(shop) == before


def test_many_are_exported(shop: Shop, owner: Person) -> None:
    shop.sql(
        """
        INSERT INTO products (sku, name, price, currency, stock)
        SELECT 'P-' || number, 'Product ' || number, number, 'EUR', number
        FROM generate_series(1, 2500) AS number
        """
    )
    lines = export(shop, owner).decode("utf-8-sig").splitlines()
    assert lines[0] == HEADER
    assert lines[1:] == [f"P-{n},Product {n},,{n / 100:.2f},{n},no" for n in range(1, 2501)]


def test_nothing_is_exported_as_a_header_alone(shop: Shop, owner: Person) -> None:
    assert export(shop, owner).decode("utf-8-sig") == f"{HEADER}\r\n"


def test_after_the_button_any_document_will_do(shop: Shop, owner: Person) -> None:
    owner.say("/products")
    owner.expect()
    owner.press("Import CSV")
    owner.expect("Send me the products as a CSV file")
    owner.say("here it comes")
    owner.expect("Please send the CSV file as a document.")
    assert "“4,5,6” is no price" in send(owner, 'TEA,Tea,,"4,5,6",,', name="products.txt")
    assert "1 product added" in send(owner, "TEA,Tea,,4,,", name="products.txt")
    owner.send_file("products.txt", HEADER.encode())
    owner.expect("I don't know that one.")


def test_not_now_and_cancel_end_the_waiting(shop: Shop, owner: Person) -> None:
    for leave in (lambda: owner.press("Not now"), lambda: owner.say("/cancel")):
        owner.say("/products")
        owner.expect()
        owner.press("Import CSV")
        owner.expect("Send me the products as a CSV file")
        leave()
        owner.expect()
        owner.send_file("products.txt", f"{HEADER}\nTEA,Tea,,4,,".encode())
        owner.expect("I don't know that one.")
    assert products(shop) == []


def test_a_file_in_the_middle_of_a_conversation_does_not_end_it(shop: Shop, owner: Person) -> None:
    owner.say("/products")
    owner.expect()
    owner.press("Add a product")
    owner.expect("What is the SKU")
    assert "1 product added" in send(owner, "TEA,Tea,,4,,", name="PRODUCTS.CSV")
    owner.say("tea")
    owner.expect("There is a product with the SKU TEA already.")
    owner.say("mug")
    owner.expect("What shall it be called?")
    owner.say("/cancel")
    owner.expect("Cancelled.")


def test_one_bad_line_and_nothing_is_stored(shop: Shop, owner: Person) -> None:
    shop.product("TEA")
    text = send(owner, "TEA,Tea,,5,,", 'MUG,Mug,"two\nlines",1,1,no', "", "POT,,,cheap,-1,perhaps", "tea,Tea,,5,,")
    assert "Nothing is stored" in text
    assert "Line 6: The name is missing. “cheap” is no price" in text
    assert "“-1” is no whole number up to 1,000,000,000." in text
    assert "“perhaps” is neither yes nor no." in text
    assert "Line 7: TEA is in line 2 already." in text
    assert products(shop) == [("TEA", "Tea", "", 450, "EUR", 10, False)]


def test_a_new_product_needs_a_price(shop: Shop, owner: Person) -> None:
    shop.product("TEA")
    text = send(owner, "TEA,Tea,,,7,", "MUG,Mug,,,7,", "?,Pot,,1,1,")
    assert "Line 3: The price is missing.\nLine 4: “?” is no SKU." in text
    assert "Line 2" not in text
    assert products(shop) == [("TEA", "Tea", "", 450, "EUR", 10, False)]


def test_thirty_bad_lines_are_listed(shop: Shop, owner: Person) -> None:
    text = send(owner, *(f"TEA-{number},Tea,,<cheap>,1,no" for number in range(2000)))
    assert "Line 31: “<cheap>” is no price in EUR" in text
    assert "Line 32: " not in text
    assert "and 1,970 more bad lines" in text


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (HEADER.encode(), "There is no product in that file."),
        (b"\r\n\r\n", "Missing: sku, name, description, price, stock, hidden"),
        (b"sku,name,colour,stock,hidden\nTEA,Tea,red,1,no", "Missing: description, price\nUnknown: “colour”"),
        (f"{HEADER},price\n".encode(), "Twice: price"),
        (b"<b>,&\n", "Unknown: “&”, “<b>”"),
        (",".join(f"c{n}" for n in range(100_000)).encode(), "…"),
        (f"{HEADER}\nTEA,Gr\xfcn,,1,1,no".encode("latin-1"), "That file is not text in UTF-8."),
        (f"{HEADER}\nTEA,Tea,,1,1,no".encode("utf-16"), "That file is not text in UTF-8."),
        (f"{HEADER}\nTEA,T\0a,,1,1,no".encode(), "That file is not text in UTF-8."),
        (b"PK\x03\x04\x00\x00", "That file is not text in UTF-8."),
        (f'{HEADER}\nTEA,"Tea,,1,1,no\n'.encode(), "Line 2: From here on the quotation marks do not match."),
        (f"{HEADER}\nTEA,{'n' * 200_000},,1,1,no\n".encode(), "Line 2: From here on"),
        (f"{HEADER}\n{',' * 100_000}\nTEA,Tea".encode(), "Line 3: 2 fields instead of 6."),
        (f"{HEADER}\n".encode() + b"A,B,,1,1,no\n" * 20_001, "I take up to 20,000 lines at once."),
        (f"{HEADER}\n".encode() + b"\n" * (5 * 1024**2), "That file is too large: I take up to 5 MB."),
        (f"{HEADER}\n{'&<>' * 30},{'&' * 101},{'>' * 1001},&<,&,<\n".encode() * 50, "Nothing is stored"),
    ],
)
def test_a_file_that_makes_no_sense_is_refused_kindly(shop: Shop, owner: Person, content: bytes, said: str) -> None:
    assert said in send_content(owner, content)
    assert products(shop) == []
    assert not shop.failed()


def test_only_the_shop_own_commas_and_semicolons_part_columns(shop: Shop, owner: Person) -> None:
    content = "\ufeffstock;hidden;price;description;name;sku\r\n7;YES;4,50;a, b;Tea;tea\r\n"
    assert "1 product added" in send_content(owner, content.encode())
    assert products(shop) == [("TEA", "Tea", "a, b", 450, "EUR", 7, True)]


def big(count: int, price: str = "4.50") -> bytes:
    lines = (f"P-{number},Product {number},Number {number},{price},{number},no" for number in range(count))
    return "\r\n".join([HEADER, *lines]).encode()


def test_thousands_are_imported_and_the_progress_is_told(shop: Shop, owner: Person) -> None:
    before = max(call["number"] for call in shop.emulator.calls())
    assert "10,000 products added" in send_content(owner, big(10_000))
    assert shop.value("SELECT count(*) FROM products") == 10_000
    assert progress(shop, "sendMessage", before) == ["Checked 1,000 of 10,000 lines"]
    assert progress(shop, "editMessageText", before)[-1] == "Checked 10,000 of 10,000 lines"
    assert "10,000 products added\n10,000 products changed" in send_content(owner, big(20_000, "5"))
    assert shop.value("SELECT count(*) FROM products WHERE price = 500 AND name = 'Product ' || stock") == 20_000


@pytest.mark.parametrize(
    "fault",
    [
        {"method": "sendMessage", "kind": "status", "status": 500, "times": 1},
        {"method": "editMessageText", "kind": "status", "status": 400, "times": None},
        {"method": "editMessageText", "kind": "status", "status": 429, "times": None, "retry_after": 30},
    ],
)
def test_progress_that_cannot_be_told_does_no_harm(shop: Shop, owner: Person, fault: dict[str, Any]) -> None:
    shop.emulator.fault(**fault)
    try:
        owner.send_file("products.csv", big(3000))
        _, text = read_import(owner)
    finally:
        shop.emulator.stop_failing()
    assert "3,000 products added" in text
    assert not shop.failed()


def test_a_file_that_telegram_does_not_give_is_asked_for_again(shop: Shop, owner: Person) -> None:
    shop.emulator.fail("getFile", 400)
    assert "Please send it again." in send(owner, "TEA,Tea,,4,,")
    assert "1 product added" in send(owner, "TEA,Tea,,4,,")


def test_a_kill_in_the_middle_imports_once(shop: Shop, owner: Person) -> None:
    """The product row is locked: the import waits for it when the bot is killed."""
    product_id = shop.product("P-7")

    async def kill_while_it_waits() -> None:
        async with transaction(shop) as connection:
            await connection.execute("SELECT FROM products WHERE id = $1 FOR UPDATE", product_id)
            owner.send_file("products.csv", big(3000))
            await asyncio.to_thread(wait_for, lambda: waiting(shop), "the import waits", 20)
            shop.bot.end(signal.SIGKILL)

    asyncio.run(kill_while_it_waits())
    assert shop.value("SELECT count(*) FROM products") == 1
    shop.bot.start()
    shop.bot.wait_until_ready()
    assert "2,999 products added\n1 product changed" in read_import(owner)[1]
    shop.wait_until_idle()
    assert not [text for text in owner.answers(wait=0) if "added" in text]
    assert not shop.failed()


@asynccontextmanager
async def transaction(shop: Shop) -> AsyncIterator[Connection[Record]]:
    """Somebody else's."""
    connection = await shop.database.connect("migrator")
    try:
        async with connection.transaction():
            yield connection
    finally:
        await connection.close()


def waiting(shop: Shop) -> int:
    """How many wait for what somebody else has locked."""
    return int(shop.value("SELECT count(*) FROM pg_locks WHERE locktype = 'transactionid' AND NOT granted"))


def test_an_import_and_an_order_do_not_deadlock_and_the_order_counts(shop: Shop, owner: Person) -> None:
    """What is ordered while the import waits is not undone by a stock that it leaves as it is."""
    ids = [shop.product("B"), shop.product("A")]

    async def order_meanwhile() -> None:
        async with transaction(shop) as connection:
            await connection.execute("SET LOCAL lock_timeout = '5s'")
            await connection.execute("SELECT FROM products WHERE id = $1 FOR NO KEY UPDATE", ids[0])
            owner.send_file("products.csv", f"{HEADER}\nA,New A,,1,,\nB,New B,,1,,\nC,C,,1,,".encode())
            await asyncio.to_thread(wait_for, lambda: waiting(shop), "the import waits", 20)
            await connection.execute("SELECT FROM products WHERE id = $1 FOR NO KEY UPDATE", ids[1])
            await connection.execute("UPDATE products SET stock = stock - 3 WHERE id = ANY ($1::bigint[])", ids)

    asyncio.run(order_meanwhile())
    owner.expect("1 product added\n2 products changed")
    assert products(shop) == [
        ("A", "New A", "", 100, "EUR", 7, False),
        ("B", "New B", "", 100, "EUR", 7, False),
        ("C", "C", "", 100, "EUR", 0, False),
    ]


def test_a_product_that_appears_during_the_import_keeps_what_the_file_leaves_open(shop: Shop, owner: Person) -> None:
    async def add_meanwhile() -> None:
        async with transaction(shop) as connection:
            await connection.execute(
                """
                INSERT INTO products (sku, name, description, price, currency, stock)
                VALUES ('B', 'B', 'b', 1, 'EUR', 9)
                """
            )
            owner.send_file("products.csv", f"{HEADER}\nC,C,,1,,\nB,New B,,1,,\nA,A,,1,,".encode())
            await asyncio.to_thread(wait_for, lambda: waiting(shop), "the import waits", 20)

    asyncio.run(add_meanwhile())
    owner.expect("2 products added\n1 product changed")
    assert ("B", "New B", "b", 100, "EUR", 9, False) in products(shop)


def test_a_file_of_a_customer_is_not_looked_at(shop: Shop, customer: Person) -> None:
    customer.send_file("products.csv", f"{HEADER}\nTEA,Tea,,4,,".encode())
    customer.expect("I don't know that one.")
    assert products(shop) == []


def test_others_are_served_while_a_file_is_read(shop: Shop, owner: Person, customer: Person) -> None:
    owner.send_file("products.csv", big(20_000))
    customer.say("/help")
    customer.expect("/catalogue")
    assert "20,000 products added" in read_import(owner)[1]


def test_a_file_that_another_conversation_may_have_asked_for_is_left_to_it(shop: Shop, owner: Person) -> None:
    insert = "INSERT INTO conversations (bot_id, chat_id, user_id, state) VALUES ($1, $2, $2, 'Another:question')"
    shop.sql(insert, int(TOKEN.partition(":")[0]), OWNER)
    assert "I don't know that one." in send(owner, "TEA,Tea,,4,,")
    owner.say("/cancel")
    owner.expect("Cancelled.")
    assert products(shop) == []
