import type { BusinessDate } from '../core/dates.js';
import { EVIDENCE_LABELS, type EvidenceKind } from '../core/vocabulary.js';
import type { PackSet } from './load.js';
import { type Force, type Pack, type SourceGrade, sourceOf } from './pack.schema.js';
import { PROCEDURES, type Procedure } from './procedures.js';

/** One clause and what carries it: rules, live evidence of a procedure, or the reason why it binds nobody. */
export interface CoverageRow {
  readonly pack: string;
  readonly clause: string;
  readonly documentNo: string;
  readonly section: string;
  readonly force: Force;
  readonly text: string;
  readonly quotation: string;
  /** Why nobody may grant an exception; null where one may be granted. */
  readonly nonWaivable: string | null;
  readonly grade: SourceGrade;
  readonly status: 'enforced' | 'procedural' | 'no_duty';
  /** What shows a procedural clause, and where a person finds it; null for the others. */
  readonly evidenceKind: Procedure | EvidenceKind | null;
  readonly where: string | null;
  /** Days on which the document that it is quoted from is in force. */
  readonly effectiveFrom: BusinessDate;
  readonly effectiveUntil: BusinessDate | null;
  /** Rule ids; or the evidence and where it shows; or the reason. */
  readonly by: readonly string[];
}

const LABELS: Readonly<Record<string, string>> = {
  ...EVIDENCE_LABELS,
  ...Object.fromEntries(Object.entries(PROCEDURES).map(([kind, { label }]) => [kind, label])),
};

/** Every clause of every pack. A pack with an unaccounted clause does not load, so each row has its `by`. */
export function clauseCoverage({ packs }: Pick<PackSet, 'packs'>): CoverageRow[] {
  return packs.flatMap((pack) =>
    pack.clauses.map((clause) => {
      const { documentNo, grade, effectiveFrom, effectiveUntil } = sourceOf(pack, clause);
      const { id, section, force, text, quotation, nonWaivable = null, status } = clause;
      const { kind = null, where = null } = clause.status === 'procedural' ? clause.evidence : {};
      const by =
        clause.status === 'procedural'
          ? [`${LABELS[clause.evidence.kind]}：${clause.evidence.where}`]
          : clause.status === 'no_duty'
            ? [clause.reason]
            : pack.rules
                .filter((rule) => rule.clause === id || rule.also.includes(id))
                .map((rule) => rule.id);
      const words = { documentNo, section, force, text, quotation, nonWaivable, grade };
      const carried = { status, evidenceKind: kind, where, effectiveFrom, effectiveUntil, by };
      return { pack: pack.document.id, clause: id, ...words, ...carried };
    }),
  );
}

/** The packs that hold at a place on any day of a span. */
export const packsWithin = (
  { packs }: Pick<PackSet, 'packs'>,
  divisionCode: string,
  from: BusinessDate,
  until: BusinessDate,
): Pack[] =>
  packs.filter(
    ({ document: { jurisdiction, effectiveFrom, effectiveUntil } }) =>
      (jurisdiction.length === 0 || jurisdiction.some((prefix) => divisionCode.startsWith(prefix))) &&
      effectiveFrom <= until &&
      (effectiveUntil === null || effectiveUntil >= from),
  );
