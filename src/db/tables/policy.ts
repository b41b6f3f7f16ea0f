import type { Fen } from '../../core/money.js';

/** What rules leave on record: exceptions, duties done, and the packs themselves. */
export interface PolicyTables {
  procedureRecord: {
    id: string;
    bookId: string;
    kind: string;
    year: number;
    fundId: string | null;
    contractId: string | null;
    date: string;
    documentNo: string | null;
    /** JSON [attachment id, …]. */
    attachments: string;
    title: string;
    note: string | null;
    recordedBy: string;
    recordedAt: string;
    withdrawnBy: string | null;
    withdrawnAt: string | null;
    withdrawnReason: string | null;
  };
  waiver: {
    id: string;
    bookId: string;
    clause: string;
    /** The only fund, and the only claim or contract, that it is for; one of the two is always given. */
    fundId: string | null;
    subjectType: 'claim' | 'contract' | null;
    subjectId: string | null;
    limitFen: Fen | null;
    reason: string;
    /** JSON list of attachment ids. */
    evidence: string;
    fromDate: string;
    untilDate: string;
    status: 'requested' | 'approved' | 'rejected' | 'revoked';
    requestedBy: string;
    requestedAt: string;
    /** 文号 of the approval. */
    documentNo: string | null;
    /** Who approved or rejected it. */
    decidedBy: string | null;
    decidedAt: string | null;
    decisionReason: string | null;
    revokedBy: string | null;
    revokedAt: string | null;
    revokedReason: string | null;
    version: number;
  };
  waiverUse: {
    waiverId: string;
    subjectId: string;
    subjectType: 'claim' | 'contract';
    bookId: string;
    appliedBy: string;
    appliedAt: string;
  };
  policyPack: {
    /** Of the bytes of `body`. */
    sha256: string;
    packId: string;
    documentNo: string;
    /** The YAML text. */
    body: string;
    /** Version of the engine that first loaded it. */
    engine: string;
    firstLoadedAt: string;
    seal: string;
  };
  policyPackSet: {
    /** Of `packs`. */
    sha256: string;
    /** SHA-256 of each pack of a set that was in force, in the set's order, joined by line feeds. */
    packs: string;
    firstLoadedAt: string;
    seal: string;
  };
}
