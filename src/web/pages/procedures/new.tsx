import { z } from 'zod';
import { choice, identifier } from '../../../core/fields.js';
import { bureauSubject } from '../../../ledger/index.js';
import { may } from '../../../organisations/index.js';
import { PROCEDURE_KINDS, PROCEDURES, type Procedure } from '../../../policy/index.js';
import { type ProcedureRecordView, yearField } from '../../../procedures/index.js';
import { bookFunds } from '../../choices.js';
import {
  type Choice,
  FieldSet,
  FileField,
  HiddenField,
  SelectField,
  TextArea,
  TextField,
} from '../../components/field.js';
import { Button, Buttons, Form, Rows } from '../../components/form.js';
import { Notice } from '../../components/notice.js';
import { definePage, inBook } from '../../page.js';
import { rowsAt, type Tree, valueAt } from '../../tree.js';
import { renewableChoices } from '../contracts/choices.js';
import { KIND_GROUPS } from './words.js';

const query = z.object({
  kind: choice(PROCEDURE_KINDS, 'Kind').optional(),
  year: yearField.optional(),
  fundId: identifier('Fund').optional(),
  contractId: identifier('Contract').optional(),
});

/** First what was done, which decides what it is for; then when, under which 文号, and what shows it. */
export const newProcedurePage = definePage({
  path: '/books/:bookId/procedures/new',
  params: inBook,
  query,
  title: '登记程序记录',
  load: async (page) => {
    const { bookId } = page.params;
    const subject = await bureauSubject(page.deps.store.read, bookId);
    if (!may(page.actor, 'procedure.record', subject).allowed) return null;
    const per = page.query.kind ? PROCEDURES[page.query.kind].per : null;
    const choices: readonly Choice[] =
      per === 'fund'
        ? (await bookFunds(page, bookId)).map(({ id, documentNo, name, year }) => [
            id,
            `${year} 年度 ${documentNo} ${name}`,
          ])
        : per === 'contract'
          ? await renewableChoices(page, bookId)
          : [];
    return {
      choices,
      mayUpload: may(page.actor, 'attachment.upload', subject).allowed,
    };
  },
  view: (data, { params: { bookId }, query: { kind, ...asked }, path, today }) =>
    data === null ? (
      <Notice tone="info" title="您没有登记程序记录的权限">
        <p>
          程序记录由本级民政局的财务、审核或上级督导登记。
          <a href={`/books/${bookId}/procedures`}>回到程序记录</a>
        </p>
      </Notice>
    ) : kind === undefined ? (
      <Kinds path={path} />
    ) : (
      <section class="card">
        <Form
          name="record"
          hasFiles
          enter="record"
          values={{ year: today.slice(0, 4), date: today, ...asked }}
        >
          <FieldSet legend={PROCEDURES[kind].label}>
            <HiddenField name="kind" value={kind} />
            <SubjectField kind={kind} choices={data.choices} />
            <TextField
              name="year"
              label="所属年度"
              type="number"
              hint={YEAR_HINTS[PROCEDURES[kind].per]}
              isRequired
            />
            <TextField name="title" label="办了什么" hint="例如：第三季度资金使用情况报送" isRequired />
            <TextField name="date" label="办理日期" type="date" isRequired />
            <TextField
              name="documentNo"
              label="文号"
              hint="文号和附件至少有一样，例如：泸县民发〔2022〕31号"
            />
            <TextArea name="note" label="说明" isWide />
          </FieldSet>
          {data.mayUpload ? (
            <FieldSet legend="附件">
              <Rows name="_files" least={1}>
                {(index) => <FileField name="file" label={`附件 ${index + 1}`} />}
              </Rows>
              <div class="wide">
                <Button action="add:_files" isInPlace>
                  再加一份附件
                </Button>
              </div>
            </FieldSet>
          ) : null}
          <Buttons>
            <Button action="record" look="main">
              登记
            </Button>
            <a class="button plain" href={path}>
              换一个种类
            </a>
          </Buttons>
          <p class="hint">登记后不能修改，只能写明原因撤销。</p>
        </Form>
      </section>
    ),
  actions: {
    record: {
      operation: 'POST /books/:bookId/procedures',
      prepare: (typed) => ({ ...typed, attachments: filesOf(typed) }),
      done: ({ bookId, id, kindLabel }: ProcedureRecordView) => ({
        to: `/books/${bookId}/procedures/${id}`,
        say: `已登记${kindLabel}`,
      }),
    },
  },
});

/** The ids of the files that were uploaded, which the API takes as a plain list. */
const filesOf = (typed: Tree): string[] =>
  rowsAt(typed, '_files').flatMap((row) => {
    const id = valueAt(row, 'file');
    return typeof id === 'string' && id !== '' ? [id] : [];
  });

const YEAR_HINTS = {
  fund: '应与资金批次的预算年度相同',
  contract: '合同期限之内的年度',
  year: '这项工作是哪一年的',
} as const;

function SubjectField({ kind, choices }: { kind: Procedure; choices: readonly Choice[] }) {
  const { per } = PROCEDURES[kind];
  if (per === 'fund') return <SelectField name="fundId" label="资金批次" choices={choices} isRequired />;
  if (per === 'contract') return <SelectField name="contractId" label="合同" choices={choices} isRequired />;
  return null;
}

function Kinds({ path }: { path: string }) {
  return (
    <section class="card">
      <p>办了什么？种类决定要指明资金、合同还是年度。</p>
      {KIND_GROUPS.map(({ per, label, kinds }) => (
        <section key={per}>
          <h2>{label}</h2>
          <ul class="choices">
            {kinds.map(({ kind, label: name }) => (
              <li key={kind}>
                <a class="button plain" href={`${path}?kind=${kind}`}>
                  {name}
                </a>
              </li>
            ))}
          </ul>
        </section>
      ))}
    </section>
  );
}
