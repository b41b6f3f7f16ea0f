import { z } from 'zod';
import { parseYuan } from '../core/money.js';
import {
  BASE_ALLOTMENT,
  BASE_CASE,
  BASE_CHARITY,
  BASE_CONTRACT,
  BASE_FUND,
  BASE_LINE,
  BASE_RELIEF_CAP,
  BASE_WAIVER,
} from './baseCase.js';
import { decide } from './decide.js';
import type { Decision } from './decision.js';
import type { Facts } from './facts.js';
import { factsSchema } from './facts.schema.js';
import { packIssueText } from './issueText.js';
import type { PackSet } from './load.js';
import type { Pack, PackTest } from './pack.schema.js';
import { revive } from './revive.js';

export interface PackTestResult {
  readonly pack: string;
  readonly name: string;
  readonly passed: boolean;
  readonly expected: PackTest['expect'];
  /** What came out: the outcome and every reason as rule → effect; or why the test could not run. */
  readonly got:
    | {
        readonly outcome: Decision['outcome'];
        readonly reasons: readonly string[];
        readonly decision: Decision;
      }
    | { readonly error: string };
}

/** Runs the tests that packs carry, each against all packs, as a real case would be. */
export function runPackTests(packs: PackSet): PackTestResult[] {
  return packs.packs.flatMap((pack) =>
    pack.tests.map((test) => runPackTest(packs, pack, test, () => buildFacts(pack.testBase, test.facts))),
  );
}

export function runPackTest(packs: PackSet, pack: Pack, test: PackTest, facts: () => Facts): PackTestResult {
  const about = { pack: pack.document.id, name: test.name, expected: test.expect };
  try {
    const decision = decide(packs, facts());
    return { ...about, passed: meets(decision, test.expect), got: summary(decision) };
  } catch (error) {
    return { ...about, passed: false, got: { error: wordError(error) } };
  }
}

export function meets(decision: Decision, { outcome, reasons, absent }: PackTest['expect']): boolean {
  const effectsOf = (rule: string) => decision.reasons.filter((reason) => reason.rule === rule);
  return (
    decision.outcome === outcome &&
    Object.entries(reasons).every(([rule, effect]) =>
      effectsOf(rule).some((reason) => reason.effect === effect),
    ) &&
    absent.every((rule) => effectsOf(rule).length === 0)
  );
}

const summary = (decision: Decision) => ({
  outcome: decision.outcome,
  reasons: decision.reasons.map(
    ({ rule, effect, lineId }) => `${rule} ${effect}${lineId === null ? '' : ` ${lineId}`}`,
  ),
  decision,
});

function wordError(error: unknown): string {
  if (!(error instanceof z.ZodError)) return error instanceof Error ? error.message : String(error);
  return error.issues.map(({ path, message }) => `${path.map(String).join('.')}：${message}`).join('；');
}

type Patch = Readonly<Record<string, unknown>>;

/**
 * The base case with a pack's and a test's differences. `fund` is merged into the base fund F1, `funds` adds more;
 * `line` is merged into the base line and each of `lines` into that; `contract`, `allotment`, `charity`, `reliefCap` and each
 * of `waivers` are merged into their templates once named. Other lists replace. Amounts may be given in yuan under keys that end in `Yuan`.
 * @throws ZodError for facts that do not exist.
 */
export function buildFacts(...patches: readonly Patch[]): Facts {
  const { fund, funds, line, lines, contract, allotment, waivers, ...rest } = patches
    .map((patch) => inFen(patch) as Patch)
    .reduce((all, patch) => merge(all, patch) as Patch, {});
  const fundPatches: Patch = { F1: fund ?? {}, ...((funds ?? {}) as Patch) };
  const built = Object.entries(fundPatches).map(([fundId, patch]) => [
    fundId,
    buildFund(fundId, patch as Patch),
  ]);
  const linePatches = (lines ?? [{}]) as readonly Patch[];
  const baseLine = merge(BASE_LINE, line ?? {}) as Patch;
  const facts = {
    ...(merge(BASE_CASE, rest) as Patch),
    funds: Object.fromEntries(built),
    contract: contract ? merge(BASE_CONTRACT, contract) : null,
    allotment: allotment ? merge(BASE_ALLOTMENT, allotment) : null,
    waivers: ((waivers ?? []) as readonly Patch[]).map((patch) => merge(BASE_WAIVER, patch)),
    lines: linePatches.map((patch, index) => merge({ ...baseLine, lineId: `L${index + 1}` }, patch)),
  };
  return factsSchema.parse(facts, { error: packIssueText });
}

function buildFund(fundId: string, { charity, reliefCap, ...patch }: Patch): unknown {
  return {
    ...(merge({ ...BASE_FUND, fundId }, patch) as Patch),
    charity: charity ? merge(BASE_CHARITY, charity) : null,
    reliefCap: reliefCap ? merge(BASE_RELIEF_CAP, reliefCap) : null,
  };
}

/** `base` with the differences of `patch`: objects merge key by key, everything else is replaced. */
export function merge(base: unknown, patch: unknown): unknown {
  if (!isObject(base) || !isObject(patch)) return patch;
  const merged: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(patch)) {
    merged[key] = Object.hasOwn(base, key) ? merge(base[key], value) : value;
  }
  return merged;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Keys `…Yuan` with yuan text become keys `…Fen`; `…Fen` text becomes bigint. */
function inFen(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inFen);
  if (!isObject(value)) return value;
  const pairs = Object.entries(value).map(([key, part]) => {
    if (!key.endsWith('Yuan')) return [key, key.endsWith('Fen') ? revive(part, true) : inFen(part)];
    const fen = Array.isArray(part) ? part.map((each) => parseYuan(String(each))) : parseYuan(String(part));
    return [`${key.slice(0, -4)}Fen`, fen];
  });
  return Object.fromEntries(pairs);
}
