import { z } from 'zod';
import { demandVerify, verifyBookFor } from '../../evidence/index.js';
import { bookOf, type JobKind } from '../kind.js';

export const verifyInput = z.strictObject({}).describe('Nothing is to be said: the whole book is verified');
export type VerifyInput = z.infer<typeof verifyInput>;
export const VERIFY_BOOK = 'verify_book';

/** 核验账套: the same as `GET /books/:bookId/verification`, with its progress. */
export const verifyBookKind: JobKind<VerifyInput> = {
  kind: VERIFY_BOOK,
  label: '核验账套',
  inputSchema: verifyInput,
  title: () => '核验账套',
  demand: ({ store }, task) => demandVerify(store.read, task.caller.actor, bookOf(task)),
  async run({ store, policy, checkpoints }, task, { signal, onProgress }) {
    const { actor } = task.caller;
    const result = await verifyBookFor(store, policy.current, checkpoints.outside, actor, bookOf(task), {
      signal,
      onProgress: (done, total) =>
        onProgress(done, total, done < total ? '正在重算日志' : '日志已重算，正在逐行核对表格'),
    });
    const { logEntries, difference, decisionsUnchecked } = result;
    const unchecked = decisionsUnchecked === 0 ? '' : `；${decisionsUnchecked} 条裁定未核验`;
    return {
      result,
      message: difference
        ? `发现不一致：${difference.place}`
        : `核验通过：日志 ${logEntries} 条，未发现不一致${unchecked}`,
    };
  },
};
