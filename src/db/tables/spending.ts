import type { Fen } from '../../core/money.js';

/** Contracts, claims and payments with their documents. */
export interface SpendingTables {
  attachment: {
    id: string;
    bookId: string;
    /** Of the ciphertext; the file's name on disk. */
    contentSha256: string;
    /** SHA-256 of 16 random bytes and the file in clear. */
    plainCommitment: string;
    fileName: string;
    mediaType: string;
    sizeBytes: number;
    uploadedBy: string;
    createdAt: string;
    logIndex: number;
  };
  /** What all books of the installation use of an invoice; the row goes when the last use does. */
  invoice: { number: string; identity: string; faceFen: Fen; usedFen: Fen };
  invoiceUse: {
    bookId: string;
    ownerId: string;
    number: string;
    /** Blind index of seller and day, equal wherever the invoice is the same. */
    identity: string;
    faceFen: Fen;
    amountFen: Fen;
  };
  contract: {
    id: string;
    bookId: string;
    contractNo: string;
    title: string;
    buyerId: string;
    providerId: string;
    signedDate: string;
    startDate: string;
    endDate: string;
    pricing: string | null;
    budgetCode: string | null;
    renewsId: string | null;
    unitLabourCostFen: Fen | null;
    certifiedWorkersPerStation: number | null;
    fulltimeWorkersPerStation: number | null;
    amountFen: Fen;
    paidFen: Fen;
    status: 'pending' | 'signed' | 'closed';
    makerId: string;
    schedule: string;
    version: number;
  };
  contractEvidence: {
    id: string;
    contractId: string;
    kind: string;
    date: string;
    documentNo: string;
    attachmentId: string | null;
    bookId: string;
  };
  evaluation: {
    id: string;
    contractId: string;
    kind: 'interim' | 'final';
    executionYear: number;
    date: string;
    grade: string;
    evaluatorCreditCode: string;
    bookId: string;
  };
  claim: {
    id: string;
    bookId: string;
    organisationId: string;
    contractId: string | null;
    title: string;
    payeeType: string;
    payeeId: string | null;
    payeeName: string;
    businessDate: string;
    isFinalPayment: number;
    amountFen: Fen;
    paidFen: Fen;
    refundedFen: Fen;
    status: string;
    makerId: string;
    reviewerId: string | null;
    isCoSigned: number;
    approverId: string | null;
    outcome: string | null;
    decisionIndex: number | null;
    holdEntryId: string | null;
    createdAt: string;
    version: number;
  };
  /** A claim and a fund that a line of it draws on, for lists by fund: kept by triggers, compared by `verify`. */
  claimFund: {
    bookId: string;
    fundId: string;
    claimId: string;
    status: string;
    createdAt: string;
    businessDate: string;
    amountFen: Fen;
  };
  spendingLine: {
    id: string;
    ownerType: 'contract' | 'claim' | 'provider_report';
    ownerId: string;
    seq: number;
    fundId: string;
    amountFen: Fen;
    paidFen: Fen;
    refundedFen: Fen;
    economicCode: string | null;
    serviceItem: string | null;
    beneficiaryGroups: string | null;
    stationId: string | null;
    endUser: string | null;
    rosterCoverage: string | null;
    description: string;
    invoice: string | null;
    evidence: string;
    pool: string;
    bookId: string;
  };
  /** Lines of claims that count, summed by what reports tell apart ('': left open): kept by triggers, compared by `verify`. */
  spendingSum: {
    fundId: string;
    organisationId: string;
    stationId: string;
    economicCode: string;
    serviceItem: string;
    contractId: string;
    payeeType: string;
    payeeId: string;
    lines: number;
    /** Claims of a unit and budget year, each with the first of its lines for them. */
    claims: number;
    heldFen: Fen;
    spentFen: Fen;
  };
  /** Shares of payments, refunds and reversals of a month, summed by the same: kept by triggers, compared by `verify`. */
  spendingMonth: {
    fundId: string;
    /** YYYY-MM of 业务日期. */
    month: string;
    organisationId: string;
    stationId: string;
    economicCode: string;
    serviceItem: string;
    contractId: string;
    payeeType: string;
    payeeId: string;
    shares: number;
    /** Paid less given back and reversed; may be below zero. */
    netFen: Fen;
  };
  payment: {
    id: string;
    bookId: string;
    claimId: string;
    kind: 'payment' | 'refund' | 'reversal';
    voucherNo: string;
    effectiveDate: string;
    amountFen: Fen;
    /** JSON [[line id, Fen as text], …]. */
    lines: string;
    entryId: string;
    reversesId: string | null;
    personId: string;
    logIndex: number;
  };
  providerReport: {
    id: string;
    bookId: string;
    contractId: string;
    businessDate: string;
    amountFen: Fen;
    makerId: string;
    outcome: string;
    decisionIndex: number;
    createdAt: string;
  };
  /** A claim that is still being filled in; only its maker sees it, and no log tells it. */
  unfinishedClaim: {
    id: string;
    bookId: string;
    personId: string;
    /** The draft that it edits; null for a new claim. */
    claimId: string | null;
    /** The key of `content`, of this row alone. */
    wrappedKey: string;
    /** Form values as canonical JSON, encrypted, base64. */
    content: string;
    createdAt: string;
    updatedAt: string;
    version: number;
    /** MAC of the row under the master key. */
    seal: string;
  };
}
