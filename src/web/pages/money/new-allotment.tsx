import type { AllotmentView } from '../../../allotments/index.js';
import { parseYuan } from '../../../core/money.js';
import { bureauOfBook } from '../../../ledger/index.js';
import { listOrganisations } from '../../../organisations/index.js';
import { bookFunds, fundChoices } from '../../choices.js';
import { plainAmount } from '../../coerce.js';
import { Amount } from '../../components/amount.js';
import {
  AmountField,
  type Choice,
  FieldSet,
  SelectField,
  TextArea,
  TextField,
} from '../../components/field.js';
import { Button, Buttons, Form, Rows, useForm } from '../../components/form.js';
import type { PageContext } from '../../context.js';
import { definePage, inBook } from '../../page.js';
import { rowsAt, type Tree, valueAt } from '../../tree.js';
import { sumYuan } from './words.js';

/** Everybody below the bureau, by name; a province passes down to 183 counties. */
const MOST_PAGES = 10;

async function recipients({ deps, actor }: Pick<PageContext, 'deps' | 'actor'>, bookId: string) {
  const { bureauId } = await bureauOfBook(deps.store.read, bookId);
  const found: Choice[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const list = await listOrganisations(deps.store, actor, { limit: 200, cursor });
    for (const { id, name, kind, closedDate } of list.items)
      if (id !== bureauId && kind !== 'provider' && kind !== 'donor' && closedDate === null)
        found.push([id, name]);
    if (list.nextCursor === null) break;
    cursor = list.nextCursor;
  }
  return found;
}

/** Passing authority down under one document. */
export const newAllotmentPage = definePage({
  path: '/books/:bookId/allotments/new',
  params: inBook,
  title: '下达指标',
  load: async (page) => ({
    funds: await bookFunds(page, page.params.bookId),
    recipients: await recipients(page, page.params.bookId),
  }),
  view: ({ funds, recipients: choices }, page) => (
    <section class="card">
      <Form name="issue" values={{ effectiveDate: page.today }}>
        <FieldSet legend="文件">
          <SelectField name="fundId" label="资金" choices={fundChoices(funds, page)} isRequired />
          <TextField name="documentNo" label="文号" hint="例如：川财社〔2022〕78号" isRequired />
          <TextField name="effectiveDate" label="业务日期" type="date" isRequired />
          <AmountField name="documentTotal" label="文件写明的总额" hint="填写后与各单位合计核对" />
          <TextField name="documentRecipients" label="文件写明的单位数" type="number" hint="填写后核对" />
          <TextField name="documentParts" label="文件写明的乡镇（站点）数" type="number" hint="填写后核对" />
        </FieldSet>
        <FieldSet legend="接收单位">
          <Rows name="items" least={1}>
            {(index, path) => (
              <div class="line wide">
                <div class="line-head">
                  第 {index + 1} 个单位
                  <Button action={`remove:${path}`} look="link" isInPlace>
                    移除
                  </Button>
                </div>
                <div class="grid">
                  <SelectField name="recipientId" label="单位" choices={choices} isRequired />
                  <AmountField name="amount" label="金额" isRequired />
                </div>
                <Parts choices={choices} path={path} />
              </div>
            )}
          </Rows>
        </FieldSet>
        <Total />
        <Buttons>
          <Button action="add:items" isInPlace>
            增加单位
          </Button>
          <Button action="issue" look="main">
            下达
          </Button>
        </Buttons>
        <details class="full">
          <summary>粘贴名单</summary>
          <TextArea
            name="_list"
            label="名单"
            hint="一行一个：单位名称、空格、金额（元）。可从表格中复制两列。填入后请核对。"
            rows={6}
            isWide
          />
          <Buttons>
            <Button action="fill" isInPlace>
              按名单填入
            </Button>
          </Buttons>
        </details>
      </Form>
    </section>
  ),
  actions: {
    issue: {
      operation: 'POST /books/:bookId/allotments',
      done: ({ bookId, documentNo, items }: AllotmentView) => ({
        to: `/books/${bookId}/allotments`,
        say: `已下达 ${documentNo}，${items.length} 个单位。下级收文之前为在途。`,
      }),
    },
    fill: {
      local: async (typed, page) => ({
        typed: filled(typed, await recipients(page, page.params['bookId'] ?? '')),
      }),
    },
  },
});

/** How the document splits a recipient's share further. */
function Parts({ choices, path }: { choices: readonly Choice[]; path: string }) {
  const { said, values } = useForm();
  const count = rowsAt(said ? said.typed : values, `${path}.parts`).length;
  return (
    <details open={count > 0}>
      <summary>文件还分到乡镇或站点</summary>
      <Rows name="parts">
        {(_, partPath) => (
          <div class="grid">
            <SelectField name="organisationId" label="乡镇或站点" choices={choices} />
            <AmountField name="amount" label="其中" />
            <Button action={`remove:${partPath}`} look="link" isInPlace>
              移除
            </Button>
          </div>
        )}
      </Rows>
      <Button action={`add:${path}.parts`} isInPlace>
        增加一处
      </Button>
    </details>
  );
}

/** The sum of what was typed so far, where every amount can be read. */
function Total() {
  const { said } = useForm();
  const amounts = rowsAt(said?.typed, 'items')
    .map((row) => plainAmount(String(valueAt(row, 'amount') ?? '')))
    .filter((amount) => amount !== '');
  return (
    <p class="full" aria-live="polite">
      合计：{isReadable(amounts) ? <Amount yuan={sumYuan(amounts)} /> : '有金额尚不能识别'}
    </p>
  );
}

function isReadable(amounts: readonly string[]): boolean {
  try {
    for (const amount of amounts) parseYuan(amount);
    return true;
  } catch {
    return false;
  }
}

/** The pasted list as rows behind those typed. A name that is not known exactly stays in the list to be mended. */
function filled(typed: Tree, choices: readonly Choice[]): Tree {
  const idOf = new Map(choices.map(([id, name]) => [name, id]));
  const lines = String(typed['_list'] ?? '').split(/\r?\n/);
  const rows = rowsAt(typed, 'items').filter((row) => valueAt(row, 'recipientId') || valueAt(row, 'amount'));
  const left: string[] = [];
  for (const line of lines.map((text) => text.trim()).filter(Boolean)) {
    const [, name = '', amount = ''] = /^(.+?)[\s,，\t]+([\d.,，￥¥]+)\s*元?$/.exec(line) ?? [];
    const recipientId = idOf.get(name.trim());
    if (recipientId) rows.push({ recipientId, amount });
    else left.push(line);
  }
  return { ...typed, items: Object.fromEntries(rows.entries()) as Tree, _list: left.join('\n') };
}
