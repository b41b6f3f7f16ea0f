import { setTimeout as after } from 'node:timers/promises';
import { z } from 'zod';
import { unitsToClaimFor } from '../../../claims/index.js';
import { demandRelated } from '../../../contracts/index.js';
import { notFound } from '../../../core/errors.js';
import { identifier } from '../../../core/fields.js';
import { type ImportPreview, MAX_LINES } from '../../../imports/index.js';
import type { JobView } from '../../../jobs/index.js';
import { BodyFileField } from '../../components/field.js';
import { Button, Buttons, Form } from '../../components/form.js';
import { Empty, Section } from '../../components/notice.js';
import type { PageContext } from '../../context.js';
import { keptAs } from '../../files.js';
import { type Done, definePage, inBook } from '../../page.js';
import { valueAt } from '../../tree.js';
import { isActive, REFRESH_SECONDS } from '../audit/job-parts.js';
import { ImportJob, importPath, RecentImports } from './import-job.js';
import { type Fault, Faults, Preview } from './import-preview.js';

const KIND = 'claim_import';
const RECENT = 5;
/** Rules take some milliseconds a claim: so many are judged while somebody waits; the import judges all. */
const JUDGED_AT_ONCE = 50;
/** A few claims are imported within it, and nobody has to watch a bar. */
const PATIENCE_MS = 1000;

const query = z.object({ job: identifier('Import').optional() });

async function load({
  deps: { store, jobs },
  actor,
  params: { bookId },
  query: asked,
}: PageContext<{ bookId: string }, z.output<typeof query>>) {
  await demandRelated(store.read, actor, bookId);
  const mayMake = (await unitsToClaimFor(store.read, actor, bookId)).length > 0;
  const { items: recent } = await jobs.list(actor, { bookId, kind: KIND, limit: RECENT });
  const id = asked.job ?? recent.find(isActive)?.id;
  const job = id === undefined ? null : await jobs.get(actor, id);
  if (job && (job.kind !== KIND || job.bookId !== bookId)) throw notFound('这次导入');
  return { mayMake, recent, job };
}

/** Claims by spreadsheet: template, every fault at once, then drafts of all or of none, made beside the requests. */
export const claimImportPage = definePage({
  path: '/books/:bookId/claim-import',
  params: inBook,
  query,
  title: '批量导入报账单',
  load,
  refreshSeconds: ({ job }) => (job && isActive(job) ? REFRESH_SECONDS : null),
  view: ({ mayMake, recent, job }, { params: { bookId }, said }) => {
    if (job && !said) return <ImportJob job={job} bookId={bookId} />;
    if (!mayMake) return <Empty>您的岗位不填写报账单。报账由站点、乡镇或承接机构的经办人填写或导入。</Empty>;
    const preview = said?.action === 'preview' ? (said.answer as ImportPreview | null) : null;
    const refused = (said?.problem?.details as { faults?: Fault[] } | undefined)?.faults;
    const mustChooseAgain = preview && said ? !valueAt(said.typed, keptAs('sheet')) : false;
    return (
      <>
        <Section title="一、下载模板，填好">
          <p>
            一行写一项用途；同一张报账单的各行写同样的“报账单号（组号）”。经费、经济分类等从下拉列表中选，列表随本账套更新，
            请用最近下载的模板。
          </p>
          <p>
            <a class="button plain" href={`/api/v1/books/${bookId}/claim-template`} download>
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
              hint={`Excel 工作簿（.xlsx），不超过 5 MB、${MAX_LINES} 行。检查不会写入任何内容`}
              isRequired
            />
            {mustChooseAgain ? (
              <p class="hint full">表格较大，没有留在页面上：导入前请再选择一次同一份表格。</p>
            ) : null}
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
        {recent.length > 0 && !said ? <RecentImports jobs={recent} bookId={bookId} /> : null}
      </>
    );
  },
  actions: {
    preview: {
      operation: 'POST /books/:bookId/claim-imports/preview',
      query: { mostJudged: String(JUDGED_AT_ONCE) },
      fileField: 'sheet',
      done: 'show',
    },
    import: {
      operation: 'POST /books/:bookId/claim-imports',
      query: { background: 'true', again: 'true' },
      isOncePerContent: true,
      fileField: 'sheet',
      done: begun,
    },
    cancel: { operation: 'DELETE /jobs/:id', done: cancelled },
  },
});

const ALREADY =
  '这份表格您已经导入过，没有重复生成，下面是那一次的结果。确要再导入一次，请在表格程序里另存后重新选择';

async function begun(job: JobView, { deps, params }: PageContext): Promise<Done> {
  const to = `${importPath(params['bookId'] as string)}?job=${job.id}`;
  if (job.status === 'done') return { to, say: ALREADY, tone: 'warning' };
  const patience = new AbortController();
  const waited = after(PATIENCE_MS, null, { signal: patience.signal }).catch(() => null);
  await Promise.race([deps.jobs.whenEnded(job.id), waited]);
  patience.abort();
  return { to };
}

function cancelled(job: JobView, { params }: PageContext): Done {
  const at = importPath(params['bookId'] as string);
  if (job.status === 'cancelled') return { to: `${at}?job=${job.id}` };
  // It had ended before, so that its record is taken away: what it made is there.
  return { to: at, say: `导入已经结束，没有取消：${job.problem?.message ?? job.message}`, tone: 'warning' };
}
