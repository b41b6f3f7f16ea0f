import type { ContractAnswer, ContractView } from '../../../contracts/index.js';
import { definePage, ofOne } from '../../page.js';
import { ContractDocuments, Evaluations } from './one-documents.js';
import { ContractFacts, Lines, Money, Schedule } from './one-facts.js';
import { ClaimsOn, DecisionOn, History, ReportsOn } from './one-history.js';
import { loadContract } from './one-load.js';
import { Closing, Signing, Waivers } from './one-steps.js';

/** One contract: what was agreed, what became of the money, its documents, and the next step of whoever may take it. */
export const contractPage = definePage({
  path: '/books/:bookId/contracts/:id',
  params: ofOne,
  load: async (page) => loadContract(page, page.params.bookId, page.params.id),
  title: ({ contract }) => `${contract.contractNo} ${contract.title}`,
  view: (data) => (
    <>
      <Money {...data} />
      <Signing {...data} />
      <ContractFacts {...data} />
      <Lines {...data} />
      <Schedule {...data} />
      <DecisionOn {...data} />
      <Waivers {...data} />
      <ContractDocuments {...data} />
      <Evaluations {...data} />
      <ClaimsOn {...data} />
      <ReportsOn {...data} />
      <Closing {...data} />
      <History {...data} />
    </>
  ),
  actions: {
    sign: {
      operation: 'POST /books/:bookId/contracts/:id/sign',
      done: ({ contract }: ContractAnswer, { path }) => ({
        to: path,
        say: `已签订 ${contract.contractNo}，合同金额已转为合同占用。`,
      }),
    },
    close: {
      operation: 'POST /books/:bookId/contracts/:id/close',
      done: ({ contractNo }: ContractView, { path }) => ({
        to: path,
        say: `已关闭 ${contractNo}，没有报账的占用已回到可用。`,
      }),
    },
    evidence: {
      operation: 'POST /books/:bookId/contracts/:id/evidence',
      done: (_contract: ContractView, { path }) => ({ to: path, say: '材料已登记' }),
    },
    evaluate: {
      operation: 'POST /books/:bookId/contracts/:id/evaluations',
      done: (_contract: ContractView, { path }) => ({ to: path, say: '评估已登记' }),
    },
    waivers: {
      operation: 'POST /books/:bookId/contracts/:id/waivers',
      done: ({ waivers }: ContractView, { path }) => ({
        to: path,
        say: waivers.length > 0 ? '适用的例外批准已更新，签订时重新判断。' : '不再适用例外批准。',
      }),
    },
  },
});
