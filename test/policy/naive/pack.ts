import { createHash } from 'node:crypto';
import { parse } from 'yaml';

/**
 * Policy packs as docs/policy-packs.md describes them, read without a schema: the second opinion takes nothing from
 * src/policy but the types of facts. A key is optional here wherever the reference gives it a default or a kind.
 */
export interface NaiveRule {
  readonly id: string;
  readonly clause: string;
  readonly kind: string;
  readonly scope: {
    readonly sources: 'any' | readonly string[];
    readonly stages: readonly string[];
    readonly divisionPrefixes?: readonly string[];
    readonly levels?: readonly string[];
    readonly fundYears?: readonly number[];
    readonly programmes?: readonly string[];
    readonly exceptReliefWorkFunds?: boolean;
    readonly from?: string;
    readonly until?: string;
  };
  readonly severity: 'block' | 'review' | 'warn';
  readonly mode?: Mode;
  readonly modes?: readonly {
    readonly mode: Mode;
    readonly divisionPrefixes: readonly string[];
    readonly from?: string;
    readonly until?: string;
  }[];
  readonly overrides?: readonly string[];
  readonly alternatives?: readonly { readonly sources: readonly string[]; readonly clause: string }[];

  readonly verdict?: string;
  readonly codes?: readonly string[];
  readonly exceptCodes?: readonly string[];
  readonly unlessCodes?: readonly string[];
  readonly serviceItems?: readonly string[];
  readonly exemptItems?: readonly string[];
  readonly directItems?: readonly string[];
  readonly catalogues?: readonly string[];
  readonly endUsers?: readonly string[];
  readonly denied?: readonly string[];
  readonly channel?: string;
  readonly keywords?: readonly string[];
  readonly facts?: readonly string[];
  readonly purposes?: readonly string[];
  readonly whenNamed?: readonly string[];
  readonly reviewGroups?: readonly string[];
  readonly groups?: readonly string[];
  readonly evidence?: readonly string[];
  readonly kinds?: readonly string[];
  readonly capParameter?: string;
  readonly warnFromParameter?: string;
  readonly levelsParameter?: string;
  readonly floorParameter?: string;
  readonly monthsParameter?: string;
  readonly minimumParameter?: string;
  readonly workers?: 'certifiedWorkersPerStation' | 'fulltimeWorkersPerStation';
  readonly beforeSigning?: readonly string[];
  readonly beforePayment?: readonly string[];
  readonly onFinalPayment?: boolean;
  readonly longerThanMonths?: number;
  readonly providerKinds?: readonly string[];
  readonly pricings?: readonly string[];
  readonly match?: 'all' | 'any';
  readonly grade?: string;
}

export type Mode = 'enforce' | 'warn' | 'audit';

export interface NaiveSource {
  readonly documentNo: string;
  readonly grade: string;
  readonly effectiveFrom: string;
  readonly effectiveUntil: string | null;
}

export interface NaiveClause {
  readonly id: string;
  readonly quotation: string;
  readonly source?: string;
  readonly nonWaivable?: string;
}

export interface NaiveParameter {
  readonly id: string;
  readonly unit: string;
  readonly value: string | null;
  readonly from: string;
  readonly until: string | null;
}

export interface NaivePack {
  readonly document: NaiveSource & { readonly id: string; readonly jurisdiction: readonly string[] };
  readonly sources?: Readonly<Record<string, NaiveSource>>;
  readonly clauses: readonly NaiveClause[];
  readonly parameters?: readonly NaiveParameter[];
  readonly rules: readonly NaiveRule[];
}

/** A pack as it was read: each rule beside the clause that it carries out and the document of that clause. */
export type ReadPack = NaivePack & {
  readonly sha256: string;
  readonly stated: readonly {
    readonly rule: NaiveRule;
    readonly clause: NaiveClause;
    readonly source: NaiveSource;
  }[];
};

export function readPack(text: string): ReadPack {
  const pack = parse(text, { merge: true }) as NaivePack;
  const stated = pack.rules.map((rule) => {
    const clause = pack.clauses.find(({ id }) => id === rule.clause)!;
    const source = clause.source === undefined ? pack.document : pack.sources![clause.source]!;
    return { rule, clause, source };
  });
  return { ...pack, sha256: createHash('sha256').update(text).digest('hex'), stated };
}

/** The text of a parameter on a date; null is unknown. */
export function valueOn(packs: readonly NaivePack[], id: string | undefined, date: string): string | null {
  for (const pack of packs) {
    for (const parameter of pack.parameters ?? []) {
      if (parameter.id !== id || date < parameter.from) continue;
      if (parameter.until === null || date <= parameter.until) return parameter.value;
    }
  }
  return null;
}

/** "0.05" with 6 decimals is 50000 millionths, "20000.5" with 2 is 2000050 Fen. */
export function scaled(text: string, decimals: number): bigint {
  const [whole, part = ''] = text.split('.');
  return BigInt(`${whole}${part.padEnd(decimals, '0')}`);
}

/** The same day of the month so many months later, or the month's last day where it lacks that day. */
export function monthsLater(date: string, months: number): string {
  const count = Number(date.slice(0, 4)) * 12 + Number(date.slice(5, 7)) - 1 + months;
  const year = Math.floor(count / 12);
  const month = (count % 12) + 1;
  const isLeap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const days = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]!;
  const two = (number: number) => String(number).padStart(2, '0');
  return `${year}-${two(month)}-${two(Math.min(Number(date.slice(8)), days))}`;
}
