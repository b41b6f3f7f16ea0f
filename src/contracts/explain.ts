import type { Unit } from '../audit/index.js';
import { type Fen, formatYuan, showYuan, sumFen } from '../core/money.js';
import { EVIDENCE_LABELS, SOURCE_LABELS, type SourceType } from '../core/vocabulary.js';
import {
  type Decision,
  decide,
  explainDecision,
  type Facts,
  isBetter,
  type Outcome,
  type PackSet,
  type Trial,
  tryWays,
} from '../policy/index.js';
import { decisionView } from './contracts.views.js';
import type { ExplainedDecision, ExplanationView, WayOut } from './explanation.schema.js';
import { type SpendingCase, spendingFacts } from './facts.js';
import { poolOf } from './pools.js';

/** Funds tried as another source: those with the most room first. */
const MAX_FUNDS_TRIED = 20;
const MAX_FUNDS_TOLD = 5;

export interface Judged {
  readonly decision: Decision;
  readonly facts: Facts;
}

/** A judged case with its explanation; every way out was tried on the very case and judged again. */
export async function explainedCase(
  unit: Unit,
  packs: PackSet,
  spending: SpendingCase,
  judged: Judged,
): Promise<ExplainedDecision> {
  const explanation = await explainCase(unit, packs, spending, judged);
  return { ...decisionView(judged.decision), explanation, lineIds: spending.lines.map(({ id }) => id) };
}

export async function explainCase(
  unit: Unit,
  packs: PackSet,
  spending: SpendingCase,
  { decision, facts }: Judged,
): Promise<ExplanationView> {
  const numbers = new Map(facts.lines.map(({ lineId }, index) => [lineId, index + 1]));
  const named = (lineIds: readonly string[]) => `第 ${lineIds.map((id) => numbers.get(id)).join('、')} 行`;
  const funds = await tryOtherFunds(unit, packs, spending, { decision, facts });
  const ways = [
    ...funds.map((fund) => otherFundWay(fund, named)),
    ...tryWays(packs, facts, decision).map((trial) => wayOf(trial, facts, named)),
  ];
  const isFull = ({ outcome }: WayOut) => outcome === 'allow';
  return {
    paragraphs: explainDecision(packs, facts, decision),
    waysOut: [...ways.filter(isFull), ...ways.filter((way) => !isFull(way))],
  };
}

interface OtherFund {
  readonly fundId: string;
  readonly name: string;
  readonly documentNo: string;
  readonly type: SourceType;
  readonly roomFen: Fen;
  readonly lineIds: readonly string[];
  readonly outcome: Outcome;
}

/** The lines at fault moved to each other fund of the book that has the room. What draws on a contract cannot move. */
async function tryOtherFunds(
  unit: Unit,
  packs: PackSet,
  spending: SpendingCase,
  { decision, facts }: Judged,
): Promise<OtherFund[]> {
  const isMovable = spending.stage === 'contract' || (spending.stage === 'submission' && !spending.contract);
  const lineIds = isMovable ? linesAtFault(facts, decision) : [];
  if (lineIds.length === 0) return [];
  const moved = spending.lines.filter(({ id }) => lineIds.includes(id));
  const neededFen = sumFen(moved.map(({ amountFen }) => amountFen));
  const found: OtherFund[] = [];
  for (const fund of await fundsWithRoom(unit, neededFen, new Set(moved.map(({ fundId }) => fundId)))) {
    const lines = spending.lines.map((line) =>
      lineIds.includes(line.id) ? { ...line, fundId: fund.fundId } : line,
    );
    if (!(await poolsHold(unit, lines, fund.fundId))) continue;
    const { outcome } = decide(packs, await spendingFacts(unit, packs, { ...spending, lines }));
    if (isBetter(outcome, decision.outcome)) found.push({ ...fund, lineIds, outcome });
  }
  return found
    .sort((a, b) => (a.outcome === b.outcome ? 0 : a.outcome === 'allow' ? -1 : 1))
    .slice(0, MAX_FUNDS_TOLD);
}

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

async function fundsWithRoom(unit: Unit, neededFen: Fen, except: ReadonlySet<string>) {
  const rows = await unit.trx
    .selectFrom('fund')
    .innerJoin('account', 'account.fundId', 'fund.id')
    .select((select) => [
      'fund.id as fundId',
      'fund.name',
      'fund.documentNo',
      'fund.type',
      select.fn.sum<string>('account.balanceFen').as('room'),
    ])
    .where('fund.bookId', '=', unit.book.id)
    .where('account.layer', '=', 'available')
    .groupBy(['fund.id', 'fund.name', 'fund.documentNo', 'fund.type'])
    .execute();
  return rows
    .map(({ room, type, ...fund }) => ({ ...fund, type: type as SourceType, roomFen: BigInt(room) }))
    .filter(({ fundId, roomFen }) => roomFen >= neededFen && !except.has(fundId))
    .sort((a, b) =>
      a.roomFen === b.roomFen ? (a.fundId < b.fundId ? -1 : 1) : a.roomFen > b.roomFen ? -1 : 1,
    )
    .slice(0, MAX_FUNDS_TRIED);
}

/** Room may lie in another station's pool: each pool that the lines would draw on must hold what they draw. */
async function poolsHold(unit: Unit, lines: SpendingCase['lines'], fundId: string): Promise<boolean> {
  const drawn = new Map<string, Fen>();
  for (const line of lines.filter((each) => each.fundId === fundId)) {
    const subject = await poolOf(unit.trx, line);
    drawn.set(subject, (drawn.get(subject) ?? 0n) + line.amountFen);
  }
  const accounts = await unit.trx
    .selectFrom('account')
    .select(['subject', 'balanceFen'])
    .where('fundId', '=', fundId)
    .where('layer', '=', 'available')
    .where('subject', 'in', [...drawn.keys()])
    .execute();
  const held = new Map(accounts.map(({ subject, balanceFen }) => [subject, balanceFen]));
  return [...drawn].every(([subject, amountFen]) => (held.get(subject) ?? 0n) >= amountFen);
}

const RESULTS: Readonly<Record<'allow' | 'review', string>> = {
  allow: '试算可以通过',
  review: '试算转为人工复核',
};
const NOTHING_NAMED = { lineIds: [], fundId: null, amount: null, evidence: [], clauses: [] };

function otherFundWay(fund: OtherFund, named: (lineIds: readonly string[]) => string): WayOut {
  const outcome = fund.outcome as WayOut['outcome'];
  const source = `“${fund.name}”（${fund.documentNo}，${SOURCE_LABELS[fund.type]}，可用 ${showYuan(fund.roomFen)} 元）`;
  return {
    ...NOTHING_NAMED,
    kind: 'other_fund',
    outcome,
    text: `${named(fund.lineIds)}改由${source}支付：${RESULTS[outcome]}`,
    lineIds: [...fund.lineIds],
    fundId: fund.fundId,
    amount: formatYuan(fund.roomFen),
  };
}

function wayOf(trial: Trial, facts: Facts, named: (lineIds: readonly string[]) => string): WayOut {
  const outcome = trial.outcome as WayOut['outcome'];
  const way = (what: string, more: Partial<WayOut>): WayOut => ({
    ...NOTHING_NAMED,
    kind: trial.kind,
    outcome,
    text: `${what}：${RESULTS[outcome]}`,
    ...more,
  });
  switch (trial.kind) {
    case 'evidence':
      return way(`补附${trial.evidence.map((kind) => EVIDENCE_LABELS[kind]).join('、')}`, {
        evidence: [...trial.evidence],
      });
    case 'smaller_amount':
      return way(`${facts.funds[trial.fundId]?.documentNo}的金额减到 ${showYuan(trial.amountFen)} 元以内`, {
        fundId: trial.fundId,
        amount: formatYuan(trial.amountFen),
      });
    case 'without_lines':
      return way(`不报${named(trial.lineIds)}，只报其余各行`, { lineIds: [...trial.lineIds] });
    case 'waiver':
      return way(`就条款 ${trial.clauses.join('、')} 申请例外批准，批准并用于本单后`, {
        clauses: [...trial.clauses],
      });
  }
}
