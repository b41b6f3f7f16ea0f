import { parse } from 'yaml';
import { RuleIndex } from '../../../src/policy/compile.js';
import { type Decision, decide, type Facts, type PackSet } from '../../../src/policy/index.js';
import { type Pack, packSchema } from '../../../src/policy/pack.schema.js';
import { type NaiveDecision, naiveDecide } from './decide.js';
import { type ReadPack, readPack } from './pack.js';

/** The same packs for the engine and for the second opinion. */
export interface Both {
  readonly engine: PackSet;
  readonly naive: readonly ReadPack[];
}

/** Packs as they would be loaded, without the checks that packs make on each other: contradictions, ids, tests. */
export function readBoth(texts: readonly string[]): Both {
  const naive = texts.map(readPack);
  const packs = texts.map(
    (text, at): Pack => ({
      ...packSchema.parse(parse(text, { merge: true })),
      file: `${at}.yaml`,
      text,
      sha256: naive[at]!.sha256,
    }),
  );
  return { engine: { packs, terms: [], index: new RuleIndex(packs) }, naive };
}

/** The engine's decision when the second opinion is the same to the last reason. @throws Error with both. */
export function agreed({ engine, naive }: Both, facts: Facts): Decision {
  const first = decide(engine, facts);
  const second = naiveDecide(naive, facts);
  const [one, other] = [textOf(first), textOf(second)];
  if (one !== other) throw new Error(`the engine says\n${one}\nthe second opinion\n${other}`);
  return first;
}

/**
 * A decision line by line. The order of reasons counts, except among those of one rule about one thing with one
 * effect: there the wording decides, which the second opinion does not have.
 */
function textOf({ outcome, packs, reasons }: Decision | NaiveDecision): string {
  const lines: string[][] = [[outcome, ...packs.map(({ id, sha256 }) => `${id} ${sha256}`)]];
  let last = '';
  for (const reason of reasons) {
    const tie = [reason.effect, reason.lineId, reason.rule, reason.fundId].join(' ');
    const text = [
      tie,
      reason.pack,
      reason.documentNo,
      reason.clause,
      reason.quotation,
      reason.severity,
      reason.mode,
      reason.headroomFen,
      reason.headroomAfterFen,
      reason.waiver,
      reason.isSourceVerified,
      ...reason.remedies.flatMap((remedy): unknown[] => {
        if (remedy.kind === 'smaller_amount') return [remedy.kind, remedy.amountFen];
        return remedy.kind === 'other_source' ? [remedy.kind, remedy.clause, remedy.sources] : [];
      }),
    ].join(' ');
    if (tie === last) lines.at(-1)!.push(text);
    else lines.push([text]);
    last = tie;
  }
  return lines.map((ties) => ties.sort().join('\n')).join('\n');
}
