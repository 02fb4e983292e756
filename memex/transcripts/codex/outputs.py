"""The output of a call, in every shape that Codex has written."""

import re
from typing import NamedTuple

import msgspec

from memex.transcripts.codex.payloads import CallOutput, Part
from memex.transcripts.fields import record_of, text_of, whole_number
from memex.transcripts.fitting import fitted
from memex.transcripts.records import Record

HEADER = re.compile(
    r"(?:Command: |Chunk ID: |Exit code: |Wall time|Script (?:completed|failed|running|terminated))"
)
EXIT = re.compile(r"^(?:Process exited with code|Exit code:)(?: .*)? (-?\d{1,9})$", re.MULTILINE)
WALL_TIME = re.compile(r"^Wall time:? (\d{1,7}(?:\.\d{1,9})?) seconds$", re.MULTILINE)
RUNNING = re.compile(
    r"^(?:Process running with session|Script running with cell) ID (?:.* )?([^ \n]*)$", re.MULTILINE
)
OUTPUT = "\nOutput:"
FAILURE = re.compile(
    r"(?:[\w./]+ ){0,3}failed\b|(?:execution )?error\b|aborted by user|unsupported call|unknown tool|cannot ",
    re.IGNORECASE,
)
HEADER_LENGTH = 20_000
"""The command that a header repeats may be a long script."""


class Output(NamedTuple):
    text: str
    exit_status: int | None = None
    failed: bool = False
    duration_ms: int | None = None
    running: str = ""
    """The process or cell that still runs, by the id that later calls name."""


def read_output(output: str | list[Part] | Record | None) -> Output:
    if isinstance(output, str):
        if output.startswith("{") and (fields := decoded(output)) and "output" in fields:
            return _from_fields(fields)
        return _from_text(output)
    if isinstance(output, list):
        return _from_parts([_part_text(part) for part in output])
    fields = record_of(output)
    if "content" in fields:
        whole = read_output(fitted({"output": fields["content"]}, CallOutput).output)
        return whole._replace(failed=whole.failed or fields.get("success") is False)
    return _from_fields(fields)


def decoded(text: str) -> Record:
    """The JSON object that a text holds, else an empty one."""
    try:
        return record_of(msgspec.json.decode(text))
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return {}


def _from_fields(fields: Record) -> Output:
    """`{output, metadata: {exit_code, duration_seconds}}`; code mode has the facts beside `output`."""
    facts = record_of(fields.get("metadata")) or fields
    seconds = facts.get("duration_seconds", facts.get("wall_time_seconds"))
    status = whole_number(facts.get("exit_code"))
    process = whole_number(facts.get("session_id"))
    return Output(
        text=text_of(fields.get("output")),
        exit_status=status,
        failed=bool(status),
        duration_ms=_milliseconds(seconds),
        running="" if process is None else str(process),
    )


def _from_parts(parts: list[str]) -> Output:
    """The first part is the header; the others are what the script showed."""
    if not parts:
        return Output("")
    head = _from_text(parts[0])
    shown = [
        _from_fields(fields) if (fields := _command_fields(part)) else Output(part) for part in parts[1:]
    ]
    text = "\n".join(filter(None, (head.text, *(one.text for one in shown))))
    statuses = [one.exit_status for one in (head, *shown) if one.exit_status is not None]
    status = next((status for status in statuses if status), statuses[0] if statuses else None)
    running = next((one.running for one in (head, *shown) if one.running), "")
    return Output(text, status, head.failed or bool(status), head.duration_ms, running)


def _command_fields(part: str) -> Record:
    """A script that shows the whole result of `exec_command` shows it as JSON."""
    return decoded(part) if part.startswith('{"chunk_id"') else {}


def _from_text(text: str) -> Output:
    if not HEADER.match(text):
        return Output(text, failed=FAILURE.match(text) is not None)
    start = text.find(OUTPUT, 0, HEADER_LENGTH)
    header, body = (text[:start], text[start + len(OUTPUT) :]) if start >= 0 else (text[:HEADER_LENGTH], text)
    exits, times = EXIT.findall(header), WALL_TIME.findall(header)
    processes = RUNNING.findall(header) if " running with " in header else ()
    status = int(exits[-1]) if exits else None
    duration = round(float(times[-1]) * 1000) if times else None
    running = processes[-1] if processes else ""
    failed = bool(status) or header.startswith("Script failed")
    return Output(body.removeprefix("\n"), status, failed, duration, running)


def _part_text(part: Part) -> str:
    return "[image]" if part.type == "input_image" else part.text


def _milliseconds(seconds: object) -> int | None:
    if isinstance(seconds, int | float) and 0 <= seconds < 1e9:
        return round(seconds * 1000)
    return None
