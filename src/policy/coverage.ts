import { EVIDENCE_LABELS } from '../core/vocabulary.js';
import type { PackSet } from './load.js';
import { type SourceGrade, sourceOf } from './pack.schema.js';
import { PROCEDURES } from './procedures.js';

/** One clause and what carries it: rules, live evidence of a procedure, or the reason why it binds nobody. */
export interface CoverageRow {
  readonly pack: string;
  readonly clause: string;
  readonly documentNo: string;
  readonly section: string;
  readonly quotation: string;
  readonly grade: SourceGrade;
  readonly status: 'enforced' | 'procedural' | 'no_duty';
  /** Rule ids; or the evidence and where it shows; or the reason. */
  readonly by: readonly string[];
}

/** Every clause of every pack. A pack with an unaccounted clause does not load, so each row has its `by`. */
export function clauseCoverage({ packs }: Pick<PackSet, 'packs'>): CoverageRow[] {
  const procedures = Object.entries(PROCEDURES).map(([kind, { label }]) => [kind, label]);
  const labels: Readonly<Record<string, string>> = { ...EVIDENCE_LABELS, ...Object.fromEntries(procedures) };
  return packs.flatMap((pack) =>
    pack.clauses.map((clause) => {
      const { documentNo, grade } = sourceOf(pack, clause);
      const { id, section, quotation, status } = clause;
      const by =
        clause.status === 'procedural'
          ? [`${labels[clause.evidence.kind]}：${clause.evidence.where}`]
          : clause.status === 'no_duty'
            ? [clause.reason]
            : pack.rules
                .filter((rule) => rule.clause === id || rule.also.includes(id))
                .map((rule) => rule.id);
      return { pack: pack.document.id, clause: id, documentNo, section, quotation, grade, status, by };
    }),
  );
}
