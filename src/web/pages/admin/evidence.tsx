import { Notice, Section } from '../../components/notice.js';
import { definePage } from '../../page.js';

/** For whoever holds an evidence package and was never signed in here. */
export const evidencePage = definePage({
  path: '/evidence',
  isPublic: true,
  title: '核验证据包',
  load: async () => null,
  view: (_, { visitor, pages }) => (
    <>
      <Notice tone="info" title="核验不需要登录，也不联网、不上传。">
        <p>
          请先在现场或通过独立渠道取得账套的公钥，和核验程序一起自己留存。证据包里也带有公钥和核验程序，但那是被审计单位给的，只用它们等于让对方自己证明自己。
        </p>
      </Notice>
      <Section title="下载核验程序">
        <ul class="plain-list">
          <li>
            <a href="/evidence/verify.html" download>
              verify.html
            </a>
            ：用浏览器打开自己留存的这个文件，把证据包拖进去，填上公钥。
          </li>
          <li>
            <a href="/evidence/verify.mjs" download>
              verify.mjs
            </a>
            ：命令行用，需要 Node.js。
          </li>
        </ul>
      </Section>
      <Section title="核验的步骤">
        <ol class="plain-list">
          <li>向账套管理员要证据包（.zip）、账套公钥，以及您以前留存的检查点（如有）。</li>
          <li>
            打开 verify.html 拖入证据包；或在命令行运行：
            <pre class="code">
              <code>node verify.mjs 证据包.zip --key "账套公钥" --known 旧检查点.txt</code>
            </pre>
          </li>
          <li>
            逐项看结果：“通过”“不符”“未核验”。没有做的检查一律写“未核验”并说明缺什么；有“不符”的，会指出是哪个文件、哪条记录。
          </li>
        </ol>
      </Section>
      <Section title="导出证据包">
        {visitor ? (
          <p>
            证据包在各账套的“证据包”页导出。
            {visitor.book?.access === 'book' && pages.has('/books/:bookId/evidence') ? (
              <a href={`/books/${visitor.book.id}/evidence`}>到“{visitor.book.name}”</a>
            ) : (
              <a href="/books">选择账套</a>
            )}
          </p>
        ) : (
          <p>
            导出需要登录，并有财务、审计、督导或系统管理岗。<a href="/sign-in">去登录</a>
          </p>
        )}
      </Section>
    </>
  ),
});
