"""The checkout: what it weighs, and whether a keyboard can use it."""

from memex.demo.script import (
    claude,
    codex,
    edit,
    failed,
    mcp,
    prompt,
    read,
    say,
    shell,
    think,
    todo,
    together,
)

BUNDLE_SIZE = codex(
    "bundle-size",
    "Checkout bundle from 1.4 MB to 480 kB",
    52,
    "17:10",
    prompt("the checkout page loads 1.4 MB of js. what is in there and what can go? target < 500 kB"),
    say("I’ll build with the visualizer’s raw output and rank the modules."),
    shell(
        "npx vite build --mode analyze 2>&1 | tail -n 8 && node scripts/top-modules.mjs | head -n 6",
        """
        dist/assets/checkout-B1xq2.js   1,412.08 kB │ gzip: 431.77 kB
        (!) Some chunks are larger than 500 kB after minification.
        ✓ built in 8.41s
        chart.js            412 kB   src/components/PriceHistory.tsx
        moment + locales    298 kB   src/lib/format.ts
        lodash              141 kB   src/lib/group.ts
        zod                  57 kB   src/api/schema.ts
        """,
        seconds=11,
    ),
    todo(
        "Load the chart when it is opened",
        "Replace moment by Intl",
        "Replace lodash by Object.groupBy",
        done=0,
    ),
    read("src/components/ProductCard.tsx"),
    edit(
        "src/components/ProductCard.tsx",
        "import { PriceHistory } from './PriceHistory'",
        "import { lazy, Suspense } from 'react'\n\nconst PriceHistory = lazy(() => import('./PriceHistory'))",
    ),
    edit(
        "src/components/ProductCard.tsx",
        "{open && <PriceHistory sku={sku} />}",
        """
        {open && (
          <Suspense fallback={<Spinner />}>
            <PriceHistory sku={sku} />
          </Suspense>
        )}
        """,
    ),
    edit("src/lib/group.ts", "import _ from 'lodash'\n", ""),
    edit(
        "src/lib/group.ts",
        "_.groupBy(items, (item) => item.seller)",
        "Object.groupBy(items, (item) => item.seller)",
    ),
    shell(
        "npx tsc --noEmit; npx vite build 2>&1 | tail -n 3",
        """
        src/lib/group.ts(2,17): error TS2550: Property 'groupBy' does not exist on type
        'ObjectConstructor'. Do you need to change your target library?
        Try changing the 'lib' compiler option to 'es2024' or later.
        """,
        exit=2,
        seconds=6,
    ),
    edit("tsconfig.json", '"lib": ["es2022", "dom"]', '"lib": ["es2024", "dom"]'),
    shell(
        "npx tsc --noEmit && npx vite build 2>&1 | grep -E 'checkout|PriceHistory'",
        """
        dist/assets/PriceHistory-Cw9.js   412.91 kB │ gzip: 138.20 kB
        dist/assets/checkout-D8kk1.js     861.30 kB │ gzip: 254.03 kB
        """,
        seconds=14,
    ),
    say("Now moment: it is used for two formats only, and `Intl` has both."),
    edit(
        "src/lib/format.ts",
        """
        import moment from 'moment'

        export const shortDate = (when: Date) => moment(when).format('D MMM')
        """,
        """
        const short = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' })

        export const shortDate = (when: Date) => short.format(when)
        """,
    ),
    shell(
        "npm uninstall moment lodash && npx vite build 2>&1 | grep checkout && "
        "npx vitest run 2>&1 | grep Tests",
        """
        removed 2 packages, and audited 812 packages in 1s
        dist/assets/checkout-A77ab.js     478.55 kB │ gzip: 149.31 kB
              Tests  214 passed (214)
        """,
        seconds=31,
    ),
    todo(
        "Load the chart when it is opened",
        "Replace moment by Intl",
        "Replace lodash by Object.groupBy",
        done=3,
    ),
    say(
        """
        The checkout chunk is 479 kB (149 kB gzipped), was 1,412 kB. The chart loads when a customer opens
        it.
        """
    ),
    branch="perf/checkout",
    files={
        "src/components/ProductCard.tsx": """
            import { PriceHistory } from './PriceHistory'

            export function ProductCard({ sku, open }: Props) {
              return (
                <article>
                  <Price sku={sku} />
                  {open && <PriceHistory sku={sku} />}
                </article>
              )
            }
            """,
        "src/lib/group.ts": """
            import _ from 'lodash'
            export const bySeller = (items: Item[]) => _.groupBy(items, (item) => item.seller)
            """,
        "src/lib/format.ts": """
            import moment from 'moment'

            export const shortDate = (when: Date) => moment(when).format('D MMM')
            """,
        "tsconfig.json": """
            {
              "compilerOptions": {
                "target": "es2022",
                "lib": ["es2022", "dom"],
                "strict": true
              }
            }
            """,
    },
)

KEYBOARD_CHECKOUT = claude(
    "keyboard-checkout",
    "Make the payment step usable by keyboard",
    12,
    "15:37",
    prompt(
        """
        accessibility audit: "payment method cannot be chosen with the keyboard, focus is lost after the
        address dialog closes". dev server runs on 5173, use the browser tools to look at it
        """
    ),
    mcp(
        "browser",
        "navigate",
        "Navigated to http://localhost:5173/checkout",
        url="http://localhost:5173/checkout",
    ),
    mcp(
        "browser",
        "snapshot",
        """
        - heading "Checkout" [level=1]
        - generic: Pay with
          - generic [cursor=pointer]: Card
          - generic [cursor=pointer]: Invoice
        - button "Change address"
        """,
        selector="main",
    ),
    say(
        """
        The snapshot shows it: the payment methods are `generic` with a click handler, so they are no
        focus stops.
        """
    ),
    together(read("src/pages/Payment.tsx"), read("src/components/Dialog.tsx")),
    todo(
        "Radio buttons for the payment method",
        "Give focus back when a dialog closes",
        "Check with the browser",
    ),
    edit(
        "src/pages/Payment.tsx",
        """
        <div>
          Pay with
          {methods.map((method) => (
            <div key={method} onClick={() => choose(method)}>{label(method)}</div>
          ))}
        </div>
        """,
        """
        <fieldset>
          <legend>Pay with</legend>
          {methods.map((method) => (
            <label key={method}>
              <input type="radio" name="method" checked={method === chosen} onChange={() => choose(method)} />
              {label(method)}
            </label>
          ))}
        </fieldset>
        """,
    ),
    think(
        """
        Dialog is a div with role=dialog. The native <dialog> restores focus by itself on close(). Use
        showModal().
        """
    ),
    edit(
        "src/components/Dialog.tsx",
        """
        return open ? <div role="dialog" className="dialog">{children}</div> : null
        """,
        """
        const dialog = useRef<HTMLDialogElement>(null)
        useEffect(() => {
          if (open) dialog.current?.showModal() // the browser gives focus back on close()
          else dialog.current?.close()
        }, [open])
        return (
          <dialog ref={dialog} className="dialog">
            {children}
          </dialog>
        )
        """,
    ),
    mcp(
        "browser", "press_keys", 'Focused: radio "Card" → radio "Invoice" (checked)', keys="Tab Tab ArrowDown"
    ),
    failed(
        mcp("browser", "evaluate", "", script="close the address dialog and read document.activeElement"),
        "Error: locator.click: Timeout 5000ms exceeded waiting for getByRole('button', { name: 'Close' })",
    ),
    say(
        """
        The dialog has no button called *Close*, only an ×. A screen reader reads “times”; naming it is
        part of the job.
        """
    ),
    edit(
        "src/components/Dialog.tsx",
        '<dialog ref={dialog} className="dialog">',
        """
        <dialog ref={dialog} className="dialog">
          <button aria-label="Close" onClick={onClose}>×</button>
        """,
    ),
    mcp(
        "browser",
        "evaluate",
        'document.activeElement → button "Change address"',
        script="document.activeElement",
    ),
    shell(
        "npx vitest run && npx axe http://localhost:5173/checkout | tail -n 2",
        "Tests  217 passed (217)\n0 violations",
        seconds=21,
    ),
    todo(
        "Radio buttons for the payment method",
        "Give focus back when a dialog closes",
        "Check with the browser",
        done=3,
    ),
    say(
        """
        Both findings are fixed: real radio buttons in a `fieldset`, and a native `<dialog>` that returns
        the focus.
        """
    ),
    branch="a11y/checkout",
    files={
        "src/pages/Payment.tsx": """
            export function Payment({ methods, chosen, choose }: Props) {
              return (
                <div>
                  Pay with
                  {methods.map((method) => (
                    <div key={method} onClick={() => choose(method)}>{label(method)}</div>
                  ))}
                </div>
              )
            }
            """,
        "src/components/Dialog.tsx": """
            export function Dialog({ open, onClose, children }: Props) {
              return open ? <div role="dialog" className="dialog">{children}</div> : null
            }
            """,
    },
)
