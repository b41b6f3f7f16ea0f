import type { Engine } from '../src/db/store.js';
import { appendOnly, table } from './dialect.js';

/**
 * Evidence: the vault of sealed values, signing keys, checkpoints with what witnesses and time stampers said of them,
 * whose log tells each row, invoices by use, and seals of the rows that no log tells.
 */
export function statements(engine: Engine): string[] {
  const addColumn = (name: string, column: string, type = 'TEXT') =>
    `alter table "${name}" add column "${column}" ${type}`;
  return [
    ...['organisation', 'book'].map((name) => addColumn(name, 'registeredIn')),
    ...TOLD.map((name) => addColumn(name, 'bookId')),
    ...[...TOLD, 'organisation', 'book'].map((name) => {
      const column = name === 'organisation' || name === 'book' ? 'registeredIn' : 'bookId';
      return `create index "${name}_told" on "${name}"("${column}")`;
    }),
    addColumn('person', 'loginIndex'),
    `create unique index "person_login" on "person"("loginIndex")`,
    ...['session', 'setupLink', 'idempotency'].map((name) => addColumn(name, 'seal')),
    `drop table "commitment"`,
    table(
      engine,
      'installation',
      `"id" INTEGER primary key check ("id" = 1),
       "masterKeyId" TEXT not null`,
    ),
    table(
      engine,
      'vaultKey',
      `"bookId" TEXT not null references "book"("id"),
       "subject" TEXT not null,
       "wrappedKey" TEXT not null,
       primary key ("bookId", "subject")`,
    ),
    table(
      engine,
      'vaultValue',
      `"digest" TEXT primary key,
       "bookId" TEXT not null references "book"("id"),
       "subject" TEXT not null,
       "ciphertext" TEXT not null`,
    ),
    `create index "vaultValue_subject" on "vaultValue"("bookId", "subject")`,
    `drop table "invoice"`,
    table(
      engine,
      'invoice',
      `"number" TEXT primary key,
       "identity" TEXT not null,
       "faceFen" FEN not null check ("faceFen" > 0),
       "usedFen" FEN not null check ("usedFen" >= 0),
       constraint "invoice_within_face" check ("usedFen" <= "faceFen")`,
    ),
    table(
      engine,
      'invoiceUse',
      `"bookId" TEXT not null references "book"("id"),
       "ownerId" TEXT not null,
       "number" TEXT not null,
       "identity" TEXT not null,
       "faceFen" FEN not null,
       "amountFen" FEN not null check ("amountFen" > 0),
       primary key ("bookId", "ownerId", "number")`,
    ),
    `create index "invoiceUse_number" on "invoiceUse"("number")`,
    // PostgreSQL asks for the key that points at the table; in SQLite it points at whatever has the name.
    ...(engine === 'postgres'
      ? [`alter table "contractEvidence" drop constraint "contractEvidence_attachmentId_fkey"`]
      : []),
    `drop table "attachment"`,
    table(
      engine,
      'attachment',
      `"id" TEXT primary key,
       "bookId" TEXT not null references "book"("id"),
       "contentSha256" TEXT not null,
       "plainCommitment" TEXT not null,
       "fileName" TEXT not null,
       "mediaType" TEXT not null,
       "sizeBytes" INTEGER not null,
       "uploadedBy" TEXT not null,
       "createdAt" TEXT not null,
       "logIndex" INTEGER not null`,
    ),
    ...appendOnly(engine, 'attachment', ['id']),
    ...(engine === 'postgres'
      ? [
          `alter table "contractEvidence" add constraint "contractEvidence_attachmentId_fkey"
             foreign key ("attachmentId") references "attachment"("id")`,
        ]
      : []),
    table(
      engine,
      'signingKey',
      `"id" TEXT primary key,
       "bookId" TEXT not null references "book"("id"),
       "verifierKey" TEXT not null,
       "seed" TEXT not null,
       "createdIndex" INTEGER not null,
       "createdAt" TEXT not null,
       "retiredAt" TEXT,
       "revokedAt" TEXT,
       "revokedReason" TEXT`,
    ),
    `create index "signingKey_book" on "signingKey"("bookId")`,
    table(
      engine,
      'checkpoint',
      `"bookId" TEXT not null references "book"("id"),
       "size" INTEGER not null,
       "root" TEXT not null,
       "note" TEXT not null,
       primary key ("bookId", "size")`,
    ),
    ...appendOnly(engine, 'checkpoint', ['bookId', 'size']),
    table(
      engine,
      'logBlock',
      `"bookId" TEXT not null references "book"("id"),
       "blockIndex" INTEGER not null,
       "root" TEXT not null,
       primary key ("bookId", "blockIndex")`,
    ),
    table(
      engine,
      'witness',
      `"id" TEXT primary key,
       "bookId" TEXT not null references "book"("id"),
       "name" TEXT not null,
       "verifierKey" TEXT not null,
       "createdAt" TEXT not null,
       "retiredAt" TEXT,
       unique ("bookId", "verifierKey")`,
    ),
    table(
      engine,
      'cosignature',
      `"id" TEXT primary key,
       "bookId" TEXT not null references "book"("id"),
       "size" INTEGER not null,
       "witnessId" TEXT not null references "witness"("id"),
       "line" TEXT not null,
       "signedAt" TEXT not null,
       "logIndex" INTEGER not null`,
    ),
    ...appendOnly(engine, 'cosignature', ['id']),
    `create index "cosignature_checkpoint" on "cosignature"("bookId", "size")`,
    table(
      engine,
      'timestamp',
      `"id" TEXT primary key,
       "bookId" TEXT not null references "book"("id"),
       "size" INTEGER not null,
       "token" TEXT not null,
       "renewsId" TEXT references "timestamp"("id"),
       "signedAt" TEXT not null,
       "logIndex" INTEGER not null`,
    ),
    ...appendOnly(engine, 'timestamp', ['id']),
    `create index "timestamp_checkpoint" on "timestamp"("bookId", "size")`,
  ];
}

/** Tables that said only through others which book's log tells them. */
const TOLD = [
  'person',
  'roleGrant',
  'apiToken',
  'sanction',
  'consent',
  'spendingLine',
  'contractEvidence',
  'evaluation',
];
