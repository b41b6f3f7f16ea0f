import { balance } from './balance.js';
import { posting } from './posting.js';
import { submissions } from './submissions.js';

console.log(`Node ${process.version}, ${process.platform}; each line is one run, both sides measured in it`);
await submissions();
await posting();
await balance();
