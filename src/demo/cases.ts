import type { DecisionView } from '../contracts/index.js';
import { DomainError } from '../core/errors.js';
import { parseYuan, showYuan } from '../core/money.js';
import { SOURCE_LABELS, type SourceType } from '../core/vocabulary.js';
import type { Decision, Outcome } from '../policy/index.js';
import { type Column, tableHead, tableRow } from './print.js';

export const OUTCOME_LABELS: Readonly<Record<Outcome, string>> = {
  allow: '允许',
  review: '复核',
  block: '拦截',
};

/** What is tried, and what must come of it; anything else stops the demonstration. */
export interface Trial<Result = unknown> {
  /** Whose money: 省级奖补2022·青羊区. */
  readonly source: string;
  /** Yuan text. */
  readonly amount: string;
  readonly outcome: Outcome;
  /** Rule of the packs that must be among the reasons, or the code of a refusal that is not a rule's. */
  readonly rule: string;
  /** Clause of a finding that no rule makes: a sum, a duty, a balance, or a permission by silence. */
  readonly clause?: string;
  /** The sentence where nothing objects, which the engine leaves unsaid. */
  readonly because?: string;
  /** Rules that must not speak. */
  readonly absent?: readonly string[];
  readonly work: () => Promise<Result>;
}

/** One printed row. */
export interface CaseRow {
  readonly group: string;
  readonly source: string;
  readonly amount: string;
  readonly outcome: Outcome;
  readonly rule: string;
  readonly clause: string;
  readonly reason: string;
}

/** What rule-based decisions share, as a view or as the engine has them. */
type Judged = Pick<Decision | DecisionView, 'outcome'> & {
  readonly reasons: readonly (Pick<
    Decision['reasons'][number],
    'rule' | 'pack' | 'documentNo' | 'clause' | 'message' | 'effect' | 'quotation'
  > & { readonly remedies: readonly object[]; readonly figures: readonly (readonly string[])[] })[];
};

const COLUMNS: readonly Column[] = [
  ['来源', 44],
  ['金额（元）', 15, 'right'],
  ['裁定', 4],
  ['条款', 32],
  ['理由', 0],
];

/** Short names of documents whose own citation is a sentence. */
const DOCUMENT_NAMES: Readonly<Record<string, string>> = {
  'sc-2022-pilot': '四川2022试点通知',
  'sc-plan-14-5': '四川“十四五”规划',
  'yn-2022-meeting': '云南2022年中会',
};

/** Tries cases, prints each as one aligned row, and remembers them. */
export class CaseBook {
  readonly rows: CaseRow[] = [];
  #group = '';

  constructor(private readonly say: (line: string) => void) {}

  /** Opens a group of rows. */
  group(title: string): void {
    this.#group = title;
    this.say('');
    this.say(`▍${title}`);
    this.say(tableHead(COLUMNS));
  }

  /** @throws Error when the outcome or the ground is not the expected one. */
  async try<Result>(trial: Trial<Result>): Promise<Result | null> {
    let result: Result | null = null;
    let judged: Judged | null = null;
    let refusal: DomainError | null = null;
    try {
      result = await trial.work();
      judged = decisionIn(result);
    } catch (thrown) {
      if (!(thrown instanceof DomainError)) throw thrown;
      refusal = thrown;
      judged = decisionIn(thrown.options.details);
    }
    this.#record(trial, judged, refusal);
    return result;
  }

  /** As `try`, for what must go through: gives back what the work gave. */
  async pass<Result>(trial: Trial<Result>): Promise<Result> {
    const result = await this.try(trial);
    if (result === null) throw new Error(`demo case gave nothing back: ${this.#group} / ${trial.source}`);
    return result;
  }

  #record(trial: Trial, judged: Judged | null, refusal: DomainError | null): void {
    const outcome: Outcome = refusal ? 'block' : (judged?.outcome ?? 'allow');
    const reason = judged?.reasons.find((candidate) => candidate.rule === trial.rule);
    const isCode = refusal !== null && refusal.code === trial.rule;
    const isSilence = trial.because !== undefined && refusal === null && !reason;
    const unwanted = judged?.reasons.find((candidate) => trial.absent?.includes(candidate.rule));
    if (outcome !== trial.outcome || unwanted || !(reason || isCode || isSilence)) {
      throw new Error(explain(this.#group, trial, outcome, judged, refusal));
    }
    const clause = trial.clause ?? (reason ? clauseOf(reason) : trial.rule);
    const text = reason?.message ?? refusal?.message ?? (trial.because as string);
    const row = { group: this.#group, source: trial.source, amount: showYuan(parseYuan(trial.amount)) };
    this.rows.push({ ...row, outcome, rule: trial.rule, clause, reason: text });
    this.say(tableRow(COLUMNS, [row.source, row.amount, OUTCOME_LABELS[outcome], clause, text]));
    if (outcome === 'block' && reason) for (const hint of hintsOf(reason)) this.say(`    ↳ ${hint}`);
  }

  count(outcome: Outcome): number {
    return this.rows.filter((row) => row.outcome === outcome).length;
  }
}

function decisionIn(value: unknown): Judged | null {
  if (typeof value !== 'object' || value === null || !('decision' in value)) return null;
  return value.decision as Judged;
}

/** “SC-03 川民发〔2023〕11号”; the year of a law's version is left to the full decision. */
const clauseOf = (reason: Judged['reasons'][number]) =>
  `${reason.clause} ${DOCUMENT_NAMES[reason.pack] ?? reason.documentNo.replace(/（[^）]*）$/, '')}`;

/** What a refusal adds: the room that is left, and which other money may pay by which clause. */
function hintsOf(reason: Judged['reasons'][number]): string[] {
  const hints = reason.figures
    .filter(([label]) => label === '本次之前的余额')
    .map(([label, value]) => `${label} ${value}`);
  const remedies = reason.remedies as readonly { kind?: string; sources?: SourceType[]; clause?: string }[];
  const others = remedies
    .filter((remedy) => remedy.kind === 'other_source')
    .map(
      ({ sources, clause }) =>
        `${(sources ?? []).map((source) => SOURCE_LABELS[source]).join('、')}（${clause}）`,
    );
  if (others.length > 0) hints.push(`引“${reason.quotation}”；可改由 ${others.join('；或 ')}`);
  return hints;
}

function explain(
  group: string,
  trial: Trial,
  outcome: Outcome,
  judged: Judged | null,
  refusal: DomainError | null,
): string {
  const found = judged?.reasons.map((reason) => `${reason.rule}=${reason.effect}`).join(', ') ?? '';
  const said = refusal ? `${refusal.code}: ${refusal.message}` : '';
  return [
    `demo case differs: ${group} / ${trial.source} / ${trial.amount}`,
    `expected ${trial.outcome} by ${trial.rule}`,
    `got ${outcome}; reasons: ${found || 'none'}; refusal: ${said || 'none'}`,
  ].join('\n  ');
}
