/** The stylesheet of the set-up pages, served as /setup.css: one column, readable on a telephone, in the dark too. */
export const SETUP_STYLE = `:root { color-scheme: light dark; --accent: #0b5cad; --fault: #b3261e; --line: #767676; }
@media (prefers-color-scheme: dark) { :root { --accent: #8ec5ff; --fault: #ffb4ab; --line: #9a9a9a; } }
* { box-sizing: border-box; }
body { margin: 0; font: 1rem/1.6 system-ui, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif; }
main { max-width: 36rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; }
h1 { font-size: 1.5rem; line-height: 1.3; }
fieldset { margin: 0 0 1.5rem; padding: 0.5rem 1rem 1rem; border: 1px solid var(--line); border-radius: 0.5rem; }
legend { padding: 0 0.5rem; font-weight: 600; }
label { display: block; margin-top: 0.75rem; font-weight: 600; }
input, select, button { width: 100%; min-height: 2.75rem; padding: 0.5rem 0.75rem; font: inherit; border-radius: 0.375rem; }
input, select { border: 1px solid var(--line); }
button { border: 0; color: Canvas; background: var(--accent); font-weight: 600; cursor: pointer; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
[aria-invalid="true"] { border: 2px solid var(--fault); }
.hint { margin: 0; font-size: 0.875rem; }
.fault { margin: 0; color: var(--fault); font-weight: 600; }
.faults { margin-bottom: 1.5rem; padding: 0.5rem 1rem; border: 2px solid var(--fault); border-radius: 0.5rem; }
a { color: var(--accent); }
dt { margin-top: 0.75rem; font-weight: 600; }
dd { margin: 0; overflow-wrap: anywhere; }
`;
