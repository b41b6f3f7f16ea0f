import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DomainError } from '../core/errors.js';
import {
  compareGolden,
  type Fate,
  goldenFolder,
  judgeCases,
  loadGolden,
  loadPacks,
  mutate,
  writeGolden,
} from '../policy/index.js';

/** Differences shown before the rest is only counted. */
const SHOWN = 60;

/** Judges every generated boundary case and compares with the committed files, or writes them anew. */
export function checkCases({ write }: { readonly write: boolean }): void {
  const now = judgeCases(loadPacks());
  const count = [...now.values()].flat().reduce((sum, { cases }) => sum + cases.length, 0);
  if (write) {
    const folder = goldenFolder();
    mkdirSync(folder, { recursive: true });
    for (const name of readdirSync(folder)) if (name.endsWith('.jsonl')) rmSync(join(folder, name));
    for (const [pack, rules] of now) writeFileSync(join(folder, `${pack}.jsonl`), writeGolden(rules));
    console.log(`写入 ${count} 个边界用例`);
    return;
  }
  const lines = compareGolden(loadGolden(), now);
  for (const line of lines.slice(0, SHOWN)) console.log(line);
  if (lines.length > SHOWN) console.log(`……另有 ${lines.length - SHOWN} 行`);
  const differing = lines.filter((line) => !line.startsWith(' ')).length;
  console.log(differing === 0 ? `${count} 个边界用例全部相符` : `${differing} 个边界用例不符`);
  if (differing > 0) {
    console.log('政策包确有改动的，核对以上差异后运行 funds policy cases --write，与改动一并提交');
    process.exitCode = 1;
  }
}

const COLUMNS: Readonly<Record<Fate, string>> = {
  loader: '载入检查发现',
  tests: '政策包测试发现',
  cases: '边界用例发现',
  nobody: '存活',
  excluded: '等价',
};

/** Tells who notices each small slip in the packs. */
export function mutatePacks(options: { readonly pack?: string; readonly listSurvivors: boolean }): void {
  const packs = loadPacks();
  if (options.pack !== undefined && !packs.packs.some(({ document }) => document.id === options.pack))
    throw new DomainError('policy_pack_unknown', `没有政策包 ${options.pack}`);
  const operators = new Map<string, Record<Fate, number>>();
  const reasons = new Map<string, number>();
  const survivors: string[] = [];
  for (const { operator, what, fate, reason } of mutate(packs, loadGolden(), options.pack)) {
    const row = operators.get(operator) ?? { loader: 0, tests: 0, cases: 0, nobody: 0, excluded: 0 };
    row[fate] += 1;
    operators.set(operator, row);
    if (reason !== null) reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
    if (fate === 'nobody') survivors.push(`${operator} · ${what}`);
  }
  const fates = Object.keys(COLUMNS) as Fate[];
  for (const [operator, row] of [...operators].sort(([a], [b]) => (a < b ? -1 : 1)))
    console.log(`${operator}：${fates.map((fate) => `${COLUMNS[fate]} ${row[fate]}`).join('，')}`);
  for (const [reason, count] of reasons) console.log(`等价（不计入）${count} 个：${reason}`);
  if (options.listSurvivors) for (const survivor of survivors) console.log(`存活：${survivor}`);
  const sum = (fate: Fate) => [...operators.values()].reduce((total, row) => total + row[fate], 0);
  const killed = sum('loader') + sum('tests') + sum('cases');
  const total = killed + survivors.length;
  // Rounded down: only all of them are 100%.
  const percent = total === 0 ? 0 : Math.floor((killed / total) * 1000) / 10;
  console.log(`${total} 个变异体，杀死 ${killed}，存活 ${survivors.length}（${percent}%）`);
  if (survivors.length > 0 || total === 0) process.exitCode = 1;
}
