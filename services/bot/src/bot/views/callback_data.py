"""What buttons carry. Anybody can send anything here: an id says what is meant, never what may be seen.

A button carries the value to be reached, never a step: pressed twice, it has done the same.
"""

from __future__ import annotations

from typing import Annotated, Literal, Self

from aiogram.filters.callback_data import CallbackData
from pydantic import Field

from bot.domain.inbox import LARGEST_ID
from bot.domain.orders import Status
from bot.domain.pages import Cursor

Id = Annotated[int, Field(ge=1, le=LARGEST_ID)]


class _Place(CallbackData, prefix="_"):
    id: Id | None = None
    back: bool = False

    @property
    def cursor(self) -> Cursor:
        return Cursor(self.id, self.back and self.id is not None)


class _Listing(_Place, prefix="_"):
    @classmethod
    def at(cls, cursor: Cursor) -> Self:
        return cls(id=cursor.id, back=cursor.back)


class ShowCatalogue(_Listing, prefix="shop"): ...


class ShowProduct(CallbackData, prefix="product"):
    id: Id


class PutInCart(CallbackData, prefix="put"):
    id: Id
    quantity: Annotated[int, Field(ge=0, le=99)]
    #: The screen to go on with.
    on: Literal["product", "cart"]


class ShowCart(CallbackData, prefix="cart"): ...


class EmptyCart(CallbackData, prefix="empty"):
    #: Of the cart that is to be emptied: another one is left alone.
    fingerprint: int
    sure: bool


class BeginCheckout(CallbackData, prefix="checkout"): ...


class SkipNote(CallbackData, prefix="no-note"): ...


class PlaceOrder(CallbackData, prefix="place"):
    id: Id


class LeaveCheckout(CallbackData, prefix="leave"): ...


class ShowOrders(_Listing, prefix="orders"): ...


class ShowOrder(CallbackData, prefix="order"):
    id: Id


class CancelOrder(CallbackData, prefix="cancel"):
    id: Id
    sure: bool


class ShowSettings(CallbackData, prefix="settings"): ...


class ShowLanguages(CallbackData, prefix="languages"): ...


class ChooseLanguage(CallbackData, prefix="language"):
    #: None: as Telegram's.
    code: str | None


class ShowZones(CallbackData, prefix="zones"):
    region: str | None


class ChooseZone(CallbackData, prefix="zone"):
    name: str | None


class ChooseNotifications(CallbackData, prefix="notify"):
    on: bool


class Forget(CallbackData, prefix="forget"):
    #: When the user whom to forget came, in seconds: whoever has come anew since is left alone.
    since: int
    sure: bool


# --- admins: orders


class AdminHome(CallbackData, prefix="admin"): ...


class AdminOrders(_Place, prefix="a-orders"):
    which: Literal["new", "open"]


class AdminOrder(CallbackData, prefix="a-order"):
    id: Id


class AskToCancel(CallbackData, prefix="a-cancel"):
    id: Id
    before: Status


class SetStatus(CallbackData, prefix="a-status"):
    id: Id
    before: Status
    after: Status


# --- admins: customers


class FindCustomer(CallbackData, prefix="a-find"): ...


class ShowCustomer(_Place, prefix="a-customer"):
    #: `id` is a place among the customer's orders.
    user_id: Id


# --- admins: products


class AdminProducts(_Listing, prefix="a-products"): ...


class AdminProduct(CallbackData, prefix="a-product"):
    id: Id


class HideProduct(CallbackData, prefix="a-hide"):
    id: Id
    hidden: bool


class EditProduct(CallbackData, prefix="a-edit"):
    id: Id
    what: Literal["name", "description", "price", "stock"]


class AddProduct(CallbackData, prefix="a-add"): ...


class NoDescription(CallbackData, prefix="a-no-text"):
    #: Of the one that is edited; None: of the one that is being added.
    id: Id | None = None


class SaveProduct(CallbackData, prefix="a-save"):
    sku: Annotated[str, Field(pattern="^[A-Z0-9][A-Z0-9_-]{0,31}$")]
    #: Of what was to be saved: something else is left alone.
    fingerprint: int


class LeaveProduct(CallbackData, prefix="a-leave"):
    #: Of the one that was edited; None: of the one that was being added.
    id: Id | None = None


class ImportProducts(CallbackData, prefix="a-import"): ...


class ExportProducts(CallbackData, prefix="a-export"): ...


# --- admins: how the shop does


class ShowStats(CallbackData, prefix="a-stats"): ...


# --- admins: broadcasts


class BeginBroadcast(CallbackData, prefix="a-broadcast"): ...


class LeaveBroadcast(CallbackData, prefix="a-b-leave"): ...


class SendBroadcast(CallbackData, prefix="a-b-send"):
    id: Id


class ShowBroadcast(CallbackData, prefix="a-b-show"):
    id: Id


class StopBroadcast(CallbackData, prefix="a-b-stop"):
    id: Id


# --- admins: what failed


class ShowFailed(_Listing, prefix="a-failed"): ...


class ShowFailedUpdate(CallbackData, prefix="a-fail"):
    id: Id


class ReplayFailed(CallbackData, prefix="a-replay"):
    id: Id


class ReplayAllFailed(CallbackData, prefix="a-replay-all"):
    #: The newest of them: what fails afterwards is left alone.
    up_to: Id


class DropFailed(CallbackData, prefix="a-drop"):
    id: Id
    sure: bool
