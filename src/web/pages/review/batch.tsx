import type { ClaimView, PaymentBatchAnswer } from '../../../claims/index.js';
import { chineseAmount } from '../../../core/chinese-amount.js';
import { type Fen, parseYuan, showYuan, sumFen, YUAN_PATTERN } from '../../../core/money.js';
import type { Names } from '../../../organisations/index.js';
import { plainAmount } from '../../coerce.js';
import { Amount } from '../../components/amount.js';
import { Decision, OutcomeBadge } from '../../components/decision.js';
import { TextField } from '../../components/field.js';
import { Button, Buttons, Form, useForm } from '../../components/form.js';
import { Empty, Notice } from '../../components/notice.js';
import { usePage } from '../../context.js';
import { rowsAt, type Tree } from '../../tree.js';
import { openAmount } from './claim-forms.js';

/** The rows whose box is ticked: what the batch pays, in their order. */
export const chosenItems = (typed: unknown): Tree[] =>
  (rowsAt(typed, 'items') as Tree[]).filter((row) => typeof row === 'object' && Boolean(row['claimId']));

/** A claim to be paid, with what was typed for it. The chosen ones stand first, numbered as the batch numbers them. */
interface PayRow {
  readonly claim: ClaimView;
  readonly isChosen: boolean;
  readonly typed: Tree | undefined;
}

function rowsOf(claims: readonly ClaimView[], typed: Tree | null, isAll: boolean): PayRow[] {
  const byId = new Map(chosenItems(typed).map((row) => [String(row['claimId']), row]));
  const rows = claims.map((claim) => ({
    claim,
    isChosen: byId.has(claim.id) || (typed === null && isAll),
    typed: byId.get(claim.id),
  }));
  const places = [...byId.keys()];
  return [
    ...rows
      .filter((row) => row.isChosen)
      .sort((a, b) => places.indexOf(a.claim.id) - places.indexOf(b.claim.id)),
    ...rows.filter((row) => !row.isChosen),
  ];
}

/** What a row is to pay; null for an amount that is none. */
function amountFen({ claim, typed }: PayRow): Fen | null {
  const text = plainAmount(String(typed?.['amount'] ?? ''));
  if (text === '') return parseYuan(openAmount(claim));
  return YUAN_PATTERN.test(text) ? parseYuan(text) : null;
}

function Cell({ index, row, name, label }: { index: number; row: PayRow; name: string; label: string }) {
  const { name: form, said } = useForm();
  const path = `items.${index}.${name}`;
  const fault = row.isChosen ? said?.faults.get(path) : undefined;
  const id = `${form}-${path}`;
  const isAmount = name === 'amount';
  return (
    <>
      <label class="sr-only" for={id}>
        {row.claim.title} {label}
      </label>
      <input
        id={id}
        name={path}
        type="text"
        class={isAmount ? 'amount' : undefined}
        inputMode={isAmount ? 'decimal' : undefined}
        autocomplete="off"
        placeholder={isAmount ? openAmount(row.claim) : name === 'voucherNo' ? '按顺序编号' : undefined}
        value={String(row.typed?.[name] ?? '')}
        aria-invalid={fault ? 'true' : undefined}
        aria-describedby={fault ? `${id}-fault` : undefined}
      />
      {fault ? (
        <p class="fault" id={`${id}-fault`}>
          {fault}
        </p>
      ) : null}
    </>
  );
}

function Row({ index, row, names, mayPay }: { index: number; row: PayRow; names: Names; mayPay: boolean }) {
  const { claim } = row;
  return (
    <tr class={row.isChosen ? 'current' : undefined}>
      {mayPay ? (
        <td class="text" data-label="选中">
          <input
            type="checkbox"
            name={`items.${index}.claimId`}
            value={claim.id}
            checked={row.isChosen}
            aria-label={`支付：${claim.title}`}
          />
        </td>
      ) : null}
      <td class="text roomy" data-label="报账单">
        <span>
          <a href={`/books/${claim.bookId}/claims/${claim.id}`}>{claim.title}</a>
          <span class="beneath">{names[claim.organisationId]}</span>
        </span>
      </td>
      <td class="text" data-label="收款人">
        {claim.payeeName}
      </td>
      <td class="text" data-label="规则判断">
        <OutcomeBadge outcome={claim.outcome} />
      </td>
      <td class="amount" data-label="未付金额">
        <Amount yuan={openAmount(claim)} isPlain />
      </td>
      {mayPay ? (
        <>
          <td class="text" data-label="本次金额">
            <Cell index={index} row={row} name="amount" label="本次金额（元）" />
          </td>
          <td class="text" data-label="凭证号">
            <Cell index={index} row={row} name="voucherNo" label="凭证号" />
          </td>
          <td class="text" data-label="意见">
            <Cell index={index} row={row} name="note" label="意见" />
          </td>
        </>
      ) : null}
    </tr>
  );
}

function Total({ rows }: { rows: readonly PayRow[] }) {
  const chosen = rows.filter(({ isChosen }) => isChosen);
  const amounts = chosen.map(amountFen);
  if (chosen.length === 0)
    return (
      <p>
        还没有勾选。全部未付 {rows.length} 张，共{' '}
        {showYuan(sumFen(rows.map((row) => parseYuan(openAmount(row.claim)))))} 元。
      </p>
    );
  if (amounts.includes(null)) return <p>有的金额填写有误，无法合计，请先改正。</p>;
  const total = sumFen(amounts as Fen[]);
  return (
    <p class="batch-total">
      已选 {chosen.length} 张，合计 <strong class="amount">{showYuan(total)} 元</strong>
      <br />
      人民币（大写）<strong>{chineseAmount(total)}</strong>
    </p>
  );
}

const HEADINGS = ['报账单', '收款人', '规则判断', '未付金额（元）'];
const PAY_HEADINGS = ['本次金额（元）', '凭证号', '意见'];

/** Approved claims, to be paid together. */
export function BatchForm(given: {
  claims: readonly ClaimView[];
  names: Names;
  mayPay: boolean;
  isCut: boolean;
  isAll: boolean;
}) {
  const { today } = usePage();
  const { claims, mayPay, isCut } = given;
  if (claims.length === 0)
    return (
      <Empty>
        {mayPay
          ? '没有等您支付的报账单。财务批准之后会出现在这里；您批准过的单据须由另一位出纳支付。'
          : '没有已批准而未付清的报账单。'}
      </Empty>
    );
  if (!mayPay) return <Rows {...given} typed={null} />;
  return (
    <Form name="batch" values={{ effectiveDate: today }} className="form card">
      <TextField name="effectiveDate" label="业务日期" type="date" isRequired />
      <TextField name="voucherSeries.prefix" label="凭证号前缀" hint="例如：付字2022-" />
      <TextField
        name="voucherSeries.start"
        label="起始号"
        type="number"
        hint="例如：101，依次编号；单独填了凭证号的除外"
      />
      <TextField name="voucherSeries.digits" label="号码位数" type="number" hint="不填为 3 位，如 007" />
      {isCut ? (
        <Notice
          tone="info"
          title={`只列最早的 ${claims.length} 张，一次最多支付这么多；付完后列出其余的。`}
        />
      ) : null}
      <ChosenRows {...given} />
      <Buttons>
        <Button action="sum" isInPlace>
          核算合计
        </Button>
        <Button action="pay" look="main">
          支付所选
        </Button>
        <a class="button plain" href="?tab=open&amp;all=1">
          全选
        </a>
        <a class="button plain" href="?tab=open">
          全不选
        </a>
      </Buttons>
    </Form>
  );
}

function ChosenRows(given: { claims: readonly ClaimView[]; names: Names; isAll: boolean }) {
  const { said } = useForm();
  return <Rows {...given} mayPay typed={said ? said.typed : null} />;
}

function Rows({
  claims,
  names,
  mayPay,
  isAll,
  typed,
}: {
  claims: readonly ClaimView[];
  names: Names;
  mayPay: boolean;
  isAll: boolean;
  typed: Tree | null;
}) {
  const rows = rowsOf(claims, typed, isAll);
  return (
    <div class="full">
      <section class="table-scroll" tabIndex={0} aria-label="待付的报账单">
        <table class="data batch">
          <caption class="sr-only">待付的报账单</caption>
          <thead>
            <tr>
              {mayPay ? <th scope="col">选中</th> : null}
              {[...HEADINGS, ...(mayPay ? PAY_HEADINGS : [])].map((title) => (
                <th key={title} scope="col" class={title.startsWith('未付') ? 'amount' : 'text'}>
                  {title}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row, index) => (
              <Row key={row.claim.id} index={index} row={row} names={names} mayPay={mayPay} />
            ))}
          </tbody>
        </table>
      </section>
      <p class="basis">口径：未付金额为报账金额减去已支付；本次金额不填则付清。</p>
      <Total rows={rows} />
    </div>
  );
}

/** What became of each item of a batch. */
export function BatchResult({
  answer,
  bookId,
  claims,
}: {
  answer: PaymentBatchAnswer;
  bookId: string;
  claims: readonly ClaimView[];
}) {
  const { paidItems, refusedItems, amount, items } = answer;
  const refused = items.filter(({ ok }) => !ok);
  return (
    <>
      {paidItems > 0 ? (
        <Notice
          tone="ok"
          isAlert
          title={`已支付 ${paidItems} 笔，共 ${showYuan(parseYuan(amount))} 元（${chineseAmount(parseYuan(amount))}）`}
        >
          <p>凭证：{items.flatMap(({ ok, voucherNo }) => (ok ? [voucherNo] : [])).join('、')}</p>
        </Notice>
      ) : null}
      {refusedItems > 0 ? (
        <Notice tone="danger" isAlert title={`有 ${refusedItems} 笔没有支付，其余不受影响`}>
          <ul class="refusals">
            {refused.map(({ claimId, voucherNo, problem }) => (
              <li key={claimId}>
                <a href={`/books/${bookId}/claims/${claimId}`}>
                  {claims.find(({ id }) => id === claimId)?.title ?? '报账单'}
                </a>
                （凭证 {voucherNo}）：{problem?.detail}
                {problem?.decision ? <Decision decision={problem.decision} /> : null}
              </li>
            ))}
          </ul>
        </Notice>
      ) : null}
    </>
  );
}
