import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { t as root } from 'tap';

/**
 * Folders of tests that share a process. To load the service takes longer than many of its tests do, so a run of all
 * tests loads it a few times and not once a file; by hand, each file still runs alone. Folders that are in no group
 * have heavy files, each of which gets a process (package.json, tap.include).
 */
export const GROUPS = {
  base: ['archive', 'audit', 'conformance', 'core', 'db', 'imports', 'invoices', 'jobs', 'sheets'],
  http: ['http'],
  money: ['allotments', 'claims', 'ledger', 'reconciliation', 'relief', 'reports'],
  people: ['organisations', 'procedures', 'supervision', 'waivers', 'workload'],
  policy: ['policy'],
  web: ['web'],
} as const satisfies Readonly<Record<string, readonly string[]>>;

/** Queues every test of the group's folders. */
export async function runGroup(name: keyof typeof GROUPS): Promise<void> {
  const tests = join(dirname(fileURLToPath(import.meta.url)), '..');
  for (const folder of GROUPS[name])
    for (const file of readdirSync(join(tests, folder), { recursive: true, encoding: 'utf8' }).sort())
      if (/\.test\.[jt]sx?$/.test(file)) await import(pathToFileURL(join(tests, folder, file)).href);
  root.setTimeout(3_600_000);
}
