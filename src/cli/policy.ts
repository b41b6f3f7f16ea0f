import { clauseCoverage, loadPacks, runPackTests } from '../policy/index.js';

/** Runs every test that the packs carry; exit code 1 when one fails. */
export function testPacks(folder?: string): void {
  const results = runPackTests(folder ? loadPacks(folder) : loadPacks());
  for (const result of results) {
    if (result.passed) continue;
    console.log(`✗ ${result.pack} · ${result.name}`);
    console.log(`    应为 ${JSON.stringify(result.expected)}`);
    console.log(`    实为 ${JSON.stringify(result.got)}`);
  }
  const failed = results.filter((result) => !result.passed).length;
  console.log(`${results.length - failed} 项通过，${failed} 项未通过`);
  if (failed > 0 || results.length === 0) process.exitCode = 1;
}

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
