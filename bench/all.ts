import { backtest } from './backtest.js';
import { balance } from './balance.js';
import { packageExport } from './export.js';
import { pages } from './pages.js';
import { posting } from './posting.js';
import { reports } from './reports.js';
import { submissions } from './submissions.js';
import { verification } from './verify.js';

const BENCHES = {
  submissions,
  posting,
  balance,
  verification,
  packageExport,
  backtest,
  pages: () => pages(keep),
  reports,
};
type Name = keyof typeof BENCHES;

/**
 * `npm run bench` runs all; names after `--` choose: `npm run bench -- verification`. `--keep=FOLDER` keeps the books of
 * `pages` there, and finds them again.
 */
const asked = process.argv.slice(2);
const keep = asked.find((each) => each.startsWith('--keep='))?.slice('--keep='.length);
const chosen = asked.filter((each) => !each.startsWith('--')) as Name[];
console.log(`Node ${process.version}, ${process.platform}; each line is one run, both sides measured in it`);
for (const name of chosen.length > 0 ? chosen : (Object.keys(BENCHES) as Name[])) await BENCHES[name]();
