"""What the lenses of real sessions are made of: short and long, prose and code, many scripts, and nothing."""

PYTHON = """def merge(intervals: list[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(intervals):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged
"""
RUST = """impl<'a> Iterator for Lines<'a> {
    type Item = &'a str;
    fn next(&mut self) -> Option<Self::Item> {
        self.rest.split_once('\\n').map(|(line, rest)| { self.rest = rest; line })
    }
}"""
TRACEBACK = """Traceback (most recent call last):
  File "/srv/app/worker.py", line 88, in run
    message = self.queue.pop()
IndexError: pop from an empty deque"""
DIFF = """--- a/src/retry.ts
+++ b/src/retry.ts
@@ -12,7 +12,7 @@
-  const wait = base * attempt;
+  const wait = base * 2 ** attempt + Math.random() * jitter;"""
PROSE = (
    "The nightly import was slow because every row opened its own transaction; batching five hundred rows "
    "brought it from forty minutes to fifty seconds, and the locks that blocked the dashboard are gone. "
)

VARIED_TEXTS = (
    "",
    " ",
    "\n\t\n",
    "a",
    "?",
    "fix it",
    "yes, go on",
    "why did the deploy fail",
    "qdrant connection refused",
    "git status && git diff --stat",
    "docker compose up -d postgres redis",
    "rg -n 'TODO|FIXME' --glob '!vendor/**' src",
    "SELECT id, title FROM session WHERE started_at > ? ORDER BY started_at DESC LIMIT 20;",
    "kubectl logs -f deploy/api --since=10m | grep -i timeout",
    "src/memex/window/replay/pane.py",
    "C:\\Users\\anna\\projects\\billing\\src\\InvoiceRenderer.cs",
    "README.md package.json tsconfig.json .github/workflows/ci.yml",
    "https://example.org/docs/api?page=3&sort=-date#errors",
    "0x7ffee3b1c0de 3.14159 1e-12 -42 2026-11-21T14:03:22Z",
    '{"type":"tool_use","name":"Bash","input":{"command":"pytest -q","timeout":120000}}',
    "error[E0382]: borrow of moved value: `config`",
    "npm ERR! code ERESOLVE could not resolve dependency tree",
    "Segmentation fault (core dumped)",
    PYTHON,
    RUST,
    TRACEBACK,
    DIFF,
    PROSE,
    PROSE * 3,
    PROSE * 12,
    PYTHON * 8,
    TRACEBACK * 10,
    "word " * 254,
    "word " * 255,
    "word " * 3_000,
    "supercalifragilisticexpialidocious" * 20,
    "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVo=" * 30,
    "-" * 400,
    "Größenänderung des Fensters führt zu einem Absturz, wenn die Schrift fehlt",
    "Le naïf façonne déjà l'œuvre à Noël",
    "Почему тест падает только на второй машине?",
    "この関数はなぜ二回呼ばれるのですか",
    "请解释为什么缓存没有失效",
    "لماذا يفشل الاختبار",
    "पायथन में त्रुटि क्यों आती है",
    "🚀 shipped 🎉 but 🐛 in 👩‍💻's branch",
    "e\u0301 and é, \ufb01le and file, \u200bzero\u200bwidth\u00a0blank",
    "├── src\n│   ├── main.rs\n│   └── lib.rs\n└── Cargo.toml",
    "\x00\x1b[31mred\x1b[0m\x07 bell",
    "∀ε>0 ∃δ>0: |x−a|<δ ⇒ |f(x)−f(a)|<ε",
)
