"""All products as a file, and back."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from aiogram import Bot, F, Router
from aiogram.filters import StateFilter
from aiogram.fsm.context import FSMContext
from aiogram.methods import EditMessageText, SendDocument, SendMessage
from aiogram.types import BufferedInputFile, CallbackQuery, Document, Message

from bot.domain.pages import Cursor
from bot.domain.product_csv import (
    LARGEST_FILE,
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
from bot.domain.shop import Shop
from bot.handlers.admin.import_progress import ImportProgress
from bot.handlers.admin.product_states import ChangedProduct, NewProduct, ProductImport
from bot.storage.products import ProductStore
from bot.telegram.downloads import NotFetched, TooLarge, download
from bot.telegram.handling import Handling
from bot.views.admin import product_csv as views
from bot.views.callback_data import ExportProducts, ImportProducts

#: Read at once for an export.
EXPORT_PAGE = 1000  # products

router = Router(name="admin_product_csv")


@router.callback_query(ExportProducts.filter())
async def export(press: CallbackQuery, shop: Shop, products: ProductStore) -> SendDocument:
    parts, cursor, more = [header()], Cursor(), True
    while more:
        page = await products.all(cursor, EXPORT_PAGE)
        parts.append(written(page.items, shop.currency))
        cursor, more = Cursor(page.items[-1].id if page.items else None), page.has_next
    assert press.message is not None
    content = "".join(parts).encode()
    return SendDocument(chat_id=press.message.chat.id, document=BufferedInputFile(content, "products.csv"))


@router.callback_query(ImportProducts.filter())
async def ask_for_file(press: CallbackQuery, state: FSMContext) -> EditMessageText:
    await state.set_state(ProductImport.file)
    await state.set_data({})
    return views.ask_for_file().replace(press)


# In the middle of another conversation a file may be what that one asks for.
@router.message(F.document.file_name.lower().endswith(".csv"), StateFilter(None, NewProduct, ChangedProduct))
@router.message(F.document, StateFilter(ProductImport.file))
async def import_(
    message: Message, bot: Bot, shop: Shop, products: ProductStore, state: FSMContext, handling: Handling
) -> SendMessage | None:
    assert message.document is not None
    try:
        content = await _content(message.document, bot)
        lines, bad_lines = await _read(content, shop, ImportProgress(bot, message.chat.id))
    except TooLarge:
        return views.too_large().answer(message)
    except NotFetched:
        return views.not_fetched().answer(message)
    except (NotText, TooManyLines, WrongColumns) as error:
        return views.refused(error).answer(message)
    if bad_lines := [*bad_lines, *await _without_price(lines, products)]:
        return views.bad_lines(bad_lines, shop.currency).answer(message)
    if not lines:
        return views.empty().answer(message)
    was_asked_for = await state.get_state() == ProductImport.file.state
    async with handling.transaction() as transaction:
        imported = await products.put(transaction.connection, lines)
        if was_asked_for:
            await state.clear()
        transaction.answer(views.imported(imported).answer(message))
    return None


@router.message(ProductImport.file, ~F.document, ~F.text.startswith("/"))
async def file_is_document(message: Message) -> SendMessage:
    return views.file_is_document().answer(message)


async def _content(document: Document, bot: Bot) -> bytes:
    """Raises TooLarge, NotFetched."""
    if (document.file_size or 0) > LARGEST_FILE:
        raise TooLarge
    return await download(bot, document.file_id, LARGEST_FILE)


async def _read(content: bytes, shop: Shop, progress: ImportProgress) -> tuple[list[ProductLine], list[BadLine]]:
    """Others are served meanwhile. Raises NotText, TooManyLines, WrongColumns."""
    file = ProductFile(content, shop.currency)
    lines: list[ProductLine] = []
    bad_lines: list[BadLine] = []
    for chunk in file.chunks():
        lines += chunk.lines
        bad_lines += chunk.bad_lines
        await progress.tell(chunk.read, file.lines)
        await asyncio.sleep(0)
    return lines, bad_lines


async def _without_price(lines: Sequence[ProductLine], products: ProductStore) -> list[BadLine]:
    """Those of new products that have no price."""
    unpriced = {line.sku: line for line in lines if line.price is None}
    unknown = await products.unknown(list(unpriced)) if unpriced else set()
    return [BadLine(line.number, [Problem("price")]) for sku, line in unpriced.items() if sku in unknown]
