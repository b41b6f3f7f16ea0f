import type { ImportResult } from '../../../imports/index.js';
import type { JobSummary, JobView } from '../../../jobs/index.js';
import { Amount } from '../../components/amount.js';
import { ButtonForm } from '../../components/form.js';
import { Facts, Notice, Section } from '../../components/notice.js';
import { type Column, DataTable } from '../../components/table.js';
import { isActive, JobBadge, Progress, Watched } from '../audit/job-parts.js';
import { showInstant } from '../audit/words.js';
import { type Fault, Faults, MOST_SHOWN } from './import-preview.js';

/** What is kept of an import that has ended, however it ended. */
interface Kept {
  readonly claims?: ImportResult['claims'];
  readonly amount?: string;
  readonly faults?: readonly Fault[];
}

export const importPath = (bookId: string) => `/books/${bookId}/claim-import`;

/** One import: how far it is, and in the end the drafts, or why there are none. */
export function ImportJob({ job, bookId }: { job: JobView; bookId: string }) {
  return (
    <Watched id="import-job" isActive={isActive(job)} at={`${importPath(bookId)}?job=${job.id}`}>
      {isActive(job) ? (
        <Section title="正在导入">
          <Facts
            items={[
              ['状态', <JobBadge key="status" status={job.status} />],
              ['发起', showInstant(job.createdAt)],
            ]}
          />
          <Progress job={job} />
          <p class="hint">
            先逐张检查，再逐张生成草稿。本页会自动更新；可以离开或关闭页面，导入照常进行，回到“批量导入”还能看到。
          </p>
          <ButtonForm name="cancel" action="cancel" look="danger" fields={{ ':id': job.id }}>
            取消导入
          </ButtonForm>
        </Section>
      ) : (
        <Ended job={job} bookId={bookId} />
      )}
    </Watched>
  );
}

const AGAIN = '要接着导入，请重新选择同一份表格（不要改动、不要另存），检查后再导入：已生成的不会重复。';

function Ended({ job, bookId }: { job: JobView; bookId: string }) {
  const { claims = [], amount = '0.00', faults = [] } = (job.result ?? {}) as Kept;
  const errors = faults.filter(({ gravity }) => gravity === 'error').length;
  const made = (
    <>
      <p>
        已生成 {claims.length} 张，合计 <Amount yuan={amount} />
        ，都是草稿，没有提交。
      </p>
      <p>{AGAIN}</p>
    </>
  );
  return (
    <>
      {job.status === 'done' ? (
        <Notice tone="ok" title={`已导入 ${claims.length} 张草稿`} isAlert>
          <p>
            合计 <Amount yuan={amount} />
            。草稿还没有提交：打开每一张，补上发票文件，核对后提交。
          </p>
        </Notice>
      ) : job.status === 'failed' ? (
        <Notice
          tone="danger"
          title={
            faults.length > 0
              ? `没有导入：表格有 ${errors} 处需要修改`
              : `没有导入完：${job.problem?.message ?? job.message}`
          }
          isAlert
        >
          {claims.length > 0 ? (
            made
          ) : (
            <p>
              一张草稿也没有生成。{faults.length > 0 ? '按下面的单元格逐处修改' : '按上面的原因处理'}
              ，再重新检查、导入。
            </p>
          )}
        </Notice>
      ) : (
        <Notice
          tone="warning"
          title={job.status === 'cancelled' ? '导入已取消' : '服务中途停止，导入没有做完'}
          isAlert
        >
          {claims.length > 0 ? (
            made
          ) : job.status === 'cancelled' ? (
            <p>一张草稿也没有生成。</p>
          ) : (
            <p>可能已经生成了一部分草稿，请到草稿列表核对。{AGAIN}</p>
          )}
        </Notice>
      )}
      <p class="buttons">
        {claims.length > 0 || job.status === 'interrupted' ? (
          <a class="button main" href={`/books/${bookId}/claims?status=draft`}>
            去草稿
          </a>
        ) : null}
        <a class="button plain" href={importPath(bookId)}>
          {job.status === 'done' ? '再导入一个表格' : '重新导入'}
        </a>
      </p>
      {faults.length > 0 ? <Faults faults={faults} count={faults.length} /> : null}
      {claims.length > 0 ? (
        <Section title="生成的草稿">
          <ul class="plain-list">
            {claims.slice(0, MOST_SHOWN).map(({ id, group, row, amount: sum }) => (
              <li key={id}>
                <a href={`/books/${bookId}/claims/${id}/edit`}>
                  {group ? `报账单号 ${group}` : `表格第 ${row} 行`}
                </a>
                <Amount yuan={sum} />
              </li>
            ))}
          </ul>
          {claims.length > MOST_SHOWN ? (
            <p class="hint">只列出前 {MOST_SHOWN} 张，其余在草稿列表里。</p>
          ) : null}
        </Section>
      ) : null}
    </>
  );
}

/** The person's own imports in the book, newest first. */
export function RecentImports({ jobs, bookId }: { jobs: readonly JobSummary[]; bookId: string }) {
  const columns: readonly Column<JobSummary>[] = [
    {
      key: 'createdAt',
      label: '发起时间',
      isFixed: true,
      value: ({ createdAt }) => showInstant(createdAt),
      show: ({ id, createdAt }) => <a href={`${importPath(bookId)}?job=${id}`}>{showInstant(createdAt)}</a>,
    },
    {
      key: 'status',
      label: '状态',
      isFixed: true,
      value: ({ status }) => status,
      show: ({ status }) => <JobBadge status={status} />,
    },
    {
      key: 'result',
      label: '结果',
      isWide: true,
      isFixed: true,
      value: (job) => (isActive(job) ? null : (job.problem?.message ?? job.message)),
    },
  ];
  return (
    <DataTable
      caption="我最近的导入"
      rows={jobs}
      pageSize={jobs.length}
      idOf={({ id }) => id}
      columns={columns}
      empty=""
    />
  );
}
