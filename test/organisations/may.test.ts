import { test } from 'tap';
import {
  ACTIONS,
  type Action,
  type Actor,
  demand,
  may,
  ROLES,
  type Role,
  type Subject,
} from '../../src/organisations/may.js';

/** Grants at every kind of distance from a thing of the township station of county C. */
const PLACES = {
  own: 'P/A/C/T/S/',
  unitAbove: 'P/A/C/T/',
  unitBelow: 'P/A/C/T/S/V/',
  siblingUnit: 'P/A/C/T2/',
  bureau: 'P/A/C/',
  upper: 'P/A/',
  root: 'P/',
  siblingCounty: 'P/A/D/',
  namesake: 'P/A/C2/',
  foreign: 'Q/',
} as const;
type PlaceName = keyof typeof PLACES;
const SUBJECT: Subject = {
  bureauPath: 'P/A/C/',
  organisationPath: 'P/A/C/T/S/',
  makerId: 'maker',
  reviewerId: 'reviewer',
  approverId: 'approver',
};

/** Which places each reach covers for SUBJECT: written down, not computed. */
const COVERED: Readonly<Record<string, readonly PlaceName[]>> = {
  bureau: ['bureau'],
  unit: ['own', 'unitAbove', 'bureau'],
  self: ['own'],
  down: ['bureau', 'upper', 'root'],
  tree: ['own', 'unitAbove', 'bureau', 'upper', 'root'],
  kin: ['own', 'unitAbove', 'unitBelow', 'bureau', 'upper', 'root'],
};

/** The brief's list, action by action: role@reach. */
const EXPECTED: Readonly<Record<Action, string>> = {
  'book.enter': 'operator@kin reviewer@kin finance@kin payer@kin auditor@kin supervisor@kin admin@kin',
  'book.read': 'finance@down reviewer@down payer@down auditor@down supervisor@down admin@down',
  'book.verify': 'finance@down auditor@down supervisor@down admin@down',
  'unit.read': 'operator@unit reviewer@unit',
  'fund.read':
    'finance@down reviewer@down payer@down auditor@down supervisor@down admin@down operator@unit reviewer@unit',
  'contract.read':
    'finance@down reviewer@down payer@down auditor@down supervisor@down admin@down operator@self reviewer@self operator@bureau',
  'policy.read': '*',
  'policy.reload': 'admin@down',
  'policy.backtest': 'finance@down auditor@down supervisor@down admin@down',
  'organisation.read': 'operator@kin reviewer@kin finance@kin payer@kin auditor@kin supervisor@kin admin@kin',
  'organisation.manage': 'admin@tree',
  'person.manage': 'admin@tree',
  'data.erase': 'admin@down',
  'evidence.export': 'finance@down auditor@down supervisor@down admin@down',
  'evidence.export_clear': 'auditor@down admin@down',
  'checkpoint.manage': 'finance@down auditor@down supervisor@down admin@down',
  'key.manage': 'admin@down',
  'sanction.manage': 'finance@down supervisor@down',
  'fund.manage': 'finance@bureau',
  'relief_cap.true_up': 'finance@bureau',
  'allotment.issue': 'finance@bureau',
  'disbursement.issue': 'payer@bureau',
  'intake.record': 'finance@bureau',
  'difference.note': 'finance@down',
  'figure.record': 'finance@bureau supervisor@down',
  'period.close': 'finance@bureau',
  'contract.prepare': 'finance@bureau operator@bureau',
  'contract.sign': 'finance@bureau',
  'contract.evidence': 'finance@bureau reviewer@bureau supervisor@down',
  'procedure.record': 'finance@bureau reviewer@bureau supervisor@down',
  'procedure.withdraw': 'finance@bureau reviewer@bureau supervisor@down',
  'waiver.read':
    'finance@down reviewer@down payer@down auditor@down supervisor@down admin@down operator@unit reviewer@unit',
  'waiver.request': 'finance@bureau operator@unit',
  'waiver.approve': 'finance@bureau supervisor@down',
  'waiver.reject': 'finance@bureau supervisor@down',
  'waiver.revoke': 'finance@bureau supervisor@down',
  'provider_report.create': 'operator@unit',
  'attachment.upload': 'operator@unit finance@bureau reviewer@bureau payer@bureau',
  'claim.create': 'operator@unit',
  'claim.edit': 'operator@unit',
  'claim.submit': 'operator@unit',
  'claim.withdraw': 'operator@unit',
  'claim.review': 'reviewer@unit',
  'claim.co_sign': 'reviewer@bureau finance@bureau',
  'claim.return': 'reviewer@unit finance@bureau',
  'claim.reject': 'reviewer@unit finance@bureau',
  'claim.approve': 'finance@bureau',
  'claim.reverse': 'finance@bureau',
  'claim.pay': 'payer@bureau',
  'claim.refund': 'payer@bureau',
};
const OWN: readonly Action[] = ['claim.edit', 'claim.submit', 'claim.withdraw'];

const actorAt = (place: PlaceName, role: Role, personId = 'somebody'): Actor => ({
  personId,
  displayName: '测试',
  via: 'session',
  grants: [{ organisationId: 'x', organisationPath: PLACES[place], organisationKind: 'bureau_county', role }],
});

test('action × role × place', async (t) => {
  for (const action of ACTIONS) {
    const expected = EXPECTED[action];
    const faults: string[] = [];
    for (const role of ROLES) {
      for (const place of Object.keys(PLACES) as PlaceName[]) {
        const reaches = expected.split(' ').filter((entry) => entry.startsWith(`${role}@`));
        const isExpected =
          expected === '*' ||
          reaches.some((entry) => COVERED[entry.split('@')[1] as string]?.includes(place));
        const actor = actorAt(place, role, OWN.includes(action) ? 'maker' : 'somebody');
        if (may(actor, action, SUBJECT).allowed !== isExpected)
          faults.push(`${role} at ${place}: expected ${isExpected}`);
      }
    }
    t.same(faults, [], action);
  }
});

test('nobody without a grant may do anything but read the policies', async (t) => {
  const nobody: Actor = { personId: 'maker', displayName: '', via: 'system', grants: [] };
  t.same(
    ACTIONS.filter((action) => may(nobody, action, SUBJECT).allowed),
    ['policy.read'],
  );
});

test('a provider of another tree reaches its own things in this book, and nothing else', async (t) => {
  const provider = actorAt('foreign', 'operator', 'maker');
  const own = { ...SUBJECT, organisationPath: PLACES.foreign };
  t.match(may(provider, 'claim.submit', own), { allowed: true });
  t.match(may(provider, 'claim.submit', SUBJECT), { allowed: false, code: 'forbidden' });
});

const SEPARATION: readonly [Action, Role, PlaceName, hand: string, allowed: boolean][] = [
  ['contract.sign', 'finance', 'bureau', 'maker', false],
  ['contract.sign', 'finance', 'bureau', 'reviewer', true],
  ['claim.review', 'reviewer', 'own', 'maker', false],
  ['claim.co_sign', 'reviewer', 'bureau', 'maker', false],
  ['claim.co_sign', 'finance', 'bureau', 'other', true],
  ['claim.approve', 'finance', 'bureau', 'maker', false],
  ['claim.approve', 'finance', 'bureau', 'reviewer', false],
  ['claim.approve', 'finance', 'bureau', 'other', true],
  ['claim.pay', 'payer', 'bureau', 'maker', false],
  ['claim.pay', 'payer', 'bureau', 'approver', false],
  ['claim.pay', 'payer', 'bureau', 'reviewer', true],
  ['claim.edit', 'operator', 'own', 'other', false],
  ['claim.edit', 'operator', 'own', 'maker', true],
  ['claim.submit', 'operator', 'own', 'other', false],
  ['claim.withdraw', 'operator', 'own', 'other', false],
  ['claim.return', 'reviewer', 'own', 'maker', true],
  ['waiver.approve', 'finance', 'bureau', 'maker', false],
  ['waiver.approve', 'supervisor', 'upper', 'maker', false],
  ['waiver.approve', 'finance', 'bureau', 'other', true],
  ['waiver.reject', 'supervisor', 'upper', 'maker', false],
  ['waiver.revoke', 'finance', 'bureau', 'maker', true],
];

test('separation of duties', async (t) => {
  for (const [action, role, place, hand, allowed] of SEPARATION) {
    const verdict = may(actorAt(place, role, hand), action, SUBJECT);
    t.match(
      verdict,
      allowed ? { allowed } : { allowed, code: 'separation_of_duties' },
      `${action} by the ${hand}`,
    );
  }
});

test('one who lacks the role is told so, not of a duty; one’s own must name its maker', async (t) => {
  t.match(may(actorAt('foreign', 'finance', 'maker'), 'claim.approve', SUBJECT), { code: 'forbidden' });
  const unnamed = { bureauPath: SUBJECT.bureauPath, organisationPath: SUBJECT.organisationPath };
  t.match(may(actorAt('own', 'operator'), 'claim.edit', unnamed), { code: 'separation_of_duties' });
  t.match(may(actorAt('bureau', 'finance'), 'contract.sign', unnamed), { allowed: true });
});

test('messages say who may and what to do', async (t) => {
  const said = (verdict: ReturnType<typeof may>) => (verdict.allowed ? '' : verdict.message);
  t.match(said(may(actorAt('own', 'operator'), 'claim.approve', SUBJECT)), '应由本账套民政局的财务岗办理');
  t.match(said(may(actorAt('own', 'reviewer', 'maker'), 'claim.review', SUBJECT)), '由县级民政局会签');
  t.throws(() => demand(actorAt('own', 'operator'), 'claim.pay', SUBJECT), {
    code: 'forbidden',
    options: { refusal: true },
  });
});
