/**
 * The whole style of the HTML document, a constant: a server with a content security policy allows it by its hash
 * (`sha256Of` in base64 over exactly this text).
 */
export const PAGE_STYLE = `
body { font: 15px/1.5 system-ui, sans-serif; color: #1b1f24; background: #fff; margin: 0; }
main { max-width: 75rem; margin: 0 auto; padding: 2rem 1.25rem; }
h1 { font-size: 1.6rem; line-height: 1.25; }
h2 { font-size: 1.25rem; margin-top: 2.25rem; border-bottom: 1px solid #d5dae0; padding-bottom: .25rem; }
h3 { font-size: 1.05rem; margin-top: 1.75rem; }
table { border-collapse: collapse; width: 100%; margin: .75rem 0; font-size: .9rem; }
th, td { border: 1px solid #d5dae0; padding: .35rem .5rem; text-align: left; vertical-align: top; overflow-wrap: anywhere; }
th { background: #f3f5f7; }
td:first-child { white-space: nowrap; }
code { font-family: ui-monospace, monospace; font-size: .9em; }
@media (prefers-color-scheme: dark) {
  body { color: #e3e7ec; background: #14181c; }
  th { background: #20262c; }
  th, td, h2 { border-color: #39424b; }
}
@media print {
  body { font-size: 9pt; color: #000; background: #fff; }
  main { max-width: none; padding: 0; }
  h2, h3 { break-after: avoid; }
  tr { break-inside: avoid; }
  thead { display: table-header-group; }
}
`;
