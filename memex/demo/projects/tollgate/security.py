"""Who is calling: webhook signatures and tokens."""

from memex.demo.script import claude, codex, edit, grep, prompt, read, say, shell, subagent, think, together

WEBHOOK_REVIEW = claude(
    "webhook-review",
    "Review of webhook signature checks",
    48,
    "11:25",
    prompt(
        """
        review internal/webhook before we let partners use it. think like an attacker. use two reviewers
        if you like, one for crypto, one for denial of service. report first, fix only what I confirm
        """
    ),
    together(
        subagent(
            "security-reviewer",
            "Review the signature check",
            "Review internal/webhook/verify.go: is the signature check sound? Timing, replay, form, key "
            "handling. Findings with line and severity.",
            read("internal/webhook/verify.go"),
            say(
                """
                1. **High**, line 9: `if got == want` compares in variable time; use `hmac.Equal`.
                2. **High**, line 6: the timestamp is signed but never checked, so a captured request can
                   be replayed.
                3. Low: the header name is matched case-sensitively.
                """
            ),
        ),
        subagent(
            "security-reviewer",
            "Review for denial of service",
            "Review internal/webhook for denial of service: unbounded reads, regexps, amplification.",
            grep("ReadAll|MaxBytes", "internal/webhook"),
            say(
                """
                **Medium**, handler.go:5: `io.ReadAll(r.Body)` before the signature is checked, with no
                limit.
                """
            ),
        ),
    ),
    say(
        """
        Four findings, by weight:

        | # | severity | where | what |
        |---|---|---|---|
        | 1 | high | `verify.go:9` | signatures are compared with `==`, a timing oracle |
        | 2 | high | `verify.go:6` | the timestamp is not checked: replay |
        | 3 | medium | `handler.go:5` | the body is read without a limit before the check |
        | 4 | low | `verify.go:6` | the header's name is case-sensitive |

        Shall I fix 1 to 3?
        """
    ),
    prompt("yes 1-3. 5 minutes tolerance for the timestamp, 1 MB for the body", after=9),
    edit(
        "internal/webhook/verify.go",
        "if got == want {",
        "if hmac.Equal([]byte(got), []byte(want)) && fresh(stamp) {",
    ),
    edit(
        "internal/webhook/verify.go",
        'const scheme = "v1"',
        'const scheme = "v1"\nconst tolerance = 5 * time.Minute',
    ),
    edit(
        "internal/webhook/handler.go",
        "body, err := io.ReadAll(r.Body)",
        "body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 1<<20))",
    ),
    shell(
        "go test ./internal/webhook/",
        """
        --- FAIL: TestVerifyKnownVector (0.00s)
            verify_test.go:18: a good signature was refused: the vector's timestamp is from 2024
        FAIL    example.org/tollgate/internal/webhook   0.009s
        """,
        exit=1,
        about="Webhook tests",
        seconds=3,
    ),
    say(
        """
        Right: the test vector is old, so the check now refuses it. The clock becomes a parameter of the
        verifier.
        """
    ),
    edit("internal/webhook/verify.go", "&& fresh(stamp) {", "&& v.fresh(stamp) {"),
    shell(
        "go test ./internal/webhook/ -count=1",
        "ok      example.org/tollgate/internal/webhook   0.011s",
        seconds=3,
    ),
    say(
        """
        Findings 1 to 3 are fixed, each with a test: a tampered byte, a request of six minutes ago, a body
        of 2 MB.
        """
    ),
    branch="review/webhooks",
    files={
        "internal/webhook/verify.go": """
            package webhook

            const scheme = "v1"

            func (v *Verifier) Verify(header string, body []byte) bool {
            \tstamp, got := split(header, scheme)
            \twant := v.sign(stamp, body)
            \t// one key at a time
            \tif got == want {
            \t\treturn true
            \t}
            \treturn false
            }
            """,
        "internal/webhook/handler.go": """
            package webhook

            func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
            \t// the signature covers the raw body
            \tbody, err := io.ReadAll(r.Body)
            \tif err != nil || !h.verify(r, body) {
            \t\thttp.Error(w, "bad signature", http.StatusUnauthorized)
            \t}
            }
            """,
    },
)

FLAKY_TOKEN = codex(
    "flaky-token",
    "Flaky login test: token expires on the second",
    21,
    "16:16",
    prompt(
        """
        TestLoginIssuesToken fails sometimes on CI with 'token is expired'. it is flaky since months, find
        out why
        """
    ),
    shell(
        "go test ./internal/auth/ -run TestLoginIssuesToken -count=400 2>&1 | tail -n 6",
        """
        --- FAIL: TestLoginIssuesToken (0.00s)
            login_test.go:31: parse: token has invalid claims: token is expired
        --- FAIL: TestLoginIssuesToken (0.00s)
            login_test.go:31: parse: token has invalid claims: token is expired
        FAIL
        FAIL    example.org/tollgate/internal/auth      3.118s
        """,
        exit=1,
        seconds=6,
    ),
    read("internal/auth/token.go"),
    think(
        "**Checking truncation of exp**: NumericDate is whole seconds; now 12.999 + 1s → exp 13 (truncated)."
    ),
    say(
        """
        The test’s token lives one second, and a JWT’s `exp` has whole seconds. Issued at 12.999 with 1 s
        it expires at 13, one *millisecond* later. So it fails whenever the test starts near the end of a
        second. Nothing is wrong with login; the test measures the clock.
        """
    ),
    edit(
        "internal/auth/token.go",
        "func (i *Issuer) Issue(user string) string {\n\tnow := time.Now()",
        "func (i *Issuer) Issue(user string) string {\n\tnow := i.clock()",
    ),
    edit("internal/auth/token.go", "ttl time.Duration", "ttl   time.Duration\nclock func() time.Time"),
    shell(
        "go test ./internal/auth/ -run TestLogin -count=2000",
        "ok      example.org/tollgate/internal/auth      4.870s",
        seconds=8,
    ),
    say("2,000 of 2,000. The issuer takes its clock as a field, and the test stops it at a whole second."),
    files={
        "internal/auth/token.go": """
            package auth

            type Issuer struct {
            \tkey []byte
            \tttl time.Duration
            }

            func (i *Issuer) Issue(user string) string {
            \tnow := time.Now()
            \tclaims := jwt.RegisteredClaims{Subject: user, ExpiresAt: jwt.NewNumericDate(now.Add(i.ttl))}
            \treturn i.sign(claims)
            }
            """,
    },
)
