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
    version: number;
    /** The book whose log tells this row; null only while an old installation is taken over. */
    registeredIn: string;
  };
  person: {
    id: string;
    loginName: string;
    displayName: string;
    /** Where the person is employed; whose administrators manage the person and whose book logs it. */
    organisationId: string;
    passwordHash: string | null;
    isActive: number;
    createdAt: string;
    version: number;
    /** Blind index of the login name, which itself is sealed. */
    loginIndex: string;
    bookId: string;
  };
  roleGrant: {
    id: string;
    personId: string;
    organisationId: string;
    role: string;
    grantedBy: string;
    grantedAt: string;
    revokedAt: string | null;
    bookId: string;
  };
  session: { tokenHash: string; personId: string; createdAt: string; expiresAt: string; seal: string };
  apiToken: {
    id: string;
    tokenHash: string;
    personId: string;
    name: string;
    createdAt: string;
    expiresAt: string;
    revokedAt: string | null;
    bookId: string;
  };
  setupLink: {
    tokenHash: string;
    createdAt: string;
    expiresAt: string;
    usedAt: string | null;
    seal: string;
  };
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
    bookId: string;
  };
  idempotency: {
    actorId: string;
    key: string;
    requestHash: string;
    isRefusal: number;
    body: string;
    createdAt: string;
    /** MAC of the row under the master key. */
    seal: string;
  };
  book: {
    id: string;
    bureauId: string;
    name: string;
    createdAt: string;
    logSize: Generated<number>;
    logFrontier: Generated<string>;
    /** The book whose log tells that this one was opened: the upper level's; a topmost one tells it itself. */
    registeredIn: string;
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
  installation: { id: number; masterKeyId: string };
  vaultKey: { bookId: string; subject: string; wrappedKey: string };
  vaultValue: { digest: string; bookId: string; subject: string; ciphertext: string };
  signingKey: {
    id: string;
    bookId: string;
    /** `name+<key id>+<base64>` (C2SP signed note). */
    verifierKey: string;
    /** The private seed, sealed in the vault. */
    seed: string;
    createdIndex: number;
    createdAt: string;
    retiredAt: string | null;
    revokedAt: string | null;
    revokedReason: string | null;
  };
  checkpoint: { bookId: string; size: number; root: string; note: string };
  /** Roots of full blocks of 256 leaves: what proofs are made from; never trusted without checking. */
  logBlock: { bookId: string; blockIndex: number; root: string };
  witness: {
    id: string;
    bookId: string;
    name: string;
    verifierKey: string;
    createdAt: string;
    retiredAt: string | null;
  };
  cosignature: {
    id: string;
    bookId: string;
    size: number;
    witnessId: string;
    line: string;
    signedAt: string;
    logIndex: number;
  };
  timestamp: {
    id: string;
    bookId: string;
    size: number;
    /** DER, base64. */
    token: string;
    renewsId: string | null;
    signedAt: string;
    logIndex: number;
  };
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
    version: number;
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
    bookId: string;
  };
  expenditureBase: {
    id: string;
    bookId: string;
    year: number;
    amountFen: Fen;
    basis: 'estimate' | 'projection' | 'final';
    documentNo: string;
    declaredDate: string;
    logIndex: number;
    /** Null only in declarations made before it was asked for, as are the evidence and the parts below. */
    documentDate: string | null;
    centralFen: Fen | null;
    provincialFen: Fen | null;
    prefectureFen: Fen | null;
    countyFen: Fen | null;
    /** Of a projection: what was spent by `spentAsOf`. */
    spentFen: Fen | null;
    spentAsOf: string | null;
    attachmentId: string | null;
  };
  reliefTrueUp: {
    id: string;
    bookId: string;
    year: number;
    baseId: string;
    trueUpDate: string;
    capFen: Fen;
    paidFen: Fen;
    committedFen: Fen;
    overrunFen: Fen;
    note: string;
    recordedBy: string;
    logIndex: number;
  };
  reliefResolution: {
    id: string;
    bookId: string;
    trueUpId: string;
    kind: 'move_to_source' | 'give_back';
    amountFen: Fen;
    /** The entry that took the amount out of the numerator. */
    entryId: string;
    /** Where it is borne now; null for what was given back. */
    targetFundId: string | null;
    targetEntryId: string | null;
    documentNo: string;
    recordedBy: string;
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
  waiverUse: {
    waiverId: string;
    subjectId: string;
    subjectType: 'claim' | 'contract';
    bookId: string;
    appliedBy: string;
    appliedAt: string;
  };
}

export type Row<Table extends keyof Database> = Selectable<Database[Table]>;
export type NewRow<Table extends keyof Database> = Insertable<Database[Table]>;
