import { z } from 'zod';
import { identifier } from '../../../core/fields.js';
import type { VerificationView } from '../../../evidence/index.js';
import type { JobView } from '../../../jobs/index.js';
import { ButtonForm } from '../../components/form.js';
import { textQuery } from '../../components/list.js';
import { Facts, Notice, Section } from '../../components/notice.js';
import type { ApiAction } from '../../page.js';
import { definePage } from '../../page.js';
import {
  Download,
  isActive,
  JobBadge,
  JobFilter,
  JobTable,
  jobSheet,
  jobsAtHand,
  Progress,
  REFRESH_SECONDS,
  size,
  Watched,
} from './job-parts.js';
import { VerificationResult } from './verification-parts.js';
import { showInstant } from './words.js';

const CANCEL: ApiAction = {
  operation: 'DELETE /jobs/:id',
  done: () => ({ to: '/jobs', say: '任务已取消' }),
};
const REMOVE: ApiAction = {
  operation: 'DELETE /jobs/:id',
  done: () => ({ to: '/jobs', say: '任务记录和文件已删除' }),
};

export const jobsPage = definePage({
  path: '/jobs',
  title: '后台任务',
  query: textQuery,
  load: (page) => jobsAtHand(page),
  refreshSeconds: (items) => (items.some(isActive) ? REFRESH_SECONDS : null),
  view: (items) => (
    <>
      <JobFilter />
      <p class="hint">
        核验、导出等较久的事在后台进行，关闭页面也会继续。结束的任务保留 30 天，文件保留 24 小时。
      </p>
      <Watched id="my-jobs" isActive={items.some(isActive)}>
        <JobTable
          caption="我的后台任务"
          jobs={items}
          empty="还没有后台任务。在“核验”页发起核验，或在“证据包”页导出，会列在这里。"
        />
      </Watched>
    </>
  ),
  exported: async (page) => jobSheet(page, '后台任务', await jobsAtHand(page)),
  actions: { cancel: CANCEL, remove: REMOVE },
});

export const jobPage = definePage({
  path: '/jobs/:id',
  params: z.object({ id: identifier('Job') }),
  load: ({ deps: { jobs }, actor, params: { id } }) => jobs.get(actor, id),
  title: ({ title }) => title,
  refreshSeconds: (job) => (isActive(job) ? REFRESH_SECONDS : null),
  view: (job) => (
    <>
      <Watched id="job" isActive={isActive(job)}>
        <Section title="进度">
          <Facts
            items={[
              ['状态', <JobBadge key="status" status={job.status} />],
              ['发起', showInstant(job.createdAt)],
              ['开始', job.startedAt ? showInstant(job.startedAt) : null],
              ['结束', job.finishedAt ? showInstant(job.finishedAt) : null],
            ]}
          />
          <Progress job={job} />
          {isActive(job) ? (
            <p class="hint">本页会自动更新，也可以离开，稍后在“后台任务”里查看。</p>
          ) : (
            <Ended job={job} />
          )}
        </Section>
        {job.status === 'done' && job.kind === 'verify_book' && job.result !== null ? (
          <VerificationResult result={job.result as unknown as VerificationView} />
        ) : null}
        <Actions job={job} />
      </Watched>
      <p>
        <a href="/jobs">我的后台任务</a>
      </p>
    </>
  ),
  actions: { cancel: CANCEL, remove: REMOVE },
});

/** Where such a job is asked for once more. */
function againAt({ kind, bookId }: JobView): { href: string; label: string } | null {
  if (kind === 'backtest') return { href: '/policy/backtests', label: '重新回测' };
  if (bookId === null) return null;
  if (kind === 'claim_import') return { href: `/books/${bookId}/claim-import`, label: '重新导入' };
  return kind === 'verify_book'
    ? { href: `/books/${bookId}/verification`, label: '重新核验' }
    : { href: `/books/${bookId}/evidence`, label: '重新导出' };
}

function Ended({ job }: { job: JobView }) {
  if (job.kind === 'claim_import')
    return (
      <p>
        {job.problem?.message ?? job.message}。
        <a href={`/books/${job.bookId}/claim-import?job=${job.id}`}>查看导入结果</a>
      </p>
    );
  const again = againAt(job);
  const link = again ? <a href={again.href}>{again.label}</a> : null;
  if (job.status === 'failed')
    return (
      <Notice tone="danger" title={`没有成功：${job.problem?.message ?? job.message}`} isAlert>
        <p>
          没有留下文件。请按上面的原因处理后{link ?? '重新发起'}；看不明白的，请把本页地址交给系统管理员。
        </p>
      </Notice>
    );
  if (job.status === 'interrupted')
    return (
      <Notice tone="warning" title="服务中途停止，任务没有做完">
        <p>没有留下文件，账套没有受影响。请{link ?? '重新发起'}。</p>
      </Notice>
    );
  if (job.status === 'cancelled')
    return (
      <Notice tone="info" title="任务已取消，没有留下文件。">
        {link ? <p>{link}</p> : null}
      </Notice>
    );
  const { file } = job;
  return (
    <>
      <p>{job.message}</p>
      {file ? (
        <Facts
          items={[
            ['文件', <Download key="file" job={job} />],
            ['文件名', file.name],
            ['大小', size(file.sizeBytes)],
            ['SHA-256', <code key="hash">{file.sha256}</code>],
            ['保留到', showInstant(file.availableUntil)],
          ]}
        />
      ) : job.kind === 'verify_book' ? null : (
        <p class="hint">文件已过期删除，需要时请{link ?? '重新发起'}。</p>
      )}
    </>
  );
}

function Actions({ job }: { job: JobView }) {
  const fields = { ':id': job.id };
  if (isActive(job))
    return (
      <ButtonForm name="cancel" action="cancel" look="danger" fields={fields}>
        取消任务
      </ButtonForm>
    );
  if (job.kind === 'verify_book' && job.status === 'done')
    return <p class="hint">核验结果作为核验记录保留，不能删除。</p>;
  return (
    <ButtonForm name="remove" action="remove" fields={fields}>
      删除记录{job.file ? '和文件' : ''}
    </ButtonForm>
  );
}
