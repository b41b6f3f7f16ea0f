import { z } from 'zod';
import { listClaims } from '../../../claims/index.js';
import { listContracts } from '../../../contracts/index.js';
import { groupBy } from '../../../core/collections.js';
import { addMonths, type BusinessDate } from '../../../core/dates.js';
import { DomainError, notFound } from '../../../core/errors.js';
import { identifier } from '../../../core/fields.js';
import { parseYuan, showYuan } from '../../../core/money.js';
import { bureauOfBook, bureauSubject, demandFundRead } from '../../../ledger/index.js';
import { may } from '../../../organisations/index.js';
import { clauseCoverage, type PackSet, waiverFaults } from '../../../policy/index.js';
import { MAX_WAIVER_MONTHS, type WaiverView } from '../../../waivers/index.js';
import { bookFunds, type ChoiceGroup, fundChoices } from '../../choices.js';
import {
  AmountField,
  FieldSet,
  FileField,
  SelectField,
  TextArea,
  TextField,
} from '../../components/field.js';
import { Button, Buttons, Form, useForm } from '../../components/form.js';
import { Notice } from '../../components/notice.js';
import type { PageContext } from '../../context.js';
import { definePage, inBook } from '../../page.js';
import { rowsAt, type Tree, valueAt } from '../../tree.js';

const query = z.object({
  clause: z.string().max(40).optional(),
  fundId: identifier('Fund').optional(),
  claimId: identifier('Claim').optional(),
});
type Page = PageContext<{ bookId: string }, z.output<typeof query>>;

/** The clauses that bind here and may give way, by document. */
function waivableClauses(packs: PackSet, divisionCode: string, on: BusinessDate): ChoiceGroup[] {
  const until = addMonths(on, MAX_WAIVER_MONTHS);
  const open = clauseCoverage(packs).filter(
    ({ clause, nonWaivable, status }) =>
      nonWaivable === null &&
      status === 'enforced' &&
      waiverFaults(packs, { clause, divisionCode, sourceType: null, from: on, until }).length === 0,
  );
  return [...groupBy(open, ({ documentNo }) => documentNo)].map(([label, rows]) => ({
    label,
    choices: [...new Map(rows.map((row) => [row.clause, row])).values()].map(({ clause, quotation }) => [
      clause,
      `${clause} “${quotation.length > 40 ? `${quotation.slice(0, 40)}……` : quotation}”`,
    ]),
  }));
}

const show = (title: string, amount: string) => `${title}（${showYuan(parseYuan(amount))} 元）`;

/** Claims and contracts that an exception may be for, as far as the visitor may see them. */
async function subjectsOf({ deps, actor, params: { bookId } }: Page) {
  const { store } = deps;
  const claims = listClaims(store, actor, bookId, { status: ['draft', 'returned'], limit: 100 });
  const contracts = (status: 'pending' | 'signed') =>
    orNone(listContracts(store, actor, bookId, { status, limit: 100 }));
  return {
    claims: await orNone(claims),
    contracts: [...(await contracts('pending')), ...(await contracts('signed'))],
  };
}

/** Made when the page is shown: titles are sealed before. */
const subjectChoices = ({ claims, contracts }: Awaited<ReturnType<typeof subjectsOf>>): ChoiceGroup[] =>
  [
    {
      label: '报账单（草稿或退回的）',
      choices: claims.map(({ id, title, amount }) => [`claim:${id}`, show(title, amount)] as const),
    },
    {
      label: '合同',
      choices: contracts.map(
        ({ id, contractNo, title, amount }) =>
          [`contract:${id}`, show(`${contractNo} ${title}`, amount)] as const,
      ),
    },
  ].filter(({ choices }) => choices.length > 0);

/** A list that the visitor has no part in is empty here. */
async function orNone<Item>(list: Promise<{ items: Item[] }>): Promise<Item[]> {
  try {
    return (await list).items;
  } catch (error) {
    if (error instanceof DomainError && error.code === 'not_found') return [];
    throw error;
  }
}

/** `claim:id` of one choice as the subject that the API takes. */
function withSubject(typed: Tree): Tree {
  const [type, id] = String(valueAt(typed, '_subject') ?? '').split(':');
  const evidence = rowsAt(typed, 'evidence').map(String).filter(Boolean);
  return { ...typed, evidence, ...(type && id ? { subject: { type, id } } : {}) };
}

/** The documents; what is wrong with all of them is said of the list. */
function Evidence() {
  const { name, said, labels } = useForm();
  labels.set('evidence', '材料');
  const fault = said?.faults.get('evidence');
  return (
    <div id={`${name}-evidence`} class="full" tabIndex={-1}>
      <FieldSet legend="材料">
        <FileField name="evidence.0" label="材料一" isRequired hint="例如：请示、现场照片，PDF 或图片" />
        <FileField name="evidence.1" label="材料二" />
        <FileField name="evidence.2" label="材料三" />
      </FieldSet>
      {fault ? <p class="fault">{fault}</p> : null}
    </div>
  );
}

/** Asks for an exception from one clause. */
export const newWaiverPage = definePage({
  path: '/books/:bookId/waivers/new',
  params: inBook,
  query,
  title: '申请例外',
  load: async (page: Page) => {
    const { deps, actor, params, today } = page;
    const { read } = deps.store;
    const bureau = await bureauSubject(read, params.bookId);
    const mayRequest = actor.grants.some(
      ({ organisationPath }) => may(actor, 'waiver.request', { ...bureau, organisationPath }).allowed,
    );
    if (!mayRequest) {
      await demandFundRead(read, actor, params.bookId);
      throw notFound('这个页面');
    }
    const { divisionCode } = await bureauOfBook(read, params.bookId);
    return {
      clauses: waivableClauses(deps.policy.current, divisionCode, today),
      funds: await bookFunds(page, params.bookId),
      subjects: await subjectsOf(page),
    };
  },
  view: ({ clauses, funds, subjects }, page) => {
    const { query: asked, today } = page;
    return (
      <>
        <Notice tone="info" title="例外只放宽一条规定，须由另一人批准，批准之日起生效，不追认以前的支出">
          <p>条款列表只含适用于本地、且条款本身允许例外的规定；上位法的禁止规定不能例外。</p>
        </Notice>
        <section class="card">
          <Form
            name="request"
            hasFiles
            values={{
              clause: asked.clause,
              fundId: asked.fundId,
              _subject: asked.claimId ? `claim:${asked.claimId}` : undefined,
              from: today,
              until: addMonths(today, 3),
            }}
          >
            <FieldSet legend="放宽什么">
              <SelectField name="clause" label="条款" choices={clauses} isRequired isWide />
              <SelectField
                name="fundId"
                label="针对的资金"
                choices={fundChoices(funds, page)}
                empty="不限资金"
                hint="资金，报账单或合同，至少指明一项"
              />
              <SelectField
                name="_subject"
                label="针对的报账单或合同"
                choices={subjectChoices(subjects)}
                empty="不限"
              />
              <AmountField name="limit" label="限额" hint="例外之下最多支出多少；不填为不设限额" />
            </FieldSet>
            <FieldSet legend="多久、为什么">
              <TextField name="from" label="自哪一天起" type="date" isRequired hint="不早于批准之日" />
              <TextField
                name="until"
                label="到哪一天止"
                type="date"
                isRequired
                hint={`最长 ${MAX_WAIVER_MONTHS} 个月`}
              />
              <TextArea
                name="reason"
                label="理由"
                hint="例如：站点遭洪灾，须先行更换设备"
                isRequired
                isWide
              />
            </FieldSet>
            <Evidence />
            <Buttons>
              <Button action="request" look="main">
                提交申请
              </Button>
            </Buttons>
          </Form>
        </section>
      </>
    );
  },
  actions: {
    request: {
      operation: 'POST /books/:bookId/waivers',
      prepare: withSubject,
      done: (waiver: WaiverView) => ({
        to: `/books/${waiver.bookId}/waivers/${waiver.id}`,
        say: `已申请条款 ${waiver.clause} 的例外，等待另一人批准。`,
      }),
    },
  },
});
