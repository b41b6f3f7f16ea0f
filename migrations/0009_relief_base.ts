import type { Engine } from '../src/db/store.js';
import { appendOnly, table } from './dialect.js';

/**
 * Bases of the 5% cap by level, with their evidence, and the year-end true-up. The table of bases is made anew, as
 * SQLite cannot change a check; rows declared before have none of the new columns.
 */
export function statements(engine: Engine): string[] {
  return [
    `alter table "expenditureBase" rename to "expenditureBase_0003"`,
    `drop index "expenditureBase_year"`,
    table(
      engine,
      'expenditureBase',
      `"id" TEXT primary key,
       "bookId" TEXT not null references "book"("id"),
       "year" INTEGER not null,
       "amountFen" FEN not null check ("amountFen" > 0),
       "basis" TEXT not null check ("basis" in ('estimate', 'projection', 'final')),
       "documentNo" TEXT not null,
       "declaredDate" TEXT not null,
       "logIndex" INTEGER not null,
       "documentDate" TEXT,
       "centralFen" FEN check ("centralFen" >= 0),
       "provincialFen" FEN check ("provincialFen" >= 0),
       "prefectureFen" FEN check ("prefectureFen" >= 0),
       "countyFen" FEN check ("countyFen" >= 0),
       "spentFen" FEN check ("spentFen" >= 0 and "spentFen" <= "amountFen"),
       "spentAsOf" TEXT,
       "attachmentId" TEXT references "attachment"("id"),
       constraint "expenditureBase_split" check (
         ("centralFen" is null) = ("provincialFen" is null) and ("centralFen" is null) = ("prefectureFen" is null)
         and ("centralFen" is null) = ("countyFen" is null)
         and ("centralFen" is null or "centralFen" + "provincialFen" + "prefectureFen" + "countyFen" = "amountFen")),
       constraint "expenditureBase_projected" check (
         ("spentFen" is null) = ("basis" <> 'projection') and ("spentAsOf" is null) = ("basis" <> 'projection'))`,
    ),
    `insert into "expenditureBase"
       ("id", "bookId", "year", "amountFen", "basis", "documentNo", "declaredDate", "logIndex")
       select "id", "bookId", "year", "amountFen", "basis", "documentNo", "declaredDate", "logIndex"
         from "expenditureBase_0003"`,
    `drop table "expenditureBase_0003"`,
    ...appendOnly(engine, 'expenditureBase', ['id']),
    `create index "expenditureBase_year" on "expenditureBase"("bookId", "year", "declaredDate")`,
    table(
      engine,
      'reliefTrueUp',
      `"id" TEXT primary key,
       "bookId" TEXT not null references "book"("id"),
       "year" INTEGER not null,
       "baseId" TEXT not null unique references "expenditureBase"("id"),
       "trueUpDate" TEXT not null,
       "capFen" FEN not null check ("capFen" >= 0),
       "paidFen" FEN not null check ("paidFen" >= 0),
       "committedFen" FEN not null check ("committedFen" >= 0),
       "overrunFen" FEN not null check ("overrunFen" >= 0),
       "note" TEXT not null,
       "recordedBy" TEXT not null,
       "logIndex" INTEGER not null`,
    ),
    ...appendOnly(engine, 'reliefTrueUp', ['id'], ['baseId']),
    `create index "reliefTrueUp_year" on "reliefTrueUp"("bookId", "year")`,
    table(
      engine,
      'reliefResolution',
      `"id" TEXT primary key,
       "bookId" TEXT not null references "book"("id"),
       "trueUpId" TEXT not null references "reliefTrueUp"("id"),
       "kind" TEXT not null check ("kind" in ('move_to_source', 'give_back')),
       "amountFen" FEN not null check ("amountFen" > 0),
       "entryId" TEXT not null references "ledgerEntry"("id"),
       "targetFundId" TEXT references "fund"("id"),
       "targetEntryId" TEXT references "ledgerEntry"("id"),
       "documentNo" TEXT not null,
       "recordedBy" TEXT not null,
       "logIndex" INTEGER not null,
       constraint "reliefResolution_target" check (
         ("targetFundId" is null) = ("kind" = 'give_back') and ("targetEntryId" is null) = ("kind" = 'give_back'))`,
    ),
    ...appendOnly(engine, 'reliefResolution', ['id']),
    `create index "reliefResolution_trueUp" on "reliefResolution"("trueUpId")`,
  ];
}
