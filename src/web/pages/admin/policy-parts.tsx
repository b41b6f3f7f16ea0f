import type { PackFault } from '../../../policy/index.js';
import { Badge, Notice, type Tone } from '../../components/notice.js';

/** What carries a clause, with the tone it is shown in. */
export const CLAUSE_STATUSES = {
  enforced: ['ok', '规则执行'],
  procedural: ['info', '程序留痕'],
  no_duty: ['plain', '无义务'],
} as const satisfies Record<string, readonly [Tone | 'plain', string]>;
export type ClauseStatus = keyof typeof CLAUSE_STATUSES;

export const STATUS_LABELS = Object.fromEntries(
  Object.entries(CLAUSE_STATUSES).map(([status, [, label]]) => [status, label]),
);

export function ClauseStatusBadge({ status }: { status: ClauseStatus }) {
  const [tone, label] = CLAUSE_STATUSES[status];
  return <Badge tone={tone}>{label}</Badge>;
}

/** A hash of which only the beginning is shown until somebody asks for it. */
export function Hash({ hex }: { hex: string }) {
  return (
    <details class="inline-details">
      <summary>
        <code>{hex.slice(0, 8)}…</code>
      </summary>
      <code class="long">{hex}</code>
    </details>
  );
}

/** Every fault of packs that do not load, by file and line. */
export function PackFaults({ title, faults }: { title: string; faults: readonly PackFault[] }) {
  return (
    <Notice tone="danger" title={title} isAlert>
      <ul class="plain-list">
        {faults.map(({ file, line, message }) => (
          <li key={`${file} ${line} ${message}`}>
            <code>{file}</code> 第 {line} 行：{message}
          </li>
        ))}
      </ul>
    </Notice>
  );
}
