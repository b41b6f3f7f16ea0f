import type { SpendingPreview } from '../../../claims/index.js';
import type { WayOut } from '../../../contracts/index.js';
import { canonicalJson } from '../../../core/canonical-json.js';
import { sha256Hex } from '../../../core/ids.js';
import { doOperation } from '../../do-operation.js';
import type { ApiAction, LocalAction } from '../../page.js';
import { compact, rowsAt, type Tree } from '../../tree.js';
import { rows } from './form-values.js';

/**
 * What a button says of the way out that it applies: its kind and its changes. Of another form, or after the balances
 * have moved, no way has the same, so that nothing is applied that does not hold.
 */
export const wayKey = ({ kind, changes }: WayOut): string =>
  sha256Hex(canonicalJson([kind, changes])).slice(0, 16);

/** The form with the lines changed as the way says; everything else stays as it was typed. */
function withWay(typed: Tree, { changes }: WayOut): Tree {
  const lines = (rowsAt(typed, 'lines') as Tree[]).flatMap((line, index) => {
    const change = changes.find((each) => each.line === index + 1);
    if (!change) return [line];
    if (change.isLeftOut) return [];
    const { fundId, amount } = change;
    return [{ ...line, ...(fundId ? { fundId } : {}), ...(amount ? { amount } : {}), _open: '1' }];
  });
  return { ...typed, lines: rows(lines) };
}

/** The button beside a way out: what it names is looked for anew, applied to the form, and the form judged again. */
export const applyWay = (preview: ApiAction): LocalAction => ({
  asks: [preview.operation],
  local: async (sent, page) => {
    const typed = compact(sent);
    const ask = (tree: Tree) => doOperation(page, preview, tree, undefined);
    const now = await ask(typed);
    if (!now.ok) return { typed, trial: now.problem };
    const key = page.said?.action.split(':')[1] ?? '';
    const { explanation } = now.body as SpendingPreview;
    const way = explanation.waysOut.find((each) => each.changes.length > 0 && wayKey(each) === key);
    if (!way) return { typed, answer: now.body, note: GONE };
    const changed = compact(withWay(typed, way));
    const then = await ask(changed);
    if (!then.ok) return { typed: changed, trial: then.problem, note: { tone: 'warning', text: done(way) } };
    const { wouldPass } = then.body as SpendingPreview;
    return {
      typed: changed,
      answer: then.body,
      note: { tone: wouldPass ? 'ok' : 'warning', text: done(way) },
    };
  },
});

const GONE = {
  tone: 'warning',
  text: '这个办法现在不适用：表单或余额已有变化，没有改动填写的内容。以下是重新判断的结果。',
} as const;

const done = ({ text }: WayOut) =>
  `已按“${text.split('：').slice(0, -1).join('：')}”改好，以下是重新判断的结果；还没有保存。`;
