export * from './access.js';
export { layerMovesByMonth, piecesOf } from './account-moves.js';
export {
  type AccountMoves,
  type AsOf,
  accountMoves,
  balancesOf,
  type FundAmounts,
  fundAmounts,
  type LayerTotals,
  layerTotals,
  settledAsOf,
} from './balances.js';
export { type BookBureau, bureauOfBook, fundOfBook } from './books.js';
export * from './books.schema.js';
export * from './books.service.js';
export { ENTRY_LABELS } from './entry-labels.js';
export * from './figures.service.js';
export { fundFacts, reliefBaseOf, reliefCapOf } from './fund-facts.js';
export * from './funds.schema.js';
export * from './funds.service.js';
export { getFund, listFundDocuments, listFunds } from './funds.views.js';
export {
  type Account,
  isSource,
  LAYER_LABELS,
  type Layer,
  pool,
  SOURCE_LAYERS,
  USE_LAYERS,
} from './layers.js';
export { type FundTitle, fundTitles } from './names.js';
export * from './periods.service.js';
export { type Entry, type EntryFault, entryFaults, type Posting, post } from './post.js';
export { demandNotBlocked, refuseWith } from './refusal.js';
export { reverseEntry } from './reverse.js';
