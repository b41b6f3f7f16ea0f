import type { VerificationView } from '../../../evidence/index.js';
import type { VerificationStatus } from '../../../jobs/index.js';
import { LAYER_LABELS } from '../../../ledger/index.js';
import { UNJUDGED_LABELS } from '../../../policy/index.js';
import { Badge, Facts, Notice, Section } from '../../components/notice.js';
import { COLUMN_LABELS, TABLE_LABELS } from './column-words.js';
import { Hash } from './links.js';
import { showInstant } from './words.js';

/** Parts of a difference's place that no table of the log is called. */
const PLACES: Readonly<Record<string, string>> = {
  logEntry: '审计日志',
  ledgerEntry: '记账分录',
  posting: '分录明细',
  account: '科目余额',
  accountDay: '科目按日发生额',
  accountMonth: '科目按月发生额',
  checkpoint: '检查点',
  logBlock: '日志分段',
  vaultValue: '加密保存的内容',
  vaultKey: '加密密钥',
  claimFund: '报账单与资金对照',
  spendingSum: '支出汇总',
  spendingMonth: '支出按月汇总',
};
const words = (record: Readonly<Record<string, string>>, key: string) => record[key];

/** "logEntry 17 leafHash" in words of the field: which table, which row, which column. */
export function placeText(place: string): string {
  const [table = '', key = '', column] = place.split(' ');
  const name = words(PLACES, table) ?? words(TABLE_LABELS, table) ?? '账套';
  const row = table === 'logEntry' && /^\d+$/.test(key) ? `第 ${Number(key) + 1} 条` : key ? '的一行' : '';
  const label = column ? (words(COLUMN_LABELS, column) ?? words(LAYER_LABELS, column)) : undefined;
  return `${name}${row}${label ? `的“${label}”` : ''}`;
}

/** What a verification came to: what was recomputed, and the first difference by its place. */
export function VerificationResult({ result }: { result: VerificationView }) {
  const { difference, decisionsUnchecked, unchecked } = result;
  return (
    <Section title="核验结果">
      {difference === null ? (
        <Notice tone="ok" title={`没有发现不一致：日志 ${result.logEntries} 条全部重算相符`} />
      ) : (
        <Notice tone="danger" title={`发现不一致：${placeText(difference.place)}`} isAlert>
          <Facts
            items={[
              ['位置代码', <code key="place">{difference.place}</code>],
              ['按日志应为', <code key="expected">{difference.expected}</code>],
              ['实际为', <code key="got">{difference.got}</code>],
            ]}
          />
          <p>
            核验遇到第一处不一致即停止，后面可能还有。请保全数据库和检查点文件，停止在本账套办理业务，并报告系统管理员和上级审计。
          </p>
        </Notice>
      )}
      {decisionsUnchecked > 0 ? (
        <Notice tone="warning" title={`有 ${decisionsUnchecked} 项裁定无法重算，未作核验`}>
          <ul>
            {unchecked.map(({ reason, what, count }) => (
              <li key={`${reason} ${what}`}>
                {UNJUDGED_LABELS[reason]}：{count} 项（<code>{what}</code>）
              </li>
            ))}
          </ul>
        </Notice>
      ) : null}
      <Facts
        items={[
          ['重算的日志', `${result.logEntries} 条`],
          ['重放的分录明细', `${result.postings} 笔`],
          ['重新判断的裁定', `${result.decisions - decisionsUnchecked} 项`],
          ['其中被拒绝的办理', `${result.refusals} 次`],
          ['日志根哈希', <Hash key="root">{result.root}</Hash>],
        ]}
      />
      <p class="hint">
        口径：只凭日志重算每个哈希、每笔分录和余额、每项裁定，再与数据库各表逐行比较，并与库外保存的检查点核对。
      </p>
    </Section>
  );
}

/** How a book was verified last, in a word: for lists of books. */
export function VerificationBadge({
  status,
}: {
  status: {
    readonly newest: Pick<NonNullable<VerificationStatus['newest']>, 'at' | 'logEntries' | 'isClean'> | null;
    readonly logEntries: number;
  };
}) {
  const { newest, logEntries } = status;
  if (newest === null) return <Badge tone="warning">从未核验</Badge>;
  if (!newest.isClean) return <Badge tone="danger">核验发现不一致</Badge>;
  const grown = logEntries - newest.logEntries;
  return (
    <>
      <Badge tone="ok">核验一致</Badge> {showInstant(newest.at).slice(0, 10)}
      {grown > 0 ? `，此后新增 ${grown} 条` : ''}
    </>
  );
}
