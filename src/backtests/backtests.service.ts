import { Breather } from '../core/breather.js';
import { DomainError } from '../core/errors.js';
import { formatYuan } from '../core/money.js';
import type { Db, Store } from '../db/store.js';
import { loggedDecisions, readPolicyHistory } from '../evidence/index.js';
import { bureauSubject, demandBookRead } from '../ledger/index.js';
import { type Actor, demand, may } from '../organisations/index.js';
import { Backtest, type BacktestResult, type PackSet, withPack } from '../policy/index.js';
import type { BacktestResultView, NewBacktest } from './backtests.schema.js';
import { readPack } from './read-pack.js';

/**
 * The books whose cases the actor may try packs on, or those chosen of them.
 * @throws DomainError `not_found`, `forbidden`
 */
export async function backtestBooks(
  read: Db,
  actor: Actor,
  chosen: readonly string[] | undefined,
): Promise<{ readonly id: string; readonly logSize: number }[]> {
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

/**
 * Judges the recorded cases of the books by the loaded packs with this one in. Changes nothing; others have their turn
 * in between.
 * @throws DomainError `policy_packs_invalid` with every fault of the pack; what `signal` was aborted with
 */
export async function runBacktest(
  { read }: Pick<Store, 'read'>,
  loaded: PackSet,
  books: Awaited<ReturnType<typeof backtestBooks>>,
  { yaml, from, to }: Omit<NewBacktest, 'books'>,
  watch: {
    readonly signal: AbortSignal;
    readonly onProgress: (done: number, total: number) => void;
  },
): Promise<BacktestResultView> {
  const after = withPack(loaded, await readPack('pack.yaml', yaml));
  let total = 0;
  for (const { id, logSize } of books) total += await decisionsOf(read, id, logSize);
  const backtest = new Backtest(after, await readPolicyHistory(read, loaded));
  const breather = new Breather(watch.signal);
  let done = 0;
  for (const { id, logSize } of books) {
    for await (const one of loggedDecisions(read, id, { until: logSize })) {
      const { businessDate } = one.facts;
      if (from <= businessDate && businessDate <= to) backtest.add(one);
      done += 1;
      if (!breather.isDue) continue;
      watch.onProgress(done, total);
      await breather.rest();
    }
  }
  watch.onProgress(total, total);
  return resultView(backtest.result());
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
