import { bookPage } from './book.js';
import { clausePage } from './clause.js';
import { coveragePage } from './coverage.js';
import { decisionPage } from './decision.js';
import { evidencePage } from './evidence.js';
import { jobPage, jobsPage } from './jobs.js';
import { logListPage } from './log.js';
import { logEntryPage } from './log-entry.js';
import { overviewPage } from './overview.js';
import { refusalsPage } from './refusals.js';
import { tracePage } from './trace.js';
import { verificationPage } from './verification.js';

/** Looking, sampling, following and proving: for auditors and supervisors, and for whoever answers to them. */
export const auditPages = [
  overviewPage,
  bookPage,
  refusalsPage,
  decisionPage,
  logListPage,
  logEntryPage,
  tracePage,
  coveragePage,
  clausePage,
  evidencePage,
  verificationPage,
  jobsPage,
  jobPage,
];
