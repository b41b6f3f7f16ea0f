import type { Writable } from 'node:stream';
import type { Logger } from 'pino';
import { runCommand } from '../audit/index.js';
import { DomainError } from '../core/errors.js';
import { newId } from '../core/ids.js';
import { actorOfPerson } from '../organisations/index.js';
import type { JobFiles, SealedFile } from './job-files.js';
import type { JobChanges, JobFile } from './job-row.js';
import type { AnyJobKind, JobTask, JobTools } from './kind.js';
import { JobEnd, type LiveJob } from './live-job.js';

/** How a job that was ended early is written. */
export const endOf = ({ status, message }: JobEnd): JobChanges => ({
  status,
  message,
  file: null,
  result: null,
});

/** @throws what the kind demands; a refusal is an entry of the book's log where the direct route makes it one */
export async function demandAsked(tools: JobTools, kind: AnyJobKind, task: JobTask<unknown>): Promise<void> {
  try {
    await kind.demand(tools, task);
  } catch (error) {
    const { caller, bookId } = task;
    const isRefusal = error instanceof DomainError && error.options.refusal === true;
    if (!isRefusal || !kind.refusalAction || bookId === null) throw error;
    const target = { bookId, action: kind.refusalAction, subject: { type: 'job', id: newId() } };
    await runCommand(tools.store, target, caller.context, async () => {
      throw error;
    });
  }
}

/** Takes jobs from their beginning to their end. */
export class JobRunner {
  constructor(
    private readonly tools: JobTools & { readonly logger: Logger },
    private readonly files: JobFiles,
  ) {}

  /** Runs a job to whatever end; never throws. */
  async run(job: LiveJob): Promise<void> {
    const { signal } = job.controller;
    const made: { file: SealedFile | null; named: Pick<JobFile, 'name' | 'mediaType'> | null } = {
      file: null,
      named: null,
    };
    const file = async (name: string, mediaType: string): Promise<Writable> => {
      signal.throwIfAborted();
      made.named = { name, mediaType };
      made.file = await this.files.create(job.row);
      // Its own writer hears of a fault; an event that nobody listens to would end the process.
      made.file.on('error', () => {});
      return made.file;
    };
    try {
      const task = await this.#begin(job);
      const onProgress = job.report.bind(job);
      const { result, message } = await job.kind.run(this.tools, task, {
        signal,
        onProgress,
        keep: (outcome) => {
          job.kept = outcome;
        },
        file,
        sent: () => this.files.readSent(job.row),
      });
      signal.throwIfAborted();
      const kept =
        made.file && made.named ? { ...made.named, ...(await this.files.keep(job.row, made.file)) } : null;
      const { doneSteps = 0, totalSteps = null } = job.progress;
      const steps = { doneSteps: totalSteps ?? doneSteps, totalSteps };
      const isOurs = await this.finish(job, { status: 'done', result, message, file: kept, ...steps });
      await (isOurs ? this.files.removeSent(job.row.id) : this.files.remove(job.row.id));
    } catch (error) {
      made.file?.destroy();
      await this.files.remove(job.row.id).catch((fault: unknown) => this.#fault(job, fault));
      await this.finish(job, this.#outcomeOf(job, error)).catch((fault: unknown) => this.#fault(job, fault));
    }
  }

  /** Whoever asked is asked for again, as they are now. */
  async #begin(job: LiveJob): Promise<JobTask<unknown>> {
    const { store, now } = this.tools;
    const { id, personId, bookId } = job.row;
    const at = now();
    await job.save({ status: 'running', startedAt: at.toISOString(), message: '正在进行' });
    job.controller.signal.throwIfAborted();
    const actor = await actorOfPerson(store.read, personId);
    const context = { actorId: personId, requestId: id, now: at, idempotency: null };
    const task = { caller: { actor, context }, bookId, input: job.input };
    await job.kind.demand(this.tools, task);
    return task;
  }

  #outcomeOf(job: LiveJob, error: unknown): JobChanges {
    const { signal } = job.controller;
    if (signal.aborted && signal.reason instanceof JobEnd) return { ...endOf(signal.reason), ...job.kept };
    const isKnown = error instanceof DomainError;
    if (!isKnown) this.#fault(job, error);
    const problem = isKnown
      ? { code: error.code, message: error.message }
      : {
          code: 'internal_error',
          message: `任务出错，未留下文件。请重试；仍不成功时把任务编号 ${job.row.id} 告诉管理员`,
        };
    return {
      status: 'failed',
      problem,
      message: problem.message,
      file: null,
      result: job.kept?.result ?? null,
    };
  }

  #fault(job: LiveJob, error: unknown): void {
    this.tools.logger.error({ err: error, job: job.row.id, kind: job.row.kind }, 'job failed');
  }

  /** Writes how it ended; false when that was settled elsewhere. */
  finish(job: LiveJob, changes: JobChanges): Promise<boolean> {
    const at = this.tools.now().toISOString();
    const { doneSteps, totalSteps } = job.progress;
    const steps = {
      ...(doneSteps === undefined ? {} : { doneSteps }),
      ...(totalSteps === undefined ? {} : { totalSteps }),
    };
    return job.save({ ...steps, ...changes, finishedAt: at, heartbeatAt: at });
  }
}
