"""Memex beside fast-resume and agentsview: what each finds of the judged queries, and how long it takes.

    python -m venv /tmp/peers && /tmp/peers/bin/pip install fast-resume==2.14.0 agentsview==0.46.1
    python -m memex --home /tmp/library index ../shared/corpus
    python -m tests.bench.peers /tmp/peers/bin /tmp/library

Each program gets the corpus's Claude Code and Codex files where it looks for them, in a home of its own, and
the query as typed. Scored over the sessions that these two agents wrote, by session id.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import mean

from memex.core.search import SearchRequest
from memex.library.evaluation.metrics import ndcg
from memex.library.evaluation.queries import Query
from memex.library.evaluation.runs import all_lenses
from memex.library.library import Library
from memex.library.search import search
from tests.bench.figures import spread
from tests.evaluation.judged import answered_queries

PORT = 18_093
START_SECONDS = 30.0
Ask = Callable[[str], Sequence[str]]
"""A query → session ids, best first."""


def lay_out(corpus: Path, home: Path) -> None:
    """Copies, so that no program can touch the corpus."""
    for file in sorted(corpus.glob("claude/**/*.jsonl")):
        project = file.parent.relative_to(corpus / "claude").as_posix().replace("/", "-")
        _copy(file, home / ".claude" / "projects" / project)
    for file in sorted(corpus.glob("codex/**/*.jsonl")):
        _copy(file, home / ".codex" / "sessions" / "2026" / "01" / "01")


def _copy(file: Path, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(file, folder / file.name)


def _environment(home: Path) -> dict[str, str]:
    places = {"HOME": home, "XDG_CACHE_HOME": home / ".cache", "XDG_DATA_HOME": home / ".local" / "share"}
    own = {"AGENTSVIEW_DATA_DIR": str(home / ".agentsview"), "AGENTSVIEW_NO_DAEMON": "1"}
    return {**os.environ, **own, **{name: str(place) for name, place in places.items()}}


def _run(home: Path, *command: str) -> bytes:
    done = subprocess.run(command, env=_environment(home), capture_output=True, check=False)
    return done.stdout


def fast_resume(program: Path, home: Path) -> Ask:
    def ask(query: str) -> list[str]:
        answer = _run(home, str(program), "--json", "--limit", "10", "--no-refresh", "--", query)
        return [session["id"] for session in json.loads(answer or b"{}").get("sessions", ())]

    return ask


@contextmanager
def agentsview(program: Path, home: Path) -> Iterator[Ask]:
    command = [str(program), "serve", "--no-browser", "--no-update-check", "--port", str(PORT)]
    server = subprocess.Popen(
        command, env=_environment(home), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _until_answering()
        yield _ask_agentsview
    finally:
        server.terminate()
        server.wait()


def _ask_agentsview(query: str) -> list[str]:
    asked = urllib.parse.urlencode({"q": query, "limit": 10})
    with urllib.request.urlopen(f"http://127.0.0.1:{PORT}/api/v1/search?{asked}") as answer:
        results = json.loads(answer.read())["results"] or ()
    return list(dict.fromkeys(result["session_id"].rsplit(":", 1)[-1] for result in results))


def _until_answering() -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            _ask_agentsview("ready")
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
        else:
            return


def memex(library: Library) -> Ask:
    def ask(query: str) -> list[str]:
        table = search(library.reader, library.vectors, SearchRequest(query))
        id_of = {card.key: card.id for card in table.cards}
        return [id_of[key] for key in all_lenses(table)]

    return ask


def names_of_sessions(library: Library, queries: Sequence[Query]) -> dict[str, str]:
    """What a program may call a session → the judged session's id.

    Some take a file's name for its id, and some list a sub-agent's transcript by itself.
    """
    keys = library.reader.sessions.keys_newest_first()
    cards = library.reader.sessions.cards(keys).values()
    names = {card.id: card.parent_id for card in cards if card.parent_id}
    return names | {Path(r.path).stem: r.session for query in queries for r in query.relevant}


def row(name: str, ask: Ask, queries: Sequence[Query], names: Mapping[str, str]) -> str:
    at_1, at_5, gains, took = [], [], [], []
    for query in queries:
        grades = {relevant.session: relevant.grade for relevant in query.relevant}
        begun = time.perf_counter()
        answer = ask(query.query)
        took.append((time.perf_counter() - begun) * 1_000)
        found = list(dict.fromkeys(names.get(session, session) for session in answer))
        at_1.append(any(session in grades for session in found[:1]))
        at_5.append(any(session in grades for session in found[:5]))
        gains.append(ndcg(found, grades))
    return f"| {name} | {mean(at_1):.3f} | {mean(at_5):.3f} | {mean(gains):.3f} | {spread(took)} |"


def _seconds(home: Path, *command: str) -> float:
    begun = time.perf_counter()
    _run(home, *command)
    return time.perf_counter() - begun


def main() -> None:
    programs, home = Path(sys.argv[1]), Path(sys.argv[2])
    corpus = Path(os.environ.get("MEMEX_CORPUS", "../shared/corpus")).resolve()
    queries = answered_queries()
    print("| program | success@1 | success@5 | nDCG@10 | query: 50/95/99/max |\n|---|---|---|---|---|")
    library = Library(home)
    library.open_vectors()
    names = names_of_sessions(library, queries)
    print(row("Memex", memex(library), queries, names), flush=True)
    library.close()
    with tempfile.TemporaryDirectory(prefix="memex-peers-") as folder:
        scratch = Path(folder)
        lay_out(corpus, scratch)
        resume, view = programs / "fr", programs / "agentsview"
        indexing = {
            "fast-resume": _seconds(scratch, str(resume), "--rebuild", "--list", "--limit", "1"),
            "agentsview": _seconds(scratch, str(view), "sync"),
        }
        print(row("fast-resume", fast_resume(resume, scratch), queries, names), flush=True)
        with agentsview(view, scratch) as ask:
            print(row("agentsview", ask, queries, names), flush=True)
    print("\n".join(f"{name} took in the files in {seconds:.1f} s" for name, seconds in indexing.items()))


if __name__ == "__main__":
    main()
