export { type BookVerification, type Difference, verifyAll, verifyBook } from './verify.js';
