from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from tests.integration.bot.chaos.network import Network, State
from tests.integration.bot.processes import free_port


@pytest.fixture
def server() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(5)
        yield listening


@pytest.fixture
def network(server: socket.socket) -> Iterator[Network]:
    with Network(server.getsockname()[1]) as running:
        yield running


def connect(network: Network) -> socket.socket:
    return socket.create_connection(("127.0.0.1", network.port), timeout=5)


def test_it_passes_on_both_ways_to_the_end(network: Network, server: socket.socket) -> None:
    with connect(network) as client, server.accept()[0] as served:
        client.sendall(b"question")
        assert served.recv(100) == b"question"
        served.sendall(b"answer")
        assert client.recv(100) == b"answer"
        served.close()
        assert client.recv(100) == b""


def test_refusing_resets_what_is_open_and_what_is_new(network: Network, server: socket.socket) -> None:
    with connect(network) as client, server.accept()[0]:
        network.cut(State.REFUSING)
        with pytest.raises(ConnectionResetError):
            client.recv(100)
        with pytest.raises(ConnectionResetError), connect(network) as late:
            late.recv(100)


def test_what_is_said_into_the_silence_never_arrives(network: Network, server: socket.socket) -> None:
    with connect(network) as client, server.accept()[0] as served:
        network.cut(State.SILENT)
        client.sendall(b"question")
        client.settimeout(0.2)
        with pytest.raises(TimeoutError):
            client.recv(100)
        network.mend()
        with pytest.raises(ConnectionResetError):
            assert client.recv(100)
        with pytest.raises(ConnectionResetError):
            assert served.recv(100)


def test_after_the_cut_new_connections_come_through(network: Network, server: socket.socket) -> None:
    for state in (State.REFUSING, State.SILENT):
        network.cut(state)
        network.mend()
    with connect(network) as client, server.accept()[0] as served:
        client.sendall(b"question")
        assert served.recv(100) == b"question"


def test_a_server_that_is_away_is_a_connection_that_ends(network: Network) -> None:
    network.server_port = free_port()
    with connect(network) as client:
        assert client.recv(100) == b""
