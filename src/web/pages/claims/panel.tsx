import type { SpendingPreview } from '../../../claims/index.js';
import { formatYuan, parseYuan } from '../../../core/money.js';
import type { Problem } from '../../../http/errors.js';
import { Amount } from '../../components/amount.js';
import { Decision, OutcomeBadge, WaysOut } from '../../components/decision.js';
import { triedId } from '../../components/labelled.js';
import { Notice } from '../../components/notice.js';
import { type Said, usePage } from '../../context.js';
import type { Tree } from '../../tree.js';
import { type ClaimChoices, fundName } from './choices.js';
import { textAt } from './form-values.js';
import { type Totals, totalsOf } from './totals.js';
import { Obstacles, WayButton, type WayPlace } from './way-button.js';
import { placeOf } from './words.js';

/** What the rules say of the form as it stands: of the trial that was just made, or of the draft that was opened. */
export const decisionShown = (
  said: Said | null,
  explained: SpendingPreview | null,
): SpendingPreview | null => {
  if (!said) return explained;
  const isAsked = said.action === 'preview' || said.action.startsWith('apply:');
  return isAsked && said.answer ? (said.answer as SpendingPreview) : explained;
};

/** What would become of it if it were submitted now. */
export const comesTo = (preview: SpendingPreview | null): string | null =>
  preview && (preview.wouldPass ? preview.outcome : 'block');

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
  waiver,
  rows,
  verb = '提交',
}: {
  form: string;
  within: string;
  typed: Tree;
  choices: ClaimChoices;
  explained: SpendingPreview | null;
  /** What an exception would be asked for; null where the visitor asks for none. */
  waiver: WayPlace['waiver'];
  /** Lines that the form shows, also empty ones. */
  rows: number;
  /** What is done with the form in the end. */
  verb?: string;
}) {
  const page = usePage();
  const said = page.said?.form === form ? page.said : null;
  const decision = decisionShown(said, explained);
  const totals = totalsOf(typed);
  const own = `#form-${form}`;
  const tried = [
    ...['businessDate', 'contractId'],
    ...Array.from({ length: rows }, (_, index) => TRIED.map((name) => `lines.${index}.${name}`)).flat(),
  ].map((name) => `#${triedId(form, name)}`);
  const asking =
    rows <= ASKED_WHILE_TYPING
      ? {
          'hx-post': page.path,
          'hx-trigger': `change from:#${within} delay:800ms, input from:#${within} delay:1500ms`,
          'hx-include': `${own} input:not([type=file]), ${own} select, ${own} textarea`,
          'hx-vals': '{"_action":"preview"}',
          'hx-target': '#preview',
          'hx-select': '#preview > *',
          'hx-select-oob': ['#claim-sum', ...tried].join(),
          'hx-swap': 'innerHTML',
          'hx-sync': 'this:replace',
        }
      : {};
  return (
    <section class="card preview" aria-labelledby="preview-title">
      <h2 id="preview-title">预检结果</h2>
      {/* Beside what it replaces, so that the buttons in there ask for themselves. */}
      <div hidden {...asking} />
      <div id="preview" aria-live="polite">
        {said?.note ? <Notice tone={said.note.tone} title={said.note.text} /> : null}
        <Sums totals={totals} choices={choices} contractId={textAt(typed, 'contractId')} />
        {decision ? (
          <Judged preview={decision} choices={choices} place={{ form, region: within, waiver }} verb={verb} />
        ) : said?.trial ? (
          <Missing problem={said.trial} form={form} />
        ) : (
          <p class="hint">填写明细后，这里显示各条规定是否允许、依据哪一条、怎样可以通过。也可以点“预检”。</p>
        )}
      </div>
    </section>
  );
}

/** Fields of a line that something may be said against. */
const TRIED = ['amount', 'invoice.number', 'invoice.issuedDate'];

/** All that would be refused, and what would pass. */
export function Judged({
  preview,
  choices,
  place,
  verb = '提交',
}: {
  preview: SpendingPreview;
  choices: ClaimChoices;
  place: WayPlace;
  verb?: string;
}) {
  return (
    <>
      <p class="decision-head">
        现在{verb}：
        <OutcomeBadge outcome={comesTo(preview)} />
      </p>
      <Obstacles preview={preview} form={place.form} fundName={(id) => fundName(choices, id)} />
      <WaysOut explanation={preview.explanation} buttonOf={(way) => <WayButton way={way} place={place} />} />
      <Decision decision={preview} lineIds={preview.lineIds} />
    </>
  );
}

/** What the lines come to, by fund; with what would be left of each where that can be told. */
export function Sums({
  totals,
  choices,
  contractId,
}: {
  totals: Totals;
  choices: ClaimChoices;
  /** Whose money it is; empty: the fund's own. */
  contractId: string;
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
          const available = contractId
            ? choices.contractRoom[contractId]?.[fundId]
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
