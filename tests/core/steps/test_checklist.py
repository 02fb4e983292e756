"""How a to-do list is followed through a session."""

from memex.core.session import Role, ToolCall, ToolKind, Turn, TurnKind
from memex.core.steps.blocks import CheckItem, CheckState
from memex.core.steps.context import step_context

DONE, OPEN, ACTIVE = CheckState.DONE, CheckState.OPEN, CheckState.ACTIVE


def turns_of(*calls: ToolCall) -> list[Turn]:
    return [Turn(n, Role.ASSISTANT, TurnKind.REPLY, tool_calls=(call,)) for n, call in enumerate(calls)]


def todo(**states: str) -> ToolCall:
    items = [{"content": name, "status": state} for name, state in states.items()]
    return ToolCall("t", "TodoWrite", ToolKind.TODO, {"todos": items}, "saved")


def task(name: str, arguments: dict[str, str], result: str = "ok", *, is_error: bool = False) -> ToolCall:
    return ToolCall("t", name, ToolKind.TODO, arguments, result, is_error=is_error)


def test_what_changed_is_told_by_comparing_with_the_list_before() -> None:
    context = step_context(
        turns_of(todo(a="pending", b="pending", c="pending"), todo(a="completed", c="pending", d="pending"))
    )
    assert context.checklist(0, 0) == tuple(CheckItem(name, OPEN) for name in "abc")
    assert context.checklist(1, 0) == (
        CheckItem("a", DONE, was=OPEN),
        CheckItem("c", OPEN),
        CheckItem("d", OPEN, is_new=True),
        CheckItem("b", OPEN, is_gone=True),
    )


def test_tasks_that_come_one_by_one_make_one_list() -> None:
    context = step_context(
        turns_of(
            task("TaskCreate", {"subject": "one"}, "Task #1 created successfully: one"),
            task("TaskCreate", {"subject": "two"}, "Task #2 created successfully: two"),
            task("TaskUpdate", {"taskId": "1", "status": "in_progress"}),
            task("TaskUpdate", {"taskId": "9", "status": "completed"}),
            task("TaskUpdate", {"taskId": "2", "status": "completed"}, is_error=True),
        )
    )
    assert context.checklist(1, 0) == (CheckItem("one", OPEN), CheckItem("two", OPEN, is_new=True))
    assert context.checklist(2, 0) == (CheckItem("one", ACTIVE, was=OPEN), CheckItem("two", OPEN))
    assert (context.checklist(3, 0), context.checklist(4, 0)) == ((), ())


def test_a_page_carries_only_what_its_turns_need() -> None:
    turns = turns_of(todo(a="pending"), todo(a="completed"))
    assert list(step_context(turns).for_turns(turns[1:]).checklists) == ["1.0"]
