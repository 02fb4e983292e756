"""The cart as it was with Redux, and the morning of its move: rules, store, pages."""

from memex.demo.script import edit, grep, prompt, read, say, shell, think, todo, together, write

PLAN = (
    "Store with the pure rules and tests",
    "Cart page and mini cart",
    "Saving and restoring",
    "Vouchers",
    "Remove Redux",
)
FILES = {
    "src/cart/slice.ts": """
        import { createSlice } from '@reduxjs/toolkit'

        const cart = createSlice({
          name: 'cart',
          initialState: { lines: [], voucher: null, dirty: false },
          reducers: {
            add(state, { payload }) {
              const line = state.lines.find((l) => l.sku === payload.sku)
              if (line) line.quantity += payload.quantity
              else state.lines.push(payload)
              state.dirty = true
            },
            remove(state, { payload }) {
              state.lines = state.lines.filter((l) => l.sku !== payload)
            },
          },
        })
        """,
    "src/cart/CartPage.tsx": """
        import { useDispatch, useSelector } from 'react-redux'
        import { remove } from './slice'

        export function CartPage() {
          const lines = useSelector((state: RootState) => state.cart.lines)
          const dispatch = useDispatch()
          return (
            <ul>
              {lines.map((line) => (
                <li key={line.sku}>
                  {line.name} × {line.quantity}
                  <button onClick={() => dispatch(remove(line.sku))}>Remove</button>
                </li>
              ))}
            </ul>
          )
        }
        """,
    "src/cart/MiniCart.tsx": """
        import { useSelector } from 'react-redux'

        export function MiniCart() {
          const count = useSelector((state: RootState) => state.cart.lines.length)
          return <a href="/cart">Cart ({count})</a>
        }
        """,
    "src/main.tsx": """
        import { Provider } from 'react-redux'
        import { store } from './redux'

        root.render(
          <Provider store={store}>
            <App />
          </Provider>,
        )
        """,
}
STORE = """
    import { create } from 'zustand'
    import { added, removed, type Line } from './rules'

    type Cart = {
      lines: readonly Line[]
      add: (line: Line) => void
      remove: (sku: string) => void
    }

    export const useCart = create<Cart>((set) => ({
      lines: [],
      add: (line) => set((cart) => ({ lines: added(cart.lines, line) })),
      remove: (sku) => set((cart) => ({ lines: removed(cart.lines, sku) })),
    }))
    """
RULES = """
    export type Line = { sku: string; name: string; quantity: number; cents: number }

    export function added(lines: readonly Line[], line: Line): readonly Line[] {
      const known = lines.some((l) => l.sku === line.sku)
      if (!known) return [...lines, line]
      return lines.map((l) => (l.sku === line.sku ? { ...l, quantity: l.quantity + line.quantity } : l))
    }

    export const removed = (lines: readonly Line[], sku: string) => lines.filter((l) => l.sku !== sku)

    export const total = (lines: readonly Line[]) => lines.reduce((all, l) => all + l.quantity * l.cents, 0)
    """

MORNING = (
    prompt(
        """
        Big one today: I want Redux out of the cart. zustand, pure functions for the rules, behaviour must
        stay the same. Let's go step by step, tests green after each. Start by telling me what depends on
        the slice.
        """
    ),
    together(grep("react-redux|slice'", "src/"), read("src/cart/slice.ts")),
    say(
        """
        Three places use it: `CartPage`, `MiniCart` and the provider in `main.tsx`. The slice mixes rules
        and flags.
        """
    ),
    todo(*PLAN),
    prompt("what is `dirty` for?", after=1),
    grep("dirty", "src/"),
    say("Nothing reads it any more: it is set in `add` and never used. It can go with the slice."),
    prompt("ok. step 1, the rules as pure functions with tests", after=2),
    write("src/cart/rules.ts", RULES),
    write(
        "src/cart/rules.test.ts",
        """
        import { added, removed, total } from './rules'

        const lamp = { sku: 'L1', name: 'Lamp', quantity: 1, cents: 4900 }

        test('adding what is there raises its quantity', () => {
          expect(added([lamp], { ...lamp, quantity: 2 })).toEqual([{ ...lamp, quantity: 3 }])
        })
        test('removing leaves the others', () => {
          expect(removed([lamp, { ...lamp, sku: 'L2' }], 'L1')).toHaveLength(1)
        })
        test('an empty cart costs nothing', () => {
          expect(total([])).toBe(0)
        })
        """,
    ),
    shell(
        "npx vitest run src/cart 2>&1 | tail -n 2", "      Tests  3 passed (3)", about="Cart tests", seconds=3
    ),
    say("Rules and three tests are in, all green. They know neither React nor a store."),
    prompt("now the store", after=1),
    shell(
        "npm install zustand@5",
        "added 1 package, and audited 813 packages in 2s",
        about="Add zustand",
        seconds=3,
    ),
    write("src/cart/store.ts", STORE),
    shell("npx tsc --noEmit", about="Check types", seconds=5),
    todo(*PLAN, done=1),
    say("`useCart` only wires the rules to state; `tsc` is happy."),
    prompt("CartPage next", after=1),
    read("src/cart/CartPage.tsx"),
    edit(
        "src/cart/CartPage.tsx",
        """
        import { useDispatch, useSelector } from 'react-redux'
        import { remove } from './slice'
        """,
        """
        import { useCart } from './store'
        """,
    ),
    edit(
        "src/cart/CartPage.tsx",
        """
        const lines = useSelector((state: RootState) => state.cart.lines)
        const dispatch = useDispatch()
        """,
        """
        const { lines, remove } = useCart()
        """,
    ),
    edit(
        "src/cart/CartPage.tsx",
        "onClick={() => dispatch(remove(line.sku))}",
        "onClick={() => remove(line.sku)}",
    ),
    shell(
        "npx vitest run src/cart 2>&1 | tail -n 9",
        """
         \x1b[31mFAIL\x1b[39m  src/cart/CartPage.test.tsx > removes a line
        Error: Maximum update depth exceeded. This can happen when a component repeatedly calls setState in
        componentWillUpdate or componentDidUpdate. React limits the number of nested updates.
         > src/cart/CartPage.test.tsx:14:3
        """,
        exit=1,
        about="Cart tests",
        seconds=4,
    ),
    think(
        """
        The test helper still selects with a fresh array each time: useCart((c) => c.lines.filter(...)) →
        new ref.
        """
    ),
    say(
        """
        The page is fine; the test's helper selects `lines.filter(…)`, a new array on every render.
        `useShallow` there.
        """
    ),
    shell(
        "sed -i 's/useCart((c) => c.lines.filter(inStock))/useCart(useShallow((c) => "
        "c.lines.filter(inStock)))/' "
        "src/cart/testing.tsx && npx vitest run src/cart 2>&1 | tail -n 2",
        "      Tests  9 passed (9)",
        about="Use a shallow selector in the test helper",
        seconds=4,
    ),
    prompt("and MiniCart. it should count pieces, not lines, that was always wrong", after=2),
    edit(
        "src/cart/MiniCart.tsx",
        "const count = useSelector((state: RootState) => state.cart.lines.length)",
        "const count = useCart((cart) => cart.lines.reduce((sum, line) => sum + line.quantity, 0))",
    ),
    edit(
        "src/cart/MiniCart.tsx",
        "import { useSelector } from 'react-redux'",
        "import { useCart } from './store'",
    ),
    shell(
        "npx vitest run src/cart 2>&1 | tail -n 2",
        "      Tests  10 passed (10)",
        about="Cart tests",
        seconds=4,
    ),
    say("Done: it counts pieces now. I added a test with two of the same lamp."),
    prompt("commit these", after=1),
    shell(
        "git add -A && git commit -qm 'cart: rules and store without Redux' && git log --oneline -1",
        "e01b7aa cart: rules and store without Redux",
        about="Commit",
    ),
    say("Committed as `e01b7aa`."),
    prompt("how does the cart survive a reload today?", after=2),
    grep("localStorage|persist", "src/"),
    shell(
        "git log --oneline -S localStorage -- src | head -n 3",
        "9b2d110 cart: keep lines in localStorage\n",
        about="Who saved the cart",
    ),
    say(
        """
        By a store subscriber in `redux.ts` that writes `lantern.cart` to localStorage. It goes away with
        Redux.
        """
    ),
    prompt("keep the same key so nobody loses their cart", after=2),
)
