"""Words."""

from memex.demo.script import ask, claude, edit, prompt, read, say, shell, subagent, write

TUTORIAL = claude(
    "tutorial",
    "Tutorial: receive your first webhook",
    11,
    "13:15",
    prompt(
        """
        write the tutorial "receive your first webhook" for tollgate partners. reader: a backend dev with
        20 minutes. they should see a signed event arrive on localhost. our style: second person, no
        marketing, every command tested
        """
    ),
    ask(
        "Which language should the receiver be in?",
        "Python, standard library only",
        "Node with Express",
        "Both, in tabs",
        answer="Python, standard library only",
    ),
    subagent(
        "general-purpose",
        "Collect the facts",
        "From docs/reference/webhooks.md: header name, what is signed, tolerance, retries. Facts only.",
        read("docs/reference/webhooks.md"),
        say(
            """
            Header `Tollgate-Signature: t=<unix>,v1=<hex>` (line 3); HMAC-SHA256 over `<t>.<raw body>`
            (line 4); refused when older than 5 minutes (line 5); retried 8 times over 24 hours (line 6).
            """
        ),
    ),
    write(
        "docs/tutorials/first-webhook.md",
        """
        # Receive your first webhook

        In 20 minutes you will have a small server that receives a signed event and checks it.

        ## 1. Write the receiver

        ```python
        import hashlib, hmac, os
        from http.server import BaseHTTPRequestHandler, HTTPServer

        SECRET = os.environ["TOLLGATE_SECRET"].encode()

        class Receiver(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                parts = dict(p.split("=", 1) for p in self.headers["Tollgate-Signature"].split(","))
                signed = parts["t"].encode() + b"." + body
                good = hmac.compare_digest(hmac.new(SECRET, signed, hashlib.sha256).hexdigest(), parts["v1"])
                self.send_response(204 if good else 401)
                self.end_headers()

        HTTPServer(("127.0.0.1", 8000), Receiver).serve_forever()
        ```

        ## 2. Send a test event

            tollgate trigger charge.succeeded --to http://127.0.0.1:8000
        """,
    ),
    say("Now every command as a reader would run it, on a clean machine."),
    shell(
        "python tools/run_tutorial.py docs/tutorials/first-webhook.md",
        """
        step 1: ok (server listens on 8000)
        step 2: FAILED: 401 Unauthorized, expected 204
        """,
        exit=1,
        about="Run the tutorial's own commands",
        seconds=12,
    ),
    say(
        """
        The tutorial never says where the secret comes from, so the test ran with the wrong one. A reader
        would be stuck in the same place: it needs its own step.
        """
    ),
    edit(
        "docs/tutorials/first-webhook.md",
        "## 2. Send a test event",
        """
        ## 2. Start it with your secret

            export TOLLGATE_SECRET=$(tollgate secrets show --test)
            python receiver.py

        ## 3. Send a test event
        """,
    ),
    shell(
        "python tools/run_tutorial.py docs/tutorials/first-webhook.md",
        "step 1: ok\nstep 2: ok\nstep 3: ok (204)",
        about="Run it again",
        seconds=12,
    ),
    prompt("good. shorter intro, and say what 401 means", after=8),
    edit(
        "docs/tutorials/first-webhook.md",
        "In 20 minutes you will have a small server that receives a signed event and checks it.",
        "A small server receives a signed event and checks it. You need Python and 20 minutes.",
    ),
    edit(
        "docs/tutorials/first-webhook.md",
        "tollgate trigger charge.succeeded --to http://127.0.0.1:8000",
        """
        tollgate trigger charge.succeeded --to http://127.0.0.1:8000

        You see `204`. If you see `401`, the secret in step 2 is not the one that signed the event.
        """,
    ),
    say("Both are in. The page has 46 lines and all of its commands run in CI."),
    branch="docs/webhook-tutorial",
    files={
        "docs/reference/webhooks.md": """
            # Webhooks reference

            Every request carries `Tollgate-Signature: t=<unix time>,v1=<hex>`.
            The signature is HMAC-SHA256 of `<t>.<raw body>` with your endpoint's secret.
            Requests older than 5 minutes must be refused.
            Failed deliveries are retried 8 times over 24 hours.
            """,
    },
)
