import type { Fen } from '../../core/money.js';

/** Funds, their accounts and postings, and how money comes to a book and leaves it. */
export interface LedgerTables {
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
  accountDay: Moves & { day: string };
  accountMonth: Moves & { month: string };
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
  differenceNote: {
    id: string;
    bookId: string;
    /** What the difference is and the records that it lies between. */
    differenceKey: string;
    /** Of the three, what is null is left as it was said before. */
    ownerId: string | null;
    text: string | null;
    expectedDate: string | null;
    recordedBy: string;
    recordedAt: string;
    logIndex: number;
  };
}

/** What moved on an account in a business day or month; `withinFen` is what came from another account of its layer. */
interface Moves {
  fundId: string;
  layer: string;
  subject: string;
  inFen: Fen;
  outFen: Fen;
  withinFen: Fen;
}
