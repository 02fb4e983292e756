"""Where it runs: containers that cannot reach each other, and an image without time zones."""

from memex.demo.script import claude, codex, edit, fetch, prompt, read, say, shell, think

REDIS_REFUSED = codex(
    "redis-refused",
    "Redis connection refused inside compose",
    36,
    "09:50",
    prompt(
        """
        docker compose up: api exits with dial tcp 127.0.0.1:6379: connect: connection refused, redis
        container is up. why
        """
    ),
    shell(
        "docker compose logs api --tail 3; docker compose ps --format '{{.Service}} {{.Status}}'",
        """
        api-1  | level=INFO msg="starting tollgate" version=1.18.0
        api-1  | level=ERROR msg="rate limiter" err="dial tcp 127.0.0.1:6379: connect: connection refused"
        api-1 exited with code 1
        redis Up 4 seconds (health: starting)
        """,
        seconds=2,
    ),
    read("compose.yml"),
    say(
        """
        Two things. `REDIS_URL` points to 127.0.0.1, which inside the api container is the api container
        itself: it must be the service’s name. And the api starts while redis is still loading its dump.
        """
    ),
    edit("compose.yml", "REDIS_URL: redis://127.0.0.1:6379/0", "REDIS_URL: redis://redis:6379/0"),
    edit(
        "compose.yml",
        "depends_on: [redis]",
        """
        depends_on:
          redis: { condition: service_healthy }
        """,
    ),
    shell(
        "docker compose up -d 2>&1 | tail -n 3 && curl -s localhost:8080/healthz",
        """
         Container tollgate-redis-1  Healthy
         Container tollgate-api-1  Started
        {"status":"ok","redis":"ok","postgres":"ok"}
        """,
        seconds=16,
    ),
    say("The api waits until redis answers `PING`, and reaches it by name. Health is ok."),
    files={
        "compose.yml": """
            services:
              redis:
                image: redis:7
                healthcheck: { test: ["CMD", "redis-cli", "ping"], interval: 2s }
              api:
                build: .
                depends_on: [redis]
                environment:
                  REDIS_URL: redis://127.0.0.1:6379/0
            """,
    },
)

UNKNOWN_ZONE = claude(
    "unknown-zone",
    "Settlement cut-off: unknown time zone in the scratch image",
    30,
    "06:40",
    prompt(
        """
        settlement ran an hour late on sunday (DST), so I changed the cutoff to load Europe/Berlin. works
        locally, in staging the pod crashes: panic: unknown time zone Europe/Berlin. fix both please
        """
    ),
    read("internal/settlement/cutoff.go"),
    shell(
        "kubectl -n staging logs deploy/tollgate --previous | tail -n 4; grep -n FROM Dockerfile",
        """
        panic: unknown time zone Europe/Berlin

        goroutine 1 [running]:
        1:FROM golang:1.24 AS build
        9:FROM scratch
        """,
        about="Why the pod crashed",
    ),
    think(
        """
        scratch has no /usr/share/zoneinfo. import _ 'time/tzdata' embeds it (~450 kB). Cutoff add 24h →
        DST bug.
        """
    ),
    say(
        """
        Two separate bugs:

        - **Crash**: the final image is `scratch`, it has no zoneinfo. Importing `time/tzdata` embeds it
          (450 kB).
        - **An hour late**: the next cut-off is `last.Add(24 * time.Hour)`. On the night of the change a
          day has 23 hours. It has to be built from the calendar: `time.Date(y, m, d+1, 17, 0, 0, 0,
          berlin)`.
        """
    ),
    edit(
        "internal/settlement/cutoff.go",
        'import "time"',
        """
        import (
        \t"time"
        \t_ "time/tzdata" // the image is built from scratch and has no zoneinfo
        )
        """,
    ),
    edit(
        "internal/settlement/cutoff.go",
        """
        func next(last time.Time) time.Time {
        \treturn last.Add(24 * time.Hour)
        }
        """,
        """
        // next is the following day's cut-off by the calendar: a day of 23 or 25 hours is still one day.
        func next(last time.Time) time.Time {
        \tlocal := last.In(berlin)
        \treturn time.Date(local.Year(), local.Month(), local.Day()+1, cutoffHour, 0, 0, 0, berlin)
        }
        """,
    ),
    shell(
        "go test ./internal/settlement/ -run DST -v | tail -n 6 && docker build -q . && "
        "docker run --rm tollgate --check-zones",
        """
        --- PASS: TestNextOverDST (0.00s)
            --- PASS: TestNextOverDST/spring_23_hours (0.00s)
            --- PASS: TestNextOverDST/autumn_25_hours (0.00s)
        PASS
        sha256:77b0c1f0
        Europe/Berlin ok
        """,
        about="DST tests, then the real image",
        seconds=41,
    ),
    fetch(
        "https://pkg.go.dev/time/tzdata",
        "Does embedding tzdata change behaviour where the system has zoneinfo?",
        "No: the embedded copy is used only when the system's zoneinfo is missing. It adds 450 KB.",
    ),
    say(
        """
        Both are fixed and tested over the spring and the autumn change. Machines with zoneinfo still use
        their own.
        """
    ),
    branch="fix/cutoff",
    files={
        "internal/settlement/cutoff.go": """
            package settlement

            import "time"

            const cutoffHour = 17

            var berlin = must(time.LoadLocation("Europe/Berlin"))

            func next(last time.Time) time.Time {
            \treturn last.Add(24 * time.Hour)
            }
            """,
    },
)
