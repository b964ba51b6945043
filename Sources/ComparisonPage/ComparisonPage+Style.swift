extension ComparisonPage {
    /// The page's style: one column, two where there is room, by day and by night.
    static let style = #"""
        :root {
          --paper: #fbfaf7; --ink: #23252b; --quiet: #5f636d; --line: #dedcd5; --card: #ffffff; --accent: #1f5fa8; --on-accent: #ffffff;
          --code: #f2f0ea;
        }
        @media (prefers-color-scheme: dark) {
          :root {
            --paper: #15171b; --ink: #e4e4e2; --quiet: #a3a7b0; --line: #343840; --card: #1d2025; --accent: #8ab8f2; --on-accent: #10141a;
            --code: #23272d;
          }
          .picture svg { filter: invert(0.89) hue-rotate(180deg); }
        }
        * { box-sizing: border-box; }
        html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
        body {
          margin: 0 auto; padding: 2.5rem 1.25rem 4rem; max-width: 70rem; background: var(--paper); color: var(--ink);
          font: 1.0625rem/1.55 system-ui, -apple-system, "Segoe UI", "Noto Sans", "DejaVu Sans", sans-serif;
          overflow-wrap: break-word;
        }
        h1, h2, h3, h4 { line-height: 1.2; margin: 0; text-wrap: balance; }
        h1 { font-size: clamp(1.6rem, 4.5vw, 2.3rem); letter-spacing: -0.015em; }
        h2 { font-size: 1.4rem; margin: 3rem 0 0.75rem; }
        h3 { font-size: 1.1rem; margin: 2rem 0 0.75rem; }
        h4 { font-size: 1rem; margin: 0 0 0.5rem; color: var(--quiet); font-weight: 600; }
        p { margin: 0.6rem 0; max-width: 44rem; }
        .lead { font-size: 1.125rem; margin-top: 1rem; }
        .note, .keys, .files { color: var(--quiet); font-size: 0.92rem; }
        a { color: var(--accent); text-underline-offset: 0.15em; }
        :focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
        .skip { position: absolute; left: -100rem; }
        .skip:focus { left: 1rem; top: 0.5rem; background: var(--card); padding: 0.4rem 0.8rem; }
        .hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }

        .facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(9.5rem, 1fr)); gap: 0.9rem 1.5rem; margin: 1.5rem 0 0; }
        .facts dt { color: var(--quiet); font-size: 0.85rem; }
        .facts dd { margin: 0; }

        button {
          font: inherit; color: var(--ink); background: var(--card); border: 1px solid var(--line); border-radius: 0.6rem;
          padding: 0.6rem 1rem; min-height: 3rem; cursor: pointer; touch-action: manipulation;
        }
        button:hover { border-color: var(--accent); }
        button.main { background: var(--accent); border-color: var(--accent); color: var(--on-accent); font-weight: 600; padding: 0.6rem 1.6rem; }
        button[aria-disabled="true"] { color: var(--quiet); cursor: not-allowed; border-style: dashed; }
        button[aria-pressed="true"] { border-color: var(--accent); box-shadow: inset 0 0 0 1px var(--accent); }
        kbd {
          font: 0.8em ui-monospace, "DejaVu Sans Mono", monospace; border: 1px solid var(--line); border-bottom-width: 2px;
          border-radius: 0.3rem; padding: 0.05em 0.4em; color: var(--quiet); background: var(--code); white-space: nowrap;
        }
        @media (hover: none) and (pointer: coarse) { button kbd, .keys { display: none; } }

        .test { margin-top: 2.5rem; padding: 1.5rem; background: var(--card); border: 1px solid var(--line); border-radius: 1rem; }
        .test h2 { margin-top: 0; }
        .test > :last-child { margin-bottom: 0; }
        #test-run, #result-title { scroll-margin-top: 5rem; }
        #test-run:focus-visible { outline-offset: 0.6rem; border-radius: 0.4rem; }
        .progress { display: flex; align-items: center; gap: 1rem; max-width: none; font-variant-numeric: tabular-nums; }
        progress { flex: 1; appearance: none; height: 0.4rem; border: 0; border-radius: 0.2rem; overflow: hidden; background: var(--line); }
        progress::-webkit-progress-bar { background: var(--line); }
        progress::-webkit-progress-value { background: var(--accent); }
        progress::-moz-progress-bar { background: var(--accent); }
        .sides { display: grid; grid-template-columns: 1fr 1fr; gap: 1rem; margin: 1rem 0; }
        .sides button { position: relative; min-height: 7rem; overflow: hidden; }
        .letter { display: block; font-size: 2rem; line-height: 1.2; font-weight: 600; }
        .heard .letter { color: var(--accent); }
        .position { position: absolute; left: 0; right: 0; bottom: 0; height: 0.3rem; background: var(--line); }
        .position span { display: block; height: 100%; width: 0; background: var(--accent); }
        .choices { display: grid; grid-template-columns: repeat(3, 1fr); gap: 1rem; }
        #test-status { min-height: 1.55em; color: var(--quiet); margin-bottom: 0; }
        #result-title { margin-top: 0; outline-offset: 0.3rem; }

        .scroll { overflow-x: auto; margin: 1rem 0; }
        table { border-collapse: collapse; font-size: 0.95rem; font-variant-numeric: tabular-nums; }
        th, td { text-align: left; padding: 0.45rem 1.1rem 0.45rem 0; border-bottom: 1px solid var(--line); vertical-align: baseline; }
        thead th { color: var(--quiet); font-weight: 600; font-size: 0.88rem; }
        tbody th { font-weight: 500; white-space: nowrap; }
        td { white-space: nowrap; }
        td.times { white-space: normal; min-width: 16rem; }

        .picture { margin: 0.75rem 0; background: var(--card); border: 1px solid var(--line); border-radius: 0.6rem; overflow: hidden; }
        .picture svg { display: block; width: 100%; height: auto; }
        .plots { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(20rem, 100%), 1fr)); gap: 0 1rem; }
        .plots .picture { max-width: 32rem; }
        article { border-top: 1px solid var(--line); margin-top: 2rem; }
        article h3 { margin-top: 1.25rem; }
        .pieces { display: grid; gap: 1.75rem; }
        .piece { min-width: 0; }
        .files a { margin-right: 1rem; }
        audio { width: 100%; height: 2.75rem; }
        summary { cursor: pointer; color: var(--quiet); font-size: 0.92rem; padding: 0.3rem 0; }
        pre {
          margin: 0.5rem 0; padding: 0.75rem 1rem; background: var(--code); border-radius: 0.6rem; white-space: pre-wrap;
          font: 0.85rem/1.5 ui-monospace, "DejaVu Sans Mono", monospace;
        }
        pre span { display: inline-block; max-width: 100%; }
        @media (min-width: 56rem) { .pieces { grid-template-columns: 1fr 1fr; gap: 2rem; } }
        @media (max-width: 34rem) {
          body { padding: 1.5rem 1rem 3rem; }
          .test { padding: 1.1rem; }
          .choices { grid-template-columns: 1fr 1fr; }
          .choices button:nth-child(2) { grid-row: 2; grid-column: 1 / -1; }
        }
        @media (prefers-reduced-motion: no-preference) { button { transition: border-color 0.15s; } }
        """#
}
