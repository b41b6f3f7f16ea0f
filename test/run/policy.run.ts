import { runGroup } from './groups.js';

await runGroup('policy');
