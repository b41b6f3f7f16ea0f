import { CompiledQuery, type Kysely } from 'kysely';
import type { Database } from './database.js';
import { isRetryable } from './errors.js';
import type { Trx } from './store.js';

/** A batch ends when nobody waits, or after this many commands or this long: the first in it waits no longer. */
const MAX_BATCH = 128;
const MAX_BATCH_MS = 20;
const MAX_ATTEMPTS = 8;

const SAVEPOINT = CompiledQuery.raw('savepoint command');
const RELEASE = CompiledQuery.raw('release savepoint command');
const ROLLBACK = CompiledQuery.raw('rollback to savepoint command');

/** Undoes what the running command did so far and lets it go on, in the same transaction. */
export async function undoCommand(trx: Trx): Promise<void> {
  await trx.executeQuery(ROLLBACK);
}

interface Job {
  readonly work: (trx: Trx) => Promise<unknown>;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
  attempts: number;
}

/**
 * Group commit: commands that wait at the same time run one after another, each under its own savepoint, in one
 * transaction with one commit, because the price of a durable write is the fsync. A command that throws undoes
 * only itself. Nobody hears of success before the commit is on disk.
 */
export class Lane {
  #queue: Job[] = [];
  #running: Promise<void> | null = null;

  constructor(
    private readonly db: Kysely<Database>,
    private readonly translate: (error: unknown) => unknown,
  ) {}

  run<T>(work: (trx: Trx) => Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#queue.push({ work, resolve: resolve as (value: unknown) => void, reject, attempts: 0 });
      this.#running ??= this.#drain();
    });
  }

  async idle(): Promise<void> {
    while (this.#running) await this.#running;
  }

  async #drain(): Promise<void> {
    while (this.#queue.length > 0) {
      // One turn of the event loop lets requests that arrived together join the same commit.
      await new Promise((resolve) => setImmediate(resolve));
      await this.#batch();
    }
    this.#running = null;
  }

  async #batch(): Promise<void> {
    const ran: { job: Job; settle: () => void }[] = [];
    let trx: Awaited<ReturnType<typeof this.begin>> | undefined;
    const waiting: Job[] = [];
    try {
      trx = await this.begin();
      const endAt = performance.now() + MAX_BATCH_MS;
      do {
        const job = this.#queue.shift() as Job;
        waiting.push(job);
        await trx.executeQuery(SAVEPOINT);
        try {
          const value = await job.work(trx);
          await trx.executeQuery(RELEASE);
          ran.push({ job, settle: () => job.resolve(value) });
        } catch (error) {
          if (isRetryable(error)) throw error;
          await trx.executeQuery(ROLLBACK);
          await trx.executeQuery(RELEASE);
          ran.push({ job, settle: () => job.reject(this.translate(error)) });
        }
      } while (this.#queue.length > 0 && ran.length < MAX_BATCH && performance.now() < endAt);
      await trx.commit().execute();
    } catch (error) {
      if (trx && !trx.isCommitted)
        await trx
          .rollback()
          .execute()
          .catch(() => {});
      this.#again(waiting.length > 0 ? waiting : this.#queue.splice(0), error);
      return;
    }
    for (const { settle } of ran) settle();
  }

  private begin() {
    return this.db.startTransaction().execute();
  }

  /** After a lost race the commands run again, in their old order; any other failure of the batch is theirs. */
  #again(jobs: Job[], error: unknown): void {
    const retry: Job[] = [];
    for (const job of jobs) {
      job.attempts += 1;
      if (isRetryable(error) && job.attempts < MAX_ATTEMPTS) retry.push(job);
      else job.reject(this.translate(error));
    }
    this.#queue.unshift(...retry);
  }
}
