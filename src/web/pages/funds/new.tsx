import { z } from 'zod';
import { LEVEL_LABELS, SOURCE_LABELS, SOURCE_TYPES } from '../../../core/vocabulary.js';
import type { FundView } from '../../../ledger/index.js';
import { organisationChoices } from '../../choices.js';
import {
  CheckField,
  choicesOf,
  FieldSet,
  HiddenField,
  SelectField,
  TextField,
} from '../../components/field.js';
import { Button, Buttons, Form } from '../../components/form.js';
import { definePage, inBook } from '../../page.js';
import type { Tree } from '../../tree.js';
import { TermFields, withAreas } from './terms.js';

/** A new grant: first its source, which decides what it must carry, then the document. */
export const newFundPage = definePage({
  path: '/books/:bookId/funds/new',
  params: inBook,
  query: z.object({ type: z.enum(SOURCE_TYPES).optional() }),
  title: '登记资金批次',
  load: async (page) => ({
    stations: await organisationChoices(page, 'station_'),
    donors: await organisationChoices(page, 'donor'),
  }),
  view: (choices, { query, path, today }) =>
    query.type ? (
      <section class="card">
        <Form
          name="create"
          values={{ documentDate: today, year: today.slice(0, 4), terms: { type: query.type } }}
        >
          <FieldSet legend={`文件（${SOURCE_LABELS[query.type]}）`}>
            <TextField name="documentNo" label="文号" hint="例如：川财社〔2022〕78号" isRequired />
            <TextField name="documentDate" label="文件日期" type="date" isRequired />
            <TextField name="name" label="资金名称" isRequired />
            <SelectField name="level" label="级次" choices={choicesOf(LEVEL_LABELS)} isRequired />
            <TextField name="year" label="预算年度" type="number" isRequired />
            <TextField name="programme" label="所属项目" hint="文件写明了项目名称才填" />
            <CheckField name="isExample" label="示例数据，不是公布的数字" />
          </FieldSet>
          <FieldSet legend="这一来源的约定">
            <HiddenField name="terms.type" value={query.type} />
            <TermFields type={query.type} {...choices} />
          </FieldSet>
          <Buttons>
            <Button action="create" look="main">
              登记
            </Button>
            <a class="button plain" href={path}>
              换一种来源
            </a>
          </Buttons>
        </Form>
      </section>
    ) : (
      <section class="card">
        <p>资金来自哪里？来源决定它要登记的约定和适用的条款。</p>
        <ul class="choices">
          {SOURCE_TYPES.map((type) => (
            <li key={type}>
              <a class="button plain" href={`${path}?type=${type}`}>
                {SOURCE_LABELS[type]}
              </a>
            </li>
          ))}
        </ul>
      </section>
    ),
  actions: {
    create: {
      operation: 'POST /books/:bookId/funds',
      prepare: (typed) => ({ ...typed, terms: withAreas(typed['terms'] as Tree) }),
      done: (fund: FundView) => ({
        to: `/books/${fund.bookId}/funds/${fund.id}`,
        say: `已登记 ${fund.documentNo}。接着登记计划、下达和到账。`,
      }),
    },
  },
});
