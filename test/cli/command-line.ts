import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const isSource = import.meta.url.endsWith('.ts');
const program = fileURLToPath(new URL(`../../src/cli/funds${isSource ? '.ts' : '.js'}`, import.meta.url));
const loader = isSource ? ['--import', import.meta.resolve('tsx')] : [];

/** Runs the real command line in a folder. */
export function runFunds(folder: string, words: readonly string[]) {
  return spawnSync(process.execPath, [...loader, program, ...words], {
    cwd: folder,
    encoding: 'utf8',
    timeout: 300_000,
  });
}
