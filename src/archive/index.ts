export { type Bag, type BagSummary, createBag } from './bag.js';
export { BagError } from './error.js';
export { bufferedText, gzipLines } from './streams.js';
export { ZipWriter } from './zip.js';
