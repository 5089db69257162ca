"""Several processes' memberships on a real server; each has a connection of its own, which can be cut."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from asyncpg import Connection, Record

from bot.config import Config
from bot.domain.inbox import Arrival, Claimed
from bot.errors import ClaimLost, StorageUnavailable
from bot.storage import membership
from bot.storage.database import Database, open_database, open_session
from tests.hostile import PASSWORD
from tests.integration.bot.members import Group, Member, is_true, watched
from tests.integration.bot.processes import TOKEN
from tests.integration.bot.receiving import BOT_ID, Inbox, arrival, update_ids
from tests.integration.bot.sending import eventually
from tests.integration.conftest import TestDatabase
from tests.integration.migrations import Migrator
from tests.integration.postgres import ROOT, Server, docker, running_server

RUNS_LONG_ENOUGH = "SELECT pg_postmaster_start_time() < now() - interval '6 s'"


@pytest.fixture
async def group(config: Config) -> AsyncIterator[Group]:
    async with watched(config) as group:
        yield group


@pytest.fixture
def inbox(storage: Database) -> Inbox:
    return Inbox(storage)


async def test_one_of_three_leads(group: Group, inbox: Inbox) -> None:
    first, *others = [await group.join() for _ in range(3)]
    assert group.leaders() == [first]
    assert len({member.replica for member in group.members}) == 3
    assert await inbox.value("SELECT id FROM replicas WHERE leads") == first.replica
    assert all(member.membership.is_sure for member in others)


async def test_a_leader_whose_session_ends_steps_down_at_once_and_comes_back(group: Group, inbox: Inbox) -> None:
    leader = await group.join()
    await group.join()
    replica = leader.replica
    await inbox.receive(arrival(1, 1))
    await inbox.store.claim(replica, 1)
    deposed = asyncio.create_task(leader.membership.deposed())
    await inbox.execute("SELECT pg_terminate_backend($1)", leader.pid)
    await deposed
    assert not leader.membership.leads
    await group.new_leader()
    await eventually(is_true(lambda: len(leader.connections) > 1 and leader.membership.is_sure), "it is back")
    await leader.membership.sure(replica)
    assert leader.replica == replica
    assert await inbox.value("SELECT claimed_by FROM inbox_chats") == replica


async def test_sessions_that_end_again_and_again_leave_one_leader(group: Group, inbox: Inbox) -> None:
    members = [await group.join() for _ in range(3)]
    replicas = [member.replica for member in members]
    for member in [*members, *members]:
        await inbox.execute("SELECT pg_terminate_backend($1)", member.pid)
        await eventually(is_true(partial(member.has_connected_again, len(member.connections))), "it connects")
    await group.new_leader()
    for member in members:
        await member.membership.joined()
    assert [member.replica for member in members] == replicas


async def test_the_work_of_a_dead_leader_goes_to_another(group: Group, inbox: Inbox) -> None:
    leader, other = [await group.join() for _ in range(2)]
    await inbox.receive(arrival(1, 1))
    assert update_ids(await inbox.store.claim(leader.replica, 1)) == [1]
    await leader.die()
    assert await group.new_leader(than=leader) is other
    assert update_ids(await eventually(lambda: inbox.store.claim(other.replica, 1), "the claim returns")) == [1]
    assert await inbox.value("SELECT array_agg(id) FROM replicas") == [other.replica]


async def test_nobody_leads_while_the_one_before_may_not_know(
    group: Group, inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    leader, other = [await group.join() for _ in range(2)]
    monkeypatch.setattr(membership, "GONE_AFTER", timedelta(hours=1))
    await leader.die()
    await heartbeats(inbox, other)
    assert await inbox.value("SELECT count(*) FROM pg_locks WHERE classid = $1::bigint::oid", membership.LEADER) == 1
    assert not other.membership.leads


async def test_who_leaves_hands_over_without_anybody_waiting(
    group: Group, inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    leader, other = [await group.join() for _ in range(2)]
    monkeypatch.setattr(membership, "GONE_AFTER", timedelta(hours=1))
    await stop_hearts(inbox, monkeypatch)
    replica = leader.replica
    await inbox.receive(arrival(1, 1))
    await inbox.store.claim(replica, 1)
    sure = asyncio.create_task(leader.membership.sure(replica))
    await leader.leave()
    assert not leader.membership.leads
    await asyncio.wait({sure})
    with pytest.raises(ClaimLost):
        await leader.membership.sure(replica)
    assert await inbox.value("SELECT array_agg(id) FROM replicas") == [other.replica]
    assert update_ids(await inbox.store.claim(other.replica, 1)) == [1]
    assert await group.new_leader() is other


async def test_who_is_about_to_leave_leads_no_more(group: Group, inbox: Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(membership, "SURE_FOR", timedelta(hours=1))
    leader = await group.join()
    async with inbox.database.transaction() as connection:
        await connection.execute("SELECT FROM replicas FOR UPDATE")
        leader.membership.leave()
        await eventually(is_true(lambda: not leader.membership.leads), "it steps down")
        assert await connection.fetchval("SELECT leads FROM replicas")


async def test_who_leaves_lets_the_commit_under_way_end(group: Group, inbox: Inbox) -> None:
    leader = await group.join()
    commit = asyncio.create_task(leader.membership.commit(slowly_written))
    await asyncio.sleep(0)
    await leader.leave()
    await commit
    assert await inbox.store.next_offset(1) == 2


async def test_a_lock_keeps_alive_what_has_not_been_seen_until_it_counts_as_hung(
    group: Group, inbox: Inbox, database: TestDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    member = await group.join()
    monkeypatch.setattr(membership, "HUNG_AFTER", timedelta(hours=1))
    await eventually(lambda: inbox.value(RUNS_LONG_ENOUGH), "the server has been up for long enough")
    silent = await inbox.join()
    unseen = "UPDATE replicas SET seen_at = now() - $2::interval WHERE id = $1"
    session = await database.connect("bot")
    await session.execute("SELECT pg_advisory_lock($1, $2)", membership.ALIVE, silent)
    await session.execute(unseen, silent, membership.GONE_AFTER)
    await heartbeats(inbox, member)
    assert await inbox.value("SELECT count(*) FROM replicas") == 2
    await session.execute(unseen, silent, membership.HUNG_AFTER)
    await eventually(partial(is_alone, inbox), "it counts as hung")
    await eventually(is_true(session.is_closed), "its session, and with it all its locks, is ended")


async def test_without_its_lock_it_is_gone_soon(group: Group, inbox: Inbox) -> None:
    await group.join()
    await eventually(lambda: inbox.value(RUNS_LONG_ENOUGH), "the server has been up for long enough")
    await inbox.join()
    await inbox.execute("UPDATE replicas SET seen_at = seen_at - interval '4 s'")
    await eventually(partial(is_alone, inbox), "it counts as gone")


async def test_who_was_away_itself_buries_nobody(group: Group, inbox: Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
    member = await group.join()
    await eventually(lambda: inbox.value(RUNS_LONG_ENOUGH), "the server has been up for long enough")
    monkeypatch.setattr(membership, "SURE_FOR", timedelta(0))
    await heartbeats(inbox, member)
    await inbox.join()
    await inbox.execute("UPDATE replicas SET seen_at = now() - $1::interval", 2 * membership.HUNG_AFTER)
    await heartbeats(inbox, member)
    assert await inbox.value("SELECT count(*) FROM replicas") == 2
    monkeypatch.undo()
    await eventually(partial(is_alone, inbox), "it is sure again, and the other one gone")


async def test_after_a_restart_of_postgres_everybody_has_time_to_come_back(
    group: Group, inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(membership, "GRACE_AFTER_RESTART", timedelta(hours=1))
    member = await group.join()
    await inbox.join()
    await inbox.execute("UPDATE replicas SET seen_at = now() - $1::interval", 2 * membership.HUNG_AFTER)
    await heartbeats(inbox, member)
    assert await inbox.value("SELECT count(*) FROM replicas") == 2


async def test_who_was_taken_for_gone_goes_on_under_another_name(group: Group, inbox: Inbox) -> None:
    member = await group.join()
    replica = member.replica
    await inbox.receive(arrival(1, 1))
    [lost] = await inbox.store.claim(replica, 1)
    await inbox.bury(replica)
    await eventually(is_true(lambda: member.membership.id not in (None, replica)), "it has another name")
    with pytest.raises(ClaimLost):
        await member.membership.sure(replica)
    await member.membership.sure(member.replica)
    assert await group.new_leader() is member
    [claimed] = await inbox.store.claim(member.replica, 1)
    assert (claimed.id, claimed.replica) == (lost.id, member.replica)


async def test_only_the_leader_can_commit(group: Group, inbox: Inbox) -> None:
    leader, follower = [await group.join() for _ in range(2)]
    with pytest.raises(StorageUnavailable):
        await follower.membership.commit(written)
    await leader.membership.commit(written)
    assert await inbox.store.next_offset(1) == 2


async def test_who_leads_no_more_commits_nothing(group: Group, inbox: Inbox) -> None:
    leader = await group.join()

    async def written_too_late(connection: Connection[Record]) -> None:
        await inbox.execute("SELECT pg_terminate_backend($1)", leader.pid)
        await written(connection)

    with pytest.raises(StorageUnavailable):
        await leader.membership.commit(written_too_late)
    with pytest.raises(StorageUnavailable):
        await leader.membership.commit(written)
    assert await inbox.store.next_offset(1) is None


async def test_a_commit_that_nobody_waits_for_any_more_goes_on(group: Group, inbox: Inbox) -> None:
    leader = await group.join()
    commit = asyncio.create_task(leader.membership.commit(slowly_written))
    await asyncio.sleep(0)
    commit.cancel()
    with pytest.raises(asyncio.CancelledError):
        await commit
    await eventually(lambda: inbox.store.next_offset(1), "it is written")
    await leader.membership.commit(written)
    assert leader.membership.leads
    assert len(leader.connections) == 1


async def test_a_notification_wakes_and_so_does_a_new_connection(group: Group, inbox: Inbox) -> None:
    woken: list[int] = []
    member = await group.join("a_channel", lambda: woken.append(1))
    assert len(woken) == 1
    await inbox.execute("NOTIFY a_channel")
    await eventually(is_true(lambda: len(woken) == 2), "the notification is heard")
    await inbox.execute("SELECT pg_terminate_backend($1)", member.pid)
    await eventually(is_true(lambda: len(woken) == 3), "the new connection wakes")
    await inbox.execute("NOTIFY a_channel")
    await eventually(is_true(lambda: len(woken) == 4), "the notification is heard")


async def test_while_postgres_is_paused_nobody_is_sure_and_nothing_is_taken_away(
    own_config: tuple[Server, Config], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(membership, "HUNG_AFTER", membership.GONE_AFTER)
    server, config = own_config
    storage = await open_database(config)
    inbox = Inbox(storage)
    async with watched(config) as group:
        members = [await group.join() for _ in range(2)]
        replicas = [member.replica for member in members]
        await inbox.receive(arrival(1, 1), arrival(2, 2))
        for replica in replicas:
            await inbox.store.claim(replica, 1)
        await eventually(lambda: inbox.value(RUNS_LONG_ENOUGH), "the server has been up for long enough")
        await asyncio.to_thread(docker, "pause", server.container)
        await eventually(is_true(lambda: not any(member.membership.is_sure for member in members)), "nobody is sure")
        assert group.leaders() == []
        sure = asyncio.gather(*(member.membership.sure(member.replica) for member in members))
        await asyncio.sleep(membership.GONE_AFTER.total_seconds())
        await asyncio.to_thread(docker, "unpause", server.container)
        await sure
        await group.new_leader()
        await heartbeats(inbox, *members)
        assert [member.replica for member in members] == replicas
        assert await inbox.value("SELECT array_agg(claimed_by ORDER BY chat_id) FROM inbox_chats") == replicas
    await storage.close()


async def test_who_hangs_in_a_transaction_stops_neither_the_others_nor_receiving(
    group: Group, inbox: Inbox, config: Config
) -> None:
    leader, other, hung = [await group.join() for _ in range(3)]
    await inbox.receive(arrival(1, 7), arrival(2, 7))
    [claimed] = await inbox.store.claim(hung.replica, 1)
    replica = hung.replica
    connection = await open_session(config)
    transaction = connection.transaction()
    await transaction.start()
    await inbox.store._require(connection, claimed)
    await hung.die()
    surely = asyncio.create_task(stay_sure(leader, other))
    await eventually(partial(is_received, inbox, leader, arrival(3, 7), arrival(4, 8)), "it is received")
    again = await eventually(partial(claims_of, inbox, other, 7), "the claim returns")
    assert update_ids(again) == [1]
    assert await inbox.value("SELECT count(*) FROM replicas WHERE id = $1", replica) == 0
    assert not surely.done(), surely.exception()
    surely.cancel()
    connection.terminate()


@pytest.fixture
def own_config(tmp_path: Path) -> Iterator[tuple[Server, Config]]:
    """A server that may be paused."""
    with running_server(tmp_path / "secrets") as server:
        code, said = Migrator(server.url("migrator", "orderly"), ROOT / "db/migrations").up()
        assert code == 0, said
        settings = {"bot_token": TOKEN, "database_password": PASSWORD, "database_url": server.url("bot", "orderly")}
        yield server, Config.model_validate(settings)


async def written(connection: Connection[Record]) -> None:
    await connection.execute("INSERT INTO polling VALUES (1, 2) ON CONFLICT DO NOTHING")


async def slowly_written(connection: Connection[Record]) -> None:
    await connection.execute("SELECT pg_sleep(0.2)")
    await written(connection)


async def stay_sure(*members: Member) -> None:
    while True:
        assert all(member.membership.is_sure for member in members)
        await asyncio.sleep(0.01)


async def is_received(inbox: Inbox, member: Member, *arrivals: Arrival) -> bool:
    receive = partial(inbox.store.receive, bot_id=BOT_ID, arrivals=arrivals, next_offset=arrivals[-1].update_id + 1)
    with suppress(StorageUnavailable):
        await member.membership.commit(receive)
        return True
    return False


async def claims_of(inbox: Inbox, member: Member, chat_id: int) -> list[Claimed]:
    claims = await inbox.store.claim(member.replica, 10)
    return [claimed for claimed in claims if claimed.chat_id == chat_id]


async def heartbeats(inbox: Inbox, *members: Member) -> None:
    """Returns when each has beaten from beginning to end since this was called."""
    for member in members:
        for _ in range(2):
            before = await inbox.value("SELECT seen_at FROM replicas WHERE id = $1", member.replica)
            query = "SELECT seen_at > $2 FROM replicas WHERE id = $1"
            await eventually(partial(inbox.value, query, member.replica, before), "a heartbeat")


async def stop_hearts(inbox: Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on they beat only when they are told to."""
    monkeypatch.setattr(membership, "HEARTBEAT", timedelta(hours=1))
    now = await inbox.value("SELECT clock_timestamp()")
    await inbox.execute(f"NOTIFY {membership.CHANNEL}")
    beaten = partial(inbox.value, "SELECT min(seen_at) > $1 FROM replicas", now)
    await eventually(beaten, "the last heartbeat of each")


async def is_alone(inbox: Inbox) -> bool:
    return bool(await inbox.value("SELECT count(*) = 1 FROM replicas"))
