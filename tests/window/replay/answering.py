"""Answers what a pane asks, as the engine would: at once, or when it is let."""

from collections.abc import Callable, Sequence

from memex.core.errors import MemexError
from memex.core.session import Agent, Session, Turn
from memex.engine.protocol import Done, Failed, Reply, Request
from memex.engine.replay_messages import FindInSession, FoundInSession, GetTurns, Turns
from memex.library.replay.finding import find_in_session
from memex.window.replay.pane import ReplayPane
from tests.window.replay.sessions import page_of


class Answering:
    def __init__(self, pane: ReplayPane, turns: Sequence[Turn], key: int = 1, *, holds: bool = False) -> None:
        self.turns = tuple(turns)
        self.key = key
        self.holds = holds
        self.asked: list[Request] = []
        self.held: list[tuple[Request, Callable[[Reply], None]]] = []
        pane.set_ask(self._ask)

    @property
    def pages(self) -> list[int]:
        """First turns of the pages that were asked for."""
        return [request.first for request in self.asked if isinstance(request, GetTurns)]

    def release(self, reply: Reply | None = None) -> None:
        """Answer what was held back: as it should be, or all of it with `reply`."""
        held, self.held = self.held, []
        for request, answer in held:
            answer(reply or self.reply(request))

    def _ask(self, request: Request, answer: Callable[[Reply], None]) -> None:
        self.asked.append(request)
        if self.holds:
            self.held.append((request, answer))
        else:
            answer(self.reply(request))

    def reply(self, request: Request) -> Reply:
        match request:
            case GetTurns(session_key=key, first=first, count=count):
                return Turns(page_of(self.turns, first, count, key))
            case FindInSession(session_key=key, request=wanted):
                session = Session(Agent.CLAUDE_CODE, "s", turns=self.turns)
                try:
                    return FoundInSession(find_in_session(key, session, wanted))
                except MemexError as error:
                    return Failed(type(error).__name__, str(error))
            case _:
                return Done()
