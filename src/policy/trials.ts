import { type Fen, sumFen } from '../core/money.js';
import type { EvidenceKind } from '../core/vocabulary.js';
import { decide } from './decide.js';
import { type Decision, GRAVITY, type Outcome } from './decision.js';
import type { ContractFacts, Facts } from './facts.js';
import type { PackSet } from './load.js';

/** A change to the case that was tried, and what it comes to. Only changes that better the outcome are told. */
export type Trial = { readonly outcome: Outcome } & (
  | { readonly kind: 'evidence'; readonly evidence: readonly EvidenceKind[] }
  | { readonly kind: 'smaller_amount'; readonly fundId: string; readonly amountFen: Fen }
  | { readonly kind: 'without_lines'; readonly lineIds: readonly string[] }
  | { readonly kind: 'waiver'; readonly clauses: readonly string[] }
);

export const isBetter = (after: Outcome, before: Outcome): boolean => GRAVITY[after] < GRAVITY[before];

/**
 * What would let the case through, each found by judging the changed case again and not by what a rule hopes for:
 * the documents that reasons ask for, the amount that a cap leaves, the case without the lines at fault, an exception
 * from the clauses that allow one.
 */
export function tryWays(packs: PackSet, facts: Facts, decision: Decision): Trial[] {
  if (decision.outcome === 'allow') return [];
  return [
    ...tryEvidence(packs, facts, decision),
    ...trySmallerAmounts(packs, facts, decision),
    ...tryWithoutLines(packs, facts, decision),
    ...tryWaivers(packs, facts, decision),
  ].filter((trial) => isBetter(trial.outcome, decision.outcome));
}

const stopping = ({ reasons }: Decision) =>
  reasons.filter(({ effect }) => effect === 'block' || effect === 'review');

function tryEvidence(packs: PackSet, facts: Facts, decision: Decision): Trial[] {
  const wanted = stopping(decision).flatMap((reason) =>
    reason.remedies.flatMap((remedy) =>
      remedy.kind === 'evidence' ? remedy.evidence.map((kind) => ({ kind, lineId: reason.lineId })) : [],
    ),
  );
  if (wanted.length === 0) return [];
  const evidence = [...new Set(wanted.map(({ kind }) => kind))].sort();
  const lines = facts.lines.map((line) => {
    const more = wanted.filter(({ lineId }) => lineId === line.lineId).map(({ kind }) => kind);
    return more.length === 0 ? line : { ...line, evidence: [...new Set([...line.evidence, ...more])].sort() };
  });
  const { contract } = facts;
  const ofContract = wanted.filter(({ lineId }) => lineId === null).map(({ kind }) => kind);
  const changed = { ...facts, lines, contract: contract && withEvidence(contract, facts, ofContract) };
  return [{ kind: 'evidence', evidence, outcome: decide(packs, changed).outcome }];
}

/** Dated so that it is in time both for signing and for the case. */
function withEvidence(contract: ContractFacts, facts: Facts, kinds: readonly EvidenceKind[]): ContractFacts {
  const date = contract.signedDate < facts.businessDate ? contract.signedDate : facts.businessDate;
  return { ...contract, evidence: [...contract.evidence, ...kinds.map((kind) => ({ kind, date }))] };
}

function trySmallerAmounts(packs: PackSet, facts: Facts, decision: Decision): Trial[] {
  const trials: Trial[] = [];
  const seen = new Set<string>();
  for (const { fundId, remedies } of stopping(decision)) {
    if (fundId === null) continue;
    for (const remedy of remedies) {
      if (remedy.kind !== 'smaller_amount' || seen.has(`${fundId} ${remedy.amountFen}`)) continue;
      seen.add(`${fundId} ${remedy.amountFen}`);
      const changed = withAtMost(facts, fundId, remedy.amountFen);
      if (changed === null) continue;
      const { outcome } = decide(packs, changed);
      trials.push({ kind: 'smaller_amount', fundId, amountFen: remedy.amountFen, outcome });
    }
  }
  return trials;
}

/** Lines of which some may come to so much at most: cut from the last on, those of which nothing is left taken out. */
export function cutLines<Line extends { readonly amountFen: Fen }>(
  lines: readonly Line[],
  isConcerned: (line: Line) => boolean,
  limitFen: Fen,
): Line[] {
  let left = limitFen;
  return lines.flatMap((line) => {
    if (!isConcerned(line)) return [line];
    const keptFen = line.amountFen < left ? line.amountFen : left;
    left -= keptFen;
    return keptFen > 0n ? [{ ...line, amountFen: keptFen }] : [];
  });
}

/** The case with the lines of one fund cut; null when nothing of it would be left. */
function withAtMost(facts: Facts, fundId: string, amountFen: Fen): Facts | null {
  const lines = cutLines(facts.lines, (line) => line.fundId === fundId, amountFen);
  const fund = facts.funds[fundId];
  if (lines.length === 0 || fund === undefined) return null;
  const cut = sumFen(facts.lines.map((line) => line.amountFen)) - sumFen(lines.map((line) => line.amountFen));
  const cap = fund.reliefCap;
  const reliefCap = cap && { ...cap, addsFen: cap.addsFen > cut ? cap.addsFen - cut : 0n };
  return { ...facts, lines, funds: { ...facts.funds, [fundId]: { ...fund, reliefCap } } };
}

function tryWithoutLines(packs: PackSet, facts: Facts, decision: Decision): Trial[] {
  const faulty = new Set(
    stopping(decision).flatMap(({ lineId, effect }) =>
      lineId && effect === decision.outcome ? [lineId] : [],
    ),
  );
  const lines = facts.lines.filter(({ lineId }) => !faulty.has(lineId));
  if (faulty.size === 0 || lines.length === 0) return [];
  const funds = Object.fromEntries(
    Object.entries(facts.funds).filter(([fundId]) => lines.some((line) => line.fundId === fundId)),
  );
  const { outcome } = decide(packs, { ...facts, lines, funds });
  return [{ kind: 'without_lines', lineIds: [...faulty].sort(), outcome }];
}

function tryWaivers(packs: PackSet, facts: Facts, decision: Decision): Trial[] {
  const isWaivable = new Map(
    packs.packs.flatMap((pack) =>
      pack.clauses.map((clause) => [clause.id, clause.nonWaivable === undefined]),
    ),
  );
  const clauses = [
    ...new Set(
      stopping(decision)
        .filter(({ effect, clause }) => effect === 'block' && isWaivable.get(clause))
        .map(({ clause }) => clause),
    ),
  ].sort();
  if (clauses.length === 0) return [];
  const waivers = clauses.map((clause) => ({
    waiverId: clause,
    documentNo: '',
    clause,
    fundId: null,
    from: facts.businessDate,
    until: facts.businessDate,
    isRevoked: false,
    limitFen: null,
    usedFen: 0n,
  }));
  const { outcome } = decide(packs, { ...facts, waivers: [...facts.waivers, ...waivers] });
  return [{ kind: 'waiver', clauses, outcome }];
}
