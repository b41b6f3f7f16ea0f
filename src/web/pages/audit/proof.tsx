import { Facts, Notice, Section } from '../../components/notice.js';
import { Hash } from './links.js';

export type ProofText =
  | { readonly text: string; readonly size: number; readonly root: string; readonly fault: null }
  | { readonly text: null; readonly size: null; readonly root: null; readonly fault: string };

/** The inclusion proof of an entry, what it proves, and how to check it without this service. */
export function Proof({
  proof,
  index,
  bookId,
  leafHash,
}: {
  proof: ProofText;
  index: number;
  bookId: string;
  leafHash: string;
}) {
  if (proof.text === null)
    return (
      <Section title="存在证明">
        <Notice tone="warning" title="这一条还没有存在证明">
          <p>{proof.fault}。检查点定时自动签署，稍后刷新本页即可。</p>
        </Notice>
      </Section>
    );
  return (
    <Section title="存在证明">
      <Facts
        items={[
          ['覆盖它的检查点', `前 ${proof.size} 条日志`],
          ['检查点的根哈希', <Hash key="root">{proof.root}</Hash>],
          ['本条的叶子值', <Hash key="leaf">{leafHash}</Hash>],
        ]}
      />
      <p>
        它证明：签署检查点时，这一条就在日志的第 {index + 1}
        位，内容一字未改；以后任何人改动、删去或插入一条，根哈希就对不上，签名也就不再成立。它不证明所记的事情属实，属实与否要看附件和现场。
      </p>
      <p>
        离线核对：导出包含这一条的证据包，用浏览器打开 <a href="/evidence/verify.html">verify.html</a>
        （不联网也能用）选择证据包；或用任何支持 C2SP tlog-proof 的工具核对下面的证明文件和账套公钥。
      </p>
      <p class="tools">
        <a
          class="button plain"
          href={`/api/v1/books/${bookId}/log/${index}/proof?size=${proof.size}`}
          download={`log-${index + 1}.tlog-proof`}
        >
          下载证明文件
        </a>
        <a class="button plain" href={`/books/${bookId}/evidence`}>
          导出证据包
        </a>
      </p>
      <details>
        <summary>查看证明文件</summary>
        <pre>{proof.text}</pre>
      </details>
    </Section>
  );
}
