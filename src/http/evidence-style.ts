import { SETUP_STYLE } from './setup-style.js';

/** The stylesheet of the evidence pages, served as /evidence.css: that of the set-up pages and what they have more. */
export const EVIDENCE_STYLE = `${SETUP_STYLE}header { display: flex; flex-wrap: wrap; gap: 0 1rem; align-items: center; justify-content: space-between; }
header { margin-bottom: 0.75rem; }
h1 { margin: 0.5rem 0; }
h2 { margin: 0 0 0.5rem; font-size: 1.2rem; }
select { color: FieldText; background-color: Field; }
header form { display: flex; gap: 0.75rem; align-items: center; }
button.plain { width: auto; padding: 0 1rem; border: 1px solid currentcolor; color: var(--accent); background: none; }
button[type="submit"]:not(.plain) { margin-top: 0.5rem; font-size: 1.05rem; }
.dates { display: grid; grid-template-columns: repeat(auto-fit, minmax(11rem, 1fr)); gap: 0 1rem; align-items: end; }
.check { display: flex; gap: 0.6rem; align-items: center; min-height: 2.75rem; }
.check input { flex: none; width: 1.25rem; height: 1.25rem; min-height: 0; accent-color: var(--accent); }
button + .hint { margin-top: 0.5rem; }
section { margin-top: 2.5rem; padding-top: 1.25rem; border-top: 1px solid var(--line); }
li { margin-bottom: 0.5rem; overflow-wrap: anywhere; }
pre { margin: 0.25rem 0; padding: 0.6rem 0.75rem; border: 1px solid var(--line); border-radius: 0.375rem; white-space: pre-wrap; overflow-wrap: anywhere; }
code { font: 0.9rem/1.5 ui-monospace, Consolas, "Noto Sans Mono CJK SC", monospace; }
.note { padding: 0.25rem 1rem; border-left: 4px solid var(--accent); }
`;
