import { z } from 'zod';
import { backtestBooks, runBacktest } from '../../backtests/index.js';
import type { JobKind } from '../kind.js';

/** A backtest whose books and whose pack's name were settled when it was asked for. */
const backtestInput = z.strictObject({
  pack: z.string(),
  yaml: z.string(),
  from: z.string(),
  to: z.string(),
  books: z.array(z.string()).min(1),
});
export type BacktestInput = z.infer<typeof backtestInput>;
export const BACKTEST = 'backtest';

/** 回测, started by `POST /policy/backtests`. */
export const backtestKind: JobKind<BacktestInput> = {
  kind: BACKTEST,
  label: '回测政策包',
  inputSchema: backtestInput,
  title: ({ pack }) => `回测政策包 ${pack}`,
  async demand({ store }, { caller, input }) {
    await backtestBooks(store.read, caller.actor, input.books);
  },
  async run({ store, policy }, { caller, input }, { signal, onProgress }) {
    const books = await backtestBooks(store.read, caller.actor, input.books);
    const result = await runBacktest(store, policy.current, books, input, {
      signal,
      onProgress: (done, total) => onProgress(done, total, '正在重新判断已记录的案例'),
    });
    return { result, message: `已判断 ${result.cases} 件，其中 ${result.flipped} 件结果会不同` };
  },
};
