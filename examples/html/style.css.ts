import { html } from './html.js'

export const style = html`<style>
:root {
  color-scheme: light dark;
  --ground: #f5f4f0;
  --surface: #fffefc;
  --ink: #1e2126;
  --quiet: #5c616b;
  --line: #dedbd2;
  --field: #8b8f98;
  --accent: #0b6b5c;
  --on-accent: #fff;
  font: 1rem/1.5 system-ui, sans-serif;
}

@media (prefers-color-scheme: dark) {
  :root {
    --ground: #131519;
    --surface: #1c1f25;
    --ink: #e9e7e2;
    --quiet: #a3a8b2;
    --line: #333842;
    --field: #747a86;
    --accent: #5fcdb8;
    --on-accent: #0c1e1a;
  }
}

* { box-sizing: border-box; margin: 0; }

body {
  max-width: 62rem;
  margin: 0 auto;
  padding: clamp(1.25rem, 5vw, 4rem) clamp(1rem, 4vw, 2rem);
  background: var(--ground);
  color: var(--ink);
  overflow-wrap: anywhere;
}

header, main { margin-bottom: 2rem; }
h1 { font-size: clamp(1.75rem, 5vw, 2.5rem); line-height: 1.2; margin-bottom: .5rem; }
h2 { font-size: 1.25rem; line-height: 1.3; margin-bottom: .25rem; }
h3 { font-size: 1rem; margin: 1.5rem 0 .25rem; }
p, footer { color: var(--quiet); }
[role=status] { color: var(--ink); font-weight: 600; }
strong { color: var(--ink); }
a { color: var(--accent); }

main { display: grid; gap: 1rem; align-items: start; }

section {
  padding: 1.5rem;
  border: 1px solid var(--line);
  border-radius: .75rem;
  background: var(--surface);
}

@media (min-width: 48rem) {
  main { grid-template-columns: 3fr 2fr; grid-template-rows: auto 1fr; }
  .tall { grid-row: span 2; }
}

dl { margin-top: 1rem; }
dl div { display: flex; justify-content: space-between; gap: 1.5rem; padding: .4rem 0; border-top: 1px solid var(--line); }
dt { flex: none; color: var(--quiet); }
dd { text-align: right; font-variant-numeric: tabular-nums; }

ul { padding-left: 1.25rem; }

form { display: flex; flex-wrap: wrap; gap: .5rem; margin-top: .75rem; }
.inline { display: inline-flex; margin-right: .25rem; }
label, form [role=status] { flex-basis: 100%; }

input, button { padding: .5rem .9rem; border-radius: .4rem; font: inherit; }
input { flex: 1 1 8rem; min-width: 0; border: 1px solid var(--field); background: var(--ground); color: inherit; }
button { border: 1px solid var(--accent); background: var(--accent); color: var(--on-accent); font-weight: 600; cursor: pointer; }
.plain { background: transparent; color: var(--accent); }
button:hover { filter: brightness(1.1); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
</style>`
