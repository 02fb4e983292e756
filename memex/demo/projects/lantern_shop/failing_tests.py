"""Tests that fail now and then, or only on another machine."""

from memex.demo.script import claude, codex, edit, grep, prompt, read, say, shell, think, together

FLAKY_LOGIN = claude(
    "flaky-login",
    "Flaky login test: click before hydration",
    6,
    "09:31",
    prompt(
        """
        e2e/login.spec.ts is flaky again, fails ~1 in 8 on CI, never on my machine. retries hide it.
        please find the real reason, no waitForTimeout please
        """
    ),
    together(read("e2e/login.spec.ts"), read("src/pages/Login.tsx")),
    shell(
        "npx playwright test e2e/login.spec.ts --repeat-each=20 --workers=4 2>&1 | tail -n 22",
        """
        Running 20 tests using 4 workers

          \x1b[31m1) [chromium] > e2e/login.spec.ts:4:1 > signs in and lands on the account page\x1b[39m

            Error: expect(\x1b[31mpage\x1b[39m).toHaveURL(\x1b[32mexpected\x1b[39m)

            Expected string: "http://localhost:4173/account"
            Received string: "http://localhost:4173/login?email=robin%40example.org&password=correct-horse"
            Timeout: 5000ms

               8 |   await page.getByLabel('Password').fill('correct-horse')
               9 |   await page.getByRole('button', { name: 'Sign in' }).click()
            > 10 |   await expect(page).toHaveURL('/account')

          \x1b[31m2 failed\x1b[39m
          \x1b[32m18 passed\x1b[39m (41.2s)
        """,
        exit=1,
        about="Repeat the login test 20 times",
        seconds=43,
    ),
    think(
        """
        The URL has the fields as a query string: a native GET submit of the form. So React had not
        hydrated: no onSubmit handler yet. And the password ends up in the URL! A slow user on a slow
        phone would hit it too.
        """
    ),
    say(
        """
        Look at the received URL: `/login?email=…&password=…`. The browser submitted the form
        **natively**, so React's `onSubmit` was not attached yet. On a busy CI machine Playwright clicks
        before hydration. That is not only a test problem: a customer on a slow phone gets the same, with
        the password in the address bar.

        The fix belongs in the page: the form must work (or wait) before hydration.
        """
    ),
    edit(
        "src/pages/Login.tsx",
        """
        <form onSubmit={submit}>
        """,
        """
        <form method="post" action="/api/login" onSubmit={submit}>
        """,
    ),
    edit(
        "src/pages/Login.tsx",
        """
        <button type="submit">Sign in</button>
        """,
        """
        <button type="submit" disabled={!hydrated}>
          Sign in
        </button>
        """,
    ),
    edit(
        "src/pages/Login.tsx",
        """
        const [error, setError] = useState('')
        """,
        """
        const [error, setError] = useState('')
        const hydrated = useHydrated()
        """,
    ),
    shell(
        "npx tsc --noEmit",
        """
        \x1b[96msrc/pages/Login.tsx\x1b[0m:6:20 - \x1b[91merror\x1b[0m TS2304: Cannot find name 'useHydrated'.
        """,
        exit=2,
        about="Check types",
        seconds=5,
    ),
    edit(
        "src/pages/Login.tsx",
        "import { useState } from 'react'",
        "import { useState } from 'react'\nimport { useHydrated } from '../hooks/useHydrated'",
    ),
    shell(
        "npx tsc --noEmit && npx playwright test e2e/login.spec.ts "
        "--repeat-each=100 --workers=4 2>&1 | tail -n 3",
        "\n  \x1b[32m100 passed\x1b[39m (2.9m)",
        about="Types, then 100 repeats",
        seconds=179,
    ),
    say(
        """
        100 of 100 pass. Playwright waits for an enabled button by itself, so the test did not change at
        all, and the form now posts to `/api/login` if scripts never load, so no password can land in a
        URL.
        """
    ),
    branch="fix/flaky-login",
    files={
        "e2e/login.spec.ts": """
            import { expect, test } from '@playwright/test'

            // seeded by e2e/setup.ts
            test('signs in and lands on the account page', async ({ page }) => {
              await page.goto('/login')

              await page.getByLabel('Email').fill('robin@example.org')
              await page.getByLabel('Password').fill('correct-horse')
              await page.getByRole('button', { name: 'Sign in' }).click()
              await expect(page).toHaveURL('/account')
            })
            """,
        "src/pages/Login.tsx": """
            import { useState } from 'react'
            import { signIn } from '../api/session'

            export function Login() {
              const [error, setError] = useState('')
              const submit = async (event: React.FormEvent<HTMLFormElement>) => {
                event.preventDefault()
                const result = await signIn(new FormData(event.currentTarget))
                if (!result.ok) setError(result.message)
              }
              return (
                <form onSubmit={submit}>
                  <Field label="Email" name="email" type="email" />
                  <Field label="Password" name="password" type="password" />
                  {error && <p role="alert">{error}</p>}
                  <button type="submit">Sign in</button>
                </form>
              )
            }
            """,
    },
)

DATABASE_REFUSED = codex(
    "database-refused",
    "ECONNREFUSED ::1:5433 in integration tests",
    33,
    "11:02",
    prompt(
        """
        after the node 22 update all integration tests die with ECONNREFUSED ::1:5433. postgres IS
        running, psql works
        """
    ),
    shell(
        "npx vitest run tests/integration/orders.test.ts 2>&1 | tail -n 14",
        """
         \x1b[31m>\x1b[39m tests/integration/orders.test.ts (0 test)

        \x1b[31m⎯⎯⎯⎯⎯⎯ Failed Suites 1 ⎯⎯⎯⎯⎯⎯\x1b[39m
        AggregateError: connect ECONNREFUSED ::1:5433
         > internalConnectMultiple node:net:1122:18
         > afterConnectMultiple node:net:1689:7
        Caused by: Error: connect ECONNREFUSED 127.0.0.1:5433

        \x1b[2m Test Files \x1b[22m \x1b[31m1 failed\x1b[39m (1)
        """,
        exit=1,
        seconds=7,
    ),
    say(
        """
        Both families are refused on 5433, so nothing listens there. I’ll look at what the container
        really publishes.
        """
    ),
    shell(
        "docker compose ps --format 'table {{.Name}}\\t{{.Status}}\\t{{.Ports}}'; "
        "psql -h localhost -p 5432 -c 'select 1' -At",
        """
        NAME                STATUS                   PORTS
        lantern-shop-db-1   Up 2 minutes (healthy)   127.0.0.1:5432->5432/tcp
        1
        """,
        seconds=1,
    ),
    grep("543[23]"),
    say(
        """
        Found it. `psql` works because it goes to 5432. The tests use 5433, the port that
        `compose.override.yml` used to publish; that file was deleted with the node update. `::1` in the
        message is only the first address that node tried, it is not an IPv6 problem.
        """
    ),
    edit(
        "tests/integration/setup.ts",
        "connectionString: process.env.TEST_DATABASE_URL ?? 'postgres://shop:shop@localhost:5433/shop_test',",
        "connectionString: process.env.TEST_DATABASE_URL ?? 'postgres://shop:shop@127.0.0.1:5432/shop_test',",
    ),
    shell(
        "npx vitest run tests/integration 2>&1 | tail -n 5",
        """
        \x1b[2m Test Files \x1b[22m \x1b[32m6 passed\x1b[39m (6)
        \x1b[2m      Tests \x1b[22m \x1b[32m58 passed\x1b[39m (58)
        \x1b[2m   Duration \x1b[22m 9.80s
        """,
        seconds=10,
    ),
    say(
        """
        58 tests pass. The default is now the port that `compose.yml` publishes, and `127.0.0.1` avoids
        the `::1` detour.
        """
    ),
    files={
        "compose.yml": """
            services:
              db:
                image: postgres:16
                ports: ["127.0.0.1:5432:5432"]
                environment: { POSTGRES_USER: shop, POSTGRES_PASSWORD: shop }
            """,
        "tests/integration/setup.ts": """
            import { Pool } from 'pg'

            export const pool = new Pool({
              connectionString: process.env.TEST_DATABASE_URL ?? 'postgres://shop:shop@localhost:5433/shop_test',
              max: 4,
            })
            """,
    },
)
