"""Counts of prompts, calls, errors and output tokens from the raw JSON. Shares no code with the readers."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

NOT_TYPED = re.compile(
    r"<(?:command-|local-command|bash-|task-notif|system-rem|ide_)|\[(?:Request interr|SYSTEM NOT)|Caveat:"
)
INJECTED = re.compile(r"<[\w -]+>|# AGENTS\.md")
EXIT = re.compile(r"^(?:Process exited with code|Exit code:) (\d+)$|\"exit_code\": ?(\d+)[,}]", re.MULTILINE)
FAILED = re.compile(r"(?:[\w ./]+ )?failed\b|error\b|Script failed|aborted by user|cannot ", re.IGNORECASE)


class Counts(NamedTuple):
    prompts: int
    calls: int
    errors: int
    output_tokens: int


def records(path: Path) -> Iterator[dict[str, Any]]:
    for line in path.read_bytes().split(b"\n"):
        try:
            yield json.loads(line)
        except ValueError:
            continue


def count_claude(path: Path) -> Counts:
    seen: set[str] = set()
    output: dict[str, int] = {}
    used: list[str] = []
    failed: list[str] = []
    prompts = inline = main = 0
    for line in records(path):
        record = _only_copy(line, path)
        if record.get("uuid") in seen or record.get("type") not in ("user", "assistant", "attachment"):
            continue
        seen.add(record.get("uuid", ""))
        if record["type"] == "attachment":
            prompts += record["attachment"].get("commandMode") == "prompt"
            continue
        main += record.get("isSidechain") is not True
        message = record["message"]
        content = message.get("content") or []
        blocks = [{"type": "text", "text": content}] if isinstance(content, str) else content
        used += [block["id"] for block in blocks if block["type"] in ("tool_use", "server_tool_use")]
        failed += [block["tool_use_id"] for block in blocks if block.get("is_error") is True]
        if usage := message.get("usage"):
            output[message["id"]] = max(output.get(message["id"], 0), usage.get("output_tokens", 0))
        if record["type"] == "user" and _is_typed(record, blocks):
            prompts += 1
            inline += record.get("isSidechain") is True
    prompts -= inline if main else 0
    return Counts(prompts, len(used), sum(call in set(used) for call in failed), sum(output.values()))


def _only_copy(line: dict[str, Any], path: Path) -> dict[str, Any]:
    """The message of a sub-agent that has no file of its own, else the line itself."""
    data = line.get("data") or {}
    if line.get("type") != "progress" or data.get("type") != "agent_progress":
        return line
    name = f"agent-{data['agentId']}.jsonl"
    own = (path.parent / name).exists() or (path.with_suffix("") / "subagents" / name).exists()
    return line if own else {**data["message"], "isSidechain": True}


def _is_typed(record: dict[str, Any], blocks: list[dict[str, Any]]) -> bool:
    if record.get("isMeta") or record.get("isCompactSummary") or record.get("isVisibleInTranscriptOnly"):
        return False
    if (record.get("origin") or {}).get("kind") == "task-notification":
        return False
    texts = [block["text"].strip() for block in blocks if block["type"] == "text"]
    pictures = any(block["type"] == "image" for block in blocks)
    return pictures or any(text and not NOT_TYPED.match(text) for text in texts)


def count_codex(path: Path) -> Counts:
    typed = plain = calls = errors = tokens = last = 0
    own = copying = ""
    for record in records(path):
        payload = record["payload"]
        kind = payload.get("type", "")
        if record["type"] == "session_meta":
            copying = payload["id"] if own and payload["id"] != own and not calls + typed + plain else copying
            own = own or payload["id"]
        copying = "" if kind == "task_started" and payload["turn_id"] > own else copying
        total = ((payload.get("info") or {}).get("total_token_usage") or {}).get("output_tokens")
        if total is not None:
            tokens += 0 if copying else total - last if total >= last else total
            last = total
        if copying:
            continue
        typed += kind == "user_message"
        parts = payload.get("content") or [] if kind == "message" and payload["role"] == "user" else []
        plain += any(part.get("text") and not INJECTED.match(part["text"]) for part in parts)
        calls += record["type"] == "response_item" and kind.endswith("_call")
        errors += kind.endswith("call_output") and _has_failed(payload["output"])
    return Counts(typed or plain, calls, errors, tokens)


def _has_failed(output: Any) -> bool:
    parts = [output] if isinstance(output, str) else [part.get("text", "") for part in output]
    head = (
        parts[0].partition("\nOutput:")[0]
        if parts and not parts[0].startswith("{")
        else "".join(parts)[-300:]
    )
    shown = [part for part in parts[1:] if part.startswith('{"chunk_id"')]
    codes = [code for text in (head, *shown) for found in EXIT.findall(text) for code in found if code]
    return any(int(code) for code in codes) or (bool(parts) and FAILED.match(parts[0]) is not None)
