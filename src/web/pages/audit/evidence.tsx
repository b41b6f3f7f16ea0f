import { z } from 'zod';
import { getClaim } from '../../../claims/index.js';
import { listContracts } from '../../../contracts/index.js';
import { identifier } from '../../../core/fields.js';
import { SCOPES, type ScopeKind } from '../../../evidence/index.js';
import type { JobSummary, JobView } from '../../../jobs/index.js';
import { bureauSubject, getBook } from '../../../ledger/index.js';
import { may } from '../../../organisations/index.js';
import { bookFunds, fundChoices } from '../../choices.js';
import { textQuery } from '../../components/list.js';
import { Empty, Notice, Section, Tabs } from '../../components/notice.js';
import type { PageContext } from '../../context.js';
import { type ApiAction, definePage, inBook } from '../../page.js';
import type { Tree } from '../../tree.js';
import { ExportForm } from './evidence-form.js';
import {
  isActive,
  JobFilter,
  JobTable,
  jobSheet,
  jobsAtHand,
  REFRESH_SECONDS,
  Watched,
} from './job-parts.js';

const KINDS = Object.keys(SCOPES) as [ScopeKind, ...ScopeKind[]];
const EXPORTS: ReadonlySet<string> = new Set(['evidence_package', 'table_export']);
const MOST = 200;

const query = textQuery.extend({ scope: z.enum(KINDS).default('book'), id: identifier('Claim').optional() });
type Page = PageContext<{ bookId: string }, z.output<typeof query>>;

async function load(page: Page) {
  const { deps, actor, params, query: asked } = page;
  const { bookId } = params;
  await getBook(deps.store, actor, bookId);
  const subject = await bureauSubject(deps.store.read, bookId);
  const canExport = may(actor, 'evidence.export', subject).allowed;
  const canExportClear = may(actor, 'evidence.export_clear', subject).allowed;
  if (!canExport) return { canExport, canExportClear, choices: [], claim: null, mine: [] };
  const claim =
    asked.scope === 'claim' && asked.id !== undefined
      ? await getClaim(deps.store, actor, bookId, asked.id)
      : null;
  return {
    canExport,
    canExportClear,
    choices: await choicesOf(page),
    claim: claim ? { id: claim.id, title: claim.title } : null,
    mine: await exportsOf(page),
  };
}

const exportsOf = async (page: Page): Promise<JobSummary[]> =>
  (await jobsAtHand(page, { bookId: page.params.bookId })).filter(({ kind }) => EXPORTS.has(kind));

async function choicesOf(page: Page) {
  const { deps, actor, params, query: asked } = page;
  if (asked.scope === 'fund') return fundChoices(await bookFunds(page, params.bookId), page);
  if (asked.scope !== 'project') return [];
  const { items } = await listContracts(deps.store, actor, params.bookId, { limit: MOST });
  const choices = items.map(
    ({ id, contractNo, providerName }) => [id, `${contractNo}（${providerName}）`] as const,
  );
  return choices.length > 0 ? [{ label: '合同', choices }] : [];
}

const started = (kind: 'evidence_package' | 'table_export'): ApiAction => ({
  operation: 'POST /books/:bookId/jobs',
  prepare: (typed: Tree) => ({ ...typed, kind }),
  done: (job: JobView) => ({ to: `/jobs/${job.id}`, say: '导出已开始，做好后在本页下载' }),
});

/** What goes out of a book as evidence: chosen here, made in the background, recorded in the log. */
export const evidencePage = definePage({
  path: '/books/:bookId/evidence',
  params: inBook,
  query,
  title: '证据包',
  load,
  refreshSeconds: ({ mine }) => (mine.some(isActive) ? REFRESH_SECONDS : null),
  view: ({ canExport, canExportClear, choices, claim, mine }, { params: { bookId }, query: asked }) => {
    if (!canExport)
      return (
        <Empty>
          您的岗位不能导出证据包。应由本账套民政局或其上级的财务、审计、督导、系统管理岗导出。已有的证据包可在“
          <a href="/evidence">核验证据包</a>”页离线核验。
        </Empty>
      );
    return (
      <>
        <Tabs
          items={KINDS.map((kind) => ({
            label: SCOPES[kind],
            href: `/books/${bookId}/evidence?scope=${kind}`,
            isCurrent: kind === asked.scope,
          }))}
        />
        <Section title={`导出${SCOPES[asked.scope]}的证据`}>
          <ExportForm
            scope={asked.scope}
            choices={choices}
            claim={claim}
            canExportClear={canExportClear}
            bookId={bookId}
          />
        </Section>
        <JobFilter />
        <Watched id="exports" isActive={mine.some(isActive)}>
          <JobTable caption="我在本账套的导出" jobs={mine} empty="还没有导出过。选好范围，点“导出证据包”。" />
        </Watched>
        <Section title="怎样核验证据包">
          <ol>
            <li>
              下载核验程序 <a href="/evidence/verify.html">verify.html</a>
              ，存到自己的电脑。它不联网，也不用安装；同一份程序可以核验任何账套的证据包。
            </li>
            <li>用浏览器打开它，选择下载的证据包，几秒后逐项列出：签名、日志、分录、余额、附件是否相符。</li>
            <li>
              把结果中的公钥与从账套单位另行取得的公钥核对一致，才能认定证据包出自该账套。会用命令行的，也可以用{' '}
              <a href="/evidence/verify.mjs">verify.mjs</a>。
            </li>
          </ol>
          <Notice tone="info" title="导出本身也留痕">
            <p>谁、何时、导出了什么范围、是否脱敏、交给谁，都记在本账套的审计日志里。</p>
          </Notice>
        </Section>
      </>
    );
  },
  exported: async (page) => jobSheet(page, '证据导出', await exportsOf(page)),
  actions: { package: started('evidence_package'), tables: started('table_export') },
});
