import { z } from 'zod';
import { DomainError } from '../../core/errors.js';
import {
  type CellFault,
  demandImport,
  type ImportResult,
  importClaims,
  importResultOf,
} from '../../imports/index.js';
import { bookOf, type JobKind, type JobRun } from '../kind.js';

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
  async run({ store, policy }, task, run) {
    const { signal, onProgress, sent } = run;
    const { actor, context } = task.caller;
    const caller = { actor, context: { ...context, idempotency: task.input } };
    const soFar: ImportResult['claims'] = [];
    const made = await importClaims(store, policy.current, caller, bookOf(task), await sent(), {
      signal,
      onProgress: (done, total) =>
        onProgress(done, total, done * 2 <= total ? '正在逐张检查' : '正在生成草稿'),
      onMade: (claim) => soFar.push(claim),
    }).catch((error: unknown) => {
      if (soFar.length > 0) run.keep(outcomeOf(importResultOf(soFar), '，其余没有生成'));
      throw withCells(error, run);
    });
    return outcomeOf(made);
  },
};

const outcomeOf = ({ claims, amount }: ImportResult, more = '') => ({
  result: { claimCount: claims.length, amount, claims },
  message: `已生成 ${claims.length} 张草稿，合计 ${amount} 元${more}`,
});

/** All faults are kept for the page of the import; the sentence, which is in every list of jobs, names the first cells. */
function withCells(error: unknown, run: JobRun): unknown {
  if (!(error instanceof DomainError) || error.code !== 'import_faulty') return error;
  const { faults = [] } = (error.options.details ?? {}) as { readonly faults?: readonly CellFault[] };
  const cells = faults
    .filter(({ gravity }) => gravity === 'error')
    .slice(0, SHOWN_FAULTS)
    .map(({ cell, message }) => `${cell} ${message}`);
  run.keep({ result: { faults }, message: error.message });
  return new DomainError('import_faulty', `${error.message}：${cells.join('；')}。预检可查看全部`);
}
