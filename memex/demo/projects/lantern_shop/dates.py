"""A day that is another day west of Greenwich."""

from memex.demo.script import claude, edit, grep, prompt, read, say, shell

DELIVERY_DATE = claude(
    "delivery-date",
    "Delivery date is one day early in US time zones",
    27,
    "14:25",
    prompt(
        """
        customers in the US see the delivery date one day too early ("arrives March 3" but the order mail
        says 4). Europe is fine. smells like a timezone bug, find it
        """
    ),
    grep(r"new Date\(|toLocaleDateString", "src/"),
    read("src/lib/dates.ts"),
    say(
        """
        `new Date('2026-03-04')` is midnight **UTC** by the specification (a date-only string is UTC, a
        date with a time is local). In New York that is still 19:00 on March 3, and `toLocaleDateString`
        prints the local day. Let me pin it with a test in a western zone first.
        """
    ),
    shell(
        "TZ=America/New_York npx vitest run src/lib/dates.test.ts 2>&1 | tail -n 12",
        """
         \x1b[31mFAIL\x1b[39m  src/lib/dates.test.ts > prints the day that the warehouse promised
        AssertionError: expected 'March 3' to be 'March 4'

        Expected: "March 4"
        Received: "March 3"
        """,
        exit=1,
        about="Run the date tests in New York time",
        seconds=3,
    ),
    edit(
        "src/lib/dates.ts",
        """
        export function deliveryDay(isoDate: string, locale: string): string {
          return new Date(isoDate).toLocaleDateString(locale, { month: 'long', day: 'numeric' })
        }
        """,
        """
        /** `isoDate` is a calendar day (YYYY-MM-DD), not a moment: it is the same day in every time zone. */
        export function deliveryDay(isoDate: string, locale: string): string {
          const format = new Intl.DateTimeFormat(locale, { month: 'long', day: 'numeric', timeZone: 'UTC' })
          return format.format(new Date(isoDate))
        }
        """,
    ),
    shell(
        "for tz in America/New_York Europe/Berlin Pacific/Auckland; do TZ=$tz npx vitest run src/lib 2>&1 | "
        "grep Tests; done",
        """
        \x1b[2m      Tests \x1b[22m \x1b[32m12 passed\x1b[39m (12)
        \x1b[2m      Tests \x1b[22m \x1b[32m12 passed\x1b[39m (12)
        \x1b[2m      Tests \x1b[22m \x1b[32m12 passed\x1b[39m (12)
        """,
        about="Three time zones",
        seconds=9,
    ),
    prompt("are there other places with the same mistake?", after=3),
    say(
        """
        One more, `src/pages/Orders.tsx:3`, but there the string has a time and an offset (`createdAt`),
        so it *is* a moment and the local day is right. I left it alone.
        """
    ),
    files={
        "src/lib/dates.ts": """
            export function deliveryDay(isoDate: string, locale: string): string {
              return new Date(isoDate).toLocaleDateString(locale, { month: 'long', day: 'numeric' })
            }
            """,
        "src/pages/Orders.tsx": """
            export function OrderRow({ order }: { order: Order }) {
              // createdAt has an offset
              const placed = new Date(order.createdAt).toLocaleDateString()
              return <tr><td>{order.number}</td><td>{placed}</td></tr>
            }
            """,
    },
)
