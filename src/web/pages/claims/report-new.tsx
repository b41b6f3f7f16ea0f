import type { ProviderReportView, SpendingPreview } from '../../../claims/index.js';
import { SelectField, TextField } from '../../components/field.js';
import { Button, Form } from '../../components/form.js';
import { Empty } from '../../components/notice.js';
import { doOperation } from '../../do-operation.js';
import { type ApiAction, definePage, inBook } from '../../page.js';
import { compact, rowsAt, type Tree } from '../../tree.js';
import { lineActions } from './actions.js';
import { claimChoices, contractLabel, fundGroups } from './choices.js';
import { Bar } from './form.js';
import { bodyOf } from './form-values.js';
import { Lines } from './line.js';
import { comesTo, decisionShown, Panel } from './panel.js';
import { ownContracts, reportQuery } from './reports.js';
import { objectionsOf } from './way-button.js';
import { applyWay } from './ways.js';
import { FIELD_LABELS } from './words.js';

const NAME = 'report';
const WITHIN = 'report-work';

const PREVIEW: ApiAction = {
  operation: 'POST /books/:bookId/provider-reports/preview',
  prepare: bodyOf,
  isTrial: true,
  done: 'show',
};

/** A provider says what it spent. There is no draft: it is judged and recorded at once. */
export const newProviderReportPage = definePage({
  path: '/books/:bookId/provider-reports/new',
  params: inBook,
  query: reportQuery,
  title: '报送使用明细',
  load: async (page) => {
    const { actor, said } = page;
    const choices = await claimChoices(page, 'held');
    const mine = { ...choices, funds: [], contracts: ownContracts(actor, choices) };
    // What was refused is told in full, and not only the first reason.
    const isRefused = said?.action === 'create' && said.problem !== null && mine.contracts.length > 0;
    const again = isRefused ? await doOperation(page, PREVIEW, compact(said.typed), undefined) : null;
    return { choices: mine, explained: again?.ok ? (again.body as SpendingPreview) : null };
  },
  view: ({ choices, explained }, page) => {
    const { contracts } = choices;
    if (contracts.length === 0) return <Empty>使用明细由承接机构的经办人报送，您没有可以报送的合同。</Empty>;
    const { today, query: asked } = page;
    const chosen = contracts.find(({ id }) => id === asked.contractId) ?? contracts[0];
    const fundIds = new Set(chosen?.lines.map(({ fundId }) => fundId));
    const values: Tree = {
      businessDate: today,
      contractId: chosen?.id ?? '',
      lines: { '0': fundIds.size === 1 ? { fundId: [...fundIds][0] as string } : {} },
    };
    const said = page.said?.form === NAME ? page.said : null;
    const typed = compact(said ? said.typed : values);
    const shown = decisionShown(said, explained);
    return (
      <div id={WITHIN} class="claim-work">
        <Form
          name={NAME}
          values={values}
          hasFiles
          className="claim-form"
          region={WITHIN}
          enter="preview"
          objections={objectionsOf(shown)}
        >
          <section class="card" aria-labelledby="report-basics">
            <header class="card-head">
              <h2 id="report-basics">基本信息</h2>
            </header>
            <div class="grid">
              <SelectField
                name="contractId"
                label={FIELD_LABELS['contractId'] as string}
                choices={contracts.map((contract) => [contract.id, contractLabel(contract)])}
                isRequired
                isWide
                isTried
              />
              <TextField
                name="businessDate"
                label={FIELD_LABELS['businessDate'] as string}
                type="date"
                hint="这些钱花出去的日期"
                isRequired
                isTried
              />
            </div>
            <p class="hint">报送后立即按条款判断并记入账套；不符合条款的不会记录，会说明依据和怎样改。</p>
          </section>
          <Lines choices={{ funds: fundGroups(choices, page), stations: choices.stations }} />
          <Bar typed={typed} outcome={comesTo(shown)}>
            <Button action="preview" isInPlace lookAt="preview">
              预检
            </Button>
            <Button action="create" look="main">
              报送
            </Button>
          </Bar>
        </Form>
        <Panel
          form={NAME}
          within={WITHIN}
          typed={typed}
          choices={choices}
          explained={explained}
          waiver={null}
          rows={rowsAt(said ? said.typed : values, 'lines').length}
          verb="报送"
        />
      </div>
    );
  },
  actions: {
    ...lineActions,
    preview: PREVIEW,
    apply: applyWay(PREVIEW),
    create: {
      operation: 'POST /books/:bookId/provider-reports',
      prepare: bodyOf,
      done: ({ report }: { report: ProviderReportView }) => ({
        to: `/books/${report.bookId}/provider-reports?contractId=${report.contractId}`,
        say: '使用明细已报送',
      }),
    },
  },
});
