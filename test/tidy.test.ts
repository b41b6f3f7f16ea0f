import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import t from 'tap';
import { LOGGED_TABLE_NAMES } from '../src/audit/index.js';
import { projectFile } from '../src/core/project.js';
import { GROUPS } from './run/groups.js';

const root = projectFile();

function files(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return files(path);
    return /\.tsx?$/.test(entry.name) ? [path] : [];
  });
}

/** What each part may use (design §5): server, cli → http → use cases → policy, ledger, people → audit → db → core. */
const MAY_USE: Readonly<Record<string, readonly string[]>> = {
  core: [],
  db: ['core', 'migrations'],
  migrations: ['db'],
  policy: ['core'],
  archive: [],
  sheets: ['core', 'archive'],
  audit: ['core', 'db'],
  organisations: ['core', 'db', 'audit'],
  ledger: ['core', 'db', 'audit', 'organisations', 'policy'],
  attachments: ['core', 'db', 'audit', 'organisations', 'ledger'],
  relief: ['core', 'db', 'audit', 'organisations', 'policy', 'ledger', 'attachments'],
  allotments: ['core', 'db', 'audit', 'organisations', 'policy', 'ledger'],
  reconciliation: ['core', 'db', 'audit', 'organisations', 'ledger'],
  waivers: ['core', 'db', 'audit', 'organisations', 'policy', 'ledger', 'attachments'],
  contracts: ['core', 'db', 'audit', 'organisations', 'policy', 'ledger', 'attachments', 'waivers'],
  claims: ['core', 'db', 'audit', 'organisations', 'policy', 'ledger', 'attachments', 'waivers', 'contracts'],
  imports: [
    'core',
    'db',
    'archive',
    'sheets',
    'audit',
    'organisations',
    'policy',
    'ledger',
    'contracts',
    'claims',
  ],
  invoices: ['core', 'db', 'audit', 'organisations', 'attachments', 'claims'],
  procedures: [
    'core',
    'db',
    'audit',
    'organisations',
    'policy',
    'ledger',
    'attachments',
    'allotments',
    'relief',
  ],
  supervision: [
    'core',
    'db',
    'audit',
    'organisations',
    'policy',
    'ledger',
    'relief',
    'contracts',
    'procedures',
    'evidence',
  ],
  reports: ['core', 'db', 'organisations', 'policy', 'ledger', 'contracts', 'claims', 'sheets'],
  workload: ['core', 'db', 'organisations', 'allotments', 'contracts', 'claims', 'waivers'],
  privacy: ['core', 'db', 'audit', 'organisations', 'ledger'],
  backtests: ['core', 'db', 'policy', 'ledger', 'organisations', 'evidence'],
  jobs: [
    'core',
    'db',
    'audit',
    'policy',
    'ledger',
    'organisations',
    'evidence',
    'backtests',
    'claims',
    'imports',
  ],
  // Shares no code with the service: whatever it imports besides project files would be shared.
  verifier: ['core'],
  evidence: [
    'core',
    'db',
    'archive',
    'sheets',
    'audit',
    'policy',
    'ledger',
    'organisations',
    'attachments',
    'waivers',
    'relief',
    'claims',
    'verifier',
  ],
};

t.test('imports point in one direction', async (t) => {
  const faults: string[] = [];
  for (const file of [...files('src'), ...files('migrations')]) {
    const part = file.startsWith('migrations') ? 'migrations' : (file.split('/')[1] as string);
    const allowed = MAY_USE[part];
    if (!allowed) continue;
    for (const [, target] of readFileSync(join(root, file), 'utf8').matchAll(/from '(\.[^']+)'/g)) {
      const path = relative(root, resolve(root, dirname(file), target as string));
      const used = path.startsWith('migrations') ? 'migrations' : (path.split('/')[1] as string);
      if (used !== part && !allowed.includes(used)) faults.push(`${file} uses ${path}`);
    }
  }
  t.same(faults, []);
});

t.test('domains are used through their index', async (t) => {
  const faults: string[] = [];
  for (const file of files('src')) {
    const part = file.split('/')[1] as string;
    for (const [, target] of readFileSync(join(root, file), 'utf8').matchAll(/from '(\.[^']+)'/g)) {
      const [, used, ...inner] = relative(root, resolve(root, dirname(file), target as string)).split('/');
      const isDomain =
        used !== undefined && used in MAY_USE && !['core', 'db', 'migrations', 'verifier'].includes(used);
      if (isDomain && used !== part && inner.join('/') !== 'index.js')
        faults.push(`${file} uses ${used}/${inner.join('/')}`);
    }
  }
  t.same(faults, []);
});

t.test('the engines differ in src/db, migrations and the row lock of a command, nowhere else', async (t) => {
  const elsewhere = files('src').filter(
    (file) => !file.startsWith('src/db/') && file !== 'src/audit/command.ts',
  );
  const faults = elsewhere.filter((file) =>
    /['"](sqlite|postgres)['"]|store\.engine\b/.test(readFileSync(join(root, file), 'utf8')),
  );
  t.same(faults, []);
});

t.test('rows that a log tells are written through Unit alone', async (t) => {
  const write = new RegExp(
    `(insertInto|updateTable|deleteFrom)\\('(${LOGGED_TABLE_NAMES.join('|')})'\\)`,
    'g',
  );
  const faults: string[] = [];
  for (const file of files('src').filter((name) => !name.startsWith('src/audit/'))) {
    for (const [found] of readFileSync(join(root, file), 'utf8').matchAll(write))
      faults.push(`${file}: ${found}`);
  }
  // Takes locks and changes nothing.
  t.same(faults, ["src/organisations/people.repository.ts: updateTable('roleGrant')"]);
});

t.test('the offline verifier imports nothing of the service', async (t) => {
  const text = readFileSync(join(root, 'src', 'verifier', 'verify.mjs'), 'utf8');
  const imports = [...text.matchAll(/import[^'"\n]*\(?['"]([^'"]+)['"]/g)].map(([, target]) => target);
  t.same(
    [...new Set(imports)].filter((target) => !target?.startsWith('node:')),
    [],
  );
});

t.test('only config.ts reads the environment', async (t) => {
  const faults = files('src').filter(
    (file) => file !== 'src/config.ts' && /process\.env/.test(readFileSync(join(root, file), 'utf8')),
  );
  t.same(faults, []);
});

t.test('no floats near money, nothing left to do, no type escapes', async (t) => {
  const faults: string[] = [];
  for (const file of [...files('src'), ...files('migrations')]) {
    const text = readFileSync(join(root, file), 'utf8');
    if (/parseFloat|Number\([^)]*(amount|fen|yuan)/i.test(text)) faults.push(`${file}: float near money`);
    if (/\b(TODO|FIXME|XXX)\b/.test(text)) faults.push(`${file}: left behind`);
    if (/: any\b|as any\b|@ts-ignore|@ts-expect-error/.test(text)) faults.push(`${file}: type escape`);
    const lines = text.split('\n').length;
    if (lines > 300) faults.push(`${file}: ${lines} lines, look for the second thing in it`);
  }
  t.same(faults, []);
});

t.test('a run of all tests takes in every file, once', async (t) => {
  const { tap } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    tap: { include: readonly string[] };
  };
  const alone = tap.include.flatMap(
    (pattern) => /^dist\/test\/\{(.+)\}\/\*\.test\.js$/.exec(pattern)?.[1]?.split(',') ?? [],
  );
  const folders = files('test')
    .filter((file) => /\.test\.tsx?$/.test(file))
    .map((file) => file.split('/').slice(1, -1))
    .filter(([folder, inner]) => folder !== undefined && !(inner && alone.includes(folder)))
    .map(([folder]) => folder as string);
  t.same([...Object.values(GROUPS).flat(), ...alone].sort(), [...new Set(folders)].sort());
  t.same(
    files('test/run')
      .filter((file) => file.endsWith('.run.ts'))
      .sort(),
    Object.keys(GROUPS).map((name) => `test/run/${name}.run.ts`),
  );
});
