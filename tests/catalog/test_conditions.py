"""What each field's values match, and what the catalog counts and completes under them."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from memex.catalog.catalog import Catalog
from memex.catalog.sessions import SessionOrigin
from memex.catalog.sources import Source
from memex.core.filters import Condition, Field, Filters, Order
from memex.core.query import parse_query
from memex.core.session import FileTouch, Intent, Outcome, Session, ToolCall, ToolKind, TouchKind
from memex.library.session_traits import traits_of
from tests.sessions import prompt, reply, session, shell

NOW = datetime(2026, 11, 21, tzinfo=UTC)


def edit(path: str) -> ToolCall:
    return ToolCall("e", "Edit", ToolKind.EDIT, {}, "ok", files=(FileTouch(path, TouchKind.EDITED),))


RUST = session(
    "rust",
    prompt(0, "fix"),
    reply(1, "", shell("cargo build --release", "error: linker `cc` not found", is_error=True)),
    reply(2, "", edit("/home/ann/infra/src/main.rs"), shell("git push origin")),
    branch="feature/linker",
    models=("claude-opus-4-5",),
    outcome=Outcome.RESOLVED,
    intent=Intent.FIX,
    ended_at=datetime(2026, 5, 31, 23, 30, tzinfo=UTC),
)
SHOP = session(
    "shop",
    prompt(0, "x"),
    reply(1, "", edit("/home/ann/Shop/cart[1].py"), ToolCall("t", "Task", ToolKind.SUBAGENT)),
    project_path="/home/ann/Shop",
    branch="main",
    models=("gpt-5", "claude-sonnet-4-5"),
    outcome=Outcome.PARTIAL,
    ended_at=datetime(2026, 6, 1, 0, 30, tzinfo=UTC),
)
PLAIN = session(
    "plain",
    prompt(0, "x"),
    project_path="/home/ann/ÄPFEL",
    models=("gpt-5-mini",),
    started_at=None,
    ended_at=None,
)
CHILD = session("child", prompt(0, "x"), is_subagent=True, parent_id="shop", branch="main")
HELPER = session("helper", prompt(0, "x"), is_helper=True, branch="main")


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Catalog]:
    with Catalog(tmp_path_factory.mktemp("conditions") / "catalog.db") as opened:
        for value in (RUST, SHOP, PLAIN, CHILD, HELPER):
            write(opened, value)
        yield opened


def write(catalog: Catalog, value: Session) -> int:
    with catalog.transaction():
        key, _ = catalog.sessions.write(value, SessionOrigin(f"/t/{value.id}.jsonl", b"h"))
        catalog.traits.replace(key, traits_of(value))
    return key


def found(catalog: Catalog, text: str) -> set[str]:
    query = parse_query(text, NOW)
    assert query.problems == ()
    cards = catalog.sessions.cards(catalog.sessions.keys_where(query.filters))
    return {card.id for card in cards.values()}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("project:shop", "shop"),
        ("project:INFRA -is:resolved", "child"),
        ("project:äpfel", "plain"),
        ("project:sh*", "shop"),
        ("project:sho", ""),
        ("agent:codex", ""),
        ("branch:feature/*", "rust"),
        ("branch:MAIN", "shop child"),
        ("-branch:main", "rust plain"),
        ("file:main.rs", "rust"),
        ("file:SRC/", "rust"),
        ("file:*.py", "shop"),
        ("file:cart[1]", "shop"),
        ("file:cart[1].p?", "shop"),
        ("file:*.p", ""),
        ("file:100%", ""),
        ("file:main_rs", ""),
        ("file:.rs,.py", "rust shop"),
        ("-file:main.rs", "shop plain child"),
        ("cmd:cargo", "rust"),
        ('cmd:"git push"', "rust"),
        ("cmd:cargo*--release", "rust"),
        ("cmd:argo -cmd:push", ""),
        ("error:LINKER", "rust"),
        ("error:nothing", ""),
        ("tool:bash", "rust"),
        ("tool:shell", "rust"),
        ("tool:ed*", "rust shop"),
        ("tool:bas", ""),
        ("model:opus", "rust"),
        ("model:gpt-5", "shop"),
        ("model:gpt", "shop plain"),
        ("model:4-5", "rust shop"),
        ("model:gpt-5*", "shop plain"),
        ("model:pus", ""),
        ("intent:fix", "rust"),
        ("outcome:partial", "shop"),
        ("month:2026-05", "rust"),
        ("until:2026-05", "rust"),
        ("since:2026-06-01", "shop child"),
        ("since:2026-05-31 until:2026-06-01", "rust shop"),
        ("has:error", "rust"),
        ("has:edits", "rust shop"),
        ("has:images", ""),
        ("has:subagents", "shop"),
        ("has:error,subagents", "rust shop"),
        ("has:edits has:error", "rust shop"),
        ("is:resolved", "rust"),
        ("is:unresolved", "shop"),
        ("is:live", ""),
        ("session:plain", "plain"),
        ("tool:bash tool:task project:shop", "shop"),
        ("", "rust shop plain child"),
    ],
)
def test_what_a_condition_finds(catalog: Catalog, text: str, expected: str) -> None:
    assert found(catalog, text) == set(expected.split())


def test_a_session_is_live_while_its_transcript_was_just_written(tmp_path: Path) -> None:
    with Catalog(tmp_path / "catalog.db") as catalog:
        for name, age in (("now", 60), ("old", 3_600)):
            key = write(catalog, session(name))
            mtime_ns = int((time.time() - age) * 1e9)
            catalog.sources.record(Source(f"/t/{name}.jsonl", 1, mtime_ns, sessions=(key,)), 1)
        assert found(catalog, "is:live") == {"now"}
        assert found(catalog, "-is:live") == {"old"}


def counts(catalog: Catalog, text: str = "", **options: object) -> dict[str, dict[str, int]]:
    facets = catalog.facets.count(parse_query(text, NOW).filters, **options)  # type: ignore[arg-type]
    return {facet.field.value: {each.value: each.count for each in facet.values} for facet in facets}


def test_facets_count_main_sessions(catalog: Catalog) -> None:
    assert counts(catalog) == {
        "project": {"Shop": 1, "infra": 1, "ÄPFEL": 1},
        "agent": {"claude-code": 3},
        "branch": {"feature/linker": 1, "main": 1},
        "model": {"claude-opus-4-5": 1, "claude-sonnet-4-5": 1, "gpt-5": 1, "gpt-5-mini": 1},
        "outcome": {"partial": 1, "resolved": 1, "unknown": 1},
        "intent": {"fix": 1, "unknown": 2},
        "month": {"2026-05": 1, "2026-06": 1},
    }


def test_a_facet_is_counted_under_the_conditions_on_the_others(catalog: Catalog) -> None:
    found = counts(catalog, "project:shop has:edits")
    assert found["project"] == {"Shop": 1, "infra": 1}
    assert found["branch"] == {"main": 1}
    assert found["model"] == {"claude-sonnet-4-5": 1, "gpt-5": 1}
    assert counts(catalog, "project:shop branch:feature/*")["branch"] == {"main": 1}
    assert counts(catalog, "-project:shop since:2026-01-01")["project"] == {"infra": 1}


def test_facets_of_some_sessions_only(catalog: Catalog) -> None:
    rust = catalog.sessions.resolve("rust")
    assert counts(catalog, among=[rust])["project"] == {"infra": 1}
    assert counts(catalog, among=[])["project"] == {}
    assert counts(catalog, leaving_out=[rust])["project"] == {"Shop": 1, "ÄPFEL": 1}


def test_each_count_is_what_choosing_the_value_finds(catalog: Catalog) -> None:
    for facet in catalog.facets.count(Filters()):
        for each in facet.values:
            chosen = Filters((Condition(facet.field, each.value),))
            _, total = catalog.sessions.listed(chosen, Order.NEWEST, 10)
            assert (facet.field, each.value, total) == (facet.field, each.value, each.count)


@pytest.mark.parametrize(
    ("field", "beginning", "expected"),
    [
        (Field.PROJECT, "s", ["Shop"]),
        (Field.BRANCH, "link", ["feature/linker"]),
        (Field.MODEL, "op", ["claude-opus-4-5"]),
        (Field.TOOL, "", ["Edit", "Bash", "Task"]),
        (Field.FILE, "main", ["/home/ann/infra/src/main.rs"]),
        (Field.COMMAND, "cargo", ["cargo build --release"]),
        (Field.HAS, "e", ["error", "edits"]),
        (Field.IS, "", ["resolved", "unresolved", "live"]),
        (Field.OUTCOME, "un", ["unknown"]),
        (Field.SESSION, "ru", ["rust"]),
        (Field.PROJECT, "%", []),
    ],
)
def test_completion_offers_what_exists_the_most_frequent_first(
    catalog: Catalog, field: Field, beginning: str, expected: list[str]
) -> None:
    assert [each.value for each in catalog.facets.complete(field, beginning, 10)] == expected


def test_lists_have_an_order(tmp_path: Path) -> None:
    with Catalog(tmp_path / "catalog.db") as catalog:
        for name, day, turns in (("a", 1, 3), ("b", 2, 1), ("c", 3, 2)):
            when = datetime(2026, 11, day, tzinfo=UTC)
            write(catalog, session(name, *(prompt(n, "x") for n in range(turns)), ended_at=when))

        def ids(order: Order, leaving_out: tuple[int, ...] = ()) -> str:
            cards, _ = catalog.sessions.listed(Filters(), order, 10, leaving_out=leaving_out)
            return "".join(card.id for card in cards)

        assert [ids(order) for order in (Order.NEWEST, Order.OLDEST, Order.LONGEST)] == ["cba", "abc", "acb"]
        assert ids(Order.NEWEST, (catalog.sessions.resolve("b"),)) == "ca"


def test_what_a_session_did_is_a_list_in_the_order_of_its_turns(catalog: Catalog) -> None:
    rust, shop = catalog.sessions.resolve("rust"), catalog.sessions.resolve("shop")
    (file,) = catalog.traits.of(rust, Field.FILE)
    assert (file.value, file.kind, file.count, file.first_turn) == (
        "/home/ann/infra/src/main.rs",
        "edited",
        1,
        2,
    )
    commands = [each.value for each in catalog.traits.of(rust, Field.COMMAND)]
    assert commands == ["cargo build --release", "git push origin"]
    assert catalog.traits.shared(rust, Field.TOOL, 5) == {shop: 1}
    assert catalog.traits.shared(rust, Field.FILE, 5) == {}


def test_what_no_session_has_any_more_is_forgotten(tmp_path: Path) -> None:
    with Catalog(tmp_path / "catalog.db") as catalog:
        write(catalog, session("a", reply(0, "", shell("curl -H secret"))))
        write(catalog, session("a", reply(0, "", shell("curl -H redacted"))))
        commands = [each.value for each in catalog.facets.complete(Field.COMMAND, "", 10)]
        assert commands == ["curl -H redacted"]


def test_a_transcripts_path_names_its_session(catalog: Catalog) -> None:
    assert catalog.sessions.named("/t/rust.jsonl") == catalog.sessions.resolve("rust")
    assert catalog.sessions.named("ru") == catalog.sessions.resolve("rust")
    assert catalog.sessions.named("") is None
    assert catalog.sessions.named("/t/none.jsonl") is None
