import { setImmediate } from 'node:timers/promises';
import { DomainError, notFound } from '../core/errors.js';
import { newId } from '../core/ids.js';
import { formatYuan } from '../core/money.js';
import type { Store } from '../db/store.js';
import { loggedDecisions, readPolicyHistory } from '../evidence/index.js';
import { bureauSubject, demandBookRead } from '../ledger/index.js';
import { type Actor, demand, may } from '../organisations/index.js';
import { Backtest, type BacktestResult, type Pack, type PackSet, withPack } from '../policy/index.js';
import type { BacktestResultView, BacktestView, NewBacktest } from './backtests.schema.js';
import { readPack } from './read-pack.js';

const MAX_RUNNING = 2;
const MAX_KEPT = 20;
/** How long a backtest works before it lets others in. */
const SLICE_MS = 8;

interface Run {
  readonly personId: string;
  readonly view: Omit<BacktestView, 'progress' | 'state' | 'result'>;
  readonly books: readonly { readonly id: string; readonly logSize: number }[];
  readonly input: NewBacktest;
  state: BacktestView['state'];
  done: number;
  total: number;
  result: BacktestResult | null;
}

/** Backtests of this process: each runs beside the requests, and its result is kept for a while, in memory alone. */
export class Backtests {
  readonly #runs = new Map<string, Run>();
  readonly #underWay = new Set<Promise<void>>();
  #reading = 0;

  constructor(
    private readonly store: Store,
    private readonly onFault: (error: unknown) => void,
  ) {}

  /**
   * Starts a backtest of the cases of books that the actor may read.
   * @throws DomainError `policy_packs_invalid` with every fault of the pack, `not_found`, `forbidden`, `backtests_busy`
   */
  async start(loaded: PackSet, actor: Actor, now: Date, input: NewBacktest): Promise<BacktestView> {
    const books = await this.#booksFor(actor, input.books);
    const pack = await this.#read(input.yaml);
    const after = withPack(loaded, pack);
    const id = newId();
    const run: Run = {
      personId: actor.personId,
      view: {
        id,
        pack: pack.document.id,
        books: books.length,
        startedAt: now.toISOString(),
      },
      books,
      input,
      state: 'running',
      done: 0,
      total: 0,
      result: null,
    };
    this.#keep(id, run);
    const work = this.#work(run, loaded, after)
      .catch((error: unknown) => {
        run.state = 'failed';
        this.onFault(error);
      })
      .finally(() => this.#underWay.delete(work));
    this.#underWay.add(work);
    return viewOf(run);
  }

  /** A pack is read in a thread of its own, which counts as a backtest that runs. */
  async #read(yaml: string): Promise<Pack> {
    const running = [...this.#runs.values()].filter(({ state }) => state === 'running').length;
    if (running + this.#reading >= MAX_RUNNING)
      throw new DomainError('backtests_busy', `同时只能运行 ${MAX_RUNNING} 个回测，请等其中一个结束或取消`);
    this.#reading += 1;
    try {
      return await readPack('pack.yaml', yaml);
    } finally {
      this.#reading -= 1;
    }
  }

  /** @throws DomainError `not_found` also for what somebody else started */
  get(actor: Actor, id: string): BacktestView {
    return viewOf(this.#of(actor, id));
  }

  /** Ends a backtest that is running; one that has ended is forgotten. */
  cancel(actor: Actor, id: string): BacktestView {
    const run = this.#of(actor, id);
    if (run.state === 'running') run.state = 'cancelled';
    else this.#runs.delete(id);
    return viewOf(run);
  }

  /** Cancels all and waits until none reads the database any more. */
  async close(): Promise<void> {
    for (const run of this.#runs.values()) if (run.state === 'running') run.state = 'cancelled';
    await Promise.all(this.#underWay);
  }

  #of(actor: Actor, id: string): Run {
    const run = this.#runs.get(id);
    if (run?.personId !== actor.personId) throw notFound('回测');
    return run;
  }

  #keep(id: string, run: Run): void {
    this.#runs.set(id, run);
    for (const [old, { state }] of this.#runs) {
      if (this.#runs.size <= MAX_KEPT) return;
      if (state !== 'running') this.#runs.delete(old);
    }
  }

  async #booksFor(actor: Actor, chosen: readonly string[] | undefined): Promise<Run['books']> {
    const { read } = this.store;
    for (const bookId of chosen ?? []) {
      await demandBookRead(read, actor, bookId);
      demand(actor, 'policy.backtest', await bureauSubject(read, bookId));
    }
    const books = await read
      .selectFrom('book')
      .innerJoin('organisation as bureau', 'bureau.id', 'book.bureauId')
      .select(['book.id', 'book.logSize', 'bureau.path'])
      .orderBy('book.id')
      .execute();
    const allowed = books.filter(
      ({ id, path }) =>
        (chosen?.includes(id) ?? true) &&
        may(actor, 'policy.backtest', { bureauPath: path, organisationPath: path }).allowed,
    );
    if (allowed.length === 0)
      throw new DomainError(
        'forbidden',
        '没有可以回测的账套：应由本级或上级民政局的财务、督导、审计、系统管理岗办理',
      );
    return allowed;
  }

  async #work(run: Run, loaded: PackSet, after: PackSet): Promise<void> {
    const { read } = this.store;
    for (const { id, logSize } of run.books) run.total += await decisionsOf(read, id, logSize);
    const backtest = new Backtest(after, await readPolicyHistory(read, loaded));
    const { from, to } = run.input;
    let since = performance.now();
    for (const { id, logSize } of run.books) {
      for await (const one of loggedDecisions(read, id, { until: logSize })) {
        const { businessDate } = one.facts;
        if (from <= businessDate && businessDate <= to) backtest.add(one);
        run.done += 1;
        if (performance.now() - since >= SLICE_MS) {
          await setImmediate();
          since = performance.now();
        }
        // Set by another request meanwhile.
        if (run.state === 'cancelled') return;
      }
    }
    if (run.state === 'cancelled') return;
    run.result = backtest.result();
    run.done = run.total;
    run.state = 'done';
  }
}

async function decisionsOf(read: Store['read'], bookId: string, logSize: number): Promise<number> {
  const { count } = await read
    .selectFrom('logEntry')
    .select((each) => each.fn.countAll().as('count'))
    .where('bookId', '=', bookId)
    .where('logIndex', '<', logSize)
    .where('outcome', 'is not', null)
    .executeTakeFirstOrThrow();
  return Number(count);
}

const viewOf = ({ view, state, done, total, result }: Run): BacktestView => ({
  ...view,
  state,
  progress: {
    done,
    total,
    percent: state === 'done' || total === 0 ? 100 : Math.floor((done * 100) / total),
  },
  result: result && resultView(result),
});

function resultView(result: BacktestResult): BacktestResultView {
  return {
    cases: result.cases,
    flipped: result.flipped,
    flips: result.flips.map(withAmount),
    rules: result.rules.map(withAmount),
    places: result.places.map(withAmount),
    onTrial: result.onTrial.map(withAmount),
    unread: result.unread.map((row) => ({ ...withAmount(row), keywords: [...row.keywords] })),
    unjudged: [...result.unjudged],
    samples: result.samples.map((row) => ({
      ...withAmount(row),
      reasonsBefore: [...row.reasonsBefore],
      reasonsAfter: [...row.reasonsAfter],
    })),
  };
}

const withAmount = <Row extends { readonly amountFen: bigint }>({ amountFen, ...row }: Row) => ({
  ...row,
  amount: formatYuan(amountFen),
});
