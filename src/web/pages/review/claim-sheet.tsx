import { parseYuan, showYuan } from '../../../core/money.js';
import { type ReimbursementSheet, reimbursementSheet } from '../../../reports/index.js';
import { definePage, ofOne } from '../../page.js';

const figure = (yuan: string) => showYuan(parseYuan(yuan));

function Lines({ sheet }: { sheet: ReimbursementSheet }) {
  return (
    <table>
      <caption class="sr-only">费用明细</caption>
      <thead>
        <tr>
          {['序号', '摘要', '经济分类', '资金来源及文号', '发票号码', '金额（元）'].map((title) => (
            <th key={title} scope="col" class={title.startsWith('金额') ? 'amount' : undefined}>
              {title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {sheet.lines.map((line) => (
          <tr key={line.number}>
            <td>{line.number}</td>
            <td>
              {line.description}
              {line.stationName ? `（${line.stationName}）` : ''}
            </td>
            <td>{line.economicName ?? '—'}</td>
            <td>
              {line.fundTypeLabel}　{line.fundDocumentNo}
            </td>
            <td>{line.invoiceNo ?? '—'}</td>
            <td class="amount">{figure(line.amount)}</td>
          </tr>
        ))}
      </tbody>
      <tfoot>
        <tr>
          <th scope="row" colSpan={2}>
            合计
          </th>
          <td colSpan={3}>人民币（大写）{sheet.amountInWords}</td>
          <td class="amount">¥{figure(sheet.amount)}</td>
        </tr>
      </tfoot>
    </table>
  );
}

function Signatures({ sheet }: { sheet: ReimbursementSheet }) {
  const names: readonly (readonly [string, string | null])[] = [
    ['经办', sheet.makerName],
    [sheet.isCoSigned ? '审核（县级会签）' : '审核', sheet.reviewerName],
    ['审批', sheet.approverName],
    ['出纳', [...new Set(sheet.payments.map(({ payerName }) => payerName))].join('、') || null],
    ['领款人', null],
  ];
  return (
    <table class="signatures">
      <caption class="sr-only">签字</caption>
      <tbody>
        <tr>
          {names.map(([duty, name]) => (
            <td key={duty}>
              <span class="duty">{duty}：</span>
              {name ?? ''}
            </td>
          ))}
        </tr>
      </tbody>
    </table>
  );
}

function Ground({ sheet: { decision } }: { sheet: ReimbursementSheet }) {
  if (!decision) return <p>规则判断：尚未提交，没有判断。</p>;
  const named = decision.reasons.filter(({ effectLabel }) => effectLabel !== '依据');
  const passed = decision.reasons.filter(({ effectLabel }) => effectLabel === '依据');
  return (
    <div class="ground">
      <p>
        规则判断：<strong>{decision.outcomeLabel}</strong>（审计日志第 {decision.logIndex + 1} 条）
        {decision.reasons.length === 0 ? '，现行条款中没有限制本次用款的规定' : ''}
      </p>
      {named.length > 0 ? (
        <ul>
          {named.map((reason) => (
            <li key={`${reason.clause} ${reason.message}`}>
              {reason.effectLabel}：{reason.message}（{reason.documentNo} 条款 {reason.clause}“
              {reason.quotation}”）
            </li>
          ))}
        </ul>
      ) : null}
      {passed.length > 0 ? (
        <p>
          已核对并通过：
          {[...new Set(passed.map(({ documentNo, clause }) => `${documentNo} 条款 ${clause}`))].join('；')}
        </p>
      ) : null}
    </div>
  );
}

/** 费用报销单 on paper. */
export const sheetPage = definePage({
  path: '/books/:bookId/claims/:id/sheet',
  params: ofOne,
  isSheet: true,
  load: ({ deps, actor, params }) => reimbursementSheet(deps.store, actor, params.bookId, params.id),
  title: ({ title }) => `费用报销单：${title}`,
  view: (sheet, { params }) => (
    <article class="claim-sheet">
      <p class="buttons">
        <button type="button" class="button main" data-print hidden>
          打印
        </button>
        <a class="button plain" href={`/books/${params.bookId}/claims/${params.id}`}>
          回到报账单
        </a>
      </p>
      <h1>费用报销单</h1>
      <div class="sheet-head">
        <span>申报单位：{sheet.unitName}</span>
        <span>日期：{sheet.businessDate}</span>
        <span>附件 {sheet.attachmentCount} 张</span>
        <span>状态：{sheet.statusLabel}</span>
      </div>
      <div class="sheet-head">
        <span>事由：{sheet.title}</span>
        <span>
          收款人：{sheet.payeeName}（{sheet.payeeTypeLabel}）
        </span>
        {sheet.contractNo ? (
          <span>
            合同：{sheet.contractNo}
            {sheet.isFinalPayment ? '（尾款）' : ''}
          </span>
        ) : null}
      </div>
      <section class="sheet-lines" tabIndex={0} aria-label="费用明细">
        <Lines sheet={sheet} />
      </section>
      {sheet.payments.length > 0 ? (
        <p>
          支付：
          {sheet.payments
            .map(
              (each) =>
                `${each.kindLabel} ${each.effectiveDate} 凭证 ${each.voucherNo} ${figure(each.amount)} 元`,
            )
            .join('；')}
        </p>
      ) : null}
      <Ground sheet={sheet} />
      <Signatures sheet={sheet} />
      <div class="sheet-foot">
        <span>{sheet.bookName}</span>
        <span>单据编号：{sheet.claimId}</span>
      </div>
    </article>
  ),
});
