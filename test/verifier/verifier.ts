import { pathToFileURL } from 'node:url';
import { projectFile } from '../../src/core/project.js';

/** The verifier is one plain file that takes no part in the build; these are the types of what it exports. */

export interface Reader {
  size: number;
  read(offset: number, length: number): Promise<Uint8Array>;
}
export interface CheckResult {
  id: string;
  title: string;
  status: '通过' | '不符' | '未核验';
  detail: string;
  place: string;
  faults: { place: string; detail: string }[];
  faultCount: number;
}
export interface Result {
  checks: CheckResult[];
  passed: number;
  failed: number;
  unchecked: number;
  verdict: string;
  exitCode: number;
  package: null | { book: { id: string }; signedBy: string[] };
}
export interface Options {
  vkeys?: readonly string[];
  knownCheckpoints?: readonly { name: string; text: string | Uint8Array }[];
  onProgress?(progress: { stage: string; done: number; total: number }): void;
  stopAtFirstFault?: boolean;
  usePureHash?: boolean;
}
interface Verifier {
  verifyPackage(
    input: Reader | { files: { path: string; size: number; read: Reader['read']; fault?: string }[] },
    options?: Options,
  ): Promise<Result>;
  verifyEd25519(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean;
  sha512(message: Uint8Array): Uint8Array;
  Sha256: new () => { update(bytes: Uint8Array): unknown; digest(): Uint8Array };
  crc32(bytes: Uint8Array, before?: number): number;
  decodeBase64(text: string): Uint8Array | null;
  Tree: new () => { add(leaf: Uint8Array): void; root(): Uint8Array };
  rootOfProof(index: number, size: number, leaf: Uint8Array, path: readonly Uint8Array[]): Uint8Array | null;
  parseCanonical(text: string, place: string): unknown;
  parseVerifierKey(vkey: string, type?: 1 | 4): { name: string; id: string };
  readArchive(
    reader: Reader,
    tell: (place: string, detail: string) => void,
  ): Promise<{ folder: string; files: { path: string; size: number }[] }>;
  Inflater: new () => {
    push(chunk: Uint8Array | null): void;
    next(): Uint8Array | null;
    readonly mode: string;
    readonly used: number;
  };
}

export const verifierPath = projectFile('src', 'verifier', 'verify.mjs');
export const verifier = (await import(pathToFileURL(verifierPath).href)) as Verifier;

export const readerOf = (bytes: Uint8Array): Reader => ({
  size: bytes.length,
  read: async (offset, length) => bytes.subarray(offset, offset + length),
});

export const verify = (zip: Uint8Array, options?: Options): Promise<Result> =>
  verifier.verifyPackage(readerOf(zip), options);

/** The mismatches of a result as text, for messages and comparisons. */
export const faultsOf = ({ checks }: Result): string[] =>
  checks.flatMap(({ id, faults }) => faults.map(({ place, detail }) => `${id} ${place}：${detail}`));

export const statusOf = ({ checks }: Result, id: string): string =>
  checks.find((check) => check.id === id)?.status ?? '';
