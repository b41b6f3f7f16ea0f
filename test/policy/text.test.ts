import t from 'tap';
import { ECONOMIC_CODES, economicCodeName } from '../../src/core/economic-codes.js';
import { loadPacks, matchTerms, reviveFacts } from '../../src/policy/index.js';
import { buildFacts } from '../../src/policy/packTests.js';
import { throughLog } from './arbitrary.js';

const packs = loadPacks();

t.test('terms are found however the text is spaced or spelt, and come in code point order', async (t) => {
  t.same(matchTerms(packs, '采购笔记本电脑2台'), ['电脑', '笔记本电脑']);
  t.same(matchTerms(packs, '笔 记\u200b本　电\n脑'), ['电脑', '笔记本电脑']);
  t.same(matchTerms(packs, '入户探访老人'), []);
  t.same(matchTerms(packs, ''), []);
});

t.test('facts come back from the log as they were', async (t) => {
  const facts = buildFacts({
    contract: {},
    fund: { type: 'social_relief', reliefCap: {} },
    allotment: {
      recipients: [
        { organisationKind: 'bureau_county', amountFen: '9223372036854775807', partsFen: ['1', '2'] },
      ],
    },
  });
  t.strictSame(reviveFacts(throughLog(facts)), facts);
  t.throws(() => reviveFacts({ stage: 'payment', lines: [{ amountFen: 12 }], funds: {} }), /decimal string/);
  t.throws(
    () => reviveFacts({ stage: 'payment', lines: [{ amountFen: '1.5' }], funds: {} }),
    /decimal string/,
  );
  t.throws(() => reviveFacts(null), /not the facts/);
  t.throws(() => reviveFacts({ stage: 'payment' }), /not the facts/);
});

t.test('pack tests refuse facts that do not exist', async (t) => {
  t.throws(() => buildFacts({ lines: [{ economiccode: '31002' }] }));
  t.throws(() => buildFacts({ fund: { type: 'lottery' } }));
});

t.test('economic codes have names', async (t) => {
  t.equal(economicCodeName('31002'), '办公设备购置');
  t.equal(economicCodeName('39999'), null);
  t.equal(economicCodeName('toString'), null);
  for (const code of Object.keys(ECONOMIC_CODES)) t.match(code, /^3\d{2}(\d{2})?$/);
});
