import { extname } from 'node:path';
import { Worker, type WorkerOptions } from 'node:worker_threads';
import { DomainError } from '../core/errors.js';
import type { Pack } from '../policy/index.js';

/** A real pack takes a fraction of this; what takes longer is made to. */
const TIME_LIMIT_MS = 10_000;
const MEMORY_LIMIT_MB = 256;

type Answer =
  | { readonly pack: Pack }
  | { readonly message: string; readonly details: Record<string, unknown> };

/**
 * Reads a pack that somebody sent, in a thread of its own, so that a text made to take for ever (anchors, nesting,
 * repetition) keeps nobody waiting.
 * @throws DomainError `policy_packs_invalid` with every fault, or that it cannot be read in time
 */
export async function readPack(file: string, text: string): Promise<Pack> {
  const worker = workerWith({
    workerData: { file, text },
    resourceLimits: { maxOldGenerationSizeMb: MEMORY_LIMIT_MB },
  });
  const answer = await new Promise<Answer | null>((resolve) => {
    const timer = setTimeout(() => resolve(null), TIME_LIMIT_MS);
    const end = (told: Answer | null) => {
      clearTimeout(timer);
      resolve(told);
    };
    worker.once('message', end);
    worker.once('error', () => end(null));
    worker.once('exit', () => end(null));
  });
  await worker.terminate();
  if (answer === null) {
    const faults = [{ file, line: 1, message: '内容过于复杂，无法在限定的时间和内存内读完' }];
    throw new DomainError('policy_packs_invalid', `政策包有 1 处错误：\n${file}:1 ${faults[0]?.message}`, {
      details: { faults },
    });
  }
  if ('pack' in answer) return answer.pack;
  throw new DomainError('policy_packs_invalid', answer.message, { details: answer.details });
}

/** The worker stands beside this module and ends as it does; from the sources it needs the loader that they need. */
function workerWith(options: WorkerOptions): Worker {
  const extension = extname(import.meta.url);
  const url = new URL(`./read-pack.worker${extension}`, import.meta.url);
  if (extension !== '.ts') return new Worker(url, options);
  const loader = import.meta.resolve('tsx/esm/api');
  const code = `import('${loader}').then(({ register }) => { register(); return import('${url}'); })`;
  return new Worker(code, { ...options, eval: true });
}
