import {
  type Decision,
  EFFECT_LABELS,
  OUTCOME_LABELS,
  type PackTestResult,
  type Reason,
  runPackTests,
} from '../policy/index.js';
import { type PackChoice, packsOf } from './policy-files.js';

/**
 * Runs the tests that packs carry, each against all packs, and says of each what came out and by which clauses. Exit
 * code 1 when one fails, or when there is none.
 */
export function testPacks(files: readonly string[], options: PackChoice & { readonly all: boolean }): void {
  const { packs, chosen } = packsOf(files, options);
  const results = runPackTests(packs);
  let passed = 0;
  let failed = 0;
  for (const { document } of chosen) {
    const own = results.filter(({ pack }) => pack === document.id);
    const broken = own.filter((result) => !result.passed);
    passed += own.length - broken.length;
    failed += broken.length;
    console.log(
      `${document.id} ${document.title}：${own.length - broken.length} 项通过，${broken.length} 项未通过`,
    );
    for (const result of options.all ? own : broken) for (const line of describe(result)) console.log(line);
  }
  console.log(`${passed} 项通过，${failed} 项未通过`);
  if (failed > 0 || passed === 0) process.exitCode = 1;
}

function describe({ name, passed, expected, got }: PackTestResult): string[] {
  if ('error' in got) return [`  ✗ ${name} — 无法运行`, `      ${got.error}`];
  const outcome = `结果：${OUTCOME_LABELS[got.outcome]}`;
  if (passed) return [`  ✓ ${name} — ${outcome}${spoken(got.decision)}`];
  const wanted = [
    OUTCOME_LABELS[expected.outcome],
    ...Object.entries(expected.reasons).map(([rule, effect]) => `须有 ${rule} ${EFFECT_LABELS[effect]}`),
    ...expected.absent.map((rule) => `不得有 ${rule}`),
  ];
  const { reasons } = got.decision;
  return [
    `  ✗ ${name} — ${outcome}${spoken(got.decision)}`,
    `      应为：${wanted.join('，')}`,
    `      实为：${OUTCOME_LABELS[got.outcome]}${reasons.length === 0 ? '，没有规则作出结论' : ''}`,
    ...reasons.map((reason) => `        ${sayReason(reason)}`),
  ];
}

/** The rules that spoke, with their clauses: “，禁止 SC-03.hardware（SC-03）”. */
function spoken({ reasons }: Decision): string {
  const each = reasons.map(({ effect, rule, clause }) => `${EFFECT_LABELS[effect]} ${rule}（${clause}）`);
  return each.length === 0 ? '' : `，${[...new Set(each)].join('、')}`;
}

const sayReason = ({ effect, rule, clause, documentNo, lineId, message }: Reason): string =>
  `${EFFECT_LABELS[effect]} ${rule}（${documentNo} ${clause}）${lineId === null ? '' : `明细 ${lineId}，`}${message}`;
