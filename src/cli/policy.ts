import { clauseCoverage, loadPacks } from '../policy/index.js';

const STATUS_LABELS = { enforced: '规则执行', procedural: '程序留痕', no_duty: '不设义务' } as const;

/** Prints what carries each clause. A pack with an unaccounted clause does not load at all. */
export function printCoverage(folder?: string): void {
  const rows = clauseCoverage(folder ? loadPacks(folder) : loadPacks());
  for (const row of rows) {
    const by = row.by.join('、');
    console.log(`${row.pack}\t${row.clause}\t${STATUS_LABELS[row.status]}\t${by}\t“${row.quotation}”`);
  }
  const count = (status: string) => rows.filter((row) => row.status === status).length;
  console.log(
    `共 ${rows.length} 条：规则执行 ${count('enforced')}，程序留痕 ${count('procedural')}，不设义务 ${count('no_duty')}`,
  );
}
