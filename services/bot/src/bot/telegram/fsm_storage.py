"""aiogram's conversations (finite state machines), kept in the database."""

from __future__ import annotations

from collections.abc import Mapping
from contextvars import ContextVar
from copy import deepcopy
from typing import Any

from aiogram.exceptions import DataNotDictLikeError
from aiogram.fsm.state import State
from aiogram.fsm.storage.base import BaseStorage, StateType, StorageKey

from bot.domain.conversations import Conversation, ConversationChange, ConversationKey
from bot.storage.conversations import ConversationStore


class ConversationChanges:
    """What is done to conversations while one update is handled, to be committed together with its answer."""

    def __init__(self) -> None:
        self._loaded: dict[ConversationKey, Conversation] = {}
        self._changes: dict[ConversationKey, ConversationChange] = {}
        self._is_sealed = False

    async def load(self, store: ConversationStore, key: ConversationKey) -> Conversation:
        """As the changes so far leave it; read once. Raises StorageUnavailable."""
        if key not in self._loaded:
            # Whoever reads it at the same time gets the same.
            self._loaded.setdefault(key, await store.load(key))
        loaded = self._loaded[key]
        change = self._changes.get(key)
        return change.applied(loaded) if change else loaded

    def change(self, key: ConversationKey, change: ConversationChange) -> None:
        """Raises RuntimeError after `seal`."""
        if self._is_sealed:
            raise RuntimeError(
                "the update has been handled: change the conversation before its handler, or its transaction, ends"
            )
        earlier = self._changes.get(key)
        self._changes[key] = earlier.then(change) if earlier else change

    def pending(self) -> list[tuple[ConversationKey, ConversationChange]]:
        """What has to be saved, in the order in which it does not deadlock."""
        return [(key, change) for key, change in sorted(self._changes.items()) if self._is_pending(key, change)]

    @property
    def is_empty(self) -> bool:
        return not self.pending()

    def seal(self) -> None:
        """From here on a change would be lost."""
        self._is_sealed = True

    def _is_pending(self, key: ConversationKey, change: ConversationChange) -> bool:
        loaded = self._loaded.get(key)
        return not change.is_empty if loaded is None else change.alters(loaded)


#: The changes of the update that is being handled. None outside of handling: what is changed is saved at once.
CURRENT_CHANGES: ContextVar[ConversationChanges | None] = ContextVar("CURRENT_CHANGES", default=None)


class PostgresStorage(BaseStorage):
    """Every method raises StorageUnavailable, and TypeError or ValueError for what JSON cannot carry."""

    def __init__(self, conversations: ConversationStore) -> None:
        self._conversations = conversations

    async def set_state(self, key: StorageKey, state: StateType = None) -> None:
        name = state.state if isinstance(state, State) else state
        await self._change(key, ConversationChange(sets_state=True, state=name))

    async def get_state(self, key: StorageKey) -> str | None:
        return (await self._load(key)).state

    async def set_data(self, key: StorageKey, data: Mapping[str, Any]) -> None:
        await self._change(key, ConversationChange(replaced=_mapping(data)))

    async def get_data(self, key: StorageKey) -> dict[str, Any]:
        return deepcopy((await self._load(key)).data)

    async def update_data(self, key: StorageKey, data: Mapping[str, Any]) -> dict[str, Any]:
        await self._change(key, ConversationChange(merged=_mapping(data)))
        return await self.get_data(key)

    async def close(self) -> None:
        """The pool is closed by whoever opened it."""

    async def _load(self, key: StorageKey) -> Conversation:
        changes = CURRENT_CHANGES.get()
        if changes is None:
            return await self._conversations.load(_conversation(key))
        return await changes.load(self._conversations, _conversation(key))

    async def _change(self, key: StorageKey, change: ConversationChange) -> None:
        changes = CURRENT_CHANGES.get()
        if changes is None:
            await self._conversations.save(_conversation(key), change)
        else:
            changes.change(_conversation(key), change)


def _conversation(key: StorageKey) -> ConversationKey:
    return ConversationKey(
        key.bot_id, key.chat_id, key.user_id, key.thread_id or 0, key.business_connection_id or "", key.destiny
    )


def _mapping(data: Mapping[str, Any]) -> Mapping[str, Any]:
    if not isinstance(data, Mapping):
        raise DataNotDictLikeError(f"a conversation's data is a dict, not {type(data).__name__}")
    return data
