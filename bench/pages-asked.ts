import { today } from '../src/core/dates.js';
import { PAGES as EVERY } from '../src/web/pages/index.js';
import type { PagesBook } from './pages-data.js';

export interface Site extends PagesBook {
  /** Address of the book. */
  readonly at: string;
  /** Place in the log of a decision. */
  readonly decisionIndex: number;
}
export type Role = 'operator' | 'finance' | 'payer' | 'reviewer' | 'auditor';
export type Looked = readonly [role: Role, path: (site: Site) => string];

const middle = <T>(values: readonly T[]) => values[values.length >> 1] as T;
const year = () => Number(today().slice(0, 4));
const inBook =
  (rest: string): Looked[1] =>
  ({ at }) =>
    `${at}${rest}`;
const ofClaim =
  (rest = ''): Looked[1] =>
  ({ at, claimIds }) =>
    `${at}/claims/${middle(claimIds)}${rest}`;

const EXPENDITURES = [
  'economic_class',
  'economic_item',
  'station',
  'unit',
  'provider',
  'service_item',
  'month',
];

/** Whole pages, as a browser asks for them: who looks, and at what. */
export const PAGES: readonly Looked[] = [
  ['operator', () => '/home'],
  ['reviewer', () => '/home'],
  ['finance', () => '/home'],
  ['payer', () => '/home'],
  ['auditor', () => '/home'],
  ['operator', inBook('/claims')],
  ['operator', inBook('/claims?status=returned')],
  ['operator', inBook('/claims/new')],
  ['operator', inBook('/claim-import')],
  ['reviewer', inBook('/review')],
  ['finance', inBook('/review')],
  ['finance', inBook('/claims')],
  ['finance', inBook('/claims?sort=amount&status=submitted')],
  ['finance', inBook('/claims?sort=amount')],
  ['finance', ofClaim()],
  ['finance', ofClaim('/sheet')],
  ['finance', inBook('/waivers')],
  ['finance', ({ at, waiverId }) => `${at}/waivers/${waiverId}`],
  ['finance', inBook('/waivers/new')],
  ['payer', inBook('/payments')],
  ['payer', inBook('/payments?tab=made')],
  ['finance', inBook('/funds')],
  ['finance', inBook('/funds/new')],
  ['finance', ({ at, fundIds }) => `${at}/funds/${middle(fundIds)}`],
  ['finance', inBook('/allotments')],
  ['finance', inBook('/allotments/new')],
  ['finance', inBook('/allotments/tree')],
  ['finance', inBook('/disbursements')],
  ['finance', inBook('/intakes')],
  ['finance', inBook('/relief')],
  ['finance', inBook('/contracts')],
  ['finance', inBook('/contracts/new')],
  ['finance', inBook('/providers')],
  ['finance', inBook('/provider-reports')],
  ['finance', inBook('/procedures')],
  ['finance', inBook('/procedures/new')],
  ['finance', inBook('/figures')],
  ['finance', inBook('/figures/new')],
  ['finance', inBook('/periods')],
  ['finance', inBook('/upper-comparison')],
  ['finance', inBook('/reports/usage')],
  ['finance', inBook(`/reports/usage?asOf=${year() - 1}-06-30`)],
  ['finance', inBook('/reports/usage/sheet')],
  ['finance', ({ at, fundIds }) => `${at}/reports/ledger?fundId=${middle(fundIds)}`],
  ['finance', inBook('/reports/trial-balance')],
  ['finance', inBook('/reports/flow')],
  ['finance', inBook(`/reports/flow?year=${year()}`)],
  ['finance', inBook('/reports/execution')],
  ...EXPENDITURES.map((by): Looked => ['finance', inBook(`/reports/expenditure?by=${by}`)]),
  ['finance', inBook(`/reports/expenditure?year=${year()}`)],
  ['finance', inBook(`/reports/expenditure?from=${year()}-01-01&until=${year()}-12-31`)],
  ['auditor', () => '/supervision'],
  ['auditor', inBook('/supervision')],
  ['auditor', inBook('/refusals')],
  ['auditor', inBook(`/refusals?year=${year() - 1}`)],
  ['auditor', inBook('/log')],
  ['auditor', inBook('/log/1000')],
  ['auditor', ({ at, decisionIndex }) => `${at}/decisions/${decisionIndex}`],
  ['auditor', ofClaim('/trace')],
  ['auditor', inBook('/coverage')],
  ['auditor', inBook('/coverage/SC-03')],
  ['auditor', inBook('/verification')],
  ['auditor', inBook('/evidence')],
  ['auditor', inBook('/checkpoints')],
];

/** Pages of a book that are left out, and why. */
const LEFT_OUT: Readonly<Record<string, string>> = {
  '/books/:bookId/contracts/:id':
    'one of some hundred contracts: what is paid on it, not the book, makes it long',
  '/books/:bookId/providers/:id': 'one of some dozen providers',
  '/books/:bookId/procedures/:id': 'one record made by hand',
  '/books/:bookId/claims/:id/edit': 'the form of a draft: that of /claims/new filled in',
  '/books/:bookId/provider-reports/new': 'a form for providers alone, with lists of their contracts',
  '/books/:bookId/erasures': 'a search of a person by name; seldom, by the administrator',
  '/books/:bookId/keys': 'a handful of keys',
};

const isOf = (pattern: string, path: string) =>
  new RegExp(`^${pattern.replaceAll(/:\w+/g, '[^/?]+')}$`).test(path.replace(/\?.*/, ''));

/** @throws Error naming the pages of a book that are neither measured nor left out for a reason. */
export function demandAllMeasured(site: Site): void {
  const paths = PAGES.map(([, path]) => path(site));
  const missing = EVERY.map(({ path }) => path)
    .filter((path) => path.startsWith('/books/:bookId/') && !Object.hasOwn(LEFT_OUT, path))
    .filter((path) => !paths.some((asked) => isOf(path, asked)));
  if (missing.length > 0) throw new Error(`not measured: ${missing.join(', ')}`);
}
