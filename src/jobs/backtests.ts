import {
  type BacktestResultView,
  type BacktestView,
  backtestBooks,
  type NewBacktest,
  readPack,
} from '../backtests/index.js';
import { DomainError, notFound } from '../core/errors.js';
import type { Db } from '../db/store.js';
import type { Actor, Caller } from '../organisations/index.js';
import type { JobView } from './jobs.schema.js';
import type { Jobs } from './jobs.service.js';
import { BACKTEST, type BacktestInput } from './kinds/backtest.js';

const MAX_OPEN = 2;

/** Backtests (回测) as jobs: their progress and results outlast the page and the process that made them. */
export class Backtests {
  /** Those of this process that have not ended, from the reading of their packs on. */
  readonly #open = new Set<object>();

  constructor(
    private readonly jobs: Jobs,
    private readonly read: () => Db,
  ) {}

  /**
   * Starts a backtest of the cases of books that the actor may read.
   * @throws DomainError `policy_packs_invalid` with every fault of the pack, `not_found`, `forbidden`, `backtests_busy`
   */
  async start(caller: Caller, input: NewBacktest): Promise<BacktestView> {
    const { yaml, from, to } = input;
    const books = (await backtestBooks(this.read(), caller.actor, input.books)).map(({ id }) => id);
    if (this.#open.size >= MAX_OPEN)
      throw new DomainError('backtests_busy', `同时只能运行 ${MAX_OPEN} 个回测，请等其中一个结束或取消`);
    const mark = {};
    this.#open.add(mark);
    try {
      // In a thread of its own.
      const pack = (await readPack('pack.yaml', yaml)).document.id;
      const task: BacktestInput = { pack, yaml, from, to, books };
      const job = await this.jobs.start(BACKTEST, caller, null, task);
      void this.jobs.whenEnded(job.id).finally(() => this.#open.delete(mark));
      return viewOf(job, task);
    } catch (error) {
      this.#open.delete(mark);
      throw error;
    }
  }

  /** @throws DomainError `not_found` also for what somebody else started */
  async get(actor: Actor, id: string): Promise<BacktestView> {
    return this.#of(actor, id, (own) => this.jobs.get(actor, own));
  }

  /** Ends a backtest that is running; one that has ended is forgotten. */
  async cancel(actor: Actor, id: string): Promise<BacktestView> {
    return this.#of(actor, id, (own) => this.jobs.cancel(actor, own));
  }

  async #of(actor: Actor, id: string, ask: (id: string) => Promise<JobView>): Promise<BacktestView> {
    const { kind } = await this.jobs.get(actor, id);
    if (kind !== BACKTEST) throw notFound('回测');
    const input = (await this.jobs.inputOf(actor, id)) as BacktestInput;
    return viewOf(await ask(id), input);
  }
}

const viewOf = (
  { id, status, createdAt, startedAt, doneSteps: done, totalSteps, result }: JobView,
  { pack, books }: BacktestInput,
): BacktestView => {
  const total = totalSteps ?? 0;
  const share = total === 0 ? 0 : Math.floor((done * 100) / total);
  return {
    id,
    state: status === 'queued' ? 'running' : status,
    pack,
    books: books.length,
    startedAt: startedAt ?? createdAt,
    progress: { done, total, percent: status === 'done' ? 100 : share },
    result: result as BacktestResultView | null,
  };
};
