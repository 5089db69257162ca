from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.domain.inbox import LARGEST_ID, NO_CHAT, chat_of, is_id

CHAT = {"id": -100, "type": "supergroup"}
USER = {"id": 7, "first_name": "Ada"}

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["id", "chat", "message", "from", "user", "voter_chat", "actor_chat", "x"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)
ids = st.integers(-LARGEST_ID, LARGEST_ID)


@pytest.mark.parametrize(
    ("update", "chat_id"),
    [
        ({"message": {"chat": CHAT, "from": USER}}, -100),
        ({"edited_channel_post": {"chat": CHAT}}, -100),
        ({"callback_query": {"from": USER, "message": {"chat": CHAT}}}, -100),
        ({"callback_query": {"from": USER, "inline_message_id": "x"}}, 7),
        ({"inline_query": {"from": USER, "query": ""}}, 7),
        ({"chosen_inline_result": {"from": USER}}, 7),
        ({"shipping_query": {"from": USER}}, 7),
        ({"pre_checkout_query": {"from": USER}}, 7),
        ({"purchased_paid_media": {"from": USER}}, 7),
        ({"poll": {"id": "5", "question": "?"}}, NO_CHAT),
        ({"poll_answer": {"poll_id": "5", "user": USER}}, 7),
        ({"poll_answer": {"poll_id": "5", "voter_chat": CHAT}}, -100),
        ({"message_reaction": {"chat": CHAT, "user": USER}}, -100),
        ({"message_reaction": {"chat": CHAT, "actor_chat": {"id": 9}}}, -100),
        ({"message_reaction_count": {"chat": CHAT}}, -100),
        ({"my_chat_member": {"chat": CHAT, "from": USER}}, -100),
        ({"chat_join_request": {"chat": CHAT, "from": USER}}, -100),
        ({"chat_boost": {"chat": CHAT}}, -100),
        ({"removed_chat_boost": {"chat": CHAT}}, -100),
        ({"business_connection": {"id": "x", "user": USER, "user_chat_id": 7}}, 7),
        ({"business_message": {"chat": CHAT, "from": USER}}, -100),
        ({"deleted_business_messages": {"chat": CHAT}}, -100),
        ({"a_kind_of_the_future": {"chat": CHAT}}, -100),
        ({}, NO_CHAT),
    ],
)
def test_each_kind_of_update_has_its_queue(update: dict[str, Any], chat_id: int) -> None:
    assert chat_of({"update_id": 1, **update}) == chat_id


@given(content=st.dictionaries(st.text(max_size=3), json_values, max_size=3))
@example({"message": {"chat": {"id": True}, "from": {"id": 1.0}}})
@example({"message": {"chat": {"id": 2**63}, "from": {"id": "7"}}})
@example({"message": {"chat": None, "from": []}})
def test_whatever_an_update_is_it_has_a_queue(content: dict[str, Any]) -> None:
    assert is_id(chat_of({"update_id": 1, **content}))


@given(chat_id=ids, user_id=ids, kind=st.text(max_size=5), others=st.dictionaries(st.text("xyz"), json_values))
def test_the_chat_comes_before_its_sender(chat_id: int, user_id: int, kind: str, others: dict[str, Any]) -> None:
    content = {**others, "from": {"id": user_id}, "chat": {"id": chat_id}}
    assert chat_of({"update_id": 1, kind: content}) == chat_id


@given(number=st.integers())
@example(LARGEST_ID)
@example(LARGEST_ID + 1)
@example(-LARGEST_ID)
@example(-LARGEST_ID - 1)
def test_an_id_is_no_larger_than_bigint(number: int) -> None:
    assert is_id(number) == (abs(number) <= LARGEST_ID)


@pytest.mark.parametrize("given", [None, True, False, 1.0, "1", [1], {"id": 1}])
def test_nothing_else_is_an_id(given: object) -> None:
    assert not is_id(given)
