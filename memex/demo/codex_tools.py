"""How Codex does things: it reads and searches with the shell, and changes files with `apply_patch`."""

from shlex import quote

from memex.demo.script import Grep, Read, Shell
from memex.demo.stage import Change, Stage


def patch_text(change: Change, path: str) -> str:
    return f"*** Begin Patch\n{_patch_body(change, path)}*** End Patch\n"


def as_command(call: Shell | Read | Grep, stage: Stage) -> Shell:
    match call:
        case Read(path=path, first=first, last=last):
            command = f"sed -n '{first},{last}p' {path}" if last else f"cat {path}"
            return Shell(command, "\n".join(stage.lines(path, first, last)), 0, "", 0.1)
        case Grep(pattern=pattern, path=path):
            found = [f"{name}:{number}:{line}" for name, number, line in stage.matches(pattern, path)]
            return Shell(f"rg -n {quote(pattern)} {path}".strip(), "\n".join(found), 0, "", 0.1)
        case _:
            return call


def _patch_body(change: Change, path: str) -> str:
    if change.before is None:
        added = "".join(f"+{line}\n" for line in change.after.splitlines())
        return f"*** Add File: {path}\n{added}"
    hunks = "".join("@@\n" + "".join(f"{line}\n" for line in hunk.lines) for hunk in change.hunks())
    return f"*** Update File: {path}\n{hunks}"
