import type { ComponentChildren } from 'preact';
import { JOB_STATUS_LABELS, type JobStatus, type JobSummary } from '../../../jobs/index.js';
import { ButtonForm } from '../../components/form.js';
import { ListTable, listSheet, TextFilterBar } from '../../components/list.js';
import { Badge, type Tone } from '../../components/notice.js';
import type { Column } from '../../components/table.js';
import { type PageContext, usePage } from '../../context.js';
import { showInstant } from './words.js';

const TONES: Readonly<Record<JobStatus, Tone | 'plain'>> = {
  queued: 'plain',
  running: 'info',
  done: 'ok',
  failed: 'danger',
  cancelled: 'plain',
  interrupted: 'warning',
};
export const isActive = ({ status }: Pick<JobSummary, 'status'>) =>
  status === 'queued' || status === 'running';

/** How often a page asks again while something is under way, without scripts. */
export const REFRESH_SECONDS = 3;

export const JobBadge = ({ status }: { status: JobStatus }) => (
  <Badge tone={TONES[status]}>{JOB_STATUS_LABELS[status]}</Badge>
);

/** A part of the page that is asked for again every two seconds while something is under way, and only then. */
export function Watched({
  id,
  isActive: isOn,
  at,
  children,
}: {
  id: string;
  isActive: boolean;
  /** Where it is asked for, when that is not the page's own address. */
  at?: string;
  children: ComponentChildren;
}) {
  const { path, search } = usePage();
  const polling = isOn
    ? {
        'hx-get': at ?? (search.size > 0 ? `${path}?${search}` : path),
        'hx-trigger': 'every 2s',
        'hx-select': `#${id}`,
        'hx-swap': 'outerHTML',
      }
    : {};
  return (
    <div id={id} {...polling}>
      {children}
    </div>
  );
}

/** How far a job is; a bar that only says "under way" where nobody knows how much there is. */
export function Progress({ job }: { job: JobSummary }) {
  if (!isActive(job)) return null;
  const { doneSteps, totalSteps, message } = job;
  const isKnown = totalSteps !== null && totalSteps > 0;
  return (
    <div class="progress-line">
      <progress
        aria-label={job.title}
        {...(isKnown ? { value: Math.min(doneSteps, totalSteps), max: totalSteps } : {})}
      />
      <span class="steps-done" role="status">
        {isKnown ? `${doneSteps} / ${totalSteps}` : doneSteps > 0 ? `已处理 ${doneSteps}` : ''}　{message}
      </span>
    </div>
  );
}

export function size(bytes: number): string {
  if (bytes < 1024) return `${bytes} 字节`;
  if (bytes < 1024 * 1024) return `${(bytes / 1024).toFixed(1)} KB`;
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}

export function Download({ job }: { job: JobSummary }) {
  const { file } = job;
  if (job.status !== 'done' || (!file && job.kind === 'verify_book')) return <span class="none">—</span>;
  if (!file) return <span class="none">文件已过期删除</span>;
  return (
    <a href={`/api/v1/jobs/${job.id}/file`} download={file.name}>
      下载（{size(file.sizeBytes)}）
    </a>
  );
}

/** Ends a job, or takes an ended one out of the list; a verification that was done stays on record. */
export function Ending({ job }: { job: JobSummary }) {
  const fields = { ':id': job.id };
  if (isActive(job))
    return (
      <ButtonForm name={`cancel-${job.id}`} action="cancel" at="/jobs" look="link" fields={fields}>
        取消
      </ButtonForm>
    );
  if (job.kind === 'verify_book' && job.status === 'done') return <span class="none">—</span>;
  return (
    <ButtonForm name={`remove-${job.id}`} action="remove" at="/jobs" look="link" fields={fields}>
      删除
    </ButtonForm>
  );
}

/** As many jobs as are looked at; those that ended are kept for 30 days. */
const MOST = 1_000;

export const jobsAtHand = async (
  { deps, actor }: Pick<PageContext, 'deps' | 'actor'>,
  asked: { readonly bookId?: string; readonly kind?: string } = {},
): Promise<JobSummary[]> => (await deps.jobs.list(actor, { ...asked, limit: MOST })).items;

const COLUMNS: readonly Column<JobSummary>[] = [
  {
    key: 'title',
    label: '任务',
    value: ({ title }) => title,
    show: ({ id, title }) => <a href={`/jobs/${id}`}>{title}</a>,
  },
  {
    key: 'status',
    label: '状态',
    value: ({ status }) => JOB_STATUS_LABELS[status],
    show: (job) => (
      <>
        <JobBadge status={job.status} />
        <Progress job={job} />
      </>
    ),
  },
  { key: 'createdAt', label: '发起时间', kind: 'date', value: ({ createdAt }) => showInstant(createdAt) },
  {
    key: 'result',
    label: '结果',
    value: ({ problem, message }) => problem?.message ?? message,
    show: (job) => (isActive(job) ? '—' : (job.problem?.message ?? job.message)),
  },
  {
    key: 'file',
    label: '文件',
    isFixed: true,
    value: () => null,
    show: (job) => <Download job={job} />,
  },
  { key: 'act', label: '操作', isFixed: true, value: () => null, show: (job) => <Ending job={job} /> },
];

const BARE = COLUMNS.filter(({ isFixed }) => !isFixed);

export const JobFilter = () => <TextFilterBar label="任务、状态或结果" />;
export const jobSheet = (
  page: Pick<PageContext, 'deps' | 'search'>,
  name: string,
  jobs: readonly JobSummary[],
) => listSheet(page, name, BARE, jobs);

/** Jobs of the person, with their progress, files and endings. */
export const JobTable = ({
  caption,
  jobs,
  empty,
}: {
  caption: string;
  jobs: readonly JobSummary[];
  empty: ComponentChildren;
}) => <ListTable caption={caption} rows={jobs} columns={COLUMNS} idOf={({ id }) => id} empty={empty} />;
