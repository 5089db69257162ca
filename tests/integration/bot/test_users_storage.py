from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime

import asyncpg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.domain.users import Identity, UserId
from bot.storage.database import Database
from bot.storage.users import UserStore
from tests.hostile import NAMES
from tests.integration.conftest import TestDatabase

ADA = UserId(1)


@pytest.fixture
def users(storage: Database) -> UserStore:
    return UserStore(storage)


async def test_somebody_unknown_is_none(users: UserStore) -> None:
    assert await users.get(ADA) is None


async def test_a_new_user_has_a_first_day_and_no_settings(users: UserStore) -> None:
    before = datetime.now(UTC)
    registered = await users.register(Identity(ADA, "ada", "Ada"))
    assert (registered.id, registered.username, registered.first_name) == (1, "ada", "Ada")
    assert registered.settings == {}
    assert abs((registered.created_at - before).total_seconds()) < 60
    assert await users.get(ADA) == registered


async def test_a_known_user_gets_new_names_and_keeps_the_rest(users: UserStore, storage: Database) -> None:
    first = await users.register(Identity(ADA, "ada", "Ada"))
    async with storage.connection() as connection:
        await connection.execute("UPDATE users SET settings = $1", {"language": "de", "nested": [1, None, "é"]})
    second = await users.register(Identity(ADA, None, "Augusta"))
    assert (second.username, second.first_name) == (None, "Augusta")
    assert second.created_at == first.created_at
    assert second.settings == {"language": "de", "nested": [1, None, "é"]}


async def test_one_user_who_starts_many_times_at_once_is_one_row(users: UserStore, storage: Database) -> None:
    await asyncio.gather(*(users.register(Identity(ADA, None, f"Ada {number}")) for number in range(50)))
    async with storage.connection() as connection:
        assert await connection.fetchval("SELECT count(*) FROM users") == 1


async def test_everybody_who_starts_at_once_gets_their_own_row(users: UserStore) -> None:
    registered = await asyncio.gather(
        *(users.register(Identity(UserId(number), f"u{number}", f"User {number}")) for number in range(250, 0, -1))
    )
    assert [(user.id, user.username) for user in registered] == [(number, f"u{number}") for number in range(250, 0, -1)]
    assert await users.get(UserId(7)) == registered[-7]


async def test_of_two_starts_of_one_user_the_later_one_counts_for_both(users: UserStore) -> None:
    registered = await asyncio.gather(
        users.register(Identity(ADA, "first", "First")),
        users.register(Identity(UserId(2), None, "Bob")),
        users.register(Identity(ADA, None, "Last")),
    )
    assert [user.first_name for user in registered] == ["Last", "Bob", "Last"]
    assert await users.get(ADA) == registered[0] == registered[2]


async def test_an_id_that_cannot_be_stored_fails_alone(users: UserStore) -> None:
    impossible, bob = await asyncio.gather(
        users.register(Identity(UserId(2**63), None, "x")),
        users.register(Identity(UserId(2), None, "Bob")),
        return_exceptions=True,
    )
    assert isinstance(impossible, asyncpg.DataError)
    assert await users.get(UserId(2)) == bob


async def test_whoever_starts_is_blocked_no_longer(users: UserStore, storage: Database) -> None:
    await users.register(Identity(ADA, None, "Ada"))
    async with storage.connection() as connection:
        await connection.execute("UPDATE users SET blocked_at = now()")
        await users.register(Identity(ADA, None, "Ada"))
        assert await connection.fetchval("SELECT count(*) FROM users WHERE blocked_at IS NULL") == 1


async def test_processes_that_register_the_same_users_in_any_order_do_not_deadlock(
    users: UserStore, storage: Database
) -> None:
    another = UserStore(storage)

    async def register(store: UserStore, numbers: Sequence[int]) -> None:
        await asyncio.gather(*(store.register(Identity(UserId(number), None, "x")) for number in numbers))

    for _ in range(20):
        await asyncio.gather(register(users, range(1, 101)), register(another, range(100, 0, -1)))


@pytest.mark.parametrize("name", NAMES)
async def test_hostile_names_are_kept_as_they_are(users: UserStore, name: str) -> None:
    await users.register(Identity(ADA, name, name))
    user = await users.get(ADA)
    assert user is not None
    assert user.first_name == user.username == name.replace("\x00", "\N{REPLACEMENT CHARACTER}")


@given(name=st.text(alphabet=st.characters(codec=None), max_size=70_000))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50, deadline=None)
async def test_any_name_can_be_stored(users: UserStore, name: str) -> None:
    await users.register(Identity(ADA, None, name))


@pytest.mark.parametrize("user_id", [2**31, 2**53, -1, 2**63 - 1])
async def test_ids_have_64_bits(users: UserStore, user_id: int) -> None:
    assert (await users.register(Identity(UserId(user_id), None, "x"))).id == user_id


async def test_times_are_in_utc_whatever_the_servers_zone(users: UserStore, database: TestDatabase) -> None:
    owner = await database.connect("postgres")
    await owner.execute(f"ALTER DATABASE \"{database.name}\" SET timezone = 'Asia/Tokyo'")
    await owner.close()
    user = await users.register(Identity(ADA, None, "Ada"))
    assert user.created_at.utcoffset() == datetime.now(UTC).utcoffset()
