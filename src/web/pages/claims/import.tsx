import { unitsToClaimFor } from '../../../claims/index.js';
import { demandRelated } from '../../../contracts/index.js';
import type { ImportPreview, ImportResult } from '../../../imports/index.js';
import { Amount } from '../../components/amount.js';
import { OutcomeBadge } from '../../components/decision.js';
import { BodyFileField } from '../../components/field.js';
import { Button, Buttons, Form } from '../../components/form.js';
import { Badge, Empty, Notice, Section } from '../../components/notice.js';
import { type Column, DataTable } from '../../components/table.js';
import { usePage } from '../../context.js';
import { definePage, inBook } from '../../page.js';

type Fault = ImportPreview['faults'][number];
type Claim = ImportPreview['claims'][number];

/** So many rows of one answer are shown; the sheet is mended from the top. */
const MOST_SHOWN = 500;

/** Claims by spreadsheet: template, every fault at once, then drafts of all or of none. */
export const claimImportPage = definePage({
  path: '/books/:bookId/claim-import',
  params: inBook,
  title: '批量导入报账单',
  load: async ({ deps, actor, params }) => {
    await demandRelated(deps.store.read, actor, params.bookId);
    return (await unitsToClaimFor(deps.store.read, actor, params.bookId)).length > 0;
  },
  view: (mayMake, { params, said }) => {
    if (!mayMake) return <Empty>您的岗位不填写报账单。报账由站点、乡镇或承接机构的经办人填写或导入。</Empty>;
    const isDone = said?.action === 'import' && said.problem === null && said.answer !== null;
    if (isDone) return <Imported result={said.answer as ImportResult} />;
    const preview = said?.action === 'preview' ? (said.answer as ImportPreview | null) : null;
    const refused = (said?.problem?.details as { faults?: Fault[] } | undefined)?.faults;
    return (
      <>
        <Section title="一、下载模板，填好">
          <p>
            一行写一项用途；同一张报账单的各行写同样的“报账单号（组号）”。经费、经济分类等从下拉列表中选，列表随本账套更新，
            请用最近下载的模板。
          </p>
          <p>
            <a class="button plain" href={`/api/v1/books/${params.bookId}/claim-template`} download>
              下载模板（Excel）
            </a>
          </p>
        </Section>
        <Section title="二、检查，再导入">
          <Form name="import" hasFiles enter="preview">
            <BodyFileField
              name="sheet"
              label="填好的表格"
              accept=".xlsx"
              hint="Excel 工作簿（.xlsx），不超过 5 MB。检查不会写入任何内容"
              isRequired
            />
            <Buttons>
              <Button action="preview" look={preview?.isImportable ? 'plain' : 'main'}>
                检查
              </Button>
              {preview?.isImportable && preview.claims.length > 0 ? (
                <Button action="import" look="main">
                  导入为 {preview.claims.length} 张草稿
                </Button>
              ) : null}
            </Buttons>
          </Form>
        </Section>
        {refused ? <Faults faults={refused} count={refused.length} /> : null}
        {preview ? <Preview preview={preview} /> : null}
      </>
    );
  },
  actions: {
    preview: { operation: 'POST /books/:bookId/claim-imports/preview', fileField: 'sheet', done: 'show' },
    import: { operation: 'POST /books/:bookId/claim-imports', fileField: 'sheet', done: 'show' },
  },
});

function Preview({ preview }: { preview: ImportPreview }) {
  const { isImportable, faults, faultCount, claims, lines, ignoredColumns } = preview;
  const warnings = faults.filter(({ gravity }) => gravity === 'warning').length;
  return (
    <>
      {isImportable ? (
        <Notice tone="ok" title={`检查通过：${lines} 行，${claims.length} 张报账单`} isAlert>
          <p>
            {warnings > 0 ? `有 ${warnings} 处提醒，请看一看。` : ''}
            规则判断只供参考：草稿在提交时才正式判断。没有问题就点上面的“导入”。
          </p>
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

function Faults({ faults, count }: { faults: readonly Fault[]; count: number }) {
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

function Imported({ result }: { result: ImportResult }) {
  const { params } = usePage();
  const at = `/books/${params['bookId']}`;
  return (
    <>
      <Notice tone="ok" title={`已导入 ${result.claims.length} 张草稿`} isAlert>
        <p>
          合计 <Amount yuan={result.amount} />
          。草稿还没有提交：打开每一张，补上发票文件，核对后提交。
        </p>
      </Notice>
      <Section title="导入的草稿">
        <ul class="plain-list">
          {result.claims.map(({ id, group, row, amount }) => (
            <li key={id}>
              <a href={`${at}/claims/${id}/edit`}>{group ? `报账单号 ${group}` : `表格第 ${row} 行`}</a>
              <Amount yuan={amount} />
            </li>
          ))}
        </ul>
      </Section>
      <p class="buttons">
        <a class="button main" href={`${at}/claims?status=draft`}>
          去草稿
        </a>
        <a class="button plain" href={`${at}/claim-import`}>
          再导入一个表格
        </a>
      </p>
    </>
  );
}
