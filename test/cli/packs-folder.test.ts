import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { t as root, test } from 'tap';
import { temporaryFolder } from '../evidence/outside.js';
import { packText, ruleText } from '../policy/pack-text.js';
import { runFunds } from './command-line.js';

root.setTimeout(900_000);

void test('commands on an installation judge by the packs that its service loads', async (t) => {
  const folder = temporaryFolder(t);
  mkdirSync(join(folder, 'packs'));
  // `.env` of the working directory, as an installation has it.
  writeFileSync(join(folder, '.env'), 'POLICY_PACKS_DIR=./packs\n');
  const write = (text: string) => writeFileSync(join(folder, 'packs', 'aa.yaml'), text);
  write(packText([ruleText({})]).replace('severity: block', 'severty: block'));
  for (const words of [['verify'], ['policy', 'replay'], ['policy', 'judge']]) {
    const refused = runFunds(folder, words);
    t.equal(refused.status, 1, words.join(' '));
    t.match(refused.stderr, /aa\.yaml:\d+ .*severty/, words.join(' '));
  }
  write(packText([ruleText({})]));
  t.match(runFunds(folder, ['verify']), { status: 0 });
});
