import { getVerificationStatus, type JobView, type VerificationStatus } from '../../../jobs/index.js';
import { ButtonForm } from '../../components/form.js';
import { textQuery } from '../../components/list.js';
import { Facts, Notice, Section } from '../../components/notice.js';
import type { PageContext } from '../../context.js';
import { definePage, inBook } from '../../page.js';
import {
  isActive,
  JobFilter,
  JobTable,
  jobSheet,
  jobsAtHand,
  REFRESH_SECONDS,
  Watched,
} from './job-parts.js';
import { PageLink } from './links.js';
import { placeText, VerificationBadge } from './verification-parts.js';
import { showInstant } from './words.js';

const verificationsOf = (page: PageContext<{ bookId: string }>) =>
  jobsAtHand(page, { bookId: page.params.bookId, kind: 'verify_book' });

/** How far the book is verified and signed; whoever may verify can do so at once. */
export const verificationPage = definePage({
  path: '/books/:bookId/verification',
  params: inBook,
  query: textQuery,
  title: '核验',
  load: async (page) => ({
    status: await getVerificationStatus(page.deps.store, page.actor, page.params.bookId),
    mine: await verificationsOf(page),
  }),
  refreshSeconds: ({ mine }) => (mine.some(isActive) ? REFRESH_SECONDS : null),
  view: ({ status, mine }, { params: { bookId } }) => (
    <>
      <Watched id="verification" isActive={mine.some(isActive)}>
        {mine.some(isActive) ? <Notice tone="info" title="核验正在进行，本页会自动更新。" /> : null}
        <Newest status={status} isActive={mine.some(isActive)} />
        <Signed status={status} bookId={bookId} />
      </Watched>
      <JobFilter />
      <Watched id="verifications" isActive={mine.some(isActive)}>
        <JobTable
          caption="我发起的核验"
          jobs={mine}
          empty="您还没有核验过本账套。点“立即核验”，几秒到几分钟内有结果。"
        />
      </Watched>
      <Section title="核验什么，不核验什么">
        <p>
          核验只凭日志重算每个哈希、每笔分录、每个余额和每项裁定，再与数据库各表逐行比较，并与库外保存的检查点核对：数据被改动、删去、补记或回退，都会指出第一处位置。
        </p>
        <p>核验不能说明登记的事情属实；属实与否，要看附件、函证和现场。</p>
      </Section>
    </>
  ),
  exported: async (page) => jobSheet(page, '核验', await verificationsOf(page)),
  actions: {
    verify: {
      operation: 'POST /books/:bookId/jobs',
      prepare: (typed) => ({ ...typed, kind: 'verify_book' }),
      done: (job: JobView) => ({ to: `/jobs/${job.id}`, say: '核验已开始' }),
    },
  },
});

function Newest({ status, isActive: isOn }: { status: VerificationStatus; isActive: boolean }) {
  const { newest, logEntries } = status;
  const start = isOn ? null : (
    <ButtonForm name="verify" action="verify" look="main">
      立即核验
    </ButtonForm>
  );
  if (newest === null)
    return (
      <Section title="最近一次核验" aside={start}>
        <p>本账套还没有在这里核验过（日志共 {logEntries} 条）。</p>
      </Section>
    );
  return (
    <Section title="最近一次核验" aside={start}>
      {newest.isClean ? null : (
        <Notice tone="danger" title={`发现不一致：${newest.place ? placeText(newest.place) : ''}`} isAlert>
          <p>请保全数据库和检查点文件，停止在本账套办理业务，并报告系统管理员和上级审计。</p>
        </Notice>
      )}
      <Facts
        items={[
          ['结果', <VerificationBadge key="badge" status={status} />],
          ['时间', showInstant(newest.at)],
          ['核验人', newest.personName],
          ['核验到', `前 ${newest.logEntries} 条日志`],
          ['此后新增', `${logEntries - newest.logEntries} 条`],
          ['未能重算的裁定', newest.decisionsUnchecked > 0 ? `${newest.decisionsUnchecked} 项` : null],
        ]}
      />
    </Section>
  );
}

function Signed({ status, bookId }: { status: VerificationStatus; bookId: string }) {
  const { checkpoint, witnesses, logEntries } = status;
  return (
    <Section
      title="检查点与见证"
      aside={
        <PageLink pattern="/books/:bookId/checkpoints" of={{ bookId }}>
          全部检查点与时间戳
        </PageLink>
      }
    >
      {checkpoint === null ? (
        <p>还没有检查点（日志共 {logEntries} 条）。检查点定时自动签署，导出证据包时也会签署。</p>
      ) : (
        <Facts
          items={[
            ['最新检查点', `覆盖前 ${checkpoint.size} 条日志`],
            ['其中最后一条的时间', checkpoint.lastEntryAt ? showInstant(checkpoint.lastEntryAt) : null],
            ['此后新增', `${checkpoint.grownBy} 条`],
            ['见证人联署', `${checkpoint.cosignatures} 个`],
            ['在册见证人', `${witnesses} 个`],
          ]}
        />
      )}
      {witnesses === 0 ? (
        <p class="hint">
          还没有外部见证人。由上级民政或审计机关登记为见证人并联署检查点后，连掌握服务器的人也无法悄悄改写历史。
        </p>
      ) : null}
    </Section>
  );
}
