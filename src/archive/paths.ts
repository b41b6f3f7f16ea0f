import { BagError } from './error.js';

const MAX_PATH = 1024;

/** What is wrong with a path; null when nothing is. */
function faultOf(path: string): string | null {
  if (path.startsWith('/')) return '是绝对路径';
  if (!/^[a-z0-9._/-]+$/.test(path)) return '只能用小写英文字母、数字和 . _ - /';
  if (path.length > MAX_PATH) return `超过 ${MAX_PATH} 个字符`;
  for (const part of path.split('/')) {
    if (part === '..') return '含有“..”';
    if (part === '' || part === '.') return '含有空的或“.”的一段';
    // Windows takes the dot away, so two names would become one.
    if (part.endsWith('.')) return '有一段以“.”结尾';
  }
  return null;
}

/** The paths of one bag (docs/evidence-package.md §3): each says the same file to every program that unpacks it. */
export class BagPaths {
  readonly #files = new Set<string>();
  readonly #folders = new Set<string>();

  /** @throws BagError `bag_path_refused` */
  constructor(folder: string) {
    const fault = folder.includes('/') ? '含有“/”' : faultOf(folder);
    if (fault) throw new BagError('bag_path_refused', `包的文件夹名“${folder}”${fault}`);
  }

  /** @throws BagError `bag_path_refused`, `bag_path_twice` */
  add(path: string): void {
    const fault = faultOf(path);
    if (fault) throw new BagError('bag_path_refused', `文件名“${path}”${fault}`);
    if (this.#files.has(path)) throw new BagError('bag_path_twice', `文件名“${path}”重复`);
    if (this.#folders.has(path)) throw new BagError('bag_path_twice', `“${path}”已是文件夹`);
    for (let cut = path.indexOf('/'); cut > 0; cut = path.indexOf('/', cut + 1)) {
      const folder = path.slice(0, cut);
      if (this.#files.has(folder)) throw new BagError('bag_path_twice', `“${folder}”已是文件`);
      this.#folders.add(folder);
    }
    this.#files.add(path);
  }
}
