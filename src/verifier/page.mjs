import { show, verifyPackage } from './verify.mjs';

/** What ties `verify.mjs` to the page: put behind it into one script by `html.ts`. */
function startPage() {
  /** @param {string} id @returns {any} */
  const part = (id) => document.getElementById(id);
  const [form, drop, input, chosen, start] = ['form', 'drop', 'package', 'chosen', 'start'].map(part);
  /** What was dropped, until a file is chosen in the field. @type {File | null} */
  let dropped = null;
  const selected = () => dropped ?? input.files[0] ?? null;

  const showChosen = () => {
    const file = selected();
    chosen.textContent = file ? `已选择：${file.name}（${file.size.toLocaleString('zh-CN')} 字节）` : '';
    input.required = !dropped;
  };
  input.addEventListener('change', () => {
    dropped = null;
    showChosen();
  });

  // A file that is dropped beside the field must not replace this page.
  for (const name of ['dragover', 'drop']) document.addEventListener(name, (event) => event.preventDefault());
  drop.addEventListener('dragenter', () => drop.classList.add('over'));
  drop.addEventListener('dragover', () => drop.classList.add('over'));
  drop.addEventListener('dragleave', () => drop.classList.remove('over'));
  drop.addEventListener('drop', (/** @type {DragEvent} */ event) => {
    drop.classList.remove('over');
    const [file] = event.dataTransfer?.files ?? [];
    if (!file || start.disabled) return;
    dropped = file;
    showChosen();
    start.focus();
  });

  form.addEventListener('submit', async (/** @type {Event} */ event) => {
    event.preventDefault();
    const file = selected();
    if (!file) return;
    start.disabled = true;
    part('result').hidden = true;
    part('running').hidden = false;
    try {
      const vkeys = part('keys')
        .value.split(/\s+/)
        .filter((/** @type {string} */ key) => key !== '');
      const knownCheckpoints = [];
      for (const known of part('known').files)
        knownCheckpoints.push({ name: known.name, text: await bytesOfFile(known) });
      const result = await verifyPackage(
        { size: file.size, read: (offset, length) => bytesOfFile(file.slice(offset, offset + length)) },
        { vkeys, knownCheckpoints, onProgress: showProgress },
      );
      showResult(result, file.name);
    } catch (thrown) {
      part('verdict').textContent =
        `核验程序出错，没有结论：${thrown instanceof Error ? thrown.message : thrown}`;
      part('verdict').className = 'verdict bad';
      fill(part('about'), []);
      fill(part('checks'), []);
    }
    start.disabled = false;
    part('running').hidden = true;
    part('result').hidden = false;
    part('result-title').focus();
  });

  part('print').addEventListener('click', () => window.print());
  part('again').addEventListener('click', () => {
    part('result').hidden = true;
    input.focus();
  });

  /** @param {{ stage: string, done: number, total: number }} progress */
  function showProgress({ stage, done, total }) {
    const percent = total > 0 ? Math.floor((100 * done) / total) : 100;
    part('stage').textContent = `正在核验：${stage} ${percent}%`;
    part('progress').value = percent;
  }

  /**
   * @param {Awaited<ReturnType<typeof verifyPackage>>} result
   * @param {string} name
   */
  function showResult(result, name) {
    part('verdict').textContent = result.verdict;
    part('verdict').className =
      `verdict ${result.failed > 0 ? 'bad' : result.unchecked > 0 ? 'part' : 'good'}`;
    fill(part('about'), aboutRows(result, name));
    fill(part('checks'), result.checks.map(checkRow));
  }

  /**
   * @param {Awaited<ReturnType<typeof verifyPackage>>} result
   * @param {string} name
   */
  function aboutRows({ package: about }, name) {
    /** @type {[string, string][]} */
    const rows = [['文件', name]];
    if (about) {
      const { scope } = about;
      const kind = { book: '全账套', fund: '资金', project: '项目', claim: '报账', period: '期间' }[
        scope.kind
      ];
      const dates = scope.from || scope.until ? `${scope.from ?? ''} 至 ${scope.until ?? ''}` : '';
      rows.push(
        ['账套（包内自述）', `${about.book.name}（${about.book.id}）`],
        ['范围', [kind, scope.id, dates].filter(Boolean).join(' ')],
        ['日志', `${about.size} 条，打开 ${about.opened.count} 条`],
        ['日志根', about.root],
        ['导出时间', `${about.exportedAt}，日志序号 ${about.exportIndex}`],
        ['脱敏', about.isRedacted ? '已脱敏' : `未脱敏，提供给 ${about.recipient ?? '（未写明）'}`],
        ['签名公钥', about.signedBy.join('；') || '没有有效签名'],
      );
    }
    rows.push(['核验时间', new Date().toLocaleString('zh-CN')]);
    return rows.flatMap(([label, value]) => [element('dt', label), element('dd', show(value))]);
  }

  /** @param {import('./verify.mjs').CheckResult} check */
  function checkRow({ id, title, status, detail, faults, faultCount }) {
    const row = element('tr');
    const [sign, kind] = { 通过: ['✓', 'pass'], 不符: ['✗', 'fail'], 未核验: ['○', 'left'] }[status];
    const said = element('td', `${sign} ${status}`);
    said.className = `status ${kind}`;
    const told = element('td', status === '不符' ? `共 ${faultCount} 处不符：` : detail);
    told.className = 'detail';
    if (status === '不符') told.append(faultList(faults, faultCount));
    const head = element('th', title);
    head.setAttribute('scope', 'row');
    row.append(element('td', id), head, said, told);
    return row;
  }

  /**
   * @param {readonly { place: string, detail: string }[]} faults
   * @param {number} count
   */
  function faultList(faults, count) {
    const list = element('ul');
    for (const { place, detail } of faults) {
      const item = element('li');
      const where = element('span', place);
      where.className = 'place';
      item.append(where, `：${detail}`);
      list.append(item);
    }
    if (count > faults.length) list.append(element('li', `其余 ${count - faults.length} 处从略`));
    return list;
  }

  part('unsupported').hidden = true;
  form.hidden = false;
}

/**
 * @param {Element} parent
 * @param {readonly Element[]} children
 */
function fill(parent, children) {
  parent.textContent = '';
  parent.append(...children);
}

/** @param {string} name */
function element(name, text = '') {
  const made = document.createElement(name);
  made.textContent = text;
  return made;
}

/** @param {Blob} blob */
const bytesOfFile = async (blob) => new Uint8Array(await blob.arrayBuffer());

if (typeof document !== 'undefined') startPage();
