import type { ExplainedDecision } from '../../../contracts/index.js';
import { formatYuan, parseYuan } from '../../../core/money.js';
import type { Problem } from '../../../http/errors.js';
import { Amount } from '../../components/amount.js';
import { Decision, WaysOut } from '../../components/decision.js';
import { Notice } from '../../components/notice.js';
import { type Said, usePage } from '../../context.js';
import type { Tree } from '../../tree.js';
import { type ClaimChoices, fundName } from './choices.js';
import { type Totals, totalsOf } from './totals.js';
import { placeOf } from './words.js';

/** What the rules say of the form as it stands: of the trial that was just made, or of the draft that was opened. */
export const decisionShown = (
  said: Said | null,
  explained: ExplainedDecision | null,
): ExplainedDecision | null =>
  said ? (said.action === 'preview' && said.answer ? (said.answer as ExplainedDecision) : null) : explained;

/** Up to so many lines the rules are asked while one types; with more, by the button. */
const ASKED_WHILE_TYPING = 60;

/**
 * What the form comes to, and what the rules say of it. With scripts it asks by itself whenever something in the
 * element `within` has changed; files are not sent for that.
 */
export function Panel({
  form,
  within,
  typed,
  choices,
  explained,
  asksItself,
}: {
  form: string;
  within: string;
  typed: Tree;
  choices: ClaimChoices;
  explained: ExplainedDecision | null;
  asksItself: boolean;
}) {
  const page = usePage();
  const said = page.said?.form === form ? page.said : null;
  const decision = decisionShown(said, explained);
  const totals = totalsOf(typed);
  const own = `#form-${form}`;
  const isAsking = asksItself && linesOf(typed) <= ASKED_WHILE_TYPING;
  const asking = isAsking
    ? {
        'hx-post': page.path,
        'hx-trigger': `change from:#${within} delay:800ms, input from:#${within} delay:1500ms`,
        'hx-include': `${own} input:not([type=file]), ${own} select, ${own} textarea`,
        'hx-vals': '{"_action":"preview"}',
        'hx-target': '#preview',
        'hx-select': '#preview > *',
        'hx-select-oob': '#claim-sum',
        'hx-swap': 'innerHTML',
        'hx-sync': 'this:replace',
      }
    : {};
  return (
    <section class="card preview" aria-labelledby="preview-title">
      <h2 id="preview-title">预检结果</h2>
      <div id="preview" aria-live="polite" {...asking}>
        <Sums
          totals={totals}
          choices={choices}
          isOfContract={typed['contractId'] !== undefined && typed['contractId'] !== ''}
        />
        {decision ? (
          <>
            <Decision decision={decision} lineIds={decision.lineIds} />
            <WaysOut explanation={decision.explanation} />
          </>
        ) : said?.trial ? (
          <Missing problem={said.trial} form={form} />
        ) : (
          <p class="hint">填写明细后，这里显示各条规定是否允许、依据哪一条、怎样可以通过。也可以点“预检”。</p>
        )}
      </div>
    </section>
  );
}

const linesOf = (typed: Tree): number => Object.keys((typed['lines'] as Tree | undefined) ?? {}).length;

/** What the lines come to, by fund; with what would be left of each where that can be told. */
export function Sums({
  totals,
  choices,
  isOfContract,
}: {
  totals: Totals;
  choices: ClaimChoices;
  isOfContract: boolean;
}) {
  if (totals.byFund.length === 0) return null;
  return (
    <table class="sums">
      <caption class="sr-only">各笔经费合计</caption>
      <thead>
        <tr>
          <th scope="col">经费</th>
          <th scope="col" class="amount">
            本单
          </th>
        </tr>
      </thead>
      <tbody>
        {totals.byFund.map(({ fundId, amountFen }) => {
          const available = isOfContract
            ? undefined
            : choices.funds.find(({ id }) => id === fundId)?.amounts.available;
          const leftFen = available === undefined ? null : parseYuan(available) - amountFen;
          return (
            <tr key={fundId}>
              <td>
                {fundName(choices, fundId)}
                {leftFen === null ? null : leftFen < 0n ? (
                  <strong class="fault">
                    可用 <Amount yuan={available} />
                    ，超出 <Amount yuan={formatYuan(-leftFen)} />
                  </strong>
                ) : (
                  <span class="hint">
                    报后可用 <Amount yuan={formatYuan(leftFen)} />
                  </span>
                )}
              </td>
              <td class="amount">
                <Amount yuan={formatYuan(amountFen)} isPlain />
              </td>
            </tr>
          );
        })}
      </tbody>
      <tfoot>
        <tr>
          <td>合计{totals.unread > 0 ? `（有 ${totals.unread} 行还没有金额）` : ''}</td>
          <td class="amount">
            <Amount yuan={formatYuan(totals.totalFen)} isPlain />
          </td>
        </tr>
      </tfoot>
    </table>
  );
}

/** What an unfinished form still lacks: told as work to do, since nothing was refused. */
function Missing({ problem, form }: { problem: Problem; form: string }) {
  const faults = (problem.errors ?? []).filter(({ path }) => path !== '');
  if (faults.length === 0) return <Notice tone="warning" title={problem.detail} />;
  return (
    <Notice tone="info" title={`还差 ${faults.length} 项，填好后显示规则判断`}>
      <ul class="missing">
        {faults.slice(0, 20).map(({ path, message }) => {
          const name = path.slice(1).split('/').join('.');
          return (
            <li key={path}>
              <a href={`#${form}-${name}`}>{placeOf(name)}</a>：{message}
            </li>
          );
        })}
      </ul>
      {faults.length > 20 ? <p>另有 {faults.length - 20} 项。</p> : null}
    </Notice>
  );
}
