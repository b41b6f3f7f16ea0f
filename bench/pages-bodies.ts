import { type CoverageRow, clauseCoverage, loadPacks, packsWithin } from '../src/policy/index.js';

interface Entry {
  readonly index: number;
  readonly at: string;
  readonly actorId: string;
  readonly action: string;
  readonly claimId: string;
  readonly outcome: string | null;
  /** Decisions of old entries are left out: nothing that is measured opens them, and they would fill the disk. */
  readonly isNewest: boolean;
}

const FINDINGS = 3;

/** Bodies of log entries as long as real ones, with decisions that name rules of the packs. */
export class Bodies {
  readonly #rows = clauseCoverage({
    packs: packsWithin(loadPacks(), '510521', '2020-01-01', '2030-12-31'),
  }).filter(({ status }) => status === 'enforced');

  constructor(private readonly bookId: string) {}

  of({ index, at, actorId, action, claimId, outcome, isNewest }: Entry): string {
    const isDecided = isNewest && outcome !== null;
    const effect = outcome === 'review' ? 'review' : outcome === 'allow' ? 'pass' : 'block';
    return JSON.stringify({
      v: 2,
      book: this.bookId,
      index,
      at,
      actor: actorId,
      action,
      subject: { type: 'claim', id: claimId },
      ...(isDecided
        ? {
            decision: {
              engine: 'policy/2',
              outcome: effect === 'block' ? 'block' : outcome,
              packs: [
                { id: 'cn-national', sha256: 'f'.repeat(64) },
                { id: 'sc-2022', sha256: 'e'.repeat(64) },
              ],
              reasons: Array.from({ length: FINDINGS }, (_, n) => this.#reason(index + n, effect, claimId)),
            },
            facts: {
              stage: 'submission',
              divisionCode: '510521',
              businessDate: at.slice(0, 10),
              allotment: null,
              contract: null,
              funds: {},
              lines: [
                {
                  lineId: `${claimId}-0`,
                  fundId: 'bench',
                  amountFen: '600000',
                  economicCode: '30227',
                  serviceItem: 'elderly_service',
                  beneficiaryGroups: ['elderly'],
                  endUser: 'beneficiary',
                  evidence: [],
                  matchedTerms: [],
                  rosterCoverage: null,
                  stationId: null,
                  stationIsDeclared: null,
                  stationIsOpen: null,
                  stationKind: null,
                },
              ],
              payee: { type: 'supplier', blacklistings: [], hasUnsettledExit: null, providerKind: null },
              waivers: [],
            },
          }
        : {}),
      request: `bench-${index}`,
    });
  }

  #reason(n: number, effect: 'review' | 'pass' | 'block', claimId: string) {
    const { clause, documentNo, quotation, pack, by } = this.#rows[n % this.#rows.length] as CoverageRow;
    return {
      rule: by[0] as string,
      pack,
      documentNo,
      clause,
      quotation,
      isSourceVerified: true,
      effect,
      severity: effect,
      mode: 'enforce',
      lineId: `${claimId}-0`,
      fundId: null,
      message: '本行受益群体为其他社会公益，而这笔资金没有写明可用于其他社会公益，须经复核',
      figures: [['本年已用', '15,000,000.00 元']],
      headroomFen: null,
      headroomAfterFen: null,
      remedies: [{ kind: 'action', text: '登记写明的资助方向，或改填扶老、助残、救孤、济困对象' }],
      waiver: null,
    };
  }
}
