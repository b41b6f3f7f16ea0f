import { z } from 'zod';
import type { Fault } from './check.js';
import { EFFECT_LABELS, OUTCOME_LABELS } from './decision.js';
import type { Facts } from './facts.js';
import type { PackSet } from './load.js';
import type { Pack, PackTest } from './pack.schema.js';
import { buildFacts, type PackTestResult, runPackTest } from './packTests.js';

/**
 * The packs' own tests: facts that do not exist, and expectations that do not hold. These are only looked at with a
 * `set` to decide under, which packs with other faults may not make.
 */
export function checkTests(packs: readonly Pack[], set: PackSet | null): Fault[] {
  return packs.flatMap((pack) => {
    const { file, testBase } = pack;
    const shared = factsOf(file, ['testBase'], '测试共用的事实', testBase);
    if ('faults' in shared) return shared.faults;
    return pack.tests.flatMap((test, index) => {
      const path = ['tests', index];
      const what = `测试“${test.name}”的事实`;
      const built = factsOf(file, [...path, 'facts'], what, testBase, test.facts);
      if ('faults' in built) return built.faults;
      if (set === null) return [];
      const { passed, got } = runPackTest(set, pack, test, () => built.facts);
      return passed ? [] : [{ file, path, message: `测试“${test.name}”不成立：${wordMiss(test, got)}` }];
    });
  });
}

type Patch = Readonly<Record<string, unknown>>;
type Built = { readonly facts: Facts } | { readonly faults: Fault[] };

/** The facts that `patches` make, or what is wrong with the last of them, which stands at `path`. */
function factsOf(file: string, path: Fault['path'], what: string, ...patches: readonly Patch[]): Built {
  try {
    return { facts: buildFacts(...patches) };
  } catch (error) {
    if (!(error instanceof z.ZodError)) {
      const message = `${what}不能使用：${error instanceof Error ? error.message : error}`;
      return { faults: [{ file, path, message }] };
    }
    const faults = error.issues.flatMap((issue) => {
      const steps = issue.path as (string | number)[];
      // A pack writes the fund F1 as `fund`.
      const within = steps[0] === 'funds' && steps[1] === 'F1' ? ['fund', ...steps.slice(2)] : steps;
      const keys = issue.code === 'unrecognized_keys' ? issue.keys : [null];
      return keys.map((key) => {
        const place = key === null ? within : [...within, key];
        const said = key === null ? issue.message : `不认识的键 ${key}`;
        return { file, path: [...path, ...place], message: `${what} ${place.join('.')}：${said}` };
      });
    });
    return { faults };
  }
}

function wordMiss({ expect }: PackTest, got: PackTestResult['got']): string {
  if ('error' in got) return `无法运行：${got.error}`;
  const { outcome, reasons } = got.decision;
  const wanted = [
    OUTCOME_LABELS[expect.outcome],
    ...Object.entries(expect.reasons).map(([rule, effect]) => `${rule} ${EFFECT_LABELS[effect]}`),
    ...expect.absent.map((rule) => `没有 ${rule}`),
  ];
  const found = new Set(reasons.map(({ rule, effect }) => `${rule} ${EFFECT_LABELS[effect]}`));
  return `应为${wanted.join('、')}；实为${[OUTCOME_LABELS[outcome], ...found].join('、')}`;
}
