import type { Readable } from 'node:stream';
import { setTimeout as after } from 'node:timers/promises';
import type { Logger } from 'pino';
import { DomainError, notFound } from '../core/errors.js';
import { newId } from '../core/ids.js';
import { pageOf } from '../core/page.js';
import type { Actor, Caller } from '../organisations/index.js';
import { FairQueue } from './fair-queue.js';
import { JobFiles } from './job-files.js';
import {
  changed,
  findJob,
  findRequested,
  insertJob,
  isEnded,
  type JobFile,
  type JobRow,
  jobsOf,
  newRow,
  opened,
  removeJob,
  saveLive,
} from './job-row.js';
import { demandAsked, endOf, JobRunner } from './job-runner.js';
import type { JobQuery, JobSummary, JobView } from './jobs.schema.js';
import { summaryOf, viewOf } from './jobs.views.js';
import type { AnyJobKind, JobTools } from './kind.js';
import { JOB_KINDS } from './kinds/index.js';
import { VERIFY_BOOK } from './kinds/verify-book.js';
import { JobEnd, LiveJob } from './live-job.js';
import { sweep } from './sweep.js';

const MAX_RUNNING = 2;
const MAX_WAITING = 10;
/** How often progress is written. */
const BEAT_MS = 500;
/** How long a process says nothing of a job that gets no further. */
const QUIET_MS = 15_000;
const SWEEP_MS = 60_000;
/** How long whoever cancels waits for the job to be heard ending. */
const CANCEL_MS = 5_000;

const STOPPED = '服务停止时任务尚未完成，未留下文件。请重新发起';

/** The jobs of one process: what is asked for, waits, runs, and how it ended. All that lasts is in the database. */
export class Jobs {
  readonly #ownerId = newId();
  readonly #live = new Map<string, LiveJob>();
  readonly #queue = new FairQueue<LiveJob>(MAX_RUNNING);
  readonly #kinds: ReadonlyMap<string, AnyJobKind>;
  readonly #files: JobFiles;
  readonly #runner: JobRunner;
  #beat: NodeJS.Timeout | null = null;
  #sweep: NodeJS.Timeout | null = null;
  #isClosing = false;

  constructor(
    private readonly tools: JobTools & { readonly logger: Logger },
    kinds: readonly AnyJobKind[] = JOB_KINDS,
  ) {
    this.#kinds = new Map(kinds.map((kind) => [kind.kind, kind]));
    // Not looked into before there is something to seal: an OpenAPI document is made without a store.
    this.#files = new JobFiles(tools.config.jobsDir, () => tools.store.keys);
    this.#runner = new JobRunner(tools, this.#files);
  }

  /** Tidies up after processes that died and files that are old, now and every minute until `close`. */
  async tend(): Promise<void> {
    const look = () => sweep(this.tools.store, this.#files, this.tools.now());
    await look();
    this.#sweep = setInterval(() => {
      look().catch((error: unknown) => this.tools.logger.error({ err: error }, 'jobs were not swept'));
    }, SWEEP_MS);
    this.#sweep.unref();
  }

  /**
   * Asks for a job, with the bytes that it works on where there are any: they are kept encrypted beside it until it ends.
   * The same Idempotency-Key gets the same job.
   * @throws DomainError `jobs_busy`, `idempotency_conflict`, and what the kind demands
   */
  async start(
    kindName: string,
    caller: Caller,
    bookId: string | null,
    input: unknown,
    bytes?: Buffer,
  ): Promise<JobView> {
    const { store, now } = this.tools;
    const kind = this.#kindOf(kindName);
    const kept = await this.asked(caller);
    if (kept) return kept;
    const task = { caller, bookId, input: kind.inputSchema.parse(input) };
    await demandAsked(this.tools, kind, task);
    const { personId } = caller.actor;
    this.#demandPlace(personId);
    const at = now().toISOString();
    const row = newRow(store.keys, {
      id: newId(),
      kind: kindName,
      bookId,
      personId,
      requestKey: caller.context.idempotency?.key ?? null,
      requestHash: caller.context.idempotency?.requestHash ?? null,
      title: kind.title(task.input),
      status: 'queued',
      doneSteps: 0,
      totalSteps: null,
      message: '等待开始',
      input: task.input,
      createdAt: at,
      startedAt: null,
      finishedAt: null,
      heartbeatAt: at,
      ownerId: this.#ownerId,
    });
    const job = new LiveJob(store, kind, task.input, row);
    if (bytes) await this.#keepSent(row, bytes);
    const stored = insertJob(store, row);
    this.#admit(job, stored);
    // Another request under the same key was faster.
    if (!(await stored)) {
      await this.#files.remove(row.id);
      return (await this.asked(caller)) ?? this.get(caller.actor, row.id);
    }
    this.#pump();
    return viewOf(store.keys, kind, job.row, job.progress);
  }

  /** One’s own jobs, newest first. */
  async list(actor: Actor, query: JobQuery): Promise<{ items: JobSummary[]; nextCursor: string | null }> {
    const rows = await jobsOf(this.tools.store, actor.personId, query);
    return pageOf(rows, query.limit, async (shown) => shown.map((row) => this.#shown(row, summaryOf)));
  }

  /** @throws DomainError `not_found`, also for what somebody else asked for */
  async get(actor: Actor, id: string): Promise<JobView> {
    return this.#shown(await this.#own(actor, id), viewOf);
  }

  /** What was asked for, for pages that show it. @throws DomainError `not_found` */
  async inputOf(actor: Actor, id: string): Promise<unknown> {
    return opened(this.tools.store.keys, await this.#own(actor, id), 'input');
  }

  /** Fulfilled when a job of this process has ended; at once for any other. */
  async whenEnded(id: string): Promise<void> {
    await this.#live.get(id)?.ended;
  }

  /**
   * Ends a job that has not ended; one that has is removed with its file, except a verification, which stays on record.
   * @throws DomainError `not_found`, `wrong_status`
   */
  async cancel(actor: Actor, id: string): Promise<JobView> {
    const { store, now } = this.tools;
    const row = await this.#own(actor, id);
    const job = this.#live.get(id);
    const end = new JobEnd('cancelled', '已由本人取消，未留下文件');
    if (job) {
      await this.#end(job, end);
      // Its end may be written while it still tidies up.
      if (!isEnded(row)) return this.get(actor, id);
    }
    if (!isEnded(row)) {
      const at = now().toISOString();
      // Its own process finds out when it next says how far it is, and removes what it wrote.
      await saveLive(store, changed(store.keys, row, { ...endOf(end), finishedAt: at }));
      return this.get(actor, id);
    }
    if (row.kind === VERIFY_BOOK && row.status === 'done')
      throw new DomainError('wrong_status', '核验已完成，结果作为核验记录保留，不能删除');
    await this.#files.remove(id);
    await removeJob(store, id);
    return this.#shown(row, viewOf);
  }

  /** The file of a job that is done, for who asked for it, while they may still. @throws DomainError `not_found`, `forbidden`, `seal_broken` */
  async openFile(
    caller: Caller,
    id: string,
  ): Promise<{ readonly file: JobFile; readonly content: Readable }> {
    const { keys } = this.tools.store;
    const row = await this.#own(caller.actor, id);
    const file = opened(keys, row, 'file');
    if (row.status !== 'done' || !file) throw notFound('任务文件（保留 24 小时，取消后即删除）');
    const kind = this.#kindOf(row.kind);
    await kind.demand(this.tools, { caller, bookId: row.bookId, input: opened(keys, row, 'input') });
    return { file, content: await this.#files.read(row, file) };
  }

  /** Takes no more, interrupts what there is, and waits some seconds until none of it reads the database any more. */
  async close(): Promise<void> {
    this.#isClosing = true;
    if (this.#sweep) clearInterval(this.#sweep);
    const jobs = [...this.#live.values()];
    await Promise.all(jobs.map((job) => this.#end(job, new JobEnd('interrupted', STOPPED))));
    if (this.#beat) clearInterval(this.#beat);
  }

  /** What was asked for under the caller's key, if anything. @throws DomainError `idempotency_conflict` */
  async asked({ actor, context }: Caller): Promise<JobView | null> {
    if (!context.idempotency) return null;
    const { key, requestHash } = context.idempotency;
    const row = await findRequested(this.tools.store, actor.personId, key);
    if (!row) return null;
    if (row.requestHash === requestHash) return this.#shown(row, viewOf);
    throw new DomainError(
      'idempotency_conflict',
      '同一个 Idempotency-Key 已用于内容不同的请求，请换一个新的键',
    );
  }

  #demandPlace(personId: string): void {
    if (this.#isClosing) throw new DomainError('not_ready', '服务正在停止，请稍后再发起任务');
    if (this.#queue.waitingOf(personId) >= MAX_WAITING)
      throw new DomainError('jobs_busy', `您已有 ${MAX_WAITING} 项任务在排队，请等其中一项结束或取消`);
  }

  /** Takes time, after which there may be no place any more. */
  async #keepSent(row: JobRow, bytes: Buffer): Promise<void> {
    try {
      await this.#files.keepSent(row, bytes);
      this.#demandPlace(row.personId);
    } catch (error) {
      await this.#files.remove(row.id);
      throw error;
    }
  }

  #admit(job: LiveJob, stored: Promise<boolean>): void {
    this.#live.set(job.row.id, job);
    this.#queue.add(job);
    stored.then(
      (isNew) => isNew || this.#forget(job),
      () => this.#forget(job),
    );
    this.#beat ??= setInterval(() => {
      const at = this.tools.now().toISOString();
      for (const each of this.#live.values()) each.beat(at, QUIET_MS);
    }, BEAT_MS).unref();
  }

  #forget(job: LiveJob): void {
    this.#queue.withdraw(job);
    this.#live.delete(job.row.id);
    job.settle();
  }

  #pump(): void {
    for (let job = this.#queue.next(); job; job = this.#queue.next()) {
      const next = job;
      void this.#runner.run(next).finally(() => {
        this.#queue.end(next);
        this.#forget(next);
        this.#pump();
      });
    }
  }

  /** Ends one that waits or runs. */
  async #end(job: LiveJob, end: JobEnd): Promise<void> {
    job.controller.abort(end);
    if (this.#queue.withdraw(job)) {
      await this.#files.removeSent(job.row.id);
      await this.#runner.finish(job, endOf(end)).finally(() => this.#forget(job));
      return;
    }
    const patience = new AbortController();
    await Promise.race([job.ended, after(CANCEL_MS, null, { signal: patience.signal }).catch(() => null)]);
    patience.abort();
  }

  #shown<View>(
    row: JobRow,
    show: (
      keys: JobTools['store']['keys'],
      kind: AnyJobKind | null,
      row: JobRow,
      progress?: LiveJob['progress'],
    ) => View,
  ): View {
    const job = this.#live.get(row.id);
    return show(this.tools.store.keys, this.#kinds.get(row.kind) ?? null, job?.row ?? row, job?.progress);
  }

  async #own({ personId }: Actor, id: string): Promise<JobRow> {
    const row = await findJob(this.tools.store, id);
    if (row?.personId !== personId) throw notFound('任务');
    return row;
  }

  #kindOf(name: string): AnyJobKind {
    const kind = this.#kinds.get(name);
    if (!kind) throw notFound('这一类任务');
    return kind;
  }
}
