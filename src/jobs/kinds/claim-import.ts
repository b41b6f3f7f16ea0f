import { z } from 'zod';
import { DomainError } from '../../core/errors.js';
import { type CellFault, demandImport, type ImportResult, importClaims } from '../../imports/index.js';
import { bookOf, type JobKind } from '../kind.js';

/** Under which key the claims are made, so that the sheet makes none twice, also when it goes on after a cancellation. */
const claimImportInput = z.strictObject({ key: z.string(), requestHash: z.string() });
export type ClaimImportInput = z.infer<typeof claimImportInput>;
export const CLAIM_IMPORT = 'claim_import';

const SHOWN_FAULTS = 3;

/** 报账导入, started by `POST /books/:bookId/claim-imports?background=true` with the sheet as its bytes. */
export const claimImportKind: JobKind<ClaimImportInput> = {
  kind: CLAIM_IMPORT,
  label: '导入报账单',
  inputSchema: claimImportInput,
  title: () => '导入报账单草稿',
  demand: ({ store }, task) => demandImport(store.read, task.caller.actor, bookOf(task)),
  async run({ store, policy }, task, { signal, onProgress, sent }) {
    const { actor, context } = task.caller;
    const caller = { actor, context: { ...context, idempotency: task.input } };
    const made = await importClaims(store, policy.current, caller, bookOf(task), await sent(), {
      signal,
      onProgress: (done, total) =>
        onProgress(done, total, done * 2 <= total ? '正在逐张检查' : '正在生成草稿'),
    }).catch(sayWhere);
    return {
      result: resultOf(made),
      message: `已生成 ${made.claims.length} 张草稿，合计 ${made.amount} 元`,
    };
  },
};

const resultOf = ({ claims, amount }: ImportResult) => ({ claimCount: claims.length, amount, claims });

/** A job keeps of a refusal only its sentence, so that names the first cells. */
function sayWhere(error: unknown): never {
  if (!(error instanceof DomainError) || error.code !== 'import_faulty') throw error;
  const { faults = [] } = (error.options.details ?? {}) as { readonly faults?: readonly CellFault[] };
  const cells = faults
    .filter(({ gravity }) => gravity === 'error')
    .slice(0, SHOWN_FAULTS)
    .map(({ cell, message }) => `${cell} ${message}`);
  throw new DomainError('import_faulty', `${error.message}：${cells.join('；')}。预检可查看全部`);
}
