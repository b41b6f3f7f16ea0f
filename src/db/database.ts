import type { Generated, Insertable, Selectable } from 'kysely';
import type { Fen } from '../core/money.js';

/** The tables of `migrations/`, as Kysely sees them. `…Fen` columns are bigint on both engines. */
export interface Database {
  organisation: {
    id: string;
    kind: string;
    name: string;
    parentId: string | null;
    path: string;
    divisionCode: string;
    creditCode: string | null;
    providerKind: string | null;
    districtClass: string | null;
    openedDate: string;
    closedDate: string | null;
    createdAt: string;
    version: Generated<number>;
  };
  person: {
    id: string;
    loginName: string;
    displayName: string;
    /** Where the person is employed; whose administrators manage the person and whose book logs it. */
    organisationId: string;
    passwordHash: string | null;
    isActive: Generated<number>;
    createdAt: string;
    version: Generated<number>;
  };
  roleGrant: {
    id: string;
    personId: string;
    organisationId: string;
    role: string;
    grantedBy: string;
    grantedAt: string;
    revokedAt: string | null;
  };
  session: { tokenHash: string; personId: string; createdAt: string; expiresAt: string };
  apiToken: {
    id: string;
    tokenHash: string;
    personId: string;
    name: string;
    createdAt: string;
    expiresAt: string;
    revokedAt: string | null;
  };
  setupLink: { tokenHash: string; createdAt: string; expiresAt: string; usedAt: string | null };
  sanction: {
    id: string;
    providerId: string;
    bureauId: string;
    kind: 'blacklist' | 'exit';
    documentNo: string;
    reason: string;
    fromDate: string;
    untilDate: string | null;
    settledDate: string | null;
    createdAt: string;
  };
  idempotency: {
    actorId: string;
    key: string;
    requestHash: string;
    isRefusal: number;
    body: string;
    createdAt: string;
  };
  book: {
    id: string;
    bureauId: string;
    name: string;
    createdAt: string;
    logSize: Generated<number>;
    logFrontier: Generated<string>;
  };
  logEntry: {
    bookId: string;
    logIndex: number;
    leafHash: string;
    body: string;
    recordedAt: string;
    action: string;
    subjectType: string;
    subjectId: string;
    outcome: string | null;
  };
  commitment: { digest: string; bookId: string; salt: string; value: string };
  fund: {
    id: string;
    bookId: string;
    type: string;
    level: string;
    year: number;
    name: string;
    documentNo: string;
    documentDate: string;
    programme: string | null;
    terms: string;
    isExample: number;
    createdAt: string;
    version: Generated<number>;
  };
  account: { fundId: string; layer: string; subject: string; balanceFen: Fen };
  period: { bookId: string; month: string; closedAt: string; closedBy: string };
  ledgerEntry: {
    id: string;
    bookId: string;
    logIndex: number;
    kind: string;
    effectiveDate: string;
    recordedAt: string;
    subjectType: string;
    subjectId: string;
    reversesId: string | null;
  };
  posting: {
    entryId: string;
    seq: number;
    fundId: string;
    fromLayer: string;
    fromSubject: string;
    toLayer: string;
    toSubject: string;
    amountFen: Fen;
  };
  fundDocument: {
    id: string;
    bookId: string;
    fundId: string;
    kind: 'plan' | 'grant' | 'arrival' | 'valuation' | 'return';
    documentNo: string;
    effectiveDate: string;
    amountFen: Fen;
    counterparty: string;
    logIndex: number;
  };
  consent: {
    id: string;
    fundId: string;
    fromDate: string;
    documentNo: string;
    terms: string;
    logIndex: number;
  };
  expenditureBase: {
    id: string;
    bookId: string;
    year: number;
    amountFen: Fen;
    basis: 'estimate' | 'final';
    documentNo: string;
    declaredDate: string;
    logIndex: number;
  };
  allotment: {
    id: string;
    bookId: string;
    fundId: string;
    documentNo: string;
    effectiveDate: string;
    amountFen: Fen;
    documentTotalFen: Fen | null;
    documentRecipients: number | null;
    documentParts: number | null;
    logIndex: number;
  };
  allotmentItem: {
    id: string;
    allotmentId: string;
    bookId: string;
    fundId: string;
    recipientId: string;
    recipientBookId: string | null;
    amountFen: Fen;
    parts: string;
  };
  disbursement: {
    id: string;
    bookId: string;
    fundId: string;
    allotmentItemId: string;
    recipientBookId: string;
    voucherNo: string;
    effectiveDate: string;
    amountFen: Fen;
    logIndex: number;
  };
  intake: {
    id: string;
    bookId: string;
    fundId: string;
    kind: 'allotment' | 'disbursement';
    issueId: string;
    issueBookId: string;
    issueLogIndex: number;
    issueLeafHash: string;
    documentNo: string;
    effectiveDate: string;
    amountFen: Fen;
    logIndex: number;
  };
  acknowledgement: { disbursementId: string; bookId: string; intakeId: string; logIndex: number };
  statedFigure: {
    id: string;
    bookId: string;
    topic: string;
    basis: string;
    sourceType: string | null;
    amountFen: Fen;
    qualifier: string;
    asOf: string;
    sourceName: string;
    sourceSection: string;
    logIndex: number;
  };
  figureExplanation: {
    id: string;
    bookId: string;
    topic: string;
    text: string;
    personId: string;
    figureCount: number;
    createdAt: string;
    logIndex: number;
  };
  attachment: {
    id: string;
    bookId: string;
    sha256: string;
    fileName: string;
    mediaType: string;
    sizeBytes: number;
    uploadedBy: string;
    createdAt: string;
    logIndex: number;
  };
  invoice: {
    id: string;
    number: string;
    sellerName: string;
    issuedDate: string;
    faceFen: Fen;
    usedFen: Fen;
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
    version: Generated<number>;
  };
  contractEvidence: {
    id: string;
    contractId: string;
    kind: string;
    date: string;
    documentNo: string;
    attachmentId: string | null;
  };
  evaluation: {
    id: string;
    contractId: string;
    kind: 'interim' | 'final';
    executionYear: number;
    date: string;
    grade: string;
    evaluatorCreditCode: string;
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
    isCoSigned: Generated<number>;
    approverId: string | null;
    outcome: string | null;
    decisionIndex: number | null;
    holdEntryId: string | null;
    createdAt: string;
    version: Generated<number>;
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
}

export type Row<Table extends keyof Database> = Selectable<Database[Table]>;
export type NewRow<Table extends keyof Database> = Insertable<Database[Table]>;
