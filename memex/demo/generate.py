"""Write the demo transcripts, laid out as the agents lay out theirs."""

import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from memex.core.session import Agent
from memex.demo.claude_writer import DemoFile, claude_files
from memex.demo.codex_writer import codex_file
from memex.demo.projects import PROJECTS


def write_demo(folder: Path, now: datetime) -> list[Path]:
    """Write every demo session below `folder`, dated as if `now` (aware) were today; returns the files.

    The same `now` gives the same bytes. Files carry the time at which their session ended.
    """
    written: list[Path] = []
    for file in demo_files(now):
        path = folder / file.path
        _remove_older(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(file.content)
        ended = file.ended_at.timestamp()
        os.utime(path, (ended, ended))
        written.append(path)
    return written


def demo_files(now: datetime) -> Iterator[DemoFile]:
    for project in PROJECTS:
        for script in project.scripts:
            if script.agent is Agent.CODEX:
                yield codex_file(project, script, now)
            else:
                yield from claude_files(project, script, now)


def _remove_older(path: Path) -> None:
    """A rollout's folder and name hold its date: written for another `now`, it would stand there twice."""
    if path.name.startswith("rollout-"):
        session = path.stem[-36:]
        for older in path.parents[3].glob(f"*/*/*/rollout-*-{session}.jsonl"):
            older.unlink()
