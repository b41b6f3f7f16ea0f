export { OVERVIEW_BASES, type OverviewFigure, UNIT_BASES } from './bases.js';
export { bookOverview } from './book.service.js';
export {
  type BookOverviewView,
  bookOverviewView,
  type Figures,
  type OverviewQuery,
  type OverviewView,
  overviewQuery,
  overviewView,
} from './overview.schema.js';
export { supervisionOverview } from './overview.service.js';
export {
  type ClauseStatistics,
  clauseStatisticsView,
  type Refusal,
  type RefusalPage,
  type RefusalQuery,
  refusalPage,
  refusalQuery,
  statisticsQuery,
} from './refusals.schema.js';
export { refusals } from './refusals.service.js';
export { clauseStatistics } from './statistics.service.js';
export { type TraceQuery, type TraceView, traceQuery, traceView } from './trace.schema.js';
export { traceOf } from './trace.service.js';
export { fundYears } from './years.service.js';
