import type { Generated } from 'kysely';

/** Books with their logs, what seals and signs them, and what the installation keeps. */
export interface AuditTables {
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
    /** Who acted, as the body says. */
    actorId: string;
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
}
