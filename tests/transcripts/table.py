"""`python -m tests.transcripts.table FOLDER…`: what was read of every file in the folders, by agent.

Unpaired calls, results without a call and unknown records are told apart by their cause.
"""

import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from memex.core.errors import TranscriptError
from memex.core.session import Agent, Session, ToolCall, ToolKind, Turn, TurnKind
from memex.transcripts.discovery import FoundFile, find_transcripts
from memex.transcripts.readers import read_transcripts

LOST_RESULTS = ("tool_result without its call", "output without its call")
NO_RESULTS = (Agent.CURSOR, Agent.AIDER)
COLUMNS = (
    "files",
    "sessions",
    "turns",
    "calls",
    "unpaired",
    "lost results",
    "unknown",
    "problems",
    "seconds",
)


@dataclass(slots=True)
class Row:
    numbers: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0
    unpaired: Counter[str] = field(default_factory=Counter)
    unknown: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)

    def take(self, session: Session) -> None:
        lost = {key: count for key, count in session.skipped_records.items() if key in LOST_RESULTS}
        others = {key: count for key, count in session.skipped_records.items() if key not in LOST_RESULTS}
        causes = list(causes_of_unpaired(session))
        self.numbers.update(
            {
                "sessions": 1,
                "turns": len(session.turns),
                "calls": sum(len(turn.tool_calls) for turn in session.turns),
                "unpaired": len(causes),
                "lost results": sum(lost.values()),
                "unknown": sum(others.values()),
                "problems": len(session.problems),
            }
        )
        self.unpaired.update(causes)
        self.unknown.update(others)
        if lost:
            self.unpaired["a result whose call is in another file, or was lost"] += sum(lost.values())


def causes_of_unpaired(session: Session) -> Iterator[str]:
    for turn in session.turns:
        for call in turn.tool_calls:
            if call.result is None:
                yield _cause(session, turn, call)


def _cause(session: Session, turn: Turn, call: ToolCall) -> str:
    following = [other.kind for other in session.turns[turn.index + 1 :]]
    rules = (
        (session.agent in NO_RESULTS, "the format has no results"),
        (session.is_helper, "a helper's copy of a session that was still at work"),
        (turn.is_withdrawn, "withdrawn by the user before it ended"),
        (TurnKind.REPLY not in following, "the file ends with it"),
        (following[:1] == [TurnKind.SUMMARY], "cut off by a compaction"),
        (call.kind is ToolKind.SUBAGENT, "a sub-agent that never reported"),
        (TurnKind.INTERRUPT in following, "interrupted by the user"),
        (TurnKind.ERROR in following, "the agent failed"),
    )
    return next((cause for holds, cause in rules if holds), "no result was ever written (most are fixtures)")


def table(folders: Iterable[Path]) -> dict[str, Row]:
    rows: dict[str, Row] = {}
    for found in find_transcripts(folders):
        if not isinstance(found, FoundFile):
            rows.setdefault("(refused)", Row()).refused[found.reason] += 1
            continue
        start = time.process_time()
        try:
            with found.path.open("rb") as stream:
                sessions = list(read_transcripts(stream, found.path))
        except TranscriptError as refusal:
            reason = str(refusal).replace(str(found.path), "…")
            rows.setdefault("(refused)", Row()).refused[reason] += 1
            continue
        row = rows.setdefault(sessions[0].agent.value, Row())
        row.numbers["files"] += 1
        row.seconds += time.process_time() - start
        for session in sessions:
            row.take(session)
    return rows


def printed(rows: dict[str, Row]) -> Iterator[str]:
    yield f"{'':14}" + "".join(f"{name:>14}" for name in COLUMNS)
    for agent, row in sorted(rows.items()):
        if not row.numbers:
            continue
        numbers = [f"{row.numbers[name]:14,}" for name in COLUMNS[:-1]]
        yield f"{agent:14}" + "".join(numbers) + f"{row.seconds:14.2f}"
    for agent, row in sorted(rows.items()):
        for title, counts in (("unpaired", row.unpaired), ("unknown", row.unknown), ("refused", row.refused)):
            for cause, count in counts.most_common(20):
                yield f"{agent}, {title}: {count} × {cause}"


def main(arguments: Sequence[str]) -> None:
    for line in printed(table(Path(argument) for argument in arguments)):
        sys.stdout.write(line + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
