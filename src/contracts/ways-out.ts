import type { Unit } from '../audit/index.js';
import { type Fen, formatYuan, showYuan, sumFen } from '../core/money.js';
import { EVIDENCE_LABELS, SOURCE_LABELS } from '../core/vocabulary.js';
import {
  cutLines,
  type Decision,
  decide,
  type Facts,
  isBetter,
  type Outcome,
  type PackSet,
  type Trial,
  tryWays,
} from '../policy/index.js';
import type { WayOut } from './explanation.schema.js';
import { type SpendingCase, spendingFacts } from './facts.js';
import type { LineRow } from './lines.repository.js';
import { fundsWithRoom, poolsHold } from './room.js';

/** Something besides the rules that stands against a case: the ledger, an invoice. */
export interface Objection {
  /** Lines concerned; none where it is about the case as such. */
  readonly lineIds: readonly string[];
  /** What these lines may come to at most; null where no amount helps. */
  readonly limitFen: Fen | null;
  /** Another fund may have what this one lacks. */
  readonly isOfFund: boolean;
}
/** What would be objected to the case with these lines. */
export type Objections = (lines: SpendingCase['lines'], facts: Facts) => Promise<readonly Objection[]>;
export const noObjections: Objections = async () => [];

const MAX_FUNDS_TOLD = 5;
const RESULTS: Readonly<Record<Outcome, string>> = {
  allow: '试算可以通过',
  review: '试算转为人工复核',
  block: '试算解决了这一项，其余问题还须另行处理',
};
const GRAVITY: Readonly<Record<WayOut['outcome'], number>> = { allow: 0, review: 1, block: 2 };

type Lines = readonly LineRow[];
type Way = Pick<WayOut, 'kind'> &
  Partial<Omit<WayOut, 'outcome' | 'changes'>> & {
    readonly what: string;
    /** The lines as they would be. */
    readonly lines: Lines;
    /** What the rules say then, where they were asked already. */
    readonly outcome?: Outcome;
  };

/**
 * What would let a case through that the rules or an objection stop, each tried on the very case and judged again, best
 * first. What solves one reason of several is told as such.
 */
export async function waysOut(
  unit: Unit,
  packs: PackSet,
  spending: SpendingCase,
  { decision, facts }: { readonly decision: Decision; readonly facts: Facts },
  object: Objections,
): Promise<WayOut[]> {
  const { lines } = spending;
  const objections = await object(lines, facts);
  const told: WayOut[] = [];
  const isOtherFund = ({ kind }: Pick<WayOut, 'kind'>) => kind === 'other_fund';
  for (const way of [
    ...(await otherFunds(unit, spending, { decision, facts }, objections)),
    ...tryWays(packs, facts, decision).map((trial) => policyWay(trial, lines, facts)),
    ...objections.flatMap((objection) => amountWays(objection, lines)),
  ]) {
    // Enough funds that would do; those that would only half do are looked past for better ones.
    const isEnough =
      told.filter((way) => isOtherFund(way) && way.outcome === 'allow').length >= MAX_FUNDS_TOLD;
    if (way.lines.length === 0 || (isOtherFund(way) && isEnough)) continue;
    const changes = changesOf(lines, way.lines);
    if (told.some((other) => changes.length > 0 && JSON.stringify(other.changes) === JSON.stringify(changes)))
      continue;
    const then = changes.length > 0 && !way.outcome ? await judged(way.lines) : null;
    const outcome = way.outcome ?? then?.outcome ?? decision.outcome;
    const left = changes.length === 0 ? objections : await object(way.lines, then?.facts ?? facts);
    const isWorse = isBetter(decision.outcome, outcome) || left.length > objections.length;
    if (isWorse || !(isBetter(outcome, decision.outcome) || left.length < objections.length)) continue;
    const comes = left.length > 0 ? 'block' : outcome;
    told.push(viewOf(way, comes, changes));
  }
  told.sort((one, other) => GRAVITY[one.outcome] - GRAVITY[other.outcome]);
  const funds = told.filter(isOtherFund).slice(0, MAX_FUNDS_TOLD);
  return told.filter((way) => !isOtherFund(way) || funds.includes(way));

  async function judged(changed: Lines) {
    const read = await spendingFacts(unit, packs, { ...spending, lines: changed });
    return { facts: read, outcome: decide(packs, read).outcome };
  }
}

function viewOf(way: Way, outcome: Outcome, changes: WayOut['changes']): WayOut {
  const { kind, what, lineIds = [], fundId = null, amount = null, evidence = [], clauses = [] } = way;
  const text = `${what}：${RESULTS[outcome]}`;
  return { kind, outcome, text, lineIds, fundId, amount, evidence, clauses, changes };
}

function changesOf(before: Lines, after: Lines): WayOut['changes'] {
  const kept = new Map(after.map((line) => [line.id, line]));
  return before.flatMap(({ id, fundId, amountFen }, index) => {
    const line = kept.get(id);
    const isSame = line?.fundId === fundId && line.amountFen === amountFen;
    if (isSame) return [];
    return [
      {
        line: index + 1,
        fundId: line && line.fundId !== fundId ? line.fundId : null,
        amount: line && line.amountFen !== amountFen ? formatYuan(line.amountFen) : null,
        isLeftOut: line === undefined,
      },
    ];
  });
}

const named = (lines: Lines, lineIds: readonly string[]) =>
  `第 ${lines.flatMap(({ id }, index) => (lineIds.includes(id) ? [index + 1] : [])).join('、')} 行`;

/** The lines at fault moved to each other fund of the book that has the room. What draws on a contract cannot move. */
async function otherFunds(
  unit: Unit,
  spending: SpendingCase,
  judged: { readonly decision: Decision; readonly facts: Facts },
  objections: readonly Objection[],
): Promise<Way[]> {
  const isMovable = spending.stage === 'contract' || (spending.stage === 'submission' && !spending.contract);
  if (!isMovable) return [];
  const { decision, facts } = judged;
  const groups = [
    ...(decision.outcome === 'allow' ? [] : [linesAtFault(facts, decision)]),
    ...objections.flatMap(({ isOfFund, lineIds }) => (isOfFund ? [lineIds] : [])),
  ].filter((lineIds) => lineIds.length > 0);
  const ways: Way[] = [];
  for (const lineIds of distinct(groups)) {
    const moved = spending.lines.filter(({ id }) => lineIds.includes(id));
    const neededFen = sumFen(moved.map(({ amountFen }) => amountFen));
    for (const fund of await fundsWithRoom(unit, neededFen, new Set(moved.map(({ fundId }) => fundId)))) {
      const lines = spending.lines.map((line) =>
        lineIds.includes(line.id) ? { ...line, fundId: fund.fundId } : line,
      );
      if (!(await poolsHold(unit, lines, fund.fundId))) continue;
      const source = `“${fund.name}”（${fund.documentNo}，${SOURCE_LABELS[fund.type]}，可用 ${showYuan(fund.roomFen)} 元）`;
      ways.push({
        kind: 'other_fund',
        what: `${named(spending.lines, lineIds)}改由${source}支付`,
        lines,
        lineIds: [...lineIds],
        fundId: fund.fundId,
        amount: formatYuan(fund.roomFen),
      });
    }
  }
  return ways;
}

const distinct = (groups: readonly (readonly string[])[]) => [
  ...new Map(groups.map((group) => [[...group].sort().join(), group])).values(),
];

/** Lines that a stopping reason names, or whose fund it names; all of them where it is about the whole case. */
function linesAtFault(facts: Facts, { outcome, reasons }: Decision): string[] {
  const stopping = reasons.filter(({ effect }) => effect === outcome);
  return facts.lines
    .filter(({ lineId, fundId }) =>
      stopping.some((reason) =>
        reason.lineId !== null
          ? reason.lineId === lineId
          : reason.fundId === null || reason.fundId === fundId,
      ),
    )
    .map(({ lineId }) => lineId);
}

/** Less of what an objection is about, or nothing of it. */
function amountWays({ lineIds, limitFen }: Objection, lines: Lines): Way[] {
  if (lineIds.length === 0) return [];
  const without: Way = {
    kind: 'without_lines',
    what: `不报${named(lines, lineIds)}，只报其余各行`,
    lines: lines.filter(({ id }) => !lineIds.includes(id)),
    lineIds: [...lineIds],
  };
  if (limitFen === null || limitFen <= 0n) return [without];
  const together = lineIds.length > 1 ? '合计' : '';
  return [
    {
      kind: 'smaller_amount',
      what: `${named(lines, lineIds)}的金额${together}减到 ${showYuan(limitFen)} 元`,
      lines: cutLines(lines, ({ id }) => lineIds.includes(id), limitFen),
      lineIds: [...lineIds],
      amount: formatYuan(limitFen),
    },
    without,
  ];
}

function policyWay(trial: Trial, lines: Lines, facts: Facts): Way {
  const { kind, outcome } = trial;
  switch (trial.kind) {
    case 'evidence':
      return {
        kind,
        outcome,
        lines,
        what: `补附${trial.evidence.map((name) => EVIDENCE_LABELS[name]).join('、')}`,
        evidence: [...trial.evidence],
      };
    case 'smaller_amount':
      return {
        kind,
        outcome,
        lines: cutLines(lines, ({ fundId }) => fundId === trial.fundId, trial.amountFen),
        what: `${facts.funds[trial.fundId]?.documentNo}的金额减到 ${showYuan(trial.amountFen)} 元以内`,
        fundId: trial.fundId,
        amount: formatYuan(trial.amountFen),
      };
    case 'without_lines':
      return {
        kind,
        outcome,
        lines: lines.filter(({ id }) => !trial.lineIds.includes(id)),
        what: `不报${named(lines, trial.lineIds)}，只报其余各行`,
        lineIds: [...trial.lineIds],
      };
    case 'waiver':
      return {
        kind,
        outcome,
        lines,
        what: `就条款 ${trial.clauses.join('、')} 申请例外批准，批准并用于本单后`,
        clauses: [...trial.clauses],
      };
  }
}
