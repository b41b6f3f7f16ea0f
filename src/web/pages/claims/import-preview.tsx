import type { ImportPreview } from '../../../imports/index.js';
import { OutcomeBadge } from '../../components/decision.js';
import { Badge, Notice } from '../../components/notice.js';
import { type Column, DataTable } from '../../components/table.js';

export type Fault = ImportPreview['faults'][number];
type Claim = ImportPreview['claims'][number];

/** So many rows of one answer are shown; the sheet is mended from the top. */
export const MOST_SHOWN = 500;

/** What importing the sheet would do, and every fault of every cell. */
export function Preview({ preview }: { preview: ImportPreview }) {
  const { isImportable, faults, faultCount, claims, lines, ignoredColumns, judgedCount } = preview;
  const warnings = faults.filter(({ gravity }) => gravity === 'warning').length;
  return (
    <>
      {isImportable ? (
        <Notice tone="ok" title={`检查通过：${lines} 行，${claims.length} 张报账单`} isAlert>
          <p>
            {warnings > 0 ? `有 ${warnings} 处提醒，请看一看。` : ''}
            规则判断只供参考：草稿在提交时才正式判断。没有问题就点上面的“导入”。
          </p>
          {judgedCount < claims.length ? (
            <p>
              表格较大，规则判断只看了前 {judgedCount}{' '}
              张；其余的在导入时逐张检查，有一处不对就列出全部问题，一张也不生成。
            </p>
          ) : null}
        </Notice>
      ) : (
        <Notice tone="danger" title={`有 ${faultCount - warnings} 处需要修改，改好后重新检查`} isAlert>
          <p>按下表的单元格逐处修改；全部改好之前不会导入任何一张。</p>
        </Notice>
      )}
      {ignoredColumns.length > 0 ? (
        <Notice tone="warning" title={`这些列没有读取：${ignoredColumns.join('、')}`} />
      ) : null}
      {faults.length > 0 ? <Faults faults={faults} count={faultCount} /> : null}
      {claims.length > 0 ? (
        <DataTable
          caption="表格中的报账单"
          rows={claims.slice(0, MOST_SHOWN)}
          pageSize={MOST_SHOWN}
          idOf={({ row }) => String(row)}
          columns={CLAIM_COLUMNS}
          empty=""
        />
      ) : null}
      {claims.length > MOST_SHOWN ? <p class="hint">只列出前 {MOST_SHOWN} 张。</p> : null}
    </>
  );
}

const CLAIM_COLUMNS: readonly Column<Claim>[] = [
  {
    key: 'group',
    label: '报账单号（组号）',
    isFixed: true,
    value: ({ group, row }) => group || `第 ${row} 行`,
  },
  { key: 'title', label: '事由', isWide: true, isFixed: true, value: ({ title }) => title || '（读不出）' },
  { key: 'lines', label: '行数', kind: 'count', isFixed: true, value: ({ lines }) => lines },
  {
    key: 'amount',
    label: '金额',
    kind: 'amount',
    isFixed: true,
    isTotalled: true,
    basis: '本单各行之和',
    value: ({ amount }) => amount,
  },
  {
    key: 'outcome',
    label: '规则判断',
    isFixed: true,
    value: ({ outcome }) => outcome,
    show: ({ outcome }) => <OutcomeBadge outcome={outcome} />,
  },
  {
    key: 'reasons',
    label: '主要理由',
    isWide: true,
    isFixed: true,
    value: ({ reasons }) => reasons.join('；') || null,
  },
];

const FAULT_COLUMNS: readonly Column<Fault>[] = [
  { key: 'sheet', label: '工作表', isFixed: true, value: ({ sheet }) => sheet },
  { key: 'cell', label: '单元格', isFixed: true, value: ({ cell }) => cell },
  { key: 'column', label: '列', isFixed: true, value: ({ column }) => column },
  { key: 'value', label: '填写的内容', isWide: true, isFixed: true, value: ({ value }) => value || null },
  { key: 'message', label: '问题', isWide: true, isFixed: true, value: ({ message }) => message },
  {
    key: 'gravity',
    label: '处理',
    isFixed: true,
    value: ({ gravity }) => gravity,
    show: ({ gravity }) =>
      gravity === 'error' ? <Badge tone="danger">须修改</Badge> : <Badge tone="warning">请留意</Badge>,
  },
];

export function Faults({ faults, count }: { faults: readonly Fault[]; count: number }) {
  const shown = faults.slice(0, MOST_SHOWN);
  return (
    <>
      <DataTable
        caption="逐个单元格"
        rows={shown}
        pageSize={MOST_SHOWN}
        idOf={({ cell, message }) => `${cell} ${message}`}
        columns={FAULT_COLUMNS}
        empty=""
      />
      {count > shown.length ? (
        <p class="hint">
          共 {count} 处，只列出前 {shown.length} 处。
        </p>
      ) : null}
    </>
  );
}
