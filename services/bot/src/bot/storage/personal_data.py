from __future__ import annotations

from typing import Any

from bot.domain.orders import OrderId, Status
from bot.domain.users import UserId
from bot.storage.database import AnyConnection, Database
from bot.storage.orders import OrderStore


class PersonalDataStore:
    """Raises StorageUnavailable while the database is away."""

    def __init__(self, database: Database, orders: OrderStore) -> None:
        self._database = database
        self._orders = orders

    async def export(self, user_id: UserId) -> dict[str, Any] | None:
        """All that is kept about the user, as JSON has it; None for somebody unknown."""
        async with self._database.connection() as connection:
            exported: dict[str, Any] | None = await connection.fetchval(
                """
                SELECT jsonb_build_object(
                    'user', jsonb_build_object(
                        'id', id,
                        'username', username,
                        'first_name', first_name,
                        'language_code', language_code,
                        'created_at', created_at,
                        'blocked_at', blocked_at,
                        'settings', settings
                    ),
                    'cart', coalesce((
                        SELECT jsonb_agg(
                            jsonb_build_object('sku', sku, 'name', name, 'quantity', quantity, 'added_at', added_at)
                            ORDER BY added_at
                        )
                        FROM cart_items
                        JOIN products ON products.id = cart_items.product_id
                        WHERE user_id = $1
                    ), '[]'),
                    'orders', coalesce((
                        SELECT jsonb_agg(
                            jsonb_build_object(
                                'id', orders.id,
                                'status', status,
                                'placed_at', placed_at,
                                'total', total,
                                'currency', currency,
                                'delivery_note', delivery_note,
                                'items', items.list,
                                'history', events.list
                            )
                            ORDER BY orders.id
                        )
                        FROM orders
                        CROSS JOIN LATERAL (
                            SELECT jsonb_agg(
                                jsonb_build_object('name', name, 'price', price, 'quantity', quantity)
                                ORDER BY product_id
                            ) AS list
                            FROM order_items
                            WHERE order_id = orders.id
                        ) AS items
                        CROSS JOIN LATERAL (
                            SELECT jsonb_agg(
                                jsonb_build_object('status', order_events.status, 'happened_at', happened_at)
                                ORDER BY happened_at
                            ) AS list
                            FROM order_events
                            WHERE order_id = orders.id
                        ) AS events
                        WHERE user_id = $1
                    ), '[]')
                )
                FROM users
                WHERE id = $1
                """,
                user_id,
            )
        return exported

    async def open_orders(self, user_id: UserId) -> dict[OrderId, Status]:
        async with self._database.connection() as connection:
            return await self._open_orders(connection, user_id)

    async def erase(self, connection: AnyConnection, user_id: UserId) -> list[OrderId]:
        """Cancels what is not confirmed and erases all but anonymous orders; or else returns what is under way.

        Then nothing has been changed.
        """
        open_orders = await self._open_orders(connection, user_id, lock=True)
        if under_way := [order_id for order_id, status in open_orders.items() if status is not Status.PLACED]:
            return under_way
        await self._orders.cancel_placed(connection, list(open_orders))
        await connection.execute(
            """
            UPDATE orders
            SET user_id = NULL,
                delivery_note = ''
            WHERE user_id = $1
            """,
            user_id,
        )
        await connection.execute("DELETE FROM users WHERE id = $1", user_id)
        await connection.execute("DELETE FROM failed_updates WHERE chat_id = $1", user_id)
        # What is on its way to everybody is counted when it is out.
        await connection.execute(
            """
            DELETE FROM outbox
            WHERE chat_id = $1
              AND (state <> 'pending' OR broadcast_id IS NULL)
            """,
            user_id,
        )
        return []

    async def _open_orders(
        self, connection: AnyConnection, user_id: UserId, *, lock: bool = False
    ) -> dict[OrderId, Status]:
        # Said in this way, it is looked for among the user's orders, not among the open orders of all.
        rows = await connection.fetch(
            f"""
            SELECT id, status
            FROM orders
            WHERE user_id = $1
              AND status NOT IN ('delivered', 'cancelled')
            ORDER BY id
            {"FOR UPDATE" if lock else ""}
            """,  # noqa: S608 - one of two constants
            user_id,
        )
        return {OrderId(row["id"]): Status(row["status"]) for row in rows}
