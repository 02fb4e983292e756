"""The turns of a rollout while it is read: what begins a turn, and which records repeat one another."""

from collections import Counter
from datetime import datetime
from enum import Enum

from memex.core.session import Role, Turn, TurnKind
from memex.transcripts.codex.prompts import Said
from memex.transcripts.draft import CallDraft, SessionDraft, TurnDraft
from memex.transcripts.fields import time_of

KEY_LENGTH = 400


class Source(Enum):
    ITEM = "response_item"
    EVENT = "event_msg"


class Echoes:
    """Texts that arrive from both sources, in either order; each pair counts once, a repeated text twice."""

    def __init__(self) -> None:
        self._from_items: Counter[str] = Counter()
        self._from_events: Counter[str] = Counter()

    def is_first(self, source: Source, text: str) -> bool:
        key = text.strip()
        mine, twins = self._from_items, self._from_events
        if source is Source.EVENT:
            mine, twins = twins, mine
        if twins.get(key):
            twins[key] -= 1
            return False
        mine[key] += 1
        return True


class Here:
    """The record in hand: its line, offset, and timestamp as it stands there."""

    __slots__ = ("byte", "number", "stamp")

    def __init__(self) -> None:
        self.number = self.byte = 0
        self.stamp: object = None

    @property
    def time(self) -> datetime | None:
        return time_of(self.stamp)


class Conversation:
    def __init__(self) -> None:
        self.here = Here()
        self.draft = SessionDraft()
        self.model: str | None = None
        self.last_call: CallDraft | None = None
        self._reply: TurnDraft | None = None
        self._answered = False
        self._calls: dict[str, tuple[TurnDraft, CallDraft]] = {}
        self._replies = Echoes()
        self._thoughts = Echoes()
        self._typed: list[TurnDraft] = []
        self._unconfirmed: list[TurnDraft] = []
        self._prompts_are_typed = False
        self._branches = 0
        self._running: dict[str, CallDraft] = {}
        """Processes and cells that calls left running, by the id that later calls name."""

    def use_model(self, model: str) -> None:
        if model:
            self.model = model
            self.draft.models[model] = None

    def reply(self) -> TurnDraft:
        """The turn an utterance of the model belongs to: a new one once a call of the last was answered."""
        if self._reply is None or self._answered:
            self._reply = self.draft.begin_turn(self.here, Role.ASSISTANT, TurnKind.REPLY, self.here.time)
            self._reply.model = self.model
            self._answered = False
        self._reply.add_line(self.here.number)
        return self._reply

    def speak(self, source: Source, text: str) -> None:
        if text.strip() and self._replies.is_first(source, text):
            self.reply().texts.append(text)

    def think(self, source: Source, text: str) -> None:
        if text.strip() and self._thoughts.is_first(source, text):
            self.reply().thoughts.append(text)

    def begin_call(self, call: CallDraft) -> None:
        if call.id and call.id in self._calls:
            return
        turn = self.reply()
        turn.calls.append(call)
        self._calls[call.id] = (turn, call)
        self.last_call = call

    def call(self, call_id: str) -> CallDraft | None:
        known = self._calls.get(call_id)
        return known[1] if known else None

    def answered_call(self, call_id: str) -> CallDraft | None:
        """The call that an output answers. What the model says next is a new turn."""
        known = self._calls.get(call_id)
        if known is None:
            self.draft.skipped["output without its call"] += 1
            return None
        turn, call = known
        turn.add_line(self.here.number)
        if turn is self._reply:
            self._answered = True
        return call

    def note(self, role: Role, kind: TurnKind, text: str) -> TurnDraft:
        """A turn that is no response of the model; whatever the model says next is a new response."""
        self._reply = None
        turn = self._begin(role, kind)
        turn.texts.append(text)
        return turn

    def propose(self, plan: str) -> None:
        """A plan, unless the model's last words hold it already."""
        said = [text for turn in self.draft.turns[-3:] for text in turn.texts]
        if plan.strip() and not any(plan.strip() in text for text in said):
            self.reply().texts.append(plan)

    def withdraw(self, count: int) -> None:
        """The last prompts that still stand, with all that followed them, become a branch."""
        standing = [turn for turn in self.draft.turns if not turn.branch]
        prompts = [place for place, turn in enumerate(standing) if turn.kind is TurnKind.PROMPT]
        if count and prompts:
            self._branches += 1
            for turn in standing[prompts[max(0, len(prompts) - count)] :]:
                turn.branch = self._branches

    def leave_running(self, call: CallDraft, process: str) -> None:
        self._running[process] = self._origin(call)

    def join(self, call: CallDraft, process: str) -> None:
        """A call that feeds or waits for what an earlier one left running."""
        if process in self._running:
            call.continues = self._running[process].id

    def ended(self, call: CallDraft) -> None:
        """The end of a continued call is the end of the one that began it."""
        begun = self._origin(call)
        if begun.exit_status is None:
            begun.exit_status = call.exit_status

    def _origin(self, call: CallDraft) -> CallDraft:
        return self.call(call.continues or "") or call

    def interrupt(self, text: str) -> None:
        self.note(Role.USER, TurnKind.INTERRUPT, text)

    def hear_item(self, said: Said) -> None:
        """A user's message as the model got it: typed, or put in by the harness. Only the event tells."""
        if said.kind is not TurnKind.PROMPT:
            self.note(said.role, said.kind, said.text)
            return
        if twin := _take_twin(self._typed, said.text):
            twin.add_line(self.here.number)
            return
        turn = self._prompt(said)
        self._unconfirmed.append(turn)

    def hear_event(self, said: Said) -> None:
        """A user's message as it was typed."""
        self._prompts_are_typed = True
        if twin := _take_twin(self._unconfirmed, said.text):
            twin.add_line(self.here.number)
            twin.images = max(twin.images, said.images)
            return
        self._typed.append(self._prompt(said))

    def turns(self) -> tuple[Turn, ...]:
        """In a file that says which prompts were typed, the others were put in by the harness."""
        injected = {id(turn) for turn in self._unconfirmed} if self._prompts_are_typed else set()
        return self.draft.finish_turns(lambda turn: id(turn) in injected)

    def _begin(self, role: Role, kind: TurnKind) -> TurnDraft:
        return self.draft.begin_turn(self.here, role, kind, self.here.time)

    def _prompt(self, said: Said) -> TurnDraft:
        self._reply = None
        turn = self._begin(Role.USER, TurnKind.PROMPT)
        turn.images = said.images
        if said.text:
            turn.texts.append(said.text)
        return turn


def _take_twin(turns: list[TurnDraft], text: str) -> TurnDraft | None:
    """The turn that says the same, or says it among names of attached files; taken from the list."""
    key = _key(text)
    for index in range(len(turns) - 1, max(-1, len(turns) - 9), -1):
        other = _key("".join(turns[index].texts))
        if key == other or (key and other and (key in other or other in key)):
            return turns.pop(index)
    return None


def _key(text: str) -> str:
    return " ".join(text[: KEY_LENGTH * 2].split())[:KEY_LENGTH]
