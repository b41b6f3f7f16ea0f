import { z } from 'zod';
import { notFound } from '../../../core/errors.js';
import { identifier, pageQuery } from '../../../core/fields.js';
import { bureauSubject } from '../../../ledger/index.js';
import { may } from '../../../organisations/index.js';
import { DATA_SUBJECTS, type DataSubjectKind, type ErasureView } from '../../../privacy/index.js';
import { choicesOf, HiddenField, TextField } from '../../components/field.js';
import { FilterBar, SelectFilter, TextFilter } from '../../components/filter.js';
import { Button, Buttons, Form } from '../../components/form.js';
import { Notice, Section } from '../../components/notice.js';
import { DataTable } from '../../components/table.js';
import type { PageContext } from '../../context.js';
import { definePage, inBook } from '../../page.js';
import { CANDIDATES } from './erasure-candidates.js';

const KINDS = Object.keys(DATA_SUBJECTS) as [DataSubjectKind, ...DataSubjectKind[]];

const query = z.object({
  kind: z.enum(KINDS).optional(),
  id: identifier('What was chosen').optional(),
  text: z.string().trim().max(50).optional(),
  cursor: pageQuery.cursor,
});

/** What erasing a kind takes away, and what has to be done before. */
const EFFECTS: Readonly<Record<DataSubjectKind, string>> = {
  person: '删除姓名、登录名、密码和令牌的用途。须先停用；其经手的业务照旧保留，经手人显示为〔已删除〕。',
  party: '删除本账套中以这个姓名登记的收款人、销售方。有未办结报账单的，须先办结。',
  claim: '删除事由、说明、意见等文字。须先办结；金额、科目、裁定照旧保留。',
  contract: '删除名称、说明等文字。须先关闭；金额、期限、裁定照旧保留。',
  waiver: '删除申请和否决的理由。须已用完、否决或过期；条款、限额照旧保留。',
  attachment: '删除附件的内容和文件名。附件的哈希照旧保留，仍能证明当时有这样一个文件。',
  procedureRecord: '删除说明等文字。种类、日期、所证明的条款照旧保留。',
  sanction: '删除登记的理由。黑名单与退出的起止日期照旧保留。',
  differenceNote: '删除对账差异的说明文字。差异的金额、责任单位照旧保留。',
  organisation: '删除捐赠方的名称。捐赠的资金和用途照旧保留。',
};

async function chosenName(
  page: Pick<PageContext, 'deps' | 'actor' | 'today'>,
  bookId: string,
  { kind, cursor, id, text }: z.output<typeof query>,
) {
  const load = kind ? CANDIDATES[kind] : undefined;
  if (!load) return { candidates: null, chosen: null };
  const candidates = await load(page, bookId, { cursor, text });
  return { candidates, chosen: candidates.items.find((one) => one.id === id) ?? null };
}

/** Erasure of personal data, without breaking a proof. */
export const erasuresPage = definePage({
  path: '/books/:bookId/erasures',
  params: inBook,
  query,
  title: '删除个人信息',
  load: async ({ deps, actor, today, params: { bookId }, query: asked }) => {
    if (!may(actor, 'data.erase', await bureauSubject(deps.store.read, bookId)).allowed)
      throw notFound('账套');
    return chosenName({ deps, actor, today }, bookId, asked);
  },
  view: ({ candidates, chosen }, { query: { kind, id }, params, search, pages }) => {
    const isNamed = kind === 'party';
    const needsList = kind !== undefined && candidates !== null && id === undefined;
    return (
      <>
        <Notice tone="info" title="删除之后，什么仍然可以证明">
          <p>
            日志和业务表里本来只有加盐承诺，原值用每个主体自己的密钥加密保存。删除会销毁原值和密钥，并在日志记下文号；所有哈希、余额、证明都不受影响，页面显示〔已删除〕。
          </p>
          <p>
            做不到的三件事：已经交出去的未脱敏证据包收不回来；备份里的旧数据要等备份到期；日志里留有主体的带密钥假名（没有主密钥无法还原）。
            <strong>删除不能撤回，法定保存期未满的会计资料请先取得依据。</strong>
          </p>
          {pages.has('/books/:bookId/log') ? (
            <p>
              以往的删除见<a href={`/books/${params.bookId}/log`}>审计日志</a>。
            </p>
          ) : null}
        </Notice>
        <FilterBar>
          <SelectFilter
            name="kind"
            label="第一步：删除谁的、什么内容"
            choices={choicesOf(DATA_SUBJECTS)}
            empty="请选择"
          />
          {kind === 'person' ? <TextFilter name="text" label="姓名或登录名" /> : null}
        </FilterBar>
        {kind ? <p class="hint">{EFFECTS[kind]}</p> : null}
        {needsList ? (
          <DataTable
            caption={`第二步：选择${DATA_SUBJECTS[kind]}`}
            rows={candidates.items}
            idOf={(one) => one.id}
            cursors={{ next: candidates.nextCursor }}
            empty={
              kind === 'person'
                ? '没有已停用的人员。请先在“人员与岗位”停用，再来删除。'
                : '本账套没有可以删除的这类内容。'
            }
            columns={[
              { key: 'name', label: '名称', value: ({ name }) => name },
              { key: 'note', label: '说明', value: ({ note }) => note },
              {
                key: 'act',
                label: '选择',
                value: ({ obstacle }) => obstacle,
                show: (one) =>
                  one.obstacle ?? (
                    <a href={`?${new URLSearchParams([...search, ['id', one.id]])}`}>选这一项</a>
                  ),
              },
            ]}
          />
        ) : null}
        {kind && !needsList ? (
          <Section title={`${candidates ? '第三步' : '第二步'}：写明依据并删除`}>
            {chosen ? (
              <p>
                将删除：<strong>{chosen.name}</strong>（{chosen.note}）
              </p>
            ) : null}
            <Form name="erase" values={{ kind, id: id ?? '' }}>
              <HiddenField name="kind" />
              {isNamed ? (
                <TextField name="name" label="姓名" hint="与登记时完全一致，例如：王某某" isRequired />
              ) : candidates || id ? (
                <HiddenField name="id" />
              ) : (
                <TextField
                  name="id"
                  label="编号"
                  hint={
                    kind === 'attachment'
                      ? '附件链接地址的最后一段；在单据页对附件点右键复制链接可以看到'
                      : '登记时给出的编号；审计日志中该条记录也写有'
                  }
                  isRequired
                />
              )}
              <TextField
                name="documentNo"
                label="批准文号"
                hint="例如：泸县民政局个信处〔2026〕3号"
                isRequired
              />
              <TextField
                name="reason"
                label="理由和法律依据"
                hint="例如：本人申请删除，法定保存期限已满"
                isRequired
                isWide
              />
              <Buttons>
                <Button action="erase" look="danger">
                  永久删除
                </Button>
              </Buttons>
            </Form>
          </Section>
        ) : null}
      </>
    );
  },
  actions: {
    erase: {
      operation: 'POST /books/:bookId/erasures',
      done: ({ values, logIndex, documentNo }: ErasureView, { params }) => ({
        to: `/books/${params['bookId']}/erasures`,
        say: `已删除 ${values} 项内容（${documentNo}），记入日志第 ${logIndex} 条`,
      }),
    },
  },
});
