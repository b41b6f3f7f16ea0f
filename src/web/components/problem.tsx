import type { Problem as ProblemDocument } from '../../http/errors.js';
import { usePage } from '../context.js';
import { Decision } from './decision.js';
import { Notice } from './notice.js';

/** Why a form was not accepted: what to do, every fault with a link to its field, and the whole decision. */
export function Problem({
  problem,
  faults = new Map(),
  labels = new Map(),
  form = '',
}: {
  problem: ProblemDocument;
  faults?: ReadonlyMap<string, string>;
  labels?: ReadonlyMap<string, string>;
  form?: string;
}) {
  const { path } = usePage();
  const decision = problem.details?.decision;
  const others = (problem.errors ?? []).filter((fault) => fault.in !== 'body');
  return (
    <Notice tone="danger" title={`没有记录：${problem.detail}`} isAlert>
      {faults.size > 0 ? (
        <ul class="faults">
          {[...faults].map(([name, message]) => (
            <li key={name}>
              <a href={`#${form}-${name}`}>{placeOf(name, labels)}</a>：{message}
            </li>
          ))}
        </ul>
      ) : null}
      {others.length > 0 ? (
        <ul class="faults">
          {others.map(({ path, message }) => (
            <li key={path}>{message}</li>
          ))}
        </ul>
      ) : null}
      {decision ? <Decision decision={decision} /> : null}
      {problem.code === 'stale_version' ? (
        <p>
          <a href={path}>重新打开</a>看最新内容。
        </p>
      ) : null}
    </Notice>
  );
}

/** `lines.2.amount` → 第 3 行 金额. */
export function placeOf(name: string, labels: ReadonlyMap<string, string>): string {
  const rows = [...name.matchAll(/\.(\d+)(?=\.|$)/g)].map(([, index]) => `第 ${Number(index) + 1} 行`);
  const label = labels.get(name) ?? labels.get(name.replace(/\.\d+$/, ''));
  return [...rows, label ?? (rows.length === 0 ? '填写内容' : '')].filter(Boolean).join(' ');
}
