import { chineseAmount } from '../../../core/chinese-amount.js';
import { parseYuan } from '../../../core/money.js';
import { SOURCE_LABELS } from '../../../core/vocabulary.js';
import { UNIT_LABELS } from '../../components/amount.js';
import { definePage, inBook } from '../../page.js';
import { GroupedTable } from './grouped-table.js';
import { Checks } from './parts.js';
import { loadUsage, query, usageColumns, usageGroups } from './usage.js';

/** The same on paper: A4 across, with who made it, when and in which unit. */
export const usageSheetPage = definePage({
  path: '/books/:bookId/reports/usage/sheet',
  params: inBook,
  query,
  title: '资金拨付使用情况表',
  isSheet: true,
  load: loadUsage,
  view: (report, { params: { bookId }, query: asked, search, unit, today, visitor }) => (
    <div class="sheet-across">
      <div class="buttons no-print">
        <a class="button plain" href={`/books/${bookId}/reports/usage${search.size > 0 ? `?${search}` : ''}`}>
          返回
        </a>
        <button type="button" class="button main" data-print hidden>
          打印
        </button>
        <p class="hint">A4 横向。金额单位按页面右上角的选择，此处为{UNIT_LABELS[unit]}。</p>
      </div>
      <h1>资金拨付使用情况表</h1>
      <div class="sheet-head">
        <span>编制单位：{report.bureauName}</span>
        <span>
          {asked.years ? `${asked.years.join('、')} 年度` : '全部年度'}
          {asked.type ? `　${SOURCE_LABELS[asked.type]}` : ''}
        </span>
        <span>业务日期截至：{asked.asOf ?? today}</span>
        {asked.recordedBy ? <span>登记时间截至：{asked.recordedBy}</span> : null}
        <span>单位：{UNIT_LABELS[unit]}</span>
      </div>
      <GroupedTable
        isSheet
        caption="资金拨付使用情况表"
        columns={usageColumns(report, bookId, true)}
        groups={usageGroups(report)}
        total={report.total}
        idOf={({ fundId }) => fundId ?? ''}
        empty="没有符合条件的资金批次。"
      />
      <p>
        到账合计（大写）：{chineseAmount(parseYuan(report.total.received))}　　支出合计（大写）：
        {chineseAmount(parseYuan(report.total.spent))}
      </p>
      <div class="sheet-foot">
        <span>制表人：{visitor?.me.person.displayName}</span>
        <span>制表日期：{today}</span>
        <span>复核：　　　　　　</span>
        <span>负责人：　　　　　　</span>
      </div>
      <Checks checks={report.checks} />
      <ol class="sheet-bases">
        {report.columns
          .filter(({ kind }) => kind === 'amount' || kind === 'percent')
          .map(({ key, title, basis }) => (
            <li key={key}>
              {title}：{basis}
            </li>
          ))}
      </ol>
    </div>
  ),
});
