import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const isSource = import.meta.url.endsWith('.ts');
const program = fileURLToPath(new URL(`../../src/cli/funds${isSource ? '.ts' : '.js'}`, import.meta.url));
const loader = isSource ? ['--import', import.meta.resolve('tsx')] : [];

/**
 * Runs the real command line in a folder. Without NODE_OPTIONS: the test runner would have its own hooks loaded by
 * every process, which takes longer than most commands do.
 */
export function runFunds(folder: string, words: readonly string[], env: NodeJS.ProcessEnv = process.env) {
  return spawnSync('env', ['-u', 'NODE_OPTIONS', process.execPath, ...loader, program, ...words], {
    cwd: folder,
    env,
    encoding: 'utf8',
    timeout: 300_000,
  });
}
