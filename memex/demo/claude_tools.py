"""What Claude Code writes of a tool call: the input, the text that the model gets, the structured result."""

from typing import Any, NamedTuple

from msgspec import to_builtins

from memex.demo.script import (
    Ask,
    Edit,
    Failed,
    Fetch,
    Glob,
    Grep,
    Mcp,
    Read,
    Shell,
    SubAgent,
    Todo,
    Tool,
    Write,
)
from memex.demo.stage import Change, Stage

Json = dict[str, Any]


class Result(NamedTuple):
    """What came back; `structured` is the `toolUseResult`."""

    text: str
    structured: object
    seconds: float = 0.4
    is_error: bool = False


def tool_use(call: Tool, stage: Stage) -> tuple[str, Json]:
    """Name and input."""
    match call:
        case Shell(command=command, about=about):
            return "Bash", {"command": command} | ({"description": about} if about else {})
        case Read(path=path, first=first, last=last):
            window = {"offset": first, "limit": last - first + 1} if last else {}
            return "Read", {"file_path": stage.absolute(path), **window}
        case Grep(pattern=pattern, path=path):
            return "Grep", {
                "pattern": pattern,
                "path": stage.absolute(path),
                "output_mode": "content",
                "-n": True,
            }
        case Glob(pattern=pattern):
            return "Glob", {"pattern": pattern}
        case Edit() | Write():
            return _changing(call, stage)
        case Failed(call=inner):
            return tool_use(inner, stage)
        case _:
            return _asking(call)


def _changing(call: Edit | Write, stage: Stage) -> tuple[str, Json]:
    path = stage.absolute(call.path)
    if isinstance(call, Write):
        return "Write", {"file_path": path, "content": call.content}
    return "Edit", {"file_path": path, "old_string": call.old, "new_string": call.new, "replace_all": False}


def _asking(call: Todo | Fetch | Ask | Mcp | SubAgent) -> tuple[str, Json]:
    match call:
        case Todo():
            return "TodoWrite", {"todos": todos(call)}
        case Fetch(url=url, question=question):
            return "WebFetch", {"url": url, "prompt": question}
        case Ask():
            return "AskUserQuestion", {"questions": questions(call)}
        case Mcp(server=server, tool=tool, input=arguments):
            return f"mcp__{server}__{tool}", arguments
        case SubAgent(kind=kind, about=about, prompt=text):
            return "Agent", {"description": about, "prompt": text, "subagent_type": kind}


def perform(call: Tool, stage: Stage) -> tuple[Json, Result]:
    """The input as it was sent, with the result; the stage's files change. Not for sub-agents."""
    given = tool_use(call, stage)[1]
    match call:
        case Shell():
            return given, _ran(call)
        case Read():
            return given, _read(call, stage)
        case Grep() | Glob():
            return given, _found(call, stage)
        case Edit(path=path, old=old, new=new):
            change = stage.edit(path, old, new)
            return given | {"old_string": change.old, "new_string": change.new}, _edited(change, stage)
        case Write(path=path, content=content):
            return given, _written(stage.write(path, content), stage)
        case Failed(reason=reason):
            return given, Result(reason, f"Error: {reason}", is_error=True)
        case SubAgent():
            raise TypeError("a sub-agent is performed by the session's writer")
        case _:
            return given, _answered(call)


def todos(call: Todo) -> list[Json]:
    statuses = ["completed"] * call.done + ["in_progress"] + ["pending"] * len(call.items)
    return [
        {"content": item, "status": status, "activeForm": item}
        for item, status in zip(call.items, statuses, strict=False)
    ]


def questions(call: Ask) -> list[Json]:
    options = [{"label": option, "description": option} for option in call.options]
    return [{"question": call.question, "header": "Decision", "options": options, "multiSelect": False}]


def _ran(call: Shell) -> Result:
    if call.exit:
        text = f"Exit code {call.exit}\n{call.output}"
        return Result(text, f"Error: {text}", call.seconds, is_error=True)
    structured = {"stdout": call.output, "stderr": "", "interrupted": False, "isImage": False}
    return Result(call.output, structured, call.seconds)


def _read(call: Read, stage: Stage) -> Result:
    lines = stage.lines(call.path, call.first, call.last)
    file = {
        "filePath": stage.absolute(call.path),
        "content": "\n".join(lines),
        "numLines": len(lines),
        "startLine": call.first,
        "totalLines": len(stage.lines(call.path, 1, None)),
    }
    text = "\n".join(f"{number:>6}→{line}" for number, line in enumerate(lines, start=call.first))
    return Result(text, {"type": "text", "file": file})


def _found(call: Grep | Glob, stage: Stage) -> Result:
    if isinstance(call, Glob):
        names = [stage.absolute(name) for name in stage.names(call.pattern)]
        listed = {"filenames": names, "durationMs": 12, "numFiles": len(names), "truncated": False}
        return Result("\n".join(names) or "No files found", listed)
    found = stage.matches(call.pattern, call.path)
    content = "\n".join(f"{name}:{number}:{line}" for name, number, line in found)
    counted = {"mode": "content", "numFiles": 0, "filenames": [], "content": content, "numLines": len(found)}
    return Result(content or "No matches found", counted)


def _edited(change: Change, stage: Stage) -> Result:
    path = stage.absolute(change.path)
    structured = {
        "filePath": path,
        "oldString": change.old,
        "newString": change.new,
        "originalFile": change.before,
        "structuredPatch": to_builtins(change.hunks()),
        "userModified": False,
        "replaceAll": False,
    }
    return Result(f"The file {path} has been updated successfully.", structured)


def _written(change: Change, stage: Stage) -> Result:
    path = stage.absolute(change.path)
    structured = {
        "type": "create" if change.before is None else "update",
        "filePath": path,
        "content": change.after,
        "structuredPatch": to_builtins(change.hunks()),
        "originalFile": change.before,
    }
    done = "created successfully at:" if change.before is None else "updated:"
    return Result(f"File {done} {path}", structured)


def _answered(call: Todo | Fetch | Ask | Mcp) -> Result:
    match call:
        case Todo():
            text = (
                "Todos have been modified successfully. Please proceed with the current tasks if applicable"
            )
            return Result(text, {"oldTodos": [], "newTodos": todos(call)})
        case Fetch(url=url, answer=answer):
            page = {
                "bytes": 48_213,
                "code": 200,
                "codeText": "OK",
                "result": answer,
                "durationMs": 3_400,
                "url": url,
            }
            return Result(answer, page, 3.4)
        case Ask(question=question, answer=answer):
            told = {"questions": questions(call), "answers": {question: answer}}
            return Result(f'User has answered your questions: "{question}"="{answer}".', told, 45)
        case Mcp(output=output):
            return Result(output, [{"type": "text", "text": output}], 1.1)
