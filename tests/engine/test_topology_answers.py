"""The map from a real engine: its layouts, its progress, and how it is stopped."""

from pathlib import Path

import numpy as np
import pytest

from memex.core.errors import TopologyError
from memex.core.lenses import Lens
from memex.core.topology import TopologyRequest
from memex.engine.client import EngineClient, unwrapped
from memex.engine.protocol import Done, Event, JobFinished, JobQueued, StartIndexing
from memex.engine.topology_messages import CancelTopology, GetTopology, TopologyMade, TopologyProgressed


def index(client: EngineClient, folder: Path) -> None:
    queued = client.call(StartIndexing((str(folder),)))
    assert isinstance(queued, JobQueued)
    assert any(isinstance(frame.body, JobFinished) for frame in client.frames())


def test_a_map_with_layouts_and_what_was_done_meanwhile(client: EngineClient, folder: Path) -> None:
    index(client, folder)
    events: list[Event] = []
    made = client.call(GetTopology(TopologyRequest(), with_layouts=True, ticket="mine"), events.append)
    assert isinstance(made, TopologyMade)
    assert made.layouts is not None
    assert np.frombuffer(made.layouts.force, np.float32).shape == (2 * len(made.topology.nodes),) == (4,)
    told = [event for event in events if isinstance(event, TopologyProgressed)]
    assert {event.ticket for event in told} == {"mine"}
    assert [event.doing for event in told][:2] == ["Reading sessions", "Comparing sessions"]


def test_it_is_stopped_by_its_ticket(client: EngineClient, folder: Path) -> None:
    index(client, folder)
    assert client.call(CancelTopology("mine")) == Done()
    with pytest.raises(Exception, match="was stopped"):
        client.call(GetTopology(TopologyRequest(), ticket="mine"))
    assert isinstance(client.call(GetTopology(TopologyRequest(), ticket="another")), TopologyMade)


def test_what_cannot_be_is_raised_as_it_was(client: EngineClient, folder: Path) -> None:
    index(client, folder)
    with pytest.raises(TopologyError, match="choose one of"):
        unwrapped(client.call(GetTopology(TopologyRequest(Lens.LATE))))
