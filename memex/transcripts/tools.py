"""What a tool does, whatever its agent calls it, and what the input of a call says."""

import shlex
from typing import Any

from memex.core.session import FileTouch, ToolKind, TouchKind
from memex.transcripts.fields import record_of, text_of

KIND_OF_TOOL = {
    "Bash": ToolKind.SHELL,
    "BashOutput": ToolKind.SHELL,
    "KillBash": ToolKind.SHELL,
    "KillShell": ToolKind.SHELL,
    "PowerShell": ToolKind.SHELL,
    "Edit": ToolKind.EDIT,
    "MultiEdit": ToolKind.EDIT,
    "NotebookEdit": ToolKind.EDIT,
    "Write": ToolKind.WRITE,
    "Read": ToolKind.READ,
    "NotebookRead": ToolKind.READ,
    "Glob": ToolKind.SEARCH,
    "Grep": ToolKind.SEARCH,
    "LS": ToolKind.SEARCH,
    "WebFetch": ToolKind.WEB,
    "WebSearch": ToolKind.WEB,
    "web_search": ToolKind.WEB,
    "web_fetch": ToolKind.WEB,
    "TodoWrite": ToolKind.TODO,
    "TodoRead": ToolKind.TODO,
    "TaskCreate": ToolKind.TODO,
    "TaskUpdate": ToolKind.TODO,
    "TaskList": ToolKind.TODO,
    "TaskGet": ToolKind.TODO,
    "EnterPlanMode": ToolKind.PLAN,
    "ExitPlanMode": ToolKind.PLAN,
    "AskUserQuestion": ToolKind.QUESTION,
    "Task": ToolKind.SUBAGENT,
    "Agent": ToolKind.SUBAGENT,
    "shell": ToolKind.SHELL,
    "local_shell": ToolKind.SHELL,
    "shell_command": ToolKind.SHELL,
    "exec_command": ToolKind.SHELL,
    "write_stdin": ToolKind.SHELL,
    "apply_patch": ToolKind.EDIT,
    "read_file": ToolKind.READ,
    "view_image": ToolKind.READ,
    "list_dir": ToolKind.SEARCH,
    "grep_files": ToolKind.SEARCH,
    "update_plan": ToolKind.TODO,
    "request_user_input": ToolKind.QUESTION,
    "spawn_agent": ToolKind.SUBAGENT,
}
TOUCH_OF_KIND = {
    ToolKind.READ: TouchKind.READ,
    ToolKind.EDIT: TouchKind.EDITED,
    ToolKind.WRITE: TouchKind.EDITED,
}
SHELLS = ("bash", "sh", "zsh", "dash", "fish", "pwsh", "powershell", "cmd")
PATH_FIELDS = ("file_path", "notebook_path", "path", "filePath", "absolute_path", "target_file")


def kind_of(name: str) -> ToolKind:
    kind = KIND_OF_TOOL.get(name)
    if kind is None:
        return ToolKind.MCP if name.startswith("mcp__") else ToolKind.OTHER
    return kind


def command_of(given: Any) -> str | None:
    """The command line in the input of a shell call: a text, or a list as `execve` takes it."""
    fields = record_of(given)
    command = fields.get("command") or fields.get("cmd")
    if isinstance(command, list):
        return command_line([word for word in command if isinstance(word, str)])
    return command if isinstance(command, str) and command else None


def command_line(words: list[str]) -> str | None:
    """`["bash", "-lc", script]` is its script; any other list is quoted."""
    if (
        len(words) == 3
        and _program(words[0]) in SHELLS
        and words[1].lower() in ("-c", "-lc", "-ic", "/c", "-command")
    ):
        return words[2]
    return shlex.join(words) if words else None


def touches_of(kind: ToolKind, given: Any) -> tuple[FileTouch, ...]:
    """The file that a reading, editing or writing call names."""
    touch = TOUCH_OF_KIND.get(kind)
    if touch is None:
        return ()
    fields = record_of(given)
    for field in PATH_FIELDS:
        if path := text_of(fields.get(field)):
            return (FileTouch(path, touch),)
    return ()


def _program(word: str) -> str:
    return word.replace("\\", "/").rsplit("/", 1)[-1].lower().removesuffix(".exe")
